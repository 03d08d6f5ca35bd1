"""Matching and offsets: hand-worked numbers, properties, MXNet's multibox_target."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import np as mnp
from mxnet import npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.targets import (
    decode_offsets,
    encode_offsets,
    match_anchors,
    ssd_targets,
)

npx.set_np()

MAPS = [(8, 8), (4, 4), (2, 2), (1, 1)]
ANCHORS = ssd_anchors(MAPS)


def random_boxes(rng, count, smallest=0.05):
    low = rng.uniform(0, 0.9 - smallest, (count, 2))
    high = low + rng.uniform(smallest, 1 - low)
    return np.concatenate([low, high], axis=1).astype(np.float32)


def random_labels(rng, batch, rows, padding):
    """Labels (B, M, 6) in which every row is padding with that probability."""
    labels = np.zeros((batch, rows, 6), dtype=np.float32)
    labels[:, :, 0] = rng.integers(0, 3, (batch, rows))
    labels[:, :, 1:5] = random_boxes(rng, batch * rows).reshape(batch, rows, 4)
    labels[rng.uniform(size=(batch, rows)) < padding] = -1
    return labels


class TestMatchAnchors:
    # IoU with the truth (0, 0, 1, 1): 1/4, 1/2, 9/16, 0
    anchors = np.array(
        [[0, 0, 0.5, 0.5], [0, 0, 0.5, 1], [0, 0, 0.75, 0.75], [2, 2, 3, 3]]
    )
    truth = np.array([[0, 0, 1, 1.0]])

    @pytest.mark.parametrize(
        "pos_iou, neg_iou, expected",
        [
            (0.5, 0.5, [-1, 0, 0, -1]),
            (0.9, 0.9, [-1, -1, 0, -1]),
            (0.55, 0.4, [-1, -2, 0, -1]),
            (0.9, 0.25, [-2, -2, 0, -1]),
        ],
        ids=[
            "at the threshold is positive",
            "the best one is positive all the same",
            "between the two is ignored",
            "at neg_iou is ignored",
        ],
    )
    def test_thresholds(self, pos_iou, neg_iou, expected):
        matches = match_anchors(self.anchors, self.truth, pos_iou, neg_iou)
        assert matches.dtype == np.int64
        assert matches.tolist() == expected

    def test_defaults_are_a_half(self):
        expected = match_anchors(self.anchors, self.truth, 0.5, 0.5).tolist()
        assert match_anchors(self.anchors, self.truth).tolist() == expected
        labels = np.array([[[0, *self.truth[0]]]])
        classes, _ = ssd_targets(labels, self.anchors)
        assert classes.tolist() == [[match + 1 for match in expected]]

    def test_two_truths_never_share_their_own_anchor(self):
        anchors = np.array([[0.3, 0, 0.7, 0.4], [0.5, 0, 0.9, 0.4]])
        # Both overlap anchor 0 best, truth 0 more so; truth 1 takes what is left
        truths = np.array([[0.32, 0, 0.72, 0.4], [0.2, 0, 0.7, 0.4]])
        assert box_iou(truths, anchors).argmax(axis=1).tolist() == [0, 0]
        assert match_anchors(anchors, truths).tolist() == [0, 1]

    def test_a_truth_that_touches_nothing_gets_nothing(self):
        far = np.array([[5, 5, 6, 6.0]])
        assert match_anchors(self.anchors, far).tolist() == [-1] * 4

    def test_no_truths_and_no_anchors(self):
        empty = np.zeros((0, 4))
        assert match_anchors(self.anchors, empty).tolist() == [-1] * 4
        assert match_anchors(empty, self.truth).tolist() == []

    def test_more_truths_than_anchors(self):
        truths = np.array([[0, 0, 1, 1], [0, 0, 0.9, 1], [0, 0, 0.8, 1]])
        matches = match_anchors(self.anchors[:2], truths)
        assert len(set(matches)) == 2 and (matches >= 0).all()

    @given(st.integers(0, 2**32 - 1), st.integers(1, 12))
    @settings(max_examples=50)
    def test_every_truth_keeps_one_anchor_of_its_own(self, seed, count):
        truths = random_boxes(np.random.default_rng(seed), count)
        matches = match_anchors(ANCHORS, truths, 1.0, 1.0)
        # Nothing but step 1 can reach an IoU of 1
        assert sorted(matches[matches >= 0]) == list(range(count))
        loose = match_anchors(ANCHORS, truths, 0.5, 0.4)
        assert set(range(count)) <= set(loose)
        np.testing.assert_array_equal(
            loose[matches >= 0], matches[matches >= 0]
        )

    @pytest.mark.parametrize(
        "pos_iou, neg_iou",
        [(0.5, 0.6), (0.5, 0), (1.1, 0.5), (float("nan"), 0.5)],
        ids=["neg over pos", "neg 0", "pos over 1", "NaN"],
    )
    def test_bad_thresholds(self, pos_iou, neg_iou):
        with pytest.raises(ValueError, match="neg_iou"):
            match_anchors(self.anchors, self.truth, pos_iou, neg_iou)

    def test_bad_boxes(self):
        with pytest.raises(ValueError, match="0.5"):
            match_anchors(self.anchors, [[0.5, 0, 0.1, 1]])


class TestOffsets:
    def test_the_worked_example_of_mxnet(self):
        offsets = encode_offsets(
            np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.1, 0.1, 0.5, 0.6])
        )
        np.testing.assert_allclose(offsets, [5, 2.5, 3.4657, 4.5815], atol=1e-4)

    def test_an_anchor_that_fits_needs_no_offset(self):
        np.testing.assert_allclose(
            encode_offsets(ANCHORS, ANCHORS), 0, atol=1e-4
        )

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=50)
    def test_round_trip(self, seed):
        rng = np.random.default_rng(seed)
        anchors, boxes = random_boxes(rng, 20), random_boxes(rng, 20)
        decoded = decode_offsets(anchors, encode_offsets(anchors, boxes))
        np.testing.assert_allclose(decoded, boxes, atol=1e-5)

    def test_huge_offsets_stay_finite(self):
        anchor = np.array([0.4, 0.4, 0.6, 0.6], dtype=np.float32)
        box = decode_offsets(anchor, np.full(4, 1e6, dtype=np.float32))
        assert np.isfinite(box).all()
        np.testing.assert_allclose(box[2:] - box[:2], 0.2 * 62.5, rtol=1e-2)

    def test_an_empty_box_is_an_error(self):
        flat = np.array([0.1, 0.1, 0.1, 0.5])
        with pytest.raises(ValueError, match="boxes"):
            encode_offsets(ANCHORS[0], flat)
        with pytest.raises(ValueError, match="anchors"):
            encode_offsets(flat, ANCHORS[0])


class TestSsdTargets:
    def test_by_hand(self):
        anchors = np.array([[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]])
        labels = np.array([[[1, 0.1, 0.1, 0.5, 0.6]]])
        classes, offsets = ssd_targets(labels, anchors)
        assert classes.dtype == np.int32 and offsets.dtype == np.float32
        assert classes.tolist() == [[2, 0]]
        np.testing.assert_allclose(
            offsets, [[[5, 2.5, 3.4657, 4.5815], [0, 0, 0, 0]]], atol=1e-4
        )

    def test_ignored_is_minus_one(self):
        anchors = TestMatchAnchors.anchors
        labels = np.array([[[0, 0, 0, 1, 1, 0.0]]])
        classes, offsets = ssd_targets(labels, anchors, 0.55, 0.4)
        assert classes.tolist() == [[0, -1, 1, 0]]
        assert (offsets[0, [0, 1, 3]] == 0).all()

    def test_an_image_without_truths_is_all_background(self):
        classes, offsets = ssd_targets(np.full((2, 3, 6), -1.0), ANCHORS)
        assert not classes.any() and not offsets.any()
        classes, _ = ssd_targets(np.zeros((2, 0, 6)), ANCHORS)
        assert classes.shape == (2, len(ANCHORS)) and not classes.any()

    @given(st.integers(0, 2**32 - 1))
    @settings(max_examples=25)
    def test_padding_may_stand_anywhere(self, seed):
        rng = np.random.default_rng(seed)
        labels = random_labels(rng, 1, 4, 0)
        padded = np.full((1, 7, 6), -1, dtype=np.float32)
        padded[:, np.sort(rng.permutation(7)[:4])] = labels
        for ours, expected in zip(
            ssd_targets(padded, ANCHORS), ssd_targets(labels, ANCHORS)
        ):
            np.testing.assert_array_equal(ours, expected)

    @pytest.mark.parametrize("seed", range(40))
    def test_same_as_mxnet(self, seed):
        rng = np.random.default_rng(seed)
        # MXNet's operator stops at the first row of padding: put the padding last
        labels = random_labels(rng, 4, 8, 0.4)
        ordered = np.stack(
            [rows[np.argsort(rows[:, 0] < 0)] for rows in labels]
        )
        classes, offsets = ssd_targets(labels, ANCHORS)
        expected_offsets, mask, expected = npx.multibox_target(
            mnp.array(ANCHORS)[None],
            mnp.array(ordered[:, :, :5]),
            mnp.zeros((4, 4, len(ANCHORS))),
            negative_mining_ratio=-1.0,
        )
        np.testing.assert_array_equal(classes, expected.asnumpy())
        np.testing.assert_array_equal(
            classes > 0, mask.asnumpy().reshape(4, -1, 4)[:, :, 0] > 0
        )
        np.testing.assert_allclose(
            offsets, expected_offsets.asnumpy().reshape(4, -1, 4), atol=1e-4
        )

    def test_bad_labels(self):
        with pytest.raises(ValueError, match="labels"):
            ssd_targets(np.zeros((2, 6)), ANCHORS)


class TestLabels:
    """What cannot be right is said, with the image's number."""

    good = (0, 0.1, 0.1, 0.5, 0.6, 0)

    @pytest.mark.parametrize(
        "bad, message",
        [
            ((0, 20, 30, 120, 200, 0), "pixels: divide x by the image's width"),
            ((0, 0.5, 0.1, 0.2, 0.6, 0), "xmax >= xmin"),
            ((0, 0.1, 0.1, 0.1, 0.6, 0), "positive width and height"),
            ((0, np.nan, 0.1, 0.5, 0.6, 0), "finite"),
            ((0, 0.1, 0.1, np.inf, 0.6, 0), "finite"),
            ((0.5, 0.1, 0.1, 0.5, 0.6, 0), "whole numbers .* got 0.5"),
            ((-2, 0.1, 0.1, 0.5, 0.6, 0), "whole numbers .* got -2"),
            ((np.nan, 0.1, 0.1, 0.5, 0.6, 0), "whole numbers .* got nan"),
            ((0, 0.1, 0.1, 0.5, 0.6, 7), "difficult .* got 7"),
        ],
        ids=[
            "pixels",
            "corners exchanged",
            "a line",
            "NaN",
            "infinite",
            "half a class",
            "a class that is no padding",
            "class NaN",
            "difficult is no flag",
        ],
    )
    def test_the_image_is_named(self, bad, message):
        labels = np.array([[self.good], [bad]])
        with pytest.raises(ValueError, match=f"^image 1: labels .*{message}"):
            ssd_targets(labels, ANCHORS)

    def test_slightly_outside_is_no_fault(self):
        labels = np.array([[[0, -0.02, 0.1, 0.5, 1.1, 0]]])
        assert ssd_targets(labels, ANCHORS)[0].max() == 1

    def test_padding_may_hold_anything(self):
        labels = np.array([[self.good, [-1, np.nan, 9, 0, -5, 3]]])
        expected = ssd_targets(labels[:, :1], ANCHORS)
        for ours, theirs in zip(ssd_targets(labels, ANCHORS), expected):
            np.testing.assert_array_equal(ours, theirs)

    def test_anchors_in_pixels(self):
        with pytest.raises(ValueError, match="^anchors must .*pixels"):
            ssd_targets(np.array([[self.good]]), ANCHORS * 256)

    @pytest.mark.parametrize("kind", ["float16", "float64", "list"])
    def test_number_types(self, kind):
        # Exact in half precision
        labels = np.array([[[1, 0.25, 0.25, 0.5, 0.75, 1]]], np.float32)
        expected = ssd_targets(labels, ANCHORS)
        other = labels.tolist() if kind == "list" else labels.astype(kind)
        anchors = ANCHORS.tolist() if kind == "list" else ANCHORS
        for ours, theirs in zip(ssd_targets(other, anchors), expected):
            assert ours.dtype == theirs.dtype
            np.testing.assert_allclose(ours, theirs, atol=1e-5)

    @pytest.mark.parametrize("seed", range(20))
    def test_many_objects_are_matched_as_few_are(self, seed):
        """The greedy step, against crossing out rows and columns of a table."""
        rng = np.random.default_rng(seed)
        truths = random_boxes(rng, 60)
        truths[30:] = truths[:30]  # ties
        iou = box_iou(truths, ANCHORS)
        expected = {}
        while iou.max() > 0:
            truth, anchor = divmod(iou.argmax(), len(ANCHORS))
            expected[anchor] = truth
            iou[truth] = iou[:, anchor] = 0
        matches = match_anchors(ANCHORS, truths, 1, 1)
        assert dict(enumerate(matches[matches >= 0])) == dict(
            enumerate(expected[a] for a in sorted(expected))
        )


class TestUnitsAndShapes:
    @pytest.mark.parametrize("scale", [1, 256], ids=["fractions", "pixels"])
    def test_one_unit_for_both_is_enough(self, scale):
        truths = ANCHORS[[5, 50]]
        expected = match_anchors(ANCHORS, truths).tolist()
        assert (
            match_anchors(ANCHORS * scale, truths * scale).tolist() == expected
        )

    def test_two_units_are_refused(self):
        truths = ANCHORS[[5, 50]].clip(0, 1)
        with pytest.raises(ValueError, match="^truths must .*pixels"):
            match_anchors(ANCHORS, truths * 256)
        with pytest.raises(ValueError, match="^anchors must .*pixels"):
            match_anchors(ANCHORS * 256, truths)

    def test_truths_without_area(self):
        with pytest.raises(ValueError, match="^truths must .*positive width"):
            match_anchors(ANCHORS, [[0.1, 0.1, 0.1, 0.5]])

    @pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
    def test_offsets_must_be_finite(self, bad):
        with pytest.raises(ValueError, match="^offsets must be finite"):
            decode_offsets(ANCHORS[0], [0, 0, bad, 0])

    def test_one_offset_per_anchor(self):
        with pytest.raises(ValueError, match="^anchors and offsets must"):
            decode_offsets(ANCHORS[:3], np.zeros((2, 4)))
        with pytest.raises(ValueError, match="^anchors and boxes must"):
            encode_offsets(ANCHORS[:3], ANCHORS[:2])


def test_small_boxes_in_pixels_are_no_fractions():
    anchors = [[0, 0, 16, 16], [16, 16, 48, 48]]
    assert match_anchors(anchors, [[0, 0, 1, 1]]).tolist() == [0, -1]
    assert match_anchors([[0, 0, 1, 1]], [[0, 0, 3, 3]]).tolist() == [0]
