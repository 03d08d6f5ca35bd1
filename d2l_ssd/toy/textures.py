# Generated from book/toy.ipynb (`make save`); do not edit.
"""Textures: fur, grass, cloud, grain and wood, made once."""

from functools import lru_cache

import cv2
import numpy as np

TEXTURE_SIZE = 640  # pixels of a side


def _noise(rng, cells):
    """Make smooth noise in [-1, 1] with about `cells` bumps per side."""
    grid = rng.uniform(-1, 1, (cells + 3, cells + 3)).astype(np.float32)
    size = (TEXTURE_SIZE, TEXTURE_SIZE)
    return cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)


def _hairs(rng, length, count, slope):
    """Scatter short, nearly parallel hairs."""
    image = np.zeros((TEXTURE_SIZE, TEXTURE_SIZE), np.float32)
    start = rng.uniform(0, TEXTURE_SIZE, (count, 2))
    dx = rng.normal(0, slope * length, count)
    dy = rng.uniform(0.5, 1, count) * length
    end = start + np.stack([dx, dy], axis=1)
    lines = np.rint(np.stack([start, end], axis=1)).astype(np.int32)
    for line, value in zip(lines, rng.uniform(-1, 1, count)):
        cv2.line(image, line[0].tolist(), line[1].tolist(), float(value), 1)
    return cv2.GaussianBlur(image, (0, 0), 0.7)


def _wood(rng):
    """Draw rings, stretched along the grain."""
    rings = _noise(rng, 5) + 0.5 * _noise(rng, 24)
    size = (TEXTURE_SIZE, TEXTURE_SIZE)
    image = 22 * cv2.resize(rings[:40], size, interpolation=cv2.INTER_CUBIC)
    return (image + 7 * np.sin(image * 2.5)).T


@lru_cache(maxsize=None)
def texture(name):
    """Make a gray texture around 128, once: later uses cut pieces from it."""
    rng = np.random.default_rng(sum(map(ord, name)))
    if name == "fur":
        image = 14 * _hairs(rng, 9, 26000, 0.35) + 5 * _noise(rng, 60)
    elif name == "grass":
        image = 46 * _hairs(rng, 12, 24000, 0.3) + 12 * _noise(rng, 12)
    elif name == "cloud":
        image = sum(90 / 2**k * _noise(rng, 4 * 2**k) for k in range(6))
    elif name == "grain":
        image = rng.normal(0, 20, (TEXTURE_SIZE, TEXTURE_SIZE))
    elif name == "wood":
        image = _wood(rng)
    return np.clip(image + 128, 0, 255).astype(np.uint8)


def crop_texture(name, height, width, x, y):
    """Cut a (height, width) piece; (x, y) wraps around to where it fits."""
    x %= TEXTURE_SIZE - width + 1
    y %= TEXTURE_SIZE - height + 1
    return np.ascontiguousarray(texture(name)[y : y + height, x : x + width])
