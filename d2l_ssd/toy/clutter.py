# Generated from book/toy.ipynb (`make save`); do not edit.
"""Clutter: "dead leaves", random pieces that cover one another."""

import numpy as np

from d2l_ssd.toy.chance import between, pick
from d2l_ssd.toy.curves import blob, oval
from d2l_ssd.toy.light import blend
from d2l_ssd.toy.painting import fill_polygon, weave
from d2l_ssd.toy.shapes import turning_matrix

_FEWEST, _MOST = 60, 300  # leaves
_SMALLEST, _LARGEST = 0.02, 0.3  # radius, as parts of the shorter side
_POWER = 2  # the density of a radius r is proportional to r^-2
_TEXTURES = ("fur", "grass", "cloud", "grain", "wood")
_TEXTURED_FROM = 8  # pixels of radius: a smaller leaf shows no texture
_BOX = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])


def _radii(rng, count):
    """Draw radii whose density is a power law."""
    power = 1 - _POWER
    low, high = _SMALLEST**power, _LARGEST**power
    return (low + (high - low) * rng.random(count)) ** (1 / power)


def _leaf_colors(rng, count):
    """Draw the colors of one picture's leaves, from dull to vivid."""
    colors = rng.uniform(20, 250, (int(rng.integers(3, 9)), 3))
    gray = colors.mean(axis=1, keepdims=True)
    colors = gray + rng.random() * (colors - gray)
    colors = colors[rng.integers(len(colors), size=count)]
    colors += rng.normal(0, 12, (count, 3))
    return [*map(tuple, colors.clip(0, 255).astype(int).tolist())]


def _leaf(rng, x, y, radius):
    """Outline a disc, a polygon, a strip or a blob."""
    kind, angle = rng.integers(4), between(rng, 0, np.pi)
    if kind == 0:
        return oval(x, y, radius, radius * between(rng, 0.4, 1), angle)
    if kind == 1:
        corners = np.sort(rng.random(rng.integers(3, 7))) * 2 * np.pi
        ring = np.stack([np.cos(corners), np.sin(corners)], axis=1)
        return (x, y) + 1.2 * radius * ring
    if kind == 2:
        sides = 2 * radius, radius * between(rng, 0.08, 0.5)
        return (x, y) + _BOX * sides @ turning_matrix(angle)
    return blob(rng, x, y, radius, radius * between(rng, 0.4, 1))


def _lay_textured(rng, image, outline, color):
    """Fill an outline with a color and a texture."""
    x0, y0 = (max(int(v), 0) for v in outline.min(axis=0))
    x1, y1 = (int(v) + 2 for v in outline.max(axis=0))
    area = image[y0 : max(y1, 0), x0 : max(x1, 0)]
    if not area.size:
        return
    paint = np.empty_like(area)
    paint[:] = color
    weave(rng, paint, pick(rng, _TEXTURES), between(rng, 0.4, 1.6))
    mask = np.zeros(area.shape[:2], np.uint8)
    fill_polygon(mask, outline - (x0, y0), 255)
    blend(area, paint, mask)


def _dead_leaves(rng, height, width):
    """Let leaves of all sizes fall on one another."""
    count, textured = int(rng.integers(_FEWEST, _MOST)), between(rng, 0, 0.7)
    ground, *colors = _leaf_colors(rng, count + 1)
    radii = _radii(rng, count) * min(height, width)
    centers = rng.uniform(0, (width, height), (count, 2)).tolist()
    image = np.empty((height, width, 3), np.uint8)
    image[:] = ground
    for (x, y), radius, color in zip(centers, radii.tolist(), colors):
        leaf = _leaf(rng, x, y, radius)
        if radius > _TEXTURED_FROM and rng.random() < textured:
            _lay_textured(rng, image, leaf, color)
        else:
            fill_polygon(image, leaf, color)
    return image, None


CLUTTER = (_dead_leaves,)
