"""Images that are the same, or look alike, turned and mirrored ones included."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from d2l_ssd.images import read_image
from d2l_ssd.inspection.pictures import Picture

COARSE = 16  # pixels of the sides of what all images are compared by
BLUR = 9  # pixels, of what is taken away as background
CANDIDATE, DETAILS, WHOLE = 0.9, 0.94, 0.95  # correlations from which on
FLAT = 1.0  # gray levels: images with less contrast are not compared
MOST_TURNED, MOST = 10_000, 50_000  # images that are compared with all others
BLOCK = 1_000
NUM_TURNS = 8  # four, each also mirrored


class Pair(NamedTuple):
    """Two images that look alike."""

    first: int
    second: int  # first < second
    correlation: float  # of their colors; 1: the same
    turned: bool  # one of them is turned or mirrored


def find_alike(
    signatures: Sequence[np.ndarray], groups: Sequence[int] | None = None
) -> list[Pair]:
    """Find for each image another one that looks like it.

    Two correlations must be high: that of the colors as a whole, and that of
    the gray image without a blurred background, as photographs of the same kind
    often share it. Over `MOST_TURNED` images are not turned, and over `MOST`
    not compared.

    Args:
        signatures: N images, each (32, 32, 3) uint8.
        groups: N numbers; images of the same number are not compared. None
            compares all.

    Returns:
        The pairs, sorted: for each image the one that is most like it, if any.
    """
    if not 2 <= len(signatures) <= MOST:
        return []
    images = np.asarray(signatures, dtype=np.float32)
    groups = np.arange(len(images)) if groups is None else np.asarray(groups)
    details = _details(images.mean(axis=3))
    turns = range(NUM_TURNS if len(images) <= MOST_TURNED else 1)
    found = {}
    coarse = _normalized(_halved(details))
    for turn in turns:
        turned = _normalized(_halved(_turned(details, turn)))
        for first, second in sorted({*_similar(coarse, turned, groups)}):
            if (first, second) not in found:
                pair = _verify(images, details, first, second, turn)
                if pair:
                    found[first, second] = pair
    return sorted(found.values())


def _similar(
    a: np.ndarray, b: np.ndarray, groups: np.ndarray
) -> Iterator[tuple[int, int]]:
    """Yield for each row a[i] the row b[j] with the highest product, if high.

    Rows of the same group are not compared. Of i and j, the lower comes first.
    """
    for start in range(0, len(a), BLOCK):
        block = slice(start, start + BLOCK)
        products = a[block] @ b.T
        products[groups[block, None] == groups] = 0
        best = products.argmax(axis=1)
        rows = np.arange(len(best))
        high = products[rows, best] >= CANDIDATE
        for i, j in zip((start + rows[high]).tolist(), best[high].tolist()):
            yield min(i, j), max(i, j)


def _verify(
    images: np.ndarray, details: np.ndarray, first: int, second: int, turn: int
) -> Pair | None:
    """Compare two images at full size of their signatures."""
    correlations = []
    for kind in images, details:
        other = _turned(kind[second : second + 1], turn)
        a, b = _normalized(kind[first : first + 1]), _normalized(other)
        correlations.append(float((a * b).sum()))
    if correlations[0] < WHOLE or correlations[1] < DETAILS:
        return None
    return Pair(first, second, correlations[0], turn > 0)


def _details(images: np.ndarray) -> np.ndarray:
    """Return images (N, H, W) less their blurred selves."""
    import cv2

    return np.array([image - cv2.blur(image, (BLUR, BLUR)) for image in images])


def _halved(images: np.ndarray) -> np.ndarray:
    """Return images (N, 32, 32) at half their size."""
    n, step = len(images), images.shape[1] // COARSE
    return images.reshape(n, COARSE, step, COARSE, step).mean(axis=(2, 4))


def _turned(images: np.ndarray, turn: int) -> np.ndarray:
    """Return images (N, H, W, ...) in one of eight positions; 0: as they are."""
    images = np.rot90(images, turn % 4, axes=(1, 2))
    return images[:, :, ::-1] if turn >= 4 else images


def _normalized(images: np.ndarray) -> np.ndarray:
    """Return images as rows of mean 0 and length 1; 0 where they are flat."""
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    flat = lengths < FLAT * np.sqrt(rows.shape[1])
    return np.where(flat, 0, rows / np.maximum(lengths, 1e-6))


def find_same(
    paths: Sequence[Path], pictures: Sequence[Picture]
) -> list[list[int]]:
    """Find images whose pixels are the same, whatever their files are called.

    Args:
        paths: of N image files that can be read.
        pictures: N, what is kept of each.

    Returns:
        Numbers of images, rising, in groups of two or more.
    """
    alike = {}
    for number, (facts, signature) in enumerate(pictures):
        key = facts.upright, signature.tobytes()
        alike.setdefault(key, []).append(number)
    groups = []
    for numbers in alike.values():
        if len(numbers) > 1:
            groups.extend(_groups_of_pixels(numbers, paths))
    return groups


def _groups_of_pixels(
    numbers: Sequence[int], paths: Sequence[Path]
) -> list[list[int]]:
    """Sort images that may be the same into groups by all of their pixels."""
    groups = {}
    for number in numbers:
        pixels = read_image(paths[number])
        digest = hashlib.sha256(pixels.tobytes()).digest()
        groups.setdefault(digest, []).append(number)
    return [group for group in groups.values() if len(group) > 1]
