"""NMSExplorer: the steps of NMS, and the object that it loses."""

import numpy as np
import pytest
from helpers.explorers import random_boxes, random_gallery, random_images

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.detections import Detections
from d2l_ssd.inference import nms, predict_ssd
from d2l_ssd.results import load_results
from d2l_ssd.targets import encode_offsets
from d2l_ssd.widgets import NMSExplorer
from d2l_ssd.widgets.base import MAP_SHAPES
from d2l_ssd.widgets.nms_explorer import find_lost, list_steps

# Two dogs that share three fifths of their width, IoU 3/7, and a cat
DOGS = np.array([[0.1, 0.1, 0.4, 0.4], [0.22, 0.1, 0.52, 0.4]])
CAT = np.array([[0.55, 0.55, 0.95, 0.95]])


def make_outputs(rows):
    """Make outputs (1, A, 3) that predict rows of class, score and box."""
    anchors = ssd_anchors(MAP_SHAPES)
    probs = np.zeros((1, len(anchors), 3), np.float32)
    offsets = np.zeros((1, len(anchors), 4), np.float32)
    for anchor, (label, score, box) in enumerate(rows):
        probs[0, anchor, label + 1] = score
        own = anchors[anchor : anchor + 1]
        offsets[0, anchor] = encode_offsets(own, np.float32([box]))[0]
    probs[:, :, 0] = 1 - probs.sum(axis=2)
    return probs, offsets


def make_truths(labels, boxes, difficult=0):
    columns = labels, boxes, np.full(len(labels), difficult)
    return np.column_stack(columns).astype(np.float32)


@pytest.fixture
def explorer():
    """One cat on the first image, two dogs that overlap on the second."""
    cat = make_outputs([(0, 0.95, CAT[0])])
    herd = make_outputs([(1, 0.9, DOGS[0]), (1, 0.8, DOGS[1])])
    outputs = [np.concatenate(pair) for pair in zip(cat, herd)]
    truths = [make_truths([0], CAT), make_truths([1, 1], DOGS)]
    images = random_images(np.random.default_rng(0), 2)
    return NMSExplorer(images, truths, *outputs, nms_iou=0.3)


def test_starts_where_an_object_is_lost(explorer):
    assert (explorer.view.image, explorer.view.label) == (1, 1)
    np.testing.assert_array_equal(explorer.lost, [1])
    assert len(explorer.candidates.scores) == 2
    assert len(explorer.detections.scores) == 1


def test_steps_follow_the_threshold(explorer):
    assert [step[:2] for step in explorer.steps] == [(0, -1), (0, 1)]
    _, test = explorer.steps
    assert test.removed and test.iou == pytest.approx(3 / 7, abs=1e-5)
    explorer.view.nms_iou = 0.5
    assert [step[:2] for step in explorer.steps] == [(0, -1), (0, 1), (1, -1)]
    assert not any(step.removed for step in explorer.steps)
    assert len(explorer.lost) == 0


def test_other_controls_choose_other_candidates(explorer):
    explorer.view.image = 0
    assert explorer.candidates.scores.size == 0 and explorer.steps == []
    explorer.view.label = 0
    np.testing.assert_allclose(explorer.candidates.boxes, CAT, atol=1e-5)


def test_what_is_left_is_what_predict_ssd_returns():
    rng = np.random.default_rng(4)
    truths, *outputs = random_gallery(rng, 3)
    explorer = NMSExplorer(
        random_images(rng, 3), truths, *outputs, score_threshold=0.2
    )
    for nms_iou in (0.2, 0.45, 0.7):
        found = predict_ssd(*outputs, 0.2, nms_iou, max_detections=None)
        explorer.view.nms_iou = nms_iou
        for image in range(3):
            for label in range(2):
                explorer.view.image, explorer.view.label = image, label
                own = found[image].classes == label
                for left, column in zip(explorer.detections, found[image]):
                    np.testing.assert_array_equal(left, column[own])


@pytest.mark.parametrize("threshold", [0.2, 0.45, 0.9])
def test_steps_keep_what_nms_keeps_and_remove_the_rest(threshold):
    rng = np.random.default_rng(1)
    boxes = random_boxes(rng, 40, smallest=0.3)
    scores = np.sort(rng.uniform(size=40))[::-1]
    steps = list_steps(boxes, scores, threshold)
    kept = [step.kept for step in steps if step.tested < 0]
    assert kept == nms(boxes, scores, threshold).tolist()
    removed = [step.tested for step in steps if step.removed]
    assert sorted(kept + removed) == list(range(40))


def test_an_object_that_is_difficult_is_not_lost():
    found = Detections(
        DOGS.astype("f4"), np.float32([0.9, 0.8]), np.ones(2, int)
    )
    lost = find_lost(found, make_truths([1, 1], DOGS), 0.3)
    np.testing.assert_array_equal(lost, [1])
    assert not len(find_lost(found, make_truths([1, 1], DOGS, 1), 0.3))


def test_the_book_has_an_image_on_which_nms_loses_a_cat():
    """It sits behind a mug: a box that ends there is surer than the right one."""
    results = load_results().predictions
    place = results.ids.index("toy_val_000469")
    outputs = results.outputs_for([results.ids[place]])
    truths = [
        make_truths(
            [0, 0],
            [
                [0.425, 0.428125, 0.8625, 0.75625],
                [0.7, 0.790625, 0.9666666, 0.940625],
            ],
        )
    ]
    images = random_images(np.random.default_rng(0), 1)
    explorer = NMSExplorer(images, truths, *outputs)
    np.testing.assert_array_equal(explorer.lost, [1])
    assert len(explorer.detections.scores) == 2
    assert explorer.steps[1].removed


def test_rejects_images_without_candidates():
    images = random_images(np.random.default_rng(0), 1)
    outputs = make_outputs([(0, 0.3, CAT[0])])
    with pytest.raises(ValueError, match="lower score_threshold"):
        NMSExplorer(images, [make_truths([0], CAT)], *outputs)


def test_rejects_lists_of_other_lengths():
    images = random_images(np.random.default_rng(0), 2)
    outputs = make_outputs([(0, 0.9, CAT[0])])
    with pytest.raises(ValueError, match="got 2, 1 and 1"):
        NMSExplorer(images, [make_truths([0], CAT)], *outputs)
