"""Tie the API pages to the chapters.

A Sphinx extension. autodoc makes the API pages from the docstrings; what it lists of
a saved module is written in some chapter's `#@save` cell. This module gives these
cells names, like `save-anchors-ssd_anchors`, and ends each docstring with a link to
the cell.
"""

import ast
from pathlib import Path

import nbformat
from docutils import nodes
from save_cells import (
    DEFINITIONS,
    PACKAGE,
    chapters,
    full_name,
    read_notebook,
)
from sphinx.transforms import SphinxTransform

HIDDEN = {"remove-cell", "remove-input"}


def label_of(module, name):
    """Return the label of the cell that writes `name` to `module`."""
    return f"save-{module}-{name}"


def documented_names(cell):
    """List the public functions and classes that a `#@save` cell defines."""
    statements = ast.parse("\n".join(cell.body)).body
    names = [node.name for node in statements if isinstance(node, DEFINITIONS)]
    return [name for name in names if not name.startswith("_")]


def cell_labels(notebook):
    """Return the labels of the package's cells of a notebook, by cell index."""
    return {
        cell.number - 1: [
            label_of(cell.module, name) for name in documented_names(cell)
        ]
        for cell in read_notebook(notebook)
        if full_name(cell.module).startswith(f"{PACKAGE}.")
    }


class NameSavedCells(SphinxTransform):
    """Make the `#@save` cells places that other pages can refer to."""

    default_priority = 400

    def apply(self):
        path = Path(self.env.doc2path(self.env.docname))
        if path.suffix != ".ipynb":
            return
        labels = cell_labels(path)
        for cell in self.document.findall(nodes.container):
            names = labels.get(cell.get("cell_index"))
            if names:
                cell["names"] += map(nodes.fully_normalize_name, names)
                self.document.note_explicit_target(cell)


def saved_names(book):
    """Return the label and the chapter's title of each saved name.

    The keys are full names, like `d2l_ssd.mxnet.model.SSD`. Names of cells that
    the pages do not show are left out.
    """
    found = {}
    for path in chapters(book):
        cells = nbformat.read(path, as_version=4).cells
        title = cells[0].source.partition("\n")[0].lstrip("# ")
        for cell in read_notebook(path):
            if HIDDEN & set(cells[cell.number - 1].metadata.get("tags", ())):
                continue
            for name in documented_names(cell):
                full = f"{full_name(cell.module)}.{name}"
                found[full] = label_of(cell.module, name), title
    return found


def link_to_cell(app, kind, name, thing, options, lines):
    """End the docstring of what a chapter writes with a link to its cell."""
    if name in app.saved_names:
        label, title = app.saved_names[name]
        lines += ["", f"Written in :ref:`{title} <{label}>`.", ""]


def setup(app):
    app.saved_names = saved_names(Path(app.srcdir) / "book")
    app.add_transform(NameSavedCells)
    app.connect("autodoc-process-docstring", link_to_cell, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
