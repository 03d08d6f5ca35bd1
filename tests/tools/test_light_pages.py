"""The Sphinx extension that makes the built pages light."""

import base64
import re
from io import BytesIO

import light_pages
import numpy as np
import pytest
from PIL import Image

HEAD = """<html><head><title>A page</title>
<link href="{up}_static/a.css?v=1" rel="stylesheet" />
<link rel="stylesheet" href="{up}_static/b.css" type="text/css" />
<link rel="preload" as="script" href="{up}_static/a.js" />
<script src="{up}_static/a.js?v=1"></script>
<script>DOCUMENTATION_OPTIONS.pagename = 'page';</script>
<script src="{up}_static/b.js"></script>
{own}</head><body><i class="fa-solid fa-sun"></i>{body}</body></html>"""
STATE = '<script type="application/vnd.jupyter.widget-state+json">{}</script>'


def picture(size=(40, 30), seed=None):
    """Return a PNG: of noise, or of nothing."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    if seed is not None:
        pixels = np.random.default_rng(seed).integers(
            0, 256, pixels.shape, np.uint8
        )
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


@pytest.fixture
def site(tmp_path):
    """Return a folder with two pages that share styles and scripts."""
    static = tmp_path / "_static"
    static.mkdir()
    (static / "a.css").write_text(".first { margin: 0 }")
    (static / "b.css").write_text(".second { margin: 0 }")
    (static / "a.js").write_text('const A = 1; console.log("here");')
    (static / "b.js").write_text("const B = A + 1;")
    (static / "own.js").write_text("const OWN = B;")
    (tmp_path / "book").mkdir()
    own = '<script src="../_static/own.js"></script>'
    for name, up, part in (("index", "", ""), ("book/page", "../", own)):
        text = HEAD.format(up=up, own=part, body="")
        (tmp_path / f"{name}.html").write_text(text)
    return tmp_path


def read(site):
    return {path: path.read_text() for path in sorted(site.rglob("*.html"))}


def test_what_all_pages_have_is_common_in_order(site):
    names = [p.name for p in light_pages.common(read(site), light_pages.SCRIPT)]
    assert names == ["a.js", "b.js"]
    names = [p.name for p in light_pages.common(read(site), light_pages.STYLE)]
    assert names == ["a.css", "b.css"]


def test_joined_files_keep_the_order_and_the_names(site):
    static = site / "_static"
    path, version = light_pages.join(
        "js", [static / "a.js", static / "b.js"], static
    )
    assert re.fullmatch(r"const A=1;\nconst B=A\+1;\n", path.read_text())
    assert re.fullmatch("[0-9a-f]{8}", version)
    path, _ = light_pages.join(
        "css", [static / "a.css", static / "b.css"], static
    )
    assert path.read_text().index("first") < path.read_text().index("second")


def test_a_page_has_the_joined_files_in_the_place_of_their_parts(site):
    pages, static = read(site), site / "_static"
    parts = set(static.iterdir()) - {static / "own.js"}
    joined = {
        kind: (static / f"site.{kind}", "12345678") for kind in ("css", "js")
    }
    path = site / "book" / "page.html"
    text = light_pages.use_joined(pages[path], path, parts, joined)
    assert re.findall(r'(?:href|src)="([^"]*)"', text) == [
        "../_static/site.css?v=12345678",
        "../_static/site.js?v=12345678",
        "../_static/own.js",
    ]
    assert text.count("<script defer") == 2
    assert "pagename" not in text


def test_the_state_of_widgets_comes_last():
    state = STATE.format('{"a": "</script-like"}')
    text = light_pages.move_state(f"<head>{state}</head><body>text</body>")
    assert text == f"<head></head><body>text{state}</body>"


def test_a_widget_has_its_place():
    heights = {"widths": [300, 600], "pages": {"book/a": [[90, 70]]}}
    page = f"<head></head><body>{light_pages.VIEW}{{}}</script></body>"

    def keep(name):
        return light_pages.keep_places(page, light_pages.Path(name), heights)

    place = '<div class="widget-subarea" id="d2l-place-0"></div>'
    text = keep("book/a.html")
    assert f"<body>{place}{light_pages.VIEW}" in text
    assert re.findall(r"min-width: (\d+)px.*min-height: (\d+)px", text) == [
        ("300", "90"),
        ("600", "70"),
    ]
    # Of a page that was never measured the place is there, and not kept free
    text = keep("book/b.html")
    assert place in text and "min-height" not in text


@pytest.mark.parametrize("before, shown", [("", True), ("<p>Words</p>", False)])
def test_a_page_that_begins_with_a_widget_shows_its_picture(before, shown):
    page = (
        f"<head></head><h1>A</h1>{before}<div>"
        '<div class="widget-subarea" id="d2l-place-0"></div>'
        '<noscript class="d2l-no-script"><img alt="b" src="../c.png"></noscript>'
    )
    text = light_pages.show_at_first(page)
    assert ('url("../c.png")' in text) == shown
    assert (text == page) != shown


@pytest.mark.parametrize(
    "fault, mended",
    [
        (
            '<i class="fa-solid fa-bars">',
            '<i aria-hidden="true" class="fa-solid fa-bars">',
        ),
        ("<i>a word</i>", "<i>a word</i>"),
        ('<th class="head"><p></p></th>', '<td class="head"></td>'),
        ("<th></th><th>AP</th>", "<td></td><th>AP</th>"),
        (
            '<div class="sidebar-primary-item">\n\n<a class="navbar-brand logo">',
            '<div role="navigation" aria-label="Home" '
            'class="sidebar-primary-item">\n\n<a class="navbar-brand logo">',
        ),
    ],
)
def test_assistive_technology_has_nothing_to_stumble_over(fault, mended):
    assert light_pages.mend(fault) == mended


def test_embedded_pictures_become_files_that_can_wait(tmp_path):
    data = picture(seed=0)
    code = base64.b64encode(data).decode()
    page = tmp_path / "book" / "a.html"
    text = light_pages.move_pictures(
        f'<img alt="Noise" src="data:image/png;base64,{code}">',
        page,
        tmp_path / "_images",
    )
    name = re.fullmatch(
        r'<img loading="lazy" width="40" height="30" alt="Noise" src="\.\./(.*)">',
        text,
    )[1]
    assert (tmp_path / name).read_bytes() == data


def test_large_pictures_shrink_and_keep_their_pixels(tmp_path):
    images = tmp_path / "_images"
    images.mkdir()
    data = picture(size=(200, 150), seed=0)
    (images / "a.png").write_bytes(data)
    page = tmp_path / "a.html"
    text = light_pages.move_pictures('<img src="_images/a.png">', page, images)
    assert 'src="_images/a.webp"' in text
    with Image.open(BytesIO(data)) as old, Image.open(images / "a.webp") as new:
        assert np.array_equal(np.asarray(old), np.asarray(new))


def test_a_picture_that_says_its_size_stays(tmp_path):
    tag = '<img width="40" src="logo.svg">'
    assert light_pages.move_pictures(tag, tmp_path / "a.html", tmp_path) == tag
