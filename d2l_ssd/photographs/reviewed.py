"""Cells in BCCD's test images that have no label.

Detections with a score of 0.4 or more that are nowhere near a label were looked
at, one by one; reviewed.json says of each whether a person sees a cell in it.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import NamedTuple

import numpy as np

from d2l_ssd.boxes import pairwise_iou

FILE = "reviewed.json"
SAME_IOU = 0.5  # boxes that overlap so much are of the same cell


class Reviewed(NamedTuple):
    """The boxes of one image that were looked at."""

    boxes: np.ndarray  # (N, 4) float32 corners in [0, 1]
    classes: list[str]  # N names, as they were detected
    is_cell: np.ndarray  # (N,) bool


def load_reviewed() -> dict[str, Reviewed]:
    """Read what was seen, by the photographs' names."""
    path = resources.files("d2l_ssd.photographs") / FILE
    found = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Reviewed(
            np.float32([row["box"] for row in rows]),
            [row["class"] for row in rows],
            np.array([row["cell"] for row in rows]),
        )
        for name, rows in found["images"].items()
    }


def add_unlabeled(
    labels: np.ndarray, name: str, classes: tuple[str, ...]
) -> np.ndarray:
    """Add the cells of a test image that have no label, as difficult objects.

    The evaluation then neither counts them nor punishes their detections.

    Args:
        labels: (M, 6) of the image.
        name: of the image.
        classes: names of the K classes.

    Returns:
        (M + N, 6), the N added ones last.
    """
    reviewed = load_reviewed().get(name)
    if reviewed is None:
        return labels
    rows = [
        [classes.index(kind), *box, 1]
        for box, kind, is_cell in zip(*reviewed)
        if is_cell
    ]
    return np.concatenate([labels, np.float32(rows).reshape(-1, 6)])


def count_reviewed(boxes: np.ndarray, name: str) -> tuple[int, int, int]:
    """Count what was seen in boxes of a test image.

    Args:
        boxes: (N, 4), such as those of detections that no label explains.
        name: of the image.

    Returns:
        How many show a cell, how many show none, and how many are of places
        that nobody has looked at.
    """
    reviewed = load_reviewed().get(name)
    if reviewed is None or not len(boxes):
        return 0, 0, len(boxes)
    iou = pairwise_iou(boxes, reviewed.boxes)
    known = iou.max(axis=1) >= SAME_IOU
    cells = known & reviewed.is_cell[iou.argmax(axis=1)]
    return int(cells.sum()), int((known & ~cells).sum()), int((~known).sum())
