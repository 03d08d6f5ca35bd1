"""What both frameworks' networks and losses ask of what they are given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from d2l_ssd.checks.numbers import as_number
from d2l_ssd.feature_maps import feature_map_shapes

# Normalized colors are at most 2.7
LARGE_PIXEL = 20


def check_kind(name: str, value: Any, kind: type, expected: str) -> None:
    """Raise ValueError for an object of another library, or of another kind.

    Args:
        name: what the caller calls it.
        value: the object.
        kind: what it must be an instance of.
        expected: what it must be, and how to get one: the message's middle.
    """
    if not isinstance(value, kind):
        found = type(value)
        raise ValueError(
            f"{name} must be {expected}, got {found.__module__}.{found.__name__}"
        )


def check_image_shape(shape: tuple[int, ...]) -> None:
    """Raise ValueError for the shape of an array that is no batch of images."""
    shape = tuple(shape)
    if len(shape) != 4 or shape[1] != 3 or shape[0] == 0:
        raise ValueError(
            "X must have shape (B, 3, height, width), with an image or more, got "
            f"{shape}: see to_input, and stack images to a batch"
        )
    try:
        feature_map_shapes(*shape[2:])
    except ValueError as error:
        raise ValueError(f"X of shape {shape}: {error}") from None


def check_target_shapes(class_logits: Any, class_targets: Any) -> None:
    """Raise ValueError unless there is a target for each anchor's logits."""
    logits, targets = tuple(class_logits.shape), tuple(class_targets.shape)
    if len(logits) != 3 or targets != logits[:2]:
        raise ValueError(
            "class_logits (B, A, K+1) and class_targets (B, A) must agree, got "
            f"shapes {logits} and {targets}"
        )
    if 0 in logits:
        raise ValueError(
            "class_logits (B, A, K+1) must have an image, an anchor and a class "
            f"or more, got shape {logits}: leave out empty batches"
        )


def check_offsets(
    offsets: Any, offset_targets: Any, class_targets: Any
) -> None:
    """Raise ValueError for shapes that would be broadcast silently."""
    expected = (*class_targets.shape, 4)
    for name, array in {
        "offsets": offsets,
        "offset_targets": offset_targets,
    }.items():
        if tuple(array.shape) != expected:
            raise ValueError(
                f"{name} must have shape {expected}, as class_targets have "
                f"{tuple(class_targets.shape)}, got {tuple(array.shape)}"
            )


def check_not_negative(**arguments: Any) -> None:
    """Raise ValueError for an argument that is no finite number of 0 or more."""
    for name, value in arguments.items():
        if not 0 <= as_number(value) < np.inf:
            raise ValueError(
                f"{name} must be a number of 0 or more, got {value!r}"
            )


def cause_of(
    images: np.ndarray,
    labels: np.ndarray,
    weights: Iterable[tuple[str, np.ndarray]],
) -> str:
    """Say what has probably made a batch's loss or gradient not finite.

    Args:
        images: (B, 3, H, W).
        labels: of the images, or the targets made of them.
        weights: name and values of each of the network's weights.
    """
    for name, values in {"images": images, "labels": labels}.items():
        if not np.isfinite(values).all():
            return (
                f"its {name} hold values that are not finite, so that no "
                "learning_rate will help: correct or remove them"
            )
    for name, values in weights:
        if not np.isfinite(values).all():
            return (
                f"the network's {name} is not finite already: begin with other "
                "weights"
            )
    if abs(images).max() > LARGE_PIXEL:
        return (
            f"its images have values up to {abs(images).max():g}: normalize them "
            "with to_input, or lower learning_rate"
        )
    return (
        "its images and labels are finite, and so are the weights: lower "
        "learning_rate, or max_norm"
    )
