"""Feature maps, and the sizes and ratios of their anchors."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from d2l_ssd.checks.boxes import FAR, SMALLEST
from d2l_ssd.checks.numbers import (
    LARGEST,
    as_count,
    as_positive_list,
    check_list,
)

LARGEST_RATIO = 1000
SMALLEST_SIZE = 1e-4
MOST_CELLS = 2**24


def as_cells(height: Any, width: Any) -> tuple[int, int]:
    """Return a feature map's height and width in cells."""
    height, width = as_count(height, "height"), as_count(width, "width")
    if height * width > MOST_CELLS:
        raise ValueError(
            "height and width must be those of a feature map, in cells, got "
            f"{height} and {width}"
        )
    return height, width


def as_input_size(height: Any, width: Any, stride: int) -> tuple[int, int]:
    """Return an input's height and width in pixels, multiples of a stride."""
    for name, side in (("height", height), ("width", width)):
        # The remainder of a NaN or an infinity is a NaN, and so no 0
        if not isinstance(side, Real) or side <= 0 or side % stride:
            raise ValueError(
                f"{name} must be a positive multiple of {stride}, got {side!r}"
            )
    return int(height), int(width)


def as_sides(image_size: Any) -> list[float]:
    """Return an image's height and width."""
    sides = as_positive_list(image_size, "image_size", SMALLEST, LARGEST, "")
    if len(sides) != 2:
        raise ValueError(
            f"image_size must be (height, width), got {image_size}"
        )
    return sides


def as_sizes(sizes: Any) -> list[float]:
    """Return anchors' sizes as a list, in units of the image's shorter side."""
    advice = "divide pixels by the image's shorter side"
    return as_positive_list(sizes, "sizes", SMALLEST_SIZE, FAR, advice)


def as_ratios(ratios: Any) -> list[float]:
    """Return anchors' ratios of width to height as a list."""
    advice = "a ratio is a width divided by a height"
    return as_positive_list(
        ratios, "ratios", 1 / LARGEST_RATIO, LARGEST_RATIO, advice
    )


def as_maps(shapes: Any, sizes: Any, ratios: Any) -> list[tuple]:
    """Return (height, width, sizes, ratios) of each feature map.

    Raises:
        ValueError: there is no map, the lengths differ, or a shape is no pair.
    """
    arguments = {"feature_map_shapes": shapes, "sizes": sizes, "ratios": ratios}
    for name, entries in arguments.items():
        check_list(entries, name, "one entry per map")
    counts = [len(entries) for entries in arguments.values()]
    if len(set(counts)) > 1 or 0 in counts:
        raise ValueError(
            "feature_map_shapes, sizes and ratios must have one entry per map, "
            f"got {counts[0]}, {counts[1]} and {counts[2]} entries"
        )
    for number, shape in enumerate(shapes):
        if np.shape(shape) != (2,):
            raise ValueError(
                f"feature_map_shapes must be pairs (height, width), got {shape} "
                f"for map {number}"
            )
    return [(*shape, s, r) for shape, s, r in zip(shapes, sizes, ratios)]
