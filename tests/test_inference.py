"""Softmax, NMS and detections: hand-worked numbers, properties, MXNet's box_nms."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import nd, npx

from d2l_ssd.boxes import box_iou
from d2l_ssd.inference import (
    batched_nms,
    nms,
    predict_ssd,
    select_candidates,
    softmax,
    vote_boxes,
)
from d2l_ssd.targets import encode_offsets

npx.set_np()

ROW = np.array([[0, 0, 0.3, 0.3], [0.1, 0, 0.4, 0.3], [0.2, 0, 0.5, 0.3]])


def random_candidates(seed, count, classes=3):
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 0.6, (count, 2))
    boxes = np.concatenate(
        [low, low + rng.uniform(0.1, 0.4, (count, 2))], axis=1
    )
    scores = rng.permutation(np.linspace(0.01, 0.99, count))
    return boxes.astype(np.float32), scores, rng.integers(0, classes, count)


def test_softmax_by_hand():
    probs = softmax(np.array([[0, np.log(3)], [1000.0, 1000.0]]))
    np.testing.assert_allclose(probs, [[0.25, 0.75], [0.5, 0.5]])


class TestNms:
    @pytest.mark.parametrize(
        "scores, threshold, kept",
        [
            ([0.8, 0.9, 0.7], 0.45, [1]),
            ([0.9, 0.8, 0.7], 0.45, [0, 2]),
            ([0.8, 0.9, 0.7], 0.6, [1, 0, 2]),
            ([0.5, 0.5, 0.5], 0.45, [0, 2]),
        ],
        ids=[
            "the middle one wins",
            "a suppressed box suppresses none",
            "under the threshold all stay",
            "a tie keeps the lower index",
        ],
    )
    def test_three_in_a_row(self, scores, threshold, kept):
        assert nms(ROW, np.array(scores), threshold).tolist() == kept

    def test_only_over_the_threshold_is_suppressed(self):
        # Exactly representable: the IoU is 1/2
        boxes = np.array([[0, 0, 1, 1], [0, 0, 0.5, 1]])
        assert nms(boxes, np.array([0.9, 0.8]), 0.5).tolist() == [0, 1]
        assert nms(boxes, np.array([0.9, 0.8]), 0.499).tolist() == [0]

    def test_empty(self):
        kept = nms(np.zeros((0, 4)), np.zeros(0), 0.5)
        assert kept.shape == (0,) and kept.dtype == np.int64

    @given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.floats(0.05, 0.95))
    @settings(max_examples=50)
    def test_properties(self, seed, count, threshold):
        boxes, scores, _ = random_candidates(seed, count)
        kept = nms(boxes, scores, threshold)
        assert kept[0] == scores.argmax()
        assert (np.diff(scores[kept]) <= 0).all()
        iou = box_iou(boxes, boxes)
        np.fill_diagonal(iou, 0)
        assert (iou[np.ix_(kept, kept)] <= threshold).all()
        # Whoever is gone overlaps a better one that stayed
        for i in np.setdiff1d(np.arange(count), kept):
            better = kept[scores[kept] >= scores[i]]
            assert (iou[i, better] > threshold).any()

    @pytest.mark.parametrize("seed", range(30))
    def test_same_as_mxnet(self, seed):
        boxes, scores, classes = random_candidates(seed, 100)
        rows = np.column_stack([classes, scores, boxes]).astype(np.float32)
        for ours, force in (
            (nms(boxes, scores, 0.45), True),
            (batched_nms(boxes, scores, classes, 0.45), False),
        ):
            theirs = nd.contrib.box_nms(
                nd.array(rows),
                overlap_thresh=0.45,
                valid_thresh=0,
                id_index=0,
                force_suppress=force,
            ).asnumpy()
            theirs = theirs[theirs[:, 1] >= 0]
            np.testing.assert_allclose(rows[ours], theirs, atol=1e-6)

    def test_bad_scores(self):
        with pytest.raises(ValueError, match="scores"):
            nms(ROW, np.array([0.1, 0.2]), 0.5)
        with pytest.raises(ValueError, match="nan"):
            nms(ROW, np.array([0.1, 0.2, float("nan")]), 0.5)
        with pytest.raises(ValueError, match="boxes|a must"):
            nms(ROW[:, [2, 1, 0, 3]], np.array([0.1, 0.2, 0.3]), 0.5)


class TestBatchedNms:
    def test_other_classes_stay(self):
        scores = np.array([0.8, 0.9, 0.7])
        assert batched_nms(ROW, scores, [0, 1, 0], 0.45).tolist() == [1, 0, 2]
        assert batched_nms(ROW, scores, [0, 1, 1], 0.45).tolist() == [1, 0]

    def test_bad_classes(self):
        with pytest.raises(ValueError, match="classes"):
            batched_nms(ROW, np.array([0.1, 0.2, 0.3]), [0, 1], 0.45)


class TestVote:
    def test_by_hand(self):
        row = np.array(
            [[0.1, 0.1, 0.5, 0.5], [0.14, 0.1, 0.54, 0.5], [0.3, 0.1, 0.7, 0.5]]
        )
        scores = np.array([0.9, 0.6, 0.5])
        moved = vote_boxes(row, scores, np.zeros(3), [0, 2], 0.7)
        # Two fifths of the way to its neighbor; the other one has none
        expected = [[0.116, 0.1, 0.516, 0.5], [0.3, 0.1, 0.7, 0.5]]
        np.testing.assert_allclose(moved, expected, atol=1e-7)
        moved = vote_boxes(row, scores, np.array([0, 1, 1]), [0], 0.7)
        np.testing.assert_allclose(moved, row[:1], atol=1e-7)

    def test_nothing_kept(self):
        nothing = np.zeros((0, 4)), np.zeros(0), np.zeros(0, dtype=int)
        moved = vote_boxes(*nothing, np.zeros(0, dtype=int), 0.7)
        assert moved.shape == (0, 4)

    @given(st.integers(0, 2**32 - 1), st.floats(0.1, 1))
    @settings(max_examples=50)
    def test_same_as_a_loop(self, seed, threshold):
        boxes, scores, classes = random_candidates(seed, 30)
        kept = batched_nms(boxes, scores, classes, 0.45)
        moved = vote_boxes(boxes, scores, classes, kept, threshold)
        for i, box in zip(kept, moved):
            votes = [
                j
                for j in range(len(boxes))
                if classes[j] == classes[i]
                and box_iou(boxes[[i]], boxes[[j]])[0, 0] >= threshold
            ]
            expected = np.average(boxes[votes], axis=0, weights=scores[votes])
            np.testing.assert_allclose(box, expected, atol=1e-6)


class TestSelectCandidates:
    scores = np.array([[0.3, 0.9, 0.5, 0.9], [0.0, 0.2, 0.3, 0.1]])

    @pytest.mark.parametrize(
        "threshold, top_k, anchors, classes",
        [
            (0.3, 400, [1, 3, 2, 0, 2], [0, 0, 0, 0, 1]),
            (0.4, 400, [1, 3, 2], [0, 0, 0]),
            (0.2, 1, [1, 2], [0, 1]),
            (0.95, 400, [], []),
        ],
        ids=["at the threshold", "one class", "best of each", "none"],
    )
    def test_by_hand(self, threshold, top_k, anchors, classes):
        """Class by class, best first; of equal scores the first anchor first."""
        selected = select_candidates(self.scores, threshold, top_k)
        assert [column.tolist() for column in selected] == [anchors, classes]
        assert [column.dtype for column in selected] == [np.int64] * 2


class TestPredict:
    anchors = np.array(
        [[0, 0, 0.5, 0.5], [0.02, 0, 0.52, 0.5], [0.5, 0.5, 1, 1]],
        dtype=np.float32,
    )
    offsets = np.zeros((1, 3, 4), dtype=np.float32)

    def predict(self, probs, offsets=None, **settings):
        probs = np.array([probs], dtype=np.float32)
        offsets = self.offsets if offsets is None else offsets
        return predict_ssd(probs, offsets, self.anchors, **settings)[0]

    def test_by_hand(self):
        found = self.predict([[0.1, 0.8, 0.1], [0.4, 0.6, 0], [0.3, 0, 0.7]])
        # Class 0: anchor 0 suppresses 1. Class 1: anchors 2 and 0
        np.testing.assert_allclose(found.scores, [0.8, 0.7, 0.1])
        assert found.classes.tolist() == [0, 1, 1]
        np.testing.assert_allclose(
            found.boxes, self.anchors[[0, 2, 0]], atol=1e-6
        )

    def test_boxes_are_moved_and_clipped(self):
        truths = np.array(
            [[0.1, 0.1, 0.4, 0.4], [0, 0, 0.1, 0.1], [0.6, 0.7, 1.4, 1.2]]
        )
        offsets = encode_offsets(self.anchors, truths)[None]
        found = self.predict([[0.1, 0.9], [1, 0], [0.2, 0.8]], offsets)
        expected = [[0.1, 0.1, 0.4, 0.4], [0.6, 0.7, 1, 1]]
        np.testing.assert_allclose(found.boxes, expected, atol=1e-6)

    def test_vote(self):
        """What is suppressed still moves the box that suppressed it."""
        probs = [[0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]
        found = self.predict(probs, vote_iou=0.9)
        expected = self.anchors[[0, 2]]
        expected[0, [0, 2]] += 0.02 / 3
        np.testing.assert_allclose(found.boxes, expected, atol=1e-6)
        np.testing.assert_allclose(found.scores, [0.8, 0.7])

    @pytest.mark.parametrize(
        "settings, scores",
        [
            (dict(score_threshold=0.65), [0.8, 0.7]),
            (dict(score_threshold=0.7), [0.8, 0.7]),
            (dict(nms_iou=0.99), [0.8, 0.7, 0.6]),
            (dict(top_k=1), [0.8]),
            (dict(max_detections=1), [0.8]),
            (dict(score_threshold=0.9), []),
        ],
        ids=str,
    )
    def test_settings(self, settings, scores):
        probs = np.array([[0.2, 0.8], [0.4, 0.6], [0.3, 0.7]], dtype=np.float32)
        found = self.predict(probs, **settings)
        np.testing.assert_allclose(found.scores, scores, atol=1e-6)
        assert found.boxes.shape == (len(scores), 4)
        assert found.classes.shape == (len(scores),)

    def test_defaults_are_those_of_the_paper(self):
        """Liu et al. (2016), section 3.1, but 100 detections, as COCO reads."""
        parameters = inspect.signature(predict_ssd).parameters.values()
        defaults = {p.name: p.default for p in list(parameters)[3:]}
        assert defaults == {
            "score_threshold": 0.01,
            "nms_iou": 0.45,
            "top_k": 400,
            "max_detections": 100,
            "vote_iou": None,
        }

    def test_logits_are_refused(self):
        with pytest.raises(ValueError, match="softmax"):
            self.predict([[0, 3.0], [0, 1], [0, 1]])
        with pytest.raises(ValueError, match="softmax"):
            self.predict([[0, float("nan")], [0, 1], [0, 1]])

    def test_shapes_must_fit(self):
        with pytest.raises(ValueError, match="anchors"):
            predict_ssd(np.zeros((1, 2, 3)), self.offsets, self.anchors)

    @pytest.mark.parametrize("seed", range(10))
    def test_same_as_mxnet(self, seed):
        """MultiBoxDetection takes one class an anchor: let one class be possible."""
        rng = np.random.default_rng(seed)
        low = rng.uniform(0, 0.7, (200, 2))
        anchors = np.concatenate(
            [low, low + rng.uniform(0.1, 0.3, (200, 2))], axis=1
        )
        anchors = anchors.astype(np.float32)
        probs = rng.uniform(0, 1, (1, 200, 2)).astype(np.float32)
        probs[..., 0] = 1 - probs[..., 1]
        # MXNet drops an anchor whose likeliest class is background
        offsets = rng.normal(0, 0.5, (1, 200, 4)).astype(np.float32)
        (ours,) = predict_ssd(probs, offsets, anchors, score_threshold=0.5)
        theirs = nd.contrib.MultiBoxDetection(
            nd.array(probs.transpose(0, 2, 1)),
            nd.array(offsets.reshape(1, -1)),
            nd.array(anchors[None]),
            threshold=0.5,
            nms_threshold=0.45,
            nms_topk=400,
        ).asnumpy()[0]
        theirs = theirs[theirs[:, 0] >= 0]
        np.testing.assert_allclose(ours.scores, theirs[:, 1], atol=1e-6)
        np.testing.assert_allclose(ours.boxes, theirs[:, 2:], atol=1e-5)


class TestNumberTypes:
    boxes = np.array([[0, 0, 300, 300], [10, 0, 310, 300], [400, 0, 500, 90]])

    @pytest.mark.parametrize(
        "scores",
        [
            np.array([3, 250, 9], np.uint8),
            np.array([-100, 100, 0], np.int8),
            np.array([0.25, 0.75, 0.5], np.float16),
            np.array([False, True, False]),
            [0.1, 0.9, 0.3],
        ],
        ids=["unsigned", "signed", "half", "bools", "list"],
    )
    def test_the_best_score_wins(self, scores):
        kept = nms(self.boxes.astype(np.float16), scores, 0.5)
        assert kept.tolist() == [1, 2]
        kept = batched_nms(self.boxes.tolist(), scores, [0, 0, 0], 0.5)
        assert kept.tolist() == [1, 2]

    def test_softmax_of_unsigned_logits(self):
        logits = np.array([[0, 255]], np.uint8)
        np.testing.assert_allclose(softmax(logits), [[0, 1]], atol=1e-7)

    def test_softmax_of_masked_logits(self):
        np.testing.assert_allclose(softmax([-np.inf, 0, 0]), [0, 0.5, 0.5])

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_logits_must_be_finite(self, bad):
        with pytest.raises(
            ValueError, match=f"^logits must be finite, got {bad}"
        ):
            softmax([0, bad])

    @pytest.mark.parametrize("kind", ["float16", "float64", "list"])
    def test_predictions(self, kind):
        probs, offsets = np.float32([[[0.25, 0.75]]]), np.zeros((1, 1, 4))
        box = np.array([[0.25, 0.25, 0.5, 0.5]])
        arrays = [
            array.tolist() if kind == "list" else array.astype(kind)
            for array in (probs, offsets, box)
        ]
        (found,) = predict_ssd(*arrays, vote_iou=0.5)
        assert found.boxes.dtype == found.scores.dtype == np.float32
        np.testing.assert_array_equal(found.boxes, box)
        assert found.scores.tolist() == [0.75]

    @pytest.mark.parametrize("module", ["torch", "mxnet"])
    def test_arrays_of_frameworks(self, module):
        framework = pytest.importorskip(module)
        make = framework.tensor if module == "torch" else framework.nd.array
        arrays = [[[[0.25, 0.75]]], [[[0.0] * 4]], [[0.25, 0.25, 0.5, 0.5]]]
        (found,) = predict_ssd(*map(make, arrays))
        assert found.scores.tolist() == [0.75]


class TestLimits:
    outputs = (
        np.float32([[[0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]]),
        np.zeros((1, 3, 4), np.float32),
        np.float32([[0, 0, 0.2, 0.2], [0.4, 0, 0.6, 0.2], [0.8, 0, 1, 0.2]]),
    )

    @pytest.mark.parametrize("name", ["top_k", "max_detections"])
    def test_none_is_no_limit(self, name):
        (found,) = predict_ssd(*self.outputs, **{name: None})
        assert len(found.scores) == 3

    @pytest.mark.parametrize("name", ["top_k", "max_detections"])
    @pytest.mark.parametrize("bad", [-1, 0, 2.5, "9"])
    def test_other_limits_are_refused(self, name, bad):
        with pytest.raises(ValueError, match=f"^{name} must .*None for no"):
            predict_ssd(*self.outputs, **{name: bad})

    @pytest.mark.parametrize("name", ["nms_iou", "vote_iou", "score_threshold"])
    @pytest.mark.parametrize("bad", [45, -0.1, np.nan, "half"])
    def test_thresholds_are_fractions(self, name, bad):
        with pytest.raises(ValueError, match=f"^({name}|iou_threshold) must"):
            predict_ssd(*self.outputs, **{name: bad})

    def test_zero_suppresses_all_that_overlap(self):
        assert nms(ROW, [0.9, 0.8, 0.7], 0).tolist() == [0]
        with pytest.raises(ValueError, match="^iou_threshold must"):
            vote_boxes(ROW, [0.9, 0.8, 0.7], [0, 0, 0], [0], 0)


class TestArea:
    anchors = np.float32([[0, 0, 0.2, 0.2], [0, 0, 0.2, 0.2], [0.5, 0, 1, 1]])
    probs = np.float32([[[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]])

    @pytest.mark.parametrize("vote_iou", [None, 0.7])
    @pytest.mark.parametrize("side", range(4))
    @pytest.mark.parametrize("way", [-1, 1])
    def test_what_lies_beside_the_image_is_no_detection(
        self, vote_iou, side, way
    ):
        offsets = np.zeros((1, 3, 4), np.float32)
        offsets[0, :2, side % 2] = way * 1000
        offsets[0, :2, 2:] = -side * 100  # also so small that nothing is left
        (found,) = predict_ssd(
            self.probs, offsets, self.anchors, vote_iou=vote_iou
        )
        np.testing.assert_allclose(found.boxes, self.anchors[2:])
        np.testing.assert_allclose(found.scores, [0.7])

    def test_nothing_is_left(self):
        offsets = np.full((1, 3, 4), 1000, np.float32)
        (found,) = predict_ssd(self.probs, offsets, self.anchors)
        assert found.boxes.shape == (0, 4)

    def test_a_box_that_nobody_votes_for_stays(self):
        line = [[0.5, 0, 0.5, 1]]
        assert vote_boxes(line, [0.9], [0], [0], 0.7).tolist() == line
        moved = vote_boxes(ROW, [0, 0, 0], [0, 0, 0], [1], 0.9)
        np.testing.assert_allclose(moved, ROW[1:2])

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_offsets_must_be_finite(self, bad):
        offsets = np.full((1, 3, 4), bad, np.float32)
        with pytest.raises(
            ValueError, match="^image 0: offsets must be finite"
        ):
            predict_ssd(self.probs, offsets, self.anchors)

    def test_anchors_in_pixels(self):
        with pytest.raises(ValueError, match="^anchors must .*pixels"):
            predict_ssd(self.probs, np.zeros((1, 3, 4)), self.anchors * 256)


@pytest.mark.parametrize(
    "kept, classes, message",
    [
        ([3], [0, 0, 0], "kept must"),
        ([-1], [0, 0, 0], "kept must"),
        ([0], [0, 0.5, 0], "classes must"),
        ([0], [0, 0], "classes must"),
    ],
    ids=["no such box", "from the end", "half a class", "a class missing"],
)
def test_votes_name_what_is_wrong(kept, classes, message):
    with pytest.raises(ValueError, match=message):
        vote_boxes(ROW, [0.9, 0.8, 0.7], classes, kept, 0.5)


def test_a_mask_is_no_list_of_indices():
    boxes = np.array([[0, 0, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]])
    with pytest.raises(ValueError, match="flatnonzero"):
        vote_boxes(boxes, [0.9, 0.8], [0, 0], np.array([True, False]), 0.5)


class TestVotedDetections:
    """Two boxes of a class, IoU 0.2, and one between them that both hear."""

    anchors = np.array(
        [[0, 0, 0.3, 0.3], [0.2, 0, 0.5, 0.3], [0.1, 0, 0.4, 0.3]], np.float32
    )
    probs = np.array([[[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]], np.float32)

    @pytest.mark.parametrize("vote_iou", [0.1, 0.2, 0.45, 0.7])
    def test_do_not_overlap(self, vote_iou):
        (result,) = predict_ssd(
            self.probs, np.zeros((1, 3, 4)), self.anchors, vote_iou=vote_iou
        )
        iou = box_iou(result.boxes, result.boxes)
        most = max(0.45, vote_iou)
        assert (iou[~np.eye(len(iou), dtype=bool)] <= most).all()
        assert result.scores[0] == np.float32(0.9)


@pytest.mark.parametrize(
    "option",
    [
        {"score_threshold": 45},
        {"nms_iou": True},
        {"top_k": -1},
        {"max_detections": 0},
        {"vote_iou": 0},
    ],
    ids=lambda option: next(iter(option)),
)
def test_options_of_an_empty_batch(option):
    (name,) = option
    with pytest.raises(ValueError, match=f"^{name} must"):
        predict_ssd(
            np.zeros((0, 3, 2)),
            np.zeros((0, 3, 4)),
            np.zeros((3, 4)) + [0, 0, 1, 1],
            **option,
        )


def test_the_image_with_a_nan_is_named():
    probs = np.full((2, 1, 2), 0.5)
    probs[1] = np.nan
    with pytest.raises(ValueError, match="^image 1: class_probs .*NaN"):
        predict_ssd(probs, np.zeros((2, 1, 4)), [[0, 0, 1, 1]])


@pytest.mark.parametrize("top_k", [1, 2, 3, 4, 9, None])
def test_of_equal_scores_the_first_are_selected(top_k):
    scores = np.array([[0.3, 0.5, 0.3, 0.5, 0.3, 0.1]])
    rows, _ = select_candidates(scores, 0.2, top_k)
    assert rows.tolist() == [1, 3, 0, 2, 4][:top_k]
