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
    """Convert boxes from corners to centers and sizes.

    Args:
        boxes: (..., 4) array [xmin, ymin, xmax, ymax].

    Returns:
        (..., 4) array [x, y, width, height] in the same unit.

    Raises:
        ValueError: a box is invalid, or the last axis does not have
            length 4.
    """
    return to_centers(as_corners(boxes, "boxes"))


def to_centers(corners):
    """Convert boxes (..., 4) that are checked, or valid as they were made."""
    low, high = corners[..., :2], corners[..., 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=-1)


def centers_to_corners(boxes):
    """Convert boxes from centers and sizes to corners.

    Args:
        boxes: (..., 4) array [x, y, width, height].

    Returns:
        (..., 4) array [xmin, ymin, xmax, ymax] in the same unit.

    Raises:
        ValueError: a width or height is negative, or the last axis does
            not have length 4.
    """
    return to_corners(as_centers(boxes, "boxes"))


def to_corners(centers):
    """Convert boxes (..., 4) that are checked, or valid as they were made."""
    center, half = centers[..., :2], centers[..., 2:] / 2
    return np.concatenate([center - half, center + half], axis=-1)


def _split_boxes(boxes, dtype):
    """Split boxes (N, 4) into xmin, ymin, xmax, ymax and the area."""
    # One coordinate after the other in memory: all that follows is faster
    coordinates = np.ascontiguousarray(boxes.T, dtype)  # (4, N)
    size = coordinates[2:] - coordinates[:2]
    return *coordinates, size[0] * size[1]


def _overlap(a_low, a_high, b_low, b_high):
    """Return the length that each interval of a shares with each of b."""
    overlap = np.minimum(a_high[:, None], b_high)  # (N, M)
    overlap -= np.maximum(a_low[:, None], b_low)
    return np.maximum(overlap, 0, out=overlap)


def box_iou(a, b):
    """Compute the IoU of every box in a with every box in b.

    Args:
        a: (N, 4) array [xmin, ymin, xmax, ymax].
        b: (M, 4) array in the same unit.

    Returns:
        (N, M) array in [0, 1]. Two boxes without area have IoU 0.

    Raises:
        ValueError: a or b is not (N, 4), or has NaN or an inverted box.
    """
    return pairwise_iou(*as_two_box_lists(a, b))


def pairwise_iou(a, b):
    """Compute what `box_iou` does, of boxes (N, 4) and (M, 4) that are checked."""
    dtype = np.result_type(a, b)
    a_xmin, a_ymin, a_xmax, a_ymax, a_area = _split_boxes(a, dtype)
    b_xmin, b_ymin, b_xmax, b_ymax, b_area = _split_boxes(b, dtype)
    # In place: this runs for every image of every step
    iou = _overlap(a_xmin, a_xmax, b_xmin, b_xmax)
    iou *= _overlap(a_ymin, a_ymax, b_ymin, b_ymax)
    union = a_area[:, None] + b_area
    union -= iou
    iou /= np.maximum(union, np.finfo(union.dtype).tiny, out=union)
    return iou


def clip_boxes(boxes):
    """Clip boxes (..., 4) to the image: every coordinate to [0, 1].

    Nothing may be left of a box outside: see `has_area`.

    Raises:
        ValueError: the last axis does not have length 4, or a number is not
            finite.
    """
    return np.clip(as_boxes(boxes, "boxes"), 0, 1)


def has_area(boxes):
    """Tell which boxes (..., 4) have a positive width and height, (...,) bools.

    Raises:
        ValueError: the last axis does not have length 4, or a number is not
            finite.
    """
    boxes = as_boxes(boxes, "boxes")
    return (boxes[..., 2:] - boxes[..., :2] > SMALLEST).all(axis=-1)


def flip_boxes(boxes):
    """Mirror normalized boxes (..., 4) left to right, as their image is.

    xmin and xmax change places: the new xmin is 1 - xmax.

    Raises:
        ValueError: a box is invalid, or looks like pixels.
    """
    flipped = as_fractions(boxes, "boxes").copy()
    flipped[..., [0, 2]] = 1 - flipped[..., [2, 0]]
    return flipped
