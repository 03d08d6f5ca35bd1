"""Scenes of circles, squares and triangles: a data set without a file.

A scene depends on (seed, number) alone and takes a fraction of a millisecond, so
that a small detector never has to see one twice. The playground draws the same
scenes in JavaScript (`widgets/static/engine/scenes.js`): tests compare the two,
pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from d2l_ssd.checks import as_count

SIZE = 48  # pixels of a side
CLASSES = ("circle", "square", "triangle")
CROSS = len(CLASSES)  # a shape that is no class


class World(NamedTuple):
    """What scenes are like."""

    objects: tuple[int, int] = (1, 4)  # per scene, least and most
    sides: tuple[float, float] = (6, 40)  # in pixels, least and most
    overlap: float = 0.15  # of the smaller of two objects, at most
    classes: tuple[int, ...] = (0, 1, 2)  # that occur
    empty: float = 0  # share of scenes without objects
    crosses: float = 0  # share of scenes with crosses in place of objects


ORDINARY = World()
HERD = World(objects=(6, 10), sides=(11, 16), overlap=0.75, classes=(1,))


def draw_shapes(
    seed: int, start: int, count: int, world: World = ORDINARY
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the scenes `start` to `start + count - 1` of a seed.

    Args:
        seed: integer of at least 0.
        start: number of the first scene, from 0.
        count: B, how many scenes.
        world: what they are like.

    Returns:
        images (B, SIZE, SIZE, 3) uint8 in RGB; and labels (B, M, 6) float32,
        rows [class, xmin, ymin, xmax, ymax, difficult] in fractions of the
        image, none of them difficult. M is the most objects that a scene of
        this world can have; rows of -1 are padding.

    Raises:
        ValueError: seed, start or count is no whole number, or too small.
    """
    seed, start = as_count(seed, "seed", 0), as_count(start, "start", 0)
    numbers = start + np.arange(as_count(count, "count", 0))
    keys = _make_keys(seed, _SCENES, numbers)
    noise_keys = _make_keys(seed, _NOISE, numbers)
    grounds = _make_grounds(keys)
    shapes = _try_shapes(keys, world, grounds)
    placed = _place_shapes(keys, world, shapes.boxes)
    images = np.empty((count, SIZE, SIZE, 3), dtype=np.uint8)
    for i, image in enumerate(images):
        canvas = _paint_ground(*(part[i] for part in grounds))
        for k in np.flatnonzero(placed[i]):
            _paint_shape(canvas, *(part[i, k] for part in shapes))
        canvas += _make_noise(noise_keys[i : i + 1])
        image[:] = (255 * canvas).round().clip(0, 255).transpose(1, 2, 0)
    return images, _make_labels(shapes, placed, world)


# Random numbers by their place: the n-th number of a key is a hash of both. So
# any scene can be drawn without those before it, by any language that has integers.
_SCENES, _NOISE = 1, 2  # what two uses of one seed are told apart by
_GOLDEN = 0x9E3779B9


def mix(x: np.ndarray) -> np.ndarray:
    """Mix the 32 bits of uint32 numbers well (a bijection)."""
    x = (x ^ (x >> 16)) * 0x7FEB352D
    x = (x ^ (x >> 15)) * 0x846CA68B
    return x ^ (x >> 16)


def _make_keys(seed: int, stream: int, numbers: np.ndarray) -> np.ndarray:
    """Make the keys (B,) of scenes with these numbers."""
    key = np.zeros(len(numbers), dtype=np.uint32)
    for part in np.broadcast_arrays(seed, stream, numbers):
        key = mix(key + (part + 1).astype(np.uint32) * _GOLDEN)
    return key


def _random(keys: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the numbers (B, N) in [0, 1) of keys (B,) at places (N,)."""
    hashes = mix(keys[:, None] + places.astype(np.uint32) * _GOLDEN)
    return hashes / 2.0**32


# The places of a scene's numbers
_GROUND = np.arange(9)
_WANTED, _EMPTY, _CROSSES = 9, 10, 11
_ATTEMPTS, _NUMBERS = 40, 9  # to place a shape, and what each attempt takes
_SHAPES = 16 + np.arange(_ATTEMPTS * _NUMBERS)


class _Grounds(NamedTuple):
    """Two colors, and the plane wave that goes from one to the other and back."""

    first: np.ndarray  # (B, 3) RGB in [0, 1]
    second: np.ndarray  # (B, 3)
    slope: np.ndarray  # (B, 2) of the phase, per pixel along x and y
    phase: np.ndarray  # (B,)


def _make_grounds(keys: np.ndarray) -> _Grounds:
    u = _random(keys, _GROUND)
    first = u[:, :3]
    second = (first + (u[:, 3:6] - 0.5) * 0.5).clip(0, 1)
    return _Grounds(first, second, (u[:, 6:8] - 0.5) * 1.8, u[:, 8] * 6)


class _Shapes(NamedTuple):
    """The shapes that a scene may have, in the order in which they are tried."""

    labels: np.ndarray  # (B, A) of CLASSES, or CROSS
    boxes: np.ndarray  # (B, A, 4) corners in pixels
    colors: np.ndarray  # (B, A, 3) RGB in [0, 1]
    shades: np.ndarray  # (B, A) how much lighter right than in the middle


def _try_shapes(keys: np.ndarray, world: World, grounds: _Grounds) -> _Shapes:
    """Draw all the shapes that scenes may need.

    Boxes come in eighths of a pixel: whether two shapes are too close is then a
    question of exact numbers, to which every language has the same answer.
    """
    u = _random(keys, _SHAPES).reshape(len(keys), _ATTEMPTS, _NUMBERS)
    least, most = world.sides
    side = least * np.exp(np.log(most / least) * u[..., 0])
    stretch = np.exp(0.8 * (u[..., 1] - 0.5))
    size = _to_eighths(np.stack([side * stretch, side / stretch], axis=-1))
    low = np.floor(u[..., 2:4] * ((SIZE - size) * 8 + 1)) / 8
    labels = np.array(world.classes)[
        (u[..., 4] * len(world.classes)).astype(int)
    ]
    crosses = _random(keys, np.array([_CROSSES])) < world.crosses
    mean = (grounds.first + grounds.second) / 2
    return _Shapes(
        np.where(crosses, CROSS, labels),
        np.concatenate([low, low + size], axis=-1),
        _contrasting(u[..., 5:8], mean[:, None]),
        (u[..., 8] - 0.5) * 0.3,
    )


_SMALLEST = 5  # pixels of a side after stretching


def _to_eighths(pixels: np.ndarray) -> np.ndarray:
    return np.floor(8 * pixels + 0.5).clip(8 * _SMALLEST, 8 * (SIZE - 2)) / 8


_CONTRAST = 0.4  # between a shape and the mean of its ground


def _contrasting(colors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Turn colors (..., 3) that are too near the mean half way round."""
    near = np.square(colors - mean).sum(axis=-1) < _CONTRAST * _CONTRAST
    return np.where(near[..., None], (colors + 0.5) % 1, colors)


def _place_shapes(
    keys: np.ndarray, world: World, boxes: np.ndarray
) -> np.ndarray:
    """Choose a scene's shapes, (B, A) bools: as many of those wanted as find room."""
    u = _random(keys, np.array([_WANTED, _EMPTY]))
    least, most = world.objects
    wanted = least + np.floor(u[:, 0] * (most - least + 1))
    wanted[u[:, 1] < world.empty] = 0
    placed = np.zeros(boxes.shape[:2], dtype=bool)
    for k in range(_ATTEMPTS):
        missing = placed.sum(axis=1) < wanted
        if not missing.any():
            break
        collide = _collide(boxes[:, :k], boxes[:, k, None], world.overlap)
        placed[:, k] = missing & ~(placed[:, :k] & collide).any(axis=1)
    return placed


def _collide(a: np.ndarray, b: np.ndarray, most: float) -> np.ndarray:
    """Tell which boxes (..., 4) share more than a part of the smaller one."""
    low = np.maximum(a[..., :2], b[..., :2])
    shared = np.maximum(np.minimum(a[..., 2:], b[..., 2:]) - low, 0)
    smaller = np.minimum(_area(a), _area(b))
    return shared[..., 0] * shared[..., 1] > most * smaller


def _area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


_PIXELS = np.arange(SIZE)


def _paint_ground(
    first: np.ndarray, second: np.ndarray, slope: np.ndarray, phase: float
) -> np.ndarray:
    """Start a canvas (3, SIZE, SIZE)."""
    columns, rows = slope[0] * _PIXELS, slope[1] * _PIXELS + phase
    # sin(a + b) from the sines of rows and columns, not of 2,304 pixels
    sine = np.sin(columns) * np.cos(rows)[:, None]
    sine += np.cos(columns) * np.sin(rows)[:, None]
    wave = 0.5 + 0.5 * sine  # (SIZE, SIZE)
    return first[:, None, None] + wave * (second - first)[:, None, None]


def _circle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.square(u - 0.5) + np.square(v - 0.5) <= 0.25


def _square(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1)


def _triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (v >= 0) & (v <= 1) & (np.abs(u - 0.5) * 2 <= v)


def _cross(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    a, b = np.abs(u - 0.5), np.abs(v - 0.5)
    return (np.maximum(a, b) <= 0.5) & (np.minimum(a, b) <= 0.15)


# Which points (x, y) of the unit square lie in the shape of a class
_INSIDE: list[Callable] = [_circle, _square, _triangle, _cross]
_POINTS = np.array(
    [0.25, 0.75]
)  # of a pixel, along x and y, that are looked at


def _paint_shape(
    canvas: np.ndarray,
    label: int,
    box: np.ndarray,
    color: np.ndarray,
    shade: float,
) -> None:
    """Paint a shape on a canvas (3, SIZE, SIZE), with smooth edges."""
    left, top, right, bottom = box.tolist()
    columns = _PIXELS[int(left) : int(np.ceil(right))]
    rows = _PIXELS[int(top) : int(np.ceil(bottom))]
    u = ((columns[:, None] + _POINTS).ravel() - left) / (right - left)
    v = ((rows[:, None] + _POINTS).ravel() - top) / (bottom - top)
    inside = _INSIDE[label](u, v[:, None])  # (2 rows, 2 columns)
    points = inside.reshape(len(rows), 2, len(columns), 2).sum(axis=(1, 3))
    light = shade * ((columns - left) / (right - left) - 0.5) * 2
    window = canvas[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    window += points / 4 * (color[:, None, None] + light - window)


_STRENGTH = 0.05  # of the noise


def _make_noise(key: np.ndarray) -> np.ndarray:
    """Make the gray noise (SIZE, SIZE) of one key (1,)."""
    u = _random(key, np.arange(SIZE * SIZE)).reshape(SIZE, SIZE)
    return (u - 0.5) * 2 * _STRENGTH


def _make_labels(
    shapes: _Shapes, placed: np.ndarray, world: World
) -> np.ndarray:
    """Make labels (B, M, 6) of the shapes that were placed and are of a class."""
    labels = np.full((len(placed), max(1, world.objects[1]), 6), -1, np.float32)
    objects = placed & (shapes.labels != CROSS)
    row = objects.cumsum(axis=1)[objects] - 1
    scene = objects.nonzero()[0]
    labels[scene, row, 0] = shapes.labels[objects]
    labels[scene, row, 1:5] = shapes.boxes[objects] / SIZE
    labels[scene, row, 5] = 0
    return labels
