"""AP of all kinds, and errors, of one detector on labeled images."""

import math

import numpy as np
import pytest
from helpers.judging import CENTER, LEFT, RIGHT, SMALL, found, truth
from helpers.pixel_scenes import (
    NUM_CLASSES,
    coco_summary,
    in_units,
    random_scene,
)

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.detecting import DetectOptions, detect
from d2l_ssd.predictors import Predictor
from d2l_ssd.scores import (
    Judged,
    count_errors,
    detect_all,
    mean_scores,
    score_classes,
)

CLASSES = "a", "b", "c"


@pytest.mark.parametrize("crowds", [False, True], ids=["plain", "crowds"])
def test_means_are_what_pycocotools_prints(crowds):
    rng = np.random.default_rng(9)
    scenes = [random_scene(rng, crowds) for _ in range(60)]
    truths, detections = zip(*(in_units(*scene) for scene in scenes))
    judged = Judged(detections, truths, [size for _, _, size in scenes])
    mean = mean_scores(score_classes(judged, "abc"[:NUM_CLASSES], 0.3))
    ours = (
        mean.ap,
        mean.ap50,
        mean.ap75,
        *(ap for _, ap in mean.by_area.values()),
    )
    np.testing.assert_allclose(ours, coco_summary(scenes), rtol=0, atol=1e-9)


def test_errors_of_each_kind():
    rows = truth((0, LEFT), (1, RIGHT), (2, SMALL, 1))
    detections = found(
        (0.9, 0, LEFT),
        (0.8, 0, LEFT),  # a duplicate
        (0.7, 2, RIGHT),  # of another class
        (0.6, 1, CENTER),  # IoU 1/3 with RIGHT
        (0.5, 2, SMALL),  # of a difficult object: ignored
        (0.4, 2, LEFT),  # of another class
        (0.2, 1, RIGHT),  # right, but under the score
    )
    first, second, third = count_errors([detections], [rows], 3, 0.3)
    assert [name for name, n in first.items() if n] == ["correct", "duplicate"]
    assert second == {
        **dict.fromkeys(second, 0),
        "localization": 1,
        "missed": 1,
    }
    assert third["classification"] == 2 and sum(third.values()) == 2
    low = count_errors([detections], [rows], 3, 0.2)[1]
    assert low["correct"] == 1 and low["missed"] == 0


def test_background_error():
    (counts,) = count_errors([found((0.9, 0, LEFT))], [truth()], 1, 0.3)
    assert {k: n for k, n in counts.items() if n} == {"background": 1}


def test_a_class_without_objects_has_no_ap_and_counts_for_no_mean():
    judged = Judged([found((0.9, 0, LEFT))], [truth((0, LEFT))], [(10, 10)])
    scores = score_classes(judged, CLASSES, 0.3)
    assert [row.ap for row in scores][0] == 1
    assert all(math.isnan(row.ap50) for row in scores[1:])
    mean = mean_scores(scores)
    assert (mean.ap, mean.objects, mean.by_area["small"]) == (1, 1, (1, 1.0))
    assert math.isnan(mean.by_area["large"][1])


def test_json_has_no_nan():
    judged = Judged([found()], [truth()], [(10, 10)])
    values = score_classes(judged, CLASSES, 0.3)[0].as_dict()
    assert values["ap"] is values["ap75"] is None
    assert values["by_area"]["large"] == {"objects": 0, "ap": None}


@pytest.fixture(scope="module")
def fake():
    """A network that finds an "a" in each red image, and how often it ran."""
    calls = []

    def run(X):
        calls.append(len(X))
        count = len(ModelSettings(32).anchors())
        probs = np.zeros((len(X), count, 3), np.float32)
        probs[..., 0], probs[:, :, 1] = 1, 0
        red = X[:, 0].mean(axis=(1, 2)) > 0
        probs[red, 5] = 0, 1, 0
        return probs, np.zeros((len(X), count, 4), np.float32)

    return Predictor(CLASSES[:2], ModelSettings(32), run, "a fake"), calls


@pytest.mark.parametrize("count", [0, 1, 8, 19])
def test_all_images_are_looked_at_in_order(fake, count):
    predictor, calls = fake
    calls.clear()
    samples = [
        (
            np.full((20 + i, 30, 3), 255 * (i % 3 == 0), np.uint8),
            truth((0, LEFT)),
        )
        for i in range(count)
    ]
    judged = detect_all(predictor, iter(samples), count)
    assert [len(d.boxes) for d in judged.detections] == [
        int(i % 3 == 0) for i in range(count)
    ]
    assert judged.sizes == [(20 + i, 30) for i in range(count)]
    assert max(calls, default=0) <= 8
    if count:
        (alone,) = detect(predictor, [samples[0][0]], DetectOptions(0.01))
        np.testing.assert_array_equal(judged.detections[0].boxes, alone.boxes)


def test_a_hundred_detections_of_each_class_are_kept():
    """COCO looks at so many, however many better ones another class has."""

    def run(X):
        count = len(ModelSettings(256).anchors())
        probs = np.full((len(X), count, 3), [0.3, 0.5, 0.2], np.float32)
        return probs, np.zeros((len(X), count, 4), np.float32)

    predictor = Predictor(CLASSES[:2], ModelSettings(256), run, "a fake")
    image = np.zeros((40, 40, 3), np.uint8)
    judged = detect_all(predictor, [(image, truth())])
    classes = judged.detections[0].classes
    assert np.bincount(classes).tolist() == [100, 100]
