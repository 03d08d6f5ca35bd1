"""Boxes as (..., 4) float32 arrays [xmin, ymin, xmax, ymax] in [0, 1] of the image."""

import numpy as np


def _check_boxes(boxes, name):
    """Return `boxes` as an array; raise ValueError unless (..., 4), finite and ordered."""
    boxes = np.asarray(boxes)
    if boxes.ndim == 0 or boxes.shape[-1] != 4:
        raise ValueError(f"{name} must have shape (..., 4), got {boxes.shape}")
    # A NaN fails this comparison too
    good = (boxes[..., 2:] >= boxes[..., :2]).all(axis=-1)
    if not good.all():
        bad = boxes[~good][0].tolist()
        raise ValueError(f"{name} must have xmax >= xmin, ymax >= ymin, got {bad}")
    return boxes


def box_iou(a, b):
    """Compute the IoU of every box in a with every box in b -> (N, M)."""
    a, b = _check_boxes(a, "a"), _check_boxes(b, "b")
    return _iou(a, b)


def _iou(a, b):
    ax0, ay0, ax1, ay1 = a.T[:, :, None]
    bx0, by0, bx1, by1 = np.ascontiguousarray(b.T)
    width = np.minimum(ax1, bx1) - np.maximum(ax0, bx0)
    height = np.minimum(ay1, by1) - np.maximum(ay0, by0)
    inter = np.maximum(width, 0) * np.maximum(height, 0)
    union = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - inter
    return inter / np.maximum(union, np.finfo(inter.dtype).tiny)


def corners_to_centers(boxes):
    """[xmin, ymin, xmax, ymax] -> [x, y, width, height]."""
    boxes = np.asarray(boxes)
    low, high = boxes[..., :2], boxes[..., 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=-1)


def centers_to_corners(boxes):
    """[x, y, width, height] -> [xmin, ymin, xmax, ymax]."""
    boxes = np.asarray(boxes)
    center, half = boxes[..., :2], boxes[..., 2:] / 2
    return np.concatenate([center - half, center + half], axis=-1)


def clip_boxes(boxes):
    """Clip boxes to the image, [0, 1]."""
    return np.clip(boxes, 0, 1)
