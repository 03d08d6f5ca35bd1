"""Boxes, anchors and offsets: shape, order, area and unit."""

from __future__ import annotations

from typing import Any

import numpy as np

from d2l_ssd.checks.numbers import as_numbers, as_single, check_finite

# How far boxes may reach outside, in images: an object, and an anchor or a window
SLIGHTLY, FAR = 1, 10
SMALLEST_IMAGE = 32  # pixels of its side
SMALLEST = 1e-12  # side: a float32 still holds the area of such a box
LARGEST_OFFSET = 1e9


def as_boxes(boxes: Any, name: str) -> np.ndarray:
    """Return boxes or offsets as floats; raise unless (..., 4) and finite."""
    array = as_numbers(boxes, name)
    if array.ndim == 0 or array.shape[-1] != 4:
        raise ValueError(f"{name} must have shape (..., 4), got {array.shape}")
    check_finite(array, name)
    return array


def as_box_list(boxes: Any, name: str) -> np.ndarray:
    """Return boxes as a float array; raise unless they are (N, 4)."""
    array = as_numbers(boxes, name)
    if array.shape == (0,):  # an empty list
        array = array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} must have shape (N, 4), got {array.shape}")
    return array


def as_corners(boxes: Any, name: str) -> np.ndarray:
    """Return boxes (..., 4) whose corners are finite and in order."""
    array = as_boxes(boxes, name)
    check_corners(array, name)
    return array


def as_corner_list(boxes: Any, name: str) -> np.ndarray:
    """Return boxes (N, 4) whose corners are finite and in order."""
    array = as_box_list(boxes, name)
    check_corners(array, name)
    return array


def as_centers(boxes: Any, name: str) -> np.ndarray:
    """Return boxes (..., 4) [x, y, width, height] of no negative size."""
    array = as_boxes(boxes, name)
    if array[..., 2:].min(initial=0) < 0:
        bad = array[(array[..., 2:] < 0).any(axis=-1)][0].tolist()
        raise ValueError(
            f"{name} must have boxes [x, y, width, height] with a width and height "
            f"of 0 or more, got {bad}"
        )
    return array


def _columns(boxes: np.ndarray) -> np.ndarray:
    """Return xmin, ymin, xmax and ymax of all boxes (..., 4) as rows (4, N).

    So stored, comparisons are fast enough for a hot path.
    """
    return np.ascontiguousarray(boxes.reshape(-1, 4).T)


def check_corners(boxes: np.ndarray, name: str) -> None:
    """Raise for a number that is not finite, and for corners in the wrong order."""
    columns = _columns(boxes)
    # A NaN fails this comparison too
    good = columns[2:] >= columns[:2]
    if not good.all():
        check_finite(columns, name)
        bad = columns[:, ~good.all(axis=0)][:, 0].tolist()
        raise ValueError(
            f"{name} must have boxes [xmin, ymin, xmax, ymax] with xmax >= xmin "
            f"and ymax >= ymin, got {bad}"
        )
    check_finite(columns, name)


def check_area(boxes: np.ndarray, name: str) -> None:
    """Raise for a box (..., 4) whose width or height is not positive."""
    columns = _columns(boxes)
    sizes = columns[2:] - columns[:2]
    if not sizes.min(initial=1) > SMALLEST:
        check_corners(boxes, name)
        bad = columns[:, ~(sizes > SMALLEST).all(axis=0)][:, 0].tolist()
        raise ValueError(
            f"{name} must have boxes with a positive width and height, got "
            f"{bad}: drop boxes without area"
        )


def check_fractions(boxes: np.ndarray, name: str, outside: float) -> None:
    """Raise for boxes (N, 4) that reach so far outside that they are pixels."""
    low, high = boxes.min(initial=0), boxes.max(initial=0)
    if not (low >= -outside and high <= 1 + outside):
        good = (boxes >= -outside) & (boxes <= 1 + outside)
        bad = boxes[~good.all(axis=1)][0].tolist()
        raise ValueError(
            f"{name} must have boxes in fractions of the image, from 0 to 1, got "
            f"{bad}, which looks like pixels: divide x by the image's width and "
            "y by its height"
        )


def as_anchors(anchors: Any, name: str = "anchors") -> np.ndarray:
    """Return anchors (A, 4) as float32 fractions of the image, with an area."""
    array = as_box_list(as_single(anchors, name), name)
    check_finite(array, name)
    check_area(array, name)
    check_fractions(array, name, FAR)
    return array


def as_box_pairs(anchors: Any, boxes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors and boxes (..., 4), one for each other, with an area."""
    anchors, boxes = as_boxes(anchors, "anchors"), as_boxes(boxes, "boxes")
    check_area(anchors, "anchors")
    check_area(boxes, "boxes")
    _check_fit(anchors, boxes, "boxes")
    return anchors, boxes


def as_anchor_offsets(
    anchors: Any, offsets: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors and offsets (..., 4), one for each other."""
    anchors, offsets = (
        as_boxes(anchors, "anchors"),
        as_boxes(offsets, "offsets"),
    )
    check_area(anchors, "anchors")
    check_finite(offsets, "offsets", LARGEST_OFFSET)
    _check_fit(anchors, offsets, "offsets")
    return anchors, offsets


def _check_fit(anchors: np.ndarray, others: np.ndarray, name: str) -> None:
    """Raise unless every anchor has one of the others."""
    if anchors.shape == others.shape:
        return
    try:
        np.broadcast_shapes(anchors.shape, others.shape)
    except ValueError:
        raise ValueError(
            f"anchors and {name} must have the same shape, got {anchors.shape} "
            f"and {others.shape}"
        ) from None


def as_window(window: Any) -> np.ndarray:
    """Return the box (4,) of a window, in fractions of the image."""
    box = as_corners(window, "window")
    if box.shape != (4,):
        raise ValueError(f"window must have shape (4,), got {box.shape}")
    check_fractions(box[None], "window", FAR)
    return box


def as_pixel_window(window: Any, image: np.ndarray) -> np.ndarray:
    """Return a window (4,), given as fractions of an image, in whole pixels."""
    box = as_window(window)
    pixels = np.round(box * np.tile(image.shape[1::-1], 2)).astype(int)
    if (pixels[2:] <= pixels[:2]).any():
        raise ValueError(f"window must hold a pixel, got {box}")
    return pixels


def as_drawn_boxes(boxes: Any) -> np.ndarray:
    """Return boxes (N, 4), or a single one, in fractions of the image."""
    array = as_numbers(boxes, "boxes")
    array = array[None] if array.shape == (4,) else array
    array = as_corner_list(array, "boxes")
    check_fractions(array, "boxes", FAR)
    return array


def as_two_box_lists(a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes a (N, 4) and b (M, 4), corners in order, of one float type."""
    a, b = as_corner_list(a, "a"), as_corner_list(b, "b")
    dtype = np.result_type(a, b)
    return a.astype(dtype, copy=False), b.astype(dtype, copy=False)


def as_fractions(boxes: Any, name: str) -> np.ndarray:
    """Return boxes (..., 4) in fractions of the image, corners in order."""
    array = as_corners(boxes, name)
    check_fractions(array.reshape(-1, 4), name, FAR)
    return array


def check_same_unit(boxes: dict[str, np.ndarray]) -> None:
    """Raise if one of two lists of boxes is in fractions and the other in pixels.

    Args:
        boxes: two arrays (N, 4) by the names of the arguments.
    """
    for name, other in (list(boxes), list(boxes)[::-1]):
        if are_fractions(boxes[name]):
            check_fractions(boxes[other], other, FAR)


def are_fractions(boxes: np.ndarray) -> bool:
    """Tell whether boxes (N, 4) cannot be in pixels, as nothing is that small."""
    return bool(
        boxes.size and boxes.max() <= 1 + SLIGHTLY and _has_fractions(boxes)
    )


def as_anchors_and_truths(
    anchors: Any, truths: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors (A, 4) and ground-truth boxes (M, 4) in the same unit."""
    anchors = as_box_list(anchors, "anchors")
    truths = as_box_list(truths, "truths")
    for name, boxes in (("anchors", anchors), ("truths", truths)):
        check_finite(boxes, name)
        check_area(boxes, name)
    if anchors.size and truths.size:
        # Whole numbers alone may be small boxes in pixels
        farthest = max(anchors.max(), -anchors.min())
        if farthest > 1 + FAR:
            if truths.max() <= 1 and _has_fractions(truths):
                check_fractions(anchors, "anchors", FAR)
        elif farthest <= 1 + SLIGHTLY:
            if _has_fractions(anchors) or truths.max() > SMALLEST_IMAGE:
                check_fractions(truths, "truths", SLIGHTLY)
    return anchors, truths


def _has_fractions(boxes: np.ndarray) -> bool:
    """Tell whether a coordinate lies inside the image, in fractions of it."""
    return bool(((boxes > 0) & (boxes < 1)).any())
