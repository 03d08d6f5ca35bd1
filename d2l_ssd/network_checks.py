"""What both frameworks' networks and losses ask of the shapes they are given."""

from __future__ import annotations

from typing import Any

from d2l_ssd.feature_maps import feature_map_shapes


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
