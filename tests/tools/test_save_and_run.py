"""The tools that save cells and run chapters."""

import ast
import shutil
import subprocess
import sys

import nbformat
import pytest
import run_chapters
import save_cells
from nbformat import v4


def write_notebook(path, *cells):
    """Write a notebook of code cells."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells])
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


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

    def test_public_names_load_their_module_lazily(self, save):
        save()
        compat = save_cells.ROOT / "d2l_ssd" / "compat.py"
        shutil.copy(compat, save.package)  # written by hand
        code = (
            "import d2l_ssd, sys\n"
            "assert {'SIZES', 'area', 'boxes'} <= set(dir(d2l_ssd))\n"
            "assert '_twice' not in dir(d2l_ssd)\n"
            "assert not hasattr(d2l_ssd, 'missing')\n"
            "assert 'numpy' not in sys.modules\n"
            "print(d2l_ssd.SIZES, d2l_ssd.boxes.__name__)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=save.package.parent,
            capture_output=True,
            text=True,
        )
        assert done.stdout == "((0.1, 0.15),) d2l_ssd.boxes\n", done.stderr

    def test_saving_again_changes_nothing(self, save, capsys):
        save()
        before = {p: p.stat().st_mtime_ns for p in save.package.iterdir()}
        assert save() == 0
        assert {p: p.stat().st_mtime_ns for p in before} == before
        assert capsys.readouterr().out.endswith("4 files, 0 changed\n")

    def test_module_that_no_chapter_saves_any_more_is_removed(self, save):
        save()
        (save.package / "by_hand.py").write_text("X = 1\n")
        (save.book / "anchors.ipynb").unlink()
        assert save("--check") == 1
        assert save() == 0
        assert save("--check") == 0
        files = sorted(path.name for path in save.package.iterdir())
        assert files == ["__init__.py", "boxes.py", "by_hand.py", "data.py"]


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
    "name of a module": (
        "#@save\nboxes = 1",
        "cell 2: 'boxes' is the name of a module too",
    ),
    "module of another chapter": (
        "#@save boxes\nx = 1",
        "cell 2: book/data.ipynb, cell 2 writes boxes.py already",
    ),
    "bad module": (
        "#@save Boxes!\nx = 1",
        "cell 2: cannot save to a module named 'Boxes!'",
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


def test_saved_cell_in_a_chapter_without_module(save, capsys):
    write_notebook(save.book / "index.ipynb", "#@save\nx = 1")
    assert save() == 1
    err = capsys.readouterr().err
    assert err.startswith("error: book/index.ipynb, cell 1: the chapter has no")
    assert not save.package.exists()


def test_failed_write_leaves_the_package_as_it_was(save, monkeypatch):
    save()
    before = {p: p.read_text() for p in save.package.iterdir()}
    files = save_cells.build_package(save.book)
    files = {name: text + "# changed\n" for name, text in files.items()}
    files["last.py"] = "\ud800"  # cannot be encoded
    with pytest.raises(UnicodeEncodeError):
        save_cells.write_package(save.package, files)
    assert {p: p.read_text() for p in save.package.iterdir()} == before


def test_import_of_the_package_alone_is_light():
    code = (
        "import sys, d2l_ssd; "
        "print([m for m in ('mxnet', 'd2l', 'torch', 'matplotlib', 'numpy')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=save_cells.ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


WIDGETS = """import ipywidgets
a, b = ipywidgets.FloatSlider(value=0.5), ipywidgets.FloatText()
link = ipywidgets.jslink((a, "value"), (b, "value"))
ipywidgets.VBox([a, b])"""


class TestRun:
    def test_twice_gives_the_same_bytes(self, tmp_path, capsys):
        path = tmp_path / "data.ipynb"
        write_notebook(path, "print(1)\nprint(2)", WIDGETS, "a", "1", "1")
        assert run_chapters.main([str(path)]) == 0
        first = path.read_bytes()
        assert run_chapters.main([str(path)]) == 0
        assert path.read_bytes() == first
        assert "data.ipynb: " in capsys.readouterr().out

        notebook = nbformat.read(path, as_version=4)
        cells = notebook.cells
        assert [c.execution_count for c in cells] == [1, 2, 3, 4, 5]
        assert cells[3].id + "-2" == cells[4].id
        assert cells[0].outputs[0].text == "1\n2\n"
        # The slider was made third: its layout, its style, itself
        view = cells[2].outputs[0].data[run_chapters.WIDGET_VIEW]
        assert view["model_id"] == f"{3:032x}"
        widgets = notebook.metadata.widgets[run_chapters.WIDGET_STATE].state
        assert sorted(widgets) == [f"{n + 1:032x}" for n in range(len(widgets))]
        links = [
            w.state for w in widgets.values() if w.model_name == "LinkModel"
        ]
        assert links[0].source == [f"IPY_MODEL_{3:032x}", "value"]

    @pytest.mark.parametrize(
        "case, cells, message",
        [
            ("error", ("x = 1", "x / 0"), "cell 2 failed"),
            ("path", ("import os", "print(os.getcwd())"), "cell 2 shows '/"),
            ("address", ("object()",), "cell 1 shows 'at 0x"),
            ("large", ("'a' * 4_000_000",), "4.0 MB with its outputs"),
            ("killed", ("import os\nos._exit(1)",), "the kernel died"),
        ],
    )
    def test_bad_chapter_is_left_alone(
        self, tmp_path, capsys, case, cells, message
    ):
        path = tmp_path / f"1-{case}.ipynb"
        write_notebook(path, *cells)
        before = path.read_bytes()
        assert run_chapters.main([str(path)]) == 1
        assert f"1-{case}.ipynb: {message}" in capsys.readouterr().err
        assert path.read_bytes() == before
        assert [p.name for p in tmp_path.iterdir()] == [path.name]

    def test_chapter_that_changes_meanwhile_is_left_alone(
        self, tmp_path, capsys
    ):
        path = tmp_path / "data.ipynb"
        touch = f"with open('{path.name}', 'a') as f: f.write(' ')"
        write_notebook(path, touch)
        assert run_chapters.main([str(path)]) == 1
        assert "somebody changed the file" in capsys.readouterr().err


FALSE_PYTHON = """#!/bin/sh
case "$*" in
*version_info*) echo {version} ;;
*ensurepip*) exit {lacks_venv} ;;
*_base_executable*) echo "$0" ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
*) echo "$@" >> pip.log ;;
esac
"""


class TestMakeVenv:
    """Which Python it takes, among false ones; `make book` shows the rest."""

    @pytest.fixture
    def make(self, tmp_path):
        """Install false Pythons, run the script, return what it did."""
        programs = tmp_path / "bin"
        programs.mkdir()
        for tool in "cp dirname ls mkdir nice rm sed sh touch".split():
            (programs / tool).symlink_to(shutil.which(tool))
        uv = programs / "uv"
        uv.write_text(
            '#!/bin/sh\n[ "$1 $2 $3" = "python find --system" ] && '
            f"ls {tmp_path}/uv/$4"
        )
        uv.chmod(0o755)
        script = tmp_path / "tools" / "make_venv.sh"
        script.parent.mkdir()
        shutil.copy(save_cells.ROOT / "tools" / "make_venv.sh", script)

        def run(pythons, *asked_for, lacks_venv=()):
            for name, version in pythons.items():
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                lacks = int(name in lacks_venv)
                text = FALSE_PYTHON.format(version=version, lacks_venv=lacks)
                path.write_text(text)
                path.chmod(0o755)
            return subprocess.run(
                [script, ".venv", "3.11 3.13 3.12", *asked_for],
                capture_output=True,
                text=True,
                env={"PATH": str(programs), "PYENV_ROOT": f"{tmp_path}/pyenv"},
            )

        run.venv = tmp_path / ".venv"
        return run

    @pytest.mark.parametrize(
        "case, pythons, taken",
        [
            ("alone", {"bin/python3.12": "3.12"}, "3.12"),
            ("one of uv's", {"uv/3.12": "3.12"}, "3.12"),
            (
                "the book's own",
                {
                    "bin/python3": "3.13",
                    "pyenv/versions/3.11.7/bin/python": "3.11",
                },
                "3.11",
            ),
            (
                "newer first",
                {"bin/python3.12": "3.12", "bin/python3": "3.13"},
                "3.13",
            ),
            (
                "too new",
                {
                    "bin/python3": "3.14",
                    "pyenv/versions/3.12.1/bin/python": "3.12",
                },
                "3.12",
            ),
        ],
    )
    def test_python_taken(self, make, case, pythons, taken):
        done = make(pythons)
        assert done.stderr == ""
        assert f"into .venv (Python {taken}, " in done.stdout
        assert (make.venv / "ready").exists()
        log = (make.venv.parent / "pip.log").read_text()
        assert "install --quiet --no-deps --requirement requirements.txt" in log

    def test_own_python_has_no_venv_module(self, make):
        pythons = {"bin/python3.11": "3.11", "bin/python3.13": "3.13"}
        done = make(pythons, lacks_venv=["bin/python3.11"])
        assert "(Python 3.13, " in done.stdout

    def test_half_made_environment_is_made_anew(self, make):
        make.venv.mkdir()
        (make.venv / "torch.done").touch()
        make({"bin/python3.11": "3.11"})
        assert not (make.venv / "torch.done").exists()
        assert (make.venv / "ready").exists()

    def refused(self, make, done):
        assert done.returncode == 1
        assert not make.venv.exists()
        assert done.stderr.count("\n") == 1
        return done.stderr

    def test_none_is_found(self, make):
        message = self.refused(make, make({"bin/python3": "3.14"}))
        assert message.startswith("error: no Python 3.11 or 3.13 or 3.12 with")
        assert "(`uv python install 3.11`, `pyenv install 3.11`, " in message

    @pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
    def test_wrong_version(self, make, version):
        pythons = {"python": version, "bin/python3.11": "3.11"}
        python = make.venv.parent / "python"
        assert self.refused(make, make(pythons, python)).startswith(
            f"error: PYTHON={python} is Python {version}, and MXNet 1.9.1 needs "
            "3.11 or 3.13 or 3.12 (3.14 is untried): choose another, like `make"
        )

    @pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
    def test_no_venv_module(self, make, version):
        python = make.venv.parent / "python"
        done = make({"python": version}, python, lacks_venv=["python"])
        assert self.refused(make, done).startswith(
            f"error: {python} has no venv module: install it (`apt-get install "
            f"python{version}-venv`)"
        )

    def test_not_there(self, make):
        message = self.refused(make, make({}, "/no/python"))
        assert message == "error: PYTHON=/no/python does not run\n"
