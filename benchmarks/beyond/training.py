"""Training and judging one detector with one seed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.beyond.ssd import NMS_IOU, OFF, Detector, K
from d2l_ssd.boxes import clip_boxes, has_area
from d2l_ssd.coco_areas import AREAS, evaluate_areas
from d2l_ssd.detections import Detections
from d2l_ssd.inference import batched_nms, select_candidates
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.shapes import SIZE, draw_shapes
from d2l_ssd.torch.averaging import WeightAverage
from d2l_ssd.torch.prediction import judge, summarize

WARM_UP = 50  # steps
MAX_NORM = 5.0  # of the gradient
AVERAGE = 0.99  # decay of the running mean of the weights
INPUT_SCALE = 3 / 255
SCORE_THRESHOLD, TOP_K, MAX_DETECTIONS = 0.01, 200, 100
CHUNK = 100  # images that are judged at once

# Scenes that no training sees: trainings have seeds from 1 on
UNSEEN_SEED = 0
FIRST = {"validation": 5000, "test": 1000}  # number of the first scene

# COCO calls objects small up to 32 x 32 pixels, and large from 96 x 96 on, of
# photographs about 640 pixels wide. Here, 9 and 27 pixels of 48 take their place.
SMALL_SIDE = 9
JUDGED_SIZE = SIZE * AREAS["small"][1] ** 0.5 / SMALL_SIDE


class Budget(NamedTuple):
    """How much every training sees, and what judges it."""

    num_scenes: int = 12_000
    batch_size: int = 16
    num_unseen: int = 400  # validation scenes, and as many test scenes


@lru_cache(maxsize=3)
def scenes(seed: int, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw scenes once for all detectors of a seed."""
    return draw_shapes(seed, first, count)


def to_input(images: np.ndarray) -> Tensor:
    """Turn images (B, H, W, 3) uint8 into (B, 3, H, W), each color's mean off."""
    X = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    return (X - X.mean(dim=(2, 3), keepdim=True)) * INPUT_SCALE


def batches(seed: int, budget: Budget) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield inputs and labels (B, M, 6) of scenes that are all new."""
    images, labels = scenes(seed, 0, budget.num_scenes)
    size = budget.batch_size
    for start in range(0, len(images) - size + 1, size):
        batch = slice(start, start + size)
        yield to_input(images[batch]), torch.from_numpy(labels[batch])


def train(
    idea: type[Detector], options: dict, seed: int, budget: Budget
) -> tuple[Detector, np.ndarray]:
    """Train an idea's detector.

    Args:
        idea: its class.
        options: "rate", the highest learning rate, and numbers of the class.
        seed: of first weights and scenes.
        budget: how many scenes.

    Returns:
        The detector with the running mean of its weights, and both losses of
        every step (S, 2).
    """
    torch.manual_seed(seed)
    highest, numbers = options["rate"], {**options}
    del numbers["rate"]
    net = idea(**numbers)
    average = WeightAverage(net, AVERAGE)
    optimizer = torch.optim.Adam(net.parameters())
    num_steps = budget.num_scenes // budget.batch_size
    history = []
    for step, (X, labels) in enumerate(batches(seed, budget)):
        rate = learning_rate_at(step, num_steps, highest, WARM_UP)
        optimizer.param_groups[0]["lr"] = rate
        losses = net.loss(net(X), labels)
        optimizer.zero_grad()
        sum(losses).backward()
        nn.utils.clip_grad_norm_(net.parameters(), MAX_NORM)
        optimizer.step()
        average.update(net)
        history.append([loss.item() for loss in losses])
    return average.net, np.array(history)


def select(scores: np.ndarray, boxes: np.ndarray, nms_iou: float) -> Detections:
    """Choose the detections of one image.

    Args:
        scores: (A, K).
        boxes: (A, 4) corners.
        nms_iou: of boxes that overlap more than this, the best stays.
    """
    rows, classes = select_candidates(scores.T, SCORE_THRESHOLD, TOP_K)
    corners = clip_boxes(boxes[rows])
    inside = has_area(corners)
    rows, classes, corners = rows[inside], classes[inside], corners[inside]
    chosen = scores[rows, classes]
    if nms_iou < OFF:
        best = batched_nms(corners, chosen, classes, nms_iou)
    else:
        best = np.argsort(-chosen, kind="stable")
    best = best[:MAX_DETECTIONS]
    return Detections(corners[best], chosen[best], classes[best])


@torch.inference_mode()
def predict(net: Detector, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predict scores (B, A, K) and corners (B, A, 4) of images."""
    parts = [
        net.decode(net(to_input(images[start : start + CHUNK])))
        for start in range(0, len(images), CHUNK)
    ]
    return tuple(torch.cat(part).numpy() for part in zip(*parts))


def judge_on(
    net: Detector, images: np.ndarray, labels: np.ndarray, whole: bool
) -> dict:
    """Judge a detector on scenes.

    Args:
        images, labels: (B, H, W, 3) and (B, M, 6).
        whole: also by size, and with NMS switched on and off.

    Returns:
        "ap50" and "ap", as the idea uses NMS. If `whole`, also "ap_small",
        "ap_medium", and "ap_large"; "with_nms" and "without_nms", each with
        "ap50", "ap", "boxes" and "milliseconds" of selection per scene; and
        "network_ms" per scene.
    """
    start = time.perf_counter()
    outputs = predict(net, images)
    network_ms = 1e3 * (time.perf_counter() - start) / len(images)
    if not whole:
        return _judge(outputs, labels, net.nms_iou)[0]
    on, found = _judge(outputs, labels, NMS_IOU)
    off, all_found = _judge(outputs, labels, OFF)
    own, found = (on, found) if net.nms_iou < OFF else (off, all_found)
    sizes = [(JUDGED_SIZE, JUDGED_SIZE)] * len(images)
    areas = evaluate_areas(found, labels, sizes, K)
    return {
        **{name: own[name] for name in ("ap50", "ap")},
        **{f"ap_{name}": area.mean_ap for name, area in areas.items()},
        **{"with_nms": on, "without_nms": off, "network_ms": network_ms},
    }


def _judge(
    outputs: tuple[np.ndarray, np.ndarray], labels: np.ndarray, nms_iou: float
) -> tuple[dict[str, float], list[Detections]]:
    """Return scores of what is found in scenes, and what is found."""
    start = time.perf_counter()
    found = [select(*output, nms_iou) for output in zip(*outputs)]
    seconds = time.perf_counter() - start
    measured = {
        **summarize(judge(found, list(labels), K)),
        "boxes": sum(len(one.scores) for one in found) / len(found),
        "milliseconds": 1e3 * seconds / len(found),
    }
    return measured, found


def answers(net: Detector, images: np.ndarray, labels: np.ndarray) -> dict:
    """Show what a detector does with scenes, for an explorer.

    Returns:
        "matches" (B, A), the row of the labels that each prediction answers
        for in training, -1 for background; "before" and "after", a Detections
        per scene, before and after NMS; "anchors" (A, 4), in the same order.
    """
    with torch.inference_mode():
        outputs = net(to_input(images))
        matches = net.assign(outputs, torch.from_numpy(labels))
    scores, boxes = predict(net, images)
    found = {
        name: [select(*one, iou) for one in zip(scores, boxes)]
        for name, iou in (("before", OFF), ("after", net.nms_iou))
    }
    return {"matches": matches.numpy(), "anchors": net.anchors.numpy(), **found}
