"""The judge of all detectors: pycocotools, on the originals' pixels."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Sequence

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from d2l_ssd.detections import Detections
from d2l_ssd.predictors import Predictor, load_predictor
from d2l_ssd.scores import detect_all

AREAS = "all", "small", "medium", "large"
AT_50, AT_75 = 0, 5  # of the IoU thresholds from 0.5 to 0.95


def load_for(where: str | os.PathLike, images: Sequence) -> Predictor:
    """Load a network of this book that knows the classes of a data set.

    Args:
        where: as in `load_predictor`.
        images: the data set.

    Raises:
        ValueError: the network knows other classes, or in another order.
    """
    predictor = load_predictor(where)
    if list(predictor.classes) != list(images.classes):
        raise ValueError(
            f"the network in {where} must know {', '.join(images.classes)}, in "
            f"this order, and knows {', '.join(predictor.classes)}"
        )
    return predictor


def judge_run(where: str | os.PathLike, images: Sequence) -> dict:
    """Measure a network of this book, see `load_for`, as `judge` does."""
    predictor = load_for(where, images)
    # As `d2l-ssd evaluate` does
    judged = detect_all(predictor, map(images.__getitem__, range(len(images))))
    return judge(judged.detections, judged.truths, judged.sizes, images.classes)


def judge(
    detections: Sequence[Detections],
    labels: Sequence[np.ndarray],
    shapes: Sequence[tuple[int, int]],
    classes: Sequence[str],
) -> dict:
    """Measure detections of B images by COCO's rules.

    Args:
        detections: B Detections, boxes in units of the image.
        labels: B arrays (M, 6), difficult objects are COCO's crowds.
        shapes: B times the image's height and width, in pixels.
        classes: K names.

    Returns:
        "ap", "ap50", "ap75" over all classes; "ap_small", "ap_medium",
        "ap_large", None where there is no such object; "classes", from each
        name to its "ap" and "ap50".
    """
    ap = average_precisions(detections, labels, shapes, len(classes))
    mean = {
        "ap50": _mean(ap[AT_50, :, 0]),
        "ap": _mean(ap[..., 0]),
        "ap75": _mean(ap[AT_75, :, 0]),
    }
    sizes = {
        f"ap_{name}": _mean(ap[..., place])
        for place, name in enumerate(AREAS)
        if place > 0
    }
    of_classes = {
        name: {"ap50": _mean(ap[AT_50, k, 0]), "ap": _mean(ap[:, k, 0])}
        for k, name in enumerate(classes)
    }
    return {**mean, **sizes, "classes": of_classes}


def average_precisions(
    detections: Sequence[Detections],
    labels: Sequence[np.ndarray],
    shapes: Sequence[tuple[int, int]],
    num_classes: int,
) -> np.ndarray:
    """Return AP (10, K, 4) by IoU threshold, class and area; NaN for none."""
    truths = _coco(labels, shapes, num_classes)
    found = [
        {"image_id": image, "score": float(score), **_box(box, shape, k)}
        for image, (rows, shape) in enumerate(zip(detections, shapes))
        for box, score, k in zip(*rows)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        truths.createIndex()
        if not found:
            empty = np.array([len(rows) for rows in labels]).sum() == 0
            return np.full((10, num_classes, 4), np.nan if empty else 0.0)
        judged = COCOeval(truths, truths.loadRes(found), "bbox")
        judged.evaluate()
        judged.accumulate()
    precision = judged.eval["precision"][..., -1]  # (10, 101, K, 4)
    return np.where(precision < 0, np.nan, precision).mean(axis=1)


def _coco(
    labels: Sequence[np.ndarray],
    shapes: Sequence[tuple[int, int]],
    num_classes: int,
) -> COCO:
    coco = COCO()
    rows = [
        (image, shape, row)
        for image, (truths, shape) in enumerate(zip(labels, shapes))
        for row in truths
    ]
    coco.dataset = {
        "info": {},
        "images": [{"id": image} for image in range(len(labels))],
        "categories": [{"id": k} for k in range(num_classes)],
        "annotations": [
            {
                "id": number,
                "image_id": image,
                "iscrowd": int(row[5]),
                **_box(row[1:5], shape, row[0]),
            }
            for number, (image, shape, row) in enumerate(rows, 1)
        ],
    }
    return coco


def _box(box: np.ndarray, shape: tuple[int, int], k: float) -> dict:
    """Return class, box in pixels and area as COCO's files have them."""
    height, width = shape
    xmin, ymin, xmax, ymax = map(float, box)
    w, h = (xmax - xmin) * width, (ymax - ymin) * height
    return {
        "category_id": int(k),
        "bbox": [xmin * width, ymin * height, w, h],
        "area": w * h,
    }


def _mean(values: np.ndarray) -> float | None:
    """Average what is no NaN; None if nothing is left, as JSON has no NaN."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else None
