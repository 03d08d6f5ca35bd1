"""Measure the built pages as a reader meets them.

    python benchmarks/speed/pages.py [--site _build/html] [--visits 5] [anchors ...]

For each page of the contents (or those named): bytes and requests of a first visit;
the milliseconds until all widgets are there, with an empty cache and on the next
page of the same visit; and, with a processor that is THROTTLED times slower, on a
desktop and on a phone, the Core Web Vitals: layout shift (CLS), largest paint (LCP),
and input to next paint (INP) while a slider is dragged. Medians of the visits.
Prints a Markdown table. Only a quiet machine tells times.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / name) for name in ("tests/browser", "tools")]

from browsers import open_browser, serve  # noqa: E402
from pages import (  # noqa: E402
    EVERY_WIDGET_IS_THERE,
    HTML,
    TRANSFERRED,
    chapters,
)

THROTTLED = 4
VIEWPORTS = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
SETTLED = 1500  # milliseconds after the widgets are there
DRAG_STEPS, DRAG_PIXELS = 30, 60
WATCH = """
window.vitals = { cls: 0, lcp: 0, inp: 0 };
const watch = (type, use, more = {}) => new PerformanceObserver((list) =>
    list.getEntries().forEach(use)).observe({ type, buffered: true, ...more });
watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) vitals.cls += entry.value;
});
watch("largest-contentful-paint", (entry) => { vitals.lcp = entry.startTime; });
watch("event", (entry) => {
    if (entry.interactionId) vitals.inp = Math.max(vitals.inp, entry.duration);
}, { durationThreshold: 16 });
"""
READY = f"""(async () => {{
    while (document.readyState === "loading" || !({EVERY_WIDGET_IS_THERE})())
        await new Promise((resolve) => setTimeout(resolve, 5));
    return performance.now();
}})()"""
SLIDER = (
    ".widget-subarea input[type=range]:enabled, .widget-subarea [role=slider]"
)


@contextmanager
def a_visit(browser, viewport, slower=1):
    """Open a window with an empty cache."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    page.add_init_script(WATCH)
    if slower > 1:
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    yield page
    context.close()


def open_page(page, address):
    """Open a page and let it settle; return the milliseconds to its widgets."""
    page.goto(address)
    ready = page.evaluate(READY)
    page.wait_for_timeout(SETTLED)
    return ready


def measure_opening(browser, site, name, before):
    """Measure a first visit, and the way here from another page.

    Returns:
        bytes, requests, and milliseconds until the widgets are there, first and
        with a warm cache.
    """
    with a_visit(browser, VIEWPORTS["desktop"]) as page:
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        first = open_page(page, f"{site}{name}.html")
        found = page.evaluate(TRANSFERRED)
        asked = sum(url.startswith("http") for url in requests)
    with a_visit(browser, VIEWPORTS["desktop"]) as page:
        open_page(page, f"{site}{before}.html")
        return found, asked, first, open_page(page, f"{site}{name}.html")


def measure_vitals(browser, site, name, viewport):
    """Measure CLS, LCP and INP (milliseconds; 0 without a slider) of a visit."""
    with a_visit(browser, viewport, THROTTLED) as page:
        open_page(page, f"{site}{name}.html")
        seen = page.evaluate("({...vitals})")
        drag_a_slider(page)
        page.wait_for_timeout(SETTLED)
        return seen["cls"], seen["lcp"], page.evaluate("vitals.inp")


def drag_a_slider(page):
    """Drag the first slider that is shown to and fro, if there is one."""
    slider = page.locator(SLIDER).locator("visible=true").first
    if not slider.count():
        return
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(DRAG_STEPS):
        page.mouse.move(x + DRAG_PIXELS * (step % 10 - 5) / 5, y)
        page.wait_for_timeout(30)
    page.mouse.up()


def measure_page(browser, site, name, before, visits):
    """Return the cells of a page's row."""
    opened = [
        measure_opening(browser, site, name, before) for _ in range(visits)
    ]
    size, requests, first, warm = map(median, zip(*opened))
    cells = [
        f"{size / 1e6:.2f}",
        f"{requests:.0f}",
        f"{first:.0f}",
        f"{warm:.0f}",
    ]
    for viewport in VIEWPORTS.values():
        seen = [
            measure_vitals(browser, site, name, viewport) for _ in range(visits)
        ]
        cls, lcp, inp = map(median, zip(*seen))
        cells += [f"{cls:.3f}", f"{lcp:.0f}", f"{inp:.0f}" if inp else "–"]
    return cells


def main():
    args = _parser().parse_args()
    names = [f"book/{name}" for name in args.pages] or chapters()
    vitals = [
        f"{v}, {kind}" for kind in VIEWPORTS for v in ("CLS", "LCP", "INP")
    ]
    head = ["page", "MB", "requests", "ready, ms", "next page, ms", *vitals]
    print(f"| {' | '.join(head)} |\n|---{'|---:' * (len(head) - 1)}|")
    with open_browser() as browser, serve(args.site) as site:
        for name in names:
            before = "book/glossary" if name != "book/glossary" else "book/faq"
            cells = measure_page(browser, site, name, before, args.visits)
            print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", help="of book/, without .html")
    parser.add_argument("--site", type=Path, default=HTML)
    parser.add_argument("--visits", type=int, default=5)
    return parser


if __name__ == "__main__":
    main()
