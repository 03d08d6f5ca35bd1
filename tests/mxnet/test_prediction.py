"""Detections of images of the training's size, and of others."""

import numpy
import pytest
from helpers.tiny_ssd import make_images, make_net
from mxnet import autograd, init, np, npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.mxnet.prediction import anchors_in_pixels, detect


def sides_in_pixels(anchors, height, width):
    """The different (width, height) of anchors, in pixels."""
    sides = (anchors[:, 2:] - anchors[:, :2]) * [width, height]
    return {tuple(pair) for pair in sides.round(1)}


class TestAnchorsInPixels:
    def test_of_the_training_size_are_the_books(self):
        numpy.testing.assert_array_equal(
            anchors_in_pixels(256, 256),
            ssd_anchors(feature_map_shapes(256, 256)),
        )

    @pytest.mark.parametrize("shape", [(320, 320), (512, 512), (320, 448)])
    def test_keep_their_sides_in_pixels(self, shape):
        wanted = sides_in_pixels(anchors_in_pixels(256, 256), 256, 256)
        found = sides_in_pixels(anchors_in_pixels(*shape), *shape)
        assert found == wanted

    @pytest.mark.parametrize("side", [128, 384])
    def test_agree_with_those_of_pytorch(self, side):
        numpy.testing.assert_allclose(
            anchors_in_pixels(side, side, 192),
            ModelSettings(192).anchors(side),
        )

    def test_size_must_be_positive(self):
        with pytest.raises(ValueError, match="trained_size must be positive"):
            anchors_in_pixels(256, 256, 0)


class TestDetect:
    def test_is_the_network_softmax_and_predict_ssd(self):
        net, (X, _) = make_net(), make_images(2)
        logits, offsets = net(X)
        expected = predict_ssd(
            npx.softmax(logits).asnumpy(),
            offsets.asnumpy(),
            ssd_anchors(feature_map_shapes(32, 32)),
            score_threshold=0.2,
        )
        found = detect(net, X, trained_size=32, score_threshold=0.2)
        for one, other in zip(found, expected):
            numpy.testing.assert_array_equal(one.boxes, other.boxes)
            numpy.testing.assert_array_equal(one.scores, other.scores)

    def test_anchors_keep_their_pixels(self):
        net = make_net()
        for head in net.output.offset_heads:
            head.initialize(init.Zero(), force_reinit=True)
        X = np.zeros((1, 3, 64, 64))
        (found,) = detect(net, X, 32, score_threshold=0, nms_iou=1)
        inside = (found.boxes > 0).all(axis=1) & (found.boxes < 1).all(axis=1)
        sides = sides_in_pixels(found.boxes[inside], 64, 64)
        anchors = sides_in_pixels(anchors_in_pixels(32, 32, 32), 32, 32)
        assert sides and sides < anchors

    def test_a_recording_caller_changes_nothing(self):
        net, (X, _) = make_net(), make_images(2)
        expected = detect(net, X, 32)
        with autograd.record():
            found = detect(net, X, 32)
        for one, other in zip(found, expected):
            numpy.testing.assert_array_equal(one.scores, other.scores)
