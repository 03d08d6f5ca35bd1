"""The system's Chromium, headless, as tests, benchmarks and the PDF use it."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

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


@contextmanager
def open_browser():
    """Start the browser, and close it at the end."""
    found = [path for path in map(shutil.which, CHROMIUM_NAMES) if path]
    assert found, "no Chromium or Chrome: `apt-get install chromium`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found[0], args=CHROMIUM_OPTIONS
        )
        yield chromium
        chromium.close()
