"""Anchors against literal numbers, properties and MXNet's multibox_prior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mxnet import np as mnp
from mxnet import npx

from d2l_ssd.anchors import (
    ANCHORS_PER_CELL,
    RATIOS,
    SIZES,
    best_possible_iou,
    generate_anchors,
    ssd_anchors,
)

npx.set_np()

MAPS = [(32, 32), (16, 16), (8, 8), (1, 1)]


def test_one_cell_by_hand():
    expected = [[0.25, 0.25, 0.75, 0.75], [0, 0.375, 1, 0.625]]
    anchors = generate_anchors(1, 1, sizes=[0.5], ratios=[1, 4])
    assert anchors.dtype == np.float32
    np.testing.assert_allclose(anchors, expected, atol=1e-7)


def test_order_is_row_by_row_ratios_before_sizes():
    anchors = generate_anchors(2, 3, sizes=[0.2, 0.4], ratios=[1, 4])
    centers = (anchors[:, :2] + anchors[:, 2:]) / 2
    expected = [(x, y) for y in (1 / 4, 3 / 4) for x in (1 / 6, 3 / 6, 5 / 6)]
    np.testing.assert_allclose(centers[::3], expected, atol=1e-6)
    width, height = (anchors[:3, 2:] - anchors[:3, :2]).T
    # The map is 2 high and 3 wide: its shorter side is 2/3 of its width
    np.testing.assert_allclose(
        width, np.array([0.2, 0.4, 0.4]) * 2 / 3, atol=1e-6
    )
    np.testing.assert_allclose(height, [0.2, 0.1, 0.4], atol=1e-6)


def test_ratio_one_is_a_square_of_pixels():
    (anchor,) = generate_anchors(1, 1, [0.5], [1], image_size=(100, 400))
    np.testing.assert_allclose(
        anchor * [400, 100, 400, 100], [175, 25, 225, 75]
    )


def test_number_of_anchors_of_the_book():
    assert ssd_anchors(MAPS).shape == (5380, 4)
    counts = [4096, 1024, 256, 4]
    first = np.cumsum([0, *counts])
    for k, ((h, w), s, r) in enumerate(zip(MAPS, SIZES, RATIOS)):
        rows = slice(first[k], first[k + 1])
        np.testing.assert_array_equal(
            ssd_anchors(MAPS)[rows], generate_anchors(h, w, s, r)
        )


def test_first_map_gives_the_proportion_to_all():
    wide = ssd_anchors([(8, 16), (1, 1)], [[0.2], [0.5]], [[1], [1]])
    np.testing.assert_allclose(wide[-1], [0.375, 0.25, 0.625, 0.75])


def test_sizes_rise_from_a_twelfth_of_the_image_to_nearly_all_of_it():
    assert np.ravel(SIZES).tolist() == sorted(np.ravel(SIZES))
    # The stored weights were trained with these
    assert SIZES == ((0.08, 0.12), (0.18, 0.27), (0.4, 0.55), (0.7, 0.88))
    assert RATIOS == ((1, 2, 0.5),) * len(SIZES)


def test_smallest_anchor_of_a_map_is_about_three_cells_wide():
    cells = [rows * sizes[0] for (rows, _), sizes in zip(MAPS[:3], SIZES)]
    np.testing.assert_allclose(cells, 2.9, atol=0.4)


def test_every_map_has_the_same_number_of_anchors_per_cell():
    counts = {len(s) + len(r) - 1 for s, r in zip(SIZES, RATIOS)}
    assert counts == {ANCHORS_PER_CELL} == {4}


def multibox_prior(height, width, sizes, ratios):
    data = mnp.zeros((1, 1, height, width))
    return npx.multibox_prior(data, sizes=sizes, ratios=ratios).asnumpy()[0]


@pytest.mark.parametrize(
    "height, width",
    [(1, 1), (3, 3), (8, 8), (4, 7)],
    ids=["one cell", "odd", "even", "wide"],
)
@pytest.mark.parametrize(
    "sizes, ratios",
    [([0.2, 0.3], [1, 2, 0.5]), ([0.4], [1]), ([0.1, 0.2, 0.9], [3])],
    ids=["the book's", "one anchor", "one ratio"],
)
def test_same_boxes_as_mxnet_in_every_cell(height, width, sizes, ratios):
    ours = generate_anchors(height, width, sizes, ratios)
    theirs = multibox_prior(height, width, sizes, ratios)
    assert ours.shape == theirs.shape
    a_cell = len(sizes) + len(ratios) - 1
    for mine, other in zip(
        ours.reshape(-1, a_cell, 4), theirs.reshape(-1, a_cell, 4)
    ):
        # As sets: every box has a partner, one to one
        distance = np.abs(mine[:, None] - other[None]).max(axis=-1)
        partners = distance.argmin(axis=1)
        assert sorted(partners) == list(range(a_cell))
        assert distance.min(axis=1).max() < 1e-6


def test_mxnet_measures_sizes_in_the_height_and_we_in_the_shorter_side():
    (ours,) = generate_anchors(2, 1, [0.5], [1])[:1]
    (theirs,) = multibox_prior(2, 1, [0.5], [1])[:1]
    np.testing.assert_allclose(ours[2:] - ours[:2], [0.5, 0.25])
    np.testing.assert_allclose(theirs[2:] - theirs[:2], [1, 0.5])


positive = st.floats(0.05, 2)


@given(
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    sizes=st.lists(positive, min_size=1, max_size=3),
    ratios=st.lists(positive, min_size=1, max_size=3),
    image=st.tuples(st.integers(10, 500), st.integers(10, 500)),
)
def test_area_depends_on_the_size_alone(height, width, sizes, ratios, image):
    anchors = generate_anchors(height, width, sizes, ratios, image)
    a_cell = len(sizes) + len(ratios) - 1
    assert anchors.shape == (height * width * a_cell, 4)
    sides = (anchors[:, 2:] - anchors[:, :2]) * [image[1], image[0]]
    sizes_in_cell = [sizes[0]] * len(ratios) + sizes[1:]
    expected = np.tile(
        (np.array(sizes_in_cell) * min(image)) ** 2, height * width
    )
    np.testing.assert_allclose(sides.prod(axis=1), expected, rtol=1e-3)


def test_best_possible_iou():
    anchors = np.array([[0, 0, 0.5, 0.5], [0, 0, 1, 1]])
    truths = np.array([[0, 0, 0.5, 1], [0, 0, 1, 1]])
    np.testing.assert_allclose(best_possible_iou(anchors, truths), [0.5, 1])
    assert best_possible_iou(anchors, np.zeros((0, 4))).shape == (0,)
    np.testing.assert_array_equal(
        best_possible_iou(np.zeros((0, 4)), truths), [0, 0]
    )


@pytest.mark.parametrize(
    "arguments, word",
    [
        (dict(height=0, width=1, sizes=[0.5], ratios=[1]), "height"),
        (dict(height=1, width=-1, sizes=[0.5], ratios=[1]), "width"),
        (dict(height=1, width=1, sizes=[], ratios=[1]), "sizes"),
        (dict(height=1, width=1, sizes=[float("nan")], ratios=[1]), "sizes"),
        (dict(height=1, width=1, sizes=[0.5], ratios=[0]), "ratios"),
        (
            dict(height=1, width=1, sizes=[0.5], ratios=[1], image_size=(0, 4)),
            "image_size",
        ),
    ],
    ids=["height", "width", "no size", "NaN size", "ratio", "image size"],
)
def test_bad_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        generate_anchors(**arguments)


def test_maps_and_sizes_must_go_together():
    message = "feature_map_shapes, sizes and ratios .* got 3, 4 and 4 entries"
    with pytest.raises(ValueError, match=message):
        ssd_anchors(MAPS[:3])


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((2, 2, 0.1, 1), "sizes must be a list"),
        ((2, 2, [0.1], 1), "ratios must be a list"),
        ((2, 2, [32, 64], [1]), "divide pixels by"),
        ((2.5, 2, [0.1], [1]), "height must be a whole number"),
        ((2, 10**9, [0.1], [1]), "in cells"),
        ((2, 2, [np.nan], [1]), "sizes must be positive"),
        ((2, 2, [0.1], [np.inf]), "ratios must be positive"),
        ((2, 2, ["a"], [1]), "sizes must be an array of numbers"),
        ((2, 2, [0.1], [1], (4,)), r"image_size must be \(height, width\)"),
    ],
    ids=[
        "a size alone",
        "a ratio alone",
        "sizes in pixels",
        "half a cell",
        "more cells than a map has",
        "NaN",
        "infinite",
        "letters",
        "one side",
    ],
)
def test_a_sentence_names_the_argument(arguments, message):
    with pytest.raises(ValueError, match=message):
        generate_anchors(*arguments)


@pytest.mark.parametrize(
    "maps, message",
    [
        (([], [], []), "one entry per map"),
        (([(2, 2)], (0.1, 0.2), (1, 2)), "got 1, 2 and 2"),
        (([2], [[0.1]], [[1]]), "pairs"),
        ((2, [[0.1]], [[1]]), "must be a list"),
    ],
    ids=["no map", "sizes of no map", "a side", "a number"],
)
def test_maps_are_lists(maps, message):
    with pytest.raises(ValueError, match=message):
        ssd_anchors(*maps)


def test_best_possible_iou_of_two_units():
    with pytest.raises(ValueError, match="^truths must .*pixels"):
        best_possible_iou([[0, 0, 1, 1]], [[0, 0, 200, 200]])


def test_an_image_size_may_be_an_array():
    expected = generate_anchors(2, 2, [0.1], [1], (4, 8))
    ours = generate_anchors(2, 2, [0.1], [1], np.array([4, 8]))
    np.testing.assert_array_equal(ours, expected)
