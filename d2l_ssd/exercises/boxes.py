"""Exercises of the chapter on boxes and data: boxes."""

from __future__ import annotations

import numpy as np

from d2l_ssd.boxes import (
    box_iou,
    centers_to_corners,
    clip_boxes,
    corners_to_centers,
    flip_boxes,
)
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import given_boxes, moved_boxes
from d2l_ssd.exercises.scenes import BOX, boxes, pick_box, pick_boxes, several

COORDINATES = ("xmin", "ymin", "xmax", "ymax")
CENTERS = ("x", "y", "width", "height")
BOXES = Part("(N, 4)", row="box", columns=COORDINATES)
FAR_OUT = (-2, 4, 0, 9, -4)  # eighths; low sides of boxes that may lie outside


def _areas(a):
    return (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])


def _iou(a, b, overlap=None, union=None, smallest=1e-12):
    """Compute IoUs with another rule for the overlap's sides, or for the union."""
    sides = np.minimum(a[:, None, 2:], b[:, 2:])
    sides = sides - np.maximum(a[:, None, :2], b[:, :2])
    inside = overlap(sides) if overlap else np.maximum(sides, 0).prod(axis=2)
    both = _areas(a)[:, None] + _areas(b)
    covered = union(both, inside) if union else both - inside
    return inside / np.maximum(covered, smallest)


def _flat_box(pick):
    """Pick the corners of a box that may have no area."""
    return pick_box(pick, (4, 2, 1, 3, 6, 0))


BOX_IOU = Exercise(
    name="box_iou",
    arguments=("a", "b"),
    parts=(Part("(N, M)", row="a", columns=("b 0", "b 1", "b 2")),),
    answer=box_iou,
    scene=lambda pick: (
        boxes(*several(pick, _flat_box, 1, 3)),
        boxes(*several(pick, _flat_box, 1, 3)),
    ),
    first=(
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([4, 2, 8, 6])),
        (boxes([0, 0, 2, 2]), boxes([4, 4, 8, 8])),
        (boxes([0, 0, 2, 6]), boxes([4, 1, 8, 3])),
        (boxes([2, 2, 6, 6]), boxes([1, 1, 3, 3], [2, 2, 4, 6])),
        (boxes([2, 2, 2, 6]), boxes([2, 2, 2, 6])),
    ),
    counted={"a": ("box a", "boxes a"), "b": ("box b", "boxes b")},
    mistakes={
        "two negative sides whose product is a positive overlap: clip the "
        "sides at 0 before multiplying them": lambda a, b: _iou(
            a, b, lambda sides: sides.prod(axis=2)
        ),
        "a product of two sides that is clipped at 0 only afterwards: two negative "
        "sides make a positive product, so clip each side": lambda a, b: _iou(
            a, b, lambda sides: np.maximum(sides.prod(axis=2), 0)
        ),
        "a union that counts the overlap twice: subtract it once": lambda a, b: (
            _iou(a, b, union=lambda both, inside: both)
        ),
        "the overlap divided by the smaller area: divide it by the union": lambda a, b: (
            _iou(
                a,
                b,
                union=lambda both, inside: np.minimum(
                    _areas(a)[:, None], _areas(b)
                ),
            )
        ),
        "the table of b against a: the rows belong to a": lambda a, b: box_iou(
            b, a
        ),
        "a comparison of the first box with the first, the second with the "
        "second, and so on: compare every pair": lambda a, b: np.diag(
            box_iou(a, b)
        ),
        "sides computed as for pixels, max − min + 1: fractions of an image"
        " need no + 1": lambda a, b: _inclusive_iou(a, b),
        "a division of 0 by 0 for two boxes without area": lambda a, b: _iou(
            a, b, smallest=0
        ),
    },
    draw=lambda a, b, result: (
        given_boxes(a, "a ", 0) + given_boxes(b, "b ", 1, dashed=True, low=True)
    ),
)


def _inclusive_iou(a, b):
    sides = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(
        a[:, None, :2], b[:, :2]
    )
    inside = np.maximum(sides + 1, 0).prod(axis=2)
    areas = [(c[:, 2:] - c[:, :2] + 1).prod(axis=1) for c in (a, b)]
    return inside / (areas[0][:, None] + areas[1] - inside)


def _outside_box(pick):
    """Pick the corners of a box that may lie outside the image."""
    x, y = pick(FAR_OUT), pick(FAR_OUT)
    return [x, y, x + pick((4, 2, 6, 12)), y + pick((4, 2, 6, 12))]


CLIP_BOXES = Exercise(
    name="clip_boxes",
    arguments=("boxes",),
    parts=(BOXES,),
    answer=clip_boxes,
    scene=lambda pick: (boxes(*several(pick, _outside_box, 1, 3)),),
    first=(
        (boxes([-2, 2, 4, 6]),),
        (boxes([2, 4, 6, 12]),),
        (boxes([2, 2, 6, 6]),),
        (boxes([9, 2, 12, 6]),),
        (boxes([-4, 2, -2, 6]),),
    ),
    counted=BOX,
    mistakes={
        "clipping at 0 only: what is above 1 must become 1": lambda b: (
            np.maximum(b, 0)
        ),
        "clipping at 1 only: what is below 0 must become 0": lambda b: (
            np.minimum(b, 1)
        ),
        "low corners clipped at 0 only and high corners at 1 only: a box "
        "that lies completely outside then stays there": lambda b: (
            np.concatenate(
                [np.maximum(b[:, :2], 0), np.minimum(b[:, 2:], 1)], axis=1
            )
        ),
        "boxes moved into the image instead of cut off at its border": lambda b: (
            b - np.tile(np.minimum(b[:, :2], 0), 2)
        ),
        "boxes outside the image dropped: return one row per box": lambda b: (
            np.clip(b, 0, 1)[(b[:, 2] > 0) & (b[:, 0] < 1)]
        ),
    },
    draw=lambda given, result: moved_boxes(given, result),
)


CORNERS_TO_CENTERS = Exercise(
    name="corners_to_centers",
    arguments=("boxes",),
    parts=(Part("(N, 4)", row="box", columns=CENTERS),),
    answer=corners_to_centers,
    scene=lambda pick: (pick_boxes(pick),),
    first=(
        (boxes([2, 2, 6, 6]),),
        (boxes([1, 2, 4, 8]),),
        (boxes([0, 0, 4, 2]),),
    ),
    counted=BOX,
    mistakes={
        "half of the size used as the center: add the two corners, then "
        "divide by 2": lambda b: np.concatenate(
            [(b[:, 2:] - b[:, :2]) / 2, b[:, 2:] - b[:, :2]], axis=1
        ),
        "the lower corner instead of the center": lambda b: np.concatenate(
            [b[:, :2], b[:, 2:] - b[:, :2]], axis=1
        ),
        "half of the width and height instead of the whole": lambda b: (
            np.concatenate(
                [(b[:, :2] + b[:, 2:]) / 2, (b[:, 2:] - b[:, :2]) / 2], axis=1
            )
        ),
        "x and y swapped": lambda b: corners_to_centers(b)[:, [1, 0, 3, 2]],
        "the upper corner instead of width and height": lambda b: (
            np.concatenate([(b[:, :2] + b[:, 2:]) / 2, b[:, 2:]], axis=1)
        ),
    },
    draw=lambda given, result: moved_boxes(given, _corners(result)),
)


def _corners(centers):
    """Convert centers and sizes to corners, whatever they are."""
    half = np.abs(centers[:, 2:]) / 2
    return np.concatenate(
        [centers[:, :2] - half, centers[:, :2] + half], axis=1
    )


CENTERS_TO_CORNERS = Exercise(
    name="centers_to_corners",
    arguments=("boxes",),
    parts=(BOXES,),
    answer=centers_to_corners,
    scene=lambda pick: (corners_to_centers(pick_boxes(pick)),),
    first=tuple(
        (corners_to_centers(boxes(b)),)
        for b in ([2, 2, 6, 6], [1, 2, 4, 8], [0, 0, 4, 2])
    ),
    counted=BOX,
    mistakes={
        "the whole width and height on each side of the center: take half "
        "of them": lambda b: np.concatenate(
            [b[:, :2] - b[:, 2:], b[:, :2] + b[:, 2:]], axis=1
        ),
        "the center used as the lower corner": lambda b: np.concatenate(
            [b[:, :2], b[:, :2] + b[:, 2:]], axis=1
        ),
        "x and y swapped": lambda b: _corners(b)[:, [1, 0, 3, 2]],
        "width and height swapped": lambda b: _corners(b[:, [0, 1, 3, 2]]),
        "corners in the order xmin, xmax, ymin, ymax": lambda b: _corners(b)[
            :, [0, 2, 1, 3]
        ],
    },
    draw=lambda given, result: moved_boxes(_corners(given), result),
)


FLIP_BOXES = Exercise(
    name="flip_boxes",
    arguments=("boxes",),
    parts=(BOXES,),
    answer=flip_boxes,
    scene=lambda pick: (pick_boxes(pick),),
    first=(
        (boxes([0, 2, 4, 6]),),
        (boxes([2, 1, 3, 4]),),
        (boxes([1, 1, 3, 8]),),
    ),
    counted=BOX,
    mistakes={
        "xmin and xmax not swapped: the new xmin is 1 − xmax": lambda b: (
            np.stack([1 - b[:, 0], b[:, 1], 1 - b[:, 2], b[:, 3]], axis=1)
        ),
        "a flip from top to bottom": lambda b: np.stack(
            [b[:, 0], 1 - b[:, 3], b[:, 2], 1 - b[:, 1]], axis=1
        ),
        "a rotation by 180 degrees: y must stay as it is": lambda b: (
            1 - b[:, [2, 3, 0, 1]]
        ),
        "the old xmin overwritten before the new xmax is computed from it": lambda b: (
            np.stack([1 - b[:, 2], b[:, 1], b[:, 2], b[:, 3]], axis=1)
        ),
        "only xmin mirrored": lambda b: np.stack(
            [1 - b[:, 0], b[:, 1], b[:, 2], b[:, 3]], axis=1
        ),
        "boxes that are returned unchanged": lambda b: b.copy(),
    },
    draw=lambda given, result: moved_boxes(given, result),
)


def letterbox_boxes(boxes: np.ndarray, height: int, width: int) -> np.ndarray:
    """Say where boxes are in a square that has their image in its middle.

    Args:
        boxes: (N, 4) corners in fractions of the image.
        height, width: of the image, in pixels.

    Returns:
        (N, 4) corners in fractions of the square.
    """
    size = np.array([width, height, width, height]) / max(height, width)
    return boxes * size + (1 - size) / 2


def _letterbox(boxes, height, width, scale, shift):
    """Letterbox with rules for the scale (x, y) and the shift of that scale."""
    size = np.tile(scale(np.array([width, height], float)), 2)
    return boxes * size + shift(size)


LETTERBOX_BOXES = Exercise(
    name="letterbox_boxes",
    arguments=("boxes", "height", "width"),
    parts=(BOXES,),
    answer=letterbox_boxes,
    scene=lambda pick: (
        pick_boxes(pick),
        pick((200, 100, 300)),
        pick((100, 200, 400)),
    ),
    first=(
        (boxes([0, 0, 8, 8]), 200, 100),
        (boxes([0, 0, 8, 8]), 100, 200),
        (boxes([2, 2, 6, 6]), 100, 100),
        (boxes([0, 4, 4, 8]), 300, 400),
    ),
    counted=BOX,
    mistakes={
        "an image at the upper left of the square: it lies in the middle": lambda b, h, w: (
            _letterbox(b, h, w, lambda s: s / s.max(), lambda size: 0)
        ),
        "boxes left as they are: padding changes the fractions": lambda b, h, w: (
            b.copy()
        ),
        "height and width swapped": lambda b, h, w: letterbox_boxes(b, w, h),
        "boxes shifted but not scaled": lambda b, h, w: (
            b + (1 - np.array([w, h, w, h]) / max(h, w)) / 2
        ),
        "all of the padding on one side: half of it goes to each side": lambda b, h, w: (
            _letterbox(b, h, w, lambda s: s / s.max(), lambda size: 1 - size)
        ),
        "a square with the shorter side of the image: it has the longer one": lambda b, h, w: (
            _letterbox(
                b, h, w, lambda s: s / s.min(), lambda size: (1 - size) / 2
            )
        ),
    },
    draw=lambda given, height, width, result: moved_boxes(
        letterbox_boxes(boxes([0, 0, 8, 8]), height, width), result
    ),
)


EXERCISES = (
    BOX_IOU,
    CLIP_BOXES,
    CORNERS_TO_CENTERS,
    CENTERS_TO_CORNERS,
    FLIP_BOXES,
    LETTERBOX_BOXES,
)
