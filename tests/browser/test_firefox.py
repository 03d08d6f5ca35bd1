"""Every page in Firefox, which node drives (`firefox.mjs`); Chromium has the rest."""

import json
import shutil
import subprocess

import pytest
from pages import (
    EVERY_WIDGET_IS_THERE,
    LEARNED,
    ROOT,
    chapters,
    count_views,
)
from vendor import environment

FIREFOX_NAMES = "firefox-esr", "firefox"


@pytest.fixture(scope="session")
def visited(site):
    """Return what Firefox says of all pages, by name."""
    found = [path for path in map(shutil.which, FIREFOX_NAMES) if path]
    assert found, "no Firefox: `apt-get install firefox-esr`"
    driver = ROOT / "tests" / "browser" / "firefox.mjs"
    pages = [f"{chapter}.html" for chapter in chapters()]
    done = subprocess.run(
        ["node", driver, found[0], site, EVERY_WIDGET_IS_THERE, *pages],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    lines = map(json.loads, done.stdout.splitlines())
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("chapter", chapters())
def test_page_works_in_firefox(visited, chapter):
    page = visited[f"{chapter}.html"]
    assert page["problems"] == []
    assert page["widgets"] == count_views(chapter)
    assert page["answered"] == page["keyed"]


def test_explorers_have_keys_to_press(visited):
    assert sum(page["keyed"] for page in visited.values()) >= 8


def test_the_playground_learns_the_same_in_firefox(visited):
    learned = visited["book/playground.html"]["learned"]
    assert round(learned, 4) == LEARNED
