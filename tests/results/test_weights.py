"""Weights of 8 bits: error bounds, exact integers, both forms of files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from d2l_ssd.results.weights import (
    FEW_STEPS,
    SCALE,
    WIDE,
    compress_weights,
    dequantize,
    expand_weights,
    quantize,
    round_weights,
)


def weight(seed, channels=6, spread=1.0):
    """A convolution's weights; each channel has a magnitude of its own."""
    rng = np.random.default_rng(seed)
    magnitudes = np.exp(rng.normal(0, spread, (channels, 1, 1, 1)))
    values = magnitudes * rng.normal(size=(channels, 4, 3, 3))
    return values.astype(np.float32)


def test_quantize_by_hand():
    integers, scales = quantize(
        np.float32([[127, -63.4, 0.6], [0, 2, -254], [0, 0, 0]])
    )
    assert scales.tolist() == [1, 2, 1]
    assert integers.tolist() == [[127, -63, 1], [0, 1, -127], [0, 0, 0]]
    assert (integers.dtype, scales.dtype) == (np.int8, np.float32)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 5]))
def test_no_weight_is_off_by_more_than_half_a_step(seed, spread):
    exact = weight(seed, spread=spread)
    integers, scales = quantize(exact)
    error = np.abs(dequantize(integers, scales) - exact)
    assert (error <= scales[:, None, None, None] * 0.5001).all()
    # A step is a 127th of the channel's largest weight, so 8 bits are used
    assert (np.abs(integers).reshape(len(exact), -1).max(axis=1) == 127).all()


@given(st.integers(0, 2**32 - 1))
def test_stored_integers_come_back_exactly(seed):
    integers, scales = quantize(weight(seed))
    again, _ = quantize(dequantize(integers, scales))
    np.testing.assert_array_equal(again, integers)


def test_only_convolutions_are_rounded():
    rng = np.random.default_rng(0)
    weights = {
        "conv.weight": weight(0),
        "conv.bias": rng.normal(size=6).astype(np.float32),
        "norm.running_var": rng.random(6).astype(np.float32),
    }
    stored = compress_weights(weights)
    assert stored["conv.weight"].dtype == np.int8
    assert stored["conv.weight" + SCALE].shape == (6,)
    again = expand_weights(stored)
    assert list(again) == list(weights)
    for name, array in again.items():
        assert array.dtype == np.float32
        if array.ndim == 4:
            largest = np.abs(weights[name]).max()
            np.testing.assert_allclose(
                array, weights[name], rtol=0, atol=largest / 250
            )
        else:
            np.testing.assert_array_equal(array, weights[name])


def test_float16_files_are_read_as_they_are():
    stored = {"conv.weight": weight(0).astype(np.float16), "bias": np.ones(6)}
    again = expand_weights(stored)
    np.testing.assert_array_equal(again["conv.weight"], stored["conv.weight"])
    assert {array.dtype.name for array in again.values()} == {"float32"}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_named(bad):
    weights = {"good.weight": weight(0), "bad.weight": weight(1)}
    weights["bad.weight"][2, 0, 0, 0] = bad
    with pytest.raises(ValueError, match="bad.weight must be finite"):
        compress_weights(weights)


def test_rounded_weights_are_what_is_read_back():
    weights = {"conv.weight": weight(3), "conv.bias": np.ones(6, np.float32)}
    rounded = round_weights(weights)
    stored = compress_weights(weights)
    np.testing.assert_array_equal(
        rounded["conv.weight"], expand_weights(stored)["conv.weight"]
    )
    assert not np.array_equal(rounded["conv.weight"], weights["conv.weight"])


@pytest.mark.parametrize("shape", [(4, 3, 1, 1), (1, 1, 7, 7)])
def test_shapes_are_kept(shape):
    exact = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    assert dequantize(*quantize(exact)).shape == shape


def test_wide_convolutions_take_fewer_steps():
    weights = {"wide": weight(0, WIDE), "narrow": weight(1, WIDE - 1)}
    stored = compress_weights(weights, FEW_STEPS)
    assert np.abs(stored["wide"]).max() == FEW_STEPS
    assert np.abs(stored["narrow"]).max() == 127
    rounded = round_weights(weights, FEW_STEPS)
    largest = np.abs(weights["wide"]).max(axis=(1, 2, 3), keepdims=True)
    error = np.abs(rounded["wide"] - weights["wide"])
    assert (error <= largest / FEW_STEPS * 0.5001).all()
    assert error.max() > largest.min() / 255


def test_fewer_steps_make_a_smaller_file(tmp_path):
    weights = {"wide": weight(0, WIDE, spread=0)}
    sizes = []
    for steps in (127, FEW_STEPS):
        path = tmp_path / f"{steps}.npz"
        np.savez_compressed(path, **compress_weights(weights, steps))
        sizes.append(path.stat().st_size)
    assert sizes[1] < 0.75 * sizes[0]
