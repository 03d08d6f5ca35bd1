"""Every page of the built site: nothing broken, nothing from elsewhere."""

from pathlib import Path

import pytest
from pages import HTML, PHONE, ROOT, SCREENSHOTS, chapters, count_views

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MAX_HTML_BYTES = 1_500_000


def serious_faults(page):
    """Ask axe-core what keeps people out of a page."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def untypeset_formulas(page):
    """Count the formulas that MathJax did not understand, or never saw."""
    if page.locator(".math").count():
        page.wait_for_selector("mjx-container", state="attached")
    return page.locator(".math:not(:has(mjx-container)), mjx-merror").count()


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
        size = (HTML / f"{chapter}.html").stat().st_size
        assert size < MAX_HTML_BYTES
        page.wait_for_load_state("networkidle")
        with capsys.disabled():
            print(
                f"\n{chapter}: HTML {size / 1e6:.2f} MB, "
                f"{len(page.problems.requests)} requests, all to this site, "
                f"widgets ready after {seconds:.2f} s",
                end="",
            )
        take_screenshot(page, chapter, "light")
        assert untypeset_formulas(page) == 0
        assert raw_tables(page) == []
        assert unnamed_pictures(page) == 0
        assert serious_faults(page) == []

    def test_dark_mode(self, open_page, chapter):
        page = open_page(f"{chapter}.html", color_scheme="dark")
        take_screenshot(page, chapter, "dark")
        assert serious_faults(page) == []

    def test_fits_a_phone(self, open_page, chapter):
        page = open_page(f"{chapter}.html", viewport=PHONE, has_touch=True)
        take_screenshot(page, chapter, "phone")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]

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
