"""Every page of the built site: nothing broken, nothing from elsewhere."""

from pathlib import Path

import pytest
from pages import (
    ALL_SHIFTS,
    DESKTOP,
    NARROW,
    PHONE,
    ROOT,
    SCREENSHOTS,
    TRANSFERRED,
    chapters,
    count_views,
)

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = [  # WCAG 2.2 AA, and good practice
    *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "best-practice",
]
MAX_BYTES, MAX_REQUESTS = 2_000_000, 30  # of a first visit
MAX_SHIFT = 0.05  # CLS; up to 0.1 is called good
SETTLED = 500  # milliseconds after which nothing moves any more


def faults(page):
    """Ask axe-core what keeps people out of a page, or makes it harder for them."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("(tags) => axe.run({runOnly: tags})", RULES)
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def untypeset_formulas(page):
    """Count the formulas that KaTeX did not understand, or never saw."""
    return page.locator(".math:not(:has(.katex)), .katex-error").count()


def unnamed_pictures(page):
    """Count the figures without alternative text."""
    # myst-nb puts the file's name where the author gave none
    unnamed = "img:not([alt]), img[alt=''], img[alt^='../_images']"
    figures = page.locator(f"main :is({unnamed})").count()
    return figures - page.locator(f".d2l-explorer :is({unnamed})").count()


def raw_tables(page):
    """List the beginnings of tables that are shown as they were typed."""
    paragraphs = page.locator("main p").all_text_contents()
    return [text[:60] for text in paragraphs if text.startswith("| ")]


def take_screenshot(page, chapter, name):
    """Keep a picture of the whole page, to be looked at."""
    page.wait_for_load_state("networkidle")
    path = SCREENSHOTS / f"{Path(chapter).name}-{name}.png"
    page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize("chapter", chapters())
class TestChapter:
    # `open_page` fails on errors and on requests to other hosts

    def test_page_is_whole(self, open_page, chapter, capsys):
        page = open_page(f"{chapter}.html")
        # Since the page was asked for
        seconds = page.evaluate("performance.now()") / 1000
        assert page.locator(".widget-subarea").count() == count_views(chapter)
        page.wait_for_load_state("networkidle")
        with capsys.disabled():
            print(
                f"\n{chapter}: {len(page.problems.requests)} requests, "
                f"widgets ready after {seconds:.2f} s",
                end="",
            )
        take_screenshot(page, chapter, "light")
        assert untypeset_formulas(page) == 0
        assert raw_tables(page) == []
        assert unnamed_pictures(page) == 0
        assert faults(page) == []

    @pytest.mark.parametrize(
        "viewport", [DESKTOP, PHONE], ids=["desktop", "phone"]
    )
    def test_opens_at_once(self, open_page, chapter, viewport):
        page = open_page(f"{chapter}.html", viewport=viewport)
        page.wait_for_timeout(SETTLED)
        requests = [url for url in page.problems.requests if url[:4] == "http"]
        assert page.evaluate(TRANSFERRED) <= MAX_BYTES
        assert len(requests) <= MAX_REQUESTS
        assert page.evaluate(ALL_SHIFTS) <= MAX_SHIFT

    def test_dark_mode(self, open_page, chapter):
        page = open_page(f"{chapter}.html", color_scheme="dark")
        take_screenshot(page, chapter, "dark")
        assert faults(page) == []

    def test_fits_a_phone(self, open_page, chapter):
        page = open_page(f"{chapter}.html", viewport=PHONE, has_touch=True)
        take_screenshot(page, chapter, "phone")
        assert faults(page) == []
        for size in (PHONE, NARROW):
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"]

    def test_shows_pictures_without_javascript(self, open_page, chapter):
        page = open_page(f"{chapter}.html", java_script_enabled=False)
        pictures = page.locator(".d2l-no-script img")
        assert pictures.count() == count_views(chapter)
        for picture in pictures.all():
            assert picture.bounding_box()["height"] > 50
            assert picture.get_attribute("alt")


def test_front_page_leads_to_the_book(open_page):
    page = open_page("index.html")
    page.wait_for_url("**/book/index.html")
    page.locator("article h1").first.wait_for()


def test_search_finds_a_chapter(open_page):
    page = open_page("search.html?q=anchor")
    found = page.locator("#search-results a")
    found.filter(has_text="Anchors").first.wait_for()
