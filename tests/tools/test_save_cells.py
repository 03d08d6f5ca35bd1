"""The tool that saves cells."""

import ast

import pytest
import save_cells
from helpers.notebooks import write_notebook

BOXES = """#@save boxes
'''Boxes as arrays.'''
import numpy as np
import os

def area(box):
    # Width by height
    return np.prod(box[2:]-box[:2])"""

DATA = """#@save
import numpy as np
from typing import (
    Any, NamedTuple)

class Image(NamedTuple):
    pixels: np.ndarray
def largest(boxes):
    return max(boxes, key=area)"""

ANCHORS = """#@save
from d2l_ssd.boxes import area

SIZES = ((0.1, 0.15),)
def _twice(x): return 2 * x"""


@pytest.fixture
def save(tmp_path):
    """Run the save tool on `tmp_path`; write chapters 1 and 3 first."""
    book, package = tmp_path / "book", tmp_path / "d2l_ssd"
    write_notebook(book / "data.ipynb", "import os", BOXES, "1 + 1", DATA)
    write_notebook(book / "anchors.ipynb", ANCHORS)

    def run(*options):
        options = ["--book", str(book), "--package", str(package), *options]
        return save_cells.main(options)

    run.book, run.package = book, package
    return run


class TestOutside:
    def test_a_chapter_can_write_what_the_package_does_not_take(self, save):
        own = "#@save benchmarks/shapes/circle\ndef circle(): pass"
        user = "#@save benchmarks/shapes/ring\ndef ring(): return circle()"
        write_notebook(save.book / "anchors.ipynb", own, user)
        assert save() == save("--check") == 0
        room = save.package.parent / "benchmarks" / "shapes"
        assert "def circle()" in (room / "circle.py").read_text()
        text = (room / "ring.py").read_text()
        assert "from benchmarks.shapes.circle import circle\n" in text
        write_notebook(save.book / "anchors.ipynb", own)
        assert save("--check") == 1
        assert save() == 0
        assert not (room / "ring.py").exists()


class TestSave:
    def test_modules_are_what_the_cells_say(self, save):
        assert save() == 0
        assert (save.package / "boxes.py").read_text() == (
            "# Generated from book/data.ipynb (`make save`); do not edit.\n"
            '"""Boxes as arrays."""\n'
            "\n"
            "import numpy as np\n"
            "\n"
            "\n"
            "def area(box):\n"
            "    # Width by height\n"
            "    return np.prod(box[2:] - box[:2])\n"
        )
        assert (save.package / "data.py").read_text() == (
            "# Generated from book/data.ipynb (`make save`); do not edit.\n"
            "\n"
            "from typing import NamedTuple\n"
            "\n"
            "import numpy as np\n"
            "\n"
            "from d2l_ssd.boxes import area\n"
            "\n"
            "\n"
            "class Image(NamedTuple):\n"
            "    pixels: np.ndarray\n"
            "\n"
            "\n"
            "def largest(boxes):\n"
            "    return max(boxes, key=area)\n"
        )

    def test_module_of_a_subpackage(self, save):
        cell = "#@save mxnet/model\nfrom d2l_ssd.boxes import area\nf = area"
        write_notebook(save.book / "feature_maps.ipynb", "#@save\nN = 4", cell)
        assert save() == 0
        assert (save.package / "mxnet" / "model.py").read_text() == (
            "# Generated from book/feature_maps.ipynb (`make save`); do not edit.\n"
            "\n"
            "from d2l_ssd.boxes import area\n"
            "\n"
            "f = area\n"
        )
        assert (save.package / "feature_maps.py").exists()
        assert save("--check") == 0

    def test_sibling_in_a_subpackage_is_imported(self, save):
        cells = (
            "#@save toy/curves\ndef oval(): pass",
            "#@save toy/cats\nx = oval",
        )
        write_notebook(save.book / "toy.ipynb", *cells)
        save()
        text = (save.package / "toy" / "cats.py").read_text()
        assert "from d2l_ssd.toy.curves import oval\n" in text

    def test_two_chapters_write_one_module_in_reading_order(self, save):
        first = "#@save boxes\ndef sides(box): pass", "#@save\nN = 4"
        write_notebook(save.book / "zebras.ipynb", *first)
        (save.book.parent / "_toc.yml").write_text(
            "root: book/index\nchapters:\n"
            "- file: book/zebras\n  - file: book/data\n"
        )
        assert save() == 0
        text = (save.package / "boxes.py").read_text()
        assert text.startswith(
            "# Generated from book/zebras.ipynb and book/data.ipynb (`make"
        )
        assert text.index("def sides") < text.index("def area")

    def test_names_of_both_chapters_of_a_module_are_imported(self, save):
        chapters = {"feature_maps": "N = 4", "heads": "SIDES = 2"}
        for name, code in chapters.items():
            user = f"#@save mxnet/model\ndef {name}_model(): return "
            cells = f"#@save\n{code}", user + code.partition(" ")[0]
            write_notebook(save.book / f"{name}.ipynb", *cells)
        assert save() == 0
        text = (save.package / "mxnet" / "model.py").read_text()
        assert "from d2l_ssd.feature_maps import N\n" in text
        assert "from d2l_ssd.heads import SIDES\n" in text

    def test_two_packages_may_use_one_name(self, save):
        cells = "#@save mxnet/model\nSSD = 1", "#@save torch/model\nSSD = 2"
        write_notebook(save.book / "networks.ipynb", *cells)
        assert save() == 0

    def test_saving_again_changes_nothing(self, save, capsys):
        save()
        before = {p: p.stat().st_mtime_ns for p in save.package.iterdir()}
        assert save() == 0
        assert {p: p.stat().st_mtime_ns for p in before} == before
        assert capsys.readouterr().out.endswith("3 files, 0 changed\n")

    def test_module_that_no_chapter_saves_any_more_is_removed(self, save):
        save()
        (save.package / "by_hand.py").write_text("X = 1\n")
        (save.book / "anchors.ipynb").unlink()
        assert save("--check") == 1
        assert save() == 0
        assert save("--check") == 0
        files = sorted(path.name for path in save.package.iterdir())
        assert files == ["boxes.py", "by_hand.py", "data.py"]

    def test_stale_module_of_a_subpackage_is_removed(self, save):
        path = save.book / "toy.ipynb"
        write_notebook(path, "#@save toy/curves\nx = 1")
        save()
        write_notebook(path, "#@save toy/ovals\nx = 1")
        assert save() == 0
        files = [path.name for path in (save.package / "toy").iterdir()]
        assert files == ["ovals.py"]


def test_defined_names():
    code = """
a, (b, *c) = 1, [2]
for d in range(3): e = d
with open("x") as f: pass
def g(no): no_more = 1
class H: no = 2
i: list = [no for no in c if (lambda no: no)(no)]
i += sum(no for no in c)
if a:
    j = {no: b for no in c}
a.no = j[0] = 3
"""
    names = set(save_cells.defined_names(ast.parse(code)))
    assert names == set("abcdefgHij")


class TestCheck:
    def test_equal(self, save):
        save()
        assert save("--check") == 0

    def test_edited_module_is_shown(self, save, capsys):
        save()
        path = save.package / "anchors.py"
        path.write_text(path.read_text().replace("0.15", "0.2"))
        edited = path.read_text()
        assert save("--check") == 1
        out = capsys.readouterr().out
        assert "-SIZES = ((0.1, 0.2),)\n+SIZES = ((0.1, 0.15),)\n" in out
        assert "run `make save`): anchors.py" in out
        assert path.read_text() == edited

    def test_missing_module_is_reported(self, save, capsys):
        save()
        (save.package / "boxes.py").unlink()
        assert save("--check") == 1
        assert "boxes.py" in capsys.readouterr().out

    def test_the_package_of_this_repository(self):
        assert save_cells.main(["--check"]) == 0


ERRORS = {
    "syntax": ("#@save\n\ndef f(:", "cell 2, line 3: invalid syntax"),
    "twice in two chapters": (
        "#@save\nSIZES = 1",
        "cell 2: 'SIZES' is saved by book/anchors.ipynb, cell 1 too",
    ),
    "private, twice in a module": (
        "#@save\n_a = 1\nx = 2",
        "cell 3: '_a' is saved by book/targets.ipynb, cell 2 too",
        "#@save\n_a = 2",
    ),
    "module of another chapter": (
        "#@save anchors\nx = 1",
        "cell 2: anchors.py is the module of book/anchors.ipynb",
    ),
    "bad module": (
        "#@save Boxes!\nx = 1",
        "cell 2: cannot save to a module named 'Boxes!': use a name like "
        "`anchors` or `mxnet/model`",
    ),
    "two folders deep": (
        "#@save a/b/c\nx = 1",
        "cell 2: cannot save to a module named 'a/b/c': use a name like "
        "`anchors` or `mxnet/model`",
    ),
    "a package": (
        "#@save mxnet\nx = 1",
        "cell 2: 'mxnet' is a package: name a module in it, like "
        "`#@save mxnet/model`",
    ),
    "undefined": (
        "#@save\ny = 1\nx = area([])",
        "cell 2: Undefined name `area`: save it, or import it in the cell",
    ),
    "not the first line": (
        "x = 1\n#@save\ny = 1",
        "cell 2: `#@save` belongs alone on line 1",
    ),
    "two statements on a line": (
        "#@save\nimport os; x = os.sep",
        "cell 2, line 2: two statements",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_error_names_the_cell_and_writes_nothing(save, capsys, case):
    save()
    before = {p: p.read_text() for p in save.package.iterdir()}
    # A good change beside the bad cell must not be written either
    write_notebook(save.book / "anchors.ipynb", ANCHORS + "\nNEW = 1")
    cell, message, *more = ERRORS[case]
    write_notebook(save.book / "targets.ipynb", "pass", cell, *more)
    assert save() == 1
    assert capsys.readouterr().err == (
        f"error: book/targets.ipynb, {message}\n"
    )
    assert {p: p.read_text() for p in save.package.iterdir()} == before
