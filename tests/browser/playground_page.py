"""A page with playgrounds and nothing else, and what a test reads from it."""

import contextlib
import json

from explorer_page import PAGE, VENDOR, serve, settle
from ipywidgets.embed import dependency_state, embed_data

from d2l_ssd.widgets import Playground

DESKTOP = {"width": 1280, "height": 720}
PHONE = {
    "viewport": {"width": 375, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
NEXT_VIEW = '</script><script type="application/vnd.jupyter.widget-view+json">'
NO_WORKERS = "window.Worker = class { constructor() { throw Error('no') } }"


def write_page(folder, weights=b"", **arguments):
    """Write index.html with a playground's state, as a stored notebook has it."""
    widget = Playground(**arguments)
    widget.weights = weights
    write_widgets(folder, widget)


def write_widgets(folder, *widgets):
    """Write index.html with the states of playgrounds, one below the other."""
    (folder / "vendor").symlink_to(VENDOR)
    state = dependency_state(widgets, drop_defaults=False)
    data = embed_data(widgets, drop_defaults=False, state=state)
    state = json.dumps(data["manager_state"]).replace("</", "<\\/")
    views = NEXT_VIEW.join(json.dumps(view) for view in data["view_specs"])
    (folder / "index.html").write_text(PAGE.format(state=state, view=views))


@contextlib.contextmanager
def open_playground(
    browser, folder, script="", address="", options=None, **arguments
):
    """Open a playground's page; in the end, no complaint and no other host."""
    if not (folder / "index.html").exists():
        write_page(folder, **arguments)
    with serve(folder) as root:
        site = f"{root}index.html"
        context = browser.new_context(**(options or {"viewport": DESKTOP}))
        page = context.new_page()
        problems, hosts = [], set()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda m: m.type == "error" and problems.append(m.text),
        )
        page.on(
            "request",
            lambda request: hosts.add(request.url.split("/index.html")[0]),
        )
        if script:
            page.add_init_script(script)
        page.goto(site + address)
        page.wait_for_selector(".d2l-playground[data-kernels=wasm]")
        settle(page)
        yield page
        context.close()
        assert problems == []
        home = site.split("/index.html")[0]
        assert all(host.startswith((home, "blob:", "data:")) for host in hosts)


def data(page):
    """Return what the playground says of itself in data attributes."""
    return page.locator(".d2l-playground").evaluate(
        "node => ({...node.dataset})"
    )


def train(page):
    page.locator(".d2l-pg-train:visible").click()


def wait_for(page, condition, seconds=60):
    """Wait until a condition on the data attributes holds."""
    page.wait_for_function(
        "() => { const d = document.querySelector('.d2l-playground').dataset;"
        f" return {condition}; }}",
        timeout=1000 * seconds,
    )


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def said(page):
    return page.locator(".d2l-playground [aria-live]").text_content()
