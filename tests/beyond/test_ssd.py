"""The small SSD in PyTorch answers as the package's own functions do."""

import numpy as np
import pytest
import torch

from benchmarks.beyond import detecting, ssd, training
from d2l_ssd.inference import predict_ssd
from d2l_ssd.targets import decode_offsets, encode_offsets, ssd_targets
from d2l_ssd.torch import DetectionLoss


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return ssd.Detector()


@pytest.fixture(scope="module")
def outputs(net, scenes):
    with torch.no_grad():
        outputs = net(training.to_input(scenes[0]))
        # As after some training: sure of something
        return outputs + torch.randn(outputs.shape) * 2


def test_network_is_the_playgrounds(net):
    assert sum(p.numel() for p in net.parameters()) == 60_000
    assert net.anchors.shape == (756, 4)
    logits, values = net.split(net(torch.zeros(1, 3, 48, 48)))
    assert logits.shape == (1, 756, 4) and values.shape == (1, 756, 4)
    assert logits[0, 0].tolist() == [2, 0, 0, 0]  # background


def test_input_has_no_mean_color():
    images = np.full((2, 48, 48, 3), 200, dtype=np.uint8)
    images[0, :24] = 100
    X = training.to_input(images)
    assert X.shape == (2, 3, 48, 48)
    assert X[0, 0, 0, 0].item() == pytest.approx(-50 * 3 / 255)
    assert not X[1].any()


def test_encodes_and_decodes_as_the_package(net):
    rng = np.random.default_rng(0)
    anchors = net.anchors.numpy()
    offsets = rng.normal(size=anchors.shape).astype(np.float32)
    boxes = decode_offsets(anchors, offsets)
    ours = ssd.decode(net.anchors, torch.from_numpy(offsets))
    np.testing.assert_allclose(ours, boxes, atol=1e-6)
    ours = ssd.encode(net.anchors, torch.from_numpy(boxes))
    wanted = encode_offsets(anchors, boxes)
    np.testing.assert_allclose(ours, wanted, atol=1e-4)


def test_loss_is_the_packages(net, outputs, scenes):
    labels = scenes[1]
    targets = ssd_targets(labels, net.anchors.numpy())
    classes, offsets = map(torch.from_numpy, targets)
    wanted = DetectionLoss()(*net.split(outputs), classes.long(), offsets)
    found = net.loss(outputs, torch.from_numpy(labels))
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_weight_of_the_localization_loss(outputs, scenes):
    labels = torch.from_numpy(scenes[1])
    once = ssd.Detector(box_weight=1.0).loss(outputs, labels)
    twice = ssd.Detector(box_weight=2.0).loss(outputs, labels)
    assert twice[0] == once[0]
    assert twice[1].item() == pytest.approx(2 * once[1].item())


def test_detects_as_the_package(net, outputs):
    logits, offsets = net.split(outputs)
    wanted = predict_ssd(
        logits.softmax(-1).numpy(),
        offsets.numpy(),
        net.anchors.numpy(),
        top_k=detecting.TOP_K,
    )
    parts = (part.numpy() for part in net.decode(outputs))
    for output, other in zip(zip(*parts), wanted):
        found = detecting.select(*output, ssd.NMS_IOU)
        assert len(found.scores) == len(other.scores) > 10
        for ours, theirs in zip(found, other):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_without_nms_all_stay():
    """Two equal boxes of one class, of which NMS leaves one."""
    boxes = np.float32([[0, 0, 0.5, 0.5]] * 2 + [[2, 2, 3, 3]])
    scores = np.float32([[0.6, 0, 0], [0.9, 0.02, 0], [1, 0, 0]])
    found = detecting.select(scores, boxes, ssd.OFF)
    np.testing.assert_allclose(found.scores, [0.9, 0.6, 0.02])
    assert found.classes.tolist() == [0, 0, 1]
    found = detecting.select(scores, boxes, ssd.NMS_IOU)
    np.testing.assert_allclose(found.scores, [0.9, 0.02])
