"""MatchingExplorer: its steps give what match_anchors gives."""

import json

import numpy as np
import pytest
from helpers.explorers import on_a_grid, random_boxes, random_images

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.targets import BACKGROUND, match_anchors
from d2l_ssd.widgets import MatchingExplorer
from d2l_ssd.widgets.base import MAP_SHAPES
from d2l_ssd.widgets.matching_explorer import (
    NUM_ROWS,
    matching_steps,
    pick_anchors,
    steps_to_matches,
)

# The chapter's, by hand: A and B want anchor 1, and C is small
ANCHORS = np.float32(
    [[0, 0, 0.4, 0.4], [0.3, 0, 0.7, 0.4], [0.5, 0, 0.9, 0.4], [0, 0.6, 0.4, 1]]
)
ABC = np.float32(
    [[0.32, 0, 0.72, 0.4], [0.25, 0, 0.7, 0.4], [0.1, 0.7, 0.3, 0.9]]
)


def labels_of(boxes):
    return np.column_stack([np.zeros(len(boxes)), boxes])


@pytest.fixture
def explorer():
    image = random_images(np.random.default_rng(0), 1, 32, 32)[0]
    small = ABC[2:]
    return MatchingExplorer(
        [image, image],
        [labels_of(ABC), labels_of(small)],
        [ANCHORS, ssd_anchors(MAP_SHAPES)],
        ["ABC", ["small one"]],
    )


def brief(steps):
    return [tuple(step._replace(iou=round(step.iou, 2))) for step in steps]


def test_steps_by_hand(explorer):
    assert brief(explorer.steps) == [
        (1, 1, 0, 0.9, True),
        (1, 2, 1, 0.31, True),
        (1, 3, 2, 0.25, True),
        (2, 0, 1, 0.21, False),
    ]


def test_steps_follow_the_controls(explorer):
    explorer.view.pos_iou = 0.2
    assert explorer.matches.tolist() == [1, 0, 1, 2]
    explorer.view.forced = False
    assert explorer.matches.tolist() == [1, 0, 0, 2]
    explorer.view.pos_iou = 0.5
    assert explorer.matches.tolist() == [-1, 0, -1, -1]
    explorer.view.image = 1
    assert len(explorer.steps) == NUM_ROWS


def random_cases():
    rng = np.random.default_rng(4)
    for number in range(30):
        anchors = random_boxes(rng, 25 if number % 3 else 3)
        truths = random_boxes(rng, number % 5 + 1)
        if number % 2:
            anchors, truths = on_a_grid(anchors), on_a_grid(truths)
        yield anchors, truths


@pytest.mark.parametrize("pos_iou", [0.1, 0.5, 0.9])
def test_with_both_rules_it_is_match_anchors(pos_iou):
    for anchors, truths in random_cases():
        steps = matching_steps(anchors, truths, pos_iou)
        np.testing.assert_array_equal(
            steps_to_matches(steps),
            match_anchors(anchors, truths, pos_iou, pos_iou),
        )


def test_without_rule_1_only_the_threshold_counts():
    for anchors, truths in random_cases():
        iou = box_iou(truths, anchors)
        enough = iou.max(axis=0) >= 0.5
        expected = np.where(enough, iou.argmax(axis=0), BACKGROUND)
        steps = matching_steps(anchors, truths, 0.5, forced=False)
        np.testing.assert_array_equal(steps_to_matches(steps), expected)
        assert [step.anchor for step in steps] == list(range(len(anchors)))


@pytest.mark.parametrize("pos_iou", [0.3, 0.5, 0.7])
def test_picked_anchors_get_what_they_get_among_all(pos_iou):
    rng = np.random.default_rng(5)
    anchors = ssd_anchors(MAP_SHAPES)
    for count in range(1, 6):
        truths = random_boxes(rng, count, 0.05)
        rows = pick_anchors(anchors, truths)
        assert len(set(rows)) == NUM_ROWS
        np.testing.assert_array_equal(
            match_anchors(anchors[rows], truths, pos_iou, pos_iou),
            match_anchors(anchors, truths, pos_iou, pos_iou)[rows],
        )


def test_picked_anchors_grow_with_the_objects():
    truths = random_boxes(np.random.default_rng(6), NUM_ROWS + 2)
    assert len(pick_anchors(ssd_anchors(MAP_SHAPES), truths)) == NUM_ROWS + 2


def test_asks_for_the_object_whose_own_anchor_fits_worst(explorer):
    assert explorer.view.asked == [2, 0]
    assert explorer.view.totals == [4, 5380]


def test_state_is_small(explorer):
    state = explorer.view.get_state()
    del state["_esm"], state["_css"], state["images"]
    size = json.dumps(state, default=lambda data: bytes(data).hex())
    assert len(size) < 3000


def test_the_picture_asks_the_question(explorer):
    ax = explorer.draw_static().axes[1]
    assert ax.get_title() == "Which anchor will the C get?"
    [table] = ax.tables
    assert table[2, 0].get_text().get_text() == "0.90"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ["AB"]}, "a name for each of its 3 objects, got 2"),
        ({"truths": [np.full((2, 5), -1)]}, "needs an object and an anchor"),
        ({"anchors": [np.zeros((0, 4))]}, "needs an object and an anchor"),
        ({"anchors": []}, "must have the same length, got 1, 1, 0, 1"),
    ],
    ids=["names", "no object", "no anchor", "lengths"],
)
def test_rejects_what_makes_no_table(change, message):
    given = {
        "images": [np.zeros((8, 8, 3), np.uint8)],
        "truths": [labels_of(ABC)],
        "anchors": [ANCHORS],
        "names": ["ABC"],
    }
    with pytest.raises(ValueError, match=message):
        MatchingExplorer(**{**given, **change})
