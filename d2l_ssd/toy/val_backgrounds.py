# Generated from book/toy.ipynb (`make save`); do not edit.
"""Backgrounds of validation images; they return what those of training do."""

import cv2
import numpy as np

from d2l_ssd.toy.chance import between
from d2l_ssd.toy.colors import INK, WHITE, mix, soft_color
from d2l_ssd.toy.curves import oval
from d2l_ssd.toy.painting import fill_polygon, fill_ridge, gradient, sky, weave


def _beach(rng, height, width):
    """Paint sand, sea and sky."""
    horizon = between(rng, 0.2, 0.4)
    image, y = sky(rng, height, width), int(horizon * height)
    sea = mix((70, 150, 176), (60, 120, 170), rng.random())
    image[y:] = gradient(height - y, width, sea, mix(sea, WHITE, 0.3))
    shore = y + between(rng, 0.08, 0.22) * height
    fill_ridge(rng, image, shore - 5, 3, (244, 246, 242))  # foam
    fill_ridge(rng, image, shore, 3, (226, 204, 162))  # sand
    dry = image[int(shore) + 8 :]
    weave(rng, dry, "grain", 0.35)
    weave(rng, dry, "cloud", 0.2)
    return image, (shore + 6) / height


def _planks(rng, height, width):
    """Paint wooden planks."""
    color = mix((178, 134, 96), (150, 140, 132), rng.random())
    count, across = int(rng.integers(4, 11)), rng.random() < 0.5
    long, side = (width, height) if across else (height, width)
    tones = np.array(color) * rng.normal(1, 0.08, (count, 1))
    rows = np.clip(tones, 0, 255).astype(np.uint8)[:, None]
    image = cv2.resize(rows, (long, side), interpolation=cv2.INTER_NEAREST)
    for k in range(count + 1):
        y = k * side // count
        image[max(y - 1, 0) : y + 1] = mix(color, INK, 0.6)
    weave(rng, image, "wood", 0.9)
    return (image if across else cv2.transpose(image)), None


def _bricks(rng, height, width):
    """Paint a brick wall and a pavement."""
    color = mix((178, 98, 78), (190, 170, 150), rng.random())
    size, horizon = int(rng.integers(12, 26)), between(rng, 0.55, 0.8)
    wall = _brick_wall(rng, height, width, color, size)
    image, y = (
        np.ascontiguousarray(wall[:height, :width]),
        int(horizon * height),
    )
    gray = int(rng.integers(120, 190))
    far, near = (gray - 30, gray - 30, gray - 30), (gray, gray, gray - 6)
    image[y:] = gradient(height - y, width, far, near)
    weave(rng, image, "cloud", 0.25)
    return image, horizon


def _brick_wall(rng, height, width, color, size):
    """Paint bricks, `size` high and twice as wide, over (height, width)."""
    rows, columns = height // size + 1, width // (2 * size) + 2
    tones = np.array(color) * rng.normal(1, 0.09, (rows, columns, 1))
    wall = np.clip(tones, 0, 255).astype(np.uint8)
    area = 2 * size * columns, size * rows
    wall = cv2.resize(wall, area, interpolation=cv2.INTER_NEAREST)
    wall[::size] = wall[:, :: 2 * size] = mix(color, (226, 220, 210), 0.7)
    for k in range(1, rows, 2):  # every other row moves by half a brick
        row = wall[k * size : (k + 1) * size]
        row[:] = np.roll(row, size, axis=1)
    return wall


def _lights(rng, height, width):
    """Paint out-of-focus lights at dusk."""
    h, w = height // 2, width // 2
    dusk = [soft_color(rng, 50, 130) for _ in range(2)]
    small = gradient(h, w, *dusk)
    places = rng.uniform((0, 0, 3), (w, h, 14), (12, 3))
    for x, y, r in places:
        spot = small.copy()
        fill_polygon(spot, oval(x, y, r), soft_color(rng, 190, 255))
        small = cv2.addWeighted(small, 0.55, spot, 0.45, 0)
    return cv2.resize(cv2.blur(small, (3, 3)), (width, height)), None


def _fill_mountains(rng, image, y, depth, color):
    """Fill a jagged line of peaks, `depth` of the height over `y` pixels."""
    height, width = image.shape[:2]
    x = np.sort(rng.uniform(-20, width + 20, 9))
    peaks = y - depth * height - rng.uniform(0, 0.14, 9) * height
    right, left = width + 60, -60
    corners = [(right, peaks[-1]), (right, height), (left, height)]
    line = np.stack([x, peaks], axis=1)
    fill_polygon(image, np.vstack([line, corners, [(left, peaks[0])]]), color)


def _snow(rng, height, width):
    """Paint snow, mountains and firs at sunset."""
    horizon = between(rng, 0.35, 0.55)
    y, glow = (
        horizon * height,
        mix((244, 196, 170), (236, 216, 220), rng.random()),
    )
    image = gradient(height, width, (126, 150, 196), glow, glow)
    for depth, tone in ((0.12, 0.35), (0.03, 0.65)):
        _fill_mountains(rng, image, y, depth, mix(glow, (92, 112, 150), tone))
    fill_ridge(rng, image, y, 0.015 * height, (226, 232, 242))
    for x in rng.uniform(0, width, 4):
        h = between(rng, 0.08, 0.2) * height
        fir = [(x - 0.3 * h, y + 4), (x, y - h), (x + 0.3 * h, y + 4)]
        fill_polygon(image, fir, (64, 96, 96))
    weave(rng, image[int(y) + 6 :], "cloud", 0.12)
    return image, horizon


def _tiles(rng, height, width):
    """Paint a tiled floor or wall."""
    color = soft_color(rng, 170, 245)
    second = mix(color, soft_color(rng, 90, 250), between(rng, 0.15, 0.9))
    size = int(rng.integers(18, 56))
    rows, columns = height // size + 1, width // size + 1
    odd = np.add.outer(np.arange(rows), np.arange(columns)) % 2
    image = np.where(odd[..., None], np.array(color), np.array(second))
    area = (columns * size, rows * size)
    image = image.astype(np.uint8)
    image = cv2.resize(image, area, interpolation=cv2.INTER_NEAREST)
    image[::size] = image[:, ::size] = mix(color, (120, 116, 112), 0.5)
    image = np.ascontiguousarray(image[:height, :width])
    weave(rng, image, "cloud", 0.12)
    return image, None


VAL_BACKGROUNDS = (_beach, _snow, _bricks, _planks, _lights, _tiles)
