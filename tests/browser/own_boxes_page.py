"""A page with the box editor and the guide alone, from the modules as they are."""

from contextlib import contextmanager
from pathlib import Path

from browsers import serve

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "d2l_ssd" / "widgets" / "static"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 375, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The box editor</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/css/theme.css">
<link rel="stylesheet" href="static/css/view.css">
<link rel="stylesheet" href="static/css/playground.css">
<link rel="stylesheet" href="static/css/own_boxes.css">
<style>
  body { margin: 12px; background: #ffffff }
  body:has(.d2l-dark) { background: #121212 }
  .d2l-explorer.d2l-playground { display: grid; gap: 20px; max-width: 900px;
    grid-template: auto / minmax(0, 1fr) }
</style>
</head>
<body><main class="d2l-explorer d2l-playground d2l-own"></main>
<script type="module" src="page.js"></script>
</body>
</html>
"""
SCRIPT = """
import { makeBoxEditor } from "./static/own/boxes.js";
import { makeGuide } from "./static/own/guide.js";
import { drawExample } from "./static/own_engine/example.js";

const nothing = { classes: [], boxes: new Float32Array(), difficult: [] };
const pictures = drawExample(1, 20);
window.truths = pictures.map(({ labels }) => labels);
pictures.forEach((picture) => {
  Object.assign(picture, { labels: nothing, ready: false });
});
const page = {
  pictures, at: 0, told: [], classes: ["duck"], found: null,
  show() {
    editor.show(pictures[page.at] ?? null, page.classes, page.found);
    guide.show(pictures);
  },
  boxes: () => [...pictures[page.at].labels.boxes],
};
const editor = makeBoxEditor({
  change(labels) {
    pictures[page.at].labels = labels;
    page.told.push([...labels.classes]);
    page.show();
  },
  next() {
    pictures[page.at++].ready = true;
    page.found = null;
    page.show();
  },
});
const guide = makeGuide();
document.querySelector("main").append(editor.node, guide.node);
page.show();
window.page = page;
"""
FRAME = ".d2l-box-frame"
OLD_ENOUGH = 300  # milliseconds: a picture that is newer takes no click


@contextmanager
def open_editor(browser, folder, **options):
    """Open the page; in the end, no complaint and no other host."""
    (folder / "static").symlink_to(STATIC)
    (folder / "index.html").write_text(PAGE)
    (folder / "page.js").write_text(SCRIPT)
    with serve(folder) as root:
        context = browser.new_context(**(options or DESKTOP))
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda m: m.type == "error" and problems.append(m.text),
        )
        page.goto(root)
        page.wait_for_function("() => window.page")
        page.wait_for_timeout(OLD_ENOUGH)
        yield page
        context.close()
        assert problems == []


def call(page, script):
    """Change `page` of the script and show that: `classes = ["a", "b"]`."""
    page.evaluate(f"() => {{ window.page.{script}; window.page.show(); }}")


def boxes(page):
    """Return the picture's boxes as it keeps them, in percent."""
    flat = page.evaluate("() => window.page.boxes()")
    return [
        [round(100 * value) for value in flat[k : k + 4]]
        for k in range(0, len(flat), 4)
    ]


def place(page, x, y):
    """Return the pixel of a place in [0, 1] of the picture."""
    box = page.locator(FRAME).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page, start, end):
    """Drag a mouse from one place of the picture to another."""
    page.mouse.move(*place(page, *start))
    page.mouse.down()
    page.mouse.move(*place(page, *end), steps=4)
    page.mouse.up()
