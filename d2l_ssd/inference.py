# Generated from book/inference.ipynb (`make save`); do not edit.
"""Inference: from a network's outputs to detections."""

import numpy as np

from d2l_ssd.boxes import box_iou, clip_boxes
from d2l_ssd.detections import Detections
from d2l_ssd.targets import decode_offsets


def softmax(logits):
    """Turn logits (..., K+1) into probabilities (..., K+1) along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def nms(boxes, scores, iou_threshold):
    """Keep the best of boxes that overlap.

    Args:
        boxes: (N, 4) corners.
        scores: (N,) the higher the better; of equal scores the first comes first.
        iou_threshold: a box that overlaps a kept one by more than this goes.

    Returns:
        (n,) int64 indices of the kept boxes, best first.

    Raises:
        ValueError: `scores` does not hold N numbers, or a box is invalid.
    """
    scores = np.asarray(scores)
    if scores.shape != (len(boxes),) or np.isnan(scores).any():
        raise ValueError(
            f"scores must be {len(boxes)} numbers, one per box, got {scores}"
        )
    order = np.argsort(-scores, kind="stable")
    ordered = np.asarray(boxes)[order]
    overlaps = box_iou(ordered, ordered) > iou_threshold  # (N, N)
    keep = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if keep[i]:
            keep[i + 1 :] &= ~overlaps[i, i + 1 :]
    return order[keep]


def batched_nms(boxes, scores, classes, iou_threshold):
    """Suppress boxes within each class only.

    Args:
        boxes, scores, iou_threshold: see `nms`.
        classes: (N,) integers.

    Returns:
        (n,) int64 indices of the kept boxes of all classes, best first.

    Raises:
        ValueError: `classes` does not hold N numbers, or as `nms`.
    """
    scores, classes = np.asarray(scores), np.asarray(classes)
    if classes.shape != (len(boxes),):
        raise ValueError(
            f"classes must be {len(boxes)} integers, one per box, got {classes}"
        )
    keep = np.zeros(len(boxes), dtype=bool)
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        keep[rows[nms(boxes[rows], scores[rows], iou_threshold)]] = True
    kept = np.flatnonzero(keep)
    return kept[np.argsort(-scores[kept], kind="stable")]


def vote_boxes(boxes, scores, classes, kept, iou_threshold):
    """Move kept boxes to the mean of the candidates that overlap them well.

    Gidaris and Komodakis (2015), section 4, "Bounding box voting".

    Args:
        boxes: (N, 4) corners of all candidates.
        scores: (N,) their weights, positive.
        classes: (N,) integers; a box is moved by boxes of its own class only.
        kept: (n,) indices of the boxes to move.
        iou_threshold: above 0; a candidate counts if its IoU with the kept box
            is at least this.

    Returns:
        (n, 4) corners.
    """
    near = box_iou(boxes[kept], boxes) >= iou_threshold  # (n, N)
    same = classes[kept][:, None] == classes
    weights = near * same * scores
    return weights @ boxes / weights.sum(axis=1, keepdims=True)


def predict_ssd(
    class_probs,
    offsets,
    anchors,
    score_threshold=0.01,
    nms_iou=0.45,
    top_k=400,
    max_detections=100,
    vote_iou=None,
):
    """Turn a network's outputs for a batch into detections.

    Liu et al. (2016), section 3.1: per class the `top_k` best of at least
    `score_threshold`, NMS, then the best `max_detections` of all classes.

    Args:
        class_probs: (B, A, K+1) probabilities, after softmax; class 0 is
            background.
        offsets: (B, A, 4) as predicted, see `decode_offsets`.
        anchors: (A, 4) corners.
        score_threshold: the lowest probability of a detection.
        nms_iou: see `nms`.
        top_k: candidates per class that enter NMS.
        max_detections: the most detections that an image may have.
        vote_iou: candidates with at least this IoU move a kept box, see
            `vote_boxes`. If None, boxes stay as they are.

    Returns:
        A list of B Detections, one per image.

    Raises:
        ValueError: the shapes do not fit, or `class_probs` does not hold
            probabilities.
    """
    _check_outputs(class_probs, offsets, anchors)
    results = []
    for probs, offset in zip(class_probs, offsets):
        scores = probs[:, 1:].T  # (K, A)
        rows, classes = select_candidates(scores, score_threshold, top_k)
        boxes = clip_boxes(decode_offsets(anchors[rows], offset[rows]))
        scores = scores[classes, rows]
        best = batched_nms(boxes, scores, classes, nms_iou)[:max_detections]
        moved = boxes[best]
        if vote_iou:
            moved = vote_boxes(boxes, scores, classes, best, vote_iou)
        results.append(Detections(moved, scores[best], classes[best]))
    return results


def select_candidates(scores, score_threshold, top_k):
    """Select the candidates of one image: the best anchors of each class.

    Args:
        scores: (K, A) probabilities of the classes, without background.
        score_threshold: the lowest score of a candidate.
        top_k: the most candidates per class.

    Returns:
        anchors (N,) and classes (N,), int64: class by class, in a class best
        score first; of equal scores the first anchor comes first.
    """
    rows, classes = [], []
    for label, column in enumerate(scores):
        over = np.flatnonzero(column >= score_threshold)
        best = np.argsort(-column[over], kind="stable")[:top_k]
        rows.append(over[best])
        classes.append(np.full(len(best), label))
    return np.concatenate(rows), np.concatenate(classes)


def _check_outputs(class_probs, offsets, anchors):
    """Raise unless shapes fit and `class_probs` holds probabilities."""
    batch, count = class_probs.shape[:2]
    if offsets.shape != (batch, count, 4) or anchors.shape != (count, 4):
        raise ValueError(
            "class_probs, offsets and anchors must have shapes (B, A, K+1), "
            f"(B, A, 4) and (A, 4), got {class_probs.shape}, {offsets.shape} and "
            f"{anchors.shape}"
        )
    low, high = class_probs.min(initial=0), class_probs.max(initial=0)
    if not (low >= 0 and high <= 1 + 1e-3):
        raise ValueError(
            "class_probs must be probabilities, got values from "
            f"{low} to {high}: apply softmax to the logits first"
        )
