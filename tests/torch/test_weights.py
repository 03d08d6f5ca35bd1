"""Weights between the frameworks: names, bits, and errors that say what to do."""

import mxnet as mx
import numpy as np
import pytest
import torch
from helpers.torch_runs import images

import d2l_ssd.mxnet
from d2l_ssd.torch import (
    SSD,
    get_weights,
    load_weights,
    mxnet_to_torch,
    torch_to_mxnet,
)


def test_names_and_bits_survive_both_ways(weights):
    back = torch_to_mxnet(mxnet_to_torch(weights))
    assert back.keys() == weights.keys()
    for name in weights:
        np.testing.assert_array_equal(back[name], weights[name], name)


def test_torch_weights_survive_the_way_through_mxnet():
    torch.manual_seed(5)
    first = get_weights(SSD(3))
    second = mxnet_to_torch(torch_to_mxnet(first))
    counters = {n for n in first if n.endswith("num_batches_tracked")}
    assert second.keys() == first.keys() - counters
    assert all(np.array_equal(first[name], second[name]) for name in second)


def test_weights_go_into_the_mxnet_network(torch_net):
    net = d2l_ssd.mxnet.SSD(2)
    net.initialize()
    d2l_ssd.mxnet.load_weights(net, torch_to_mxnet(get_weights(torch_net)))
    X = images(1, 3, 64, 64)
    with torch.no_grad():
        ours = torch_net.eval()(torch.from_numpy(X))
    for a, b in zip(ours, net(mx.np.array(X))):
        np.testing.assert_allclose(a.numpy(), b.asnumpy(), atol=1e-3)


def test_a_copy_is_returned(torch_net):
    name = "output.offset_heads.0.bias"
    copy = get_weights(torch_net)[name].copy()
    get_weights(torch_net)[name][:] = 7
    np.testing.assert_array_equal(get_weights(torch_net)[name], copy)


def test_other_class_count_is_named(weights):
    with pytest.raises(
        ValueError, match=r"for 2 classes, it is for 3: .* SSD\(2\)$"
    ):
        load_weights(SSD(3), mxnet_to_torch(weights))


def test_mxnets_names_are_recognized(weights):
    with pytest.raises(ValueError, match="rename them with mxnet_to_torch"):
        load_weights(SSD(2), weights)


@pytest.mark.parametrize("change", ["missing", "unknown", "of another shape"])
def test_what_does_not_fit_is_named(weights, change):
    other = mxnet_to_torch(weights)
    name = "output.offset_heads.1.bias"
    if change == "missing":
        other.pop(name)
    elif change == "unknown":
        name = "output.offset_heads.4.bias"
        other[name] = np.zeros(16, np.float32)
    else:
        other[name] = np.zeros(12, np.float32)
    net = SSD(2)
    before = get_weights(net)
    with pytest.raises(ValueError, match=f"must fit the network: .*{name}"):
        load_weights(net, other)
    assert all(
        np.array_equal(before[n], a) for n, a in get_weights(net).items()
    )
