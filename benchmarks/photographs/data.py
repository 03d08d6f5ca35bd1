"""BCCD's photographs, as all trainings of this benchmark read them."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from d2l_ssd.datasets import VOCDetection

CLASSES = "Platelets", "RBC", "WBC"
ROOT_VARIABLE = "D2L_SSD_BCCD"


def open_photographs(
    root: str | os.PathLike | None, split: str
) -> VOCDetection:
    """Open one of BCCD's lists: train, val, trainval or test.

    Args:
        root: BCCD's folder; that of D2L_SSD_BCCD if None.
        split: name of the list.

    Raises:
        ValueError: no folder is named.
    """
    root = root or os.environ.get(ROOT_VARIABLE)
    if not root:
        raise ValueError(
            f"name BCCD's folder with --root, or in {ROOT_VARIABLE}"
        )
    return VOCDetection(root, split, CLASSES, all_images=True)


class Kept(Sequence):
    """A data set whose images are read once, and stay in memory."""

    def __init__(self, images: Sequence) -> None:
        self.classes, self.ids = images.classes, images.ids
        self._samples = [images[i] for i in range(len(images))]

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        return self._samples[i]


class Share(Sequence):
    """Some images of a data set, repeated: an epoch is about as long as of all.

    Of one seed a smaller share is a part of each larger one.

    Args:
        images: the data set.
        share: the part of its images, in (0, 1].
        seed: which ones.
    """

    def __init__(self, images: Sequence, share: float, seed: int) -> None:
        order = np.random.default_rng(seed).permutation(len(images))
        self.chosen = order[: max(1, round(share * len(images)))]
        repeats = max(1, len(images) // len(self.chosen))
        self._images = images
        self._rows = np.tile(self.chosen, repeats)
        self.classes = images.classes
        self.ids = [
            f"{images.ids[i]}-{place // len(self.chosen)}"
            for place, i in enumerate(self._rows)
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        return self._images[self._rows[i]]


def shapes_of(images: Sequence) -> list[tuple[int, int]]:
    """Return each image's height and width."""
    return [images[i][0].shape[:2] for i in range(len(images))]
