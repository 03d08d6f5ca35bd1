"""Packing of lists of different lengths, and back."""

import numpy as np
import pytest

from d2l_ssd.detections import Detections
from d2l_ssd.results.arrays import (
    find_candidates,
    pack_candidates,
    pack_detections,
    pack_replay,
    unpack_candidates,
    unpack_detections,
    unpack_replay,
)


def detections(*counts, seed=0):
    rng = np.random.default_rng(seed)
    return [
        Detections(
            np.sort(rng.random((n, 2, 2), np.float32), axis=1).reshape(-1, 4),
            rng.random(n, np.float32),
            rng.integers(0, 20, n),
        )
        for n in counts
    ]


def assert_same(a, b):
    assert len(a) == len(b)
    for one, other in zip(a, b):
        np.testing.assert_allclose(one.boxes, other.boxes, atol=1 / 65535)
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.classes, other.classes)
        assert [c.dtype for c in one] == [np.float32, np.float32, np.int64]


@pytest.mark.parametrize(
    "counts",
    [(3, 1, 2), (0, 2, 0), (0,), (0, 0, 0)],
    ids=["all found", "empty at both ends", "one empty", "nothing at all"],
)
def test_detections_come_back(counts):
    found = detections(*counts)
    assert_same(unpack_detections(pack_detections(found)), found)


def test_boxes_at_the_border_come_back_exactly_and_clipped():
    box = np.array([[-0.1, 0, 1, 1.2]], np.float32)
    found = [Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64))]
    (again,) = unpack_detections(pack_detections(found))
    assert again.boxes.tolist() == [[0, 0, 1, 1]]


def test_packed_detections_are_small():
    packed = pack_detections(detections(100))
    assert packed["boxes"].dtype == np.uint16
    assert packed["classes"].dtype == np.uint8


@pytest.mark.parametrize("epochs", [1, 3])
def test_replay_comes_back_epoch_by_epoch(epochs):
    replay = [detections(2, 0, 1, seed=epoch) for epoch in range(epochs)]
    again = unpack_replay(pack_replay(replay))
    assert len(again) == epochs
    for a, b in zip(again, replay):
        assert_same(a, b)


def test_only_anchors_that_may_hold_an_object_are_candidates():
    probs = np.array(
        [
            [[0.5, 0.5, 0], [0.995, 0.004, 0.001], [0.98, 0.0, 0.02]],
            [[1, 0, 0], [1, 0, 0], [0.99, 0.01, 0]],
        ],
        np.float32,
    )
    offsets = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    first, second = unpack_candidates(
        pack_candidates(find_candidates(probs, offsets))
    )
    assert first.anchors.tolist() == [0, 2]
    np.testing.assert_array_equal(first.class_probs, probs[0, [0, 2]])
    np.testing.assert_array_equal(first.offsets, offsets[0, [0, 2]])
    assert second.anchors.tolist() == [2]  # at the threshold
    assert first.anchors.dtype == np.int64
    assert first.offsets.dtype == np.float32


def test_nearly_certain_candidates_keep_their_order():
    probs = np.float32([[[2e-6, 1 - 2e-6], [1e-6, 1 - 1e-6]]])
    (again,) = unpack_candidates(
        pack_candidates(find_candidates(probs, np.zeros((1, 2, 4))))
    )
    assert again.class_probs[0, 1] < again.class_probs[1, 1]
