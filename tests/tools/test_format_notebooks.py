"""The script that formats notebooks."""

import json
import subprocess
from pathlib import Path

from helpers.notebooks import write_notebook

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "format_notebooks.sh"


def source(path):
    """Return the text of a notebook's first cell."""
    return "".join(json.loads(path.read_text())["cells"][0]["source"])


def run(*arguments, **environment):
    """Run the script; return the finished process."""
    return subprocess.run(
        [SCRIPT, *map(str, arguments)],
        capture_output=True,
        text=True,
        **environment,
    )


def test_formats_and_keeps_the_mark(tmp_path):
    path = tmp_path / "a.ipynb"
    write_notebook(path, "#@save boxes\nx = {1:2}")
    assert run("--check", path).returncode == 1
    assert source(path) == "#@save boxes\nx = {1:2}"
    assert run(path).returncode == 0
    assert source(path) == "#@save boxes\nx = {1: 2}"
    assert run("--check", path).returncode == 0


def test_without_ruff_a_notebook_stays(tmp_path):
    path = tmp_path / "a.ipynb"
    write_notebook(path, "x = {1:2}")
    before = path.read_bytes()
    assert run(path, env={"PATH": "/usr/bin:/bin"}).returncode != 0
    assert path.read_bytes() == before
