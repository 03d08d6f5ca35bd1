# Generated from book/toy.ipynb (`make save`); do not edit.
"""Things that are neither cats nor dogs: toys, furniture and plants."""

import math

import numpy as np

from d2l_ssd.toy.chance import between, pick
from d2l_ssd.toy.colors import BRIGHT, INK, WHITE, mix
from d2l_ssd.toy.curves import blob, curve, oval, stroke
from d2l_ssd.toy.shapes import Shape


def _ball(rng):
    """Draw a striped ball."""
    color, second = pick(rng, BRIGHT), pick(rng, (*BRIGHT, (240, 236, 226)))
    stripe = oval(between(rng, -0.4, 0.4), 0, 0.45, 1.1, 0.5)
    return [Shape(oval(0, 0, 1), color, [(stripe, second)], volume=0.6)]


def _mug(rng):
    """Draw a mug."""
    color, tall = pick(rng, BRIGHT), between(rng, 0.8, 1.2)
    handle = [(0.6, -0.4), (1.3, -0.5), (1.3, 0.4), (0.6, 0.45)]
    body = curve(
        [
            (-0.8, -tall),
            (0.8, -tall),
            (0.75, 0.7),
            (0.5, tall),
            (-0.5, tall),
            (-0.75, 0.7),
        ]
    )
    band = stroke([(-1.2, 0.1), (0, 0.2), (1.2, 0.1)], 0.16)
    return [
        Shape(stroke(handle, 0.13), color, volume=0.4),
        Shape(body, color, [(band, mix(color, WHITE, 0.7))], volume=0.5),
        Shape(oval(0, -tall, 0.74, 0.18), mix(color, INK, 0.55)),
    ]


def _crate(rng):
    """Draw a wooden or cardboard box."""
    color = pick(rng, ((196, 150, 100), (172, 124, 82), (206, 176, 132)))
    w, h = between(rng, 0.9, 1.3), between(rng, 0.6, 1.0)
    box = np.array([(-w, -h), (w, -h), (w, h), (-w, h)])
    back = -h - 0.35
    lid = np.array([(-w, -h), (0.2 - w, back), (w - 0.2, back), (w, -h)])
    tape = stroke([(0, -h - 0.1), (0, 0), (0, h + 0.1)], 0.13)
    marks = [(tape, mix(color, (255, 240, 200), 0.4))]
    return [
        Shape(lid, mix(color, WHITE, 0.25)),
        Shape(box, color, marks, volume=0.25),
    ]


def _cushion(rng):
    """Draw a cushion, with or without stripes."""
    color, w = pick(rng, BRIGHT), between(rng, 1.0, 1.4)
    pale, marks = mix(color, WHITE, 0.5), []
    if rng.random() < 0.6:
        marks = [
            (stroke([(x, -1.3), (x + 0.1, 0), (x, 1.3)], 0.09), pale)
            for x in np.arange(-1.1, 1.3, 0.45)
        ]
    outline = curve(
        [
            (-w, -0.8),
            (0, -0.72),
            (w, -0.8),
            (0.9 * w, 0),
            (w, 0.8),
            (0, 0.74),
            (-w, 0.8),
            (-0.9 * w, 0),
        ]
    )
    return [Shape(outline, color, marks, volume=0.6)]


_WALLS = ((228, 206, 176), (206, 120, 96), (160, 186, 200), (214, 190, 120))
_ROOFS = ((160, 74, 62), (92, 96, 110), (120, 84, 66))
_DOOR = curve(
    [(-0.35, 1.05), (-0.36, 0.3), (0, -0.05), (0.36, 0.3), (0.35, 1.05)]
)


def _house(rng):
    """Draw a kennel or a small house."""
    color, roof_color = pick(rng, _WALLS), pick(rng, _ROOFS)
    top = -between(rng, 1.1, 1.7)
    wall = np.array(
        [(-0.9, -0.4), (0, top + 0.1), (0.9, -0.4), (0.9, 1), (-0.9, 1)]
    )
    roof = np.array(
        [
            (-1.15, -0.3),
            (0, top),
            (1.15, -0.3),
            (1.05, -0.1),
            (0, 0.35 + top),
            (-1.05, -0.1),
        ]
    )
    door = (_DOOR, mix(color, INK, 0.75))
    return [
        Shape(wall, color, [door], volume=0.2),
        Shape(roof, roof_color, volume=0.2, shadow=0.3),
    ]


_BUSH = np.array(
    [
        (-1.35, 0.7),
        (-1.3, 0.0),
        (-0.9, -0.5),
        (-0.3, -0.9),
        (0.4, -0.8),
        (1.0, -0.45),
        (1.35, 0.1),
        (1.3, 0.7),
        (0, 0.85),
    ]
)


def _bush(rng):
    """Draw a round bush."""
    green = mix((92, 140, 74), (54, 104, 84), rng.random())
    pale = mix(green, (226, 236, 150), 0.25)
    places = rng.uniform((-1.1, -0.8), (1.1, 0.6), (9, 2))
    leaves = [(blob(rng, x, y, 0.16), pale) for x, y in places]
    outline = curve(_BUSH + rng.normal(0, 0.1, _BUSH.shape))
    return [Shape(outline, green, leaves, volume=0.55)]


def _plant(rng):
    """Draw a plant in a pot."""
    color = pick(rng, ((196, 110, 76), (226, 222, 212), (84, 120, 150)))
    green = mix((86, 146, 82), (48, 108, 90), rng.random())
    angles = np.linspace(-1.1, 1.1, 6) + rng.normal(0, 0.1, 6)
    tips = 1.5 * np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    sides = 0.24 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    leaves = [
        curve([(0, 0.2), 0.55 * tip + side, tip, 0.55 * tip - side])
        for tip, side in zip(tips, sides)
    ]
    shapes = []
    for k in (0, 1):  # every other leaf is lighter, and in front
        outline = np.concatenate(leaves[k::2])
        leaf = mix(green, (210, 226, 130), 0.2 * k)
        shapes.append(Shape(outline, leaf, volume=0.35, shadow=0.2, parts=3))
    pot = np.array([(-0.6, 0.1), (0.6, 0.1), (0.42, 1.1), (-0.42, 1.1)])
    return [*shapes, Shape(pot, color, volume=0.4, shadow=0.2)]


def _flower(rng):
    """Draw a flower."""
    color = pick(rng, (*BRIGHT, (240, 170, 190)))
    n = int(rng.integers(5, 9))
    petals = [
        oval(0.6 * math.cos(a), 0.6 * math.sin(a), 0.42, 0.24, a)
        for a in np.arange(n) * 2 * np.pi / n
    ]
    stem = stroke([(0, 0), (0.1, 1), (0, 2)], 0.08)
    return [
        Shape(stem, (84, 140, 76)),
        Shape(np.concatenate(petals), color, volume=0.3, parts=n),
        Shape(oval(0, 0, 0.32), (240, 196, 80), volume=0.4),
    ]


_CROWN = (
    (-0.55, 0.15, 0.7),
    (0.6, 0.1, 0.7),
    (0.0, -0.6, 0.85),
)  # x, y, radius


def _tree(rng):
    """Draw a small tree."""
    green = mix((96, 150, 80), (70, 120, 90), rng.random())
    trunk = stroke([(0, 0), (0.05, 1), (0, 2.2)], 0.16, 0.22)
    crown = [blob(rng, x, y, r) for x, y, r in _CROWN]
    return [
        Shape(trunk, (122, 88, 66), volume=0.4),
        *(Shape(outline, green, volume=0.6, shadow=0.15) for outline in crown),
    ]


THINGS = (
    _ball,
    _mug,
    _crate,
    _cushion,
    _house,
    _bush,
    _plant,
    _flower,
    _tree,
)
