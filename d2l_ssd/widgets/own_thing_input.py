"""What the page "Teach it your own thing" is given from Python, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2l_ssd.boxes import clip_boxes
from d2l_ssd.checks import (
    PADDING,
    as_box_list,
    as_image,
    as_trainable_labels,
    check_class_names,
)
from d2l_ssd.checks.numbers import read_array
from d2l_ssd.widgets.settings import check_settings

MAX_PICTURES = 60
MAX_CLASSES = 3  # as static/own/state.js has it; the one place in Python
# What can be set: the keys of static/own_engine/settings.js
SWITCHES = frozenset("augment paste flip small force".split())
LEAST_AND_MOST = {
    "seed": (0, 2**31 - 1),
    "minneg": (0, 1000),
    "neg": (0, 1000),
    "iou": (0.05, 1),
    "nms": (0, 1),
    "appear": (0, 1),
    "stay": (0, 1),
    "loc": (0, 1000),
    "lr": (1e-6, 1),
}
WHOLE = "seed", "minneg"
SETTINGS = SWITCHES | LEAST_AND_MOST.keys()


def check_own_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they travel to the page.

    Raises:
        ValueError: a setting or its value is none; says which, and what could be.
    """
    if not isinstance(settings, Mapping):
        raise ValueError(
            'settings must be a dict, like {"augment": False}, got '
            f"{type(settings).__name__}"
        )
    checked = check_settings(settings, SETTINGS)
    for name, value in checked.items():
        if name in SWITCHES:
            if not isinstance(value, bool):
                raise ValueError(f"{name} must be True or False, got {value!r}")
        elif not (name == "neg" and value == "all"):
            _check_number(name, value)
    appear, stay = checked.get("appear"), checked.get("stay")
    if None not in (appear, stay) and stay > appear:
        raise ValueError(
            f"stay must be at most appear, {appear}, got {stay}: a box stays with "
            "a lower score than it needs to appear"
        )
    return checked


def _check_number(name: str, value: Any) -> None:
    least, most = LEAST_AND_MOST[name]
    kinds = int if name in WHOLE else (int, float)
    fine = isinstance(value, kinds) and not isinstance(value, bool)
    if not fine or not least <= value <= most:
        kind = "a whole number" if name in WHOLE else "a number"
        more = ', or "all"' if name == "neg" else ""
        raise ValueError(
            f"{name} must be {kind} from {least} to {most}{more}, got {value!r}"
        )


def as_names(classes: Sequence[str]) -> list[str]:
    """Return the names of one to three things."""
    if not hasattr(classes, "__len__"):
        raise ValueError(f"classes must be a list of names, got {classes!r}")
    names = [*check_class_names(classes)]
    for name in names:
        if not isinstance(name, str):
            raise ValueError(f"classes must be names, got {name!r}")
    if len(names) > MAX_CLASSES:
        raise ValueError(
            f"classes must have 1 to {MAX_CLASSES} names, got {len(names)}: this "
            "network is small; d2l-ssd train takes any number"
        )
    if not all(name.strip() for name in names):
        raise ValueError(f"classes must not have an empty name: {names}")
    return [str(name) for name in names]


def read_pictures(
    pictures: Sequence[tuple[ArrayLike, ArrayLike]], num_classes: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the images, and their labels (M, 6) without padding."""
    others = str, bytes, Mapping, np.ndarray
    if isinstance(pictures, others) or not hasattr(pictures, "__len__"):
        raise ValueError(
            "pictures must be a list of pairs (image, boxes), got "
            f"{type(pictures).__name__}"
        )
    if len(pictures) > MAX_PICTURES:
        raise ValueError(
            f"pictures must have at most {MAX_PICTURES} pictures, got "
            f"{len(pictures)}: d2l-ssd train takes any number"
        )
    images, labels = [], []
    for number, picture in enumerate(pictures):
        try:
            image, truth = _as_pair(picture)
            labels.append(_as_rows(truth, num_classes))
            images.append(as_image(image))
        except ValueError as error:
            raise ValueError(f"picture {number}: {error}") from None
    return images, labels


def _as_pair(picture: Any) -> tuple[Any, Any]:
    if not isinstance(picture, (tuple, list)) or len(picture) != 2:
        raise ValueError(
            "pictures must be pairs (image, boxes), got "
            f"{type(picture).__name__}; the boxes of an image without the thing are []"
        )
    return picture[0], picture[1]


def _as_rows(truth: ArrayLike, num_classes: int) -> np.ndarray:
    """Return boxes (M, 4) or labels (M, 5 or 6) as labels (M, 6) in the image."""
    rows = read_array(truth, "labels")
    if rows.shape != (0,) and (
        rows.ndim != 2 or rows.shape[1] not in (4, 5, 6)
    ):
        raise ValueError(
            "boxes must have shape (M, 4), rows [xmin, ymin, xmax, ymax], or labels "
            "(M, 5 or 6), rows [class, xmin, ymin, xmax, ymax, difficult], got "
            f"{rows.shape}: a single box is [[xmin, ymin, xmax, ymax]]"
        )
    if rows.shape[1:] == (4,):
        rows = np.insert(as_box_list(rows, "boxes"), 0, 0, axis=1)
    rows = as_trainable_labels(rows, num_classes)
    padding = rows[:, 0] == PADDING
    _check_padding(rows[padding, 1:5])
    rows = rows[~padding].astype(np.float32)
    rows[:, 1:5] = clip_boxes(rows[:, 1:5])
    missing = np.zeros((len(rows), 6 - rows.shape[1]), np.float32)
    return np.hstack([rows, missing])


def _check_padding(boxes: np.ndarray) -> None:
    """Raise for a box in a row of padding: it would silently be left out."""
    sides = boxes[:, 2:] - boxes[:, :2]
    for box in boxes[(sides > 0).all(axis=1)]:
        raise ValueError(
            f"labels must not have a box of class {PADDING}, got {box.tolist()}: "
            f"{PADDING} is padding; the first class is 0"
        )
