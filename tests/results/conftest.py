"""Small stored results, and the few lines that write them."""

import numpy as np
import pytest

from d2l_ssd.detections import Detections
from d2l_ssd.results import find_candidates, write_results

ANCHORS, CLASSES = 7, 2


def make_detections(rng, count):
    corners = np.sort(rng.random((count, 2, 2), np.float32), axis=1)
    scores = np.sort(rng.random(count, np.float32))[::-1]
    return Detections(
        corners.reshape(-1, 4), scores, rng.integers(0, CLASSES, count)
    )


def make_outputs(seed=0):
    """A network's outputs for 3 images: class_probs and offsets."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (3, ANCHORS, CLASSES + 1))
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    probs[0, 0] = 0.999, 0.0005, 0.0005  # almost surely background
    offsets = rng.normal(size=(3, ANCHORS, 4))
    return probs.astype(np.float32), offsets.astype(np.float32)


def make_results(seed=0):
    """Arguments of `write_results`: 3 images, a gallery of 2, 2 epochs."""
    rng = np.random.default_rng(seed)
    probs, offsets = make_outputs()
    return {
        "weights": {
            "conv.weight": rng.normal(size=(5, 3, 3, 3)).astype(np.float32),
            "conv.bias": rng.normal(size=5).astype(np.float32),
        },
        "ids": ["a", "b", "c"],
        "detections": [make_detections(rng, count) for count in (2, 0, 3)],
        "candidates": find_candidates(probs, offsets),
        "gallery": (probs[:2], offsets[:2]),
        "history": [
            {"epoch": 1, "localization_loss": 2.0},
            {"epoch": 2, "localization_loss": 1.0, "ap50": 0.5, "ap": 0.25},
        ],
        "replay": [
            [make_detections(rng, count) for count in counts]
            for counts in ((1, 2), (0, 1))
        ],
        "card": "# A model\n",
    }


@pytest.fixture
def outputs():
    """What the network says of all anchors of the 3 images."""
    return make_outputs()


@pytest.fixture
def written():
    """What the folder `stored` was written with."""
    return make_results()


@pytest.fixture
def stored(tmp_path, written):
    """A folder of small results."""
    write_results(tmp_path, **written)
    return tmp_path
