"""The PDF of the whole book, and what the print style hides and shows."""

import subprocess
import sys

import make_pdf
from pages import ROOT

STYLE = ROOT / "book" / "_static" / "book.css"
PAGE = """<!doctype html><title>Book</title>
<link rel="stylesheet" href="book.css">
<div class="bd-content"><h1>Book</h1>
<a class="headerlink" href="#a">#</a>
<details class="hide"><summary>Code</summary>code</details>
<div class="solution admonition toggle-hidden">Five.</div>
<h1 id="next"><a href="book/index.html#next">Next</a></h1></div>"""


def write_book(folder):
    page = folder / make_pdf.PAGE
    page.parent.mkdir()
    page.write_text(PAGE)
    (folder / "book.css").write_text(STYLE.read_text())


def test_two_chapters_are_two_pages_with_an_outline(tmp_path):
    write_book(tmp_path)
    pdf = tmp_path / "book.pdf"
    # A process of its own: the other tests' browser runs in this one
    command = [sys.executable, ROOT / "tools" / "make_pdf.py", tmp_path, pdf]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == 2
    assert b"/Outlines" in content
    assert "book.pdf, 0.0 MB" in done.stdout
    # A link within the book stays within the PDF
    page = (tmp_path / make_pdf.AT_ROOT).read_text()
    assert 'href="#next"' in page


def test_paper_shows_solutions_and_no_buttons(tmp_path, browser):
    write_book(tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / make_pdf.PAGE).as_uri())
    page.add_style_tag(content=STYLE.read_text())
    page.emulate_media(media="print")
    page.evaluate(make_pdf.UNFOLD)
    assert page.locator(".solution").is_visible()
    assert page.locator(".toggle-hidden").count() == 0
    assert not page.locator(".headerlink").is_visible()
    assert not page.locator("details.hide").is_visible()
    page.close()
