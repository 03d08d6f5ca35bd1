"""What a chapter's outputs were made with."""

import freshness
import nbformat
import pytest
import run_chapters
from helpers.notebooks import write_notebook
from nbformat.v4 import new_code_cell, new_notebook

CODE = '''def double(x):
    """Twice the number."""
    return 2 * x  # as expected
'''


def chapter(*sources):
    return new_notebook(cells=[new_code_cell(s) for s in sources])


def changed(before, after):
    notebook = chapter(*before)
    notebook.metadata[freshness.KEY] = freshness.fingerprint(notebook)
    notebook.cells = chapter(*after).cells
    return freshness.stale_parts(notebook)


@pytest.mark.parametrize(
    "case, code",
    [
        ("comment", CODE.replace("as expected", "of course")),
        ("docstring", CODE.replace("Twice the", "A")),
        ("white space", CODE.replace("2 * x", "2*x")),
        ("magic", "%matplotlib inline\n" + CODE),
        ("set-up cell", CODE),
    ],
)
def test_what_does_not_count(case, code):
    more = ["# @title Set-up on Colab\n1"] if case == "set-up cell" else []
    assert changed([CODE], [code, *more]) == []


def test_changed_code_counts():
    assert changed([CODE], [CODE.replace("2 *", "3 *")]) == ["code"]
    assert changed(["'a text'.upper()"], ["'a test'.upper()"]) == ["code"]


def test_modules_are_those_imported_and_saved_ones_behind():
    modules = freshness.modules_of("from d2l_ssd.anchors import ssd_anchors")
    assert {"d2l_ssd.anchors", "d2l_ssd.boxes"} <= {*modules}
    assert "d2l_ssd.checks" not in modules  # supports them
    modules = freshness.modules_of("from d2l_ssd import box_iou\nimport json")
    assert {"d2l_ssd", "d2l_ssd.boxes"} <= {*modules}
    assert freshness.modules_of("import d2l_ssd.checks")[0] == "d2l_ssd.checks"


def test_changed_module_counts(monkeypatch):
    code = "import d2l_ssd.anchors"
    notebook = chapter(code)
    notebook.metadata[freshness.KEY] = freshness.fingerprint(notebook)
    digest = freshness.module_digest
    monkeypatch.setattr(
        freshness,
        "module_digest",
        lambda name: "new" if name == "d2l_ssd.boxes" else digest(name),
    )
    assert freshness.stale_parts(notebook) == ["d2l_ssd.boxes"]


def test_never_run_is_stale():
    assert freshness.stale_parts(chapter("1 + 1")) == ["code"]


def test_running_a_chapter_stores_it(tmp_path):
    path = tmp_path / "data.ipynb"
    write_notebook(path, "import d2l_ssd.detections")
    run_chapters.run_chapter(path)
    notebook = nbformat.read(path, as_version=4)
    made_with = notebook.metadata[freshness.KEY]
    assert made_with.keys() == {"code", "d2l_ssd.detections"}
    assert freshness.stale_parts(notebook) == []
