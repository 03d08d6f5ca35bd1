"""The package's own network of BCCD: small, whole, and as good as its card says."""

import json

import numpy as np
import pytest

from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.photographs import load_labels, load_stored_network
from d2l_ssd.photographs.labels import CLASSES
from d2l_ssd.photographs.stored import FOLDER, WEIGHTS
from d2l_ssd.predictors import load_predictor


@pytest.fixture(scope="module")
def own():
    return load_stored_network()


def test_is_small():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sizes[WEIGHTS] <= 8e6
    assert sum(sizes.values()) <= 9e6


def test_runs_in_pytorch(own, tmp_path):
    predictor = load_predictor(own.unpack(tmp_path / "run"))
    assert predictor.classes == own.classes == CLASSES
    settings = predictor.settings
    X = np.zeros((1, 3, settings.height, settings.width), np.float32)
    probs, offsets = predictor(X)
    assert probs.shape == (1, len(settings.anchors()), 4)
    assert np.isfinite(probs).all() and np.isfinite(offsets).all()


def test_is_judged_on_all_test_images(own):
    names = [row.name for row in load_labels() if row.split == "test"]
    assert list(own.test.ids) == names
    assert sum(len(found.scores) for found in own.test.detections) > 1000


def test_card_says_how_it_was_made(own):
    assert "d2l-ssd train" in own.card
    assert "On the 72 test images" in own.card
    assert json.dumps(own.run["options"]["num_epochs"]) in own.card


def test_card_holds(own):
    truths = [
        np.column_stack(
            [
                row.classes,
                (row.boxes - [1, 1, 0, 0]) / [640, 480, 640, 480],
                np.zeros(len(row.classes)),
            ]
        )
        for row in load_labels()
        if row.split == "test"
    ]
    judged = evaluate_detections(
        own.test.detections, truths, 3, COCO_IOU_THRESHOLDS, "coco"
    )
    line = f"| mean | {judged.ap[:, 0].mean():.3f} | {judged.mean_ap:.3f} |"
    assert line in own.card
