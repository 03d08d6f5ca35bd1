"""FeatureMapExplorer: what travels to the page, and what node makes of it."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from test_widgets import node

from d2l_ssd.widgets import FeatureMapExplorer
from d2l_ssd.widgets.feature_map_explorer import CHANNELS, quantize

HERE = Path(__file__).parent
# name, cells a side, channels, side that a cell sees, stride, offset
LAYERS = (
    ("layer 5", 16, 20, 43, 4, 0),
    ("layer 6", 8, 24, 99, 8, 0),
    ("layer 10", 2, 20, 435, 32, 0),
    ("pooled", 1, 20, 64, 64, 31.5),
)


def random_layers(rng):
    return [
        (name, rng.normal(0.5, 1, (channels, n, n)), *rest)
        for name, n, channels, *rest in LAYERS
    ]


@pytest.fixture
def explorer():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)
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


def test_draws_a_static_picture(explorer):
    assert explorer.static_picture().startswith(b"\x89PNG")


def test_rejects_bad_layers(explorer):
    with pytest.raises(ValueError, match="must not be empty"):
        FeatureMapExplorer(explorer.image, [])
    with pytest.raises(ValueError, match=r"'a' must be .* shape \(4, 4\)"):
        FeatureMapExplorer(explorer.image, [("a", np.zeros((4, 4)), 5, 4, 0)])


def test_javascript_agrees_with_python(explorer, tmp_path):
    rng = np.random.default_rng(1)
    cases = []
    for number, (_, n, _, side, stride, offset) in enumerate(LAYERS):
        maps = explorer.kept[number][1]
        for channel, row, column in rng.integers(0, [CHANNELS, n, n], (5, 3)):
            # The middle of pixel p lies at p + 0.5
            low = offset + column * stride + 0.5 - side / 2
            cases.append(
                {
                    "layer": explorer.view.layers[number],
                    "bytes": list(explorer.view.activations[number]),
                    "cell": [int(channel), int(row), int(column)],
                    "value": float(maps[channel, row, column]),
                    "step": float(np.ptp([*maps[channel].ravel(), 0]) / 255),
                    "field": [low, low + side],
                }
            )
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(cases))
    run = subprocess.run(
        [node(), "--test", str(HERE / "js" / "feature_maps.test.mjs")],
        env={**os.environ, "FEATURE_MAP_CASES": str(path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
