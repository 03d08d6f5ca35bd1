"""Detections and ground truth that a metric judges, and its curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from d2l_ssd.checks.boxes import FAR, as_corner_list, check_fractions
from d2l_ssd.checks.labels import (
    PADDING,
    as_rows,
    check_classes,
    check_rows,
)
from d2l_ssd.checks.numbers import (
    as_count,
    as_numbers,
    check_list,
    in_image,
)
from d2l_ssd.checks.outputs import as_class_list, as_scores
from d2l_ssd.detections import Detections


def as_detections(
    detections: Any, name: str = "detections", num_classes: int | None = None
) -> Detections:
    """Return one image's detections as float arrays and int64 classes."""
    parts = detections if isinstance(detections, (tuple, list)) else ()
    if len(parts) != 3 or any(isinstance(part, Detections) for part in parts):
        raise ValueError(
            f"{name} must be the Detections(boxes, scores, classes) of one image, "
            f"got {type(detections).__name__}: pass images one by one"
        )
    boxes, scores, classes = detections
    boxes = as_corner_list(boxes, f"{name}.boxes")
    scores = as_scores(scores, len(boxes), f"{name}.scores")
    classes = as_class_list(classes, len(boxes), f"{name}.classes")
    check_classes(classes, num_classes, f"{name}.classes")
    return Detections(boxes.astype(np.float64), scores, classes)


def as_judged_image(
    detections: Any, truths: Any, num_classes: int | None = None
) -> tuple[Detections, np.ndarray]:
    """Return one image's detections and ground truth (M, 6) as float64 arrays.

    Raises:
        ValueError: a shape, a box, a class, a flag or a score is wrong.
    """
    found = as_detections(detections, "detections", num_classes)
    rows = as_rows(truths, "truths", (6,)).astype(np.float64)
    check_rows(rows, "truths", num_classes)
    # What stands in padding must not disturb an IoU
    rows[rows[:, 0] == PADDING] = PADDING
    return found, rows


def as_judged_images(
    detections: Sequence, truths: Sequence, num_classes: int | None = None
) -> list[tuple[Detections, np.ndarray]]:
    """Return a set of images, each as `as_judged_image` does, without padding.

    Args:
        detections: B Detections, one per image.
        truths: B arrays (M, 6); rows of class -1 are padding.
        num_classes: if given, all classes must be 0 to num_classes - 1.

    Raises:
        ValueError: the lengths or the units differ, or an image is wrong; the
            message names the image.
    """
    for name, images in (("detections", detections), ("truths", truths)):
        check_list(images, name, "one entry per image")
    if len(detections) != len(truths):
        raise ValueError(
            "detections and truths must have one entry per image, got "
            f"{len(detections)} and {len(truths)}"
        )
    judged = []
    for number, (found, rows) in enumerate(zip(detections, truths)):
        with in_image(number):
            found, rows = as_judged_image(found, rows, num_classes)
            judged.append((found, rows[rows[:, 0] != PADDING]))
    _check_same_unit(judged)
    return judged


def _check_same_unit(judged: list[tuple[Detections, np.ndarray]]) -> None:
    """Raise if either side is in fractions and the other one in pixels."""
    found = [boxes for (boxes, _, _), _ in judged]
    sides = {
        "detections": found,
        "truths": [rows[:, 1:5] for _, rows in judged],
    }
    sides = {name: np.concatenate(b) for name, b in sides.items() if b}
    for name, other in (("detections", "truths"), ("truths", "detections")):
        boxes = sides.get(name, np.zeros((0, 4)))
        inside = (boxes > 0) & (boxes < 1)
        # All of it in [0, 1], and not just the first pixel
        if boxes.size and boxes.max() <= 1 and inside.any():
            check_fractions(sides[other], other, FAR)


def as_hits(
    scores: Any, hits: Any, num_truths: Any
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return scores (N,), hits (N,) as bools, and the number of objects."""
    scores, hits = as_numbers(scores, "scores"), as_numbers(hits, "hits")
    if scores.ndim != 1 or scores.shape != hits.shape:
        raise ValueError(
            "scores and hits must have shape (N,), one entry per detection, "
            f"got {scores.shape} and {hits.shape}"
        )
    as_scores(scores, len(scores))
    if not np.isin(hits, (0, 1)).all():
        raise ValueError(
            f"hits must be True or False, got {hits}: leave out detections that "
            "are to be ignored"
        )
    num_truths = as_count(num_truths, "num_truths", least=0)
    if hits.sum() > num_truths:
        raise ValueError(
            f"hits must not be more than num_truths, got {int(hits.sum())} of "
            f"{num_truths}: one object is found once"
        )
    return scores, hits.astype(bool), num_truths


def as_curve(precision: Any, recall: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall (N,) in [0, 1]; recall is all NaN or none."""
    precision = as_numbers(precision, "precision")
    recall = as_numbers(recall, "recall")
    if recall.ndim != 1 or precision.shape != recall.shape:
        raise ValueError(
            "precision and recall must have shape (N,), as `precision_recall` "
            f"returns them, got {precision.shape} and {recall.shape}"
        )
    curves = {"precision": precision, "recall": recall}
    if np.isnan(recall).all():
        del curves["recall"]
    for name, values in curves.items():
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"{name} must be in [0, 1], got {values}")
    if (np.diff(recall) < 0).any():
        raise ValueError(
            f"recall must not fall, got {recall}: order by falling score"
        )
    return precision, recall


def as_edges(edges: Any) -> np.ndarray:
    """Return the edges (S+1,) of bins; raise unless they rise."""
    array = as_numbers(edges, "edges")
    if array.ndim != 1 or len(array) < 2 or not (array[1:] > array[:-1]).all():
        raise ValueError(
            f"edges must be a list of at least two rising numbers, got {edges}"
        )
    return array
