"""Measure how high the widgets of the built pages are: tools/page/heights.json.

    python tools/measure_heights.py

A page keeps these places free until its widgets come, so that its text does not jump
(see `light_pages.py`). Run it again, and `make book`, when a widget has changed.
"""

import json
from pathlib import Path

from browsers import open_browser, serve

from d2l_ssd.files import write_text

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
FILE = ROOT / "tools" / "page" / "heights.json"
WIDTHS = 320, 360, 390, 430, 480, 560, 640, 768, 900, 1024, 1280, 1440
PIXELS_HIGH = 800
SETTLED = 1000  # milliseconds after which nothing moves any more
HEIGHTS = """() => [...document.querySelectorAll(".widget-subarea")].map((area) => {
  area.style.minHeight = 0;
  return area.clientHeight;
})"""


def measure(browser, address):
    """Return a row of heights for each widget of a page: one per width."""
    rows = []
    for width in WIDTHS:
        viewport = {"width": width, "height": PIXELS_HIGH}
        page = browser.new_context(viewport=viewport).new_page()
        page.goto(address)
        page.wait_for_timeout(SETTLED)
        rows.append(page.evaluate(HEIGHTS))
        page.context.close()
    return [list(row) for row in zip(*rows)]


def main():
    """Measure all pages that have widgets."""
    pages = [
        path.relative_to(HTML)
        for path in sorted(HTML.rglob("*.html"))
        if "widget-view+json" in path.read_text(encoding="utf-8")
    ]
    with serve(HTML) as site, open_browser() as browser:
        heights = {
            page.with_suffix("").as_posix(): measure(browser, f"{site}{page}")
            for page in pages
        }
    lines = [
        f"{json.dumps(page)}: {json.dumps(rows)}"
        for page, rows in heights.items()
    ]
    text = f'{{"widths": {json.dumps(WIDTHS)},\n "pages": {{\n' + ",\n".join(
        lines
    )
    write_text(FILE, text + "\n}}\n")
    print(f"wrote {FILE.relative_to(ROOT)}: {len(heights)} pages")


if __name__ == "__main__":
    main()
