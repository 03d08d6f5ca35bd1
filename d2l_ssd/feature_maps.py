# Generated from book/feature_maps.ipynb (`make save`); do not edit.
"""Strides and shapes of an SSD's feature maps."""

from d2l_ssd.checks import as_input_size

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
    height, width = as_input_size(height, width, STRIDES[-1])
    return [(height // s, width // s) for s in STRIDES] + [(1, 1)]
