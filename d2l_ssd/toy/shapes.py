# Generated from book/toy.ipynb (`make save`); do not edit.
"""Shapes: the colored pieces that a drawing is made of."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass
class Shape:
    """One smooth, colored piece of a drawing."""

    outline: np.ndarray  # (n, 2)
    color: tuple
    marks: list = ()  # (outline, color) pairs, painted inside it only
    volume: float = 0.0  # how strongly light models it
    shadow: float = 0.0  # how dark its shadow is on what lies behind
    parts: int = 1  # equal runs of the outline that are pieces: two ears
    solid: bool = True  # whiskers are not: no box has to hold them


def turning_matrix(angle, scale=1.0, mirrored=False):
    """Make the matrix that turns by `angle` radians, scales and mirrors."""
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[-c, -s], [-s, c]] if mirrored else [[c, s], [-s, c]])


def place(shapes, scale=1.0, angle=0.0, at=(0, 0)):
    """Scale, turn and move shapes, in place."""
    matrix = turning_matrix(angle, scale)
    for shape in shapes:
        shape.outline = shape.outline @ matrix + at
        if shape.marks:
            shape.marks = [
                (mark @ matrix + at, color) for mark, color in shape.marks
            ]
    return shapes


def shift(shapes, dx):
    """Move shapes that have no marks sideways, in place."""
    for shape in shapes:
        shape.outline = shape.outline + (dx, 0)
    return shapes
