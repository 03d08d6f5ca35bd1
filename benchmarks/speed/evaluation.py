"""Time evaluate_detections beside pycocotools, on the same detections.

    python benchmarks/speed/evaluation.py

500 images with 100 detections each, 10 IoU thresholds. "spread" detections lie
near objects and all over the image, as a detector's do; of "crowded" ones each
lies on an object, the worst case for matching. Times are CPU seconds: both
sides run in one thread, and other programs do not count.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from helpers.coco import coco_objects, coco_precision  # noqa: E402

IMAGES, DETECTIONS, CLASSES, REPEATS = 500, 100, 2, 5
LIMIT = 2  # CPU seconds


def make_set(near, seed=0):
    """Ground truth, and detections of which `near` per image lie on it."""
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


def median_time(function, *arguments):
    """Return a function's median time in CPU seconds, and its result."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        result = function(*arguments)
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def main():
    """Print the table; raise AssertionError if we are slow or disagree."""
    print(
        f"{IMAGES} images x {DETECTIONS} detections, {CLASSES} classes, ",
        end="",
    )
    print(f"10 IoU thresholds; median of {REPEATS} runs")
    print(f"{'set':<9}{'method':<8}{'s':>7}{'pycocotools s':>15}{'ratio':>7}")
    for name, near in (("spread", 15), ("crowded", DETECTIONS)):
        data = make_set(near)
        objects = coco_objects(*data, CLASSES)
        coco_time, precision = median_time(coco_precision, *objects)
        expected = precision[precision >= 0].mean()
        for method in ("coco", "area", "voc07"):
            seconds, result = median_time(
                evaluate_detections, *data, CLASSES, COCO_IOU_THRESHOLDS, method
            )
            print(f"{name:<9}{method:<8}{seconds:7.2f}", end="")
            print(f"{coco_time:15.2f}{coco_time / seconds:7.1f}")
            assert seconds < LIMIT, f"{method} took {seconds:.2f} s"
            if method == "coco":
                assert abs(result.mean_ap - expected) < 1e-6


if __name__ == "__main__":
    main()
