# Generated from book/toy.ipynb (`make save`); do not edit.
"""Backgrounds of training images.

Each function returns an image and where the ground begins, as a part of the
height, or None where there is no ground.
"""

import cv2
import numpy as np

from d2l_ssd.toy.chance import between
from d2l_ssd.toy.colors import INK, WHITE, matching_color, mix, soft_color
from d2l_ssd.toy.curves import oval
from d2l_ssd.toy.painting import fill_polygon, fill_ridge, gradient, sky, weave


def _meadow(rng, height, width):
    """Paint a lawn under a sky, with hills and trees far away."""
    horizon = between(rng, 0.2, 0.5)
    image, y = sky(rng, height, width), horizon * height
    green = mix((116, 168, 82), (150, 176, 90), rng.random())
    hills = mix(green, (170, 200, 220), 0.5)
    fill_ridge(rng, image, y - 0.05 * height, 0.03 * height, hills)
    trees = mix(hills, (40, 90, 60), 0.45)
    for x in rng.uniform(0, width, 6):
        r = between(rng, 0.02, 0.06) * height
        fill_polygon(image, oval(x, y - r, r, 1.3 * r), trees)
    far, near = (
        mix(green, (220, 230, 160), 0.35),
        mix(green, (40, 80, 40), 0.25),
    )
    lawn = gradient(height - int(y), width, far, green, near)
    weave(rng, lawn, "grass", between(rng, 0.5, 1))
    image[int(y) :] = lawn
    return image, horizon


def _hang_picture(rng, image, floor):
    """Hang a picture, or a window, on a wall above `floor` pixels."""
    height, width = image.shape[:2]
    x, top, w, h = rng.uniform((0, 0.02, 0.15, 0.15), (0.8, 0.15, 0.3, 0.35))
    x0, y0, x1 = int(x * width), int(top * height), int((x + w) * width)
    y1 = int(min((top + h) * height, floor - 12))
    frame = soft_color(rng, 90, 250)
    cv2.rectangle(image, (x0 - 4, y0 - 4), (x1 + 4, y1 + 4), frame, -1)
    inside = mix((170, 206, 232), soft_color(rng), 0.5)
    cv2.rectangle(image, (x0, y0), (x1, y1), inside, -1)
    if rng.random() < 0.5:
        hills = image[y0:y1, x0:x1]
        fill_ridge(rng, hills, 0.6 * (y1 - y0), 4, (130, 170, 130))


def _lay_rug(rng, image, y):
    """Lay an oval rug on a floor that begins `y` pixels down."""
    height, width = image.shape[:2]
    x, middle = between(rng, 0.2, 0.8) * width, 0.5 * (y + height)
    rx, ry = between(rng, 0.3, 0.5) * width, 0.4 * (height - y)
    rug = oval(x, middle, rx, ry)
    center, color = rug.mean(axis=0), soft_color(rng, 130, 220)
    fill_polygon(image, rug, color)
    inside = (rug - center) * 0.85 + center
    fill_polygon(image, inside, mix(color, WHITE, 0.3))


def _living_room(rng, height, width):
    """Paint a wall with pictures, and a floor."""
    horizon = between(rng, 0.45, 0.72)
    y, wall = int(horizon * height), soft_color(rng, 170, 240)
    image = gradient(height, width, mix(wall, WHITE, 0.2), wall)
    for _ in range(rng.integers(0, 3)):
        _hang_picture(rng, image, y)
    floor = mix((176, 132, 96), soft_color(rng), between(rng, 0, 0.8))
    ground = gradient(height - y, width, mix(floor, INK, 0.2), floor)
    weave(rng, ground, "wood", 0.7)
    image[y:] = ground
    baseboard = mix(wall, WHITE, 0.6)
    cv2.rectangle(image, (0, y - 6), (width, y), baseboard, -1)
    if rng.random() < 0.6:
        _lay_rug(rng, image, y)
    return image, horizon


def _wallpaper(rng, height, width):
    """Paint a flat pattern of dots, stripes or diamonds."""
    ground, size = soft_color(rng, 150, 240), int(rng.integers(22, 56))
    tile = np.empty((size, size, 3), np.uint8)
    tile[:] = ground
    color = mix(ground, soft_color(rng, 90, 250), 0.6)
    kind, r = rng.integers(3), between(rng, 0.15, 0.3) * size
    if kind == 0:
        fill_polygon(tile, oval(size / 2, size / 2, r), color)
    elif kind == 1:
        tile[:, : int(2 * r)] = color
    else:  # four of an oval's points
        fill_polygon(tile, oval(size / 2, size / 2, 1.5 * r)[::6], color)
    image = np.tile(tile, (height // size + 1, width // size + 1, 1))
    return np.ascontiguousarray(image[:height, :width]), None


def _smooth(rng, height, width):
    """Paint a smooth gradient between four colors."""
    color = soft_color(rng, 120, 250)
    corners = [matching_color(rng, color) for _ in range(4)]
    return gradient(height, width, corners[:2], corners[2:]), None


def _haze(rng, height, width):
    """Paint soft colored noise."""
    ground, cells = soft_color(rng, 130, 230), int(rng.integers(4, 18))
    bright = rng.normal(0, between(rng, 8, 24), (cells, cells, 1))
    grid = np.array(ground) + bright
    grid = grid + rng.normal(0, 7, (cells, cells, 3))
    grid = np.clip(grid, 0, 255).astype(np.uint8)
    image = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    weave(rng, image, "cloud", between(rng, 0, 0.3))
    return image, None


def _blanket(rng, height, width):
    """Paint a plaid blanket."""
    period, color = int(rng.integers(30, 80)), soft_color(rng, 120, 250)
    colors = [matching_color(rng, color) for _ in range(6)]
    widths = rng.integers(2, 10, 6)
    widths = np.maximum(widths * period // widths.sum(), 1)
    stripe = np.repeat(np.array(colors, np.float32), widths, axis=0)
    rows = np.resize(stripe, (height, 1, 3)).astype(np.uint8)
    stripe = np.roll(stripe, 7, axis=0)
    columns = np.resize(stripe, (1, width, 3)).astype(np.uint8)
    rows, columns = (cv2.resize(a, (width, height)) for a in (rows, columns))
    image = cv2.addWeighted(rows, 0.5, columns, 0.5, 0)
    weave(rng, image, "fur", 1.4)
    return image, None


TRAIN_BACKGROUNDS = (  # what comes twice is chosen twice as often
    _meadow,
    _meadow,
    _living_room,
    _living_room,
    _wallpaper,
    _smooth,
    _haze,
    _blanket,
)
