"""Print the whole book to a PDF.

    python tools/make_pdf.py _build/singlehtml _build/book.pdf

The first argument is what Sphinx's builder `singlehtml` has made; `make pdf` does
both. Chromium prints it as book/_static/book.css says (`@media print`).
"""

import argparse
from pathlib import Path

from browsers import open_browser, serve

PAGE = "book/index.html"
AT_ROOT = "whole_book.html"  # addresses in the page are relative to the root
MARGINS = {"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"}
PAGE_NUMBER = (
    '<div style="width: 100%; text-align: center; font: 9px sans-serif">'
    '<span class="pageNumber"></span></div>'
)
# Solutions are unfolded; pictures and formulas have to be there
UNFOLD = """
async () => {
    document.querySelector("h1").style.breakBefore = "auto";
    for (const part of document.querySelectorAll(".toggle-hidden"))
        part.classList.remove("toggle-hidden");
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((i) => i.decode().catch(() => 0)));
    await document.fonts.ready;
}
"""


def print_book(folder, pdf):
    """Print the page that holds the whole book.

    Args:
        folder: what the builder `singlehtml` has made.
        pdf: the file to write.
    """
    text = (folder / PAGE).read_text(encoding="utf-8")
    text = text.replace(f'href="{PAGE}#', 'href="#')
    (folder / AT_ROOT).write_text(text, encoding="utf-8")
    with serve(folder) as site, open_browser() as browser:
        page = browser.new_page(color_scheme="light")
        page.set_default_timeout(300_000)
        page.goto(site + AT_ROOT, wait_until="load")
        page.emulate_media(media="print")
        page.evaluate(UNFOLD)
        page.wait_for_load_state("networkidle")
        page.pdf(
            path=pdf,
            format="Letter",
            margin=MARGINS,
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=PAGE_NUMBER,
            outline=True,
            tagged=True,
        )


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the built single page")
    parser.add_argument("pdf", type=Path, help="the file to write")
    options = parser.parse_args(argv)
    if not (options.folder / PAGE).exists():
        parser.error(f"there is no {options.folder / PAGE}: run `make pdf`")
    print_book(options.folder, options.pdf)
    size = options.pdf.stat().st_size
    print(f"The PDF is {options.pdf}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
