# Generated from book/toy.ipynb (`make save`); do not edit.
"""Markings: stripes, spots and patches; all are lists of (outline, color)."""

import numpy as np

from d2l_ssd.toy.chance import between
from d2l_ssd.toy.curves import blob, curve, strokes


def body_marks(rng, coat, bounds, across):
    """Paint the pattern of a coat on a body part.

    Args:
        rng: numpy.random.Generator.
        coat: Coat.
        bounds: (xmin, ymin, xmax, ymax) of the part.
        across: how stripes run: "down" from the back, "in" from the sides.

    Returns:
        list of (outline, color).
    """
    x0, y0, x1, y1 = bounds
    w, h = x1 - x0, y1 - y0
    if coat.pattern == "tabby":
        lines = (_stripes_down if across == "down" else _stripes_in)(
            rng, bounds
        )
        outlines = strokes(np.stack(lines, axis=1), 0.12, 0.02)
    elif coat.pattern == "spots":
        outlines = [
            blob(rng, x0 + w * u, y0 + h * v, 0.07 + 0.11 * r)
            for u, v, r in rng.uniform(0, 1, (14, 3))
        ]
    elif coat.pattern == "patches":
        outlines = [
            blob(
                rng,
                x0 + w * u,
                y0 + 0.8 * h * v,
                0.4 + 0.3 * r,
                0.35 + 0.25 * r,
            )
            for u, v, r in rng.uniform(0, 1, (3, 3))
        ]
    else:
        outlines = []
    return [(outline, coat.second) for outline in outlines]


def _stripes_down(rng, bounds):
    """Place a tabby's stripes along its back: three complex points each."""
    x0, y0, x1, y1 = bounds
    x = np.arange(x0 + 0.2, x1, 0.42) + between(rng, -0.1, 0.1)
    bend = rng.uniform(-0.15, 0.3, len(x))
    reach = rng.uniform(0.5, 0.75, len(x)) * (y1 - y0)
    return [
        x + 1j * (y0 - 0.2),
        x + bend + 1j * (y0 + 0.3 * (y1 - y0)),
        x + 0.5 * bend + 1j * (y0 + reach),
    ]


def _stripes_in(rng, bounds):
    """Place a tabby's stripes on both flanks: three complex points each."""
    x0, y0, x1, y1 = bounds
    y = np.tile(np.arange(y0 + 0.5, y1, 0.4), 2)
    y += rng.uniform(-0.08, 0.08, len(y))
    side = np.repeat([x0, x1], len(y) // 2)
    inward = ((x0 + x1) / 2 - side) * rng.uniform(0.4, 0.65, len(y))
    return [
        side - 0.1 * inward + 1j * (y - 0.12),
        side + 0.5 * inward + 1j * (y + 0.06),
        side + inward + 1j * (y - 0.02),
    ]


def bands(coat, points, width, count):
    """Ring a tail or a leg with a tabby's stripes."""
    if coat.pattern != "tabby":
        return []
    line = curve(points, closed=False) @ (1, 1j)
    where = np.linspace(1, len(line) - 2, count + 2)[1:].astype(int)
    along = line[where + 1] - line[where - 1]
    across = 1.4j * width * along / (np.abs(along) + 1e-9)
    ends = np.stack([line[where] - across, line[where] + across], axis=1)
    return [(band, coat.second) for band in strokes(ends, 0.08)]
