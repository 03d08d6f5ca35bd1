"""The Sphinx extension that ties the API pages to the chapters."""

from io import StringIO

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    writes,
)
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONFIG = """
extensions = ["myst_nb", "sphinx.ext.autodoc", "api"]
nb_execution_mode = "off"
root_doc = "book/boxes"
exclude_patterns = ["out"]
"""
TOC = "root: book/boxes\nchapters:\n- file: book/boxes\n"
SAVED = "#@save\nLIMIT = 1\n\n\ndef box_iou(a, b): ...\n\n\ndef _help(): ..."
# Of a benchmark: no API page lists it, so that its names need not be unique
OUTSIDE = "#@save benchmarks/boxes\ndef iou(a, b): ...\n\n\nclass IoU: ..."
API = """# API

```{eval-rst}
.. autofunction:: d2l_ssd.boxes.box_iou
.. autofunction:: d2l_ssd.boxes.clip_boxes
```
"""


def build(folder, tags=()):
    """Build a chapter and an API page; return both pages."""
    cells = [
        new_markdown_cell("# Boxes and data\n\nText."),
        new_code_cell("1 + 1"),
        new_code_cell(SAVED, metadata={"tags": list(tags)}),
        new_code_cell(OUTSIDE),
        new_markdown_cell("```{toctree}\napi\n```"),
    ]
    language = {"language_info": {"name": "python"}}
    (folder / "book").mkdir()
    (folder / "book" / "boxes.ipynb").write_text(
        writes(new_notebook(cells=cells, metadata=language))
    )
    (folder / "book" / "api.md").write_text(API)
    (folder / "conf.py").write_text(CONFIG)
    (folder / "_toc.yml").write_text(TOC)
    out, warnings = folder / "out", StringIO()
    with docutils_namespace():
        Sphinx(folder, folder, out, out, "html", warning=warnings).build()
    assert warnings.getvalue() == ""
    return [(out / "book" / f"{n}.html").read_text() for n in ("boxes", "api")]


def test_saved_function_links_to_its_cell(tmp_path):
    chapter, api = build(tmp_path)
    address = "save-boxes-box-iou"
    assert f'id="{address}"' in chapter
    link = (
        f'href="boxes.html#{address}"><span class="std std-ref">Boxes and data<'
    )
    assert link in api
    assert "help" not in api and "save-benchmarks" not in chapter
    entry = api[api.index("d2l_ssd.boxes.clip_boxes") :]
    assert "Written in" not in entry  # no cell of this book writes it


@pytest.mark.parametrize("tag", ["remove-cell", "remove-input"])
def test_no_link_to_a_cell_that_is_not_shown(tmp_path, tag):
    _, api = build(tmp_path, [tag])
    assert "box_iou" in api
    assert "Written in" not in api
