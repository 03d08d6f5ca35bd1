"""What the saved modules of PyTorch's room ask of their input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import torch
from torch import nn

from d2l_ssd import network_checks
from d2l_ssd.network_checks import (
    cause_of,
    check_image_shape,
    check_kind,
    check_target_shapes,
)

STRIDE = 32  # image sides that leave one cell to the coarsest map but one
HEAD = "output.class_heads.0.bias"  # one weight per anchor of a cell and class
OFFSET_HEAD = "output.offset_heads.0.bias"  # four per anchor of a cell
LONE_CELL = (
    "{name} must have two images or more in a training step at 32 x 32 pixels, got "
    "{found}: batch normalization needs two values for a variance; take larger "
    "batches or images"
)


def check_weights(
    weights: Mapping[str, np.ndarray], expected: Mapping[str, torch.Tensor]
) -> None:
    """Raise ValueError, with the likely cause, for weights that do not fit.

    Args:
        weights: PyTorch's names to arrays.
        expected: the network's own.
    """
    if any(name.endswith((".gamma", ".beta")) for name in weights):
        raise ValueError(
            "weights must have PyTorch's names, and these are MXNet's: rename "
            "them with mxnet_to_torch"
        )
    _check_names(weights.keys(), expected.keys())
    ours, theirs = (_num_classes(w) for w in (expected, weights))
    if ours != theirs:
        raise ValueError(
            f"weights must fit the network: they are for {theirs} classes, it "
            f"is for {ours}: make it for the same number, SSD({theirs})"
        )
    for name, array in weights.items():
        if np.shape(array) != tuple(expected[name].shape):
            raise ValueError(
                f"weights must fit the network: {name} has shape "
                f"{np.shape(array)}, not {tuple(expected[name].shape)}"
            )
    check_finite(weights)


def check_finite(weights: Mapping[str, Any]) -> None:
    """Raise ValueError for weights, or tensors, with a NaN or an infinity."""
    for name, array in weights.items():
        if not torch.isfinite(torch.as_tensor(array)).all():
            raise ValueError(
                f"weights must be finite numbers, and {name} is not: use those "
                "of a training that has not failed"
            )


def _check_names(names: Set[str], expected: Set[str]) -> None:
    """Raise ValueError for a name that is missing or unknown."""
    # MXNet does not count batches, and nothing depends on their number
    needed = {n for n in expected if not n.endswith("num_batches_tracked")}
    for what, odd in (
        ("miss", needed - names),
        ("have the unknown", names - expected),
    ):
        if odd:
            more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
            raise ValueError(
                f"weights must fit the network: they {what} {min(odd)}{more}"
            )


def _num_classes(weights: Mapping) -> int:
    """Return how many classes a network's weights are for."""
    num_anchors = len(weights[OFFSET_HEAD]) // 4
    return len(weights[HEAD]) // max(num_anchors, 1) - 1


def check_finite_weights(net: nn.Module, epoch: int) -> None:
    """Raise FloatingPointError if a training has spoiled a network.

    Args:
        net: an SSD.
        epoch: that was trained last, from 0.
    """
    for name, weight in net.state_dict().items():
        if not torch.isfinite(weight).all():
            raise FloatingPointError(
                f"epoch {epoch + 1}: the weights {name} are not finite: lower "
                "learning_rate; the checkpoint is that of the epoch before"
            )


def skip_unless_finite(
    optimizer: torch.optim.Optimizer, values: torch.Tensor
) -> None:
    """Let a fused optimizer skip its next step unless values are finite.

    It reads this where the values are, so that nobody waits for them.
    """
    if optimizer.defaults.get("fused"):
        optimizer.found_inf = (~values.isfinite().all()).float()


def explain(
    values: Sequence[float],
    net: nn.Module,
    batch: Sequence[torch.Tensor],
    names: Sequence[str],
) -> str:
    """Say that a step's losses or gradient are not finite, where, and why.

    Args:
        values: class loss, localization loss, norm of the gradient.
        net: whose step it was; its weights are those before the step.
        batch: X, class targets, offset targets.
        names: of the images.
    """
    weights = ((n, w.cpu().numpy()) for n, w in net.state_dict().items())
    images, _, offsets = (part.cpu().numpy() for part in batch)
    return (
        f"class loss {values[0]}, localization loss {values[1]} and gradient "
        f"norm {values[2]} of the images {list(names)} must be finite; "
        f"{cause_of(images, offsets, weights)}"
    )


def check_network(net: Any) -> None:
    """Raise ValueError for what is no network of PyTorch's."""
    check_kind("net", net, nn.Module, "a network of d2l_ssd.torch, such as SSD")


def check_num_classes(
    net: nn.Module, classes: Sequence[str], name: str
) -> None:
    """Raise ValueError unless a network knows as many classes as a data set.

    Args:
        net: a network; one that does not tell is accepted.
        classes: of the data set.
        name: what the caller calls the data set.
    """
    check_network(net)
    count = getattr(getattr(net, "output", None), "num_classes", len(classes))
    if count != len(classes):
        raise ValueError(
            f"{name} must have the {count} classes that the network knows, in the "
            f"training's order, got {len(classes)} ({', '.join(classes)}): name "
            "those when you open it, such as VOCDetection(root, split, classes)"
        )


def check_tensors(**arguments: Any) -> None:
    """Raise ValueError for arguments that are no tensors."""
    for name, value in arguments.items():
        expected = "a torch.Tensor (of an array: torch.from_numpy)"
        check_kind(name, value, torch.Tensor, expected)


def check_images(X: torch.Tensor, training: bool = False) -> None:
    """Raise ValueError for what is no batch of images for an SSD.

    Args:
        X: the images.
        training: whether batch normalization needs a variance of the batch's.
    """
    check_tensors(X=X)
    check_image_shape(X.shape)
    if not X.is_floating_point():
        raise ValueError(
            f"X must hold floats, got {X.dtype}: normalize images with to_input"
        )
    if training and tuple(X.shape) == (1, 3, STRIDE, STRIDE):
        raise ValueError(LONE_CELL.format(name="X", found="one"))


def check_offsets(
    offsets: torch.Tensor,
    offset_targets: torch.Tensor,
    class_targets: torch.Tensor,
) -> None:
    """Raise ValueError for what is no tensor, or would be broadcast silently."""
    check_tensors(
        offsets=offsets,
        offset_targets=offset_targets,
        class_targets=class_targets,
    )
    network_checks.check_offsets(offsets, offset_targets, class_targets)


def check_class_targets(
    class_logits: torch.Tensor, class_targets: torch.Tensor
) -> None:
    """Raise ValueError for targets that class logits have no column for.

    On a GPU the values are not looked at: that would wait for it. There the
    check of a run's labels before its first step has to do.

    Args:
        class_logits: (B, A, K+1).
        class_targets: (B, A), 0 to K, and -1 for ignored anchors.
    """
    check_tensors(class_logits=class_logits, class_targets=class_targets)
    check_target_shapes(class_logits, class_targets)
    if class_targets.dtype != torch.int64:
        raise ValueError(
            f"class_targets must be int64, got {class_targets.dtype}: call "
            "class_targets.long() if they are whole numbers"
        )
    if class_targets.device.type != "cpu":
        return
    last = class_logits.shape[2] - 1
    low, high = class_targets.min().item(), class_targets.max().item()
    if low < -1 or high > last:
        raise ValueError(
            f"class_targets must be from -1 to {last}, as the logits have "
            f"{last + 1} columns, got {high if high > last else low}: make the "
            "network for as many classes as the labels have"
        )
