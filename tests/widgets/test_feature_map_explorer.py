"""FeatureMapExplorer: which activations travel to the page, and how."""

import numpy as np
import pytest
from helpers.explorers import random_images, random_layers

from d2l_ssd.widgets import FeatureMapExplorer
from d2l_ssd.widgets.feature_map_explorer import CHANNELS, quantize


@pytest.fixture
def explorer():
    rng = np.random.default_rng(0)
    [image] = random_images(rng, 1, 64)
    return FeatureMapExplorer(image, random_layers(rng), layer=1)


def test_quantize_by_hand():
    maps = np.array([[[0, 1], [2, 4]], [[-1, 0], [0, 1]], [[0, 0], [0, 0]]])
    expected = [[[0, 64], [128, 255]], [[0, 128], [128, 255]], [[0] * 2] * 2]
    np.testing.assert_array_equal(quantize(maps.astype(float)), expected)


def test_keeps_the_channels_that_vary_most():
    activations = np.zeros((20, 2, 2))
    activations[:, 0, 0] = np.arange(20)
    explorer = FeatureMapExplorer(
        np.zeros((8, 8, 3), np.uint8), [("a", activations, 5, 4, 0)]
    )
    [layer] = explorer.view.layers
    assert layer["channels"] == list(range(19, 19 - CHANNELS, -1))
    assert layer["high"] == list(range(19, 19 - CHANNELS, -1))
    assert layer["num_channels"] == 20


def test_value_follows_the_view(explorer):
    assert explorer.value == {"layer": 1, "channel": 1}
    assert (explorer.view.row, explorer.view.column) == (4, 4)
    explorer.view.channel = 3
    assert explorer.value["channel"] == 3


def test_says_which_keys_a_layer_has(explorer):
    said = type(explorer.view).layers.help
    for layer in explorer.view.layers:
        assert all(key in said for key in layer)


def test_rejects_no_layer(explorer):
    with pytest.raises(ValueError, match="must not be empty"):
        FeatureMapExplorer(explorer.image, [])


@pytest.mark.parametrize(
    "activations",
    [np.zeros((4, 4)), np.full((1, 4, 4), np.nan)],
    ids=["no channels", "not a number"],
)
def test_rejects_bad_activations(explorer, activations):
    with pytest.raises(ValueError, match="'a' must be .* and finite"):
        FeatureMapExplorer(explorer.image, [("a", activations, 5, 4, 0)])
