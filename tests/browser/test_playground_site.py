"""The playground in its chapter: on the first screen, and nothing moves."""

import pytest
from pages import SHIFTS

SIZES = [(1280, 720), (1600, 900), (1000, 720), (375, 740)]


def open_chapter(open_page, width, height):
    viewport = {"width": width, "height": height}
    page = open_page("book/playground.html", viewport=viewport)
    page.wait_for_selector(".d2l-playground[data-kernels=wasm]")
    return page


class TestPlaygroundChapter:
    def test_the_first_screen_fits(self, open_page):
        page = open_chapter(open_page, 1280, 720)
        tabs = page.locator(".d2l-pg-tabs").bounding_box()
        assert tabs["y"] + tabs["height"] <= 720
        scene = page.locator("[data-scene='3']").bounding_box()
        assert scene["width"] >= 215

    @pytest.mark.parametrize(("width", "height"), SIZES)
    def test_nothing_moves(self, open_page, width, height):
        page = open_chapter(open_page, width, height)
        page.wait_for_timeout(500)
        assert page.evaluate(SHIFTS) < 0.01
