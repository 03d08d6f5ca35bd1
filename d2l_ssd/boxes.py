# Generated from book/data.ipynb (`make save`); do not edit.
"""Boxes: arrays (..., 4) [xmin, ymin, xmax, ymax] in [0, 1] of the image."""

import numpy as np

from d2l_ssd.checks import (
    SMALLEST,
    as_boxes,
    as_centers,
    as_corners,
    as_fractions,
    as_two_box_lists,
)


def corners_to_centers(boxes):
    """Convert boxes (..., 4) from corners to [x, y, width, height]."""
    return to_centers(as_corners(boxes, "boxes"))


def to_centers(corners):
    """Convert boxes (..., 4) that are known to be valid."""
    low, high = corners[..., :2], corners[..., 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=-1)


def centers_to_corners(boxes):
    """Convert boxes (..., 4) from [x, y, width, height] to corners."""
    return to_corners(as_centers(boxes, "boxes"))


def to_corners(centers):
    """Convert boxes (..., 4) that are known to be valid."""
    center, half = centers[..., :2], centers[..., 2:] / 2
    return np.concatenate([center - half, center + half], axis=-1)


def shared_length(a, b):
    """Compute the length that intervals a (N, 2) share with b (M, 2)."""
    shared = np.minimum(a[:, None, 1], b[:, 1])  # (N, M)
    shared -= np.maximum(a[:, None, 0], b[:, 0])
    return np.maximum(shared, 0, out=shared)


def pairwise_iou(a, b):
    """Compute the IoU (N, M) of boxes (N, 4) and (M, 4) that are valid."""
    shared = shared_length(a[:, 0::2], b[:, 0::2])  # along x
    shared *= shared_length(a[:, 1::2], b[:, 1::2])  # times along y
    area_a, area_b = ((c[:, 2:] - c[:, :2]).prod(axis=1) for c in (a, b))
    union = area_a[:, None] + area_b
    union -= shared
    shared /= np.maximum(union, np.finfo(union.dtype).tiny, out=union)
    return shared


def box_iou(a, b):
    """Compute the IoU of every box in a with every box in b.

    Args:
        a: (N, 4) array [xmin, ymin, xmax, ymax].
        b: (M, 4) array in the same unit.

    Returns:
        (N, M) array in [0, 1]. Two boxes without area have IoU 0.
    """
    return pairwise_iou(*as_two_box_lists(a, b))


def clip_boxes(boxes):
    """Clip boxes (..., 4) to the image; nothing may be left of one outside."""
    return np.clip(as_boxes(boxes, "boxes"), 0, 1)


def has_area(boxes):
    """Tell which boxes (..., 4) have a positive width and height."""
    boxes = as_boxes(boxes, "boxes")
    return (boxes[..., 2:] - boxes[..., :2] > SMALLEST).all(axis=-1)


def flip_boxes(boxes):
    """Mirror boxes (..., 4) left to right: the new xmin is 1 - xmax."""
    flipped = as_fractions(boxes, "boxes").copy()
    flipped[..., [0, 2]] = 1 - flipped[..., [2, 0]]
    return flipped
