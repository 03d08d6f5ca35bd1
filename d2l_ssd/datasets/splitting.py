"""Training, validation and test images of a folder that has no lists."""

from __future__ import annotations

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
    """Divide images into 70% for training and 15% each to validate and test.

    Args:
        ids: of the images, in any order.
        seed: the same seed divides the same images in the same way.

    Returns:
        The ids of "train", "val" and "test", sorted. Each has an image where
        there are three.
    """
    ids = sorted(ids)
    order = np.random.default_rng(seed).permutation(len(ids))
    num_test = num_val = max(1, round(len(ids) * SHARES["test"]))
    if len(ids) < 3:  # too few for three parts: training comes first
        num_test, num_val = 0, len(ids) // 2
    ends = [len(ids) - num_test - num_val, len(ids) - num_test]
    parts = np.split(order, ends)
    return {k: sorted(ids[i] for i in part) for k, part in zip(SHARES, parts)}
