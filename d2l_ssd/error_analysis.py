# Generated from book/evaluation.ipynb (`make save`); do not edit.
"""What kinds of errors a detector makes, and on which objects."""

import numpy as np

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checks import (
    PADDING,
    as_class_count,
    as_edges,
    as_judged_image,
    as_judged_images,
    check_fraction,
    check_score_threshold,
)
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import (
    counted,
    judge_detections,
    match_judged,
)

ERROR_KINDS = ("duplicate", "classification", "localization", "background")


def detection_kinds(detections, truths, iou_threshold=0.5, background_iou=0.1):
    """Say of each detection in one image what it is.

    The first that applies: "correct" (a true positive by VOC's rule),
    "ignored" (matched with a difficult object), "duplicate" (reaches the IoU
    threshold with an object of its class that is taken), "classification"
    (reaches it with an object of another class), "localization" (has
    `background_iou` or more with an object of its class), "background" (all
    others). The errors are those of TIDE (Bolya et al. 2020).

    Args:
        detections: Detections of N rows.
        truths: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult]; rows of
            class -1 are padding.
        iou_threshold, background_iou: floats in (0, 1].

    Returns:
        (N,) array of strings: "correct", "ignored" or one of ERROR_KINDS.

    Raises:
        ValueError: a wrong shape, box, score or threshold.
    """
    check_fraction(iou_threshold=iou_threshold, background_iou=background_iou)
    detections, truths = as_judged_image(detections, truths)
    truths = truths[truths[:, 0] != PADDING]
    (match,) = match_judged(
        detections, truths, np.array([iou_threshold]), "area"
    )
    iou = pairwise_iou(detections.boxes, truths[:, 1:5])
    same_class = detections.classes[:, None] == truths[:, 0]
    own = np.where(same_class, iou, 0).max(axis=1, initial=0)
    other = np.where(same_class, 0, iou).max(axis=1, initial=0)
    difficult = np.append(truths[:, 5] > 0, False)[match]
    tests = {
        "ignored": difficult,
        "correct": match >= 0,
        "duplicate": own >= iou_threshold,
        "classification": other >= iou_threshold,
        "localization": own >= background_iou,
    }
    return np.select(list(tests.values()), list(tests), "background")


def _confident_images(detections, truths, score_threshold, num_classes=None):
    """Return the images, checked, without detections under a score."""
    images = as_judged_images(detections, truths, num_classes)
    check_score_threshold(score_threshold, images)
    kept = []
    for found, rows in images:
        keep = found.scores >= score_threshold
        kept.append((Detections(*(column[keep] for column in found)), rows))
    return kept


def confusion_matrix(
    detections, truths, num_classes, score_threshold=0.5, iou_threshold=0.5
):
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
    thresholds = np.array([iou_threshold])
    matrix = np.zeros((num_classes + 1, num_classes + 1), dtype=np.int64)
    for found, rows in _confident_images(
        detections, truths, score_threshold, num_classes
    ):
        counts = counted(rows)
        blind = found._replace(classes=np.zeros_like(found.classes))
        blind_rows = rows * [0, 1, 1, 1, 1, 1]
        (match,) = match_judged(blind, blind_rows, thresholds, "coco")
        missed = counts & ~np.isin(np.arange(len(rows)), match)
        # Last, where -1 points: a detection of nothing
        true_class = np.append(rows[:, 0], num_classes).astype(np.int64)
        kept = np.append(counts, True)[match]
        detected_class = found.classes[kept]
        np.add.at(matrix, (true_class[match[kept]], detected_class), 1)
        np.add.at(matrix, (true_class[:-1][missed], num_classes), 1)
    return matrix


def recall_by_size(
    detections, truths, edges, score_threshold=0.5, iou_threshold=0.5
):
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
    thresholds = np.array([iou_threshold])
    images = _confident_images(detections, truths, score_threshold)
    edges = as_edges(edges, [rows[:, 1:5] for _, rows in images])
    sizes, hits = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for found, rows in images:
        counts = counted(rows)
        (match,) = match_judged(found, rows, thresholds, "area")
        area = (rows[:, 3:5] - rows[:, 1:3]).prod(axis=1)
        sizes.append(np.sqrt(area[counts]))
        hits.append(np.isin(np.arange(len(rows)), match)[counts])
    sizes, hits = np.concatenate(sizes), np.concatenate(hits)
    bins = np.searchsorted(edges, sizes, side="right") - 1
    inside = (bins >= 0) & (bins < len(edges) - 1)
    count = len(edges) - 1
    total = np.bincount(bins[inside], minlength=count)
    return np.bincount(bins[inside & hits], minlength=count), total


def image_scores(detections, truths, score_threshold=0.5, iou_threshold=0.5):
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
