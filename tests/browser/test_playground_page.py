"""The playground on its page: addresses, phones, Python's weights, numbers seen."""

import pytest
from explorer_page import settle
from playground_page import (
    PHONE,
    button,
    data,
    open_playground,
    train,
    wait_for,
    write_widgets,
)

from d2l_ssd.widgets import Playground

FAR_DOWN = """document.addEventListener('DOMContentLoaded',
    () => { document.body.style.paddingTop = '3000px' })"""


def chips(page, number=0):
    """Return the changed settings that a playground shows."""
    playground = page.locator(".d2l-playground").nth(number)
    return playground.locator(".d2l-pg-chip").all_text_contents()


def follow_link(page, address):
    """Click on a link of the page's own text."""
    page.evaluate(
        """address => {
            const link = document.createElement('a');
            link.href = address;
            document.body.append(link);
            link.click();
        }""",
        address,
    )
    page.wait_for_timeout(100)


class TestAddress:
    def test_a_link_of_the_page_sets_it_and_back_undoes_that(
        self, browser, tmp_path
    ):
        with open_playground(browser, tmp_path) as page:
            follow_link(page, "#iou=0.7&force=0&view=targets&own=C5,6,14,12")
            assert chips(page) == ["matching IoU 0.7 ✕", "force-match off ✕"]
            targets = button(page, "Targets")
            assert targets.get_attribute("aria-pressed") == "true"
            assert page.locator(".d2l-pg-shapes button").count() == 1
            page.wait_for_timeout(500)
            page.go_back()
            page.wait_for_timeout(100)
            assert chips(page) == []
            assert targets.get_attribute("aria-pressed") == "false"

    def test_a_wrong_link_is_told(self, browser, tmp_path):
        with open_playground(browser, tmp_path) as page:
            follow_link(page, "#iou=7")
            said = page.locator(".d2l-pg-foot .d2l-pg-say")
            assert "cannot be 7" in said.text_content()

    def test_a_heading_changes_nothing(self, browser, tmp_path):
        address = "#iou=0.7"
        with open_playground(browser, tmp_path, address=address) as page:
            follow_link(page, "#exercises")
            assert chips(page) == ["matching IoU 0.7 ✕"]

    def test_one_of_two_has_the_address(self, browser, tmp_path):
        write_widgets(tmp_path, Playground(), Playground({"neg": 10}))
        address = "#iou=0.7"
        with open_playground(browser, tmp_path, address=address) as page:
            page.locator(".d2l-pg-chip").nth(1).wait_for()
            # The page decides which of them is drawn first
            shown = [chips(page, 0), chips(page, 1)]
            has = ["matching IoU 0.7 ✕" in each for each in shown]
            assert sorted(has) == [False, True]
            assert "10 negatives ✕" in shown[1]
            other = page.locator(".d2l-playground").nth(has.index(False))
            other.get_by_role("button", name="Mistakes").click()
            page.wait_for_timeout(500)
            assert page.evaluate("location.hash") == "#iou=0.7"

    def test_it_begins_when_it_is_seen(self, browser, tmp_path):
        with open_playground(
            browser, tmp_path, FAR_DOWN, address="#go=1"
        ) as page:
            page.wait_for_timeout(500)
            assert data(page)["phase"] == "ready"
            page.locator(".d2l-pg-scenes").scroll_into_view_if_needed()
            wait_for(page, "Number(d.count) > 0")

    def test_it_does_not_begin_where_little_motion_is_wanted(
        self, browser, tmp_path
    ):
        options = {"reduced_motion": "reduce"}
        with open_playground(
            browser, tmp_path, address="#go=1", options=options
        ) as page:
            follow_link(page, "#go=1&lr=0.01")
            page.wait_for_timeout(500)
            assert data(page)["phase"] == "ready"
            train(page)
            wait_for(page, "Number(d.count) > 0")


class TestPhone:
    def test_a_tap_enlarges_a_scene_and_lists_what_is_found(
        self, browser, tmp_path
    ):
        with open_playground(browser, tmp_path, options=PHONE) as page:
            page.locator(".d2l-pg-bar .d2l-pg-train").tap()
            wait_for(page, "Number(d.ap50) > 0.5")
            frame = page.locator("[data-scene='1']")
            frame.tap()
            settle(page)
            assert frame.bounding_box()["width"] == pytest.approx(351, abs=1)
            lines = page.locator(".d2l-pg-zoom li")
            assert lines.count() > 0
            assert page.evaluate("document.documentElement.scrollWidth") == 375
            page.locator("[data-scene='3']").tap(position={"x": 4, "y": 4})
            page.get_by_text("Scene 4", exact=True).wait_for()
            button(page, "All scenes").tap()
            settle(page)
            assert frame.bounding_box()["width"] < 180
            assert not lines.first.is_visible()


class TestInput:
    def test_its_mean_and_deviation(self, browser, tmp_path):
        address = "#view=input"
        with open_playground(browser, tmp_path, address=address) as page:
            said = page.locator(".d2l-pg-foot .d2l-pg-say")
            text = said.text_content()
            assert text.startswith(
                "Gray is zero. In use: mean 0.00, deviation 0."
            )
            assert "In training: the same." in text
            follow_link(page, "#view=input&bug=unnormalized")
            text = said.text_content()
            assert "In use: mean 0.4" in text
            assert "In training: mean 0.00" in text


class TestWeights:
    def test_those_of_python_detect_at_once(self, browser, tmp_path):
        with open_playground(browser, tmp_path) as page:
            train(page)
            wait_for(page, "Number(d.ap50) > 0.5")
            train(page)
            button(page, "More numbers").click()
            with page.expect_download() as waiting:
                button(page, "Save the weights").click()
            weights = waiting.value.path().read_bytes()
        folder = tmp_path / "second"
        folder.mkdir()
        with open_playground(browser, folder, weights=weights) as page:
            wait_for(page, "Number(d.ap50) > 0.45")
            assert data(page)["count"] == "0"
            label = page.locator("[data-scene='0'] canvas")
            assert "Found: " in label.get_attribute("aria-label")
