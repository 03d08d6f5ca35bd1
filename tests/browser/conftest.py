"""The built site, served under a base path, and its pages in Chromium."""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pages import DESKTOP, EVERY_WIDGET_IS_THERE, HTML, Problems
from playwright.sync_api import sync_playwright

BASE = "/some/base/"
CHROMIUM_NAMES = "chromium", "chromium-browser", "google-chrome"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Handler(SimpleHTTPRequestHandler):
    """Serve the site under BASE, and nothing else."""

    def translate_path(self, path):
        if not path.startswith(BASE):
            return str(HTML / "not-under-the-base-path")
        return super().translate_path(path[len(BASE) - 1 :])

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="session")
def site():
    """Return the address of the built site."""
    assert (HTML / "index.html").exists(), "no site in _build: run `make book`"
    handler = functools.partial(Handler, directory=str(HTML))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{BASE}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Return the system's Chromium, headless."""
    found = [path for path in map(shutil.which, CHROMIUM_NAMES) if path]
    assert found, "no Chromium or Chrome: `apt-get install chromium`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found[0], args=CHROMIUM_OPTIONS
        )
        yield chromium
        chromium.close()


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
