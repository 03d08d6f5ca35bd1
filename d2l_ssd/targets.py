# Generated from book/targets.ipynb (`make save`); do not edit.
"""Targets: what the network should predict for each anchor."""

import numpy as np

from d2l_ssd.boxes import pairwise_iou, to_centers, to_corners
from d2l_ssd.checks import (
    PADDING,
    as_anchor_offsets,
    as_anchors,
    as_anchors_and_truths,
    as_box_pairs,
    as_label_batch,
    check_match_ious,
)


def _greedy_pairs(iou):
    """Yield (ground truth, anchor), greedily from the highest IoU (M, A)."""
    for _ in range(min(iou.shape)):
        truth, anchor = divmod(iou.argmax(), iou.shape[1])
        if iou[truth, anchor] == 0:
            return
        yield truth, anchor
        iou[truth] = iou[:, anchor] = 0  # crossed out


BACKGROUND, IGNORED = -1, -2


def _match(iou, pos_iou, neg_iou):
    """Match anchors by their IoU (M, A), which is overwritten."""
    best = iou.max(axis=0, initial=0)  # (A,)
    matches = np.where(best >= neg_iou, IGNORED, BACKGROUND)
    positive = np.flatnonzero(best >= pos_iou)
    if len(positive):
        matches[positive] = iou[:, positive].argmax(axis=0)
    for truth, anchor in _greedy_pairs(iou):
        matches[anchor] = truth
    return matches


def match_anchors(anchors, truths, pos_iou=0.5, neg_iou=0.5):
    """Match every anchor with a ground-truth box or with background.

    Liu et al. (2016), section 2.2, "Matching strategy". A ground-truth box
    that overlaps no anchor at all gets none.

    Args:
        anchors: (A, 4) corners.
        truths: (M, 4) ground-truth boxes as corners, without padding.
        pos_iou: an anchor is positive from this IoU on.
        neg_iou: an anchor is ignored from this IoU on, up to `pos_iou`.

    Returns:
        (A,) int64: the index of a ground-truth box, -1 for background, -2
        for ignored.

    Raises:
        ValueError: a box is invalid or has no area, the units differ, or not
            0 < neg_iou <= pos_iou <= 1.
    """
    check_match_ious(pos_iou, neg_iou)
    anchors, truths = as_anchors_and_truths(anchors, truths)
    return _match(pairwise_iou(truths, anchors), pos_iou, neg_iou)


VARIANCES = np.array([0.1, 0.1, 0.2, 0.2], dtype=np.float32)


def _encode(anchors, boxes):
    """Encode boxes (..., 4) that are checked."""
    a, b = to_centers(anchors), to_centers(boxes)
    center = (b[..., :2] - a[..., :2]) / a[..., 2:]
    size = np.log(b[..., 2:] / a[..., 2:])
    return np.concatenate([center, size], axis=-1) / VARIANCES


def encode_offsets(anchors, boxes):
    """Encode boxes as offsets from anchors; Liu et al. (2016), equation 2.

    Args:
        anchors, boxes: (..., 4) corners, one box per anchor.

    Returns:
        (..., 4) offsets [x, y, width, height] in units of VARIANCES.

    Raises:
        ValueError: a box is invalid or has no area, or the shapes do not fit.
    """
    return _encode(*as_box_pairs(anchors, boxes))


MAX_LOG_SCALE = np.float32(np.log(1000 / 16))  # of a side: 62.5


def decode(anchors, offsets):
    """Decode offsets (..., 4) from anchors (..., 4), both checked."""
    a = to_centers(anchors)
    scaled = offsets * VARIANCES
    center = a[..., :2] + scaled[..., :2] * a[..., 2:]
    size = a[..., 2:] * np.exp(np.minimum(scaled[..., 2:], MAX_LOG_SCALE))
    return to_corners(np.concatenate([center, size], axis=-1))


def decode_offsets(anchors, offsets):
    """Decode offsets to boxes, the inverse of `encode_offsets`.

    Args:
        anchors: (..., 4) corners.
        offsets: (..., 4) in units of VARIANCES. Sides are clamped to
            exp(MAX_LOG_SCALE) = 62.5 times the anchor's.

    Returns:
        (..., 4) corners, not clipped to the image.

    Raises:
        ValueError: an anchor is invalid, an offset is not finite, or the
            shapes do not fit.
    """
    return decode(*as_anchor_offsets(anchors, offsets))


def _assign(rows, anchors, pos_iou, neg_iou):
    """Return class targets (A,), and the boxes (P, 4) of positive anchors."""
    objects = rows[rows[:, 0] != PADDING]
    iou = pairwise_iou(objects[:, 1:5], anchors)
    matches = _match(iou, pos_iou, neg_iou)
    positive = matches >= 0
    matched = objects[matches[positive]]
    classes = np.where(matches == IGNORED, -1, 0)
    classes[positive] = matched[:, 0] + 1
    return classes, matched[:, 1:5]


def ssd_targets(labels, anchors, pos_iou=0.5, neg_iou=0.5):
    """Make the training targets of a batch.

    Args:
        labels: (B, M, 5 or 6) rows [class, xmin, ymin, xmax, ymax, ...]; rows
            of class -1 are padding and may stand anywhere.
        anchors: (A, 4) corners in fractions of the image.
        pos_iou, neg_iou: see `match_anchors`.

    Returns:
        Classes (B, A) int32, 0 for background, -1 for ignored, or the class + 1;
        and offsets (B, A, 4) float32, 0 except for positive anchors.
    """
    check_match_ious(pos_iou, neg_iou)
    labels, anchors = as_label_batch(labels), as_anchors(anchors)
    classes = np.zeros((len(labels), len(anchors)), dtype=np.int32)
    boxes = [np.zeros((0, 4), labels.dtype)]
    for image, rows in enumerate(labels):
        classes[image], matched = _assign(rows, anchors, pos_iou, neg_iou)
        boxes.append(matched)
    offsets = np.zeros((*classes.shape, 4), dtype=np.float32)
    image, anchor = np.nonzero(classes > 0)
    offsets[image, anchor] = _encode(anchors[anchor], np.concatenate(boxes))
    return classes, offsets
