"""Stored weights for the MXNet network."""

from __future__ import annotations

from mxnet import np


def load_weights(net, weights):
    """Give chapter 2's SSD, on any device, a dict of weights.

    Arguments:
        net: an SSD, initialised; its shapes need not be known yet.
        weights: dict of structural names to arrays, as in Results.

    Raises:
        ValueError: a weight is missing, unknown or has another shape, as with
            another number of classes.
    """
    parameters = net._collect_params_with_prefix()
    if parameters.keys() != weights.keys():
        different = sorted(parameters.keys() ^ weights.keys())
        raise ValueError(f"weights: not in both: {different[:4]}")
    for name, array in weights.items():
        shape = parameters[name].shape
        # -1 stands for a size that the first forward pass would find out
        if len(shape) != array.ndim or any(
            a != b for a, b in zip(shape, array.shape) if a > 0
        ):
            raise ValueError(
                f"weights: {name} must be {shape}, got {array.shape}"
            )
    for name, array in weights.items():
        parameters[name].set_data(np.array(array, dtype=array.dtype))
