"""The network in PyTorch: the same shapes and numbers as in MXNet."""

import mxnet as mx
import pytest
import torch
from helpers.torch_runs import images

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.torch import SSD, SSDBackbone


@pytest.mark.parametrize("height, width", [(64, 64), (64, 96)])
def test_maps_and_predictions_fit_the_anchors(height, width):
    net, X = SSD(3).eval(), torch.zeros(2, 3, height, width)
    shapes = feature_map_shapes(height, width)
    with torch.no_grad():
        maps, (logits, offsets) = net.backbone(X), net(X)
    assert [tuple(m.shape[2:]) for m in maps] == shapes
    assert tuple(m.shape[1] for m in maps) == SSDBackbone.channels
    num_anchors = len(ssd_anchors(shapes))
    assert logits.shape == (2, num_anchors, 4)
    assert offsets.shape == (2, num_anchors, 4)


@pytest.mark.parametrize("shape", [(2, 3, 128, 128), (1, 3, 64, 96)])
def test_outputs_are_mxnets(mxnet_net, torch_net, shape):
    X = images(*shape)
    with torch.no_grad():
        ours = torch_net.eval()(torch.from_numpy(X))
    for a, b in zip(ours, mxnet_net(mx.np.array(X))):
        b = b.asnumpy()
        assert a.shape == b.shape
        assert abs(a.numpy() - b).max() < 1e-4 * max(1, abs(b).max())


@pytest.mark.parametrize(
    "shape, message",
    [
        ((1, 3, 60, 64), "multiple of 32"),
        ((0, 3, 64, 64), "with an image or more"),
        ((1, 1, 64, 64), "must have shape"),
    ],
    ids=["odd size", "no image", "gray"],
)
def test_what_is_no_batch_of_images(shape, message):
    with pytest.raises(ValueError, match=message):
        SSD(2)(torch.zeros(shape))


def test_a_network_needs_a_class():
    with pytest.raises(ValueError, match="num_classes"):
        SSD(0)
