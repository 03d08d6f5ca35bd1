# Generated from book/feature_maps.ipynb (`make save`); do not edit.
"""Strides and shapes of an SSD's feature maps."""

from numbers import Real

STRIDES = (8, 16, 32)
NUM_MAPS = len(STRIDES) + 1


def feature_map_shapes(height, width):
    """Compute (rows, columns) of an SSD's four maps, fine to coarse.

    Args:
        height, width: of the image in pixels, multiples of 32.

    Returns:
        A list of NUM_MAPS pairs of ints; the last map has one cell.

    Raises:
        ValueError: the height or the width is not a positive multiple of 32.
    """
    for name, side in (("height", height), ("width", width)):
        # The remainder of a NaN or an infinity is a NaN, and so no 0
        if not isinstance(side, Real) or side <= 0 or side % STRIDES[-1]:
            raise ValueError(
                f"{name} must be a positive multiple of {STRIDES[-1]}, "
                f"got {side!r}"
            )
    shapes = [(int(height // s), int(width // s)) for s in STRIDES]
    return shapes + [(1, 1)]
