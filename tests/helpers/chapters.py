"""The chapters' cells, as the tests of the book look at them."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb"))
PARTS = "data feature_maps anchors targets training inference".split()
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
DIRECTIVE = re.compile(
    r"^(`{3,}|:{3,})\{([\w-]+)\} *(.*?)\n((?::[\w-]+:.*\n)*)", re.MULTILINE
)
OPTION = re.compile(r"^:([\w-]+): *(.*)$", re.MULTILINE)


def cells_of(chapter):
    """Read a chapter's cells; each source is one string."""
    cells = json.loads((BOOK / f"{chapter}.ipynb").read_text("utf-8"))["cells"]
    for cell in cells:
        cell["source"] = "".join(cell["source"])
    return cells


def markdown_of(chapter):
    """Join a chapter's Markdown."""
    return "\n\n".join(
        cell["source"]
        for cell in cells_of(chapter)
        if cell["cell_type"] == "markdown"
    )


def directives(text):
    """Yield (name, argument, options) of each directive in a Markdown text."""
    for _, name, argument, options in DIRECTIVE.findall(text + "\n"):
        yield name, argument.strip(), dict(OPTION.findall(options))


def visible_outputs(chapter):
    """Yield (cell, data, in a solution) for what the cells of a chapter show."""
    in_solution = False
    for cell in cells_of(chapter):
        if cell["cell_type"] == "markdown":
            for name, _, _ in directives(cell["source"]):
                if name in ("solution-start", "solution-end"):
                    in_solution = name == "solution-start"
        tags = cell["metadata"].get("tags", [])
        if "remove-cell" in tags or "remove-output" in tags:
            continue
        for output in cell.get("outputs", []):
            yield cell, output.get("data", {}), in_solution


def is_picture(data):
    """Tell whether an output is a picture or a widget, not text or a table."""
    html = "".join(data.get("text/html", ""))
    return (
        WIDGET_VIEW in data
        or any(kind.startswith("image/") for kind in data)
        or "<svg" in html
        or "<img" in html
    )
