"""Detections and ground truth that a metric judges, and its curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from d2l_ssd.checks.boxes import (
    FAR,
    SLIGHTLY,
    are_fractions,
    as_box_list,
    check_corners,
    check_same_unit,
)
from d2l_ssd.checks.labels import (
    PADDING,
    as_rows,
    check_classes,
    check_rows,
)
from d2l_ssd.checks.numbers import (
    as_count,
    as_number,
    as_numbers,
    check_list,
    in_image,
)
from d2l_ssd.checks.outputs import as_column, as_scores, check_scores
from d2l_ssd.detections import Detections

MOST_JUDGED = 2**16  # classes: beyond, the number is one of something else
MOST_CELLS = 2**26  # of a table of classes: 512 MiB
AP_METHODS = ("area", "voc07", "coco")


def check_ap_method(method: Any) -> None:
    """Raise unless it names a way to compute average precision."""
    if method not in AP_METHODS:
        raise ValueError(f"method must be one of {AP_METHODS}, got {method!r}")


def as_class_count(num_classes: Any, table: bool = False) -> int:
    """Return the number of classes; raise if no result could hold so many.

    Args:
        num_classes: K.
        table: the result has (K + 1)^2 numbers.
    """
    count = as_count(num_classes, "num_classes")
    most = math.isqrt(MOST_CELLS) - 1 if table else MOST_JUDGED
    if count > most:
        raise ValueError(
            f"num_classes must be at most {most}, got {count}: it is how many "
            "names of classes there are"
        )
    return count


def as_judged_image(
    detections: Any, truths: Any
) -> tuple[Detections, np.ndarray]:
    """Return one image's detections and ground truth (M, 6) as float64 arrays.

    Raises:
        ValueError: a shape, a box, a class, a flag or a score is wrong, or one
            side is in fractions and the other one in pixels.
    """
    found, rows = _as_judged(detections, truths)
    _check_judged(found, rows, None)
    return _with_int_classes(found), rows


def as_judged_images(
    detections: Sequence, truths: Sequence, num_classes: int | None = None
) -> list[tuple[Detections, np.ndarray]]:
    """Return a set of images, each as `as_judged_image` does, without padding.

    Args:
        detections: B Detections, one per image.
        truths: B arrays (M, 6); rows of class -1 are padding.
        num_classes: if given, all classes must be 0 to num_classes - 1.

    Raises:
        ValueError: the lengths differ, or an image is wrong, which the message
            names then.
    """
    for name, images in (("detections", detections), ("truths", truths)):
        check_list(images, name, "one entry per image")
    if len(detections) != len(truths):
        raise ValueError(
            "detections and truths must have one entry per image, got "
            f"{len(detections)} and {len(truths)}"
        )
    judged = []
    for number, image in enumerate(zip(detections, truths)):
        with in_image(number):
            judged.append(_as_judged(*image))
    if judged:
        _check_images(judged, num_classes)
    return [
        (_with_int_classes(found), rows[rows[:, 0] != PADDING])
        for found, rows in judged
    ]


def _with_int_classes(found: Detections) -> Detections:
    return found._replace(classes=found.classes.astype(np.int64))


def _as_judged(detections: Any, truths: Any) -> tuple[Detections, np.ndarray]:
    """Return arrays of the right shapes, unread but for their padding."""
    parts = detections if isinstance(detections, (tuple, list)) else ()
    if len(parts) != 3 or any(isinstance(part, Detections) for part in parts):
        raise ValueError(
            "detections must be the Detections(boxes, scores, classes) of one "
            f"image, got {type(detections).__name__}: pass images one by one"
        )
    boxes, scores, classes = parts
    boxes = as_box_list(boxes, "detections.boxes").astype(np.float64)
    scores = as_column(scores, len(boxes), "detections.scores")
    classes = as_column(classes, len(boxes), "detections.classes")
    rows = as_rows(truths, "truths", (6,)).astype(np.float64)
    # What stands in padding must not disturb an IoU
    rows[rows[:, 0] == PADDING] = PADDING
    return Detections(boxes, scores, classes), rows


def _check_images(judged: list, num_classes: int | None) -> None:
    """Raise for what is wrong: all images at once, which is many times faster."""
    images, truths = zip(*judged)
    found = Detections(*map(np.concatenate, zip(*images)))
    rows = np.concatenate(truths)
    try:
        _check_judged(found, rows, num_classes)
    except ValueError:
        for number, image in enumerate(judged):  # which image is it?
            with in_image(number):
                _check_judged(*image, num_classes)
        raise
    if max(found.boxes.max(initial=0), rows.max(initial=0)) > 1 + FAR:
        for number, image in enumerate(judged):
            with in_image(number):
                _check_units(*image)


def _check_judged(
    found: Detections, rows: np.ndarray, num_classes: int | None
) -> None:
    """Raise for a box, a score, a class or a flag that is wrong, and for units."""
    check_corners(found.boxes, "detections.boxes")
    check_scores(found.scores, "detections.scores")
    check_classes(found.classes, num_classes, "detections.classes")
    check_rows(rows, "truths", num_classes)
    _check_units(found, rows)


def _check_units(found: Detections, rows: np.ndarray) -> None:
    """Raise if either side is in fractions and the other one in pixels."""
    check_same_unit({"detections": found.boxes, "truths": rows[:, 1:5]})


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


def as_edges(edges: Any, boxes: Sequence[np.ndarray]) -> np.ndarray:
    """Return the edges (S+1,) of bins for the sizes of boxes, in their unit.

    Args:
        edges: rising numbers, the last one may be infinite.
        boxes: arrays (M, 4), one per image.
    """
    array = as_numbers(edges, "edges")
    if array.ndim != 1 or len(array) < 2 or not (array[1:] > array[:-1]).all():
        raise ValueError(
            f"edges must be a list of at least two rising numbers, got {edges}"
        )
    boxes = np.concatenate([np.zeros((0, 4)), *boxes])
    largest = boxes.max(initial=0)
    if are_fractions(boxes) and array[-2] > 1 + SLIGHTLY:
        raise ValueError(
            "edges must be in fractions of the image, as the boxes of truths are, "
            f"got {edges}: divide pixels by the image's side"
        )
    if largest > 1 + FAR and array[-1] <= 1:
        raise ValueError(
            f"edges must be in pixels, as the boxes of truths are, got {edges}: "
            "multiply them by the image's side"
        )
    return array


def check_score_threshold(score_threshold: Any, images: Sequence) -> None:
    """Raise unless it is a finite number that a score of the images' can reach."""
    number = as_number(score_threshold)
    # Scores may be logits, or a quantized network's whole numbers
    low = min((found.scores.min(initial=0) for found, _ in images), default=0)
    high = max((found.scores.max(initial=1) for found, _ in images), default=1)
    if not low <= number <= high:
        raise ValueError(
            f"score_threshold must be in [{low:g}, {high:g}], as the scores are, "
            f"got {score_threshold!r}: 45 percent is 0.45"
        )
