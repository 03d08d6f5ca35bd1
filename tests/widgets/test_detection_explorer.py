"""DetectionExplorer: it detects what predict_ssd detects."""

import numpy as np
import pytest
from helpers.explorers import random_gallery, random_images

from d2l_ssd.boxes import clip_boxes
from d2l_ssd.inference import decode_candidates, predict_ssd
from d2l_ssd.targets import decode
from d2l_ssd.widgets import DetectionExplorer
from d2l_ssd.widgets.detection_explorer import (
    MIN_SCORE,
    TOP_K,
    candidate_rows,
)


@pytest.fixture
def explorer():
    rng = np.random.default_rng(1)
    truths, *outputs = random_gallery(rng, 3)
    return DetectionExplorer(random_images(rng, 3), truths, *outputs)


def test_value_follows_the_view(explorer):
    assert explorer.value == {
        "score_threshold": 0.3,
        "nms_iou": 0.45,
        "image": 0,
        "shows_0": True,
        "shows_1": True,
    }
    explorer.view.score_threshold = 0.5
    assert explorer.value["score_threshold"] == 0.5


def test_detections_are_those_of_predict_ssd(explorer):
    explorer.view.score_threshold, explorer.view.nms_iou = 0.2, 0.6
    expected = predict_ssd(*explorer.outputs, 0.2, 0.6)
    for ours, theirs in zip(explorer.detections, expected):
        for a, b in zip(ours, theirs):
            np.testing.assert_array_equal(a, b)


def test_a_class_can_be_off(explorer):
    explorer.view.shows_0 = False
    assert {c for d in explorer.detections for c in d.classes} == {1}


def test_candidates_are_few_and_sorted(explorer):
    for image in explorer.view.candidates:
        rows = np.frombuffer(image, "<f4").reshape(-1, 6)
        classes, scores = rows[:, 0], rows[:, 1]
        assert scores.min() >= np.float32(MIN_SCORE)
        assert np.bincount(classes.astype(int)).max() <= TOP_K
        assert (np.diff(classes) >= 0).all()
        for label in (0, 1):
            assert (np.diff(scores[classes == label]) <= 0).all()


def test_compact_has_two_controls(explorer):
    front = DetectionExplorer(
        explorer.images,
        explorer.truths,
        *explorer.outputs,
        compact=True,
        image=2,
    )
    assert front.value == {"score_threshold": 0.3, "nms_iou": 0.45}
    assert front.view.image == 2


def test_rejects_other_numbers_of_images(explorer):
    with pytest.raises(ValueError, match="got 2, 3 and 3"):
        DetectionExplorer(
            explorer.images[:2], explorer.truths, *explorer.outputs
        )


def test_what_lies_beside_the_image_is_no_candidate():
    probs = np.float32([[[0.1, 0.9], [0.2, 0.8]]])
    offsets = np.zeros((1, 2, 4), np.float32)
    offsets[0, 0, 0] = 1000  # far to the right
    anchors = np.float32([[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1]])
    (rows,) = candidate_rows(probs, offsets, anchors)
    (found,) = predict_ssd(probs, offsets, anchors)
    np.testing.assert_allclose(rows[:, 1], found.scores)
    row = [0, 0.8, 0.5, 0.5, 1, 1, *anchors[1]]
    np.testing.assert_allclose(rows, [row], atol=1e-6)


def test_candidates_are_those_of_predict_ssd_and_keep_their_anchors():
    _, probs, offsets, anchors = random_gallery(np.random.default_rng(2), 2)
    for i, rows in enumerate(candidate_rows(probs, offsets, anchors)):
        found = decode_candidates(
            probs[i], offsets[i], anchors, MIN_SCORE, TOP_K
        )
        for ours, theirs in zip((rows[:, 2:6], rows[:, 1], rows[:, 0]), found):
            np.testing.assert_array_equal(ours, theirs)
        for _, score, *places in rows:
            (own,) = np.flatnonzero((anchors == places[4:]).all(axis=1))
            box = clip_boxes(decode(anchors[own], offsets[i, own]))
            np.testing.assert_allclose(box, places[:4], atol=1e-6)
            assert score in probs[i, own]
