"""Photographs turned as they were when somebody labeled them."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

from d2l_ssd.file_checks import check_size
from d2l_ssd.images import read_photograph


def read_as_labeled(
    path: str | os.PathLike,
    size: tuple[int, int] | None,
    as_stored: Callable[[], bool],
) -> np.ndarray:
    """Read an image, turned as its EXIF orientation says or as it is stored.

    Args:
        path: the image file.
        size: (height, width) in its annotation; None turns it as EXIF says.
        as_stored: says whether images whose size does not tell were labeled
            without a look at EXIF. It is asked only where that counts.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        FileNotFoundError, ValueError: like `read_image`, or the size is another
            one.
    """
    photograph = read_photograph(path)
    image = upright = photograph.upright
    if size is None:
        return upright
    if upright.shape[:2] != size or (photograph.ambiguous and as_stored()):
        # Labeled as it is stored, without a look at its EXIF orientation
        image = photograph.stored
    if image.shape[:2] != size:
        check_size(path, [upright.shape[:2]], size)
    return image
