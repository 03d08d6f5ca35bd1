"""The built site, served under a base path, and its pages in Chromium."""

import pytest
from browsers import open_browser, serve
from pages import (
    BASE,
    DESKTOP,
    EVERY_WIDGET_IS_THERE,
    HTML,
    Problems,
    SiteHandler,
)


@pytest.fixture(scope="session")
def site():
    """Return the address of the built site."""
    assert (HTML / "index.html").exists(), "no site in _build: run `make book`"
    with serve(HTML, SiteHandler) as address:
        yield address.rstrip("/") + BASE


@pytest.fixture(scope="session")
def browser():
    """Return the system's Chromium, headless."""
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def open_page(browser, site):
    """Return a function that opens a page: `open_page("book/anchors.html")`.

    It comes back when the page's widgets are there. `page.problems` gathers what
    goes wrong; when the test ends there must be none. Options are those of a
    browser context: `viewport`, `color_scheme`, `has_touch`…
    """
    opened = []

    def open_one(name, **options):
        options = {"viewport": DESKTOP, **options}
        page = browser.new_context(**options).new_page()
        page.problems = Problems(page, site)
        opened.append(page)
        page.goto(site + name, wait_until="load")
        if options.get("java_script_enabled", True):
            page.wait_for_function(EVERY_WIDGET_IS_THERE, timeout=20_000)
        return page

    yield open_one
    problems = [line for page in opened for line in page.problems]
    for page in opened:
        page.context.close()
    assert problems == []
