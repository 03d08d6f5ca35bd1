"""Random changes to training images, chosen by what their objects allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from d2l_ssd.augmentation import (
    random_iou_crop,
    random_photometric,
    random_zoom_out,
)
from d2l_ssd.checks import PADDING
from d2l_ssd.data import crop, random_flip

FLIPS = "none", "horizontal", "both"


def random_zoom(
    image: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    smallest: float = 0.55,
    largest: float = 1.3,
) -> tuple[np.ndarray, np.ndarray]:
    """Look at an image through a window of its own proportions.

    Args:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32.
        rng: numpy.random.Generator.
        smallest, largest: sides of the window, in units of the image's. Beyond
            the image the window shows the mean color.
    """
    side = math.exp(rng.uniform(math.log(smallest), math.log(largest)))
    corner = rng.uniform(min(0, 1 - side), max(0, 1 - side), size=2)
    return crop(image, labels, np.concatenate([corner, corner + side]))


def flip_upside_down(
    image: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mirror an image (H, W, 3) top to bottom, and its labels (M, 6)."""
    labels = labels.copy()
    objects = labels[:, 0] != PADDING
    labels[objects, 2], labels[objects, 4] = (
        1 - labels[objects, 4],
        1 - labels[objects, 2],
    )
    return cv2.flip(image, 0), labels


STEPS = {
    "zoom": (random_photometric, random_zoom),
    "ssd": (random_photometric, random_zoom_out, random_iou_crop),
    "none": (),
}
AUGMENTATIONS = tuple(STEPS)


@dataclass(frozen=True)
class Augmentation:
    """What changes training images: a function of (image, labels, rng).

    Args:
        kind: "zoom" for light and a window of random size; "ssd" for light
            and the paper's canvas and crops, as in `augment_detection`; "none".
        flips: "horizontal" mirrors half of the images left to right, "both"
            half of them top to bottom, too; "none" is for what may not be
            mirrored, such as letters.
    """

    kind: str = "zoom"
    flips: str = "horizontal"

    def __call__(
        self, image: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        for step in STEPS[self.kind]:
            image, labels = step(image, labels, rng)
        if self.flips != "none":
            image, labels = random_flip(image, labels, rng)
        if self.flips == "both" and rng.random() < 0.5:
            image, labels = flip_upside_down(image, labels)
        return image, labels
