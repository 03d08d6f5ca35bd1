"""Exercises of the chapter on anchors."""

from __future__ import annotations

import numpy as np

from d2l_ssd.anchors import best_possible_iou, generate_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.exercises.boxes import COORDINATES
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import given_boxes, line
from d2l_ssd.exercises.scenes import (
    ANCHORS_AND_TRUTHS,
    boxes,
    pick_near,
)

BOXES = Part("(n + m - 1, 4)", row="anchor", columns=COORDINATES)


def anchors_of_cell(
    row: int,
    column: int,
    height: int,
    width: int,
    sizes: list[float],
    ratios: list[float],
) -> np.ndarray:
    """Return the anchors of one cell of a map, see `generate_anchors`."""
    per_cell = len(sizes) + len(ratios) - 1
    first = (row * width + column) * per_cell
    every = generate_anchors(height, width, sizes, ratios)
    return every[first : first + per_cell]


def _cell(
    row,
    column,
    height,
    width,
    sizes,
    ratios,
    pairs=None,
    middle=0.5,
    root=np.sqrt,
    unit=None,
):
    """Make a cell's anchors with another rule for one of the steps."""
    if pairs is None:
        pairs = [(sizes[0], r) for r in ratios]
        pairs += [(s, ratios[0]) for s in sizes[1:]]
    s, r = np.array(pairs, float).T
    sides = np.array(unit or (min(height, width),) * 2) / [width, height]
    size = np.stack([s * root(r) * sides[0], s / root(r) * sides[1]], axis=1)
    center = np.array([(column + middle) / width, (row + middle) / height])
    return np.concatenate([center - size / 2, center + size / 2], axis=1)


def _all_pairs(sizes, ratios):
    return [(s, r) for s in sizes for r in ratios]


def _sizes_first(sizes, ratios):
    pairs = [(s, ratios[0]) for s in sizes]
    return pairs + [(sizes[0], r) for r in ratios[1:]]


def _pick_map(pick):
    """Pick a map's height and width, and sizes and ratios."""
    sizes = (0.5, 0.25, 0.75)[: pick((1, 2, 3))]
    ratios = (1, 2, 0.5)[: pick((1, 2, 3))]
    return pick((1, 2, 3)), pick((1, 2, 4)), list(sizes), list(ratios)


def _pick_cell(pick):
    """Pick a map, and a cell of it."""
    height, width, sizes, ratios = _pick_map(pick)
    cell = pick(tuple(range(height))), pick(tuple(range(width)))
    return (*cell, height, width, sizes, ratios)


CELL_MISTAKES = {
    "anchors centered on the upper left corner of the cell instead of "
    "its middle: add 0.5": lambda *cell: _cell(*cell, middle=0),
    "the ratio without its square root: the width is s·√r, the height "
    "s/√r": lambda *cell: _cell(*cell, root=lambda r: r),
    "the ratio as height / width: it is width / height": lambda *cell: _cell(
        *cell, root=lambda r: 1 / np.sqrt(r)
    ),
    "row and column swapped": lambda row, column, *rest: _cell(
        column, row, *rest
    ),
    "sizes in fractions of each side: the unit is the shorter side, so "
    "that an anchor of ratio 1 is a square": lambda *cell: _cell(
        *cell, unit=(cell[3], cell[2])
    ),
    "every size with every ratio: only the first size takes all ratios,"
    " the others take the first one": lambda *cell: _cell(
        *cell, pairs=_all_pairs(*cell[4:])
    ),
    "the sizes before the ratios: the order is (s1, r1) … (s1, rm), "
    "(s2, r1) …": lambda *cell: _cell(*cell, pairs=_sizes_first(*cell[4:])),
    "anchors clipped to the image": lambda *cell: np.clip(_cell(*cell), 0, 1),
    "centers and sizes instead of corners": lambda *cell: _centers(
        _cell(*cell)
    ),
}


def _centers(boxes):
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def _grid(height, width):
    """Return the lines between the cells of a map."""
    rows = [line([[0, y], [1, y]]) for y in np.arange(1, height) / height]
    return rows + [line([[x, 0], [x, 1]]) for x in np.arange(1, width) / width]


ANCHORS_OF_CELL = Exercise(
    name="anchors_of_cell",
    arguments=("row", "column", "height", "width", "sizes", "ratios"),
    parts=(BOXES,),
    answer=anchors_of_cell,
    scene=_pick_cell,
    first=(
        (0, 0, 1, 1, [0.5], [1]),
        (0, 0, 1, 1, [0.5], [1, 2]),
        (0, 0, 1, 1, [0.5, 0.25], [1]),
        (0, 0, 1, 1, [0.5, 0.25], [1, 2]),
        (0, 1, 1, 2, [0.5], [1]),
        (0, 1, 2, 2, [0.5], [1]),
        (0, 0, 2, 2, [0.75], [1]),
    ),
    counted={"sizes": ("size", "sizes"), "ratios": ("ratio", "ratios")},
    mistakes=CELL_MISTAKES,
    draw=lambda row, column, height, width, sizes, ratios, result: (
        _grid(height, width) + given_boxes(result, "")
    ),
)


def _whole_map(mistake, by_column=False):
    """Make a mistake with one cell one with a whole map."""

    def anchors(height, width, sizes, ratios):
        cells = [(r, c) for r in range(height) for c in range(width)]
        if by_column:
            cells.sort(key=lambda cell: cell[::-1])
        every = [mistake(*c, height, width, sizes, ratios) for c in cells]
        return np.concatenate(every)

    return anchors


GENERATE_ANCHORS = Exercise(
    name="generate_anchors",
    arguments=("height", "width", "sizes", "ratios"),
    parts=(
        Part(
            "(height * width * (n + m - 1), 4)",
            row="anchor",
            columns=COORDINATES,
        ),
    ),
    answer=generate_anchors,
    scene=_pick_map,
    first=(
        (1, 1, [0.5], [1]),
        (1, 1, [0.5], [1, 2]),
        (1, 1, [0.5, 0.25], [1]),
        (1, 1, [0.5, 0.25], [1, 2]),
        (1, 2, [0.5], [1]),
        (2, 2, [0.5], [1]),
        (2, 1, [0.75], [1, 2]),
    ),
    counted={"sizes": ("size", "sizes"), "ratios": ("ratio", "ratios")},
    mistakes={
        "cells column by column: they go row by row": _whole_map(
            _cell, by_column=True
        ),
        "all cells for the first anchor, then all cells for the next: the "
        "anchors of a cell stand together": lambda height, width, sizes, ratios: (
            generate_anchors(height, width, sizes, ratios)
            .reshape(height * width, -1, 4)
            .transpose(1, 0, 2)
            .reshape(-1, 4)
        ),
        **{
            phrase: _whole_map(mistake)
            for phrase, mistake in CELL_MISTAKES.items()
        },
    },
    draw=lambda height, width, sizes, ratios, result: (
        _grid(height, width) + given_boxes(result, "")
    ),
)


BEST_POSSIBLE_IOU = Exercise(
    name="best_possible_iou",
    arguments=("anchors", "truths"),
    parts=(Part("(M,)", row="object"),),
    answer=best_possible_iou,
    scene=lambda pick: pick_near(pick, 3, 3),
    first=(
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([4, 2, 8, 6])),
        (boxes([2, 2, 6, 6], [0, 0, 2, 2]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6], [2, 2, 6, 4])),
        (boxes([0, 0, 2, 2]), boxes([4, 4, 8, 8])),
    ),
    last=(
        (boxes(), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes()),
    ),
    counted=ANCHORS_AND_TRUTHS,
    mistakes={
        "the best IoU of each anchor: return that of each ground-truth box": lambda anchors, truths: (
            box_iou(truths, anchors).max(axis=0, initial=0)
        ),
        "the mean over the anchors instead of the best": lambda anchors, truths: (
            box_iou(truths, anchors).sum(axis=1) / max(len(anchors), 1)
        ),
        "the index of the best anchor instead of its IoU": lambda anchors, truths: (
            box_iou(truths, anchors).argmax(axis=1).astype(float)
            if len(anchors)
            else np.zeros(len(truths))
        ),
        "one number for all ground-truth boxes": lambda anchors, truths: (
            np.full(len(truths), box_iou(truths, anchors).max(initial=0))
        ),
        "shapes compared as if they had the same corner: where the anchor "
        "lies matters, too": lambda anchors, truths: _shape_iou(
            anchors, truths
        ),
        "an error when there is no anchor: the best of none is 0": lambda anchors, truths: (
            box_iou(truths, anchors).max(axis=1)
        ),
    },
    draw=lambda anchors, truths, result: (
        given_boxes(truths, "object ", 1, dashed=True, low=True)
        + given_boxes(anchors, "anchor ", 0)
    ),
)


def _shape_iou(anchors, truths):
    at_zero = [
        np.concatenate([b[:, 2:] - b[:, :2]] * 2, axis=1)
        for b in (anchors, truths)
    ]
    for moved in at_zero:
        moved[:, :2] = 0
    return box_iou(at_zero[1], at_zero[0]).max(axis=1, initial=0)


EXERCISES = (
    ANCHORS_OF_CELL,
    GENERATE_ANCHORS,
    BEST_POSSIBLE_IOU,
)
