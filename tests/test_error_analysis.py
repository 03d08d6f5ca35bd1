"""Kinds of errors, by hand."""

import numpy as np
import pytest
from helpers.judging import LEFT, PADDING, RIGHT, SMALL, TOP_LEFT, found, truth

from d2l_ssd.error_analysis import ERROR_KINDS, detection_kinds


class TestDetectionKinds:
    def test_by_hand(self):
        detections = found(
            (0.9, 0, LEFT),
            (0.8, 0, TOP_LEFT),
            (0.7, 1, LEFT),
            (0.6, 0, SMALL),
            (0.5, 1, SMALL),
            (0.4, 1, RIGHT),
            (0.3, 0, RIGHT),
        )
        truths = truth((0, LEFT), (1, RIGHT, 1))
        kinds = detection_kinds(detections, truths).tolist()
        assert kinds == [
            "correct",
            "duplicate",
            "classification",
            "localization",
            "background",
            "ignored",
            "classification",
        ]
        assert set(ERROR_KINDS) == set(kinds) - {"correct", "ignored"}

    def test_without_detections_or_objects(self):
        assert detection_kinds(found(), truth((0, LEFT))).shape == (0,)
        assert detection_kinds(found((0.9, 0, LEFT)), truth()) == ["background"]
        padded = truth(PADDING)
        assert detection_kinds(found((0.9, 0, LEFT)), padded) == ["background"]

    @pytest.mark.parametrize(
        "settings, kind",
        [
            ({"iou_threshold": 0.125}, "correct"),
            ({"background_iou": 0.125}, "localization"),
            ({"background_iou": 0.126}, "background"),
        ],
        ids=["IoU reaches the threshold", "near enough", "too far"],
    )
    def test_thresholds(self, settings, kind):
        detections, truths = found((0.9, 0, SMALL)), truth((0, LEFT))
        assert detection_kinds(detections, truths, **settings) == [kind]

    @pytest.mark.parametrize("value", [0, 1.5, float("nan")])
    @pytest.mark.parametrize("name", ["iou_threshold", "background_iou"])
    def test_bad_thresholds(self, name, value):
        with pytest.raises(ValueError, match=name):
            detection_kinds(found(), truth(), **{name: value})

    def test_padding_is_nothing_to_be_confused_with(self):
        rows = np.array(
            [[0, *RIGHT, 0], [-1, *LEFT, 0], [-1, np.nan, 0, 0, 0, 0]]
        )
        kinds = detection_kinds(found((0.9, 0, LEFT)), rows)
        assert kinds.tolist() == ["background"]
