"""Time evaluate_detections beside pycocotools, on the same detections.

    python benchmarks/evaluation.py

500 images with 100 detections each, 10 IoU thresholds. "spread" detections lie
near objects and all over the image, as a detector's do; of "crowded" ones each
lies on an object, the worst case for matching. Times are CPU seconds: both
sides run in one thread, and other programs do not count.
"""

import contextlib
import io
import statistics
import time

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.inference import Detections

IMAGES, DETECTIONS, CLASSES, REPEATS = 500, 100, 2, 5
LIMIT = 2  # CPU seconds


def make_set(near, seed=0):
    """Truths, and detections of which `near` an image lie on truths."""
    rng = np.random.default_rng(seed)
    detections, truths = [], []
    for _ in range(IMAGES):
        rows = np.zeros((rng.integers(1, 7), 6))
        rows[:, 0] = rng.integers(0, CLASSES, len(rows))
        low = rng.uniform(0, 0.7, (len(rows), 2))
        size = rng.uniform(0.08, 0.3, (len(rows), 2))
        rows[:, 1:5] = np.concatenate([low, low + size], axis=1)
        rows[:, 5] = rng.random(len(rows)) < 0.1
        source = rows[rng.integers(0, len(rows), near)]
        boxes = source[:, 1:5] + rng.normal(0, 0.01, (near, 4))
        far_low = rng.uniform(0, 0.7, (DETECTIONS - near, 2))
        far_size = rng.uniform(0.05, 0.3, far_low.shape)
        far = np.concatenate([far_low, far_low + far_size], axis=1)
        classes = rng.integers(0, CLASSES, DETECTIONS)
        classes[:near] = source[:, 0]
        boxes = np.concatenate([boxes, far]).astype(np.float32)
        scores = rng.random(DETECTIONS, dtype=np.float32)
        detections.append(Detections(boxes, scores, classes))
        truths.append(rows.astype(np.float32))
    return detections, truths


def coco_box(box):
    xmin, ymin, xmax, ymax = map(float, box)
    width, height = xmax - xmin, ymax - ymin
    return {"bbox": [xmin, ymin, width, height], "area": width * height}


def coco_objects(detections, truths):
    """What pycocotools reads: its objects for the truths and detections."""
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": image} for image in range(len(truths))],
        "categories": [{"id": k} for k in range(CLASSES)],
        "annotations": [],
    }
    for image, rows in enumerate(truths):
        for k, *box, difficult in rows:
            coco.dataset["annotations"].append(
                {
                    "id": len(coco.dataset["annotations"]) + 1,
                    "image_id": image,
                    "category_id": int(k),
                    "iscrowd": int(difficult),
                    **coco_box(box),
                }
            )
    coco.createIndex()
    rows = [
        {
            "image_id": image,
            "category_id": int(k),
            "score": float(score),
            **coco_box(box),
        }
        for image, d in enumerate(detections)
        for box, score, k in zip(d.boxes, d.scores, d.classes)
    ]
    return coco, coco.loadRes(rows)


def run_pycocotools(coco, results):
    evaluator = COCOeval(coco, results, "bbox")
    # All sizes and 100 detections only: the work that we do
    evaluator.params.areaRng = [[0, 1e10]]
    evaluator.params.areaRngLbl = ["all"]
    evaluator.params.maxDets = [100]
    evaluator.evaluate()
    evaluator.accumulate()
    precision = evaluator.eval["precision"]
    return precision[precision >= 0].mean()


def median_time(function, *arguments):
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        result = function(*arguments)
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def main():
    print(
        f"{IMAGES} images x {DETECTIONS} detections, {CLASSES} classes, ",
        end="",
    )
    print(f"10 IoU thresholds; median of {REPEATS} runs")
    print(f"{'set':<9}{'method':<8}{'s':>7}{'pycocotools s':>15}{'ratio':>7}")
    for name, near in (("spread", 15), ("crowded", DETECTIONS)):
        data = make_set(near)
        with contextlib.redirect_stdout(io.StringIO()):
            objects = coco_objects(*data)
            peer_time, expected = median_time(run_pycocotools, *objects)
        for method in ("coco", "area", "voc07"):
            seconds, result = median_time(
                evaluate_detections, *data, CLASSES, COCO_IOU_THRESHOLDS, method
            )
            print(f"{name:<9}{method:<8}{seconds:7.2f}", end="")
            print(f"{peer_time:15.2f}{peer_time / seconds:7.1f}")
            assert seconds < LIMIT, f"{method} took {seconds:.2f} s"
            if method == "coco":
                assert abs(result.mean_ap - expected) < 1e-6


if __name__ == "__main__":
    main()
