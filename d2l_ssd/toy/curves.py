# Generated from book/toy.ipynb (`make save`); do not edit.
"""Smooth outlines: splines, ellipses, strokes and blobs.

An outline is an array (n, 2) of points [x, y]; y points down.
"""

import math
from functools import lru_cache

import numpy as np

_CURVE_STEPS = 5  # points of a curve from one control point to the next
_CATMULL_ROM = 0.5 * np.array(
    [[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]
)


@lru_cache(maxsize=None)
def _spline_weights(n, closed):
    """Return W (points, n): the curve is W @ its n control points."""
    t = np.arange(_CURVE_STEPS) / _CURVE_STEPS
    local = np.stack([t**0, t, t**2, t**3], axis=1) @ _CATMULL_ROM  # (steps, 4)
    segments = n if closed else n - 1
    weights = np.zeros((segments, _CURVE_STEPS, n))
    for i in range(segments):
        for k in range(4):
            j = i - 1 + k
            j = j % n if closed else min(max(j, 0), n - 1)
            weights[i, :, j] += local[:, k]
    weights = weights.reshape(-1, n)
    return weights if closed else np.vstack([weights, np.eye(n)[-1]])


def curve(points, closed=True):
    """Draw a smooth curve through control points (n, 2)."""
    points = np.asarray(points, np.float64)
    return _spline_weights(len(points), closed) @ points


def mirror(right):
    """Close a symmetric outline from its right half, from top to bottom."""
    right = np.asarray(right, np.float64)
    left = right[::-1] * (-1, 1)
    return np.concatenate([right, left[left[:, 0] != 0]])


def pair(outline):
    """Put an outline's mirror image beside it."""
    return np.concatenate([outline, outline * (-1, 1)])


_ANGLES = np.arange(24) * np.pi / 12
_COS, _SIN = np.cos(_ANGLES) + 0j, 1j * np.sin(_ANGLES)
_CAP = np.exp(1j * np.array([0.9, 0.3, -0.3, -0.9]))  # a line's round end


def oval(x, y, rx, ry=None, angle=0.0):
    """Outline an ellipse around (x, y), turned by `angle` radians."""
    outline = _COS * rx + _SIN * (rx if ry is None else ry)
    if angle:
        outline *= complex(math.cos(angle), math.sin(angle))
    outline += complex(x, y)
    return outline.view(np.float64).reshape(-1, 2)


@lru_cache(maxsize=None)
def _stroke_weights(n):
    """Return the weights of points and slopes, and a ramp from 0 to 1."""
    weights = _spline_weights(n, False)
    slopes = np.gradient(weights, axis=0)
    return weights.T + 0j, slopes.T + 0j, np.linspace(0, 1, len(weights))


def stroke(points, start, end=None):
    """Outline a rounded line whose half width goes from `start` to `end`."""
    points = np.array([[complex(x, y) for x, y in points]])
    return strokes(points, start, end)[0]


def strokes(points, start, end=None):
    """Outline several rounded lines at once.

    Args:
        points: (lines, n) complex control points, x + iy.
        start: half width at the first point.
        end: half width at the last point; None: as at the first.

    Returns:
        (lines, points, 2) outlines.
    """
    weights, slopes, ramp = _stroke_weights(points.shape[1])
    line, along = points @ weights, points @ slopes
    along /= np.abs(along) + 1e-9
    end = start if end is None else end
    across = along * (1j * (start + (end - start) * ramp))
    last = line[:, -1:] + end * along[:, -1:] * _CAP
    first = line[:, :1] - start * along[:, :1] * _CAP
    back = (line - across)[:, ::-1]
    outlines = np.concatenate([line + across, last, back, first], axis=1)
    return outlines.view(np.float64).reshape(*outlines.shape, 2)


def blob(rng, x, y, rx, ry=None):
    """Outline an irregular round patch around (x, y)."""
    ry = rx if ry is None else ry
    angles = np.arange(8) * (np.pi / 4) + rng.uniform(0, np.pi / 4)
    radius = rng.uniform(0.72, 1.25, 8)
    columns = x + rx * radius * np.cos(angles)
    rows = y + ry * radius * np.sin(angles)
    return curve(np.stack([columns, rows], axis=1))
