"""Anchors and objects of a data set: measured, and chosen."""

from itertools import combinations

import numpy as np
import pytest

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inspection import (
    measure_anchors,
    suggest_input_size,
    suggest_sizes,
)


def squares(rng, number, low, high):
    """Return boxes (number, 4) of random size and place in a square image."""
    sides = rng.uniform(low, high, (number, 1))
    centers = rng.uniform(sides / 2, 1 - sides / 2, (number, 2))
    return np.hstack([centers - sides / 2, centers + sides / 2])


def fit_of(boxes, sizes, height=128, width=128):
    """Measure anchors of some sizes, with each object alone in its image."""
    shapes = feature_map_shapes(height, width)
    return measure_anchors(boxes[:, None], ssd_anchors(shapes, sizes, RATIOS))


class TestMeasureAnchors:
    def test_by_hand(self):
        anchors = [[0, 0, 0.5, 0.5], [0.5, 0.5, 1, 1], [0, 0, 0.5, 0.4]]
        one = [[0, 0, 0.5, 0.5]]  # IoU 1, and 0.8 with the third
        two = [[0.5, 0.5, 0.6, 1], [0.5, 0, 1, 0.5]]  # IoU 0.2, and none
        fit = measure_anchors([one, np.zeros((0, 4)), two], anchors)
        np.testing.assert_allclose(fit.best_iou, [1, 0.2, 0], rtol=1e-6)
        assert fit.positives.tolist() == [2, 1, 0]
        assert fit.unreached.tolist() == [False, True, True]

    def test_no_image(self):
        fit = measure_anchors([], [[0, 0, 1, 1]])
        assert fit.best_iou.shape == fit.positives.shape == (0,)

    def test_box_without_area(self):
        with pytest.raises(ValueError, match="positive width and height"):
            measure_anchors([[[0.5, 0.5, 0.5, 0.7]]], [[0, 0, 1, 1]])


class TestSuggestSizes:
    def test_no_box(self):
        assert suggest_sizes(np.zeros((0, 4)), 128, 96) == SIZES

    def test_order_does_not_count(self):
        boxes = squares(np.random.default_rng(0), 700, 0.05, 0.4)
        assert suggest_sizes(boxes, 128, 128) == suggest_sizes(
            boxes[::-1], 128, 128
        )

    def test_nor_among_objects_of_one_size(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.inspection.anchor_fit.MOST_BOXES", 2)
        starts = np.random.default_rng(0).uniform(0, 0.6, (60, 2))
        boxes = np.hstack([starts, starts + 0.3])
        found = {
            suggest_sizes(boxes[order], 96, 96)
            for order in (
                np.random.default_rng(s).permutation(60) for s in range(12)
            )
        }
        assert len(found) == 1

    def test_better_than_the_default_for_objects_of_one_size(self):
        boxes = squares(np.random.default_rng(1), 200, 0.33, 0.36)
        ours, default = (
            fit_of(boxes, sizes)
            for sizes in (suggest_sizes(boxes, 128, 128), SIZES)
        )
        assert ours.best_iou.mean() > default.best_iou.mean() + 0.1
        assert ours.positives.mean() > 3 * default.positives.mean()

    def test_few_small_objects_are_not_given_up(self):
        rng = np.random.default_rng(2)
        small = squares(rng, 20, 0.07, 0.08)
        boxes = np.concatenate([squares(rng, 480, 0.18, 0.22), small])
        sizes = suggest_sizes(boxes, 224, 224)
        assert not fit_of(small, sizes, 224, 224).unreached.any()

    @pytest.mark.parametrize("height, width", [(64, 96), (96, 96)])
    @pytest.mark.parametrize("ratio", [1, 2, 0.5])
    @pytest.mark.parametrize("low, high", [(0.6, 0.9), (0.5, 0.52)])
    def test_no_single_pair_is_better(self, height, width, ratio, low, high):
        """Ask every pair of candidates by brute force over whole anchor sets."""
        boxes = squares(np.random.default_rng(3), 60, low, high)
        across = int(ratio > 1)
        middle = boxes[:, [across, across + 2]].mean(axis=1, keepdims=True)
        if ratio != 1:  # half as high, or as wide
            sides = boxes[:, [across, across + 2]]
            boxes[:, [across, across + 2]] = (sides + middle) / 2
        chosen = suggest_sizes(boxes, height, width)
        shapes = feature_map_shapes(height, width)

        def score(sizes):
            iou = box_iou(boxes, ssd_anchors(shapes, sizes, RATIOS))
            positives = (iou >= 0.5).sum(axis=1)
            worth = iou.max(axis=1) - 10 * (positives == 0)
            worth += np.log2(np.clip(positives, 1, 16)) / 4
            return worth.mean()

        best = score(chosen)
        assert best > score(SIZES)
        candidates = [float(f"{2 ** (-k / 4):.2g}") for k in range(9)]
        for number, stride in enumerate((8, 16, 32, None)):
            low, high = (
                (
                    2.5 * stride / min(height, width) * (number > 0),
                    8.5 * stride / min(height, width),
                )
                if stride
                else (0.5, 1)
            )
            inside = [s for s in candidates[::-1] if low <= s <= high]
            for pair in combinations(inside, 2):
                other = [*chosen[:number], pair, *chosen[number + 1 :]]
                assert score(other) <= best + 1e-3 + 1e-9

    @pytest.mark.parametrize(
        "boxes, height, message",
        [
            ([[0.1, 0.1, 0.1, 0.4]], 64, "boxes must have boxes with a pos"),
            ([[10, 10, 40, 40]], 64, "looks like pixels"),
            ([[0, 0, 1, 1]], 60, "height must be a positive multiple of 32"),
        ],
        ids=["no area", "pixels", "height"],
    )
    def test_bad_input(self, boxes, height, message):
        with pytest.raises(ValueError, match=message):
            suggest_sizes(boxes, height, 64)


class TestSuggestInputSize:
    @pytest.mark.parametrize(
        "sizes, expected",
        [
            ([(480, 640)], (320, 416)),
            ([(640, 480)], (416, 320)),
            ([(1080, 1920)], (256, 448)),
            ([(480, 640), (640, 480)], (352, 352)),
            ([(64, 96)], (64, 96)),
            ([(70, 90)], (64, 96)),
            ([(20, 30)], (64, 64)),
            ([(10, 5000)], (64, 768)),
        ],
        ids=str,
    )
    def test_by_hand(self, sizes, expected):
        assert suggest_input_size(sizes) == expected

    def test_fewer_pixels(self):
        height, width = suggest_input_size([(480, 640)], 200 * 200)
        assert height * width <= 200 * 200
        assert (height, width) == (160, 224)

    @pytest.mark.parametrize(
        "sizes, message",
        [
            ([], "one image or more"),
            ([(480, 0)], "positive heights and widths"),
            ([480, 640], "one image or more"),
        ],
        ids=["none", "zero", "one pair"],
    )
    def test_bad_input(self, sizes, message):
        with pytest.raises(ValueError, match=message):
            suggest_input_size(sizes)
