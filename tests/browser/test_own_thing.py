""" "Teach it your own thing" in a real browser: three steps, with a camera or without."""

import numpy as np
import pytest
from explorer_page import settle
from own_boxes_page import AXE
from own_pictures_page import browser_with_camera, write_film
from own_thing_page import (
    NO_WORKERS,
    PHONE,
    THING,
    button,
    choose,
    data,
    draw_files,
    go,
    label_all,
    open_own_thing,
    paste_files,
    reload,
    said,
    wait_for,
    write_widgets,
)

from d2l_ssd.widgets import OwnThing

HIDE = """hidden => {
    Object.defineProperty(document, 'hidden',
        {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def page(browser, tmp_path):
    with open_own_thing(browser, tmp_path) as page:
        yield page


@pytest.fixture(scope="module")
def with_camera(browser, tmp_path_factory):
    """Return a browser whose camera sees a red thing on noise."""
    frames = np.random.default_rng(0).integers(
        90, 200, (4, 120, 160, 3), np.uint8
    )
    frames[:, 36:72, 48:112] = 220, 30, 40
    film = tmp_path_factory.mktemp("film") / "film.y4m"
    write_film(film, list(frames))
    with browser_with_camera(browser, film) as chromium:
        yield chromium


def try_example(page):
    button(page, "Try the example").click()
    wait_for(page, "d.phase === 'training' && d.ap50 !== ''")


class TestExample:
    def test_it_is_taught_and_watched(self, page):
        try_example(page)
        assert data(page)["step"] == "teach"
        assert data(page)["kept"] == "5"
        wait_for(page, "Number(d.ap50) > 0.5")
        button(page, "Watch it").click()
        wait_for(page, "d.step === 'watch' && Number(d.fps) > 0")
        wait_for(page, "Number(d.shown) > 0")
        assert data(page)["phase"] == "training"

    def test_it_leaves_the_reader_s_pictures_alone(self, page):
        choose(page, draw_files(2))
        wait_for(page, "d.pictures === '2'")
        label_all(page, 2)
        page.evaluate("document.querySelector('.d2l-own-start button').click()")
        wait_for(page, "d.example === 'true' && d.pictures === '25'")
        button(page, "Back to my pictures").click()
        assert data(page)["pictures"] == data(page)["ready"] == "2"
        assert data(page)["step"] == "pictures"
        reload(page)
        wait_for(page, "d.pictures === '2'")

    def test_little_motion(self, browser, tmp_path):
        options = {"reduced_motion": "reduce"}
        with open_own_thing(browser, tmp_path, options=options) as page:
            try_example(page)
            go(page, "watch")
            button(page, "Play").click()
            assert button(page, "Pause").is_visible()

    def test_without_a_worker(self, browser, tmp_path):
        with open_own_thing(browser, tmp_path, script=NO_WORKERS) as page:
            try_example(page)
            wait_for(page, "Number(d.count) > 100")


class TestPictures:
    def test_they_survive_a_reload(self, page):
        choose(page, draw_files(3))
        wait_for(page, "d.pictures === '3'")
        label_all(page, 2)
        page.wait_for_timeout(600)  # then it is stored
        reload(page)
        wait_for(page, "d.pictures === '3' && d.ready === '2'")
        button(page, "Delete all").click()
        button(page, "Yes, delete all").click()
        assert button(page, "Try the example").is_visible()
        page.wait_for_timeout(600)
        reload(page)
        page.wait_for_timeout(300)
        assert data(page)["pictures"] == "0"

    def test_the_first_of_two_pages_keeps_them(self, browser, tmp_path):
        write_widgets(tmp_path, OwnThing(), OwnThing())
        with open_own_thing(browser, tmp_path) as page:
            roots = page.locator(".d2l-own")
            roots.nth(1).wait_for()
            for root in roots.all():
                chooser = root.locator("input[accept='image/*']")
                chooser.set_input_files(draw_files(1))
                root.locator(".d2l-own-thumb").wait_for()
            page.wait_for_timeout(600)  # then it is stored
            reload(page)
            page.locator(".d2l-own-thumb").wait_for()
            assert page.locator(".d2l-own-thumb").count() == 1

    @pytest.mark.parametrize("how", ["paste", "drop"])
    def test_they_are_pasted_or_dropped(self, page, how):
        paste_files(page, draw_files(2), how)
        wait_for(page, "d.pictures === '2'")

    def test_undoing_brings_a_removed_one_back(self, page):
        choose(page, draw_files(2))
        wait_for(page, "d.pictures === '2'")
        button(page, "Remove this picture").click()
        wait_for(page, "d.pictures === '1'")
        button(page, "Undo").click()
        wait_for(page, "d.pictures === '2'")
        assert button(page, "Undo").is_disabled()

    def test_they_are_dropped_beside_it(self, page):
        assert paste_files(page, draw_files(2), "drop", "body")
        wait_for(page, "d.pictures === '2'")

    def test_the_same_file_twice(self, page):
        choose(page, draw_files(2))
        wait_for(page, "d.pictures === '2'")
        choose(page, draw_files(3))
        wait_for(page, "d.pictures === '3'")
        assert said(page) == "Pictures that are here already: 2 left out."

    def test_a_hundred_at_once(self, page):
        choose(page, draw_files(100, (40, 30)))
        wait_for(page, "d.pictures === '60'")
        assert "100" in said(page)
        paste_files(page, draw_files(1))
        wait_for(page, "d.pictures === '60'")
        assert said(page).startswith("60 pictures are as many")
        button(page, "Dismiss").click()
        assert not page.locator(".d2l-own-said").is_visible()

    def test_a_photograph_of_a_kind_that_it_cannot_open(self, page):
        head = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
        heic = {"name": "a.heic", "mimeType": "image/heic", "buffer": head}
        choose(page, [heic, *draw_files(1)])
        wait_for(page, "d.pictures === '1'")
        assert "HEIC" in said(page)

    def test_nothing_is_taught_without_a_box(self, page):
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '1'")
        assert button(page, "Teach").is_disabled()
        why = "Draw a box around the thing"
        assert page.get_by_text(why).first.is_visible()
        go(page, "teach")
        assert button(page, "Teach for a minute").is_disabled()

    def test_one_picture_is_taught_and_nothing_measured(self, page):
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '1'")
        label_all(page, 1)
        assert page.get_by_text("So few pictures").first.is_visible()
        button(page, "Teach").click()
        wait_for(page, "Number(d.seconds) > 2")
        assert data(page)["kept"] == "0"
        assert page.locator(".d2l-own-big strong").text_content() == "–"

    def test_they_are_saved_as_a_folder(self, page, tmp_path):
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '1'")
        label_all(page, 1)
        with page.expect_download() as waiting:
            button(page, "Save as YOLO (zip)").click()
        assert waiting.value.suggested_filename == "thing-yolo.zip"

    def test_things_have_names(self, page):
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '1'")
        page.get_by_label("Name of thing 1").fill("mug")
        button(page, "+ another thing").click()
        page.get_by_label("Name of thing 2").fill("cup")
        page.get_by_label("Name of thing 2").press("Enter")
        group = page.get_by_role("group", name="Thing")
        assert group.get_by_role("button").all_text_contents() == [
            "1 mug",
            "2 cup",
        ]
        button(page, "− remove thing 2 (cup)").click()
        assert not page.get_by_label("Name of thing 2").is_visible()


class TestCamera:
    @pytest.fixture
    def page(self, with_camera, tmp_path):
        with open_own_thing(with_camera, tmp_path) as page:
            yield page

    def take(self, page, count):
        """Take pictures with the space key, and draw their boxes."""
        button(page, "Use the camera").first.click()
        button(page, "Take a picture (space)").wait_for()
        page.wait_for_timeout(500)
        for k in range(count):
            page.keyboard.press("Space")
            wait_for(page, f"d.pictures === '{k + 1}'")
        button(page, f"Draw the boxes ({count})").click()
        label_all(page, count)

    def test_pictures_and_boxes_and_back_to_the_camera(self, page):
        self.take(page, 2)
        button(page, "Take a picture (space)").wait_for()
        page.keyboard.press("Enter")  # one too many takes no picture
        page.wait_for_timeout(300)
        assert data(page)["pictures"] == "2"
        page.keyboard.press("Space")
        wait_for(page, "d.pictures === '3'")
        button(page, "Stop the camera").click()
        assert page.locator(".d2l-box-editor").is_visible()

    def test_it_watches_while_it_learns_and_keeps_a_strip(self, page):
        self.take(page, 6)
        button(page, "Teach").click()
        wait_for(page, "Number(d.seconds) > 4")
        go(page, "watch")
        button(page, "Camera").click()
        wait_for(page, "Number(d.fps) > 2")
        before = float(data(page)["seconds"])
        wait_for(page, f"Number(d.seconds) > {before + 1}")
        with page.expect_download() as waiting:
            button(page, "Save a strip (PNG)").click()
        assert waiting.value.suggested_filename == "found.png"
        button(page, "Turn the camera off").click()
        assert page.locator("video").evaluate("v => v.srcObject") is None

    def test_proposals_of_the_detector(self, page):
        self.take(page, 4)
        button(page, "Teach").click()
        wait_for(page, "Number(d.count) > 1000")
        go(page, "pictures")
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '5'")
        page.get_by_text("Accept, next").wait_for()
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        wait_for(page, "d.ready === '5'")

    def test_without_a_camera_there_is_a_sentence(self, browser, tmp_path):
        with open_own_thing(browser, tmp_path) as page:
            button(page, "Use the camera").first.click()
            page.locator(".d2l-own-said").wait_for()
            assert "camera" in said(page)
            assert button(page, "Try the example").is_visible()


class TestTeaching:
    def test_it_pauses_and_goes_on(self, page):
        try_example(page)
        button(page, "Pause").click()
        wait_for(page, "d.phase === 'paused'")
        page.wait_for_timeout(300)
        before = data(page)["count"]
        page.wait_for_timeout(500)
        assert data(page)["count"] == before
        button(page, "Go on").click()
        wait_for(page, f"Number(d.count) > {before}")

    def test_it_rests_in_a_hidden_tab(self, page):
        try_example(page)
        page.evaluate(HIDE, True)
        page.wait_for_timeout(500)
        before = data(page)["count"]
        page.wait_for_timeout(500)
        assert data(page)["count"] == before
        page.evaluate(HIDE, False)
        wait_for(page, f"Number(d.count) > {before}")

    def test_a_setting_starts_another_run(self, page):
        try_example(page)
        run = int(data(page)["run"])
        button(page, "Settings").click()
        page.locator("[data-key=augment] input").uncheck()
        wait_for(page, f"d.run === '{run + 1}' && Number(d.count) > 0")
        gray = page.get_by_text("Gray: the run before (baseline)")
        assert gray.count() == 1

    def test_a_box_is_looked_into(self, page):
        try_example(page)
        wait_for(page, "Number(d.ap50) > 0.6")
        button(page, "Pause").click()
        frame = page.locator(".d2l-own-frame").first
        frame.focus()
        frame.press("Enter")
        table = page.locator("table", has_text="From logits to scores")
        table.locator("tbody tr").nth(1).wait_for()
        names = table.locator("td:first-child").all_text_contents()
        assert names == ["background", "rubber duck"]
        values = table.locator("td:nth-child(3)").all_text_contents()
        assert sum(map(float, values)) == pytest.approx(1, abs=0.003)

    def test_thresholds_say_precision_and_recall(self, page):
        try_example(page)
        wait_for(page, "Number(d.ap50) > 0.6")
        go(page, "watch")
        field = page.locator("[data-key=appear] input[type=number]")
        rates = page.locator(".d2l-own-rates")
        field.fill("0.05")
        field.press("Enter")
        assert "at least 0.05" in rates.text_content()
        stay = page.locator("[data-key=stay] input[type=number]")
        assert stay.input_value() == "0.05"

    def test_the_detector_is_saved_and_loaded(self, page, tmp_path):
        try_example(page)
        wait_for(page, "Number(d.ap50) > 0.5")
        button(page, "Pause").click()
        go(page, "watch")
        with page.expect_download() as waiting:
            button(page, "Save the detector (safetensors)").click()
        name = waiting.value.suggested_filename
        assert name == "rubber_duck.safetensors"
        file = tmp_path / name
        waiting.value.save_as(file)
        chooser = page.locator("input[accept='.safetensors']")
        chooser.set_input_files(file)
        page.get_by_text("This detector comes from your file.").wait_for()
        chooser.set_input_files(__file__)
        page.get_by_text("not a safetensors file").first.wait_for()
        assert float(data(page)["ap50"]) > 0.5  # the one before is still there


class TestWatching:
    def test_pictures(self, page):
        try_example(page)
        go(page, "watch")
        choose(page, draw_files(2))
        button(page, "Next picture").click()
        assert said(page) == "Picture 2 of 2: thing-2.jpg"

    def test_given_pictures_and_labels(self, browser, tmp_path):
        images = np.full((10, 30, 40, 3), 90, np.uint8)
        images[:, 9:18, 12:28] = 220, 30, 40
        pictures = [(image, [THING]) for image in images]
        with open_own_thing(browser, tmp_path, pictures, ["card"]) as page:
            wait_for(page, "d.ready === '10'")
            button(page, "Teach").click()
            wait_for(page, "d.ap50 !== ''")
            assert data(page)["kept"] == "2"
            assert page.evaluate("indexedDB.databases()") == []


class TestPlaces:
    def test_a_phone_and_a_finger(self, browser, tmp_path):
        with open_own_thing(browser, tmp_path, options=PHONE) as page:
            button(page, "Try the example").tap()
            wait_for(page, "d.ap50 !== ''")
            for step in "pictures", "watch", "teach":
                page.locator(f".d2l-own-step[data-step={step}]").tap()
                settle(page)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width == 375
                heights = page.locator(
                    ".d2l-own-screen:not([hidden]) .d2l-button:visible"
                ).evaluate_all(
                    "nodes => nodes.map(n => n.getBoundingClientRect().height)"
                )
                assert min(heights, default=44) >= 44

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, page, theme):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        page.evaluate(AXE.read_text())
        self.check(page)
        try_example(page)
        button(page, "Pause").click()
        self.check(page)
        button(page, "Settings").click()
        self.check(page)
        for step in "pictures", "watch":
            go(page, step)
            self.check(page)

    def check(self, page):
        settle(page)
        found = page.evaluate("axe.run('.d2l-own')")["violations"]
        nodes = [
            (one["id"], node["html"]) for one in found for node in one["nodes"]
        ]
        assert nodes == []

    def test_the_keyboard_alone(self, page):
        choose(page, draw_files(1))
        wait_for(page, "d.pictures === '1'")
        page.wait_for_timeout(300)
        page.keyboard.press("n")  # the editor has the focus
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        wait_for(page, "d.ready === '1'")
