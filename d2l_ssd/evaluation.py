# Generated from book/evaluation.ipynb (`make save`); do not edit.
"""Evaluation: precision, recall and average precision by VOC's and COCO's rules."""

from typing import NamedTuple

import numpy as np

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checks import (
    as_class_count,
    as_curve,
    as_hits,
    as_iou_thresholds,
    as_judged_image,
    as_judged_images,
    check_ap_method,
)
from d2l_ssd.coco_rules import best_of_each_class, match_free, measure_crowds


def match_best(overlap, ignored, thresholds):
    """Match by VOC's rule: a detection claims the best ground truth or nothing.

    Args:
        overlap: (N, M) IoU of detections, best score first, with ground truth.
        ignored: (M,) bools, True for a box that may be claimed again and again.
        thresholds: (T,) IoUs from which on they match.

    Returns:
        (T, N) int64, the row of each detection's ground truth, -1 without one.
    """
    matches = np.full((len(thresholds), len(overlap)), -1)
    taken = np.zeros((len(thresholds), overlap.shape[1]), dtype=bool)
    candidates = overlap.max(axis=1, initial=0) >= thresholds.min()
    for n in np.flatnonzero(candidates):
        best = overlap[n].argmax()
        won = (overlap[n, best] >= thresholds) & ~taken[:, best]
        matches[won, n] = best
        taken[won, best] = not ignored[best]
    return matches


class PrecisionRecall(NamedTuple):
    """Precision and recall after each detection, best score first."""

    precision: np.ndarray  # (N,) float64
    recall: np.ndarray  # (N,) float64, never falls
    scores: np.ndarray  # (N,), never rises


def precision_recall(scores, hits, num_truths):
    """Compute precision and recall as detections are accepted, best score first.

    Args:
        scores: (N,) floats, the detections of one class from all images.
        hits: (N,) bools, True for a true positive; none that is ignored.
        num_truths: the number of objects to find.

    Returns:
        PrecisionRecall(precision, recall, scores), each (N,); equal scores keep
        their order. Recall is NaN where there is nothing to find.
    """
    scores, hits, num_truths = as_hits(scores, hits, num_truths)
    order = np.argsort(-scores, kind="stable")
    true_positives = np.cumsum(hits[order])
    precision = true_positives / np.arange(1, len(order) + 1)
    recall = true_positives / (num_truths or np.nan)
    return PrecisionRecall(precision, recall, scores[order])


RECALL_POINTS = {"voc07": np.arange(11) / 10, "coco": np.linspace(0, 1, 101)}


def average_precision(precision, recall, method="area"):
    """Compute the average precision of one precision-recall curve.

    Args:
        precision, recall: (N,) floats as `precision_recall` returns them.
        method: "area", "voc07" (11 recalls) or "coco" (101 recalls).

    Returns:
        A float in [0, 1]: 0 without detections, NaN where recall is NaN.
    """
    check_ap_method(method)
    precision, recall = as_curve(precision, recall)
    if np.isnan(recall).any():
        return float("nan")
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if method == "area":
        return float(np.sum(np.diff(recall, prepend=0) * envelope))
    reached = np.searchsorted(recall, RECALL_POINTS[method])
    return float(np.append(envelope, 0)[reached].mean())


def match_judged(detections, truths, thresholds, method):
    """Match what is checked, and has thresholds (T,); see `match_detections`."""
    order = np.argsort(-detections.scores, kind="stable")
    overlap = pairwise_iou(detections.boxes, truths[:, 1:5])
    if method == "coco":
        overlap = measure_crowds(overlap, detections.boxes, truths)
    overlap[detections.classes[:, None] != truths[:, 0]] = 0
    match = match_free if method == "coco" else match_best
    matches = np.empty((len(thresholds), len(order)), dtype=np.int64)
    matches[:, order] = match(overlap[order], truths[:, 5] > 0, thresholds)
    return matches


def counted(truths):
    """Tell which rows (M, 6) count, (M,) bools: neither padding nor difficult."""
    return (truths[:, 0] != -1) & ~(truths[:, 5] > 0)


def match_detections(detections, truths, iou_thresholds=(0.5,), method="area"):
    """Match the detections of one image with its ground truth, best score first.

    Args:
        detections: Detections(boxes, scores, classes) of N rows.
        truths: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult]; rows of
            class -1 are padding.
        iou_thresholds: T floats in (0, 1].
        method: as in `average_precision`; names the matching rule.

    Returns:
        (T, N) int64, the row of each detection's ground truth, -1 without one.

    Raises:
        ValueError: a wrong shape, box, score, threshold or method.
    """
    check_ap_method(method)
    thresholds = as_iou_thresholds(iou_thresholds)
    detections, truths = as_judged_image(detections, truths)
    return match_judged(detections, truths, thresholds, method)


def judge_detections(detections, truths, thresholds, method):
    """Judge the detections of one image, checked, at thresholds (T,).

    Returns:
        (2 + T, N) float64, one column per detection: its class, its score and
        T verdicts: 1 true positive, 0 false positive, -1 to be ignored.
    """
    if method == "coco":
        detections = best_of_each_class(detections)
    matches = match_judged(detections, truths, thresholds, method)
    # Last, where -1 points: a detection without a match is a false positive
    verdict_of_truth = np.append(np.where(truths[:, 5] > 0, -1, 1), 0)
    return np.vstack(
        [detections.classes, detections.scores, verdict_of_truth[matches]]
    )


COCO_IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)


class Evaluation(NamedTuple):
    """The result of `evaluate_detections`."""

    ap: np.ndarray  # (K, T) float64, NaN for a class without counted objects
    curves: list  # curves[k][t] is a PrecisionRecall
    num_truths: np.ndarray  # (K,) int64, difficult ones not counted
    iou_thresholds: tuple  # T floats

    @property
    def mean_ap(self):
        """Mean of `ap` over the thresholds and the classes that occur."""
        occurs = self.num_truths > 0
        return float(self.ap[occurs].mean()) if occurs.any() else float("nan")


def _evaluate(images, num_classes, thresholds, method):
    """Evaluate images that are checked, see `evaluate_detections`."""
    judged = [judge_detections(*image, thresholds, method) for image in images]
    judged = np.hstack([np.zeros((2 + len(thresholds), 0)), *judged])
    classes = [np.zeros(0), *(rows[counted(rows), 0] for _, rows in images)]
    classes = np.concatenate(classes).astype(np.int64)
    num_truths = np.bincount(classes, minlength=num_classes)
    nothing = [precision_recall([], [], 0)] * len(thresholds)
    curves = [nothing] * num_classes
    for k in np.unique(judged[0]).astype(np.int64):
        _, scores, *verdicts = judged[:, judged[0] == k]
        curves[k] = [
            precision_recall(scores[v >= 0], v[v >= 0] == 1, num_truths[k])
            for v in verdicts
        ]
    ap = np.full((num_classes, len(thresholds)), np.nan)
    for k in np.flatnonzero(num_truths):
        ap[k] = [
            average_precision(c.precision, c.recall, method) for c in curves[k]
        ]
    return Evaluation(ap, curves, num_truths, tuple(thresholds.tolist()))


def evaluate_detections(
    detections, truths, num_classes, iou_thresholds=(0.5,), method="area"
):
    """Compute the average precision of every class over a set of images.

    Args:
        detections: list of B Detections, one per image.
        truths: list of B arrays (M, 6), as for `match_detections`.
        num_classes: K.
        iou_thresholds: T floats in (0, 1].
        method: "area", "voc07" or "coco", as in `average_precision`.

    Returns:
        Evaluation with .ap (K, T), .mean_ap, .curves[k][t], .num_truths (K,).

    Raises:
        ValueError: bad input; the message names the image.
    """
    check_ap_method(method)
    num_classes = as_class_count(num_classes)
    thresholds = as_iou_thresholds(iou_thresholds)
    images = as_judged_images(detections, truths, num_classes)
    return _evaluate(images, num_classes, thresholds, method)
