"""Detections of images of any size, by an SSD with MXNet."""

from __future__ import annotations

import numpy as np
from mxnet import autograd, gluon, npx

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.checks import check_positive
from d2l_ssd.detections import Detections
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.mxnet.batch_checks import check_network
from d2l_ssd.mxnet.steps import device_of

TRAINED_SIZE = 256  # of the stored weights


def anchors_in_pixels(
    height: int, width: int, trained_size: int = TRAINED_SIZE
) -> np.ndarray:
    """Return anchors (A, 4) that are as many pixels large as in training.

    A network's filters know pixels: an animal that is 100 pixels wide looks the
    same in an image of any size, and needs the anchors that it was trained with.

    Args:
        height, width: of the images, in pixels.
        trained_size: shorter side of the images that the network was trained on.
    """
    check_positive(trained_size=trained_size)
    shapes = feature_map_shapes(height, width)
    scale = trained_size / min(height, width)
    sizes = [[scale * size for size in pair] for pair in SIZES]
    return ssd_anchors(shapes, sizes, RATIOS)


def detect(
    net: gluon.Block, X, trained_size: int = TRAINED_SIZE, **options
) -> list[Detections]:
    """Detect on a batch of images, of the size of the training or another.

    Args:
        net: an SSD with its weights.
        X: (B, 3, H, W) float32, normalized, H and W multiples of 32.
        trained_size: shorter side of the images that the network was trained on.
        options: score_threshold and others of `predict_ssd`.

    Returns:
        One Detections per image.
    """
    check_network(net)
    with autograd.pause():
        logits, offsets = net(X.as_in_ctx(device_of(net)))
        probs = npx.softmax(logits).asnumpy()
    anchors = anchors_in_pixels(*X.shape[2:], trained_size)
    return predict_ssd(probs, offsets.asnumpy(), anchors, **options)
