"""Weights under MXNet's and PyTorch's names: the same arrays, both ways."""

import numpy as np

from d2l_ssd.weight_names import (
    FIXED_WEIGHTS,
    mxnet_to_torch,
    torch_to_mxnet,
)

KINDS = "gamma", "beta", "running_mean", "running_var"
MXNET = {
    "stem.weight": np.ones((2, 3, 1, 1)),
    "head.bias": np.ones(2),
    **{f"norm.{kind}": np.full(2, i) for i, kind in enumerate(KINDS)},
    **FIXED_WEIGHTS,
}


def test_batch_normalization_is_renamed():
    renamed = mxnet_to_torch(MXNET)
    assert renamed["norm.weight"] is MXNET["norm.gamma"]
    assert renamed["norm.bias"] is MXNET["norm.beta"]
    assert renamed["norm.running_var"] is MXNET["norm.running_var"]


def test_other_layers_keep_their_names():
    renamed = mxnet_to_torch(MXNET)
    assert renamed["stem.weight"] is MXNET["stem.weight"]
    assert renamed["head.bias"] is MXNET["head.bias"]


def test_pytorch_stores_no_fixed_weights():
    assert len(mxnet_to_torch(MXNET)) == len(MXNET) - len(FIXED_WEIGHTS)


def test_there_and_back():
    back = torch_to_mxnet(mxnet_to_torch(MXNET))
    assert back.keys() == MXNET.keys()
    assert all(back[name] is MXNET[name] for name in MXNET)


def test_pytorchs_counters_are_left_out():
    counted = {"norm.num_batches_tracked": np.zeros(())}
    assert torch_to_mxnet(counted) == FIXED_WEIGHTS
