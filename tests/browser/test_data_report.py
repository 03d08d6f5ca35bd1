"""The report of `d2l-ssd check`, opened as a file in Chromium."""

import pytest
from helpers.bad_voc import write_bad_voc
from pages import DESKTOP

from d2l_ssd.inspection import inspect_dataset, make_report

PHONE = {"width": 390, "height": 844}
CONTRAST = 4.5
# The ratio of luminances of a text and what is behind it
CONTRASTS = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((v) => {
      const c = v / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("p, a, th, td, figcaption, summary")]
    .concat([...document.querySelectorAll("li, .badge, .chart text")])
    .map((e) => {
      const style = getComputedStyle(e);
      const ink = e.closest("svg") ? style.fill : style.color;
      const [a, b] = [light(ink), light(ground(e))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.outerHTML.slice(0, 60)];
    });
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    inspection = inspect_dataset(write_bad_voc(folder / "bad"))
    path = folder / "report.html"
    path.write_text(make_report(inspection), encoding="utf-8")
    return path


@pytest.fixture
def open_report(browser, report):
    """A function that opens the report; nothing may be asked of any host."""
    contexts, problems = [], []

    def open_one(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: problems.append(request.url))
        page.goto(report.as_uri(), wait_until="load")
        problems[:] = [
            p for p in problems if not p.startswith(("data:", "file:"))
        ]
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_and_can_be_read(open_report, size, scheme):
    page = open_report(viewport=size, color_scheme=scheme)
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    )
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 50
    assert [c for c in contrasts if c[0] < CONTRAST] == []


def test_pictures_are_shown(open_report):
    page = open_report(viewport=DESKTOP)
    pictures = page.locator("svg.photo")
    assert pictures.count() == 18
    sizes = pictures.evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect().height)"
    )
    assert min(sizes) > 50
    # Decoded: an element of SVG does not say so, an image of its address does
    widths = page.evaluate(
        """() => Promise.all([...document.querySelectorAll("svg.photo image")]
        .map(async (e) => {
          const image = new Image();
          image.src = e.getAttribute("href");
          await image.decode();
          return image.naturalWidth;
        }))"""
    )
    assert len(widths) == 18 and min(widths) > 0


def test_links_lead_to_their_sections(open_report):
    page = open_report(viewport=DESKTOP)
    page.click("text=Inverted boxes: 1")
    top = page.locator("#inverted-box").bounding_box()["y"]
    assert -1 < top < DESKTOP["height"]


def test_lists_open_without_a_script(open_report):
    page = open_report(viewport=DESKTOP, java_script_enabled=False)
    summary = page.locator("#few-objects summary")
    items = page.locator("#few-objects li")
    assert items.first.is_visible()
    summary.click()
    assert not items.first.is_visible()
