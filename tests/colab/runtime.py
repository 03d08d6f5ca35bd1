"""A runtime like Colab's: a fresh Python 3.12 with what Colab brings, and no more."""

import glob
import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGE_FILES = "d2l_ssd", "pyproject.toml", "README.md", "LICENSE"
NO_CACHES = shutil.ignore_patterns("__pycache__")
SET_UP_TITLE = "# @title Set-up"


class Runtime:
    """One virtual machine of Colab's: a Python, a home, a working folder.

    `environment` holds the variables that its kernels see.
    """

    def __init__(self, folder):
        self.home, self.content = folder / "home", folder / "content"
        self.installed = self.home / ".cache" / "ssd-book"
        self.python = folder / "python" / "bin" / "python"
        self.jupyter = folder / "jupyter"
        for path in self.home, self.content:
            path.mkdir()
        make_python(self.python.parents[1])
        self.environment = {
            "D2L_SSD_SOURCE": str(copy_package(folder / "checkout")),
            "HOME": str(self.home),
            "IPYTHONDIR": str(copy(HERE / "ipython", folder / "ipython")),
            "MPLCONFIGDIR": str(folder / "matplotlib"),
            "PATH": f"{self.python.parent}:/usr/bin:/bin",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(HERE / "fake"),  # google.colab
        }

    def execute(self, notebook):
        """Run a notebook in a fresh kernel; return it with its outputs."""
        kernel = self.jupyter / "kernels" / "colab"
        kernel.mkdir(parents=True, exist_ok=True)
        launch = "-m", "ipykernel_launcher", "-f", "{connection_file}"
        spec = {
            "argv": [str(self.python), *launch],
            "display_name": "Colab",
            "language": "python",
            "env": self.environment,
        }
        (kernel / "kernel.json").write_text(json.dumps(spec))
        os.environ["JUPYTER_PATH"] = str(self.jupyter)
        client = NotebookClient(
            notebook,
            kernel_name="colab",
            timeout=None,
            resources={"metadata": {"path": str(self.content)}},
        )
        client.execute()
        return notebook

    def set_up(self, code=""):
        """Run the set-up cell, then `code`; return what they print, and seconds."""
        cells = [
            "import time; begin = time.monotonic()",
            set_up_cell(),
            "print(time.monotonic() - begin)",
            code,
        ]
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        _, first, seconds, second = map(printed, self.execute(notebook).cells)
        return first, second, float(seconds)

    def run(self, code):
        """Run code in another process of this runtime; return what it prints."""
        done = subprocess.run(
            [self.python, "-c", code],
            env={**os.environ, **self.environment},
            cwd=self.content,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files(self):
        """List every file but those of the set-up: its size, when it was written."""
        return {
            str(path): (path.stat().st_size, path.stat().st_mtime_ns)
            for root in (self.home, self.content, self.python.parents[1])
            for path in root.rglob("*")
            if path.is_file() and self.installed not in path.parents
        }


def make_python(folder):
    """Make an environment with Colab's Python and its packages."""
    subprocess.run([find_python(), "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
    requirements = "--requirement", HERE / "requirements.txt"
    subprocess.run([*pip, *requirements], check=True, stderr=subprocess.PIPE)


def find_python():
    """Return the path of a Python 3.12: on PATH, pyenv's or uv's."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    candidates = [
        "python3.12",
        *glob.glob(f"{pyenv}/versions/3.12.*/bin/python"),
    ]
    if shutil.which("uv"):
        command = ["uv", "python", "find", "--system", "3.12"]
        found = subprocess.run(command, capture_output=True, text=True)
        candidates.append(found.stdout.strip())
    for python in candidates:
        test = (
            "import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 12))"
        )
        path = shutil.which(python)
        if (
            path
            and not subprocess.run(
                [path, "-c", test], stderr=subprocess.DEVNULL
            ).returncode
        ):
            return path
    raise FileNotFoundError("no Python 3.12, which is Colab's: install it")


def copy(source, target):
    return shutil.copytree(source, target, ignore=NO_CACHES)


def copy_package(folder):
    """Copy what pip needs of this checkout: it builds where the source lies."""
    folder.mkdir()
    for name in PACKAGE_FILES:
        source = ROOT / name
        (copy if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def read_chapter(name):
    """Read a chapter as a reader opens it: nothing has run yet."""
    notebook = nbformat.read(ROOT / "book" / f"{name}.ipynb", as_version=4)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def set_up_cell():
    """Return the code of the chapters' set-up cell."""
    return next(
        cell.source
        for cell in read_chapter("index").cells
        if cell.source.startswith(SET_UP_TITLE)
    )


def printed(cell):
    """Return what a cell wrote."""
    return "".join(output.get("text", "") for output in cell.outputs)
