"""How good a detector is on labeled images: AP of all kinds, and its errors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from d2l_ssd.coco_areas import AREAS, evaluate_areas
from d2l_ssd.coco_rules import best_of_each_class
from d2l_ssd.detecting import DetectOptions, detect
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import ERROR_KINDS, detection_kinds
from d2l_ssd.evaluation import (
    COCO_IOU_THRESHOLDS,
    Evaluation,
    evaluate_detections,
)
from d2l_ssd.predictors import Predictor

LOWEST_SCORE = 0.01  # of a detection that counts for AP
BATCH_SIZE = 8  # images
KINDS = ("correct", *ERROR_KINDS, "missed")
AP50, AP75 = (int(i) for i in np.searchsorted(COCO_IOU_THRESHOLDS, (0.5, 0.75)))


@dataclass(frozen=True)
class Scores:
    """AP and errors of one class, or of all.

    AP is COCO's, with 101 points: the mean over IoU thresholds from 0.5 to 0.95,
    of AP50 and AP75 at one. It is NaN where there is nothing to find. Those of
    all classes are means over the classes that occur.

    Args:
        name: of the class.
        objects: how many there are, difficult ones not counted.
        ap, ap50, ap75: in [0, 1].
        by_area: (objects, AP) of each of COCO's ranges, see `coco_areas.AREAS`.
        errors: the number of detections from a score on of each kind, see
            `detection_kinds`, by the class they were detected as; and of objects
            that were missed.
    """

    name: str
    objects: int
    ap: float
    ap50: float
    ap75: float
    by_area: dict[str, tuple[int, float]]
    errors: dict[str, int]

    def as_dict(self) -> dict:
        """Return all of it as JSON can keep it, NaN being None."""
        values = asdict(self)
        values["by_area"] = {
            name: {"objects": objects, "ap": ap}
            for name, (objects, ap) in self.by_area.items()
        }
        return _without_nan(values)


def _without_nan(value):
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    is_nan = isinstance(value, float) and math.isnan(value)
    return None if is_nan else value


@dataclass(frozen=True)
class Judged:
    """What a detector finds on images, and what is there.

    Args:
        detections: one Detections per image, in units of the image.
        truths: labels (M, 6) of each image.
        sizes: (height, width) of each image, in pixels.
    """

    detections: list[Detections]
    truths: list[np.ndarray]
    sizes: list[tuple[int, int]]


def detect_all(
    predictor: Predictor,
    samples: Iterable[tuple[np.ndarray, np.ndarray]],
    count: int | None = None,
) -> Judged:
    """Detect on labeled images, all that counts for AP.

    Args:
        predictor: a trained network.
        samples: (image, labels) pairs; they are read a few at a time.
        count: how many there are, for the progress bar.
    """
    # As many as there can be: COCO's limit is one per class
    most = len(predictor.settings.anchors()) * len(predictor.classes)
    options = DetectOptions(LOWEST_SCORE, max_detections=most)
    judged, batch = Judged([], [], []), []
    with tqdm(total=count, desc="evaluation", unit="image", leave=False) as bar:
        for image, labels in samples:
            batch.append(image)
            judged.truths.append(labels)
            judged.sizes.append(image.shape[:2])
            if len(batch) == BATCH_SIZE:
                judged.detections.extend(_detect(predictor, batch, options))
                batch.clear()
            bar.update()
        judged.detections.extend(_detect(predictor, batch, options))
    return judged


def _detect(
    predictor: Predictor, images: list[np.ndarray], options: DetectOptions
) -> list[Detections]:
    """Return what COCO looks at of the detections of each image."""
    return [*map(best_of_each_class, detect(predictor, images, options))]


def score_classes(
    judged: Judged, classes: Sequence[str], score_threshold: float
) -> list[Scores]:
    """Compute AP of every class, and count its errors.

    Args:
        judged: what was found and what is there.
        classes: names of the K classes.
        score_threshold: errors are counted from this score on.

    Returns:
        K Scores, one per class.
    """
    found = judged.detections, judged.truths
    evaluation = evaluate_detections(
        *found, len(classes), COCO_IOU_THRESHOLDS, "coco"
    )
    by_area = evaluate_areas(*found, judged.sizes, len(classes))
    errors = count_errors(*found, len(classes), score_threshold)
    return [
        Scores(
            name,
            int(evaluation.num_truths[k]),
            *_precisions(evaluation, k),
            {
                area: (int(part.num_truths[k]), float(part.ap[k].mean()))
                for area, part in by_area.items()
            },
            errors[k],
        )
        for k, name in enumerate(classes)
    ]


def _precisions(evaluation: Evaluation, k: int) -> tuple[float, float, float]:
    """Return AP, AP50 and AP75 of a class."""
    ap = evaluation.ap[k]
    return float(ap.mean()), float(ap[AP50]), float(ap[AP75])


def count_errors(
    detections: Sequence[Detections],
    truths: Sequence[np.ndarray],
    num_classes: int,
    score_threshold: float,
) -> list[dict[str, int]]:
    """Count the detections of each kind, and the objects that were missed.

    Args:
        detections, truths, num_classes: as in `evaluate_detections`.
        score_threshold: detections below it are left out.

    Returns:
        For each class the counts by the names of KINDS.
    """
    counts = [Counter() for _ in range(num_classes)]
    for found, rows in zip(detections, truths):
        kept = found.scores >= score_threshold
        found = Detections(*(column[kept] for column in found))
        for k, kind in zip(found.classes, detection_kinds(found, rows)):
            counts[k][kind] += 1
        for k in rows[~(rows[:, 5] > 0), 0].astype(int):
            counts[k]["missed"] += 1
    for count in counts:
        count["missed"] -= count["correct"]
    return [{kind: count[kind] for kind in KINDS} for count in counts]


def mean_scores(scores: Sequence[Scores]) -> Scores:
    """Return means of AP over the classes that occur, and sums of counts."""
    areas = {
        area: (
            sum(row.by_area[area][0] for row in scores),
            _mean(row.by_area[area][1] for row in scores),
        )
        for area in AREAS
    }
    return Scores(
        "all classes",
        sum(row.objects for row in scores),
        *(
            _mean(getattr(row, name) for row in scores)
            for name in ("ap", "ap50", "ap75")
        ),
        areas,
        {kind: sum(row.errors[kind] for row in scores) for kind in KINDS},
    )


def _mean(values: Iterable[float]) -> float:
    """Return the mean of numbers, without those that are NaN."""
    numbers = [value for value in values if not math.isnan(value)]
    return float(np.mean(numbers)) if numbers else math.nan
