""" "Teach it your own thing" in its chapter: at once to be tried, and nothing moves."""

import pytest
from pages import SHIFTS

SIZES = [(1280, 720), (1600, 900), (1000, 720), (700, 800), (375, 740)]
OUTPUT = ".tag_own-thing > .cell_output"
MOST_FREE = 130  # pixels below the page, before the text goes on


def open_chapter(open_page, width, height):
    viewport = {"width": width, "height": height}
    page = open_page("book/own_thing.html", viewport=viewport)
    page.wait_for_selector(".d2l-own[data-drawings]")
    return page


@pytest.mark.parametrize(("width", "height"), SIZES)
class TestOwnThingChapter:
    def test_three_ways_to_begin_are_on_the_first_screen(
        self, open_page, width, height
    ):
        page = open_chapter(open_page, width, height)
        for name in "Try the example", "Use the camera", "Choose pictures":
            place = page.get_by_role("button", name=name).bounding_box()
            assert place["y"] + place["height"] <= height, name

    def test_nothing_moves(self, open_page, width, height):
        page = open_chapter(open_page, width, height)
        page.wait_for_timeout(500)
        assert page.evaluate(SHIFTS) < 0.01

    def test_little_room_is_kept_in_vain(self, open_page, width, height):
        page = open_chapter(open_page, width, height)
        kept = page.locator(OUTPUT).bounding_box()["height"]
        used = page.locator(f"{OUTPUT} .d2l-own").bounding_box()["height"]
        assert used <= kept <= used + MOST_FREE


def test_the_example_is_taught_in_the_chapter(open_page):
    page = open_chapter(open_page, 1280, 720)
    asked = len(page.problems.requests)
    page.get_by_role("button", name="Try the example").click()
    page.wait_for_selector(
        '.d2l-own[data-phase=training][data-pictures="25"]', timeout=20_000
    )
    page.wait_for_function(
        "Number(document.querySelector('.d2l-own').dataset.ap50) > 0.3",
        timeout=120_000,
    )
    new = page.problems.requests[asked:]
    assert [url for url in new if url.startswith("http")] == []
