# Generated from book/anchors.ipynb (`make save`); do not edit.
"""Anchors: the boxes that an SSD starts from, and what they can reach."""

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.checks import (
    as_anchors_and_truths,
    as_cells,
    as_maps,
    as_ratios,
    as_sides,
    as_sizes,
)


def generate_anchors(height, width, sizes, ratios, image_size=None):
    """Generate the anchors of one feature map (Liu et al., 2016, section 2.2).

    Args:
        height, width: the map's height and width in cells.
        sizes: the n sizes, in units of the image's shorter side.
        ratios: the m ratios width / height.
        image_size: (H, W) of the image; only its proportion counts. By default
            the map's own.

    Returns:
        (height * width * (n + m - 1), 4) float32 corners in units of the image,
        row by row; in a cell (s1, r1) ... (s1, rm), (s2, r1) ... (sn, r1). Not
        clipped: anchors at the border reach out of [0, 1].

    Raises:
        ValueError: a number is not positive, or not in the unit above.
    """
    height, width = as_cells(height, width)
    sides = as_sides((height, width) if image_size is None else image_size)
    corners = _corners_in_cell(as_sizes(sizes), as_ratios(ratios), sides)
    anchors = _cell_centers(height, width)[:, None] + corners
    return anchors.reshape(-1, 4).astype(np.float32)


def _corners_in_cell(sizes, ratios, sides):
    """Compute corners (n + m - 1, 4) relative to the cell's center."""
    pairs = [(sizes[0], r) for r in ratios] + [
        (s, ratios[0]) for s in sizes[1:]
    ]
    s, r = np.array(pairs, dtype=float).T
    w = s * np.sqrt(r) * min(sides) / sides[1]
    h = s / np.sqrt(r) * min(sides) / sides[0]
    return np.stack([-w, -h, w, h], axis=-1) / 2


def _cell_centers(height, width):
    """Compute the centers [x, y, x, y] of all cells, (height * width, 4)."""
    x = (np.arange(width) + 0.5) / width
    y = (np.arange(height) + 0.5) / height
    x, y = np.tile(x, height), np.repeat(y, width)
    return np.stack([x, y, x, y], axis=-1)


SIZES = ((0.08, 0.12), (0.18, 0.27), (0.4, 0.55), (0.7, 0.88))
RATIOS = ((1, 2, 0.5),) * 4
ANCHORS_PER_CELL = len(SIZES[0]) + len(RATIOS[0]) - 1


def ssd_anchors(feature_map_shapes, sizes=SIZES, ratios=RATIOS):
    """Generate the anchors of all maps, from fine to coarse.

    The shape of the first map gives the image's proportion.

    Args:
        feature_map_shapes: (height, width) of each map in cells, fine to coarse.
        sizes, ratios: for each map its sizes and ratios, see `generate_anchors`.

    Returns:
        (A, 4) float32 corners in units of the image.

    Raises:
        ValueError: the three have different lengths, or as `generate_anchors`.
    """
    maps = as_maps(feature_map_shapes, sizes, ratios)
    image_size = maps[0][:2]
    return np.concatenate(
        [generate_anchors(*one_map, image_size) for one_map in maps]
    )


def best_possible_iou(anchors, truths):
    """Find the best IoU that any anchor reaches, for each ground-truth box.

    Args:
        anchors: (A, 4) corners.
        truths: (M, 4) ground-truth boxes, corners in the same unit.

    Returns:
        (M,) IoUs in [0, 1]; 0 without anchors.

    Raises:
        ValueError: a box is invalid or has no area, or the units differ.
    """
    anchors, truths = as_anchors_and_truths(anchors, truths)
    return box_iou(truths, anchors).max(axis=1, initial=0)
