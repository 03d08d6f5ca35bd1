"""A page with LiveDetector as the built site has it: with the site's files beside it."""

from contextlib import contextmanager

from browsers import QuietHandler, serve
from explorer_page import VENDOR, settle, write_page

DETECTOR = VENDOR.parent / "detector"
RESULTS = "Number(document.querySelector('.d2l-view').dataset.results)"
LOADING_S = 60  # on a busy machine


def write_live_page(explorer, folder, is_site=True):
    """Write the page; without `is_site`, as JupyterLab shows it."""
    write_page(explorer, folder)
    if not is_site:
        return
    assert (DETECTOR / "ssd.onnx").exists(), "no network: `make book`"
    static = folder / "_static"
    static.mkdir()
    (static / "vendor").symlink_to(VENDOR)
    (static / "detector").symlink_to(DETECTOR)
    path = folder / "index.html"
    text = path.read_text()
    path.write_text(text.replace("<html", '<html data-content_root="./"', 1))


@contextmanager
def open_live(browser, folder, handler=QuietHandler, script="", **options):
    """Open a written page, after a script; in the end, no complaint."""
    with serve(folder, handler) as address:
        options = {"viewport": {"width": 1000, "height": 1100}, **options}
        context = browser.new_context(**options)
        context.add_init_script(script)
        page = context.new_page()
        page.problems, page.requests = [], []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda m: note_error(page, m))
        context.on("request", lambda r: page.requests.append(r.url))
        page.address = address
        go(page)
        yield page
        context.close()
        assert page.problems == []


def note_error(page, message):
    if message.type == "error":
        page.problems.append(message.text)


def go(page):
    """Go to the page, and wait for its first drawings."""
    page.goto(page.address)
    page.wait_for_selector(".d2l-view[data-drawings]")
    page.wait_for_selector("[role=slider][aria-label]")
    settle(page)


def state(page):
    settle(page)
    return page.locator(".d2l-view").evaluate("node => ({...node.dataset})")


def load(page):
    """Load the network, and wait for what it finds first."""
    page.locator(".d2l-live-load").click()
    wait_for_results(page, 1)


def wait_for_results(page, count):
    page.wait_for_function(f"{RESULTS} >= {count}", timeout=1000 * LOADING_S)


def wait_for_rest(page):
    """Wait until the newest picture is done: no result comes for a while."""
    page.wait_for_function(
        f"""async () => {{
            const before = {RESULTS};
            await new Promise((done) => setTimeout(done, 1500));
            return {RESULTS} === before;
        }}""",
        timeout=1000 * LOADING_S,
    )
    settle(page)
