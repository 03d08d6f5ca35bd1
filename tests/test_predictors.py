"""One way to predict, whatever runs the network."""

import numpy as np
import pytest
import torch
from helpers.torch_runs import images

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.predictors import STORED, Predictor, at_size, load_predictor
from d2l_ssd.torch import load_trained


@pytest.fixture(scope="module")
def stored():
    return load_predictor(STORED)


def test_stored_weights_with_pytorch(stored):
    X = images(2, 3, 64, 96)
    with torch.no_grad():
        logits, offsets = load_trained().net(torch.from_numpy(X))
    probs, ours = stored(X)
    np.testing.assert_allclose(probs, logits.softmax(-1).numpy(), atol=1e-6)
    np.testing.assert_allclose(ours, offsets.numpy(), atol=1e-5)
    assert probs.dtype == ours.dtype == np.float32
    assert stored.classes == ("cat", "dog")
    assert stored.settings == ModelSettings()
    assert stored.origin == "the stored network"


@pytest.mark.parametrize("shape", [(3, 64, 64), (1, 3, 60, 64), (0, 3, 32, 32)])
def test_other_shapes_are_refused(stored, shape):
    with pytest.raises(ValueError, match="^X (must have|of) shape"):
        stored(np.zeros(shape, np.float32))


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no checkpoint .*none"):
        load_predictor(tmp_path / "none")


@pytest.mark.parametrize("scale_anchors", [False, True])
@pytest.mark.parametrize("size", [(224, 320), 128, (256, 256)], ids=str)
def test_anchors_at_another_size(scale_anchors, size):
    settings = ModelSettings()
    predictor = Predictor(("a",), settings, None, "")
    np.testing.assert_allclose(
        at_size(predictor, size, scale_anchors).settings.anchors(),
        settings.anchors(size, scale_anchors),
        atol=1e-6,
    )
