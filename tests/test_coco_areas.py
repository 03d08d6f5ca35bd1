"""AP by COCO's areas: pycocotools computes the same."""

import contextlib
import io

import numpy as np
import pytest
from helpers.judging import LEFT, RIGHT, found, truth
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from d2l_ssd.coco_areas import AREAS, evaluate_areas
from d2l_ssd.detections import Detections

NUM_CLASSES = 3
BOUNDS = {**AREAS, "large": (AREAS["large"][0], 1e10)}
SIDES = 5, 12, 20, 32, 40, 70, 96, 130, 200


def random_boxes(rng, count, size):
    """Boxes of whole pixels, many with an area at the edge of a range."""
    sides = np.minimum(rng.choice(SIDES, (count, 2)), size[::-1])
    corners = rng.integers(0, np.array(size[::-1]) - sides + 1)
    return np.hstack([corners, corners + sides]).astype(float)


def random_scene(rng, crowds):
    """The truths and detections of one image, in pixels, and its size."""
    size = tuple(rng.integers(210, 400, 2))
    boxes = random_boxes(rng, rng.integers(0, 12), size)
    classes = rng.integers(0, NUM_CLASSES, len(boxes))
    difficult = rng.random(len(boxes)) < (0.2 if crowds else 0)
    truths = np.column_stack([classes, boxes, difficult])
    near = np.repeat(np.column_stack([boxes, classes]), 2, axis=0)
    sides = np.tile(near[:, 2:4] - near[:, :2], 2)
    near[:, :4] += rng.normal(0, 0.06, sides.shape) * sides
    near[rng.random(len(near)) < 0.2, 4] = 0
    others = random_boxes(rng, 4, size)
    others = np.column_stack([others, rng.integers(0, NUM_CLASSES, 4)])
    every = np.vstack([near, others])
    every[:, :4] = every[:, :4].clip(0, [*size[::-1], *size[::-1]])
    every = every[(every[:, 2:4] > every[:, :2]).all(axis=1)]
    scores = rng.permutation(len(every)) / len(every)
    return truths, np.column_stack([every[:, 4], every[:, :4], scores]), size


def in_units(truths, detections, size):
    """The scene as the package has it: boxes in [0, 1]."""
    sides = np.array([*size[::-1], *size[::-1]])
    truths, detections = truths.copy(), detections.copy()
    truths[:, 1:5] /= sides
    detections[:, 1:5] /= sides
    rows = np.float32(detections)
    found = Detections(rows[:, 1:5], rows[:, 5], rows[:, 0].astype(int))
    return np.float32(truths), found


def coco_evaluation(scenes):
    """AP (K, 10) of each range by pycocotools, in pixels."""
    truths, detections = [], []
    for image, (objects, rows, _) in enumerate(scenes):
        for k, *box, difficult in objects:
            truths.append(entry(image, k, box, iscrowd=int(difficult)))
        for k, *box, score in rows:
            detections.append(entry(image, k, box, score=np.float32(score)))
    for number, row in enumerate(truths, 1):
        row["id"] = number
    coco = COCO()
    coco.dataset = {
        "info": {},
        "images": [{"id": i} for i in range(len(scenes))],
        "categories": [{"id": k} for k in range(NUM_CLASSES)],
        "annotations": truths,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        evaluator = COCOeval(coco, coco.loadRes(detections), "bbox")
        evaluator.params.areaRng = [list(area) for area in BOUNDS.values()]
        evaluator.params.areaRngLbl = list(BOUNDS)
        evaluator.params.maxDets = [100]
        evaluator.evaluate()
        evaluator.accumulate()
    precision = evaluator.eval["precision"][..., 0]  # (10, 101, K, ranges)
    ap = np.where(precision < 0, np.nan, precision).mean(axis=1)
    return {name: ap[..., n].T for n, name in enumerate(BOUNDS)}


def entry(image, k, box, **others):
    low, high = np.array(box[:2]), np.array(box[2:])
    side = high - low
    return {
        "image_id": image,
        "category_id": int(k),
        "bbox": [*low.tolist(), *side.tolist()],
        "area": float(side.prod()),
        **others,
    }


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
