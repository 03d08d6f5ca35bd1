"""Tiles: where they lie, and what becomes of objects that they share or cut."""

import numpy as np
import pytest

from d2l_ssd.boxes import box_iou
from d2l_ssd.detecting.tiles import (
    cut_by_tile,
    merge_tiles,
    plan_tiles,
    whole_in_a_tile,
)
from d2l_ssd.detections import Detections
from d2l_ssd.inference import batched_nms


def detections(boxes, scores, classes=None):
    classes = np.zeros(len(scores)) if classes is None else classes
    return Detections(
        np.array(boxes, dtype=np.float32).reshape(-1, 4),
        np.array(scores, dtype=np.float32),
        np.array(classes, dtype=np.int64),
    )


class TestPlanTiles:
    def test_by_hand(self):
        tiles = plan_tiles(100, 250, 100, 100, 0.25)
        assert tiles.tolist() == [
            [0, 0, 100, 100],
            [75, 0, 175, 100],
            [150, 0, 250, 100],
        ]

    def test_rows_come_first(self):
        tiles = plan_tiles(150, 150, 100, 100, 0.5)
        assert tiles[:, :2].tolist() == [[0, 0], [50, 0], [0, 50], [50, 50]]

    def test_a_smaller_picture_is_one_tile(self):
        assert plan_tiles(50, 60, 100, 100).tolist() == [[0, 0, 60, 50]]

    def test_a_picture_that_is_longer_along_one_axis(self):
        tiles = plan_tiles(50, 150, 100, 100, 0.5)
        assert tiles.tolist() == [[0, 0, 100, 50], [50, 0, 150, 50]]

    @pytest.mark.parametrize("length", [64, 65, 100, 127, 128, 129, 1000])
    @pytest.mark.parametrize("overlap", [0, 0.1, 0.25, 0.5, 0.9])
    def test_cover_all_and_share_enough(self, length, overlap):
        low, high = plan_tiles(length, 64, 64, 64, overlap)[:, [1, 3]].T
        assert low[0] == 0 and high[-1] == length
        assert (high - low == 64).all()
        shared = high[:-1] - low[1:]
        assert (shared >= 64 * overlap - 0.5).all()  # in whole pixels

    @pytest.mark.parametrize(
        "change, words",
        [
            ({"height": 0}, "height must be a whole number"),
            ({"tile_width": 1.5}, "tile_width must be a whole number"),
            ({"overlap": 1}, "overlap must be a number from 0 to 0.9"),
            ({"overlap": -0.1}, "overlap"),
            ({"overlap": float("nan")}, "overlap"),
        ],
    )
    def test_bad_arguments(self, change, words):
        sizes = dict.fromkeys(
            ("height", "width", "tile_height", "tile_width"), 100
        )
        with pytest.raises(ValueError, match=words):
            plan_tiles(**{**sizes, **change})


class TestCutByTile:
    TILE = np.array([100, 0, 200, 100])  # of a picture of 100 x 300

    @pytest.mark.parametrize(
        "box, cut",
        [
            ([120, 20, 180, 80], False),
            ([100, 20, 150, 80], True),
            ([101, 20, 150, 80], True),
            ([150, 20, 199, 80], True),
            ([103, 20, 197, 80], False),
            ([120, 0, 180, 100], False),  # these are the picture's borders
        ],
    )
    def test_by_hand(self, box, cut):
        boxes = np.array([box], dtype=float)
        assert cut_by_tile(boxes, self.TILE, 100, 300).tolist() == [cut]


class TestWholeInATile:
    def test_by_hand(self):
        tiles = plan_tiles(100, 150, 100, 100, 0.5)
        boxes = np.array(
            [
                [10, 10, 40, 40],  # in the first alone
                [60, 10, 90, 40],  # in both
                [45, 10, 105, 40],  # cut by both
                [0, 0, 95, 100],  # at the picture's borders
            ],
            dtype=float,
        )
        whole = whole_in_a_tile(boxes, tiles, 100, 150)
        assert whole.tolist() == [True, True, False, True]

    def test_no_tile(self):
        boxes = np.array([[0.0, 0, 1, 1]])
        assert whole_in_a_tile(boxes, np.zeros((0, 4)), 9, 9).tolist() == [
            False
        ]


class TestMergeTiles:
    def test_is_nms_where_nothing_is_cut(self):
        rng = np.random.default_rng(0)
        corners = rng.uniform(0, 0.8, (300, 2))
        boxes = np.concatenate([corners, corners + 0.15], axis=1)
        found = detections(
            boxes, rng.uniform(size=300), rng.integers(3, size=300)
        )
        merged = merge_tiles(found, np.zeros(300, dtype=bool), 0.45)
        kept = batched_nms(*found, 0.45)
        for ours, column in zip(merged, found):
            np.testing.assert_array_equal(ours, column[kept])

    def test_a_part_goes_though_its_score_is_higher(self):
        found = detections([[0.4, 0, 0.5, 0.2], [0.4, 0, 0.8, 0.2]], [0.9, 0.5])
        assert box_iou(found.boxes[:1], found.boxes[1:]) < 0.45
        merged = merge_tiles(found, np.array([True, False]), 0.45)
        assert merged.scores.tolist() == [0.5]

    def test_a_part_of_another_class_stays(self):
        found = detections(
            [[0.4, 0, 0.5, 0.2], [0.4, 0, 0.8, 0.2]], [0.9, 0.5], [0, 1]
        )
        merged = merge_tiles(found, np.array([True, False]), 0.45)
        assert merged.classes.tolist() == [0, 1]

    def test_a_part_that_lies_aside_stays(self):
        found = detections(
            [[0.4, 0, 0.5, 0.2], [0.46, 0, 0.8, 0.2]], [0.9, 0.5]
        )
        merged = merge_tiles(found, np.array([True, False]), 0.45)
        assert len(merged.boxes) == 2

    def test_the_best_part_stays_where_nothing_is_whole(self):
        found = detections([[0, 0, 0.5, 1], [0, 0, 0.4, 1]], [0.6, 0.9])
        merged = merge_tiles(found, np.array([True, True]), 0.45)
        np.testing.assert_allclose(merged.scores, [0.9])

    def test_small_objects_inside_a_whole_one_stay(self):
        found = detections([[0, 0, 1, 1], [0.1, 0.1, 0.2, 0.2]], [0.9, 0.8])
        merged = merge_tiles(found, np.zeros(2, dtype=bool), 0.45)
        assert len(merged.boxes) == 2

    def test_nothing(self):
        merged = merge_tiles(detections([], []), np.zeros(0, dtype=bool), 0.45)
        assert [len(column) for column in merged] == [0, 0, 0]
