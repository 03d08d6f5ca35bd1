"""A page with "Teach it your own thing" and nothing else, and what a test does on it."""

import contextlib
import json

import numpy as np
from explorer_page import PAGE, VENDOR, serve, settle
from ipywidgets.embed import dependency_state, embed_data
from own_pictures_page import file_of
from playground_page import NEXT_VIEW

from d2l_ssd.widgets import OwnThing

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 375, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
NO_WORKERS = "window.Worker = class { constructor() { throw Error('no') } }"
ROOT = ".d2l-own"
HERE = "blob:", "data:"
THING = (0.3, 0.3, 0.7, 0.6)  # where the pictures of `draw_files` have it


def write_page(folder, *arguments):
    """Write index.html with the page's state, as a stored notebook has it."""
    write_widgets(folder, OwnThing(*arguments))


def write_widgets(folder, *widgets):
    """Write index.html with the states of pages, one below the other."""
    (folder / "vendor").symlink_to(VENDOR)
    state = dependency_state(widgets, drop_defaults=False)
    data = embed_data(widgets, drop_defaults=False, state=state)
    state = json.dumps(data["manager_state"]).replace("</", "<\\/")
    views = NEXT_VIEW.join(json.dumps(view) for view in data["view_specs"])
    (folder / "index.html").write_text(PAGE.format(state=state, view=views))


@contextlib.contextmanager
def open_own_thing(browser, folder, *arguments, script="", options=DESKTOP):
    """Open the page; in the end, no complaint, and no request since it was there."""
    if not (folder / "index.html").exists():
        write_page(folder, *arguments)
    with serve(folder) as address:
        context = browser.new_context(**options)
        page = context.new_page()
        problems, page.asked = [], []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda m: m.type == "error" and problems.append(m.text)
        )
        if script:
            page.add_init_script(script)
        page.goto(f"{address}index.html")
        page.wait_for_selector(f"{ROOT}[data-drawings]")
        settle(page)
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        context.close()
        assert problems == []
        check_requests(page)


def check_requests(page):
    """Check that the page has asked for nothing since it was there."""
    assert [url for url in page.asked if not url.startswith(HERE)] == []


def reload(page):
    """Load the page again, which asks for its own files."""
    check_requests(page)
    with page.expect_event("load"):
        page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_selector(f"{ROOT}[data-drawings]")
    settle(page)
    page.asked.clear()


def data(page):
    """Return what the page says of itself in data attributes."""
    return page.locator(ROOT).evaluate("node => ({...node.dataset})")


def wait_for(page, condition, seconds=90):
    """Wait until a condition on the data attributes holds."""
    page.wait_for_function(
        f"() => {{ const d = document.querySelector('{ROOT}').dataset;"
        f" return {condition}; }}",
        timeout=1000 * seconds,
    )


def go(page, step):
    page.locator(f".d2l-own-step[data-step={step}]").click()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def said(page):
    return page.locator(".d2l-own-said span").text_content()


def draw_files(count, size=(160, 120)):
    """Draw pictures of a red thing on noise, as Playwright takes files."""
    width, height = size
    generator = np.random.default_rng(0)
    left, top, right, bottom = (
        round(v * side) for v, side in zip(THING, [width, height] * 2)
    )
    files = []
    for k in range(count):
        pixels = generator.integers(90, 200, (height, width, 3), np.uint8)
        pixels[top:bottom, left:right] = 220, 30, 40
        name, kind = f"thing-{k + 1}.jpg", "image/jpeg"
        buffer = file_of(pixels)
        files.append({"name": name, "mimeType": kind, "buffer": buffer})
    return files


def choose(page, files):
    """Choose files in the step that is shown, and wait until they are read."""
    screen = page.locator(".d2l-own-screen:not([hidden])")
    screen.locator("input[type=file]").first.set_input_files(files)


def draw_box(page, box=THING):
    """Drag a box on the picture in the editor."""
    page.wait_for_timeout(300)  # a picture that is newer takes no click
    place = page.locator(".d2l-box-frame canvas").first.bounding_box()
    x0, x1 = (place["x"] + x * place["width"] for x in box[::2])
    y0, y1 = (place["y"] + y * place["height"] for y in box[1::2])
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move(x1, y1, steps=3)
    page.mouse.up()


def label_all(page, count):
    """Draw the box of each picture that waits for it."""
    for k in range(count):
        draw_box(page)
        page.keyboard.press("Enter")
        wait_for(page, f"d.ready === '{k + 1}'")


def paste_files(page, files, kind="paste", place=".d2l-own"):
    """Paste files, or drop them on a place; return whether they were taken."""
    return page.evaluate(
        """([files, kind, place]) => {
            const data = new DataTransfer();
            for (const { name, bytes, type } of files)
                data.items.add(new File([new Uint8Array(bytes)], name, {type}));
            const root = document.querySelector(place);
            const event = kind === 'paste'
                ? new ClipboardEvent('paste', {clipboardData: data, bubbles: true})
                : new DragEvent('drop',
                    {dataTransfer: data, bubbles: true, cancelable: true});
            root.dispatchEvent(event);
            return event.defaultPrevented;
        }""",
        [
            [
                {
                    "name": one["name"],
                    "bytes": list(one["buffer"]),
                    "type": one["mimeType"],
                }
                for one in files
            ],
            kind,
            place,
        ],
    )
