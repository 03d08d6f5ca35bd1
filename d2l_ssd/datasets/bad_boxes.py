"""Boxes that no training can use."""

from __future__ import annotations

from typing import NamedTuple

REDRAW = "draw the box again or delete the object"


class BadBox(NamedTuple):
    """What is wrong with a box that no training can use."""

    kind: str  # "units", "inverted box", "outside box" or "empty box"
    text: str  # with the box, what was expected, and what to do
