"""The Sphinx extension that puts the whole book on one page."""

from io import StringIO

from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONFIG = """
extensions = ["myst_nb", "sphinx_exercise", "whole_book"]
nb_execution_mode = "off"
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
VIEW = "application/vnd.jupyter.widget-view+json"


def build(folder, builder):
    explorer = new_output(
        "display_data",
        data={VIEW: {"model_id": "0"}, "image/png": PIXEL, "text/plain": "W"},
    )
    cells = [
        new_markdown_cell("# Book"),
        new_code_cell(
            "show()", metadata={"tags": ["hide-input"]}, outputs=[explorer]
        ),
    ]
    language = {"language_info": {"name": "python"}}
    text = writes(new_notebook(cells=cells, metadata=language))
    (folder / "index.ipynb").write_text(text)
    (folder / "conf.py").write_text(CONFIG)
    out, warnings = folder / builder, StringIO()
    with docutils_namespace():
        Sphinx(folder, folder, out, out, builder, warning=warnings).build()
    assert warnings.getvalue() == ""
    return (out / "index.html").read_text()


def test_explorers_are_pictures_and_hidden_code_is_written(tmp_path):
    page = build(tmp_path, "singlehtml")
    assert "<img" in page and VIEW not in page
    assert "<details" in page


def test_pages_of_the_site_keep_their_explorers(tmp_path):
    page = build(tmp_path, "html")
    assert VIEW in page and "<img" not in page
