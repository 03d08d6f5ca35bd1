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


def forget():
    """Let the tool read files again."""
    for read in (
        freshness.imports_of_module,
        freshness.module_digest,
        freshness.module_path,
        freshness.only_hands_out,
        freshness.origins,
    ):
        read.cache_clear()


@pytest.fixture(autouse=True)
def forget_afterwards():
    yield
    forget()


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


@pytest.mark.parametrize(
    "case, code, modules",
    [
        (
            "another module's name",
            "from d2l_ssd.results import load_own_thing_table, write_table",
            ["d2l_ssd.results.own_thing", "d2l_ssd.results.tables"],
        ),
        (
            "by way of d2l_ssd",
            "from d2l_ssd import AnchorExplorer",
            ["d2l_ssd", "d2l_ssd.widgets.anchor_explorer"],
        ),
        (
            "by way of two packages",
            "from d2l_ssd.torch import TrainOptions",
            ["d2l_ssd.options"],
        ),
        (
            "a module of the package",
            "from d2l_ssd.results import tables",
            ["d2l_ssd.results.tables"],
        ),
        (
            "the package's own name",
            "from d2l_ssd.exercises import check",
            ["d2l_ssd.exercises"],
        ),
        (
            "a package that does more",
            "from d2l_ssd.mxnet import get_weights",
            ["d2l_ssd.mxnet", "d2l_ssd.mxnet.weights"],
        ),
        (
            "the whole package",
            "import d2l_ssd.onnx",
            ["d2l_ssd.onnx"],
        ),
        (
            "all its names",
            "from d2l_ssd.onnx import *",
            ["d2l_ssd.onnx"],
        ),
    ],
)
def test_modules_behind_a_package(case, code, modules):
    found = freshness.imported_modules(code)
    assert sorted(found) == modules


def test_what_else_a_package_hands_out_does_not_count(monkeypatch, tmp_path):
    package = tmp_path / "d2l_ssd" / "parts"
    package.mkdir(parents=True)
    (package / "one.py").write_text("def one():\n    return 1\n")
    (package / "two.py").write_text("def two():\n    return 2\n")
    hands_out = "from d2l_ssd.parts.one import one\n__all__ = ['one']\n"
    (package / "__init__.py").write_text(hands_out)
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    forget()
    notebook = chapter("from d2l_ssd.parts import one")
    notebook.metadata[freshness.KEY] = freshness.fingerprint(notebook)
    more = hands_out + "from d2l_ssd.parts.two import two\n"
    (package / "__init__.py").write_text(more)
    forget()
    assert freshness.stale_parts(notebook) == []
    (package / "one.py").write_text("def one():\n    return 3\n")
    forget()
    assert freshness.stale_parts(notebook) == ["d2l_ssd.parts.one"]
    (package / "__init__.py").write_text(more + "print(one())\n")
    forget()
    assert "d2l_ssd.parts" in freshness.stale_parts(notebook)


def test_stored_files_count_with_the_modules_that_read_them():
    assert all(freshness.module_path(name) for name in freshness.STORED)
    assert all(path.is_file() for path in freshness.STORED.values())


def test_changed_stored_file_counts(monkeypatch, tmp_path):
    sums = tmp_path / "SHA256SUMS"
    monkeypatch.setitem(freshness.STORED, "d2l_ssd.results.stored", sums)
    digests = []
    for text in ("1 a.npz\n", "1 a.npz\n2 card.md\n", "3 a.npz\n"):
        sums.write_text(text)
        forget()
        digests.append(freshness.module_digest("d2l_ssd.results.stored"))
    assert digests[0] == digests[1] != digests[2]


def test_a_new_table_counts_where_tables_are_shown(monkeypatch, tmp_path):
    sums = tmp_path / "SHA256SUMS"
    for module, same in (("stored", True), ("tables", False)):
        monkeypatch.setitem(freshness.STORED, f"d2l_ssd.results.{module}", sums)
        digests = []
        for text in ("1  ablation.json\n", "2  ablation.json\n"):
            sums.write_text(text)
            forget()
            digests.append(freshness.module_digest(f"d2l_ssd.results.{module}"))
        assert (digests[0] == digests[1]) == same


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
