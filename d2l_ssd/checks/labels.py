"""Labels: rows [class, xmin, ymin, xmax, ymax, difficult]; class -1 is padding."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import numpy as np

from d2l_ssd.checks.boxes import (
    SLIGHTLY,
    check_area,
    check_corners,
    check_fractions,
)
from d2l_ssd.checks.numbers import (
    as_numbers,
    as_single,
    check_list,
    in_image,
)

PADDING = -1
MOST_CLASSES = 2**24  # a float32 holds every number up to here


def check_classes(
    classes: np.ndarray,
    num_classes: int | None,
    name: str,
    padding: bool = False,
) -> None:
    """Raise for a class that is not one of 0 to num_classes - 1.

    Where there may be padding, the message speaks of it: it is left out before.
    """
    most = num_classes or MOST_CLASSES
    good = (classes >= 0) & (classes < most) & (np.trunc(classes) == classes)
    if not good.all():
        wanted = f"classes 0 to {most - 1}"
        if num_classes is None:
            wanted = "whole numbers of 0 or more as classes"
            wanted += f", or {PADDING} for padding" if padding else ""
        raise ValueError(f"{name} must have {wanted}, got {classes[~good][0]}")


def check_rows(rows: np.ndarray, name: str, num_classes: int | None) -> None:
    """Raise for a bad row (M, 5 or 6); what padding holds is nobody's affair."""
    rows = rows[rows[:, 0] != PADDING]
    check_classes(rows[:, 0], num_classes, name, padding=True)
    check_corners(rows[:, 1:5], name)
    difficult = rows[:, 5:]
    good = (difficult == 0) | (difficult == 1)
    if not good.all():
        raise ValueError(
            f"{name} must have 1 for difficult and 0 for others in the last "
            f"column, got {difficult[~good][0]}"
        )


def _check_objects(
    rows: np.ndarray, name: str, num_classes: int | None = None
) -> None:
    """Raise for a bad row, and for a box in pixels or beside the image."""
    check_rows(rows, name, num_classes)
    boxes = rows[rows[:, 0] != PADDING, 1:5]
    check_fractions(boxes, name, SLIGHTLY)
    low, high = boxes[:, :2], boxes[:, 2:]
    beside = ((low < 0) & (high <= 0)) | ((low >= 1) & (high > 1))
    if beside.any():
        raise ValueError(
            f"{name} must have boxes that reach into the image, from 0 to 1, got "
            f"{boxes[beside.any(axis=1)][0].tolist()}: drop what lies beside it"
        )


def _check_targets(rows: np.ndarray) -> None:
    """Raise for a row that no network can be trained on."""
    _check_objects(rows, "labels")
    check_area(rows[rows[:, 0] != PADDING, 1:5], "labels")


def as_labels(labels: Any, num_classes: int | None = None) -> np.ndarray:
    """Return one image's labels (M, 5 or 6), boxes in fractions of it."""
    rows = as_rows(labels, "labels", (5, 6))
    _check_objects(rows, "labels", num_classes)
    return rows


def as_trainable_labels(
    labels: Any, num_classes: int | None = None
) -> np.ndarray:
    """Return one image's labels (M, 5 or 6) if a network can be trained on them."""
    rows = as_labels(labels, num_classes)
    check_area(rows[rows[:, 0] != PADDING, 1:5], "labels")
    return rows


def as_rows(labels: Any, name: str, columns: tuple) -> np.ndarray:
    """Return rows (M, 5 or 6) as floats; an empty list is no row."""
    rows = as_numbers(labels, name)
    if rows.shape == (0,):
        rows = rows.reshape(0, columns[-1])
    if rows.ndim != 2 or rows.shape[1] not in columns:
        raise ValueError(
            f"{name} must have shape (M, {' or '.join(map(str, columns))}), rows "
            f"[class, xmin, ymin, xmax, ymax, difficult], got {rows.shape}"
        )
    return rows


def as_label_list(labels: Any) -> list[np.ndarray]:
    """Return the labels (M_i, 6) of several images as float32; names bad ones."""
    check_list(labels, "labels", "an array (M, 6) per image")
    if len(labels) == 0:
        raise ValueError("labels must have at least one image, got none")
    checked = []
    for number, rows in enumerate(labels):
        with in_image(number):
            rows = as_rows(rows, "labels", (6,))
            checked.append(as_single(rows, "labels"))
    return checked


def as_label_batch(labels: Any) -> np.ndarray:
    """Return labels (B, M, 5 or 6) as float32; the message names the image."""
    batch = as_single(labels, "labels")
    if batch.ndim != 3 or batch.shape[2] not in (5, 6):
        raise ValueError(
            f"labels must have shape (B, M, 5 or 6), got {batch.shape}: stack "
            "the images' rows with pad_labels"
        )
    try:
        _check_targets(batch.reshape(-1, batch.shape[2]))
    except ValueError:
        for number, rows in enumerate(batch):  # which image is it?
            with in_image(number):
                _check_targets(rows)
    return batch


def check_class_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Return class names as a tuple; raise unless they are different names."""
    if isinstance(classes, (str, Set)) or not len(classes):
        raise ValueError(
            f"classes must be a list of names, got {classes!r}: its order gives the "
            "classes their numbers"
        )
    if len(set(classes)) < len(classes):
        raise ValueError(f"classes must not repeat a name: {list(classes)}")
    return tuple(classes)
