"""What a training may begin with: another run, the drawn animals, ImageNet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from urllib.error import URLError

import numpy as np
import torch
from torch import nn

from d2l_ssd.results import load_results
from d2l_ssd.torch.runs import read_run
from d2l_ssd.torch.weights import get_weights, load_weights
from d2l_ssd.weight_names import mxnet_to_torch

DRAWN, IMAGENET = "drawn", "imagenet"
CLASS_HEADS, OFFSET_HEADS = "output.class_heads.", "output.offset_heads."
# The weights that torchvision names ResNet18_Weights.IMAGENET1K_V1
RESNET_URL = "https://download.pytorch.org/models/resnet18-f37072fd.pth"
NO_DOWNLOAD = (
    "the weights from ImageNet cannot be downloaded from {url} ({error}): check "
    "the network, copy the file to {folder} by hand, or begin from scratch or "
    "with the drawn animals (--init drawn)"
)


def begin_with(net: nn.Module, start: str, classes: Sequence[str]) -> str:
    """Give a network the weights that a training begins with.

    Args:
        net: an SSD.
        start: "drawn", "imagenet" or the folder of a run.
        classes: of the network.

    Returns:
        What was done, for the user.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ConnectionError: ImageNet's weights cannot be downloaded.
        ValueError: a checkpoint is damaged, or its network is another one.
    """
    if start == DRAWN:
        return begin_with_drawn(net)
    if start == IMAGENET:
        return begin_with_imagenet(net, download_resnet())
    return begin_with_run(net, start, classes)


def begin_with_drawn(net: nn.Module) -> str:
    """Give a network the backbone that has learned the drawn animals."""
    stored = mxnet_to_torch(load_results().weights)
    heads = CLASS_HEADS, OFFSET_HEADS
    _keep(net, {n: w for n, w in stored.items() if not n.startswith(heads)})
    return (
        "begins with the backbone that was trained on the drawn animals, and "
        "with new heads"
    )


def begin_with_run(
    net: nn.Module, folder: str | os.PathLike, classes: Sequence[str]
) -> str:
    """Give a network the weights of another run.

    Where that one knows other classes, or the same in another order, the heads
    keep what they know of each class; classes that are new to it begin anew.
    """
    trained, checkpoint = read_run(folder)
    theirs, weights = list(checkpoint.classes), get_weights(trained)
    said = f"begins with the weights of {folder}"
    if theirs == list(classes):
        load_weights(net, weights)
        return said
    for name, ours in get_weights(net).items():
        if name.startswith(CLASS_HEADS):
            weights[name] = _by_class(weights[name], ours, theirs, classes)
    load_weights(net, weights)
    return f"{said}; {_compare(theirs, list(classes))}"


def _by_class(
    theirs: np.ndarray,
    ours: np.ndarray,
    their_classes: Sequence[str],
    classes: Sequence[str],
) -> np.ndarray:
    """Return a head's weights or biases, the known classes in their places."""
    shape = ours.shape
    # Channels are anchors times classes, the background first
    ours = ours.reshape(-1, len(classes) + 1, *shape[1:]).copy()
    theirs = theirs.reshape(-1, len(their_classes) + 1, *shape[1:])
    ours[:, 0] = theirs[:, 0]
    for k, name in enumerate(classes):
        if name in their_classes:
            ours[:, k + 1] = theirs[:, their_classes.index(name) + 1]
    return ours.reshape(shape)


def _compare(theirs: list[str], ours: list[str]) -> str:
    """Say in words how the classes of two runs differ."""
    if set(theirs) == set(ours):
        return (
            "it knows the same classes in another order, and each keeps its "
            f"own weights: {', '.join(ours)}"
        )
    new = [name for name in ours if name not in theirs]
    gone = [name for name in theirs if name not in ours]
    parts = [f"it knows {', '.join(theirs)}"]
    if new:
        parts.append(f"new are {', '.join(new)}, which begin from scratch")
    if gone:
        parts.append(f"it forgets {', '.join(gone)}")
    return "; ".join(parts)


def download_resnet() -> dict[str, torch.Tensor]:
    """Return ResNet-18's weights from ImageNet, downloaded once.

    Raises:
        ConnectionError: they cannot be downloaded.
    """
    folder = os.path.join(torch.hub.get_dir(), "checkpoints")
    try:
        return torch.hub.load_state_dict_from_url(
            RESNET_URL, folder, "cpu", check_hash=True, weights_only=True
        )
    except (URLError, OSError, RuntimeError) as error:
        text = NO_DOWNLOAD.format(url=RESNET_URL, error=error, folder=folder)
        raise ConnectionError(text) from None


def begin_with_imagenet(
    net: nn.Module, resnet: Mapping[str, torch.Tensor]
) -> str:
    """Give a network the convolutions of torchvision's ResNet-18.

    That one normalizes after its convolutions (He et al., 2015), ours before
    them (He et al., 2016). So the filters fit, and of the normalizations the
    first one and those between a block's convolutions; the others begin anew.

    Args:
        net: an SSD.
        resnet: torchvision's names to tensors.
    """
    weights, stages = {}, "backbone.stages."
    for ours, theirs in _resnet_names():
        for kind in ("weight", "bias", "running_mean", "running_var"):
            if f"{theirs}.{kind}" in resnet:
                array = resnet[f"{theirs}.{kind}"].numpy()
                weights[f"{stages}{ours}.{kind}"] = array
    _keep(net, weights)
    return (
        "begins with the filters of a ResNet-18 that was trained on ImageNet, "
        "and with new heads"
    )


def _resnet_names():
    """Yield our layers' names and torchvision's, of those that correspond."""
    yield "0.1", "conv1"
    yield "0.2", "bn1"
    # Where the four stages of residual blocks are among ours
    for number, place in enumerate(("0.5", "0.6", "1", "2.0"), start=1):
        for block in range(2):
            ours, theirs = f"{place}.{block}", f"layer{number}.{block}"
            yield f"{ours}.conv1", f"{theirs}.conv1"
            yield f"{ours}.bn2", f"{theirs}.bn1"
            yield f"{ours}.conv2", f"{theirs}.conv2"
            yield f"{ours}.downsample", f"{theirs}.downsample.0"


def _keep(net: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Load some of a network's weights; the others stay."""
    load_weights(net, {**get_weights(net), **weights})
