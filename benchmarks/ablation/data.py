"""The budget that all trainings share, and the drawn images that it names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from d2l_ssd.datasets import open_dataset
from d2l_ssd.toy import make_toy_voc

FOLDER = Path("data")  # where the drawn sets are
DATA_SEED = 0
DETAIL = 1.5  # of images in memory, for windows that show a part of them


@dataclass(frozen=True)
class Budget:
    """What all trainings have in common; the one place to change it.

    Args:
        image_size: side of the inputs in pixels, a multiple of 32.
        num_epochs: passes over the training images.
        batch_size: images per step.
        num_train, num_test: numbers of images.
        smallest: side of the smallest animal, as a part of the image's. The
            book's own images have animals from 0.08 on, which a small input
            shows with too few pixels to learn from in a short training.
    """

    image_size: int = 96
    num_epochs: int = 3
    batch_size: int = 8
    num_train: int = 5000
    num_test: int = 500
    smallest: float = 0.4

    @property
    def data(self) -> str:
        """Say which images these are."""
        return f"drawn, animals from {self.smallest:g} of the image's side"


class Images:
    """Images in memory, shrunk once to little more than what a network sees.

    So an epoch decodes no file, and augmentation changes fewer pixels.

    Args:
        dataset: item i is (image, labels); has `classes` and `ids`.
        side: of the images' shorter sides, in pixels; smaller ones stay.
    """

    def __init__(self, dataset: Sequence, side: int) -> None:
        self.classes, self.ids = dataset.classes, dataset.ids
        samples = (dataset[i] for i in range(len(dataset)))
        self.samples = [(shrink(image, side), rows) for image, rows in samples]

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def boxes(self) -> np.ndarray:
        """All ground-truth boxes (M, 4)."""
        return np.concatenate([rows[:, 1:5] for _, rows in self.samples])

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.samples[index]


def shrink(image: np.ndarray, side: int) -> np.ndarray:
    """Return an image (H, W, 3) whose shorter side is not above `side`."""
    height, width = image.shape[:2]
    scale = side / min(height, width)
    if scale >= 1:
        return image
    size = round(width * scale), round(height * scale)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def draw(budget: Budget, folder: str | os.PathLike = FOLDER) -> Path:
    """Draw a budget's images where they are missing; return their folder."""
    counts = budget.num_train, budget.num_test
    name = f"toy_{budget.smallest:g}_{counts[0]}_{counts[1]}"
    root = Path(folder) / name
    splits = dict(num_train=counts[0], num_val=0, num_test=counts[1])
    make_toy_voc(root, **splits, seed=DATA_SEED, smallest=budget.smallest)
    return root


def open_images(root: str | os.PathLike, split: str, image_size: int) -> Images:
    """Read a split, "train" or "test", of a drawn set into memory.

    Args:
        root: folder of the set.
        split: "train" or "test".
        image_size: of the budget.
    """
    dataset = open_dataset(root, split, classes=("cat", "dog"))
    return Images(dataset, round(DETAIL * image_size))
