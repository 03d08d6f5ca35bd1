"""AP by COCO's areas: pycocotools computes the same."""

import numpy as np
import pytest
from helpers.judging import LEFT, RIGHT, found, truth
from helpers.pixel_scenes import (
    NUM_CLASSES,
    coco_evaluation,
    in_units,
    random_scene,
)

from d2l_ssd.coco_areas import evaluate_areas


@pytest.mark.parametrize("crowds", [False, True], ids=["plain", "crowds"])
@pytest.mark.parametrize("seed", range(6))
def test_pycocotools_agrees(seed, crowds):
    rng = np.random.default_rng(seed)
    scenes = [random_scene(rng, crowds) for _ in range(40)]
    pairs = [in_units(*scene) for scene in scenes]
    scores = evaluate_areas(
        [detections for _, detections in pairs],
        [truths for truths, _ in pairs],
        [size for _, _, size in scenes],
        NUM_CLASSES,
    )
    for name, expected in coco_evaluation(scenes).items():
        assert 0.1 < np.nanmean(expected) < 0.9
        np.testing.assert_allclose(scores[name].ap, expected, atol=1e-9)
        mean = np.nanmean(expected)
        assert scores[name].mean_ap == pytest.approx(mean, abs=1e-9)


def test_each_object_is_of_the_range_of_its_pixels():
    """The left half of an image of 20 x 40, 60 x 100 and 100 x 200 pixels."""
    sizes = [(20, 40), (60, 100), (100, 200)]
    rows = [truth((0, LEFT))] * 3
    right, wrong = found((0.9, 0, LEFT)), found((0.9, 0, RIGHT))
    scores = evaluate_areas([right, wrong, right], rows, sizes, 1)
    counts = {n: s.num_truths.tolist() for n, s in scores.items()}
    assert counts == {"small": [1], "medium": [1], "large": [1]}
    means = {name: s.mean_ap for name, s in scores.items()}
    assert means == {"small": 1, "medium": 0, "large": 1}


def test_a_range_without_objects_has_no_ap():
    scores = evaluate_areas([found()], [truth((1, LEFT))], [(10, 10)], 2)
    assert scores["small"].num_truths.tolist() == [0, 1]
    np.testing.assert_array_equal(scores["small"].ap[1], np.zeros(10))
    assert np.isnan(scores["small"].ap[0]).all()
    assert np.isnan(scores["large"].mean_ap)


def test_no_images():
    scores = evaluate_areas([], [], [], 2)
    assert scores["small"].num_truths.tolist() == [0, 0]


def test_sizes_of_other_images_are_refused():
    with pytest.raises(ValueError, match="the 1 images' sizes, got 2"):
        evaluate_areas([found()], [truth()], [(10, 10), (10, 10)], 1)
