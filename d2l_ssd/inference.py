# Generated from book/inference.ipynb (`make save`); do not edit.
"""Inference: from a network's outputs to detections."""

import numpy as np

from d2l_ssd.boxes import clip_boxes, has_area, pairwise_iou
from d2l_ssd.checks import (
    as_class_list,
    as_indices,
    as_limit,
    as_logits,
    as_outputs,
    as_scored_boxes,
    as_weights,
    check_fraction,
)
from d2l_ssd.detections import Detections
from d2l_ssd.targets import decode


def softmax(logits):
    """Turn logits (..., K+1) into probabilities (..., K+1) along the last axis.

    Raises:
        ValueError: a logit is NaN or infinite.
    """
    logits = as_logits(logits)
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _suppress(boxes, scores, iou_threshold):
    """Suppress boxes that are checked, see `nms`."""
    order = np.argsort(-scores, kind="stable")
    ordered = boxes[order]
    apart = pairwise_iou(ordered, ordered) <= iou_threshold  # (N, N)
    keep = np.ones(len(order), dtype=bool)
    for i in range(len(order)):
        if keep[i]:
            keep[i + 1 :] &= apart[i, i + 1 :]
    return order[keep]


def nms(boxes, scores, iou_threshold):
    """Keep the best of boxes that overlap.

    Args:
        boxes: (N, 4) corners.
        scores: (N,) the higher the better; ties go to the lower index.
        iou_threshold: a box that overlaps a kept one by more than this goes.

    Returns:
        (n,) int64 indices of the kept boxes, best first.

    Raises:
        ValueError: `scores` does not hold N finite numbers, a box is invalid,
            or the threshold is not in [0, 1].
    """
    boxes, scores = as_scored_boxes(boxes, scores)
    check_fraction(iou_threshold=iou_threshold, zero=True)
    return _suppress(boxes, scores, iou_threshold)


def _suppress_by_class(boxes, scores, classes, iou_threshold):
    """Suppress boxes that are checked, see `batched_nms`."""
    keep = np.zeros(len(boxes), dtype=bool)
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        kept = _suppress(boxes[rows], scores[rows], iou_threshold)
        keep[rows[kept]] = True
    kept = np.flatnonzero(keep)
    return kept[np.argsort(-scores[kept], kind="stable")]


def batched_nms(boxes, scores, classes, iou_threshold):
    """Suppress boxes within each class only.

    Args:
        boxes, scores, iou_threshold: see `nms`.
        classes: (N,) integers from 0.

    Returns:
        (n,) int64 indices of the kept boxes of all classes, best first.

    Raises:
        ValueError: `classes` does not hold N integers, or as `nms`.
    """
    boxes, scores = as_scored_boxes(boxes, scores)
    classes = as_class_list(classes, len(boxes))
    check_fraction(iou_threshold=iou_threshold, zero=True)
    return _suppress_by_class(boxes, scores, classes, iou_threshold)


def select_candidates(scores, score_threshold, top_k):
    """Select the candidates of one image: the best anchors of each class.

    Args:
        scores: (K, A) probabilities of the classes, without background.
        score_threshold, top_k: see `predict_ssd`, which checks them.

    Returns:
        anchors (N,) and classes (N,), int64: class by class, best score first.
    """
    rows, classes = [], []
    for label, column in enumerate(scores):
        over = np.flatnonzero(column >= score_threshold)
        if top_k is not None and top_k < len(over):
            # To sort few is faster; those as good as the last are among them
            last = np.partition(column[over], -top_k)[-top_k]
            over = over[column[over] >= last]
        best = np.argsort(-column[over], kind="stable")[:top_k]
        rows.append(over[best])
        classes.append(np.full(len(best), label))
    return np.concatenate(rows), np.concatenate(classes)


def decode_candidates(class_probs, offsets, anchors, score_threshold, top_k):
    """Decode the candidates of one image: what enters NMS.

    Args:
        class_probs, offsets: (A, K+1) and (A, 4), one image's outputs.
        anchors, score_threshold, top_k: see `predict_ssd`, which checks them.

    Returns:
        Detections, class by class, best score first. Boxes are clipped to the
        image; those of which nothing is left are dropped.
    """
    scores = class_probs[:, 1:].T  # (K, A)
    rows, classes = select_candidates(scores, score_threshold, top_k)
    boxes = clip_boxes(decode(anchors[rows], offsets[rows]))
    inside = has_area(boxes)
    rows, classes = rows[inside], classes[inside]
    return Detections(boxes[inside], scores[classes, rows], classes)


def detect_image(
    probs, offsets, anchors, score_threshold, nms_iou, top_k, max_detections
):
    """Detect objects in one image; see `predict_ssd`, which checks its input."""
    found = decode_candidates(probs, offsets, anchors, score_threshold, top_k)
    best = _suppress_by_class(*found, nms_iou)[:max_detections]
    return Detections(*(column[best] for column in found))


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
        anchors: (A, 4) corners in fractions of the image.
        score_threshold: the lowest probability of a detection.
        nms_iou: see `nms`.
        top_k: candidates per class that enter NMS; None for all.
        max_detections: the most detections that an image may have; None for
            all.
        vote_iou: candidates with at least this IoU move a kept box, see
            `vote_boxes`. If None, boxes stay as they are.

    Returns:
        A list of B Detections, one per image. Their boxes lie in the image and
        have an area: what lies beside the image is dropped before NMS. No two
        of a class overlap by more than `nms_iou`; where they were moved, by
        more than it or `vote_iou`, if that is higher.

    Raises:
        ValueError: the shapes do not fit, `class_probs` does not hold
            probabilities, an offset is not finite, or a threshold or limit is
            out of range.
    """
    class_probs, offsets, anchors = as_outputs(class_probs, offsets, anchors)
    check_fraction(score_threshold=score_threshold, nms_iou=nms_iou, zero=True)
    limits = (
        as_limit(top_k, "top_k"),
        as_limit(max_detections, "max_detections"),
    )
    options = [anchors, score_threshold, nms_iou, *limits]
    detect = detect_image
    if vote_iou is not None:
        check_fraction(vote_iou=vote_iou)
        detect = detect_by_vote
        options.append(vote_iou)
    return [detect(*output, *options) for output in zip(class_probs, offsets)]


def vote_boxes(boxes, scores, classes, kept, iou_threshold):
    """Move kept boxes to the mean of the candidates that overlap them well.

    Gidaris and Komodakis (2015), section 4, "Bounding box voting".

    Args:
        boxes: (N, 4) corners of all candidates.
        scores: (N,) their weights, not negative.
        classes: (N,) integers; only boxes of its own class move a box.
        kept: (n,) indices of the boxes to move.
        iou_threshold: in (0, 1]; a candidate counts if its IoU with the kept
            box is at least this. The kept box itself always counts.

    Returns:
        (n, 4) float64 corners.

    Raises:
        ValueError: as `batched_nms`, or `kept` is no list of indices.
    """
    boxes, scores = as_weights(boxes, scores)
    classes = as_class_list(classes, len(boxes))
    kept = as_indices(kept, len(boxes), "kept")
    check_fraction(iou_threshold=iou_threshold)
    return _vote(boxes, scores, classes, kept, iou_threshold)


TINY = np.finfo(np.float32).tiny


def _vote(boxes, scores, classes, kept, iou_threshold):
    """Move boxes that are checked, see `vote_boxes`."""
    boxes, scores = boxes.astype(np.float64), scores.astype(np.float64)
    near = pairwise_iou(boxes[kept], boxes) >= iou_threshold  # (n, N)
    same = classes[kept][:, None] == classes
    weights = near * same * scores
    # Also a box without a vote stays somewhere: where it is
    weights[np.arange(len(kept)), kept] = np.maximum(scores[kept], TINY)
    return weights @ boxes / weights.sum(axis=1, keepdims=True)


def detect_by_vote(
    probs,
    offsets,
    anchors,
    score_threshold,
    nms_iou,
    top_k,
    max_detections,
    vote_iou,
):
    """Detect as `detect_image` does, then move the boxes by a vote."""
    found = decode_candidates(probs, offsets, anchors, score_threshold, top_k)
    best = _suppress_by_class(*found, nms_iou)[:max_detections]
    moved = _vote(*found, best, vote_iou).astype(np.float32)
    kept = Detections(moved, found.scores[best], found.classes[best])
    # Two that would vote for each other now are one
    best = _suppress_by_class(*kept, max(nms_iou, vote_iou))
    return Detections(*(column[best] for column in kept))
