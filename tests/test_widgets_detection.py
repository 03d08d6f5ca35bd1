"""DetectionExplorer and TrainingReplay against Python's detections, in node too."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from test_widgets import node, on_a_grid, random_boxes

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.evaluation import (
    detection_kinds,
    evaluate_detections,
    match_detections,
)
from d2l_ssd.inference import Detections, predict_ssd, softmax
from d2l_ssd.targets import encode_offsets
from d2l_ssd.widgets import DetectionExplorer, TrainingReplay
from d2l_ssd.widgets.base import MAP_SHAPES
from d2l_ssd.widgets.detection_explorer import MIN_SCORE, candidate_rows

HERE = Path(__file__).parent


def random_truths(rng, count):
    difficult = rng.uniform(size=count) < 0.2
    classes = rng.integers(0, 2, count)
    return np.column_stack(
        [classes, random_boxes(rng, count, 0.2), difficult]
    ).astype(np.float32)


def random_detections(rng, truths, count):
    """Truths that were moved a little, and boxes at random."""
    near = truths[rng.integers(0, len(truths), count)] if len(truths) else None
    boxes = random_boxes(rng, count)
    classes = rng.integers(0, 2, count)
    if near is not None:
        moved = np.sort(
            (near[:, 1:5] + rng.normal(0, 0.05, (count, 4))).reshape(-1, 2, 2),
            axis=1,
        ).reshape(-1, 4)
        close = rng.uniform(size=count) < 0.7
        boxes = np.where(close[:, None], moved, boxes).astype(np.float32)
        classes = np.where(rng.uniform(size=count) < 0.8, near[:, 0], classes)
    scores = np.sort(rng.uniform(size=count).astype(np.float32))[::-1]
    return Detections(boxes, scores, classes.astype(np.int64))


def judged_cases(rng):
    for number in range(40):
        truths = random_truths(rng, number % 6)
        found = random_detections(rng, truths, 20 if number % 4 else 0)
        if number % 3 == 2:
            truths[:, 1:5] = on_a_grid(truths[:, 1:5])
            found = found._replace(boxes=on_a_grid(found.boxes))
        yield {
            "boxes": found.boxes,
            "classes": found.classes,
            "truths": truths,
            "matches": match_detections(found, truths)[0],
            "kinds": detection_kinds(found, truths),
        }


def random_gallery(rng, count=4, confidence=4.0):
    """Truths, and outputs that know them more or less."""
    anchors = ssd_anchors(MAP_SHAPES)
    truths = [random_truths(rng, 4 * (m % 3)) for m in range(count)]
    logits = rng.normal(0, 1.0, (count, len(anchors), 3))
    logits[:, :, 0] += confidence
    offsets = rng.normal(0, 1.0, (count, len(anchors), 4))
    for image, rows in enumerate(truths):
        for row in rows:
            near = np.flatnonzero(box_iou(anchors, row[None, 1:5])[:, 0] > 0.4)
            boxes = np.repeat(row[None, 1:5], len(near), axis=0)
            offsets[image, near] += encode_offsets(anchors[near], boxes)
            logits[image, near, int(row[0]) + 1] += rng.uniform(0, 9)
    # As results are stored: halves, which have many ties
    halves = softmax(logits), offsets
    probs, offsets = (a.astype(np.float16).astype(np.float32) for a in halves)
    return truths, probs, offsets, anchors


def gallery_case(rng, confidence):
    truths, *outputs = random_gallery(rng, confidence=confidence)
    settings = []
    for nms_iou in (0.1, 0.45, 0.8, 1.0):
        evaluation = evaluate_detections(
            predict_ssd(*outputs, MIN_SCORE, nms_iou), truths, 2
        )
        curves = [
            {**curve._asdict(), "objects": objects, "ap": ap}
            for (curve,), (ap,), objects in zip(
                evaluation.curves, evaluation.ap, evaluation.num_truths
            )
        ]
        for score_threshold in (MIN_SCORE, 0.3, 0.7, 0.99):
            found = predict_ssd(*outputs, score_threshold, nms_iou)
            settings.append(
                {
                    "nms_iou": nms_iou,
                    "score_threshold": score_threshold,
                    "images": [d._asdict() for d in found],
                    "curves": curves,
                }
            )
    candidates = candidate_rows(*outputs)
    return {"candidates": candidates, "truths": truths, "settings": settings}


def random_replay(rng, num_epochs=5, count=4):
    """Truths, and detections that get better from epoch to epoch."""
    truths = [random_truths(rng, 3 + m % 3) for m in range(count)]
    replay = []
    for epoch in range(num_epochs):
        found = [random_detections(rng, t, 6 + epoch) for t in truths]
        replay.append([d._replace(boxes=d.boxes.clip(0, 1)) for d in found])
    history = [
        {"epoch": e, "class_loss": 5 / (e + 1), "offset_loss": 2 / (e + 1)}
        for e in range(num_epochs)
    ]
    history[-1]["map50"] = 0.75
    return truths, replay, history


def count_epoch(detections, truths, score_threshold):
    """Right and wrong detections, and all objects that count."""
    kinds = np.concatenate(
        [
            detection_kinds(d, t)[d.scores >= np.float32(score_threshold)]
            for d, t in zip(detections, truths)
        ]
    )
    correct = int(np.sum(kinds == "correct"))
    wrong = len(kinds) - correct - int(np.sum(kinds == "ignored"))
    objects = sum(int(np.sum(t[:, 5] == 0)) for t in truths)
    return {"correct": correct, "wrong": wrong, "objects": objects}


def replay_case(rng):
    truths, replay, history = random_replay(rng)
    images = [np.zeros((8, 8, 3), np.uint8)] * len(truths)
    view = TrainingReplay(images, truths, replay, history).view
    thresholds = (0.05, 0.3, 0.9)
    return {
        "truths": truths,
        "epochs": [np.frombuffer(b, "<f4") for b in view.detections],
        "thresholds": thresholds,
        "counts": [
            [count_epoch(epoch, truths, t) for t in thresholds]
            for epoch in replay
        ],
    }


def test_javascript_agrees_with_python(tmp_path):
    rng = np.random.default_rng(0)
    cases = {
        "judged": list(judged_cases(rng)),
        "galleries": [gallery_case(rng, confidence) for confidence in (3, 6)],
        "replays": [replay_case(rng)],
    }
    assert {k for case in cases["judged"] for k in case["kinds"]} == {
        *("correct", "ignored", "duplicate", "confused"),
        *("misplaced", "background"),
    }
    path = tmp_path / "cases.json"
    text = json.dumps(cases, default=lambda a: a.tolist(), allow_nan=False)
    path.write_text(text)
    run = subprocess.run(
        [node(), "--test", str(HERE / "js" / "results.test.mjs")],
        env={**os.environ, "RESULT_CASES": str(path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr


@pytest.fixture
def explorer():
    truths, *outputs = random_gallery(np.random.default_rng(1), 3)
    images = [np.full((48, 64, 3), 90, np.uint8)] * 3
    return DetectionExplorer(images, truths, *outputs)


class TestDetectionExplorer:
    def test_value_follows_the_view(self, explorer):
        assert explorer.value == {
            **{"score_threshold": 0.3, "nms_iou": 0.45, "image": 0},
            **{"shows_0": True, "shows_1": True},
        }
        explorer.view.score_threshold = 0.5
        assert explorer.value["score_threshold"] == 0.5

    def test_detections_are_those_of_predict_ssd(self, explorer):
        explorer.view.score_threshold, explorer.view.nms_iou = 0.2, 0.6
        expected = predict_ssd(*explorer.outputs, 0.2, 0.6)
        for ours, theirs in zip(explorer.detections, expected):
            for a, b in zip(ours, theirs):
                np.testing.assert_array_equal(a, b)

    def test_a_class_can_be_off(self, explorer):
        explorer.view.shows_0 = False
        assert {c for d in explorer.detections for c in d.classes} == {1}

    def test_candidates_are_few_and_sorted(self, explorer):
        for image in explorer.view.candidates:
            rows = np.frombuffer(image, "<f4").reshape(-1, 6)
            classes, scores = rows[:, 0], rows[:, 1]
            assert scores.min() >= np.float32(MIN_SCORE)
            assert np.bincount(classes.astype(int)).max() <= 400
            assert (np.diff(classes) >= 0).all()
            for label in (0, 1):
                assert (np.diff(scores[classes == label]) <= 0).all()

    def test_draws_a_static_picture(self, explorer):
        assert explorer.static_picture().startswith(b"\x89PNG")

    def test_compact_has_two_controls(self, explorer):
        images, truths = explorer.images, explorer.truths
        front = DetectionExplorer(
            images, truths, *explorer.outputs, compact=True, image=2
        )
        assert front.value == {"score_threshold": 0.3, "nms_iou": 0.45}
        assert front.view.image == 2

    def test_rejects_other_numbers_of_images(self, explorer):
        with pytest.raises(ValueError, match="got 2, 3, 3"):
            DetectionExplorer(
                explorer.images[:2], explorer.truths, *explorer.outputs
            )


class TestTrainingReplay:
    @pytest.fixture
    def replay(self):
        truths, replay, history = random_replay(np.random.default_rng(2))
        images = [np.full((48, 64, 3), 90, np.uint8)] * 3
        return TrainingReplay(images, truths, replay, history)

    def test_starts_at_the_end(self, replay):
        assert replay.value == {
            **{"epoch": 5, "score_threshold": 0.3, "playing": False}
        }
        assert replay.controls["epoch"].max == 5

    def test_detections_follow_epoch_and_threshold(self, replay):
        replay.view.epoch, replay.view.score_threshold = 2, 0.5
        assert len(replay.detections) == 3
        for ours, stored in zip(replay.detections, replay.replay[1]):
            assert len(ours.scores) == np.sum(stored.scores >= 0.5)

    def test_only_the_images_given_travel(self, replay):
        for epoch in replay.view.detections:
            rows = np.frombuffer(epoch, "<f4").reshape(-1, 7)
            assert set(rows[:, 0]) <= {0, 1, 2}
            assert rows[:, 2].min() >= np.float32(0.05)

    def test_losses_and_map(self, replay):
        assert replay.view.losses["class_loss"] == [5, 2.5, 5 / 3, 1.25, 1]
        assert replay.view.maps == [None] * 4 + [0.75]

    def test_draws_a_static_picture(self, replay):
        assert replay.static_picture().startswith(b"\x89PNG")

    def test_rejects_another_number_of_epochs(self, replay):
        with pytest.raises(ValueError, match="got 4 and 5"):
            TrainingReplay(
                replay.images, replay.truths, replay.replay[1:], [{}] * 5
            )
