from typing import NamedTuple

import numpy as np

from d2l_ssd.boxes import box_iou, clip_boxes
from d2l_ssd.targets import decode_offsets


class Detections(NamedTuple):
    """The detections of one image, best first."""

    boxes: np.ndarray  # (N, 4) float32
    scores: np.ndarray  # (N,) float32
    classes: np.ndarray  # (N,) int64, from 0


def nms(boxes, scores, iou_threshold):
    """Kept indices, best first; ties keep the lower index; suppresses IoU over the threshold."""
    order = np.argsort(-scores, kind="stable")
    over = box_iou(boxes[order], boxes[order]) > iou_threshold
    keep = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if keep[i]:
            keep[i + 1 :] &= ~over[i, i + 1 :]
    return order[keep]


def batched_nms(boxes, scores, classes, iou_threshold):
    """NMS per class; kept indices, best first."""
    kept = [
        rows[nms(boxes[rows], scores[rows], iou_threshold)]
        for rows in (np.flatnonzero(classes == c) for c in np.unique(classes))
    ]
    kept = np.concatenate(kept) if kept else np.zeros(0, dtype=np.int64)
    return kept[np.argsort(-scores[kept], kind="stable")]


def predict_ssd(
    class_probs,
    offsets,
    anchors,
    score_threshold=0.01,
    nms_iou=0.45,
    top_k=400,
    max_detections=100,
):
    """Turn softmaxed class_probs (B, A, K+1) and offsets (B, A, 4) into one Detections an image."""
    results = []
    for probs, offset in zip(class_probs, offsets):
        boxes, scores, classes = [], [], []
        for k in range(1, probs.shape[1]):
            rows = np.flatnonzero(probs[:, k] >= score_threshold)
            rows = rows[np.argsort(-probs[rows, k], kind="stable")[:top_k]]
            decoded = clip_boxes(decode_offsets(anchors[rows], offset[rows]))
            keep = nms(decoded, probs[rows, k], nms_iou)[:max_detections]
            boxes.append(decoded[keep])
            scores.append(probs[rows[keep], k])
            classes.append(np.full(len(keep), k - 1))
        boxes, scores, classes = map(np.concatenate, (boxes, scores, classes))
        best = np.argsort(-scores, kind="stable")[:max_detections]
        results.append(Detections(boxes[best], scores[best], classes[best]))
    return results
