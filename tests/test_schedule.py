"""The learning rate: warm-up, maximum, cosine."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2l_ssd.schedule import learning_rate_at


def test_learning_rate():
    rates = [
        learning_rate_at(n, 100, max_learning_rate=0.1) for n in range(101)
    ]
    assert rates[:3] == pytest.approx([0.01, 0.02, 0.03])  # a tenth warms up
    assert rates[9] == rates[10] == max(rates) == pytest.approx(0.1)
    assert rates[55] == pytest.approx(0.05)  # half-way down the cosine
    assert rates[100] == 0
    assert all(a > b for a, b in zip(rates[10:], rates[11:]))


@pytest.mark.parametrize("num_steps", [1, 2, 9])
def test_few_steps_have_no_warmup(num_steps):
    rate = learning_rate_at(0, num_steps, max_learning_rate=0.3)
    assert rate == pytest.approx(0.3)


def test_defaults():
    rates = [learning_rate_at(step, 10_000) for step in range(10_000)]
    assert rates[0] == pytest.approx(1e-3 / 200)
    assert rates.index(max(rates)) == 199
    assert max(rates) == pytest.approx(1e-3)


def test_warmup_steps():
    rates = [
        learning_rate_at(step, 100, 1.0, warmup_steps=4) for step in range(5)
    ]
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1, 1])


def test_stays_at_0_after_the_last_step():
    assert learning_rate_at(107, 100) == 0


@pytest.mark.parametrize(
    "arguments, name",
    [
        pytest.param((-1, 100), "step", id="before the first"),
        pytest.param((math.nan, 100), "step", id="no number"),
        pytest.param((0, 0), "num_steps", id="no steps"),
        pytest.param((0, -5), "num_steps", id="less than none"),
        pytest.param((0, 100, 0), "max_learning_rate", id="no rate"),
        pytest.param((0, 100, -0.1), "max_learning_rate", id="uphill"),
        pytest.param((0, 100, math.nan), "max_learning_rate", id="NaN"),
        pytest.param((0, 100, math.inf), "max_learning_rate", id="infinite"),
        pytest.param((0, 100, 0.1, -1), "warmup_steps", id="warm-up"),
        # Half a step more than the warm-up's would be a rate over the maximum
        pytest.param((0.5, 100, 0.1, 1), "step", id="half a step"),
        pytest.param((0, 99.5), "num_steps", id="half a step to go"),
        pytest.param((0, 100, 0.1, 2.5), "warmup_steps", id="half a warm-up"),
        pytest.param(("1", 100), "step", id="text"),
        pytest.param(([1, 2], 100), "step", id="a list"),
        pytest.param((0, [100]), "num_steps", id="a list of one"),
        pytest.param((0, 100, [0.1]), "max_learning_rate", id="two rates"),
        pytest.param((True, 100), "step", id="a bool"),
        pytest.param((0, 100, True), "max_learning_rate", id="a bool rate"),
        pytest.param((0, 100, 0.1, None), "warmup_steps", id="None"),
    ],
)
def test_arguments_out_of_range_raise(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} must"):
        learning_rate_at(*arguments)


def test_no_warmup():
    assert learning_rate_at(0, 100, 0.1, warmup_steps=0) == 0.1


@given(
    st.integers(0, 10**6),
    st.integers(1, 10**6),
    st.floats(1e-6, 1e3),
    st.integers(0, 10**6),
)
def test_rate_is_between_0_and_the_maximum(step, num_steps, largest, warmup):
    rate = learning_rate_at(step, num_steps, largest, warmup)
    assert 0 <= rate <= largest
