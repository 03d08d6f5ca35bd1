"""How LiveDetector begins: a cat, and a kennel that rises before it."""

from __future__ import annotations

from typing import Any

import numpy as np

PLACE = "planks"  # the background at first
# A dog, a cat, a mug and a kennel: numbers of sprites, and their places
SPRITES, CAT, KENNEL = (3, 0, 5, 6), 1, 3
START = ((0.2, 0.38, 0.42), (0.5, 0.6, 0.62), (0.13, 0.86, 0.2))
# The kennel rises before the cat: x, y at first and at last, size, steps
PATH_X, PATH_Y, KENNEL_SIZE, STEPS = 0.5, (1.25, 0.58), 0.72, 24


def start_objects() -> list[dict[str, Any]]:
    """Place the objects of the first scene, from back to front."""
    places = (*START, (PATH_X, PATH_Y[0], KENNEL_SIZE))
    return [
        {
            "sprite": sprite,
            **{"x": x, "y": y, "size": size, "angle": 0, "hidden": False},
        }
        for sprite, (x, y, size) in zip(SPRITES, places)
    ]


def make_path() -> list[list[float]]:
    """List where the kennel is at each step: x and y."""
    return [[PATH_X, round(float(y), 4)] for y in np.linspace(*PATH_Y, STEPS)]


def best_score(
    rows: np.ndarray, label: int, box: tuple[float, float, float, float]
) -> float:
    """Return the best score of a class of which the box's center is in a box.

    Args:
        rows: (n, 8), see `LiveView.recorded`.
        label: the class.
        box: the object's, corners in units of the scene.
    """
    x, y = rows[:, [4, 6]].mean(axis=1), rows[:, [5, 7]].mean(axis=1)
    inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    scores = rows[inside & (rows[:, 1] == label), 2]
    return float(scores.max(initial=0))
