"""The system's Chromium, headless, and a server of files: for tests, benchmarks, PDF."""

import functools
import shutil
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

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


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass


@contextmanager
def serve(folder, handler=QuietHandler):
    """Serve a folder; yield its address, which ends in a slash."""
    handler = functools.partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


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
