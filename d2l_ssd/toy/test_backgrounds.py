# Generated from book/toy.ipynb (`make save`); do not edit.
"""Backgrounds of test images; they return what those of training do."""

import cv2
import numpy as np

from d2l_ssd.toy.chance import between
from d2l_ssd.toy.colors import INK, WHITE, mix, soft_color
from d2l_ssd.toy.curves import oval
from d2l_ssd.toy.painting import fill_polygon, fill_ridge, gradient, sky, weave


def _dunes(rng, height, width):
    """Paint dunes, one behind the other, under a hot sky."""
    horizon = between(rng, 0.3, 0.5)
    warm = mix((240, 200, 150), (232, 170, 140), rng.random())
    image = gradient(height, width, (180, 196, 214), warm, warm)
    light, dark = (224, 178, 120), (176, 120, 84)
    for depth in (0, 0.12, 0.28, 0.5):
        y = (horizon + depth * (1 - horizon)) * height
        color = mix(light, dark, between(rng, 0, 0.8))
        fill_ridge(rng, image, y, 0.03 * height, color)
    weave(rng, image[int(horizon * height) + 8 :], "grain", 0.3)
    return image, horizon + 0.05


def _windows(rng, image, box, lit):
    """Put rows of windows on a house, a box of four pixel numbers."""
    x0, y0, x1, y1 = box
    step = int(rng.integers(9, 16))
    for y in range(y0 + 5, y1 - step, step):
        for x in range(x0 + 4, x1 - step // 2, step):
            color = lit if rng.random() < 0.3 else (70, 80, 100)
            corner = x + step // 2, y + step // 2
            cv2.rectangle(image, (x, y), corner, color, -1)


def _street(rng, height, width):
    """Paint houses behind a street."""
    horizon = between(rng, 0.45, 0.65)
    image, y = sky(rng, height, width), int(horizon * height)
    left = 0
    while left < width:
        right = left + int(rng.integers(width // 7, width // 3))
        top = int(y * between(rng, 0.15, 0.7))
        house = left, top, right, y
        wall = soft_color(rng, 110, 220)
        cv2.rectangle(image, house[:2], house[2:], wall, -1)
        _windows(rng, image, house, (250, 226, 160))
        left = right + 1
    road = gradient(height - y, width, (104, 106, 112), (134, 134, 138))
    cv2.rectangle(road, (0, 0), (width, 6), (186, 184, 178), -1)
    weave(rng, road, "grain", 0.3)
    image[y:] = road
    return image, horizon + 0.03


def _forest(rng, height, width):
    """Paint trunks, far ones first, over a floor of leaves."""
    horizon = between(rng, 0.35, 0.55)
    y, mist = int(horizon * height), soft_color(rng, 150, 200)
    image = gradient(height, width, mix(mist, (60, 110, 70), 0.5), mist)
    floor = mix((120, 92, 56), (96, 110, 60), rng.random())
    image[y:] = gradient(height - y, width, mix(floor, mist, 0.5), floor)
    weave(rng, image[y:], "grass", 0.7)
    for depth in np.sort(rng.random(9)):
        color = mix(mist, (72, 54, 42), 0.25 + 0.7 * depth)
        x, half = between(rng, 0, width), 2 + (0.02 + 0.02 * depth) * width
        foot = y + 0.25 * depth * (height - y)
        trunk = [(x - half, foot), (x - 0.6 * half, -5)]
        trunk += [(x + 0.6 * half, -5), (x + half, foot)]
        fill_polygon(image, trunk, color)
    return image, horizon + 0.05


def _pond(rng, height, width):
    """Paint water with ripples and water lilies, seen from above."""
    color = mix((60, 120, 140), (70, 130, 110), rng.random())
    image = gradient(height, width, mix(color, WHITE, 0.3), color)
    for _ in range(14):
        x, y = rng.uniform(0, (width, height))
        long = between(rng, 0.05, 0.2) * width
        fill_polygon(image, oval(x, y, long, 1.2), mix(color, WHITE, 0.45))
    for _ in range(rng.integers(2, 7)):
        x, y = rng.uniform(0, (width, height))
        r = between(rng, 0.03, 0.09) * width
        leaf = mix((90, 150, 80), (60, 120, 90), rng.random())
        fill_polygon(image, oval(x, y, r, 0.7 * r)[:-3], leaf)
    weave(rng, image, "cloud", 0.2)
    return image, None


def _curtain(rng, height, width):
    """Paint the folds of a curtain."""
    color, folds = soft_color(rng, 90, 230), between(rng, 5, 14)
    x = np.arange(width) / width
    phase = 2 * np.pi * folds * x + 1.5 * np.sin(2 * np.pi * (x + rng.random()))
    shade = 1 + 0.22 * np.sin(phase)[:, None]
    row = np.clip(np.array(color) * shade, 0, 255).astype(np.uint8)
    image = np.repeat(row[None], height, axis=0)
    weave(rng, image, "fur", 0.5)
    return image, None


def _pebbles(rng, height, width):
    """Paint pebbles."""
    color, size = soft_color(rng, 120, 200), int(rng.integers(9, 19))
    image = np.empty((height, width, 3), np.uint8)
    image[:] = mix(color, INK, 0.55)
    rows, columns = np.mgrid[0 : height + size : size, 0 : width + size : size]
    for y, x in zip(rows.ravel(), columns.ravel()):
        dx, dy, angle = rng.normal(0, (0.12 * size, 0.12 * size, 0.8))
        rx, ry = rng.uniform(0.4, 0.58, 2) * size
        stone = np.clip(np.array(color) * rng.normal(1, 0.1), 0, 255)
        stone = tuple(stone.astype(int).tolist())
        fill_polygon(image, oval(x + dx, y + dy, rx, ry, angle), stone)
    weave(rng, image, "cloud", 0.25)
    return image, None


TEST_BACKGROUNDS = (_dunes, _street, _forest, _pond, _curtain, _pebbles)
