# Generated from book/beyond_ssd.ipynb (`make save`); do not edit.
"""From outputs to detections, and to what an explorer shows of them."""

import numpy as np
import torch

from benchmarks.beyond.ssd import OFF
from benchmarks.beyond.training import to_input
from d2l_ssd.boxes import clip_boxes, has_area
from d2l_ssd.detections import Detections
from d2l_ssd.inference import batched_nms, select_candidates

SCORE_THRESHOLD, TOP_K, MAX_DETECTIONS = 0.01, 200, 100
CHUNK = 100  # images at once


def select(scores, boxes, nms_iou):
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
def predict(net, images):
    """Predict scores (B, A, K) and corners (B, A, 4) of images."""
    parts = [
        net.decode(net(to_input(images[start : start + CHUNK])))
        for start in range(0, len(images), CHUNK)
    ]
    return tuple(torch.cat(part).numpy() for part in zip(*parts))


def answers(net, images, labels):
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
