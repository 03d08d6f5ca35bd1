"""The table of times: what it counts, and what each row measures."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "speed" / "inference.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("inference_speed", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROUNDS = 1
    return module


def test_candidates_are_counted_per_image(benchmark):
    count = len(benchmark.ANCHORS)
    probs = np.zeros((2, count, 3), np.float32)
    probs[:, :, 0] = 1
    # Anchors 4, 5 of image 0 pass for one class, anchor 9 of image 1 for both
    probs[0, 4:6] = [0.6, 0.4, 0]
    probs[1, 9] = [0.2, 0.4, 0.4]
    offsets = np.zeros((2, count, 4), np.float32)
    found, *times = benchmark.geometry_times(probs, offsets, 0.3, 400)
    assert found == 2
    assert benchmark.geometry_times(probs, offsets, 0.3, 1)[0] == 1.5
    assert min(times) > 0


def test_untrained_outputs_are_probabilities_that_pass(benchmark):
    probs, offsets = benchmark.untrained_outputs(1, np.random.default_rng(0))
    np.testing.assert_allclose(probs.sum(axis=2), 1, atol=1e-5)
    assert probs.min() >= benchmark.UNTRAINED[0][0]
    assert offsets.shape == (1, len(benchmark.ANCHORS), 4)


def test_there_is_a_row_per_setting(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "network_time", lambda weights: 100)
    monkeypatch.setattr(benchmark, "geometry_times", lambda *_: (1234, 1, 2))
    head, _, *rows = benchmark.rows()
    assert len(rows) == len(benchmark.TRAINED) + len(benchmark.UNTRAINED)
    assert rows[-1] == (
        "| untrained | 0.01 | none | 1,234 | 100 ms | 1.0 ms | 2.0 ms |"
    )
    assert rows[0].count("|") == head.count("|")
