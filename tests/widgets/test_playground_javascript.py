"""The playground's engine against the book's Python, in node."""

from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
from helpers.javascript import (
    ENGINE,
    make_cases,
    parity_names,
    passed,
    run_tests,
)

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.inference import predict_ssd, softmax
from d2l_ssd.shapes import CLASSES, HERD, ORDINARY, World, draw_shapes
from d2l_ssd.targets import encode_offsets, ssd_targets

WORLDS = {
    "ordinary": ORDINARY,
    "herd": HERD,
    "half of them empty": World(empty=0.5),
    "half of them crosses": World(crosses=0.5),
}
ANCHORS = ssd_anchors(
    [(12, 12), (6, 6), (3, 3)],
    [(0.17, 0.26), (0.38, 0.52), (0.68, 0.84)],
    [(1, 2, 0.5)] * 3,
)


def pack(array):
    """Turn an array's bytes into text: there are too many numbers for a list."""
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()


def objects_of(labels):
    """Return each image's labels without padding."""
    return [rows[rows[:, 0] >= 0] for rows in labels]


def scene_cases(rng):
    for number, world in enumerate(WORLDS.values()):
        seed, start = 10 + number, 1000 * number
        images, labels = draw_shapes(seed, start, 250, world)
        yield {
            "seed": seed,
            "start": start,
            "world": world._asdict(),
            "images": pack(images),
            "labels": [rows[:, :5] for rows in objects_of(labels)],
        }


def unseen_cases(rng):
    for test, world in (("ordinary", ORDINARY), ("herd", HERD)):
        _, labels = draw_shapes(0, 30, 10, world)
        boxes = [rows[:, 1:5] for rows in objects_of(labels)]
        yield {"test": test, "first": 30, "boxes": boxes}


def target_cases(rng):
    for seed, (world, count) in enumerate([(ORDINARY, 800), (HERD, 200)]):
        _, labels = draw_shapes(seed, 0, count, world)
        classes, offsets = ssd_targets(labels, ANCHORS)
        yield {
            "seed": seed,
            "world": world._asdict(),
            "anchors": ANCHORS,
            "scenes": [
                {
                    "positives": np.flatnonzero(c),
                    "classes": c[c > 0],
                    "offsets": pack(o[c > 0]),
                }
                for c, o in zip(classes, offsets)
            ],
        }


def random_outputs(rng, labels, confidence, spread):
    """Logits and offsets of a network that knows the labels more or less."""
    shape = len(labels), len(ANCHORS)
    logits = rng.normal(0, 1, (*shape, len(CLASSES) + 1))
    logits[..., 0] += confidence
    offsets = rng.normal(0, spread, (*shape, 4))
    for image, rows in enumerate(labels):
        for row in rows:
            near = np.flatnonzero(box_iou(ANCHORS, row[None, 1:5])[:, 0] > 0.4)
            boxes = np.repeat(row[None, 1:5], len(near), axis=0)
            offsets[image, near] += encode_offsets(ANCHORS[near], boxes)
            logits[image, near, int(row[0]) + 1] += rng.uniform(0, 9)
    return logits.astype(np.float32), offsets.astype(np.float32)


def detection_cases(rng):
    settings = [  # world, confidence, spread of the offsets, NMS threshold
        (ORDINARY, 3, 0.5, 0.45),
        (ORDINARY, 7, 0.3, 0.45),
        (ORDINARY, 0, 5, 0.45),  # untrained: many candidates, some outside
        (World(empty=0.5), 5, 1, 0.3),
        (HERD, 6, 0.3, 0.6),  # one class alone
    ]
    for number, (world, confidence, spread, nms_iou) in enumerate(settings):
        truths = objects_of(draw_shapes(5, 20 * number, 20, world)[1])
        logits, offsets = random_outputs(rng, truths, confidence, spread)
        # Rounded once, as the engine does it
        probs = softmax(logits.astype(np.float64)).astype(np.float32)
        found = predict_ssd(
            probs,
            offsets,
            ANCHORS,
            nms_iou=nms_iou,
            top_k=100,
            max_detections=None,
        )
        evaluation = evaluate_detections(
            found, truths, len(CLASSES), COCO_IOU_THRESHOLDS, method="coco"
        )
        yield {
            "nms": nms_iou,
            "outputs": pack(np.concatenate([logits, offsets], axis=-1)),
            "found": [
                {
                    "classes": image.classes,
                    "scores": pack(image.scores),
                    "boxes": pack(image.boxes),
                }
                for image in found
            ],
            "truths": truths,
            "thresholds": evaluation.iou_thresholds,
            "precisions": np.nanmean(evaluation.ap, axis=0),
        }


CASES = {
    "scenes": scene_cases,
    "unseen_scenes": unseen_cases,
    "scene_targets": target_cases,
    "scene_detections": detection_cases,
}


@pytest.fixture(scope="module")
def cases():
    return make_cases(CASES)


@pytest.fixture(scope="module")
def run(cases, tmp_path_factory):
    return run_tests(cases, tmp_path_factory.mktemp("cases"), ENGINE)


def test_all_tests_of_the_engine_pass(run):
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr


@pytest.mark.parametrize("name", CASES)
def test_engine_agrees_with_python(run, name):
    assert passed(run, name), run.stdout[-4000:]


def test_what_the_engine_asks_for_is_written_by_a_test_in_python():
    here = Path(__file__).parent
    texts = [path.read_text() for path in here.glob("test_playground*.py")]
    for name in parity_names(ENGINE):
        assert any(f'"{name}"' in text for text in texts), name


def test_cases_have_good_detectors_and_bad_ones(cases):
    ap50 = [case["precisions"][0] for case in cases["scene_detections"]]
    assert min(ap50) < 0.2 and max(ap50) > 0.7
    ap95 = [case["precisions"][-1] for case in cases["scene_detections"]]
    assert all(ap95[i] < ap50[i] for i in range(len(ap50)))
