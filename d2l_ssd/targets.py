import numpy as np

from d2l_ssd.boxes import box_iou, centers_to_corners, corners_to_centers

VARIANCES = np.array([0.1, 0.1, 0.2, 0.2], dtype=np.float32)
MAX_LOG_SCALE = np.float32(np.log(1000 / 16))


def match_anchors(anchors, truths, pos_iou=0.5, neg_iou=0.5):
    """Match anchors (A, 4) with truths (M, 4) -> (A,) int64: truth index, -1 background, -2 ignored."""
    matches = np.full(len(anchors), -1, dtype=np.int64)
    if len(truths) == 0:
        return matches
    iou = box_iou(truths, anchors)  # (M, A)
    best_truth, best_iou = iou.argmax(axis=0), iou.max(axis=0)
    matches[best_iou >= neg_iou] = -2
    positive = best_iou >= pos_iou
    matches[positive] = best_truth[positive]
    for _ in range(len(truths)):
        truth, anchor = np.unravel_index(iou.argmax(), iou.shape)
        matches[anchor] = truth
        iou[truth, :] = -1
        iou[:, anchor] = -1
    return matches


def encode_offsets(anchors, boxes):
    """Offsets (..., 4) that move anchors onto boxes."""
    a, b = corners_to_centers(anchors), corners_to_centers(boxes)
    center = (b[..., :2] - a[..., :2]) / a[..., 2:]
    scale = np.log(b[..., 2:] / a[..., 2:])
    return np.concatenate([center, scale], axis=-1) / VARIANCES


def decode_offsets(anchors, offsets):
    """Boxes (..., 4) that offsets make of anchors; clamps before exp."""
    a = corners_to_centers(anchors)
    offsets = offsets * VARIANCES
    center = a[..., :2] + offsets[..., :2] * a[..., 2:]
    size = a[..., 2:] * np.exp(np.minimum(offsets[..., 2:], MAX_LOG_SCALE))
    return centers_to_corners(np.concatenate([center, size], axis=-1))


def ssd_targets(labels, anchors, pos_iou=0.5, neg_iou=0.5):
    """Class targets (B, A) int32 and offset targets (B, A, 4) float32 of labels (B, M, 5 or 6)."""
    classes = np.zeros((len(labels), len(anchors)), dtype=np.int32)
    offsets = np.zeros((len(labels), len(anchors), 4), dtype=np.float32)
    for image, rows in enumerate(labels):
        truths = rows[rows[:, 0] >= 0]
        matches = match_anchors(anchors, truths[:, 1:5], pos_iou, neg_iou)
        positive = np.flatnonzero(matches >= 0)
        matched = truths[matches[positive]]
        classes[image, matches == -2] = -1
        classes[image, positive] = matched[:, 0] + 1
        offsets[image, positive] = encode_offsets(anchors[positive], matched[:, 1:5])
    return classes, offsets
