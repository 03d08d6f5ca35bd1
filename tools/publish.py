"""What follows from the repository's URL in `_config.yml`.

    python tools/publish.py            write the chapters' set-up cells
    python tools/publish.py --check    change nothing; exit 1 if they differ

Every chapter's first code cell, the same in all, sets up Google Colab and installs
the package from that repository; the notebook's metadata asks for a GPU there. As
a Sphinx extension this module gives the pages their Colab button, if there is a URL.
"""

import argparse
import sys
from pathlib import Path
from string import Template

import nbformat
import yaml
from run_chapters import name_cells, number_executions

from d2l_ssd.files import write_text

ROOT = Path(__file__).resolve().parent.parent
COLAB = "https://colab.research.google.com"
GITHUB = "https://github.com/"
TITLE = "# @title Set-up on Google Colab (elsewhere, it installs nothing)"
SET_UP = Template(
    TITLE
    + """
import sys

if "google.colab" in sys.modules:
    import os
    import subprocess

    source = os.environ.get("D2L_SSD_SOURCE", "$source")
    home = os.path.expanduser("~/.cache/ssd-book")
    if not os.path.exists(f"{home}/package"):
        if not source:
            raise RuntimeError(
                "This copy of the book does not say where its package is published: "
                "set the repository's URL in _config.yml and run `make save`."
            )
        options = "--no-deps --upgrade --quiet --target".split()
        pip = [sys.executable, "-m", "pip", "install", *options]
        packages = source, "lazy_loader"
        subprocess.run([*pip, f"{home}/package.part", *packages], check=True)
        os.rename(f"{home}/package.part", f"{home}/package")
    sys.path.append(f"{home}/package")
    from d2l_ssd import colab

    colab.set_up(home)

import d2l_ssd.mxnet  # noqa: F401 (MXNet, on today's Python and NumPy)"""
)
CELL_METADATA = {
    "cellView": "form",  # Colab shows the title alone
    "jupyter": {"source_hidden": True},
    "tags": ["remove-cell"],
}
NOTEBOOK_METADATA = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}


def read_repository(config):
    """Read the repository's URL (or "") and branch from `_config.yml`."""
    repository = yaml.safe_load(config.read_text(encoding="utf-8"))[
        "repository"
    ]
    return (repository["url"] or "").strip("/"), repository["branch"]


def set_up_code(url, branch):
    """Return the code of the set-up cell for a repository."""
    return SET_UP.substitute(source=f"git+{url}@{branch}" if url else "")


def with_set_up(text, code):
    """Return a notebook's text with `code` as its first code cell."""
    notebook = nbformat.reads(text, as_version=4)
    cells = notebook.cells
    first = [cell.cell_type for cell in cells].index("code")
    if is_set_up(cells[first], code) and (
        NOTEBOOK_METADATA.items() <= notebook.metadata.items()
    ):
        return text
    if cells[first].source.startswith(TITLE):
        del cells[first]
    cells.insert(first, nbformat.v4.new_code_cell(code, metadata=CELL_METADATA))
    name_cells(cells)
    number_executions(cells)
    notebook.metadata.update(NOTEBOOK_METADATA)
    return nbformat.writes(notebook) + "\n"


def is_set_up(cell, code):
    return cell.source == code and cell.metadata == CELL_METADATA


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--root", type=Path, default=ROOT)
    options = parser.parse_args(argv)
    code = set_up_code(*read_repository(options.root / "_config.yml"))
    differ = 0
    for path in sorted((options.root / "book").glob("*.ipynb")):
        before = path.read_text(encoding="utf-8")
        after = with_set_up(before, code)
        if after == before:
            continue
        differ += 1
        if options.check:
            print(f"book/{path.name}: another set-up cell (run `make save`)")
            continue
        write_text(path, after)
        print(f"wrote book/{path.name}: its set-up cell")
    return int(options.check and differ > 0)


def setup(app):
    """Add the Colab button to the site: Colab opens notebooks from GitHub."""

    def add_button(_app, config):
        theme = config.html_theme_options
        if (theme.get("repository_url") or "").startswith(GITHUB):
            theme["launch_buttons"]["colab_url"] = COLAB

    app.connect("config-inited", add_button)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    sys.exit(main())
