"""How well anchors fit the objects of a data set, and sizes that fit better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from d2l_ssd.anchors import RATIOS, SIZES, generate_anchors
from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checks import (
    as_anchors,
    as_anchors_and_truths,
    check_fractions,
)
from d2l_ssd.feature_maps import STRIDES, feature_map_shapes
from d2l_ssd.targets import match_anchors

Sizes = tuple  # of a pair of floats per map, in units of the shorter side

POS_IOU = 0.5  # from which on an anchor is positive
ENOUGH = 16  # positives: more of them count no more
UNREACHED = 10  # what an object without any positive costs
NO_GAIN = 1e-3  # changes of the score that are not worth a change of sizes
STEP = 2**0.25  # from one candidate size to the next
FEWEST_CELLS, MOST_CELLS = 2.5, 8.5  # strides in the side of a map's anchors
BELOW = 2  # candidates under the smallest objects' size
SMALL = 0.005  # quantile of the objects' sizes where candidates begin
SMALLEST_SIDE = 2  # pixels
WHOLE_IMAGE = 0.5  # of it, at least, for anchors of the last map
MOST_BOXES = 500  # that are looked at, evenly by size
MOST_PIXELS = 416 * 320  # of an input that trains on a laptop in half an hour
SMALLEST_INPUT = 64  # pixels of its side
LOSS = 0.5  # what a pixel less costs, in units of distortion (both logarithms)


class AnchorFit(NamedTuple):
    """What anchors are to each object, both arrays (M,)."""

    best_iou: np.ndarray  # the best IoU that any anchor has with it
    positives: np.ndarray  # the anchors that are matched with it

    @property
    def unreached(self) -> np.ndarray:
        """Objects (M,) that no anchor overlaps by `POS_IOU`."""
        return self.best_iou < POS_IOU


def measure_anchors(
    boxes: Iterable[ArrayLike], anchors: ArrayLike
) -> AnchorFit:
    """Match the objects of all images with anchors, as a training does.

    Args:
        boxes: ground-truth boxes (M_i, 4) of each image, corners in [0, 1].
        anchors: (A, 4) corners in [0, 1].

    Returns:
        An AnchorFit of the objects of all images, one after the other.

    Raises:
        ValueError: a box is invalid or has no area.
    """
    anchors = as_anchors(anchors)
    best, positives = [np.zeros(0)], [np.zeros(0, int)]
    for rows in boxes:
        _, rows = as_anchors_and_truths(anchors, rows)
        best.append(pairwise_iou(rows, anchors).max(axis=1, initial=0))
        matches = match_anchors(anchors, rows, POS_IOU, POS_IOU)
        positives.append(
            np.bincount(matches[matches >= 0], minlength=len(rows))
        )
    return AnchorFit(np.concatenate(best), np.concatenate(positives))


def suggest_sizes(boxes: ArrayLike, height: int, width: int) -> Sizes:
    """Choose anchor sizes for the objects of a data set.

    The rule: (1) candidates are sizes in equal factors of 2^(1/4); a map of
    stride t takes those of 2.5 t to 8.5 t pixels (the finest also smaller ones,
    the last those of half the image and more), and the default ones. (2) Each
    object is worth its best IoU, plus log2 of its number of positives (16 at
    most) over 4, less 10 if it has none. (3) We begin with the default sizes
    and (4) take, map after map, the pair of candidates with the highest mean,
    until no pair of any map gains 0.001.

    Args:
        boxes: (N, 4) boxes of the training images, corners in [0, 1] of the
            image as the network sees it (see `fit_sample`).
        height, width: of the network's input in pixels, multiples of 32.

    Returns:
        A pair of sizes for each of the four maps, in units of the shorter side,
        for the ratios `RATIOS`; the default `SIZES` without boxes. The same
        boxes give the same sizes, in whatever order.

    Raises:
        ValueError: a box is invalid or has no area, or height or width is not
            a positive multiple of 32.
    """
    shapes = feature_map_shapes(height, width)
    boxes = as_anchors(boxes, "boxes")
    check_fractions(boxes, "boxes", outside=1)
    if not len(boxes):
        return SIZES
    boxes, sides = _sample(boxes, height, width)
    smallest = max(
        np.quantile(sides, SMALL), SMALLEST_SIDE / min(height, width)
    )
    maps = [
        _measure_pairs(
            boxes, (height, width), shapes[m], RATIOS[m], [SIZES[m], *pairs]
        )
        for m, pairs in enumerate(_candidates(smallest, min(height, width)))
    ]
    return _climb(maps)


def suggest_input_size(
    sizes: ArrayLike, most_pixels: int = MOST_PIXELS
) -> tuple[int, int]:
    """Choose an input size near the shape of a data set's images.

    It is the one that distorts the images' mean shape least, as long as that
    costs few pixels, and not larger than their median.

    Args:
        sizes: (N, 2) height and width of the training images in pixels.
        most_pixels: that the network shall see.

    Returns:
        Height and width in pixels, multiples of 32 from 64 on.

    Raises:
        ValueError: there is no image, or a side is not positive.
    """
    sides = _sizes_of_images(sizes)
    shape = np.log(sides[:, 1] / sides[:, 0]).mean()
    pixels = min(most_pixels, np.median(sides.prod(axis=1)))
    step, least = STRIDES[-1], SMALLEST_INPUT
    longest = max(pixels // least, least)
    choices = np.arange(least, longest + 1, step)
    height, width = (side.ravel() for side in np.meshgrid(choices, choices))
    fits = height * width <= max(pixels, least**2)
    height, width = height[fits], width[fits]
    distortion = np.abs(np.log(width / height) - shape)
    loss = np.log(max(pixels, least**2) / (height * width))
    best = (distortion + LOSS * loss).argmin()
    return int(height[best]), int(width[best])


def _sizes_of_images(sizes: ArrayLike) -> np.ndarray:
    """Return heights and widths of images (N, 2), N > 0."""
    sides = np.asarray(sizes, dtype=float)
    if sides.ndim != 2 or sides.shape[1] != 2 or not len(sides):
        raise ValueError(
            "sizes must be (height, width) of one image or more, got shape "
            f"{sides.shape}"
        )
    if not (sides > 0).all():
        bad = sides[~(sides > 0).all(axis=1)][0].tolist()
        raise ValueError(
            f"sizes must be positive heights and widths in pixels, got {bad}"
        )
    return sides


def _sample(
    boxes: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return some boxes (N, 4), evenly by size, and their sizes (N,)."""
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) * (height * width)
    sides = np.sqrt(area) / min(height, width)
    # By coordinates, too: the order that they come in must not count
    order = np.lexsort((*boxes.T, sides))
    chosen = np.linspace(0, len(order) - 1, min(len(order), MOST_BOXES))
    order = order[chosen.round().astype(int)]
    return boxes[order], sides[order]


def _candidates(smallest: float, shorter: int) -> list[list[tuple]]:
    """Return the pairs of sizes that each map may take.

    Args:
        smallest: size of the smallest objects.
        shorter: the input's shorter side in pixels.
    """
    count = 1 + int(np.log(1 / smallest) / np.log(STEP)) + BELOW
    steps = np.arange(count)
    sizes = [float(f"{size:.2g}") for size in STEP ** -steps[::-1]]
    ranges = [
        (FEWEST_CELLS * stride / shorter, MOST_CELLS * stride / shorter)
        for stride in STRIDES
    ]
    ranges = [(0, ranges[0][1]), *ranges[1:], (WHOLE_IMAGE, 1)]
    return [
        list(combinations([s for s in sizes if low <= s <= high], 2))
        for low, high in ranges
    ]


class _Pairs(NamedTuple):
    """What each pair of sizes, on one map, is to N objects."""

    sizes: Sequence[tuple]
    best_iou: np.ndarray  # (P, N)
    positives: np.ndarray  # (P, N)


def _measure_pairs(
    boxes: np.ndarray,
    image_size: tuple[int, int],
    shape: tuple[int, int],
    ratios: Sequence[float],
    pairs: Sequence[tuple],
) -> _Pairs:
    """Measure pairs of sizes: the first has all ratios, the second one."""
    measured = {
        size: _measure_size(boxes, image_size, shape, ratios, size)
        for size in sorted({size for pair in pairs for size in pair})
    }
    best, positives = [], []
    for first, second in pairs:
        (iou, counts), (more_iou, more) = measured[first], measured[second]
        best.append(np.maximum(iou.max(axis=0), more_iou[0]))
        positives.append(counts.sum(axis=0) + more[0])
    return _Pairs(pairs, np.array(best), np.array(positives))


def _measure_size(
    boxes: np.ndarray,
    image_size: tuple[int, int],
    shape: tuple[int, int],
    ratios: Sequence[float],
    size: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return best IoU and number of positives, (R, N), by ratio."""
    best, positives = [], []
    for ratio in ratios:
        anchors = generate_anchors(*shape, [size], [ratio], image_size)
        iou = pairwise_iou(boxes, anchors)
        best.append(iou.max(axis=1))
        positives.append((iou >= POS_IOU).sum(axis=1))
    return np.array(best), np.array(positives)


def _climb(maps: Sequence[_Pairs]) -> Sizes:
    """Change one map's pair after another while the score rises."""
    chosen, gained = [0] * len(maps), True
    while gained:
        gained = False
        for m, pairs in enumerate(maps):
            others = [(p, k) for p, k in zip(maps, chosen) if p is not pairs]
            best = np.max([p.best_iou[k] for p, k in others], axis=0)
            positives = np.sum([p.positives[k] for p, k in others], axis=0)
            scores = _score(
                np.maximum(best, pairs.best_iou), positives + pairs.positives
            )
            if scores.max() > scores[chosen[m]] + NO_GAIN:
                chosen[m], gained = int(scores.argmax()), True
    return tuple(pairs.sizes[k] for pairs, k in zip(maps, chosen))


def _score(best_iou: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """Return the mean worth (P,) of what anchors (P, N) are to objects."""
    learned = np.log2(np.clip(positives, 1, ENOUGH)) / np.log2(ENOUGH)
    worth = best_iou + learned - UNREACHED * (positives == 0)
    return worth.mean(axis=1)
