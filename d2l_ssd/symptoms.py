"""The drawing of the decision tree for a detector that does not work."""

from __future__ import annotations

import html
import re

# Asked in this order: a question about what one sees, and the section it leads to
QUESTIONS = (
    ("Is a loss NaN or infinite?", "A loss is not a number"),
    (
        "Does the confidence loss rest at the level of knowing nothing, or above?",
        "The loss does not fall",
    ),
    (
        "Is it far below a good run's, or is nothing found at a score of 0.01?",
        "The loss is low, and nothing is found, or everything",
    ),
    (
        "Are there boxes, but not on the objects?",
        "Boxes in the wrong place",
    ),
    (
        "Is AP high only if classes are ignored?",
        "Boxes are right, classes are wrong",
    ),
    ("Are small objects missed?", "Only large objects are found"),
    (
        "Does AP on training images differ from AP on others?",
        "Good on training images only",
    ),
    (
        "Does another program, or another image size, find less?",
        "Good here, poor in use",
    ),
    ("Is one class missed?", "One class is never found"),
)
STYLE = """
.ssd-tree { --line: #6b7280; --yes: #c2410c; max-width: 44rem; margin: 0 auto;
  font: 14px/1.35 system-ui, sans-serif }
html[data-theme=dark] .ssd-tree, body[data-jp-theme-light=false] .ssd-tree {
  --line: #9ca3af; --yes: #fb923c }
.ssd-tree ol { list-style: none; margin: 0; padding: 0 }
.ssd-tree li { display: grid; grid-template-columns: 1fr 4.2rem 1fr; margin: 0;
  align-items: center; padding-bottom: 1.5rem; position: relative }
.ssd-tree li > * { border: 1px solid var(--line); border-radius: 6px;
  padding: .45rem .7rem }
.ssd-tree .yes { border: 0; padding: 0; height: 0; border-top: 2px solid var(--yes);
  border-radius: 0; text-align: center; position: relative; color: var(--yes) }
.ssd-tree .yes span { position: relative; top: -1.4rem }
.ssd-tree .yes::after { content: ""; position: absolute; right: 0; top: -6px;
  border: 5px solid transparent; border-left: 8px solid var(--yes);
  border-right: 0 }
.ssd-tree a { border-left: 4px solid var(--yes) !important }
.ssd-tree .no { position: absolute; border: 0; padding: 0 0 0 .6rem; bottom: 0;
  left: 2rem; height: 1.5rem; border-left: 2px solid var(--line);
  border-radius: 0; color: var(--line) }
@media (max-width: 640px) {
  .ssd-tree li { grid-template-columns: 2.6rem 1fr }
  .ssd-tree .ask { grid-column: 1 / 3; margin-bottom: .7rem }
  .ssd-tree .yes { margin-left: .4rem } .ssd-tree .no { left: .8rem }
  .ssd-tree .no { bottom: 0 } .ssd-tree li { padding-bottom: 1.9rem } }
"""


def anchor_of(title: str) -> str:
    """Return what a page of the book calls a section in its address."""
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")


class DecisionTree:
    """Questions from top to bottom, each with a link to the section of its yes."""

    def __repr__(self) -> str:
        return f"DecisionTree({len(QUESTIONS)} questions)"

    def _repr_html_(self) -> str:
        rows = "".join(_row(*question) for question in QUESTIONS)
        last = '<span class="ask">Train on: it may not be finished.</span>'
        return (
            f'<div class="ssd-tree"><style>{STYLE}</style>'
            f'<ol aria-label="Decision tree: the first yes is the leaf">{rows}'
            f"<li>{last}</li></ol></div>"
        )


def _row(question: str, title: str) -> str:
    return (
        f'<li><span class="ask">{html.escape(question)}</span>'
        '<span class="yes"><span>yes</span></span>'
        f'<a href="#{anchor_of(title)}">{html.escape(title)}</a>'
        '<span class="no">no</span></li>'
    )
