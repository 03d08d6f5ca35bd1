"""Images, inputs, batches and loaders."""

from __future__ import annotations

from typing import Any

import numpy as np

from d2l_ssd.checks.numbers import as_numbers, check_finite, read_array

MODES = "RGB", "L"  # of Pillow's images: their numbers are colors, or gray


def as_image(image: Any, name: str = "image") -> np.ndarray:
    """Return an image as (H, W, 3) uint8; a gray one gets three equal planes."""
    if image is None:
        raise ValueError(
            f"{name} must have shape (H, W, 3), got None, as cv2.imread returns "
            "for a file that it cannot read: read it with read_image, which says why"
        )
    if not isinstance(image, np.ndarray):
        mode = getattr(image, "mode", None)
        if isinstance(mode, str) and mode not in MODES:
            raise ValueError(
                f"{name} must have Pillow's mode {' or '.join(MODES)}, got "
                f"{mode}: convert it with {name}.convert('RGB')"
            )
        image = read_array(image, name)
    if image.ndim == 2:
        image = image[..., None]
    if (
        image.ndim == 3
        and image.shape[2] not in (1, 3)
        and len(image) in (1, 3)
    ):
        raise ValueError(
            f"{name} must have shape (H, W, 3), got {image.shape}, its colors "
            f"first: move them to the end with {name}.transpose(1, 2, 0)"
        )
    if image.ndim != 3 or image.shape[2] not in (1, 3) or image.size == 0:
        raise ValueError(
            f"{name} must have shape (H, W, 3), or (H, W) if it is gray, got "
            f"{image.shape}: leave out alpha with [..., :3]; an empty image has "
            "nothing to show"
        )
    if image.dtype != np.uint8:
        whole = image.dtype.kind in "iu"
        if not whole or image.min() < 0 or image.max() > 255:
            raise ValueError(
                f"{name} must be uint8 from 0 to 255, got {image.dtype} from "
                f"{image.min()} to {image.max()}: scale, round and convert it"
            )
        image = image.astype(np.uint8)
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def as_inputs(X: Any) -> np.ndarray:
    """Return a network's inputs (3, H, W) or (B, 3, H, W) as finite floats."""
    array = as_numbers(X, "X")
    if array.ndim not in (3, 4) or array.shape[-3] != 3:
        raise ValueError(
            f"X must have shape (3, H, W) or (B, 3, H, W), got {array.shape}"
        )
    check_finite(array, "X")
    return array


def as_samples(samples: Any) -> list[tuple]:
    """Return samples (X, labels) as a list; their inputs have one shape."""
    samples = list(samples)
    if not samples:
        raise ValueError("samples must have at least one (X, labels), got none")
    for number, sample in enumerate(samples):
        if not isinstance(sample, (tuple, list)) or len(sample) != 2:
            raise ValueError(
                f"image {number}: samples must be pairs (X, labels), got "
                f"{type(sample).__name__}"
            )
        shape, first = (
            read_array(inputs, "X").shape for inputs, _ in (sample, samples[0])
        )
        if len(shape) != 3:
            raise ValueError(
                f"image {number}: samples must have inputs (3, H, W), got shape "
                f"{shape}: make them with to_input"
            )
        if shape != first:
            raise ValueError(
                f"image {number}: samples must have inputs of one shape, got "
                f"{shape} after {first}: resize them with to_input"
            )
    return samples


def check_loaders(**loaders: Any) -> None:
    """Raise for a loader, or a list of batches, that has no batch."""
    for name, loader in loaders.items():
        if len(loader) == 0:
            raise ValueError(
                f"{name} must have at least one batch, got 0: check that its "
                "data set is not empty"
            )
