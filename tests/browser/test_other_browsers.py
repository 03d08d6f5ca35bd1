"""Every page in Firefox and in WebKit, the engine of Safari; Chromium has the rest.

Node drives them: `firefox.mjs`, `webkit.mjs`.
"""

import json
import shutil
import subprocess
from glob import glob
from pathlib import Path

import pytest
from browsers import serve
from pages import (
    BASE,
    EVERY_WIDGET_IS_THERE,
    HTML,
    LEARNED,
    ROOT,
    SiteHandler,
    chapters,
    count_views,
)
from vendor import environment

DRIVERS = ROOT / "tests" / "browser"
FIREFOX_NAMES = "firefox-esr", "firefox"
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4*/MiniBrowser"
# WebDriver does not tell of errors: the page has to
WATCH = b"""<head><script>
    window.problems = [];
    addEventListener("error", ({ message, target }) =>
        problems.push(message ?? `not loaded: ${target.src ?? target.href}`), true);
    addEventListener("unhandledrejection", ({ reason }) =>
        problems.push(`rejected: ${reason}`));
    console.error = (...parts) => problems.push(parts.join(" "));
</script>"""


class WatchedHandler(SiteHandler):
    """Serve pages that gather what goes wrong in them."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html":
            return super().do_GET()
        page = path.read_bytes().replace(b"<head>", WATCH, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


def visit(*command):
    """Let a browser's driver open all pages; return what it says of them, by name."""
    pages = [f"{chapter}.html" for chapter in chapters()]
    done = subprocess.run(
        [*command, EVERY_WIDGET_IS_THERE, *pages],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return {line["name"]: line for line in lines}


def visit_in_firefox(site):
    found = [path for path in map(shutil.which, FIREFOX_NAMES) if path]
    assert found, "no Firefox: `apt-get install firefox-esr`"
    return visit("node", DRIVERS / "firefox.mjs", found[0], site)


def visit_in_webkit(_site):
    found = glob(MINI_BROWSERS)
    display = shutil.which("xvfb-run")  # it has no headless mode
    assert found and display, (
        "no WebKit, or no display for it: "
        "`apt-get install webkit2gtk-driver xvfb xauth`"
    )
    command = display, "-a", "node", DRIVERS / "webkit.mjs", found[0]
    with serve(HTML, WatchedHandler) as address:
        return visit(*command, address.rstrip("/") + BASE)


@pytest.fixture(
    scope="session",
    params=[visit_in_firefox, visit_in_webkit],
    ids=["firefox", "webkit"],
)
def visited(request, site):
    """Return what a browser says of all pages, by name."""
    return request.param(site)


@pytest.mark.parametrize("chapter", chapters())
def test_page_works(visited, chapter):
    page = visited[f"{chapter}.html"]
    assert page["problems"] == []
    assert page["widgets"] == count_views(chapter)
    assert page["answered"] == page["keyed"]


def test_explorers_have_keys_to_press(visited):
    assert sum(page["keyed"] for page in visited.values()) >= 8


def test_the_playground_learns_the_same(visited):
    learned = visited["book/playground.html"]["learned"]
    assert round(learned, 4) == LEARNED
