"""Exercises of the chapters on feature maps and heads."""

from __future__ import annotations

import numpy as np

from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import Mark, box
from d2l_ssd.exercises.scenes import (
    several,
)
from d2l_ssd.feature_maps import feature_map_shapes


def receptive_field(layers: list[tuple[int, int]]) -> tuple[int, int]:
    """Compute the size and stride of a cell's receptive field.

    Args:
        layers: list of (kernel, stride), the input's first.

    Returns:
        (size, stride) in pixels of the input.
    """
    size, stride = 1, 1
    for kernel, step in layers:
        size += (kernel - 1) * stride
        stride *= step
    return size, stride


def _field(layers, stride_first=False, grow=None, start=1):
    """Compute a receptive field with another order, growth or start."""
    size, stride = start, 1
    for kernel, step in layers:
        stride = stride * step if stride_first else stride
        size += grow(kernel, step, stride) if grow else (kernel - 1) * stride
        stride = stride if stride_first else stride * step
    return size, stride


RECEPTIVE_FIELD = Exercise(
    name="receptive_field",
    arguments=("layers",),
    parts=(Part("(2,)", "integers", columns=("size", "stride")),),
    answer=receptive_field,
    scene=lambda pick: (
        several(
            pick,
            lambda pick: (pick((3, 1, 2, 5, 7)), pick((1, 2, 3))),
            1,
            4,
        ),
    ),
    first=(([(3, 1)],), ([(3, 2)],), ([(3, 2), (3, 1)],), ([(1, 2), (3, 2)],)),
    counted={"layers": ("layer", "layers")},
    mistakes={
        "the stride updated before the size: a layer's kernel steps by the "
        "stride of the layers before it": lambda layers: _field(
            layers, stride_first=True
        ),
        "strides that are ignored: a kernel steps by the stride of the "
        "layers before it": lambda layers: _field(
            layers, grow=lambda k, s, stride: k - 1
        ),
        "kernel instead of kernel − 1": lambda layers: _field(
            layers, grow=lambda k, s, stride: k * stride
        ),
        "a start from 0: before the first layer, a cell sees one pixel": lambda layers: (
            _field(layers, start=0)
        ),
        "the layers in reverse order": lambda layers: receptive_field(
            layers[::-1]
        ),
        "strides that are added instead of multiplied": lambda layers: (
            receptive_field(layers)[0],
            1 + sum(step - 1 for _, step in layers),
        ),
        "size and stride swapped": lambda layers: receptive_field(layers)[::-1],
        "kernel sizes that are multiplied": lambda layers: (
            int(np.prod([kernel for kernel, _ in layers])),
            receptive_field(layers)[1],
        ),
    },
)


FEATURE_MAP_SHAPES = Exercise(
    name="feature_map_shapes",
    arguments=("height", "width"),
    parts=(Part("(4, 2)", "integers", row="map", columns=("rows", "columns")),),
    answer=feature_map_shapes,
    scene=lambda pick: (32 * pick((2, 1, 3, 8)), 32 * pick((4, 1, 2, 3))),
    first=((64, 64), (64, 128), (32, 32), (256, 256), (96, 64)),
    counted={},
    mistakes={
        "columns before rows: height comes first": lambda h, w: [
            (b, a) for a, b in feature_map_shapes(h, w)
        ],
        "the maps from coarse to fine": lambda h, w: feature_map_shapes(h, w)[
            ::-1
        ],
        "a missing last map: it has one cell": lambda h, w: feature_map_shapes(
            h, w
        )[:3],
        "a last map of stride 64: it has one cell": lambda h, w: [
            *feature_map_shapes(h, w)[:3],
            (-(-h // 64), -(-w // 64)),
        ],
        "strides 4, 8, 16": lambda h, w: [
            *((h // s, w // s) for s in (4, 8, 16)),
            (1, 1),
        ],
        "square maps for every image": lambda h, w: feature_map_shapes(h, h),
        "one cell too many per side, as with padding": lambda h, w: [
            *((a + 1, b + 1) for a, b in feature_map_shapes(h, w)[:3]),
            (1, 1),
        ],
    },
)


def anchor_order(
    index: int, shapes: list[tuple[int, int]], per_cell: int
) -> tuple[int, ...]:
    """Say which map, row, column and anchor of a cell an anchor's number means.

    Args:
        index: of the anchor, from 0.
        shapes: list of (rows, columns) of the maps.
        per_cell: anchors per cell, the same for all maps.

    Returns:
        (map, row, column, k).
    """
    for number, (rows, columns) in enumerate(shapes):
        count = rows * columns * per_cell
        if index < count:
            cell, k = divmod(index, per_cell)
            return (number, *divmod(cell, columns), k)
        index -= count


def _order(index, shapes, per_cell, locate):
    """Find an anchor's map, and in it the rest by another rule."""
    for number, (rows, columns) in enumerate(shapes):
        count = rows * columns * per_cell
        if index < count:
            return (number, *locate(index, rows, columns, per_cell))
        index -= count


def _anchor_by_anchor(index, rows, columns, per_cell):
    k, cell = divmod(index, rows * columns)
    return (*divmod(cell, columns), k)


def _column_by_column(index, rows, columns, per_cell):
    cell, k = divmod(index, per_cell)
    return (*divmod(cell, rows)[::-1], k)


def _rows_for_columns(index, rows, columns, per_cell):
    cell, k = divmod(index, per_cell)
    return (*divmod(cell, rows), k)


def _pick_index(pick):
    """Pick maps, and the number of one of their anchors."""
    shapes = several(
        pick, lambda pick: (pick((1, 2, 3)), pick((2, 1, 3))), 1, 3
    )
    per_cell = pick((1, 2, 3))
    count = per_cell * sum(rows * columns for rows, columns in shapes)
    return pick(tuple(range(count))), shapes, per_cell


ANCHOR_ORDER = Exercise(
    name="anchor_order",
    arguments=("index", "shapes", "per_cell"),
    parts=(Part("(4,)", "integers", columns=("map", "row", "column", "k")),),
    answer=anchor_order,
    scene=_pick_index,
    first=(
        (0, [(1, 2)], 1),
        (1, [(1, 2)], 1),
        (1, [(2, 1)], 1),
        (1, [(1, 2)], 2),
        (4, [(2, 3)], 1),
        (6, [(2, 2), (1, 1)], 1 + 1),
        (8, [(2, 2), (1, 1)], 2),
    ),
    counted={"shapes": ("map", "maps")},
    mistakes={
        "all cells for the first anchor, then all cells for the next: the "
        "anchors of a cell stand together": lambda *a: _order(
            *a, _anchor_by_anchor
        ),
        "cells column by column: they go row by row": lambda *a: _order(
            *a, _column_by_column
        ),
        "division by the number of rows: a row has `columns` "
        "cells": lambda *a: _order(*a, _rows_for_columns),
        "row and column swapped": lambda *a: (
            *anchor_order(*a)[:1],
            *anchor_order(*a)[2:0:-1],
            anchor_order(*a)[3],
        ),
        "cells counted instead of anchors: a map has rows · columns · "
        "per_cell anchors": lambda index, shapes, per_cell: _cells_only(
            index, shapes, per_cell
        ),
        "an index that does not start again in each map: subtract the "
        "anchors of the maps before": lambda index, shapes, per_cell: (
            _not_subtracted(index, shapes, per_cell)
        ),
    },
    draw=lambda index, shapes, per_cell, result: _draw_cell(shapes, result),
)


def _cells_only(index, shapes, per_cell):
    for number, (rows, columns) in enumerate(shapes):
        if index < rows * columns or number == len(shapes) - 1:
            cell, k = divmod(index, per_cell)
            return (number, *divmod(cell, columns), k)
        index -= rows * columns


def _not_subtracted(index, shapes, per_cell):
    number = anchor_order(index, shapes, per_cell)[0]
    cell, k = divmod(index, per_cell)
    return (number, *divmod(cell, shapes[number][1]), k)


def _draw_cell(shapes, result) -> list[Mark]:
    """Draw the maps side by side, and mark the cell that a result names."""
    marks, side = [], 1 / len(shapes)
    for number, (rows, columns) in enumerate(shapes):
        cell = 0.9 * side / max(rows, columns)
        for row, column in np.ndindex(rows, columns):
            x, y = number * side + column * cell, row * cell + 0.02
            here = tuple(result[:3]) == (number, row, column)
            label = f"k {result[3]}" if here else ""
            corners = [x, y, x + 0.9 * cell, y + 0.9 * cell]
            marks.append(box(corners, label, *([0] if here else [])))
    return marks


def flatten_head(output: np.ndarray, values: int) -> np.ndarray:
    """Put a head's output into the order of the anchors.

    Args:
        output: (B, per_cell * values, H, W).
        values: numbers per anchor.

    Returns:
        (B, H * W * per_cell, values).
    """
    rows = np.asarray(output).transpose(0, 2, 3, 1)
    return rows.reshape(len(output), -1, values)


def _pick_output(pick):
    """Pick a head's output in which every number is another one."""
    batch, per_cell = pick((1, 2)), pick((1, 2, 3))
    values, rows, columns = pick((2, 1, 3)), pick((1, 2)), pick((2, 1, 3))
    return _numbered(batch, per_cell * values, rows, columns), values


def _numbered(*shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


FLATTEN_HEAD = Exercise(
    name="flatten_head",
    arguments=("output", "values"),
    parts=(Part("(B, H * W * per_cell, values)", row="image, anchor"),),
    answer=flatten_head,
    scene=_pick_output,
    first=(
        (_numbered(1, 2, 1, 2), 2),
        (_numbered(1, 4, 1, 1), 2),
        (_numbered(1, 2, 2, 2), 2),
        (_numbered(1, 4, 1, 2), 2),
        (_numbered(2, 2, 1, 2), 2),
    ),
    counted={"output": ("image", "images")},
    mistakes={
        "a reshape without a transpose: the channels must become the last axis "
        "first": lambda output, values: output.reshape(len(output), -1, values),
        "columns before rows: cells go row by row": lambda output, values: (
            output.transpose(0, 3, 2, 1).reshape(len(output), -1, values)
        ),
        "the images of the batch joined: axis 0 stays the batch": lambda output, values: (
            output.transpose(0, 2, 3, 1).reshape(1, -1, values)
        ),
        "channels read as value · per_cell + k: it is k · values + "
        "value": lambda output, values: _values_first(output, values),
        "all cells for the first anchor, then all cells for the next: the "
        "anchors of a cell stand together": lambda output, values: (
            _anchors_first(output, values)
        ),
    },
)


def _values_first(output, values):
    batch, channels, height, width = output.shape
    split = output.reshape(batch, values, channels // values, height, width)
    return split.transpose(0, 3, 4, 2, 1).reshape(batch, -1, values)


def _anchors_first(output, values):
    batch, channels, height, width = output.shape
    split = output.reshape(batch, channels // values, values, height, width)
    return split.transpose(0, 1, 3, 4, 2).reshape(batch, -1, values)


EXERCISES = (
    RECEPTIVE_FIELD,
    FEATURE_MAP_SHAPES,
    ANCHOR_ORDER,
    FLATTEN_HEAD,
)
