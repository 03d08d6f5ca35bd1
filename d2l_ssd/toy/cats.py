# Generated from book/toy.ipynb (`make save`); do not edit.
"""Cats' heads, of radius 1, from the front and from the side."""

import numpy as np

from d2l_ssd.toy.chance import between, pick
from d2l_ssd.toy.colors import INK, PINK, mix
from d2l_ssd.toy.curves import blob, curve, mirror, oval, pair, stroke, strokes
from d2l_ssd.toy.eyes import one_eye, two_eyes
from d2l_ssd.toy.shapes import Shape, shift

_STRIPES_M = [  # on the forehead: complex points, x + iy
    (x - 1j, 0.85 * x - 0.62j, 0.7 * x - (0.36 + d) * 1j)
    for x, d in ((-0.34, 0.08), (0, 0), (0.34, 0.08))
]
_STRIPES_CHEEKS = [
    (s * 1.15 + y * 1j, s * 0.9 + (y + 0.1) * 1j, s * 0.66 + (y + 0.1) * 1j)
    for s in (-1, 1)
    for y in (0.02, 0.3)
]
_TABBY_FACE = [
    *strokes(np.array(_STRIPES_M), 0.09, 0.025),
    *strokes(np.array(_STRIPES_CHEEKS), 0.07, 0.02),
]
_BLAZE = curve(
    mirror(
        [
            (0, -0.75),
            (0.1, -0.3),
            (0.42, 0.2),
            (0.9, 0.6),
            (0.6, 1.2),
            (0, 1.2),
        ]
    )
)


def _cat_face_marks(rng, coat):
    """Paint a cat's face: the tabby's M, a mask, a blaze or a patch."""
    if coat.pattern == "tabby":
        return [(stripe, coat.second) for stripe in _TABBY_FACE]
    if coat.pattern == "points":
        rim = mix(coat.base, coat.second, 0.6)
        return [
            (oval(0, 0.2, 0.62, 0.66), rim),
            (oval(0, 0.28, 0.46, 0.5), coat.second),
        ]
    if coat.pattern == "bicolor":
        return [(_BLAZE, coat.light)]
    if coat.pattern == "patches":
        side = pick(rng, (-1, 1))
        return [(blob(rng, side * 0.6, -0.5, 0.62, 0.7), coat.second)]
    return []


_MUZZLE = pair(oval(0.17, 0.52, 0.25, 0.2))
_NOSE = curve([(-0.15, 0.31), (0, 0.29), (0.15, 0.31), (0, 0.47)])
_SMILE = pair(stroke([(0, 0.47), (0.1, 0.62), (0.24, 0.6)], 0.028))
_NOSE_COLORS = (PINK, (176, 98, 94), (84, 62, 62))
_DARK_COAT_UNDER = 480  # sum of red, green and blue: its whiskers are white


def _cat_ears(rng, coat, height):
    """Draw two pointed ears with pink insides."""
    x, y = between(rng, 0.74, 0.98), -height
    ear = curve(
        [
            (0.16, -0.66),
            (0.4, -0.95),
            (x - 0.12, y + 0.1),
            (x, y),
            (x + 0.07, y + 0.14),
            (1.0, -0.8),
            (0.97, -0.1),
            (0.5, -0.3),
        ]
    )
    inner = (ear - (0.66, -0.7)) * (0.62, 0.7) + (0.68, -0.72)
    return [
        Shape(pair(ear), coat.ears, volume=0.35, parts=2),
        Shape(pair(inner), mix(coat.ears, PINK, 0.75), parts=2),
    ]


def _whiskers(coat, outlines, count):
    """Draw whiskers that a dark face shows as well as a light one."""
    dark = sum(coat.base) < _DARK_COAT_UNDER
    color = (250, 248, 244) if dark else (150, 138, 132)
    return Shape(outlines, color, parts=count, solid=False)


def _whisker_outlines(lines):
    """Outline the whiskers of one side, one behind the other."""
    return strokes(np.array(lines), 0.018, 0.006).reshape(-1, 2)


def _front_whiskers(rng, coat):
    """Draw three whiskers per side."""
    droop = rng.normal(0, 0.08)
    lines = [
        (
            0.32 + (0.5 + 0.06 * k) * 1j,
            0.85 + (0.42 + 0.12 * k) * 1j,
            1.32 + (0.46 + 0.2 * k + droop) * 1j,
        )
        for k in (-1, 0, 1)
    ]
    return _whiskers(coat, pair(_whisker_outlines(lines)), 6)


def cat_head(rng, coat):
    """Draw a cat's head from the front."""
    cheek, ear = between(rng, 1.0, 1.14), between(rng, 1.3, 1.6)
    cheeks = [(cheek, 0.12), (cheek - 0.1, 0.5), (0.62, 0.8)]
    if rng.random() < 0.4:  # with tufts
        cheeks = [(cheek - 0.02, 0.1), (cheek + 0.2, 0.5), (0.72, 0.76)]
    brow = [(0, -0.8), (0.45, -0.76), (0.86, -0.42)]
    skull = curve(mirror([*brow, *cheeks, (0.25, 0.93), (0, 0.94)]))
    shapes = _cat_ears(rng, coat, ear)
    marks = _cat_face_marks(rng, coat)
    shapes.append(Shape(skull, coat.base, marks, volume=0.5, shadow=0.3))
    size, shut = between(rng, 0.2, 0.27), rng.random() < 0.12
    face = [
        *two_eyes(coat, "cat", 0.43, 0.02, size, shut),
        Shape(_MUZZLE, mix(coat.light, coat.base, 0.15), parts=2),
        Shape(_NOSE, pick(rng, _NOSE_COLORS)),
        Shape(_SMILE, INK, parts=2),
        _front_whiskers(rng, coat),
    ]
    return shapes + shift(face, rng.normal(0, 0.05))


_SIDE_SKULL = curve(
    [
        (0.86, 0.2),
        (0.62, -0.5),
        (0.1, -0.78),
        (-0.4, -0.68),
        (-0.78, -0.32),
        (-1.0, 0.08),
        (-1.04, 0.38),
        (-0.75, 0.7),
        (-0.2, 0.86),
        (0.45, 0.75),
    ]
)
_SIDE_MUZZLE = oval(-0.78, 0.5, 0.26, 0.2)
_SIDE_NOSE = curve([(-1.1, 0.1), (-0.9, 0.1), (-0.98, 0.28), (-1.09, 0.24)])
_SIDE_SMILE = stroke([(-1.0, 0.46), (-0.84, 0.58), (-0.64, 0.54)], 0.028)
_SIDE_WHISKERS = _whisker_outlines(
    [
        (
            -0.7 + (0.5 + 0.06 * k) * 1j,
            -0.1 + (0.45 + 0.12 * k) * 1j,
            0.35 + (0.5 + 0.2 * k) * 1j,
        )
        for k in (-1, 0, 1)
    ]
)


def _side_ears(tall, tip):
    """Outline the far ear, the near one, and the inside of the near one."""
    far = curve(
        [
            (-0.55, -0.4),
            (-0.5, -0.95),
            (tip - 0.5, -tall),
            (-0.05, -0.7),
            (0, -0.4),
        ]
    )
    near = curve(
        [
            (-0.15, -0.5),
            (-0.02, -0.95),
            (tip + 0.12, -tall - 0.06),
            (0.62, -0.6),
            (0.62, -0.1),
            (0.1, -0.3),
        ]
    )
    inner = (near - (0.2, -0.7)) * (0.5, 0.62) + (0.17, -0.74)
    return far, near, inner


def cat_head_side(rng, coat):
    """Draw a cat's head from the side, looking to the left."""
    tall, tip = between(rng, 1.25, 1.5), between(rng, 0.0, 0.25)
    far, near, inner = _side_ears(tall, tip)
    marks = _cat_face_marks(rng, coat)
    size, shut = between(rng, 0.2, 0.25), rng.random() < 0.12
    return [
        Shape(far, mix(coat.ears, INK, 0.2), volume=0.3),
        Shape(_SIDE_SKULL, coat.base, marks, volume=0.5, shadow=0.3),
        Shape(near, coat.ears, volume=0.4, shadow=0.15),
        Shape(inner, mix(coat.ears, PINK, 0.75)),
        Shape(_SIDE_MUZZLE, mix(coat.light, coat.base, 0.15)),
        *one_eye(coat, "cat", -0.48, -0.02, size, shut),
        Shape(_SIDE_NOSE, pick(rng, _NOSE_COLORS)),
        Shape(_SIDE_SMILE, INK),
        _whiskers(coat, _SIDE_WHISKERS, 3),
    ]
