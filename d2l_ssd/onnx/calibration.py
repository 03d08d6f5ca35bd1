"""Inputs to calibrate with: pictures like those that a network will see."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.data import to_input
from d2l_ssd.detecting.sources import find_images
from d2l_ssd.fitting import fit_sample
from d2l_ssd.images import read_image
from d2l_ssd.toy import draw_toy_scene

DRAWN = "drawn"  # names the drawn animals
NUM_IMAGES = 32
DRAWN_SEED = 0, 0  # of the book's training images
NO_LABELS = np.zeros((0, 6), dtype=np.float32)


def calibration_inputs(
    where: str | os.PathLike,
    settings: ModelSettings,
    count: int = NUM_IMAGES,
) -> np.ndarray:
    """Make a network's inputs of some pictures, always the same ones.

    Args:
        where: a folder of images, of which a few are taken, evenly; or "drawn"
            for the first of the book's training images, which are drawn for it.
        settings: of the network: input size and fit.
        count: the most images.

    Returns:
        (N, 3, H, W) float32.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: it has no image, or one cannot be read.
    """
    images = _draw(count) if where == DRAWN else _read(where, count)
    size = settings.height, settings.width
    fitted = (
        fit_sample(image, NO_LABELS, *size, settings.fit)[0] for image in images
    )
    return np.stack([to_input(image, *size) for image in fitted])


def _draw(count: int) -> Iterator[np.ndarray]:
    """Draw the first training images."""
    for i in range(count):
        yield draw_toy_scene(np.random.default_rng([*DRAWN_SEED, i]))[0]


def _read(where: str | os.PathLike, count: int) -> Iterator[np.ndarray]:
    """Read some of a folder's images, evenly from the first to the last."""
    found = find_images([where]).images
    places = np.linspace(0, len(found) - 1, min(count, len(found)))
    return (read_image(found[int(i)].path) for i in places)
