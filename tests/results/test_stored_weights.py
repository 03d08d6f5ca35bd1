"""What the package's stored weights are worth, by MXNet and on all images."""

import re
from pathlib import Path

import mxnet as mx
import numpy as np
import pytest
from helpers.coco import coco_ap
from mxnet import npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.data import to_input
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS, evaluate_detections
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.mxnet.model import SSD
from d2l_ssd.mxnet.weights import load_weights
from d2l_ssd.results import load_results
from d2l_ssd.toy import make_toy_voc

npx.set_np()

ROOT = Path(__file__).resolve().parents[2]
ANCHORS = ssd_anchors(feature_map_shapes(256, 256))
VOTES = None, 0.7


@pytest.fixture(scope="module")
def judged():
    """For each of VOTES: detections of the stored weights, and ground truth."""
    root = make_toy_voc(ROOT / "data" / "toy_voc", 2000, 500)
    images = VOCDetection(root, "val", all_images=True)
    net = SSD(2)
    net.initialize()
    load_weights(net, load_results().weights)
    net.hybridize(static_alloc=True)
    detections = {vote: [] for vote in VOTES}
    truths = []
    for start in range(0, len(images), 10):
        batch = [images[i] for i in range(start, start + 10)]
        X = np.stack([to_input(image, 256, 256) for image, _ in batch])
        logits, offsets = net(mx.np.array(X))
        outputs = npx.softmax(logits).asnumpy(), offsets.asnumpy()
        for vote, found in detections.items():
            found += predict_ssd(*outputs, ANCHORS, vote_iou=vote)
        truths += [labels for _, labels in batch]
    return {vote: (found, truths) for vote, found in detections.items()}


@pytest.mark.parametrize(
    "vote, pattern",
    [
        (None, r"\| mean \| ([\d.]+) \| ([\d.]+) \| 982"),
        (0.7, r"vote_iou=0.7`\) the means are ([\d.]+) and ([\d.]+)\.\n"),
    ],
    ids=["NMS alone", "with a vote"],
)
def test_model_card_holds_on_all_validation_images(judged, vote, pattern):
    """Converted to MXNet they are worth what the card says of PyTorch."""
    said = re.search(pattern, load_results().card).groups()
    result = evaluate_detections(*judged[vote], 2, COCO_IOU_THRESHOLDS, "coco")
    ours = result.ap[:, 0].mean(), result.mean_ap
    assert ours == pytest.approx(tuple(map(float, said)), abs=2e-3)
    assert result.num_truths.sum() == 982


@pytest.mark.parametrize("vote", VOTES, ids=["NMS alone", "with a vote"])
def test_pycocotools_confirms(judged, vote):
    found, truths = judged[vote]
    ours = evaluate_detections(found, truths, 2, COCO_IOU_THRESHOLDS, "coco")
    np.testing.assert_allclose(ours.ap, coco_ap(found, truths, 2), atol=1e-6)


def test_candidates_give_the_detections_again(judged):
    predictions = load_results().predictions
    _, truths = judged[None]
    again = [
        predict_ssd(c.class_probs[None], c.offsets[None], ANCHORS[c.anchors])[0]
        for c in predictions.candidates
    ]
    # float16 may move a box over another one
    for a, b in zip(again, predictions.detections, strict=True):
        assert abs(len(a.scores) - len(b.scores)) <= 1
    ours, stored = (
        evaluate_detections(found, truths, 2, COCO_IOU_THRESHOLDS).mean_ap
        for found in (again, predictions.detections)
    )
    assert ours == pytest.approx(stored, abs=1e-3)


def test_candidates_agree_with_the_gallerys_outputs():
    predictions = load_results().predictions
    names = predictions.gallery_ids[:3]
    probs, offsets = predictions.outputs_for(names)
    likely = predictions.class_probs[:3, :, 1:].max(axis=2) > 0.011
    assert likely.sum() > 50
    np.testing.assert_allclose(
        probs[likely], predictions.class_probs[:3][likely], atol=2**-11
    )
    np.testing.assert_array_equal(
        offsets[likely], predictions.offsets[:3][likely]
    )
    assert np.all(probs[~likely, 0] > 0.95)


def test_test_predictions_are_of_the_test_images():
    """And the first of them are what MXNet predicts."""
    root = make_toy_voc(ROOT / "data" / "toy_voc", 2000, 500)
    images = VOCDetection(root, "test", all_images=True)
    test = load_results().test
    assert test.ids == tuple(images.ids)
    net = SSD(2)
    net.initialize()
    load_weights(net, load_results().weights)
    first = [images[i][0] for i in range(8)]
    X = np.stack([to_input(image, 256, 256) for image in first])
    logits, offsets = net(mx.np.array(X))
    outputs = npx.softmax(logits).asnumpy(), offsets.asnumpy()
    for ours, stored in zip(predict_ssd(*outputs, ANCHORS), test.detections):
        sure = ours.scores[ours.scores > 0.1]
        np.testing.assert_allclose(sure, stored.scores[: len(sure)], atol=1e-3)
