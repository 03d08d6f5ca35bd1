"""Number the figures of the chapters, whatever shows them.

A Sphinx extension. In a notebook a picture is the output of a code cell, and its
caption is a paragraph of Markdown in the cell below. This module makes one numbered
figure of the two, for images, HTML and widgets alike. The code cell's metadata holds
the name that `{numref}` refers to:

    "figure": "fig-four-maps"

The caption is the first paragraph after the cell, all of it in one emphasis:

    *Figure: four maps over one image.*

What the cell prints stays above the figure, and the input cell above that.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

PREFIX = "Figure:"

logger = logging.getLogger(__name__)


class NumberFigures(SphinxTransform):
    """Turn each code cell that has a figure's name into a figure."""

    default_priority = 400  # after exercises are put together, before labels

    def apply(self):
        for cell in list(self.document.findall(is_figure_cell)):
            try:
                make_figure(self.document, cell)
            except ValueError as error:
                logger.warning(f"figure: {error}", location=cell)


def is_figure_cell(node):
    return isinstance(node, nodes.container) and bool(figure_name(node))


def figure_name(cell):
    """Return the name that the cell's metadata gives, or None."""
    return (cell.get("cell_metadata") or {}).get("figure")


def make_figure(document, cell):
    """Wrap what the cell shows, and its caption, in a figure node.

    Raises:
        ValueError: nothing is shown, there is no caption, or the name is taken.
    """
    name = figure_name(cell)
    shown = [node for node in cell.findall(is_shown)]
    if not shown:
        raise ValueError(f"the cell of {name!r} shows no picture or widget")
    if nodes.make_id(name) in document.ids:
        raise ValueError(f"{name!r} is the name of another figure or section")
    caption = take_caption(cell, name)
    figure = nodes.figure(names=[name], classes=["d2l-figure"])
    figure.source, figure.line = cell.source, cell.line
    shown[0].replace_self(figure)
    for node in shown[1:]:
        node.parent.remove(node)
    figure.extend([*shown, caption])
    document.note_explicit_target(figure)


def is_shown(node):
    """Tell whether a node is an output other than printed text."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "mime_bundle"
        and any(
            not part.get("mime_type", "text/plain").startswith("text/plain")
            for part in node.children
        )
    )


def take_caption(cell, name):
    """Take the caption out of the paragraph after `cell`.

    Raises:
        ValueError: there is no paragraph of nothing but emphasis.
    """
    paragraph = cell.next_node(descend=False, siblings=True)
    if not (
        isinstance(paragraph, nodes.paragraph)
        and len(paragraph) == 1
        and isinstance(paragraph[0], nodes.emphasis)
    ):
        raise ValueError(
            f"the cell of {name!r} must be followed by a paragraph "
            "`*Figure: what to see.*`, one emphasis from end to end"
        )
    content = list(paragraph[0].children)
    if isinstance(content[0], nodes.Text):
        content[0] = nodes.Text(without_prefix(content[0].astext()))
    caption = nodes.caption("", "", *content)
    caption.source, caption.line = paragraph.source, paragraph.line
    paragraph.parent.remove(paragraph)
    return caption


def without_prefix(text):
    """Remove "Figure:", which the number replaces; begin with a capital."""
    text = text.removeprefix(PREFIX).lstrip()
    return text[:1].upper() + text[1:]


def setup(app):
    app.add_transform(NumberFigures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
