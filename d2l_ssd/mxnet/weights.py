"""The weights of an MXNet network as a dict of NumPy arrays, and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
from mxnet import np, npx
from mxnet.gluon import Block

from d2l_ssd.anchors import ANCHORS_PER_CELL
from d2l_ssd.feature_maps import STRIDES
from d2l_ssd.mxnet.checking import check_initialized

FILE = "net.params"
TORCH_ONLY = "num_batches_tracked"  # MXNet's normalizations do not count
NAMED = 4  # names that an error message lists
CLASS_BIAS = "output.class_heads.0.bias"  # its length tells the classes


def get_weights(net: Block) -> dict[str, numpy.ndarray]:
    """Return a network's weights and running averages by structural name.

    Args:
        net: an initialized SSD.

    Returns:
        Arrays by names like "backbone.norms.0.0.gamma", which, unlike those of
        `net.collect_params()`, are the same for every network of one class.

    Raises:
        ValueError: the network is not initialized.
    """
    check_initialized(net)
    infer_shapes(net)
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
        ValueError: the network is not initialized, or a weight is missing,
            unknown, not finite or has another shape.
    """
    if not isinstance(weights, Mapping):
        raise ValueError(
            "weights must be a dict of arrays by name, as get_weights returns "
            f"it, got {type(weights).__name__}"
        )
    current = get_weights(net)
    _check_names(current, weights)
    _check_num_classes(current, weights)
    arrays = {
        name: _checked(name, weights[name], array)
        for name, array in current.items()
    }
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / FILE)
        npx.save(path, arrays)
        net.load_parameters(path)


def infer_shapes(net: Block) -> None:
    """Run the network on its smallest image if MXNet needs that for shapes."""
    parameters = net.collect_params().values()
    # MXNet writes -1 for a size that the first forward pass will tell
    if any(-1 in parameter.shape for parameter in parameters):
        (device, *_) = next(iter(parameters)).list_ctx()
        net(np.zeros((1, 3, STRIDES[-1], STRIDES[-1]), ctx=device))


def _checked(
    name: str, weight: numpy.ndarray, current: numpy.ndarray
) -> np.ndarray:
    """Return a weight as MXNet's array; raise unless it can replace another."""
    weight = numpy.asarray(weight)
    if weight.shape != current.shape:
        raise ValueError(
            f"weights: {name} must have shape {current.shape}, got "
            f"{weight.shape}: make the network for the same number of classes "
            "as the weights"
        )
    if weight.dtype.kind not in "fiu" or not numpy.isfinite(weight).all():
        raise ValueError(
            f"weights: {name} must hold finite numbers, and does not: use the "
            "weights of a training that has not failed"
        )
    return np.array(weight, dtype=current.dtype)


def _check_num_classes(current: Mapping, weights: Mapping) -> None:
    """Raise ValueError if weights are for another number of classes."""
    counts = []
    for arrays in (current, weights):
        bias = numpy.asarray(arrays[CLASS_BIAS])
        rows, rest = divmod(bias.size, ANCHORS_PER_CELL)
        if bias.ndim != 1 or rest or rows < 2:
            return  # another shape, which has a message of its own
        counts.append(rows - 1)
    here, there = counts
    if here != there:
        raise ValueError(
            f"weights are for {there} classes, and the network has {here}: make "
            f"it for the same number of classes, SSD(num_classes={there})"
        )


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
        advice = "use weights of the same network"
        if any(name.endswith(TORCH_ONLY) for name in weights):
            advice = "convert weights of PyTorch with torch_to_mxnet"
        raise ValueError(
            f"weights must have the network's names ({'; '.join(problems)}): "
            f"{advice}"
        )
