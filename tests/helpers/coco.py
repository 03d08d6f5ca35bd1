"""pycocotools as an oracle: AP of our lists, computed by COCO's own program."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def coco_ap(detections, truths, num_classes):
    """AP (K, 10) by pycocotools; difficult objects are its crowds."""
    objects = coco_objects(detections, truths, num_classes)
    precision = coco_precision(*objects)  # (10, 101, K)
    return np.where(precision < 0, np.nan, precision).mean(axis=1).T


def coco_objects(detections, truths, num_classes):
    """Turn Detections and ground truth into the two COCO objects to compare."""
    rows = [(image, *row) for image, t in enumerate(truths) for row in t]
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": image} for image in range(len(truths))],
        "categories": [{"id": k} for k in range(num_classes)],
        "annotations": [
            {
                "id": number,
                "image_id": image,
                "category_id": int(k),
                "iscrowd": int(difficult),
                **_coco_box(box),
            }
            for number, (image, k, *box, difficult) in enumerate(rows, 1)
        ],
    }
    found = [
        {
            "image_id": image,
            "category_id": int(k),
            "score": float(score),
            **_coco_box(box),
        }
        for image, d in enumerate(detections)
        for box, score, k in zip(*d)
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        return coco, coco.loadRes(found)


def coco_precision(coco, results):
    """Return precision (10, 101, K) at 10 IoU thresholds and 101 recalls.

    -1 stands for a class that no image has.
    """
    evaluator = COCOeval(coco, results, "bbox")
    # All sizes in one, 100 detections: what `evaluate_detections` computes
    evaluator.params.areaRng = [[0, 1e10]]
    evaluator.params.areaRngLbl = ["all"]
    evaluator.params.maxDets = [100]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator.evaluate()
        evaluator.accumulate()
    return evaluator.eval["precision"][:, :, :, 0, 0]


def _coco_box(box):
    xmin, ymin, xmax, ymax = map(float, box)
    width, height = xmax - xmin, ymax - ymin
    return {"bbox": [xmin, ymin, width, height], "area": width * height}
