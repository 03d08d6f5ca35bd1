"""The smallest form of a network's weights that costs no accuracy.

A convolution's weights are stored as 8-bit integers, with one float32 scale for
each of its output channels; the few other weights (biases, batch normalization)
stay float32. The weights that the package ships are older: float16, no scales.

The widest convolutions hold most of a network's weights. With 23 steps in place
of 255 they stay 8-bit integers, but a compressed file needs 5 bits or less for each.
"""

from __future__ import annotations

import numpy as np

from d2l_ssd.results.arrays import Arrays

INT8_MAX = 127
WIDE = 512  # output channels of the widest convolutions
FEW_STEPS = 11  # their largest integer, where a small file is wanted
# Added to a weight's name. No weight is called so: a weight's name has no children
SCALE = ".scale"


def quantize(
    weight: np.ndarray, steps: int = INT8_MAX
) -> tuple[np.ndarray, np.ndarray]:
    """Round a convolution's weights to 8 bits or less.

    Args:
        weight: (C, ...) floats, C output channels.
        steps: the largest integer.

    Returns:
        integers (C, ...) int8 from -steps to steps, and scales (C,) float32: the
        weight is about integers * scales, off by half a scale at most.
    """
    channels = weight.reshape(len(weight), -1)
    largest = np.abs(channels).max(axis=1).astype(np.float32)
    # A channel of zeros has no largest weight to divide by
    scales = np.where(largest > 0, largest / np.float32(steps), 1)
    scales = scales.astype(np.float32)
    integers = np.round(channels / scales[:, None])
    return integers.astype(np.int8).reshape(weight.shape), scales


def dequantize(integers: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Return float32 weights (C, ...), see `quantize`."""
    channels = integers.reshape(len(integers), -1) * scales[:, None]
    return channels.astype(np.float32).reshape(integers.shape)


def compress_weights(weights: Arrays, wide_steps: int = INT8_MAX) -> Arrays:
    """Return the arrays to store for a dict of names to float arrays.

    Args:
        weights: float arrays by name.
        wide_steps: the largest integer in convolutions of WIDE or more output
            channels; FEW_STEPS makes files smaller by a third.

    Raises:
        ValueError: a weight is NaN or infinite, as after a training that
            diverged.
    """
    arrays = {}
    for name, weight in weights.items():
        if not np.isfinite(weight).all():
            raise ValueError(f"{name} must be finite, got a NaN or an infinity")
        if weight.ndim == 4:
            steps = wide_steps if len(weight) >= WIDE else INT8_MAX
            arrays[name], arrays[name + SCALE] = quantize(weight, steps)
        else:
            arrays[name] = weight.astype(np.float32)
    return arrays


def expand_weights(arrays: Arrays) -> Arrays:
    """Return the float32 weights of stored arrays, with scales or without."""
    return {
        name: dequantize(array, arrays[name + SCALE])
        if name + SCALE in arrays
        else array.astype(np.float32)
        for name, array in arrays.items()
        if not name.endswith(SCALE)
    }


def round_weights(weights: Arrays, wide_steps: int = INT8_MAX) -> Arrays:
    """Round weights to what storing and reading them gives, as float32."""
    return expand_weights(compress_weights(weights, wide_steps))
