"""The names of one network's weights in MXNet and in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

TORCH_NAMES = {"gamma": "weight", "beta": "bias"}  # of batch normalization
# The network's first layer: MXNet stores the scale 1 and the shift 0 that it
# never learns, PyTorch does not
FIXED_WEIGHTS = {
    "backbone.stages.0.0.gamma": np.ones(3, dtype=np.float32),
    "backbone.stages.0.0.beta": np.zeros(3, dtype=np.float32),
}


def mxnet_to_torch(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rename the weights of MXNet's SSD to those of PyTorch's.

    Args:
        weights: MXNet's structural names ("backbone.stages.0.1.weight") to
            arrays.

    Returns:
        PyTorch's names to the same arrays.
    """
    renamed = {}
    for name, array in weights.items():
        if name not in FIXED_WEIGHTS:
            layer, _, kind = name.rpartition(".")
            renamed[f"{layer}.{TORCH_NAMES.get(kind, kind)}"] = array
    return renamed


def torch_to_mxnet(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rename the weights of PyTorch's SSD to those of MXNet's.

    Args:
        weights: PyTorch's names to arrays.

    Returns:
        MXNet's structural names to the same arrays.
    """
    mxnet_names = {v: k for k, v in TORCH_NAMES.items()}
    renamed = dict(FIXED_WEIGHTS)
    for name, array in weights.items():
        layer, _, kind = name.rpartition(".")
        if kind == "num_batches_tracked":
            continue
        # Only batch normalization has running means, and a gamma and a beta
        if f"{layer}.running_mean" in weights:
            kind = mxnet_names.get(kind, kind)
        renamed[f"{layer}.{kind}"] = array
    return renamed
