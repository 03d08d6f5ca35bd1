"""Shapes of the four maps, from the image's size alone."""

import math

import numpy as np
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


@pytest.mark.parametrize("number", [float, np.int64, np.float32, np.uint16])
def test_shapes_are_ints_whatever_the_size_is(number):
    shapes = feature_map_shapes(number(64), number(96))
    assert shapes == SHAPES[64, 96]
    assert {type(side) for shape in shapes for side in shape} == {int}


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
        pytest.param((64.5, 64), "height.*32, got 64.5", id="half a pixel"),
        pytest.param((math.nan, 64), "height.*32, got nan", id="NaN"),
        pytest.param((64, math.inf), "width.*32, got inf", id="infinite"),
        pytest.param((64, "64"), "width.*32, got '64'", id="text"),
        pytest.param((None, 64), "height.*32, got None", id="None"),
    ],
)
def test_other_sizes_raise(size, message):
    with pytest.raises(ValueError, match=message):
        feature_map_shapes(*size)
