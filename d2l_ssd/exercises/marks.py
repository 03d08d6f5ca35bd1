"""What a picture of a scene is made of: boxes, lines and dots in the unit square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

GRAY = -1  # the color of what is background, suppressed or only given


@dataclass(frozen=True)
class Mark:
    """One thing in a picture.

    Args:
        kind: "box", "line", "dot" or "text", of which only the label shows.
        points: (n, 2) array of x and y, in fractions of the picture.
        label: a few letters beside it.
        color: number of a color, or GRAY.
        dashed: whether its outline is dashed, as that of ground truth is.
        low: whether the label stands at the lower edge, inside.
    """

    kind: str
    points: np.ndarray
    label: str = ""
    color: int = GRAY
    dashed: bool = False
    low: bool = False


def box(corners: Any, label: str = "", color: int = GRAY, **style) -> Mark:
    """Return a box [xmin, ymin, xmax, ymax]."""
    points = np.reshape(np.asarray(corners, float), (2, 2))
    return Mark("box", points, label, color, **style)


def line(points: Any, color: int = GRAY, **style) -> Mark:
    """Return a line through (n, 2) points."""
    return Mark(
        "line",
        np.reshape(np.asarray(points, float), (-1, 2)),
        **style,
        color=color,
    )


def dot(point: Any, label: str = "", color: int = GRAY) -> Mark:
    """Return a dot at [x, y]."""
    points = np.reshape(np.asarray(point, float), (1, 2))
    return Mark("dot", points, label, color)


def text(corners: Any, label: str, color: int = GRAY) -> Mark:
    """Return a label at the lower edge of a box [xmin, ymin, xmax, ymax]."""
    points = np.reshape(np.asarray(corners, float), (2, 2))
    return Mark("text", points, label, color, low=True)


def given_boxes(
    boxes: Any, name: str, color: int | None = None, **style
) -> list[Mark]:
    """Return boxes (N, 4) named by their numbers, each in a color or all in one."""
    return [
        box(b, f"{name}{i}", i if color is None else color, **style)
        for i, b in enumerate(boxes)
    ]


def moved_boxes(
    before: Any, after: Any, name: str = "", old: str = ""
) -> list[Mark]:
    """Return boxes as they were given, dashed, and as they are now."""
    given = [box(b, old, dashed=True, low=True) for b in before]
    return given + given_boxes(after, name)


def kept_boxes(boxes: Any, scores: Sequence, kept: Sequence) -> list[Mark]:
    """Return boxes with their scores; those that are not kept are gray."""
    marks, indices = [], [int(i) for i in kept]
    for i, (corners, score) in enumerate(zip(boxes, scores)):
        there = i in indices
        color = i if there else GRAY
        marks.append(box(corners, f"{i}: {score:.2g}", color, dashed=not there))
    return marks


def assigned_boxes(
    boxes: Any, truths: Any, matches: Sequence, name: str
) -> list[Mark]:
    """Return ground truths, dashed, and boxes in the color of their match."""
    marks = given_boxes(truths, "object ", dashed=True, low=True)
    for i, (corners, match) in enumerate(zip(boxes, matches)):
        found = 0 <= match < max(len(truths), 1)
        label = f"{name} {i} → {match}".replace("-", "−")
        marks.append(box(corners, label, int(match) if found else GRAY))
    return marks
