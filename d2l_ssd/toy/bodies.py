# Generated from book/toy.ipynb (`make save`); do not edit.
"""Bodies: torsos, legs, tails and collars.

A head has a radius of about 1; other lengths go by that.
"""

import numpy as np

from d2l_ssd.toy.chance import between
from d2l_ssd.toy.colors import INK, mix
from d2l_ssd.toy.curves import curve, oval, stroke
from d2l_ssd.toy.markings import bands, body_marks
from d2l_ssd.toy.shapes import Shape


def torso(rng, coat, outline, across, belly):
    """Draw a body with its pattern and a lighter belly or bib.

    Args:
        rng: numpy.random.Generator.
        coat: Coat.
        outline: control points (n, 2).
        across: how stripes run, as in body_marks.
        belly: outline of the lighter part.

    Returns:
        Shape.
    """
    outline = curve(outline)
    bounds = (*outline.min(axis=0), *outline.max(axis=0))
    marks = body_marks(rng, coat, bounds, across)
    if coat.pattern != "solid" or coat.socks:
        marks.append((belly, coat.light))
    return Shape(outline, coat.base, marks, volume=0.5)


def legs(coat, spots, width, far=False):
    """Draw legs with paws; far legs are darker.

    Args:
        coat: Coat.
        spots: list of ((x, y) of the top, (x, y) of the foot).
        width: half width of a leg.
        far: whether they are on the far side of the animal.

    Returns:
        list of two Shapes: all legs, all paws.
    """
    color = coat.limbs
    paw = coat.light if coat.socks else color
    if far:
        color, paw = mix(color, INK, 0.25), mix(paw, INK, 0.25)
    lines = [
        [(x, y), ((x + u) / 2 + 0.05, (y + v) / 2), (u, v)]
        for (x, y), (u, v) in spots
    ]
    marks = []
    if not far:
        marks += [m for line in lines for m in bands(coat, line, width, 3)]
    if coat.socks:
        marks += [
            (oval(u, v, 1.5 * width, 0.38 * abs(v - y) + 0.1), paw)
            for (_, y), (u, v) in spots
        ]
    limbs = [stroke(line, 1.15 * width, 0.88 * width) for line in lines]
    paws = [
        oval(u - 0.06, v + 0.02, 1.3 * width, 0.75 * width)
        for _, (u, v) in spots
    ]
    n = len(spots)
    return [
        Shape(np.concatenate(limbs), color, marks, 0.45, shadow=0.12, parts=n),
        Shape(np.concatenate(paws), paw, volume=0.45, parts=n),
    ]


def tail(rng, coat, species, at, side=1):
    """Draw a tail: a cat's is thin and long, a dog's short and tapered."""
    x, y = at
    draw = _cat_tail if species == "cat" else _dog_tail
    line, start, end = draw(rng, x, y, side)
    marks = bands(coat, line, start, 6)
    if coat.socks:
        marks.append((oval(*line[-1], 0.4), coat.light))
    return [Shape(stroke(line, start, end), coat.limbs, marks, volume=0.4)]


def _cat_tail(rng, x, y, side):
    """Choose the points of a cat's tail and its half width at both ends."""
    up, out = between(rng, 1.2, 2.2), between(rng, 0.6, 1.1)
    hook = between(rng, -0.5, 0.6)
    line = [
        (x, y),
        (x + side * 0.75 * out, y - 0.05),
        (x + side * out, y - 0.5 * up),
        (x + side * (out + 0.6 * hook), y - up),
        (x + side * (out + 1.2 * hook), y - up - 0.1),
    ]
    return line, 0.2, 0.15


def _dog_tail(rng, x, y, side):
    """Choose the points of a dog's tail and its half width at both ends."""
    up, out = between(rng, 0.5, 1.2), between(rng, 0.5, 0.95)
    line = [
        (x, y),
        (x + side * 0.6 * out, y - 0.25 * up),
        (x + side * out, y - up),
    ]
    if rng.random() < 0.35:  # curled over the back
        line.append((x + side * 0.3 * out, y - 1.35 * up))
    return line, 0.3, between(rng, 0.06, 0.2)


def collar(coat, left, low, right):
    """Draw a collar with its tag, if the animal wears one."""
    if coat.collar is None:
        return []
    band = stroke([left, low, right], 0.11)
    tag = oval(low[0], low[1] + 0.17, 0.14)
    return [
        Shape(band, coat.collar, volume=0.4, shadow=0.2),
        Shape(tag, (236, 200, 96)),
    ]
