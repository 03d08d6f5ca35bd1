"""The box editor and the guide in Chromium: by mouse, finger, keys and ear."""

import pytest
from own_boxes_page import (
    AXE,
    DESKTOP,
    FRAME,
    OLD_ENOUGH,
    PHONE,
    boxes,
    call,
    drag,
    open_editor,
    place,
)

PROPOSAL = "{boxes: [0.5, 0.5, 0.8, 0.9], classes: [0], scores: [0.83]}"


@pytest.fixture
def page(browser, tmp_path):
    with open_editor(browser, tmp_path) as page:
        yield page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def at(page):
    """Return the number of the picture that is shown, from 0."""
    return page.evaluate("() => window.page.at")


def told(page):
    """Return how often the page was told of a change."""
    return page.evaluate("() => window.page.told.length")


def close(found, expected):
    """Tell whether boxes in percent agree, to a pixel of the screen."""
    return found == [pytest.approx(box, abs=1) for box in expected]


def touch(page, *steps):
    """Send a finger's events: ("touchStart", x, y), ..., ("touchEnd",)."""
    session = page.context.new_cdp_session(page)
    for kind, *where in steps:
        points = [{"x": x, "y": y} for x, y in where]
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )


class TestMouse:
    def test_a_drag_draws_a_box_in_any_direction(self, page):
        drag(page, (0.6, 0.7), (0.2, 0.3))
        assert close(boxes(page), [[20, 30, 60, 70]])
        assert told(page) == 1
        assert page.locator(".d2l-box[aria-pressed=true]").count() == 1

    def test_two_clicks_draw_a_box_too(self, page):
        page.mouse.click(*place(page, 0.2, 0.3))
        page.mouse.move(*place(page, 0.5, 0.5))
        page.mouse.click(*place(page, 0.6, 0.7))
        assert close(boxes(page), [[20, 30, 60, 70]])

    def test_a_double_click_and_escape_draw_none(self, page):
        page.mouse.dblclick(*place(page, 0.2, 0.3))
        assert page.locator(".d2l-box").count() == 0
        page.mouse.click(*place(page, 0.2, 0.3))
        assert page.locator(".d2l-box").count() == 1  # its first corner
        page.keyboard.press("Escape")
        page.mouse.move(*place(page, 0.6, 0.7))
        assert page.locator(".d2l-box").count() == 0
        assert told(page) == 0

    def test_corners_sides_and_the_inside_mend_a_box(self, page):
        drag(page, (0.2, 0.3), (0.6, 0.7))
        drag(page, (0.2, 0.3), (0.1, 0.4))
        assert close(boxes(page), [[10, 40, 60, 70]])
        drag(page, (0.6, 0.5), (0.7, 0.9))
        assert close(boxes(page), [[10, 40, 70, 70]])
        drag(page, (0.4, 0.5), (0.5, 0.3))
        assert close(boxes(page), [[20, 20, 80, 50]])
        assert told(page) == 4  # once for a drag

    def test_another_box_is_chosen_by_a_click(self, page):
        drag(page, (0.1, 0.1), (0.3, 0.3))
        drag(page, (0.5, 0.5), (0.9, 0.9))
        page.mouse.click(*place(page, 0.2, 0.2))
        page.keyboard.press("Delete")
        assert close(boxes(page), [[50, 50, 90, 90]])
        button(page, "Undo").click()
        assert len(boxes(page)) == 2

    def test_a_thing_is_drawn_before_another_one(self, page):
        call(page, "classes = ['mug', 'packet']")
        drag(page, (0.1, 0.1), (0.5, 0.5))
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        drag(page, (0.3, 0.3), (0.8, 0.8))
        assert close(boxes(page), [[10, 10, 50, 50], [30, 30, 80, 80]])
        assert page.evaluate("() => page.told.at(-1)") == [0, 1]
        page.mouse.click(*place(page, 0.2, 0.2))
        drag(page, (0.2, 0.2), (0.25, 0.2))  # the chosen one moves
        assert close(boxes(page), [[15, 10, 55, 50], [30, 30, 80, 80]])

    def test_a_drag_may_begin_beside_the_picture(self, page):
        x, y = place(page, 0, 0)
        page.mouse.move(x - 10, y - 10)
        page.mouse.down()
        page.mouse.move(*place(page, 0.4, 0.5), steps=4)
        page.mouse.up()
        assert close(boxes(page), [[0, 0, 40, 50]])

    def test_a_picture_without_the_thing_has_a_quieter_button(self, page):
        main = page.locator(".d2l-box-main")
        colors = "node => getComputedStyle(node).backgroundColor"
        before = main.evaluate(colors)
        drag(page, (0.2, 0.3), (0.6, 0.7))
        assert main.evaluate(colors) != before

    def test_the_next_picture_is_a_click_away_from_the_hand(self, page):
        drag(page, (0.2, 0.3), (0.6, 0.7))
        go = page.locator(".d2l-box-go").bounding_box()
        x, y = place(page, 0.6, 0.7)
        assert 0 < go["x"] - x < 40 and 0 < go["y"] - y < 40
        page.locator(".d2l-box-go").click()
        assert at(page) == 1 and page.locator(".d2l-box").count() == 0

    @pytest.mark.parametrize("end", [(1, 1), (1, 0.5), (0.5, 1)])
    def test_it_stays_in_the_picture(self, page, end):
        drag(page, (0.2, 0.2), end)
        go = page.locator(".d2l-box-go").bounding_box()
        frame = page.locator(FRAME).bounding_box()
        for start, length in (("x", "width"), ("y", "height")):
            last = frame[start] + frame[length]
            assert go[start] + go[length] <= last

    def test_a_second_click_says_nothing_of_the_next_picture(self, page):
        drag(page, (0.2, 0.3), (0.6, 0.7))
        page.locator(".d2l-box-go").dblclick()
        assert at(page) == 1 and page.locator(".d2l-box").count() == 0
        page.wait_for_timeout(OLD_ENOUGH)
        drag(page, (0.2, 0.3), (0.6, 0.7))
        page.locator(".d2l-pg-train").dblclick()
        assert at(page) == 2
        page.wait_for_timeout(OLD_ENOUGH)
        page.get_by_role("button", name="No duck here, next").click()
        assert at(page) == 3

    def test_twenty_pictures_take_forty_moves_of_a_hand(self, page):
        for number in range(20):
            page.wait_for_timeout(OLD_ENOUGH)
            drag(page, (0.2, 0.3), (0.6, 0.7))
            page.locator(".d2l-box-go").click()
            assert at(page) == number + 1
        assert not page.locator(FRAME).is_visible()  # no picture is left
        ready = page.evaluate("() => page.pictures.every((p) => p.ready)")
        assert ready and told(page) == 20


class TestKeys:
    def test_a_box_is_made_moved_resized_and_removed(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        assert close(boxes(page), [[35, 35, 65, 65]])
        for _ in range(10):
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("Shift+ArrowDown")
        assert close(boxes(page), [[30, 35, 60, 70]])
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+z")
        assert close(boxes(page), [[30, 35, 60, 69]])
        page.keyboard.press("Delete")
        assert boxes(page) == []
        page.keyboard.press("Control+z")
        page.keyboard.press("Delete")  # what comes back is chosen
        assert boxes(page) == []

    def test_control_makes_large_steps(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        page.keyboard.press("Control+ArrowLeft")
        page.keyboard.press("Control+Shift+ArrowDown")
        assert close(boxes(page), [[30, 35, 60, 70]])

    def test_a_key_that_stays_down_is_one_step_to_undo(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        for _ in range(9):
            page.keyboard.down("ArrowLeft")
        page.keyboard.up("ArrowLeft")
        assert close(boxes(page), [[18, 35, 48, 65]])
        page.keyboard.press("Control+z")
        assert close(boxes(page), [[35, 35, 65, 65]])

    def test_enter_is_ready_and_the_focus_follows(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        assert at(page) == 1
        page.wait_for_timeout(OLD_ENOUGH)
        page.keyboard.press("n")
        assert close(boxes(page), [[35, 35, 65, 65]])

    def test_enter_that_stays_down_is_one(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        for _ in range(5):
            page.keyboard.down("Enter")
            page.wait_for_timeout(OLD_ENOUGH / 3)
        assert at(page) == 1

    def test_tab_chooses_boxes_and_numbers_name_them(self, page):
        call(page, "classes = ['mug', 'pen']")
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        page.keyboard.press("n")
        page.keyboard.press("2")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("3")  # there is no third thing
        names = page.locator(".d2l-box").all_text_contents()
        assert names == ["mug", "pen"]
        page.keyboard.press("2")
        page.keyboard.press("n")
        names = page.locator(".d2l-box").all_text_contents()
        assert names == ["pen", "pen", "pen"]
        pressed = button(page, "2 pen").get_attribute("aria-pressed")
        assert pressed == "true"

    def test_what_named_a_thing_that_is_gone_cannot_come_back(self, page):
        call(page, "classes = ['mug', 'pen']")
        drag(page, (0.2, 0.3), (0.6, 0.7))
        page.keyboard.press("2")
        assert button(page, "Undo").is_enabled()
        call(page, "pictures[0].labels = page.pictures[1].labels")
        call(page, "classes = ['mug']")
        assert button(page, "Undo").is_disabled()
        page.keyboard.press("n")
        assert page.evaluate("() => page.told.at(-1)") == [0]


class TestProposals:
    def test_a_accepts_and_the_box_can_be_mended(self, page):
        call(page, f"found = {PROPOSAL}")
        page.locator(FRAME).focus()
        page.keyboard.press("a")
        assert close(boxes(page), [[50, 50, 80, 90]])
        assert page.locator(".d2l-box-proposal").count() == 0
        drag(page, (0.5, 0.5), (0.4, 0.4))
        assert close(boxes(page), [[40, 40, 80, 90]])

    def test_a_tap_accepts_and_a_drag_over_it_draws(self, page):
        call(page, f"found = {PROPOSAL}")
        page.mouse.click(*place(page, 0.6, 0.6))
        assert close(boxes(page), [[50, 50, 80, 90]])
        page.locator(FRAME).press("Control+z")
        drag(page, (0.6, 0.6), (0.7, 0.7))
        assert close(boxes(page), [[60, 60, 70, 70]])

    def test_enter_accepts_and_shows_the_next_picture(self, page):
        call(page, f"found = {PROPOSAL}")
        page.get_by_role("button", name="Accept, next").wait_for()
        page.locator(FRAME).press("Enter")
        assert at(page) == 1 and told(page) == 1

    def test_enter_on_it_accepts_and_stays(self, page):
        call(page, f"found = {PROPOSAL}")
        page.locator(".d2l-box-proposal").press("Enter")
        assert at(page) == 0 and close(boxes(page), [[50, 50, 80, 90]])

    def test_a_reader_may_reject_it(self, page):
        call(page, f"found = {PROPOSAL}")
        button(page, "Reject").click()
        call(page, f"found = {PROPOSAL}")  # the detector has trained on
        assert page.locator(".d2l-box-proposal").count() == 0
        page.get_by_role("button", name="No duck here, next").click()
        assert at(page) == 1 and told(page) == 0

    def test_one_that_comes_during_a_drag_does_not_end_it(self, page):
        page.mouse.move(*place(page, 0.1, 0.1))
        page.mouse.down()
        page.mouse.move(*place(page, 0.2, 0.2), steps=3)
        call(page, f"found = {PROPOSAL}")
        page.mouse.move(*place(page, 0.3, 0.3), steps=3)
        page.mouse.up()
        assert close(boxes(page), [[10, 10, 30, 30]])
        assert page.locator(".d2l-box-proposal").count() == 1


class TestFinger:
    @pytest.fixture
    def phone(self, browser, tmp_path):
        with open_editor(browser, tmp_path, **PHONE) as page:
            yield page

    def test_it_draws_and_mends_where_a_mouse_would_miss(self, phone):
        a, b, c = (
            place(phone, *p) for p in ((0.2, 0.2), (0.4, 0.5), (0.6, 0.6))
        )
        touch(
            phone,
            ("touchStart", a),
            ("touchMove", b),
            ("touchMove", c),
            ("touchEnd",),
        )
        assert close(boxes(phone), [[20, 20, 60, 60]])
        beside = c[0] + 14, c[1] + 14
        end = beside[0] + 35, beside[1] + 35
        touch(phone, ("touchStart", beside), ("touchMove", end), ("touchEnd",))
        assert close(boxes(phone), [[20, 20, 70, 70]])
        assert phone.evaluate("scrollY") == 0

    def test_two_taps_draw_a_box(self, phone):
        for corner in ((0.2, 0.2), (0.6, 0.6)):
            x, y = place(phone, *corner)
            phone.touchscreen.tap(x, y)
        assert close(boxes(phone), [[20, 20, 60, 60]])

    def test_a_second_finger_ends_nothing(self, phone):
        a, b, c = (
            place(phone, *p) for p in ((0.2, 0.2), (0.6, 0.6), (0.9, 0.1))
        )
        touch(
            phone,
            ("touchStart", a),
            ("touchMove", b),
            ("touchStart", b, c),
            ("touchEnd", b),
            ("touchEnd",),
        )
        found = boxes(phone)
        assert found == [] or close(found, [[20, 20, 60, 60]])
        assert len(phone.locator(".d2l-box").all()) == len(found)

    def test_buttons_are_large_and_nothing_sticks_out(self, phone):
        call(phone, f"found = {PROPOSAL}")
        call(phone, "classes = ['a mug with a long name', 'another thing']")
        assert phone.evaluate("document.documentElement.scrollWidth") == 375
        for one in phone.locator(".d2l-box-tools button").all():
            if one.is_visible():
                assert one.bounding_box()["height"] >= 43


class TestPictures:
    def test_one_is_shown_in_its_own_shape(self, page):
        call(page, "pictures[1].width = 1920, page.pictures[1].height = 1080")
        page.evaluate("() => { page.at = 1; page.show(); }")
        frame = page.locator(FRAME).bounding_box()
        ratio = frame["width"] / frame["height"]
        assert ratio == pytest.approx(16 / 9, rel=0.01)
        page.wait_for_timeout(OLD_ENOUGH)
        drag(page, (0.1, 0.2), (0.5, 0.9))
        assert close(boxes(page), [[10, 20, 50, 90]])

    def test_its_file_is_sharper_than_its_pixels(self, page):
        page.evaluate(
            """async () => {
                const canvas = new OffscreenCanvas(640, 480);
                canvas.getContext("2d").fillRect(0, 0, 640, 480);
                page.pictures[1].blob = await canvas.convertToBlob();
                page.pictures[2].blob = new Blob(["no picture"]);
                page.at = 1; page.show();
            }"""
        )
        width = "() => document.querySelector('.d2l-box-frame canvas').width"
        page.wait_for_function(f"({width})() === 640")
        page.evaluate("() => { page.at = 2; page.show(); }")
        page.wait_for_timeout(200)
        assert page.evaluate(width) == 192
        page.evaluate(
            "() => { page.at = 1; page.show(); page.at = 3; page.show(); }"
        )
        page.wait_for_timeout(200)
        assert page.evaluate(width) == 192  # the file came too late


class TestGuide:
    def test_it_says_what_is_missing(self, page):
        text = page.locator(".d2l-guide-next")
        assert text.text_content() == "Next: draw a box around it."
        drag(page, (0.4, 0.4), (0.7, 0.7))
        page.locator(FRAME).press("Enter")
        assert text.text_content() == "Next: far away, upper left."
        kinds = page.locator(".d2l-guide li").all_text_contents()
        assert kinds == [
            "Far 0 of 3",
            "Middle 1 of 3",
            "Close 0 of 3",
            "Without it 0 of 5",
        ]
        outlines = page.locator(".d2l-guide-map i")
        assert outlines.count() == 2
        missing = page.locator(".d2l-guide-missing").bounding_box()
        there = outlines.first.bounding_box()
        assert missing["x"] < there["x"] and missing["y"] < there["y"]


class TestEar:
    def test_boxes_and_pictures_have_words(self, page):
        drag(page, (0.2, 0.3), (0.6, 0.7))
        box = page.locator(".d2l-box").get_attribute("aria-label")
        assert box.startswith("Box 1 of 1: duck, 40% wide, 40% high, 20%")
        frame = page.locator(FRAME).get_attribute("aria-label")
        assert frame.startswith("duck-1: 1 duck. ")

    def test_a_change_is_told_when_the_hand_rests(self, page):
        page.locator(FRAME).focus()
        page.keyboard.press("n")
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "() => document.querySelector('[aria-live]')"
            ".textContent.startsWith('1 duck: 30% wide, 30% high')"
        )

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize(
        "options", [DESKTOP, PHONE], ids=["large", "phone"]
    )
    def test_axe_finds_nothing(self, browser, tmp_path, theme, options):
        with open_editor(browser, tmp_path, **options) as page:
            page.evaluate(
                "dark => document.querySelector('main')"
                ".classList.toggle('d2l-dark', dark)",
                theme == "dark",
            )
            call(page, "classes = ['duck', 'mug']")
            drag(page, (0.2, 0.3), (0.4, 0.4))
            call(page, f"found = {PROPOSAL}")
            page.evaluate(AXE.read_text())
            assert page.evaluate("axe.run('main')")["violations"] == []
