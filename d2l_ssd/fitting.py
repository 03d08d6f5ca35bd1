"""Photographs of any shape, made to fit a network's input, and boxes back."""

from __future__ import annotations

import numpy as np

from d2l_ssd.checks import as_pixel_window
from d2l_ssd.data import letterbox

# Squeezing changes an image's proportions, padding keeps them
FITS = "squeeze", "pad"


def check_fit(fit: str) -> None:
    """Raise ValueError for a way to fit that there is not."""
    if fit not in FITS:
        raise ValueError(f"fit must be one of {', '.join(FITS)}, got {fit!r}")


def fit_sample(
    image: np.ndarray, labels: np.ndarray, height: int, width: int, fit: str
) -> tuple[np.ndarray, np.ndarray]:
    """Give an image the proportions that an input needs, if padding does it.

    `to_input` resizes it then.

    Args:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32, boxes in units of the image.
        height, width: of the input, in pixels; only their ratio counts.
        fit: "pad" adds a border, "squeeze" leaves the image as it is.
    """
    check_fit(fit)
    if fit == "squeeze":
        return image, labels
    return letterbox(image, labels, height, width)


def boxes_to_input(
    boxes: np.ndarray,
    image_shape: tuple[int, ...],
    height: int,
    width: int,
    fit: str,
) -> np.ndarray:
    """Turn boxes in units of an image into those in units of its input.

    Args:
        boxes: (N, 4) corners.
        image_shape: the image's (H, W, ...) before it is fitted.
        height, width, fit: as for `fit_sample`.

    Returns:
        (N, 4) corners of the same type.
    """
    low, size = _place(image_shape, height, width, fit)
    boxes = np.asarray(boxes)
    return ((boxes - low) / size).astype(boxes.dtype)


def boxes_to_image(
    boxes: np.ndarray,
    image_shape: tuple[int, ...],
    height: int,
    width: int,
    fit: str,
) -> np.ndarray:
    """Turn boxes in units of an input into those in units of its image.

    Args:
        boxes, image_shape, height, width, fit: as for `boxes_to_input`.

    Returns:
        (N, 4) corners of the same type, clipped to the image.
    """
    low, size = _place(image_shape, height, width, fit)
    boxes = np.asarray(boxes)
    return (boxes * size + low).clip(0, 1).astype(boxes.dtype)


def _place(
    image_shape: tuple[int, ...], height: int, width: int, fit: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return where an input begins and how large it is, in units of the image.

    Both are [x, y, x, y].
    """
    check_fit(fit)
    if fit == "squeeze":
        return np.zeros(4), np.ones(4)
    window = padded_window(image_shape, height, width)
    sides = np.tile(image_shape[1::-1], 2)
    low, size = np.tile(window[:2], 2), np.tile(window[2:] - window[:2], 2)
    return low / sides, size / sides


def padded_window(
    image_shape: tuple[int, ...], height: int, width: int
) -> np.ndarray:
    """Return what padding makes of an image: corners (4,) in its own pixels."""
    ratio = width * image_shape[0] / (height * image_shape[1])
    margin = np.maximum([ratio - 1, 1 / ratio - 1], 0) / 2
    # Costs no memory: only its shape counts
    blank = np.broadcast_to(np.uint8(0), (*image_shape[:2], 3))
    return np.array(as_pixel_window([*-margin, *(1 + margin)], blank))
