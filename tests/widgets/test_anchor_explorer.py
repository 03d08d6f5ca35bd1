"""AnchorExplorer: where it starts, and what is on."""

import numpy as np
import pytest
from helpers.explorers import random_boxes, random_images

from d2l_ssd.anchors import SIZES, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.widgets import AnchorExplorer
from d2l_ssd.widgets.anchor_explorer import NAIVE_SIZES
from d2l_ssd.widgets.base import MAP_SHAPES


@pytest.fixture
def explorer():
    rng = np.random.default_rng(1)
    labels = np.column_stack([[0, 1, 1], random_boxes(rng, 3)])
    return AnchorExplorer(random_images(rng, 1), [labels])


def test_starts_at_the_anchors_that_fit_the_first_object(explorer):
    view, anchors = explorer.view, ssd_anchors(MAP_SHAPES)
    best = box_iou(explorer.truths[0][:1, 1:], anchors).argmax()
    before = sum(h * w for h, w in MAP_SHAPES[: view.map])
    cell = view.row * MAP_SHAPES[view.map][1] + view.column
    assert best // 4 == before + cell
    assert [view.small, view.large] == view.sizes[view.map]


def test_may_start_with_naive_sizes(explorer):
    view = AnchorExplorer(explorer.images, explorer.truths, naive=True).view
    assert view.preset == 1
    assert [tuple(pair) for pair in view.sizes] == list(NAIVE_SIZES)
    assert [view.small, view.large] == view.sizes[view.map]
    assert view.presets[0] == [list(pair) for pair in SIZES]


def test_starts_at_the_first_cell_without_an_object():
    image = np.zeros((32, 32, 3), np.uint8)
    view = AnchorExplorer([image], [np.full((1, 5), -1)]).view
    assert (view.map, view.row, view.column) == (0, 0, 0)


def test_ratios_follow_the_toggles(explorer):
    assert explorer.ratios == (1, 2, 0.5)
    explorer.view.tall, explorer.view.very_wide = False, True
    assert explorer.ratios == (1, 2, 3)


def test_histogram_may_have_objects_of_its_own(explorer):
    boxes = random_boxes(np.random.default_rng(2), 7)
    labels = explorer.truths
    view = AnchorExplorer(explorer.images, labels, all_truths=boxes).view
    np.testing.assert_array_equal(
        np.frombuffer(view.all_truths, "<f4").reshape(-1, 4), boxes
    )
