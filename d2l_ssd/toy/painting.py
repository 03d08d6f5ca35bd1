# Generated from book/toy.ipynb (`make save`); do not edit.
"""Painting: what backgrounds have in common; images are (H, W, 3) uint8."""

import cv2
import numpy as np

from d2l_ssd.toy.colors import WHITE, mix
from d2l_ssd.toy.curves import curve, oval
from d2l_ssd.toy.light import SUBPIXEL, fill
from d2l_ssd.toy.textures import TEXTURE_SIZE, crop_texture


def gradient(height, width, *colors):
    """Spread rows of colors, or a grid of them, smoothly over an image."""
    grid = np.array(colors, np.uint8)
    grid = grid[:, None] if grid.ndim == 2 else grid
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)


def weave(rng, image, name, strength=1.0):
    """Multiply an image by a random piece of a texture, in place."""
    x, y = rng.integers(0, TEXTURE_SIZE, 2).tolist()
    grain = crop_texture(name, *image.shape[:2], x, y)
    if strength != 1:
        rest = 128 * (1 - strength)
        grain = cv2.addWeighted(grain, strength, grain, 0, rest)
    cv2.multiply(image, cv2.merge([grain] * 3), dst=image, scale=1 / 128)


def fill_polygon(image, points, color):
    """Fill a polygon that is given in pixels."""
    points = np.rint(np.asarray(points) * 2**SUBPIXEL)
    fill(image, points.astype(np.int32), color)


def fill_ridge(rng, image, y, rough, color):
    """Fill everything under a rolling line about `y` pixels down."""
    height, width = image.shape[:2]
    x = np.linspace(-20, width + 20, 9)
    points = np.stack([x, y + rng.normal(0, rough, 9)], axis=1)
    line = curve(points, closed=False)
    corners = [(width + 20, height), (-20, height)]
    fill_polygon(image, np.vstack([line, corners]), color)


_CLOUD = ((-1.3, 0.7), (0, 1), (1.3, 0.75))  # x and size of its parts


def sky(rng, height, width):
    """Paint a sky with some clouds."""
    blue = mix((96, 160, 222), (150, 190, 224), rng.random())
    horizon, cloud = mix(blue, (255, 250, 240), 0.65), mix(blue, WHITE, 0.85)
    small = gradient(height // 2, width // 2, blue, horizon)
    low, high = (0, 0, 0.02), (width / 2, 0.2 * height, 0.05)
    for _ in range(rng.integers(0, 4)):
        x, y, r = rng.uniform(low, high) * (1, 1, width)
        for dx, size in _CLOUD:
            part = oval(x + dx * r, y, size * r, 0.6 * size * r)
            fill_polygon(small, part, cloud)
    return cv2.resize(small, (width, height))
