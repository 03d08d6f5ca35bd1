"""Small notebooks for tests."""

import nbformat
from nbformat import v4


def write_notebook(path, *cells):
    """Write a notebook of code cells."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells])
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)
