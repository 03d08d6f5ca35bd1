"""A page with one explorer and nothing else, and what a test reads from it."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from browsers import serve
from ipywidgets.embed import dependency_state, embed_data

VENDOR = Path(__file__).resolve().parents[2] / "build" / "static" / "vendor"
PAGE = """<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>One explorer</title>
<link rel="icon" href="data:,">
<style>
  body {{ margin: 12px; background: #ffffff }}
  [data-theme=dark] body {{ background: #121212 }}
</style>
<link rel="stylesheet" href="vendor/widgets.css">
<script defer src="vendor/widgets.js"></script>
<script type="application/vnd.jupyter.widget-state+json">{state}</script>
</head>
<body>
<script type="application/vnd.jupyter.widget-view+json">{view}</script>
</body>
</html>
"""


# Options of a browser's context
PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True}


def write_page(explorer, folder):
    """Write index.html with the explorer's state, as a stored notebook has it."""
    assert VENDOR.exists(), "no scripts in build/static/vendor: `make vendor`"
    (folder / "vendor").symlink_to(VENDOR)
    state = dependency_state([explorer, *explorer.links], drop_defaults=False)
    data = embed_data([explorer], drop_defaults=False, state=state)
    state = json.dumps(data["manager_state"]).replace("</", "<\\/")
    view = json.dumps(data["view_specs"][0])
    (folder / "index.html").write_text(PAGE.format(state=state, view=view))


@contextmanager
def open_explorer(browser, explorer, folder, **options):
    """Open the explorer's page in its initial state; in the end, no complaint."""
    write_page(explorer, folder)
    with serve(folder) as address:
        options = {"viewport": {"width": 800, "height": 900}, **options}
        context = browser.new_context(**options)
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda m: m.type == "error" and problems.append(m.text),
        )
        page.goto(address)
        page.wait_for_selector(".d2l-view[data-drawings]")
        page.wait_for_selector("[role=slider][aria-label]")
        settle(page)
        yield page
        context.close()
        assert problems == []


def settle(page):
    """Wait until all that was asked for has been drawn: two frames."""
    page.evaluate(
        "new Promise(done => requestAnimationFrame("
        "() => requestAnimationFrame(done)))"
    )


def state(page):
    """Return what the view says of itself in its data-* attributes."""
    settle(page)
    return page.locator(".d2l-view").evaluate("node => ({...node.dataset})")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def pixels(page, number=0):
    """Return the drawing of a canvas: equal texts are equal pictures."""
    settle(page)
    return (
        page.locator(".d2l-view canvas")
        .nth(number)
        .evaluate("canvas => canvas.toDataURL()")
    )


def table(page, caption, *names):
    """Read the numbers of a table's rows from its data-* attributes (rows, names)."""
    settle(page)
    rows = (
        page.locator("table", has_text=caption)
        .locator("tbody tr")
        .evaluate_all(
            "(rows, names) => rows.map(row => names.map(n => Number(row.dataset[n])))",
            list(names),
        )
    )
    return np.array(rows).reshape(-1, len(names))


def press(page, name, key, times=1):
    """Press a key on the control that has this name."""
    slider = page.get_by_role("slider", name=name, exact=True)
    slider.focus()
    for _ in range(times):
        slider.press(key)
    settle(page)
