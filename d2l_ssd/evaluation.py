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
)
from d2l_ssd.detections import Detections


def _match_best_truth(overlap, ignored, thresholds):
    """Match by VOC's rule: a detection claims the best ground truth or nothing.

    Args:
        overlap: (N, M) overlaps of detections, best score first, with ground
            truth.
        ignored: (M,) bools, True for a ground truth that may be claimed again
            and again.
        thresholds: (T,) from these overlaps on they match.

    Returns:
        (T, N) int64, each detection's ground truth, -1 without one.
    """
    if overlap.shape[1] == 0:
        return np.full((len(thresholds), len(overlap)), -1)
    best = overlap.argmax(axis=1)
    reached = overlap.max(axis=1) >= thresholds[:, None]  # (T, N)
    claims = best[:, None] == np.arange(overlap.shape[1])  # (N, M)
    claims = reached[:, :, None] & claims  # (T, N, M)
    first = claims.cumsum(axis=1) == 1
    won = (claims & (first | ignored)).any(axis=2)
    return np.where(won, best, -1)


class PrecisionRecall(NamedTuple):
    """Precision and recall after each detection, best score first."""

    precision: np.ndarray  # (N,) float64
    recall: np.ndarray  # (N,) float64, never falls
    scores: np.ndarray  # (N,), never rises


def precision_recall(scores, hits, num_truths):
    """Compute precision and recall as detections are accepted, best score first.

    Args:
        scores: (N,) floats, the detections of one class from all images.
        hits: (N,) bools, True for a true positive and False for a false
            positive. Leave out detections that are to be ignored.
        num_truths: the number of objects to find.

    Returns:
        PrecisionRecall(precision, recall, scores), each (N,) and ordered by
        falling score; equal scores keep their order. Recall is NaN where there
        is nothing to find.

    Raises:
        ValueError: `scores` and `hits` differ in shape, a score is not finite,
            or there are more hits than `num_truths`.
    """
    return _precision_recall(*as_hits(scores, hits, num_truths))


def _precision_recall(scores, hits, num_truths):
    """Compute a curve of what is checked, see `precision_recall`."""
    order = np.argsort(-scores, kind="stable")
    true_positives = np.cumsum(hits[order])
    precision = true_positives / np.arange(1, len(order) + 1)
    recall = true_positives / (num_truths or np.nan)
    return PrecisionRecall(precision, recall, scores[order])


_METHODS = ("area", "voc07", "coco")


def _check_method(method):
    if method not in _METHODS:
        raise ValueError(f"method must be one of {_METHODS}, got {method!r}")


# The recalls at which the two interpolated methods read the curve. COCO's are
# linspace's multiples of 0.01, rounded as in pycocotools, so that both agree
# when a recall falls on a point.
_RECALL_POINTS = {
    "voc07": np.arange(11) / 10,
    "coco": np.linspace(0, 1, 101),
}


def average_precision(precision, recall, method="area"):
    """Compute the average precision of one precision-recall curve.

    Precision at a recall is read from the curve's envelope: the best precision
    at that recall or any higher one, 0 where none is reached (Everingham et al.
    2010, equation 2).

    Args:
        precision, recall: (N,) floats as `precision_recall` returns them.
        method: "area", the area under the envelope (VOC from 2010 on); "voc07",
            its mean at the recalls 0, 0.1 ... 1; "coco", its mean at the recalls
            0, 0.01 ... 1.

    Returns:
        A float in [0, 1]: 0 without detections, NaN where recall is NaN.

    Raises:
        ValueError: the shapes differ, a number is not in [0, 1], recall falls,
            or the method is unknown.
    """
    _check_method(method)
    return _average(*as_curve(precision, recall), method)


def _average(precision, recall, method):
    """Average a curve that is checked, see `average_precision`."""
    if np.isnan(recall).any():
        return float("nan")
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    if method == "area":
        return float(np.sum(np.diff(recall, prepend=0) * envelope))
    reached = np.searchsorted(recall, _RECALL_POINTS[method])
    return float(np.append(envelope, 0)[reached].mean())


def _match_best_free(overlap, ignored, thresholds):
    """Match by COCO's rule: a detection takes the best ground truth still free.

    Arguments and result are those of `_match_best_truth`.
    """
    matches = np.full((len(thresholds), len(overlap)), -1)
    free = np.ones((len(thresholds), overlap.shape[1]), dtype=bool)
    # Any ground truth that counts comes before an ignored one
    preference = overlap - 2.0 * ignored
    for n in np.flatnonzero((overlap >= thresholds.min()).any(axis=1)):
        fits = free & (overlap[n] >= thresholds[:, None])
        preferred = np.where(fits, preference[n], -np.inf)
        # Of equals the last, as in pycocotools
        best = fits.shape[1] - 1 - preferred[:, ::-1].argmax(axis=1)
        found = fits.any(axis=1)
        matches[found, n] = best[found]
        # An ignored one is never used up
        free[found, best[found]] = ignored[best[found]]
    return matches


def match_detections(detections, truths, iou_thresholds=(0.5,), method="area"):
    """Match the detections of one image with its ground truth, best score first.

    A detection and a ground truth can match if they have the same class and
    their IoU reaches the threshold. A ground truth that counts is matched once;
    one marked difficult can be matched again and again.

    VOC ("area", "voc07"): a detection may only claim the ground truth of its
    class that it overlaps most, difficult ones included; if that one is taken,
    it gets none. COCO ("coco"): it gets the best of those that count and are
    still free, else a difficult one. COCO calls these crowds, and divides the
    intersection with a crowd by the detection's own area.

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
    _check_method(method)
    thresholds = as_iou_thresholds(iou_thresholds)
    return match_judged(
        *as_judged_image(detections, truths), thresholds, method
    )


def match_judged(detections, truths, thresholds, method):
    """Match what is checked, and has thresholds (T,); see `match_detections`."""
    order = np.argsort(-detections.scores, kind="stable")
    overlap = _class_overlap(detections, truths, crowds=method == "coco")
    match = _match_best_free if method == "coco" else _match_best_truth
    matches = np.empty((len(thresholds), len(order)), dtype=np.int64)
    matches[:, order] = match(overlap[order], truths[:, 5] > 0, thresholds)
    return matches


def _class_overlap(detections, truths, crowds):
    """Compute the overlap (N, M) with ground truth, 0 between classes."""
    overlap = pairwise_iou(detections.boxes, truths[:, 1:5])
    if crowds:
        crowd = truths[:, 5] > 0
        overlap[:, crowd] = _covered_part(detections.boxes, truths[crowd, 1:5])
    # Padding has a class that no detection has
    overlap[detections.classes[:, None] != truths[:, 0]] = 0
    return overlap


def _covered_part(boxes, covers):
    """Compute the share (N, M) of each box's area that lies in each cover."""
    low = np.maximum(boxes[:, None, :2], covers[:, :2])
    high = np.minimum(boxes[:, None, 2:], covers[:, 2:])
    intersection = np.maximum(high - low, 0).prod(axis=-1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=-1)
    return intersection / np.maximum(area, np.finfo(area.dtype).tiny)[:, None]


def counted(truths):
    """Tell which rows (M, 6) count, (M,) bools: neither padding nor difficult."""
    return (truths[:, 0] != -1) & ~(truths[:, 5] > 0)


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


def evaluate_detections(
    detections, truths, num_classes, iou_thresholds=(0.5,), method="area"
):
    """Compute the average precision of every class over a set of images.

    Detections are matched image by image (see `match_detections`), then
    ordered by score across images; of equal scores the earlier image's comes
    first. A detection that is matched with a difficult object is ignored.
    "coco" reads the 100 best detections of a class in an image.

    Args:
        detections: list of B Detections, one per image.
        truths: list of B arrays (M, 6), rows
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding.
        num_classes: K.
        iou_thresholds: T floats in (0, 1].
        method: "area", "voc07" or "coco", as in `average_precision`.

    Returns:
        Evaluation with .ap (K, T), .mean_ap, .curves[k][t], .num_truths (K,).

    Raises:
        ValueError: bad input; the message names the image.
    """
    _check_method(method)
    thresholds = as_iou_thresholds(iou_thresholds)
    num_classes = as_class_count(num_classes)
    images = as_judged_images(detections, truths, num_classes)
    judged = [judge_detections(*image, thresholds, method) for image in images]
    judged = np.hstack([np.zeros((2 + len(thresholds), 0)), *judged])
    classes = [np.zeros(0), *(rows[counted(rows), 0] for _, rows in images)]
    classes = np.concatenate(classes).astype(np.int64)
    num_truths = np.bincount(classes, minlength=num_classes)
    curves = _curves(judged, num_truths)
    ap = np.zeros((num_classes, len(thresholds)))
    ap[num_truths == 0] = np.nan
    for k in np.intersect1d(judged[0], classes).astype(np.int64):
        ap[k] = [_average(c.precision, c.recall, method) for c in curves[k]]
    return Evaluation(ap, curves, num_truths, tuple(thresholds.tolist()))


_COCO_MAX_DETECTIONS = 100  # of one class in one image


def judge_detections(detections, truths, thresholds, method):
    """Judge the detections of one image.

    Args:
        detections, truths: as `as_judged_images` returns them.
        thresholds: (T,) floats in (0, 1].
        method: as in `match_detections`.

    Returns:
        (2 + T, N) float64, one column per detection: its class, its score and
        T verdicts: 1 for a true positive, 0 for a false positive, -1 for a
        detection to ignore. "coco" leaves out all but the best of a class.
    """
    if method == "coco":
        detections = _best_of_each_class(detections, _COCO_MAX_DETECTIONS)
    matches = match_judged(detections, truths, thresholds, method)
    # Last, where -1 points: a detection without a match is a false positive
    verdict_of_truth = np.append(np.where(truths[:, 5] > 0, -1, 1), 0)
    return np.vstack(
        [detections.classes, detections.scores, verdict_of_truth[matches]]
    )


def _best_of_each_class(detections, count):
    """Keep the `count` best detections of each class."""
    order = np.argsort(-detections.scores, kind="stable")
    classes = detections.classes[order]
    rank = np.zeros(len(order), dtype=np.int64)
    for k in np.unique(classes):
        rank[classes == k] = np.arange(np.count_nonzero(classes == k))
    keep = order[rank < count]
    return Detections(*(column[keep] for column in detections))


def _curves(judged, num_truths):
    """Compute curves [k][t] of all images' columns from `judge_detections`."""
    judged = judged[:, np.argsort(judged[0], kind="stable")]
    classes, starts = np.unique(judged[0], return_index=True)
    # Most classes of many may not occur: what they share is one empty curve
    nothing = _precision_recall(np.zeros(0), np.zeros(0, dtype=bool), 0)
    curves = [[nothing] * (len(judged) - 2) for _ in num_truths]
    parts = np.split(judged, starts[1:], axis=1)
    for k, (_, scores, *verdicts) in zip(classes.astype(np.int64), parts):
        curves[k] = [
            _precision_recall(scores[v >= 0], v[v >= 0] == 1, num_truths[k])
            for v in verdicts
        ]
    return curves
