"""AP of small, medium and large objects, as COCO computes it.

An object outside a range of areas is ignored: whatever finds it is neither right
nor wrong. So is a detection outside the range that finds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checks import as_class_count, as_judged_images
from d2l_ssd.coco_rules import best_of_each_class, match_free, measure_crowds
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import (
    COCO_IOU_THRESHOLDS,
    average_precision,
    counted,
    precision_recall,
)

# From least to most area, both included, in square pixels of the photograph
AREAS = {
    "small": (0, 32**2),
    "medium": (32**2, 96**2),
    "large": (96**2, math.inf),
}
DIGITS = 3  # of a pixel: boxes in [0, 1] are float32


class AreaScores(NamedTuple):
    """AP of the objects of one range of areas."""

    ap: np.ndarray  # (K, T) float64, NaN for a class without such objects
    num_truths: np.ndarray  # (K,) int64, difficult ones not counted

    @property
    def mean_ap(self) -> float:
        """Mean of `ap` over the thresholds and the classes that occur."""
        occurs = self.num_truths > 0
        return float(self.ap[occurs].mean()) if occurs.any() else math.nan


def evaluate_areas(
    detections: Sequence[Detections],
    truths: Sequence[ArrayLike],
    image_sizes: Sequence[tuple[int, int]],
    num_classes: int,
) -> dict[str, AreaScores]:
    """Compute COCO's AP for each of its ranges of areas.

    An object's area is that of its box. COCO's own files may say the area of
    the object's outline instead, which is smaller.

    Args:
        detections, truths, num_classes: as in `evaluate_detections`.
        image_sizes: (height, width) of each image, in pixels.

    Returns:
        AreaScores at COCO's IoU thresholds, by the names of AREAS.

    Raises:
        ValueError: bad input; the message names the image.
    """
    num_classes = as_class_count(num_classes)
    images = as_judged_images(detections, truths, num_classes)
    if len(image_sizes) != len(images):
        raise ValueError(
            f"image_sizes must name the {len(images)} images' sizes, got "
            f"{len(image_sizes)}"
        )
    judged = [_judge(*i, size) for i, size in zip(images, image_sizes)]
    shape = 2 + len(COCO_IOU_THRESHOLDS), 0
    scores = {}
    for n, name in enumerate(AREAS):
        columns = [np.zeros(shape), *(found[n] for found, _ in judged)]
        classes = [np.zeros(0, int), *(there[n] for _, there in judged)]
        counts = np.bincount(np.concatenate(classes), minlength=num_classes)
        scores[name] = AreaScores(_score(np.hstack(columns), counts), counts)
    return scores


def _score(judged: np.ndarray, num_truths: np.ndarray) -> np.ndarray:
    """Return AP (K, T) of judged detections, see `judge_detections`."""
    ap = np.full((len(num_truths), len(judged) - 2), np.nan)
    for k in np.flatnonzero(num_truths):
        _, scores, *verdicts = judged[:, judged[0] == k]
        for t, verdict in enumerate(verdicts):
            counts = verdict >= 0
            curve = precision_recall(
                scores[counts], verdict[counts] == 1, num_truths[k]
            )
            ap[k, t] = average_precision(curve.precision, curve.recall, "coco")
    return ap


def _judge(
    detections: Detections, truths: np.ndarray, size: tuple[int, int]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Judge the detections of one image for each range of areas.

    Returns:
        For each range the verdicts, as `judge_detections` returns them, and the
        classes of the objects that count.
    """
    found = best_of_each_class(detections)
    overlap = pairwise_iou(found.boxes, truths[:, 1:5])
    overlap = measure_crowds(overlap, found.boxes, truths)
    overlap[found.classes[:, None] != truths[:, 0]] = 0
    crowds = truths[:, 5] > 0
    verdicts, classes = [], []
    for area in AREAS.values():
        counts = counted(truths) & _inside(truths[:, 1:5], size, area)
        match = match_free(overlap, ~counts, COCO_IOU_THRESHOLDS, crowds)
        verdict = np.append(np.where(counts, 1, -1), 0)[match]
        verdict[(match < 0) & ~_inside(found.boxes, size, area)] = -1
        verdicts.append(np.vstack([found.classes, found.scores, verdict]))
        classes.append(truths[counts, 0].astype(np.int64))
    return verdicts, classes


def _inside(
    boxes: np.ndarray, size: tuple[int, int], area: tuple[float, float]
) -> np.ndarray:
    """Tell which boxes (N, 4) in [0, 1] have an area in a range, (N,) bools."""
    height, width = size
    corners = boxes.astype(float) * [width, height, width, height]
    sides = np.diff(corners.round(DIGITS).reshape(-1, 2, 2), axis=1)
    areas = sides.reshape(-1, 2).prod(axis=1)
    return (areas >= area[0]) & (areas <= area[1])
