"""Scenes of labeled pixels, and what pycocotools computes of them."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from d2l_ssd.coco_areas import AREAS
from d2l_ssd.detections import Detections

NUM_CLASSES = 3
BOUNDS = {**AREAS, "large": (AREAS["large"][0], 1e10)}
SIDES = 5, 12, 20, 32, 40, 70, 96, 130, 200


def random_boxes(rng, count, size):
    """Boxes of whole pixels, many with an area at the edge of a range."""
    sides = np.minimum(rng.choice(SIDES, (count, 2)), size[::-1])
    corners = rng.integers(0, np.array(size[::-1]) - sides + 1)
    return np.hstack([corners, corners + sides]).astype(float)


def random_scene(rng, crowds):
    """The truths and detections of one image, in pixels, and its size."""
    size = tuple(rng.integers(210, 400, 2))
    boxes = random_boxes(rng, rng.integers(0, 12), size)
    classes = rng.integers(0, NUM_CLASSES, len(boxes))
    difficult = rng.random(len(boxes)) < (0.2 if crowds else 0)
    truths = np.column_stack([classes, boxes, difficult])
    near = np.repeat(np.column_stack([boxes, classes]), 2, axis=0)
    sides = np.tile(near[:, 2:4] - near[:, :2], 2)
    near[:, :4] += rng.normal(0, 0.06, sides.shape) * sides
    near[rng.random(len(near)) < 0.2, 4] = 0
    others = random_boxes(rng, 4, size)
    others = np.column_stack([others, rng.integers(0, NUM_CLASSES, 4)])
    every = np.vstack([near, others])
    every[:, :4] = every[:, :4].clip(0, [*size[::-1], *size[::-1]])
    every = every[(every[:, 2:4] > every[:, :2]).all(axis=1)]
    scores = rng.permutation(len(every)) / len(every)
    return truths, np.column_stack([every[:, 4], every[:, :4], scores]), size


def in_units(truths, detections, size):
    """The scene as the package has it: boxes in [0, 1]."""
    sides = np.array([*size[::-1], *size[::-1]])
    truths, detections = truths.copy(), detections.copy()
    truths[:, 1:5] /= sides
    detections[:, 1:5] /= sides
    rows = np.float32(detections)
    found = Detections(rows[:, 1:5], rows[:, 5], rows[:, 0].astype(int))
    return np.float32(truths), found


def coco_evaluation(scenes):
    """AP (K, 10) of each range of areas by pycocotools, in pixels."""
    evaluator = evaluator_of(scenes)
    evaluator.params.areaRng = [list(area) for area in BOUNDS.values()]
    evaluator.params.areaRngLbl = list(BOUNDS)
    evaluator.params.maxDets = [100]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator.evaluate()
        evaluator.accumulate()
    precision = evaluator.eval["precision"][..., 0]  # (10, 101, K, ranges)
    ap = np.where(precision < 0, np.nan, precision).mean(axis=1)
    return {name: ap[..., n].T for n, name in enumerate(BOUNDS)}


def coco_summary(scenes):
    """AP, AP50, AP75, AP small, medium, large: as pycocotools prints them."""
    evaluator = evaluator_of(scenes)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return evaluator.stats[:6]


def evaluator_of(scenes):
    """A COCOeval of scenes (truths, detections, size)."""
    truths, detections = [], []
    for image, (objects, rows, _) in enumerate(scenes):
        for k, *box, difficult in objects:
            truths.append(entry(image, k, box, iscrowd=int(difficult)))
        for k, *box, score in rows:
            detections.append(entry(image, k, box, score=np.float32(score)))
    for number, row in enumerate(truths, 1):
        row["id"] = number
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i} for i in range(len(scenes))],
        "categories": [{"id": k} for k in range(NUM_CLASSES)],
        "annotations": truths,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        return COCOeval(coco, coco.loadRes(detections), "bbox")


def entry(image, k, box, **others):
    low, high = np.array(box[:2]), np.array(box[2:])
    side = high - low
    return {
        "image_id": image,
        "category_id": int(k),
        "bbox": [*low.tolist(), *side.tolist()],
        "area": float(side.prod()),
        **others,
    }
