"""Boxes that no training can use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

REDRAW = "draw the box again or delete the object"


class BadBox(NamedTuple):
    """What is wrong with a box that no training can use."""

    kind: str  # of OBJECT_KINDS in `labeled_folder`
    text: str  # with the box, what was expected, and what to do


def find_bad_boxes(
    edges: np.ndarray, overshoot: np.ndarray | float, shown: Sequence[str]
) -> dict[int, BadBox]:
    """Find boxes that are inverted, outside their image, or without area.

    Args:
        edges: (M, 4) corners in units of the image.
        overshoot: by how much rounding may put a box outside, in these units;
            a number, or an array that fits (M, 4).
        shown: M texts that show the boxes as they are written.

    Returns:
        A BadBox for each of them, by its number.
    """
    clipped = edges.clip(0, 1).astype(np.float32)
    inverted = (edges[:, 2:] < edges[:, :2]).any(axis=1)
    empty = (edges[:, 2:] == edges[:, :2]).any(axis=1)
    beyond = (edges < -overshoot) | (edges > 1 + overshoot)
    outside = beyond.any(axis=1)
    empty |= (clipped[:, 2:] <= clipped[:, :2]).any(axis=1) & ~outside
    bad = {}
    for number in np.flatnonzero(inverted | empty | outside):
        text = shown[number]
        if inverted[number]:
            bad[number] = BadBox(
                "inverted box", f"{text} has a negative side; {REDRAW}"
            )
        elif empty[number]:
            bad[number] = BadBox("empty box", f"{text} has no area; {REDRAW}")
        else:
            bad[number] = BadBox(
                "outside box",
                f"{text} reaches beyond its image: draw it again, or correct "
                "the image's size",
            )
    return {int(number): problem for number, problem in bad.items()}
