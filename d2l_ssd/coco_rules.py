"""What COCO's evaluation does otherwise than VOC's: its match, its crowds."""

from __future__ import annotations

import numpy as np

from d2l_ssd.detections import Detections

MAX_DETECTIONS = 100  # of one class in one image


def match_free(
    overlap: np.ndarray,
    ignored: np.ndarray,
    thresholds: np.ndarray,
    crowds: np.ndarray | None = None,
) -> np.ndarray:
    """Match by COCO's rule: a detection takes the best ground truth still free.

    Args:
        overlap: (N, M) IoU of detections, best score first, with ground truth.
        ignored: (M,) bools, True for a box that does not count.
        thresholds: (T,) IoUs from which on they match.
        crowds: (M,) bools, True for a box that may be matched again and again;
            None for those that are ignored.

    Returns:
        (T, N) int64, the row of each detection's ground truth, -1 without one.
    """
    crowds = ignored if crowds is None else crowds
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
        # A crowd is never used up
        free[found, best[found]] = crowds[best[found]]
    return matches


def measure_crowds(
    overlap: np.ndarray, boxes: np.ndarray, truths: np.ndarray
) -> np.ndarray:
    """Measure overlap with crowds by the share of a box that lies in the crowd.

    Args:
        overlap: (N, M) IoU of boxes and ground truth.
        boxes: (N, 4) of the detections.
        truths: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult]; the
            difficult ones are the crowds.

    Returns:
        (N, M): `overlap`, other columns for the crowds.
    """
    overlap = overlap.copy()
    crowd = truths[:, 5] > 0
    overlap[:, crowd] = _covered_part(boxes, truths[crowd, 1:5])
    return overlap


def _covered_part(boxes: np.ndarray, covers: np.ndarray) -> np.ndarray:
    """Compute the share (N, M) of each box's area that lies in each cover."""
    low = np.maximum(boxes[:, None, :2], covers[:, :2])
    high = np.minimum(boxes[:, None, 2:], covers[:, 2:])
    intersection = np.maximum(high - low, 0).prod(axis=-1)
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=-1)
    return intersection / np.maximum(area, np.finfo(area.dtype).tiny)[:, None]


def best_of_each_class(
    detections: Detections, count: int = MAX_DETECTIONS
) -> Detections:
    """Keep the `count` best detections of each class in one image."""
    order = np.argsort(-detections.scores, kind="stable")
    classes = detections.classes[order]
    rank = np.zeros(len(order), dtype=np.int64)
    for k in np.unique(classes):
        rank[classes == k] = np.arange(np.count_nonzero(classes == k))
    keep = order[rank < count]
    return Detections(*(column[keep] for column in detections))
