# Generated from book/toy.ipynb (`make save`); do not edit.
"""Eyes: a slit in an almond for a cat, a bead for a dog."""

import numpy as np

from d2l_ssd.toy.colors import INK, WHITE, mix
from d2l_ssd.toy.curves import curve, oval, pair, stroke
from d2l_ssd.toy.shapes import Shape

_ALMOND = curve([(-1.1, 0.18), (0, -0.85), (1.1, -0.18), (0, 0.8)])


def _eye(coat, species, x, y, size, shut):
    """List the (outline, color) of an eye, from back to front."""
    if shut:
        lid = [(x - size, y), (x, y + 0.5 * size), (x + size, y)]
        return [(stroke(lid, 0.045), INK)]
    if species == "cat":
        almond = _ALMOND * size
        return [
            (1.18 * almond + (x, y), INK),
            (almond + (x, y), coat.eyes),
            (oval(x, y, 0.24 * size, 0.74 * size), (24, 22, 26)),
        ]
    return [
        (oval(x, y, 0.92 * size, size), mix(coat.base, INK, 0.65)),
        (oval(x, y, 0.74 * size, 0.82 * size), coat.eyes),
        (oval(x, y, 0.5 * size, 0.56 * size), (22, 18, 20)),
    ]


def one_eye(coat, species, x, y, size, shut):
    """Draw the eye of a face that we see from the side."""
    eye = _eye(coat, species, x, y, size, shut)
    return [Shape(outline, color) for outline, color in eye]


def two_eyes(coat, species, x, y, size, shut):
    """Draw both eyes, `x` from the middle of the face."""
    eye = _eye(coat, species, x, y, size, shut)
    shapes = [Shape(pair(outline), color, parts=2) for outline, color in eye]
    if not shut:
        shine = oval(0.3 * size, y - 0.35 * size, 0.24 * size)
        shine = np.concatenate([shine - (x, 0), shine + (x, 0)])
        shapes.append(Shape(shine, WHITE, parts=2))
    return shapes
