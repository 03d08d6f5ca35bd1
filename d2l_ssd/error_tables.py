"""Tables of a detector's errors: confusion, recall by size, scores of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from d2l_ssd.checks import (
    as_class_count,
    as_edges,
    as_judged_images,
    check_fraction,
    check_score_threshold,
)
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import counted, judge_detections, match_judged


def confusion_matrix(
    detections: Sequence[Detections],
    truths: Sequence[ArrayLike],
    num_classes: int,
    score_threshold: float = 0.5,
    iou_threshold: float = 0.5,
) -> np.ndarray:
    """Count which class each object is detected as, over a set of images.

    Detections of at least `score_threshold` are matched by COCO's rule, but
    blind to classes. Those matched with a difficult object are left out.

    Args:
        detections, truths, num_classes: as in `evaluate_detections`.
        score_threshold: keep detections with at least this score.
        iou_threshold: float in (0, 1].

    Returns:
        (K+1, K+1) int64: rows are true classes, columns detected ones. The
        last column counts missed objects, the last row detections of nothing.

    Raises:
        ValueError: bad input; the message names the image.
    """
    num_classes = as_class_count(num_classes, table=True)
    check_fraction(iou_threshold=iou_threshold)
    matrix = np.zeros((num_classes + 1, num_classes + 1), dtype=np.int64)
    for found, rows in _confident_images(
        detections, truths, score_threshold, num_classes
    ):
        _count_confusions(matrix, found, rows, iou_threshold)
    return matrix


def _count_confusions(
    matrix: np.ndarray,
    found: Detections,
    rows: np.ndarray,
    iou_threshold: float,
) -> None:
    """Add one image's detections and missed objects to the matrix."""
    nothing = len(matrix) - 1
    counts = counted(rows)
    blind = found._replace(classes=np.zeros_like(found.classes))
    blind_rows = rows * [0, 1, 1, 1, 1, 1]
    (match,) = match_judged(
        blind, blind_rows, np.array([iou_threshold]), "coco"
    )
    missed = counts & ~np.isin(np.arange(len(rows)), match)
    # Last, where -1 points: a detection of nothing
    true_class = np.append(rows[:, 0], nothing).astype(np.int64)
    kept = np.append(counts, True)[match]
    np.add.at(matrix, (true_class[match[kept]], found.classes[kept]), 1)
    np.add.at(matrix, (true_class[:-1][missed], nothing), 1)


def recall_by_size(
    detections: Sequence[Detections],
    truths: Sequence[ArrayLike],
    edges: ArrayLike,
    score_threshold: float = 0.5,
    iou_threshold: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the objects of each size and those that were found.

    An object's size is the square root of its box's area.

    Args:
        detections, truths: as in `evaluate_detections`.
        edges: S+1 rising sizes in the boxes' unit; bin s holds
            edges[s] <= size < edges[s+1].
        score_threshold: keep detections with at least this score.
        iou_threshold: float in (0, 1].

    Returns:
        found (S,) and total (S,), int64; difficult objects are not counted.

    Raises:
        ValueError: bad input; the message names the image.
    """
    check_fraction(iou_threshold=iou_threshold)
    images = _confident_images(detections, truths, score_threshold)
    edges = as_edges(edges, [rows[:, 1:5] for _, rows in images])
    pairs = [_sizes_and_hits(*image, iou_threshold) for image in images]
    sizes, hits = np.hstack([np.zeros((2, 0)), *pairs])
    total, _ = np.histogram(sizes, [*edges, np.inf])
    found, _ = np.histogram(sizes[hits > 0], [*edges, np.inf])
    return found[:-1], total[:-1]


def _sizes_and_hits(
    found: Detections, rows: np.ndarray, iou_threshold: float
) -> np.ndarray:
    """Return (2, M): sizes of one image's objects, and 1 for those found."""
    counts = counted(rows)
    (match,) = match_judged(found, rows, np.array([iou_threshold]), "area")
    area = (rows[:, 3:5] - rows[:, 1:3]).prod(axis=1)
    hits = np.isin(np.arange(len(rows)), match)
    return np.stack([np.sqrt(area[counts]), hits[counts]])


def image_scores(
    detections: Sequence[Detections],
    truths: Sequence[ArrayLike],
    score_threshold: float = 0.5,
    iou_threshold: float = 0.5,
) -> np.ndarray:
    """Score each image by F1, to find the best and the worst.

    F1 = 2 TP / (2 TP + FP + FN) at one score threshold: the harmonic mean of
    precision and recall. An image with nothing to find and nothing found
    scores 1.

    Args:
        detections, truths: as in `evaluate_detections`.
        score_threshold: keep detections with at least this score.
        iou_threshold: float in (0, 1].

    Returns:
        (B,) float64 in [0, 1].

    Raises:
        ValueError: bad input; the message names the image.
    """
    check_fraction(iou_threshold=iou_threshold)
    thresholds = np.array([iou_threshold])
    scores = []
    for found, rows in _confident_images(detections, truths, score_threshold):
        verdicts = judge_detections(found, rows, thresholds, "area")[2]
        hits = np.count_nonzero(verdicts == 1)
        # 2 TP + FP + FN: each detection and each object once
        total = np.sum(verdicts >= 0) + np.sum(counted(rows))
        scores.append(2 * hits / total if total else 1.0)
    return np.array(scores)


def _confident_images(
    detections: Any,
    truths: Any,
    score_threshold: float,
    num_classes: int | None = None,
) -> list[tuple[Detections, np.ndarray]]:
    """Return the images, checked, without detections under a score."""
    images = as_judged_images(detections, truths, num_classes)
    check_score_threshold(score_threshold, images)
    kept = []
    for found, rows in images:
        keep = found.scores >= score_threshold
        kept.append((Detections(*(column[keep] for column in found)), rows))
    return kept
