"""Scenes as SVG: boxes, lines and dots over the image's square."""

from __future__ import annotations

from html import escape

import numpy as np

from d2l_ssd.exercises.marks import GRAY, Mark

SIDE = 240  # of the picture, in its own units
MARGIN = 12
COLORS = 4  # there are so many; the page's style names them --c0 to --c3
FONT = 16
INSET = 4  # between the lines of boxes that are equal


def frame_of(marks: list[Mark]) -> np.ndarray:
    """Return the corner and side of the square that holds all marks."""
    points = [mark.points for mark in marks] + [np.array([[0, 0], [1, 1]])]
    points = np.clip(np.concatenate(points), -1.5, 2.5)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([*low, (high - low).max()])


def draw(marks: list[Mark], frame: np.ndarray, description: str) -> str:
    """Draw marks as an SVG.

    Args:
        marks: what to draw, from back to front.
        frame: [x, y, side] of the square that the picture shows.
        description: for those who do not see it.
    """
    shapes = [_image(frame)]
    for n, mark in enumerate(marks):
        below = [_covers(other, mark) for other in marks[:n]]
        shapes.append(_shape(mark, frame, INSET * sum(below)))
    taken: list = []
    shapes += [_label(mark, frame, taken) for mark in marks if mark.label]
    size = SIDE + 2 * MARGIN
    return (
        f'<svg viewBox="0 0 {size} {size}" role="img" '
        f'aria-label="{escape(description)}" font-size="{FONT}" '
        f'font-family="sans-serif">{"".join(shapes)}</svg>'
    )


def _place(points: np.ndarray, frame: np.ndarray) -> np.ndarray:
    """Turn fractions of the image into the picture's units."""
    inside = (np.clip(points, -1.5, 2.5) - frame[:2]) / frame[2]
    return np.round(MARGIN + SIDE * inside, 1)


def _image(frame: np.ndarray) -> str:
    """Draw the border of the image."""
    (x, y), (right, low) = _place(np.array([[0, 0], [1, 1]]), frame)
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{right - x:g}" height="{low - y:g}" '
        'fill="currentColor" fill-opacity=".05" stroke="currentColor" '
        'stroke-opacity=".35"/>'
    )


def _paint(mark: Mark) -> str:
    """Return the attributes of a mark's line."""
    if mark.color == GRAY:
        color, strength = "currentColor", ".55"
    else:
        color, strength = f"var(--c{mark.color % COLORS})", "1"
    dashes = ' stroke-dasharray="6 4"' if mark.dashed else ""
    return (
        f'style="stroke:{color}" stroke="currentColor" '
        f'stroke-opacity="{strength}" stroke-width="2.5" fill="none"{dashes}'
    )


def _covers(a: Mark, b: Mark) -> bool:
    """Tell whether two marks are equal boxes, so that one would hide the other."""
    boxes = a.kind == b.kind == "box"
    return boxes and bool(np.allclose(a.points, b.points))


def _shape(mark: Mark, frame: np.ndarray, inset: float) -> str:
    """Draw one mark; a box that much smaller on each side."""
    points = _place(mark.points, frame)
    if mark.kind == "text":
        return ""
    if mark.kind == "line":
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        return f'<polyline points="{path}" {_paint(mark)}/>'
    if mark.kind == "dot" or (points[0] == points[-1]).all():
        x, y = points[0]
        return f'<circle cx="{x:g}" cy="{y:g}" r="4" {_paint(mark)}/>'
    inset = min(inset, np.ptp(points, axis=0).min() / 3)
    x, y = points.min(axis=0) + inset
    width, height = np.ptp(points, axis=0) - 2 * inset
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f"{_paint(mark)}/>"
    )


def _label(mark: Mark, frame: np.ndarray, taken: list) -> str:
    """Write a label inside its box's corner, below those already there."""
    points = _place(mark.points, frame)
    x, y = points.min(axis=0) + (8, FONT + 3)
    step = FONT + 2
    if mark.low:
        y, step = points.max(axis=0)[1] - 8, -step
    width = 0.56 * FONT * len(mark.label)
    x = np.clip(x, 2, SIDE + 2 * MARGIN - width - 2)
    y = np.clip(y, FONT, SIDE + 2 * MARGIN - 4)
    while any(abs(x - u) < 60 and abs(y - v) < FONT for u, v in taken):
        y += step
    taken.append((x, y))
    color = "currentColor"
    if mark.color != GRAY:
        color = f"var(--c{mark.color % COLORS})"
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" style="fill:{color}" '
        f'fill="currentColor">{escape(mark.label)}</text>'
    )
