"""The built site and its pages, as the browser tests use them."""

from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import yaml
from browsers import QuietHandler

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
SCREENSHOTS = ROOT / "build" / "screenshots"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 740}
NARROW = {"width": 320, "height": 640}  # a zoom of 400 % on 1,280 pixels
BASE = "/some/base/"  # where the site lies on its server
LEARNED = 0.8007  # AP50 of the playground's first run: the same in all browsers
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

EVERY_WIDGET_IS_THERE = """
() => [...document.querySelectorAll('script[type="%s"]')].every((script) => {
    const area = script.previousElementSibling;
    return area?.matches(".widget-subarea") && area.childElementCount > 0;
})
""" % (WIDGET_VIEW,)

# Of what the page itself has moved since it was asked for, its text and widgets
SHIFTS = """new Promise(done => new PerformanceObserver(list => done(
    list.getEntries()
        .filter(({sources}) => sources.some(
            ({node}) => node?.parentElement?.closest('article')))
        .reduce((sum, {value}) => sum + value, 0)))
    .observe({type: 'layout-shift', buffered: true}) ||
    setTimeout(() => done(0), 500))"""

# All of it: the score that is called CLS
ALL_SHIFTS = """new Promise((done) => {
    setTimeout(() => done(0), 200);
    new PerformanceObserver((list) => done(
        list.getEntries()
            .filter(({hadRecentInput}) => !hadRecentInput)
            .reduce((sum, {value}) => sum + value, 0)))
        .observe({type: 'layout-shift', buffered: true});
})"""
TRANSFERRED = """['navigation', 'resource']
    .flatMap((type) => performance.getEntriesByType(type))
    .reduce((sum, {transferSize}) => sum + transferSize, 0)"""


class SiteHandler(QuietHandler):
    """Serve the site under BASE, and nothing else."""

    def translate_path(self, path):
        if not path.startswith(BASE):
            return str(HTML / "not-under-the-base-path")
        return super().translate_path(path[len(BASE) - 1 :])


def chapters():
    """List the pages as the table of contents has them: book/index…"""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    return [toc["root"], *files_in(toc["parts"])]


def files_in(entries):
    """Yield the files of entries of the table of contents, and of those below."""
    for entry in entries:
        if "file" in entry:
            yield entry["file"]
        yield from files_in(entry.get("chapters", entry.get("sections", [])))


def count_views(chapter):
    """Count the widget views in a chapter's stored outputs."""
    path = ROOT / f"{chapter}.ipynb"
    if not path.exists():
        return 0  # a page of Markdown
    notebook = nbformat.read(path, as_version=4)
    return sum(
        WIDGET_VIEW in output.get("data", {})
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )


class Problems(list):
    """What goes wrong on a page, a line each; `requests` are all addresses."""

    def __init__(self, page, site):
        super().__init__()
        self.host = urlsplit(site).netloc
        self.requests = []
        page.on("request", self.on_request)
        page.on("response", self.on_response)
        page.on("requestfailed", self.on_failure)
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.append(f"exception: {error}"))

    def on_request(self, request):
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != self.host:
            self.append(f"request to another host: {request.url}")

    def on_response(self, response):
        if response.status >= 400:
            self.append(f"{response.status}: {response.url}")

    def on_failure(self, request):
        # The page was left, or preloaded a script that it may not run ("csp")
        if request.failure not in ("net::ERR_ABORTED", "csp"):
            self.append(f"{request.failure}: {request.url}")

    def on_console(self, message):
        # The front page forwards and has no icon, which browsers may look for
        looked_for = message.location["url"]
        if message.type == "error" and not looked_for.endswith("/favicon.ico"):
            self.append(f"console: {message.text}")
