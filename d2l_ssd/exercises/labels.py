"""Exercises of the chapter on boxes and data: labels."""

from __future__ import annotations

import numpy as np

from d2l_ssd.boxes import clip_boxes
from d2l_ssd.data import pad_labels
from d2l_ssd.exercises.boxes import COORDINATES
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import box
from d2l_ssd.exercises.scenes import (
    labels,
    pick_label,
    several,
)

COLUMNS = ("class", *COORDINATES, "difficult")
CAT, DOG = [0, 0.25, 0.25, 0.75, 0.75, 0], [1, 0, 0, 0.5, 0.25, 1]


def _pad(labels, length=None, fill=-1.0, first=False):
    """Pad to another length, with another number, or in front."""
    longest = max(1, *map(len, labels)) if length is None else length
    padded = np.full((len(labels), longest, 6), fill, np.float32)
    for rows, image in zip(padded, labels):
        part = slice(longest - len(image), None) if first else slice(len(image))
        rows[part] = image[:longest]
    return padded


def _only_class(labels):
    padded = _pad(labels, fill=0)
    for rows, image in zip(padded, labels):
        rows[len(image) :, 0] = -1
    return padded


PAD_LABELS = Exercise(
    name="pad_labels",
    arguments=("labels",),
    parts=(
        Part("(B, M, 6)", row="image, row", columns=COLUMNS, any_length=False),
    ),
    answer=pad_labels,
    scene=lambda pick: (
        several(
            pick,
            lambda pick: labels(*several(pick, pick_label, 0, 2)),
            1,
            3,
        ),
    ),
    first=(
        ([labels(CAT)],),
        ([labels(CAT), labels()],),
        ([labels(DOG), labels(CAT, DOG)],),
        ([labels(CAT, DOG), labels(DOG)],),
        ([labels()],),
    ),
    counted={"labels": ("object", "objects")},
    mistakes={
        "padding with rows of 0: class 0 is a real class, so pad with −1": lambda rows: (
            _pad(rows, fill=0)
        ),
        "padding rows in which only the class is −1: fill all six numbers": _only_class,
        "real rows that come after the padding: they come first": lambda rows: (
            _pad(rows, first=True)
        ),
        "the length of the first image instead of the longest": lambda rows: (
            _pad(rows, length=max(1, len(rows[0])))
        ),
        "the length of the shortest image, so that objects are lost": lambda rows: (
            _pad(rows, length=max(1, min(map(len, rows))))
        ),
        "no row at all when no image has an object: M is at least 1": lambda rows: (
            _pad(rows, length=max(map(len, rows)))
        ),
        "one row more than needed": lambda rows: _pad(
            rows, length=1 + max(map(len, rows))
        ),
    },
)


def crop_boxes(labels: np.ndarray, window: np.ndarray) -> np.ndarray:
    """Keep the objects with their center in a window, and show them in it.

    Args:
        labels: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult].
        window: (4,) corners in fractions of the image.

    Returns:
        (m, 6) rows, in fractions of the window and clipped to it.
    """
    return _crop(labels, window)


def _crop(labels, window, scale=True, shift=True, clip=True, keep=None):
    """Crop with a step left out, or with another rule for what is kept."""
    low, size = np.tile(window[:2], 2), np.tile(window[2:] - window[:2], 2)
    moved = labels.copy()
    moved[:, 1:5] -= low if shift else 0
    moved[:, 1:5] /= size if scale else 1
    true = (labels[:, 1:5] - low) / size
    kept = (keep or _has_center)(true)
    moved = moved[kept]
    moved[:, 1:5] = clip_boxes(moved[:, 1:5]) if clip else moved[:, 1:5]
    return moved


def _has_center(boxes):
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    return ((center > 0) & (center < 1)).all(axis=1)


def _overlaps(boxes):
    return ((boxes[:, 2:] > 0) & (boxes[:, :2] < 1)).all(axis=1)


def _inside(boxes):
    return ((boxes >= 0) & (boxes <= 1)).all(axis=1)


# No center lies on their borders: those of boxes are whole 16ths, these 32nds
WINDOWS = tuple(
    np.array(corners, np.float32) / 32
    for corners in (
        [9, 9, 25, 25],
        [1, 1, 17, 17],
        [1, 9, 31, 25],
        [9, 1, 31, 31],
    )
)

CROP_BOXES = Exercise(
    name="crop_boxes",
    arguments=("labels", "window"),
    parts=(Part("(m, 6)", row="object", columns=COLUMNS, any_length=True),),
    answer=crop_boxes,
    scene=lambda pick: (
        labels(*several(pick, pick_label, 1, 3)),
        WINDOWS[pick((0, 1, 2, 3))],
    ),
    first=(
        (labels([0, 0.375, 0.375, 0.625, 0.625, 0]), WINDOWS[0]),
        (labels([1, 0.25, 0.375, 0.625, 0.625, 1]), WINDOWS[0]),
        (labels([1, 0, 0, 0.375, 0.375, 0]), WINDOWS[0]),
        (labels([2, 0.5, 0.5, 0.75, 1, 0]), WINDOWS[2]),
        (labels(CAT, DOG), WINDOWS[1]),
        (labels(DOG), WINDOWS[0]),
    ),
    counted={"labels": ("object", "objects")},
    mistakes={
        "a rule that keeps every object that overlaps the window: its "
        "center must lie in it": lambda rows, window: _crop(
            rows, window, keep=_overlaps
        ),
        "a rule that keeps only objects that lie completely in the window: "
        "the center is enough": lambda rows, window: _crop(
            rows, window, keep=_inside
        ),
        "boxes not shifted: subtract the window's lower "
        "corner": lambda rows, window: _crop(rows, window, shift=False),
        "boxes not scaled: divide by the window's width and "
        "height": lambda rows, window: _crop(rows, window, scale=False),
        "boxes not clipped to the window": lambda rows, window: _crop(
            rows, window, clip=False
        ),
        "boxes that stay in fractions of the image": lambda rows, window: _crop(
            rows, window, scale=False, shift=False
        ),
        "a rule that keeps all objects": lambda rows, window: _crop(
            rows, window, keep=lambda boxes: boxes[:, 0] < np.inf
        ),
    },
    draw=lambda rows, window, result: _draw_crop(rows, window, result),
)


def _draw_crop(rows, window, result):
    """Draw window and objects in fractions of the image, as the result has them."""
    low, size = np.tile(window[:2], 2), np.tile(window[2:] - window[:2], 2)
    given = [box(row[1:5], dashed=True) for row in rows]
    shown = [
        box(low + row[1:5] * size, f"class {row[0]:g}", int(row[0]))
        for row in result
    ]
    return [box(window, "window", low=True), *given, *shown]


EXERCISES = (PAD_LABELS, CROP_BOXES)
