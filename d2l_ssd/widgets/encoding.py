"""How arrays and images travel to the page: as the bytes of synced traits."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, DTypeLike
from PIL import Image


def pack(array: ArrayLike, dtype: DTypeLike = np.float32) -> bytes:
    """Pack an array as little-endian bytes: a row of float32 in the browser."""
    dtype = np.dtype(dtype).newbyteorder("<")
    return np.ascontiguousarray(array, dtype=dtype).tobytes()


def encode_images(
    images: Iterable[np.ndarray], quality: int = 85, lossless: bool = False
) -> list[bytes]:
    """Compress RGB images (H, W, 3) uint8 to WebP."""
    options = {"quality": quality, "method": 6, "lossless": lossless}
    encoded = []
    for image in images:
        file = io.BytesIO()
        picture = Image.fromarray(np.asarray(image))
        picture.save(file, format="webp", **options)
        encoded.append(file.getvalue())
    return encoded


def clean_labels(
    truths: Iterable[ArrayLike], columns: int = 5
) -> list[np.ndarray]:
    """Drop the padding of labels, and columns that are not needed.

    Args:
        truths: per image (M, 5 or 6) rows [class, xmin, ymin, xmax, ymax] and
            perhaps difficult; rows of class -1 are padding.
        columns: how many to keep, 5 or 6.

    Returns:
        Per image (m, columns) float32.
    """
    rows = [np.asarray(labels, np.float32)[:, :columns] for labels in truths]
    return [labels[labels[:, 0] >= 0] for labels in rows]


def pack_boxes(truths: Iterable[np.ndarray]) -> list[bytes]:
    """Pack class and box of labels (M, 5 or 6) for the trait `truths`."""
    return [pack(rows[:, :5]) for rows in truths]


def pack_difficult(truths: Iterable[np.ndarray]) -> list[bytes]:
    """Pack the last column of labels (M, 6) for the trait `difficult`."""
    return [pack(rows[:, 5]) for rows in truths]


def compress_picture(png: bytes) -> bytes:
    """Make a picture small: 128 colors, a quarter of the bytes.

    Without dithering, so that the same picture gives the same bytes.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    file = io.BytesIO()
    picture.quantize(128, dither=Image.Dither.NONE).save(
        file, "png", optimize=True
    )
    return file.getvalue()
