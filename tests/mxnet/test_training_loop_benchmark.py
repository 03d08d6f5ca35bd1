"""The timed loop trains at the rates of the real one."""

import importlib.util
from itertools import islice
from pathlib import Path

import pytest
from helpers.tiny_ssd import make_batches, make_net

from d2l_ssd.mxnet.training import detection_trainer
from d2l_ssd.schedule import learning_rate_at

PATH = Path(__file__).parents[2] / "benchmarks" / "speed" / "training_loop.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("training_loop", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_loop_learns_at_the_scheduled_rates(benchmark):
    trainer = detection_trainer(net := make_net(), 1.0, 0)
    step = benchmark.scheduled_step(net, trainer)
    rates = []

    def watched(number, X, Y):
        step(number, X, Y)
        rates.append(trainer.learning_rate)

    batches = benchmark.numbered(make_batches(2))
    # Two rounds, over more than one epoch
    for _ in range(2):
        assert benchmark.loop_speed(watched, islice(batches, 3)) > 0
    expected = [
        learning_rate_at(n, benchmark.NUM_STEPS, benchmark.LEARNING_RATE)
        for n in range(6)
    ]
    assert rates == pytest.approx(expected)
    assert max(rates) > 1e-5  # not a rate times a rate


def test_bare_speed_hardly_moves_the_weights(benchmark):
    net = make_net()
    X, _ = make_batches()[0]
    net(X)
    trainer = detection_trainer(net, 1.0, 0)
    before = net.output.class_heads[0].weight.data().copy()
    assert benchmark.bare_speed(net, trainer, X, 2) > 0
    moved = abs(net.output.class_heads[0].weight.data() - before).max()
    assert float(moved) < 1e-9
