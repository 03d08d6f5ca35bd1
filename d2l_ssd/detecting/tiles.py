"""Large pictures, cut into tiles that overlap, and what is found in them merged."""

from __future__ import annotations

import math

import numpy as np

from d2l_ssd.boxes import pairwise_iou, shared_length
from d2l_ssd.checks import as_amount, as_count
from d2l_ssd.detections import Detections

OVERLAP = 0.25  # of a tile's sides, at least
MOST_OVERLAP = 0.9
NEAR = 0.02  # of a tile's side: a box that ends so near its border may be cut
COVERED = 0.5  # of a cut box: by so much of a whole one it is a part of that


def plan_tiles(
    height: int,
    width: int,
    tile_height: int,
    tile_width: int,
    overlap: float = OVERLAP,
) -> np.ndarray:
    """Lay tiles of one size over a picture, evenly, from border to border.

    What is no longer than the overlap, along both axes, is whole in some tile.

    Args:
        height, width: of the picture, in pixels.
        tile_height, tile_width: of a tile. A picture that is smaller along an
            axis has one tile along it, as long as itself.
        overlap: least overlap of neighbors, in units of a tile's side, from 0
            to 0.9.

    Returns:
        (T, 4) int64 [xmin, ymin, xmax, ymax] in pixels, row by row.

    Raises:
        ValueError: a length is no positive whole number, or overlap is out of
            range.
    """
    overlap = as_amount(overlap, "overlap", 0, MOST_OVERLAP)
    starts, sides = [], []
    for name, length, side in (
        ("height", height, tile_height),
        ("width", width, tile_width),
    ):
        length = as_count(length, name)
        sides.append(min(as_count(side, f"tile_{name}"), length))
        starts.append(_starts(length, sides[-1], overlap))
    y, x = (grid.ravel() for grid in np.meshgrid(*starts, indexing="ij"))
    return np.stack([x, y, x + sides[1], y + sides[0]], axis=1)


def _starts(length: int, side: int, overlap: float) -> np.ndarray:
    """Return where tiles of a side begin along an axis."""
    step = max(math.floor(side * (1 - overlap)), 1)
    count = math.ceil((length - side) / step) + 1
    return np.linspace(0, length - side, count).round().astype(np.int64)


def cut_by_tile(
    boxes: np.ndarray, tile: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Tell which boxes (N, 4) end at an inner border of their tile.

    Args:
        boxes: in pixels of the picture.
        tile: (4,) of `plan_tiles`.
        height, width: of the picture, in pixels.

    Returns:
        (N,) bool; a tile's border that is the picture's cuts nothing.
    """
    near = np.tile(NEAR * (tile[2:] - tile[:2]), 2)
    inner = tile != np.array([0, 0, width, height])
    return (inner & (np.abs(boxes - tile) <= near)).any(axis=1)


def whole_in_a_tile(
    boxes: np.ndarray, tiles: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Tell which boxes (N, 4) some tile shows whole, not cut by its border.

    Args:
        boxes: in pixels of the picture.
        tiles, height, width: of the picture, see `plan_tiles`.
    """
    whole = np.zeros(len(boxes), dtype=bool)
    for tile in tiles:
        inside = (boxes[:, :2] >= tile[:2]) & (boxes[:, 2:] <= tile[2:])
        whole |= inside.all(axis=1) & ~cut_by_tile(boxes, tile, height, width)
    return whole


def merge_tiles(
    found: Detections, cut: np.ndarray, iou_threshold: float
) -> Detections:
    """Suppress duplicates among the detections of all tiles of a picture.

    First come the boxes that no border has cut, best first: NMS as usual. A cut
    box then goes if half of it lies in a kept box of its class: it is a part of
    that object. Where no tile shows the whole object, its best part stays.

    Args:
        found: of all tiles, in units of the picture.
        cut: (N,) bool, see `cut_by_tile`.
        iou_threshold: see `nms`.

    Returns:
        Detections, best first.
    """
    order = np.lexsort((-found.scores, cut))
    kept = [
        _suppress(found.boxes, cut, rows, iou_threshold)
        for rows in (
            order[found.classes[order] == label]
            for label in np.unique(found.classes)
        )
    ]
    kept = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
    kept = kept[np.argsort(-found.scores[kept], kind="stable")]
    return Detections(*(column[kept] for column in found))


def _suppress(
    boxes: np.ndarray, cut: np.ndarray, rows: np.ndarray, iou_threshold: float
) -> np.ndarray:
    """Return those of rows that stay, in their order.

    Tiles may hold many boxes: the IoU of all pairs would need too much memory.
    """
    kept = []
    while len(rows):
        first, rows = rows[:1], rows[1:]
        kept.append(first)
        gone = pairwise_iou(boxes[first], boxes[rows])[0] > iou_threshold
        gone |= cut[rows] & (_covered(boxes[rows], boxes[first]) > COVERED)
        rows = rows[~gone]
    return np.concatenate(kept)


def _covered(boxes: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return which part of each box (N, 4) lies in another one (1, 4)."""
    shared = shared_length(boxes[:, 0::2], by[:, 0::2])
    shared *= shared_length(boxes[:, 1::2], by[:, 1::2])
    return shared[:, 0] / (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
