"""What the tests of PyTorch's room share: networks, weights, a small data set."""

import os

import mxnet as mx
import numpy as np
import pytest
import torch
from mxnet import npx

import d2l_ssd.mxnet
from d2l_ssd.data import VOCDetection
from d2l_ssd.mxnet.weights import get_weights
from d2l_ssd.torch import SSD, load_weights, mxnet_to_torch
from d2l_ssd.toy import make_toy_voc
from d2l_ssd.weight_names import FIXED_WEIGHTS

npx.set_np()


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    # Two threads that wait for each other are slow on a busy machine
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """The folder of 10 training and 4 validation images."""
    return make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 10, 4, seed=3)


@pytest.fixture(scope="session")
def sets(toy):
    """The training and the validation set."""
    return [VOCDetection(toy, s, all_images=True) for s in ("train", "val")]


@pytest.fixture(scope="session")
def mxnet_net():
    """MXNet's network; no weight has the value it begins with."""
    mx.random.seed(1)
    net = d2l_ssd.mxnet.SSD(2)
    net.initialize(mx.init.Xavier())
    net(mx.np.zeros((1, 3, 64, 64)))[0].wait_to_read()
    npx.waitall()
    rng = np.random.default_rng(0)
    for name, parameter in net._collect_params_with_prefix().items():
        if name in FIXED_WEIGHTS:
            continue
        kind, shape = name.rpartition(".")[2], parameter.shape
        if kind in ("gamma", "running_var"):
            parameter.set_data(mx.np.array(rng.uniform(0.5, 1.5, shape)))
        elif kind in ("beta", "running_mean", "bias"):
            parameter.set_data(mx.np.array(rng.normal(0, 0.1, shape)))
    npx.waitall()
    return net


@pytest.fixture(scope="session")
def weights(mxnet_net):
    """Its weights, under MXNet's names."""
    return get_weights(mxnet_net)


@pytest.fixture
def torch_net(weights):
    """PyTorch's network with the same weights."""
    net = SSD(2)
    load_weights(net, mxnet_to_torch(weights))
    return net
