"""Training, validation and test images of a folder that has no lists."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from d2l_ssd.datasets.labeled_folder import Folder

SHARES = {"train": 0.70, "val": 0.15, "test": 0.15}


def several(folder: Folder) -> dict[str, list[str]]:
    """Return a folder's lists; {} for a single one that names all images.

    Such a list divides nothing.
    """
    if len(folder.splits) == 1:
        [ids] = folder.splits.values()
        if folder.samples.keys() == {*ids}:
            return {}
    return folder.splits


def split_by_seed(ids: Sequence[str], seed: int) -> dict[str, list[str]]:
    """Divide images into about 70% for training and 15% each to validate and test.

    A new image moves no other: what was a test image stays one while a folder
    grows, unless a part would have no image at all.

    Args:
        ids: of the images, in any order.
        seed: the same seed divides the same images in the same way.

    Returns:
        The ids of "train", "val" and "test", sorted. Each has an image where
        there are three.
    """
    placed = sorted((_place(name, seed), name) for name in ids)
    ordered, count = [name for _, name in placed], len(placed)
    ends = np.cumsum([*SHARES.values()])[:2]
    train, val = np.searchsorted([place for place, _ in placed], ends)
    if count < 3:  # too few for three parts: training comes first
        train, val = (count + 1) // 2, count
    else:
        train = np.clip(train, 1, count - 2)
        val = np.clip(val, train + 1, count - 1)
    parts = ordered[:train], ordered[train:val], ordered[val:]
    return {split: sorted(part) for split, part in zip(SHARES, parts)}


def _place(name: str, seed: int) -> float:
    """Return a random number in [0, 1) that an image has, whatever the others."""
    digest = hashlib.sha256(f"{seed} {name}".encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest.digest()[:6], "big") / 256**6
