"""Make the built pages light: few files, no byte that nobody looks at.

A Sphinx extension. Themes and extensions put a dozen styles and scripts into every
page, an icon font of 400 kB for a few icons, and pictures for readers without
JavaScript into the text. When all pages are written, this module

- joins the styles that all pages have into one file, and the scripts into another,
  which runs when the text is there,
- makes a font of the icons that the pages show,
- moves pictures from the pages into files, which a browser reads when they are near,
- moves the widgets' state behind the text,
- keeps the widgets' places free, so that nothing jumps when they come, and shows a
  picture there where a page begins with a widget,
- mends what assistive technology stumbles over.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from fontTools import subset
from fontTools.ttLib import TTFont
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
JOIN = ROOT / "tools" / "page" / "join.mjs"

STYLE = re.compile(r'<link\b[^>]*\brel="stylesheet"[^>]*>\s*')
PRELOAD = re.compile(r'<link\b[^>]*\brel="preload"[^>]*>\s*')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="[^"]*"[^>]*></script>\s*')
PAGE_NAME = re.compile(
    r"<script>DOCUMENTATION_OPTIONS\.pagename[^<]*</script>\s*"
)
ADDRESS = re.compile(r'\b(?:href|src)="([^"?]*)[^"]*"')
STATE = re.compile(
    r'<script type="application/vnd\.jupyter\.widget-state\+json">.*?</script>\s*',
    re.DOTALL,
)
EMBEDDED = re.compile(r'src="data:image/(png|jpeg|webp);base64,([^"]{2000,})"')
IMAGE = re.compile(r'<img\b(?![^>]*\bloading=)[^>]*\bsrc="([^"]+)"[^>]*>')
PIXELS = ".png", ".webp", ".jpeg"
LARGE = 50_000  # bytes
VIEW = '<script type="application/vnd.jupyter.widget-view+json">'
HEIGHTS = ROOT / "tools" / "page" / "heights.json"  # of measure_heights.py
FIRST_PLACE = re.compile(
    r'</h1>(?:(?!<p>).)*id="d2l-place-0"'
    r'.*?<noscript class="d2l-no-script"><img[^>]* src="([^"]+)"',
    re.DOTALL,
)
# Its white would flash on a dark page
AT_FIRST = """<style>
@media screen and (scripting: enabled) {{
  html:not([data-theme="dark"]) #d2l-place-0:empty {{
    background: url("{}") top / contain no-repeat;
  }}
}}
</style>
"""
FONT_AWESOME = "vendor/fontawesome"
# Before the styles ask for them: a font that comes late moves the text
FORMULA_FONTS = "KaTeX_Main-Regular.woff2", "KaTeX_Math-Italic.woff2"
FONT = '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>'
ICON = re.compile(r"\bfa-[a-z][a-z-]*[a-z]\b")
CODE = re.compile(r'"\\(f[0-9a-f]{3})"')
# What assistive technology stumbles over: icons, cells of tables' heads with nothing
# in them, a logo outside of all landmarks
MENDED = (
    (re.compile(r'<i (?=class="fa-)'), '<i aria-hidden="true" '),
    (re.compile(r"<th( [^>]*)?>(?:<p></p>)?</th>"), r"<td\1></td>"),
    (
        re.compile(
            r'<div (class="sidebar-primary-item">\s*<a class="navbar-brand)'
        ),
        r'<div role="navigation" aria-label="Home" \1',
    ),
)
ICON_STYLES = """
@font-face {{
  font-family: "Font Awesome 6 Free";
  font-weight: 900;
  src: url("data:font/woff;base64,{font}") format("woff");
}}
:root {{
  --fa-font-solid: normal 900 1em/1 "Font Awesome 6 Free";
}}
.fas, .fa-solid {{
  display: inline-block;
  font: var(--fa-font-solid);
  text-rendering: auto;
}}
.fa-lg {{ font-size: 1.25em; line-height: 0.05em; vertical-align: -0.075em; }}
{rules}"""


def lighten(app, exception):
    """Rewrite all pages that were built."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir)
    static = folder / "_static"
    paths = sorted(folder.rglob("*.html"))
    pages = {path: path.read_text(encoding="utf-8") for path in paths}
    pages = {path: text for path, text in pages.items() if "</head>" in text}
    styles, scripts = (common(pages, tag) for tag in (STYLE, SCRIPT))
    joined = join_files(static, pages, styles, scripts)
    heights = json.loads(HEIGHTS.read_text(encoding="utf-8"))
    for path, text in pages.items():
        text = use_joined(text, path, {*styles, *scripts}, joined)
        text = keep_places(move_state(text), path.relative_to(folder), heights)
        text = move_pictures(text, path, folder / "_images")
        text = show_at_first(text)
        path.write_text(mend(text), encoding="utf-8")
    shutil.rmtree(static / FONT_AWESOME)
    for path in static.rglob("*.map"):
        path.unlink()


def mend(text):
    """Mend what assistive technology stumbles over in a page."""
    for fault, mended in MENDED:
        text = fault.sub(mended, text)
    return text


def join_files(static, pages, styles, scripts):
    """Join styles, with those of the icons, and scripts; return both files."""
    styles, scripts = (
        [path for path in paths if FONT_AWESOME not in path.as_posix()]
        for paths in (styles, scripts)
    )
    of_styles, of_scripts = (
        [path.read_text(encoding="utf-8") for path in paths]
        for paths in (styles, scripts)
    )
    font_awesome = next((static / FONT_AWESOME).iterdir())
    icons = static / "icons.css"
    icons.write_text(
        icon_styles(font_awesome, [*pages.values(), *of_scripts], of_styles)
    )
    return {
        "css": join("css", [icons, *styles], static),
        "js": join("js", scripts, static),
    }


def file_of(tag, page):
    """Return the file that a tag of a page refers to."""
    address = unquote(ADDRESS.search(tag)[1])
    return (page.parent / address).resolve()


def common(pages, tag):
    """Return the files that all pages refer to with a kind of tag, in order."""
    found = [
        [file_of(match[0], page) for match in tag.finditer(text)]
        for page, text in pages.items()
    ]
    shared = set.intersection(*map(set, found))
    return [path for path in found[0] if path in shared]


def join(kind, files, static):
    """Write files as one, `site.css` or `site.js`; return its path and version."""
    path = static / f"site.{kind}"
    node = shutil.which("node")
    subprocess.run([node, JOIN, path, *files], check=True, cwd=ROOT)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def use_joined(text, page, files, joined):
    """Put the joined files into a page's head, in the place of their parts."""

    def without_parts(match):
        return "" if file_of(match[0], page) in files else later(match[0])

    def later(tag):
        return (
            tag if "<link" in tag else tag.replace(' src="', ' defer src="', 1)
        )

    for tag in (STYLE, SCRIPT):
        text = tag.sub(without_parts, text)
    text = PAGE_NAME.sub("", PRELOAD.sub("", text))
    up = way_up(page, joined["css"][0].parents[1])
    css, js = (f"{up}_static/{p.name}?v={v}" for p, v in joined.values())
    tags = [
        f'<link rel="stylesheet" href="{css}">',
        f'<script defer src="{js}"></script>',
    ]
    if 'class="katex"' in text:
        tags += [FONT.format(f"{up}_static/{name}") for name in FORMULA_FONTS]
    return text.replace("</title>", "\n".join(["</title>", *tags, ""]), 1)


def way_up(page, folder):
    """Return the way from a page to a folder above it: "../" for each step."""
    return "../" * (len(page.relative_to(folder).parts) - 1)


def move_state(text):
    """Move the state of a page's widgets to the end of its body."""
    states = "".join(STATE.findall(text))
    head, _, tail = STATE.sub("", text).rpartition("</body>")
    return f"{head}{states}</body>{tail}"


def keep_places(text, page, heights):
    """Put a place before each widget's script, as high as the widget will be."""
    rows = heights["pages"].get(page.with_suffix("").as_posix(), ())
    first, *parts = text.split(VIEW)
    places = (
        f'<div class="widget-subarea" id="d2l-place-{k}"></div>{VIEW}{part}'
        for k, part in enumerate(parts)
    )
    rules = "\n".join(
        f"@media screen and (scripting: enabled) and (min-width: {width}px) {{ "
        f"#d2l-place-{k} {{ min-height: {height}px; }} }}"
        for k, row in enumerate(rows)
        for width, height in zip(heights["widths"], row)
    )
    style = f"<style>\n{rules}\n</style>\n" if rules else ""
    return (first + "".join(places)).replace("</head>", f"{style}</head>", 1)


def show_at_first(text):
    """Where a page begins with a widget, show its picture until it comes."""
    found = FIRST_PLACE.search(text)
    if not found:
        return text
    style = AT_FIRST.format(found[1])
    return text.replace("</head>", f"{style}</head>", 1)


def move_pictures(text, page, images):
    """Move embedded pictures to files; say the size of all, and that they can wait."""

    def as_file(match):
        data = base64.b64decode(match[2])
        name = f"{hashlib.sha256(data).hexdigest()[:32]}.{match[1]}"
        images.mkdir(exist_ok=True)
        (images / name).write_bytes(data)
        return f'src="{way_up(page, images.parent)}_images/{name}"'

    def when_near(match):
        path = (page.parent / unquote(match[1])).resolve()
        if path.suffix not in PIXELS or "width=" in match[0]:
            return match[0]
        with Image.open(path) as image:
            width, height = image.size
        size = f'<img loading="lazy" width="{width}" height="{height}"'
        name = f"{match[1].rpartition('/')[0]}/{shrunk(path).name}"
        return match[0].replace("<img", size, 1).replace(match[1], name)

    return IMAGE.sub(when_near, EMBEDDED.sub(as_file, text))


def shrunk(path):
    """Return a file with the same pixels as a large PNG, and a third less bytes."""
    if path.suffix != ".png" or path.stat().st_size < LARGE:
        return path
    smaller = path.with_suffix(".webp")
    if not smaller.exists():
        with Image.open(path) as image:
            image.save(smaller, lossless=True, method=2)
    return smaller


def icon_styles(font_awesome, texts, styles):
    """Return styles, with a font inside, of the icons that are shown.

    Args:
        font_awesome: the folder of the whole set.
        texts: that name icons, as pages and scripts do.
        styles: that hold codes of icons.
    """
    names = {name for text in texts for name in ICON.findall(text)}
    known = (font_awesome / "css" / "all.min.css").read_text(encoding="utf-8")
    codes = {
        name: found[1]
        for name in sorted(names)
        if (
            found := re.search(
                rf"\.{name}:before[^{{]*{{content:{CODE.pattern}", known
            )
        )
    }
    used = {
        *codes.values(),
        *(code for text in styles for code in CODE.findall(text)),
    }
    font = subset_font(font_awesome / "webfonts" / "fa-solid-900.ttf", used)
    rules = (
        f'.{n}::before {{ content: "\\{c}"; }}\n' for n, c in codes.items()
    )
    return ICON_STYLES.format(font=font, rules="".join(rules))


def subset_font(path, codes):
    """Return a font of a few glyphs, as WOFF in base 64."""
    font = TTFont(path)
    subsetter = subset.Subsetter()
    subsetter.populate(unicodes=[int(code, 16) for code in codes])
    subsetter.subset(font)
    font.flavor = "woff"
    buffer = BytesIO()
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


def setup(app):
    # A page that was made light once cannot be joined with others again
    app.connect("env-updated", lambda app, env: env.all_docs)
    # After the theme, which writes its styles then, too
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
