"""The weights of an MXNet network as a dict of NumPy arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
from mxnet import np, npx
from mxnet.gluon import Block

from d2l_ssd.feature_maps import STRIDES

FILE = "net.params"
NAMED = 4  # names that an error message lists


def get_weights(net: Block) -> dict[str, numpy.ndarray]:
    """Return a network's weights and running averages by structural name.

    Args:
        net: an initialized SSD.

    Returns:
        Arrays by names like "backbone.norms.0.0.gamma", which, unlike those of
        `net.collect_params()`, are the same for every network of one class.
    """
    _infer_shapes(net)
    # The structural names are in MXNet's files only
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / FILE)
        net.save_parameters(path)
        return {name: a.asnumpy() for name, a in npx.load(path).items()}


def load_weights(net: Block, weights: Mapping[str, numpy.ndarray]) -> None:
    """Set a network's weights, on whatever device it is; all of them or none.

    Args:
        net: an initialized SSD; its shapes need not be known yet.
        weights: arrays by structural name, as `get_weights` returns them and
            `load_results().weights` holds them.

    Raises:
        ValueError: a weight is missing, unknown or has another shape.
    """
    current = get_weights(net)
    _check_names(current, weights)
    for name, array in current.items():
        if array.shape != weights[name].shape:
            raise ValueError(
                f"weights: {name} must have shape {array.shape}, got "
                f"{weights[name].shape}: make the network for the same "
                "number of classes as the weights"
            )
    arrays = {
        name: np.array(weights[name], dtype=array.dtype)
        for name, array in current.items()
    }
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / FILE)
        npx.save(path, arrays)
        net.load_parameters(path)


def _infer_shapes(net: Block) -> None:
    """Run the network on its smallest image if MXNet needs that for shapes."""
    parameters = net.collect_params().values()
    # MXNet writes -1 for a size that the first forward pass will tell
    if any(-1 in parameter.shape for parameter in parameters):
        (device, *_) = next(iter(parameters)).list_ctx()
        net(np.zeros((1, 3, STRIDES[-1], STRIDES[-1]), ctx=device))


def _check_names(current: Mapping, weights: Mapping) -> None:
    """Raise ValueError unless both have the same names."""
    problems = []
    for kind, names in (
        ("missing", current.keys() - weights.keys()),
        ("unknown", weights.keys() - current.keys()),
    ):
        if names:
            shown = ", ".join(sorted(names)[:NAMED])
            more = f" and {len(names) - NAMED} more" * (len(names) > NAMED)
            problems.append(f"{kind}: {shown}{more}")
    if problems:
        raise ValueError(
            f"weights must have the network's names ({'; '.join(problems)}): "
            "use weights of the same network"
        )
