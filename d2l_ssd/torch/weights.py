"""Weights into a network and out of it, by PyTorch's names."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from d2l_ssd.torch.checks import check_weights


def get_weights(net: nn.Module) -> dict[str, np.ndarray]:
    """Return a copy of a network's weights: PyTorch's names to arrays."""
    return {
        name: tensor.detach().cpu().numpy().copy()
        for name, tensor in net.state_dict().items()
    }


def load_weights(net: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Give an SSD weights that have PyTorch's names.

    Args:
        net: an SSD, on any device.
        weights: PyTorch's names to arrays, as `mxnet_to_torch` and
            `get_weights` return them.

    Raises:
        ValueError: a weight is missing, unknown or has another shape.
    """
    check_weights(weights, net.state_dict())
    tensors = {name: torch.tensor(array) for name, array in weights.items()}
    net.load_state_dict(tensors)
