"""Shapes of the four maps, from the image's size alone."""

import pytest

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import NUM_MAPS, STRIDES, feature_map_shapes

SHAPES = {
    (256, 256): [(32, 32), (16, 16), (8, 8), (1, 1)],
    (128, 128): [(16, 16), (8, 8), (4, 4), (1, 1)],
    (64, 96): [(8, 12), (4, 6), (2, 3), (1, 1)],
    (32, 32): [(4, 4), (2, 2), (1, 1), (1, 1)],
}


@pytest.mark.parametrize("size", SHAPES)
def test_feature_map_shapes(size):
    shapes = feature_map_shapes(*size)
    assert shapes == SHAPES[size]
    assert len(shapes) == NUM_MAPS == len(STRIDES) + 1


@pytest.mark.parametrize("size", SHAPES)
def test_four_anchors_per_cell(size):
    cells = sum(rows * columns for rows, columns in SHAPES[size])
    assert len(ssd_anchors(feature_map_shapes(*size))) == 4 * cells


def test_number_of_anchors_of_the_book():
    assert len(ssd_anchors(feature_map_shapes(256, 256))) == 5380


@pytest.mark.parametrize(
    "size, message",
    [
        pytest.param((100, 64), "height.*32, got 100", id="height"),
        pytest.param((64, 33), "width.*32, got 33", id="width"),
        pytest.param((0, 64), "height.*32, got 0", id="zero"),
        pytest.param((64, -32), "width.*32, got -32", id="negative"),
    ],
)
def test_other_sizes_raise(size, message):
    with pytest.raises(ValueError, match=message):
        feature_map_shapes(*size)
