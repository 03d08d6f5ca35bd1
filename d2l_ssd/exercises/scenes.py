"""Small scenes: boxes on a grid of eighths, the simplest values first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from d2l_ssd.exercises.exercise import Pick

GRID = 8  # lines of the image on which corners lie: their IoUs are exact
LOW, SIDE = (2, 0, 1, 4, 3, 5), (4, 2, 1, 3, 6)  # the simplest first
SCORES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
SAME = 1e-6  # IoUs that differ by less are equal


def boxes(*rows: Any) -> np.ndarray:
    """Return boxes (N, 4) whose corners are given in eighths of the image."""
    return np.array(rows, np.float32).reshape(-1, 4) / GRID


def pick_box(pick: Pick, sides: tuple = SIDE) -> list:
    """Pick the corners of a box with an area, in eighths of the image."""
    x, y = pick(LOW), pick(LOW)
    return [x, y, min(x + pick(sides), GRID), min(y + pick(sides), GRID)]


def several(pick: Pick, make: Callable, least: int, most: int) -> list:
    """Make from `least` to `most` things; few are more likely than many."""
    made = []
    while len(made) < most and (len(made) < least or pick((False, True))):
        made.append(make(pick))
    return made


def pick_boxes(
    pick: Pick,
    least: int = 1,
    most: int = 3,
    near: np.ndarray | tuple = (),
) -> np.ndarray:
    """Pick boxes (N, 4) float32 with an area, inside the image.

    Some of them repeat an earlier one, or one of the boxes `near`, or are off
    by an eighth: boxes that overlap by much are rare otherwise.
    """
    known = [[round(corner * GRID) for corner in box] for box in near]

    def make(pick):
        again = known and pick((False, True))
        known.append(_nudge(pick, known) if again else pick_box(pick))
        return known[-1]

    return boxes(*several(pick, make, least, most))


def pick_near(
    pick: Pick, most: int, most_near: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pick boxes, and more boxes, some of which are near the first ones."""
    found = pick_boxes(pick, 1, most)
    return found, pick_boxes(pick, 1, most_near, near=found)


def _nudge(pick: Pick, known: list) -> list:
    """Pick a box and move one of its sides, or none.

    A smallest scene has different boxes if it can: equal ones hide each other.
    """
    box = list(known[pick(tuple(range(len(known))))])
    step = pick((1, -1, 0))
    if step:
        box[pick((0, 1, 2, 3))] += step
    if min(box) < 0 or max(box) > GRID or box[0] >= box[2] or box[1] >= box[3]:
        return pick_box(pick)
    return box


def pick_order(pick: Pick, values: tuple, count: int) -> np.ndarray:
    """Pick `count` different ones of some values, float32."""
    left, picked = list(values), []
    for _ in range(count):
        picked.append(pick(tuple(left)))
        left.remove(picked[-1])
    return np.array(picked, np.float32)


def pick_scored(
    pick: Pick, least: int = 1, most: int = 4
) -> tuple[np.ndarray, np.ndarray]:
    """Pick boxes (N, 4) and a different score for each, (N,)."""
    found = pick_boxes(pick, least, most)
    return found, pick_order(pick, SCORES, len(found))


def pick_label(pick: Pick) -> list:
    """Pick a row [class, xmin, ymin, xmax, ymax, difficult]."""
    corners = [corner / GRID for corner in pick_box(pick)]
    return [pick((0, 1, 2)), *corners, pick((0, 1))]


def labels(*rows: Any) -> np.ndarray:
    """Return rows [class, four corners in fractions, difficult], (M, 6)."""
    return np.array(rows, np.float32).reshape(-1, 6)


BOX = {"boxes": ("box", "boxes")}
ANCHORS_AND_TRUTHS = {
    "anchors": ("anchor", "anchors"),
    "truths": ("ground-truth box", "ground-truth boxes"),
}
