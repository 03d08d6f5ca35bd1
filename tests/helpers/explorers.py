"""Boxes, galleries, trainings and layers that explorers are tried on."""

import numpy as np

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.inference import softmax
from d2l_ssd.targets import encode_offsets
from d2l_ssd.widgets.base import MAP_SHAPES

# name, cells per side, channels, side that a cell sees, stride, offset
LAYERS = (
    ("layer 5", 16, 20, 43, 4, 0),
    ("layer 6", 8, 24, 99, 8, 0),
    ("layer 10", 2, 20, 435, 32, 0),
    ("pooled", 1, 20, 64, 64, 31.5),
)


def random_boxes(rng, count, smallest=0.02):
    low = rng.uniform(0, 1 - smallest, (count, 2))
    size = rng.uniform(smallest, 1, (count, 2)) * (1 - low)
    return np.concatenate([low, low + size], axis=-1).astype(np.float32)


def on_a_grid(boxes, steps=4):
    """Snap boxes to a coarse grid: many equal IoUs, many ties."""
    low = np.floor(boxes[:, :2] * steps) / steps
    high = np.ceil(boxes[:, 2:] * steps) / steps
    return np.concatenate([low, high], axis=-1).astype(np.float32)


def random_images(rng, count, height=48, width=64):
    shape = count, height, width, 3
    return list(rng.integers(90, 160, shape).astype(np.uint8))


def random_truths(rng, count):
    difficult = rng.uniform(size=count) < 0.2
    classes = rng.integers(0, 2, count)
    return np.column_stack(
        [classes, random_boxes(rng, count, 0.2), difficult]
    ).astype(np.float32)


def random_detections(rng, truths, count):
    """Ground-truth boxes that were moved a little, and boxes at random."""
    near = truths[rng.integers(0, len(truths), count)] if len(truths) else None
    boxes = random_boxes(rng, count)
    classes = rng.integers(0, 2, count)
    if near is not None:
        moved = near[:, 1:5] + rng.normal(0, 0.05, (count, 4))
        moved = np.sort(moved.reshape(-1, 2, 2), axis=1).reshape(-1, 4)
        close = rng.uniform(size=count) < 0.7
        boxes = np.where(close[:, None], moved, boxes).astype(np.float32)
        classes = np.where(rng.uniform(size=count) < 0.8, near[:, 0], classes)
    scores = np.sort(rng.uniform(size=count).astype(np.float32))[::-1]
    return Detections(boxes, scores, classes.astype(np.int64))


def random_gallery(rng, count=4, confidence=4.0):
    """Labels, and outputs that know them more or less."""
    anchors = ssd_anchors(MAP_SHAPES)
    truths = [random_truths(rng, 4 * (m % 3)) for m in range(count)]
    logits = rng.normal(0, 1.0, (count, len(anchors), 3))
    logits[:, :, 0] += confidence
    offsets = rng.normal(0, 1.0, (count, len(anchors), 4))
    for image, rows in enumerate(truths):
        for row in rows:
            near = np.flatnonzero(box_iou(anchors, row[None, 1:5])[:, 0] > 0.4)
            boxes = np.repeat(row[None, 1:5], len(near), axis=0)
            offsets[image, near] += encode_offsets(anchors[near], boxes)
            logits[image, near, int(row[0]) + 1] += rng.uniform(0, 9)
    # As results are stored: halves, which have many ties
    halves = softmax(logits), offsets
    probs, offsets = (a.astype(np.float16).astype(np.float32) for a in halves)
    return truths, probs, offsets, anchors


def random_replay(rng, num_epochs=5, count=4):
    """Labels, detections that get better from epoch to epoch, and a history."""
    truths = [random_truths(rng, 3 + m % 3) for m in range(count)]
    replay = []
    for epoch in range(num_epochs):
        found = [random_detections(rng, t, 6 + epoch) for t in truths]
        replay.append([d._replace(boxes=d.boxes.clip(0, 1)) for d in found])
    history = [
        {
            "epoch": epoch,
            "class_loss": 5 / epoch,
            "localization_loss": 2 / epoch,
            "val_class_loss": 6 / epoch,
        }
        for epoch in range(1, num_epochs + 1)
    ]
    history[-1]["ap50"] = 0.75
    return truths, replay, history


def count_epoch(detections, truths, score_threshold):
    """Count right and wrong detections, and all objects that count."""
    kinds = np.concatenate(
        [
            detection_kinds(d, t)[d.scores >= np.float32(score_threshold)]
            for d, t in zip(detections, truths)
        ]
    )
    correct = int(np.sum(kinds == "correct"))
    wrong = len(kinds) - correct - int(np.sum(kinds == "ignored"))
    objects = sum(int(np.sum(t[:, 5] == 0)) for t in truths)
    return {"correct": correct, "wrong": wrong, "objects": objects}


def random_layers(rng):
    return [
        (name, rng.normal(0.5, 1, (channels, n, n)), *rest)
        for name, n, channels, *rest in LAYERS
    ]
