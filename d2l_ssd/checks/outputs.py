"""What a network puts out, and what becomes candidates."""

from __future__ import annotations

from typing import Any

import numpy as np

from d2l_ssd.checks.boxes import LARGEST_OFFSET, as_anchors, as_corner_list
from d2l_ssd.checks.labels import check_classes
from d2l_ssd.checks.numbers import (
    are_bools,
    as_numbers,
    as_single,
    check_finite,
    in_image,
)

LARGEST_PROBABILITY = 1 + 1e-3  # half precision rounds sums


def as_column(values: Any, count: int, name: str) -> np.ndarray:
    """Return numbers as floats (count,), one per box."""
    array = as_numbers(values, name)
    if array.shape != (count,):
        raise ValueError(
            f"{name} must be {count} numbers, one per box, got shape {array.shape}"
        )
    return array


def as_scores(scores: Any, count: int, name: str = "scores") -> np.ndarray:
    """Return finite scores as floats (count,), one per box."""
    array = as_column(scores, count, name)
    check_scores(array, name)
    return array


def check_scores(scores: np.ndarray, name: str) -> None:
    """Raise for a score that is NaN or infinite."""
    good = np.isfinite(scores)
    if not good.all():
        raise ValueError(f"{name} must be finite, got {scores[~good][0]}")


def as_scored_boxes(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (N, 4) and their finite scores (N,)."""
    boxes = as_corner_list(boxes, "boxes")
    return boxes, as_scores(scores, len(boxes))


def as_weights(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (N, 4) and scores (N,) that weigh them, both float64."""
    boxes, scores = as_scored_boxes(boxes, scores)
    check_finite(scores, "scores")
    if scores.min(initial=0) < 0:
        raise ValueError(
            f"scores must not be negative, got {scores.min()}: they are weights"
        )
    return boxes.astype(np.float64), scores.astype(np.float64)


def as_class_list(
    classes: Any, count: int, name: str = "classes"
) -> np.ndarray:
    """Return classes as int64 (count,), one per box."""
    array = as_column(classes, count, name)
    check_classes(array, None, name)
    return array.astype(np.int64)


def as_indices(indices: Any, count: int, name: str) -> np.ndarray:
    """Return indices (n,) of `count` things as int64."""
    array = as_numbers(indices, name)
    if are_bools(indices):
        raise ValueError(
            f"{name} must be indices, got a mask: pass np.flatnonzero(mask)"
        )
    good = (array >= 0) & (array < count) & (np.trunc(array) == array)
    if array.ndim != 1 or not good.all():
        raise ValueError(
            f"{name} must be a list of indices from 0 to {count - 1}, got {indices}"
        )
    return array.astype(np.int64)


def check_probabilities(probabilities: np.ndarray, name: str) -> None:
    """Raise for a NaN and for numbers outside [0, 1]."""
    low, high = probabilities.min(initial=0), probabilities.max(initial=0)
    if np.isnan(low) or np.isnan(high):
        raise ValueError(
            f"{name} must be probabilities, got NaN: the network's input or its "
            "weights are not finite, or softmax was given something else"
        )
    if not (low >= 0 and high <= LARGEST_PROBABILITY):
        raise ValueError(
            f"{name} must be probabilities, got values from {low} to {high}: "
            "apply softmax to the logits first"
        )


def as_logits(logits: Any) -> np.ndarray:
    """Return logits (..., K+1) as floats; -inf says that a class cannot be."""
    array = as_numbers(logits, "logits")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"logits must have shape (..., K+1), got {array.shape}"
        )
    if np.isfinite(array).all():
        return array
    best = array.max(axis=-1)
    if not np.isfinite(best).all():
        raise ValueError(
            f"logits must be finite, got {best[~np.isfinite(best)].flat[0]}: "
            "a network whose training diverged gives such numbers"
        )
    return array


def as_outputs(
    class_probs: Any, offsets: Any, anchors: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a network's outputs for a batch, and its anchors, as float32.

    Raises:
        ValueError: the shapes do not fit, or a number is none of its kind; the
            message names the image.
    """
    probs = as_single(class_probs, "class_probs")
    offsets = as_single(offsets, "offsets")
    anchors = as_anchors(anchors)
    batch, count = (*probs.shape, 0, 0)[:2]
    if (
        probs.ndim != 3
        or probs.shape[2] < 2
        or offsets.shape != (batch, count, 4)
        or len(anchors) != count
    ):
        raise ValueError(
            "class_probs, offsets and anchors must have shapes (B, A, K+1), "
            f"(B, A, 4) and (A, 4), got {probs.shape}, {offsets.shape} and "
            f"{anchors.shape}"
        )
    try:
        _check_output(probs, offsets)
    except ValueError:
        for number, output in enumerate(zip(probs, offsets)):
            with in_image(number):
                _check_output(*output)
        raise
    return probs, offsets, anchors


def _check_output(probs: np.ndarray, offsets: np.ndarray) -> None:
    check_probabilities(probs, "class_probs")
    try:
        check_finite(offsets, "offsets", LARGEST_OFFSET)
    except ValueError as error:
        raise ValueError(
            f"{error}: a network whose training diverged gives such numbers; "
            "train it again with a lower learning_rate"
        ) from None
