"""What the tests of ONNX's room share: a small network with odd weights."""

import numpy as np
import pytest
import torch

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.onnx.folding import fold_batch_norm
from d2l_ssd.onnx.graph import make_model
from d2l_ssd.predictors import predictor_of
from d2l_ssd.torch import SSD, Trained, get_weights

CLASSES = "Zelle", "plaquette sanguine", "白血球"
SETTINGS = ModelSettings(
    (64, 96),
    sizes=((0.1, 0.15), (0.2, 0.3), (0.4, 0.5), (0.7, 0.9)),
    ratios=((1, 2, 0.5), (1, 3, 0.5), (1, 2, 0.25), (1, 2, 0.5)),
    fit="pad",
)


@pytest.fixture(scope="session")
def trained():
    """A network none of whose weights has the value it begins with."""
    rng = torch.Generator().manual_seed(1)
    net = SSD(3).eval()
    for name, tensor in net.state_dict().items():
        if "norm" in name or "bn" in name or "running" in name:
            noise = torch.rand(tensor.shape, generator=rng)
            tensor.copy_(0.5 + noise)
        elif name.endswith("bias"):
            tensor.copy_(torch.randn(tensor.shape, generator=rng))
    return Trained(net, CLASSES, SETTINGS)


@pytest.fixture(scope="session")
def predictor(trained):
    return predictor_of(trained, "my run")


@pytest.fixture(scope="session")
def weights(trained):
    return get_weights(trained.net)


@pytest.fixture
def model(weights):
    """The network's graph."""
    return make_model(weights, {})


@pytest.fixture
def folded(model):
    """The network's graph with batch normalization folded."""
    return fold_batch_norm(model)


@pytest.fixture(scope="session")
def inputs():
    """Three inputs of the network."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 3, 64, 96)).astype(np.float32)
