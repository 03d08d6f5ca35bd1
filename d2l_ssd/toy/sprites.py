# Generated from book/toy.ipynb (`make save`); do not edit.
"""Sprites: drawings and their places in a scene."""

from dataclasses import dataclass

import cv2
import numpy as np

from d2l_ssd.toy.chance import between

SOLID = 127  # coverage from which a pixel belongs to an object
_SPILL_ODDS = 0.15  # of a place that the border may cut
_FIRST_PLACE_ODDS = 0.2  # of taking the first place that comes
_NUM_PLACES = 4  # else, the best of so many


@dataclass
class Sprite:
    """A rendered drawing and its place; a thing has no name."""

    image: np.ndarray  # (h, w, 4) premultiplied RGBA
    mask: np.ndarray  # (h, w)
    x: int
    y: int
    depth: float  # larger is nearer
    name: str = None
    pose: str = "Unspecified"

    @property
    def box(self):
        """(xmin, ymin, xmax, ymax) in pixels of the scene."""
        h, w = self.mask.shape
        return self.x, self.y, self.x + w, self.y + h


@dataclass
class Stage:
    """What sprites have to know of the scene that they enter."""

    height: int
    width: int
    ground: float  # where it begins, as a part of the height; or None
    light: tuple  # the direction that light comes from


def _covered(box, sprites):
    """Sum how much of a box other sprites' boxes cover."""
    x0, y0, x1, y1 = box
    shared = 0
    for other in sprites:
        u0, v0, u1, v1 = other.box
        across = max(0, min(x1, u1) - max(x0, u0))
        shared += across * max(0, min(y1, v1) - max(y0, v0))
    return shared / ((x1 - x0) * (y1 - y0))


def find_place(rng, size, stage, ground, sprites):
    """Choose where a sprite goes: mostly free, inside, and on the ground.

    Args:
        rng: numpy.random.Generator.
        size: (height, width) of the sprite, in pixels.
        stage: Stage.
        ground: the stage's, or None for a sprite that may float.
        sprites: list of the sprites to leave visible.

    Returns:
        x, y: integers, the upper left corner.
    """
    h, w = size
    spill = rng.random() < _SPILL_ODDS
    best, least = (0, 0), np.inf
    for _ in range(1 if rng.random() < _FIRST_PLACE_ODDS else _NUM_PLACES):
        if spill:  # the center stays inside
            x = between(rng, 0, stage.width) - w / 2
            y = between(rng, 0, stage.height) - h / 2
        else:
            x = between(rng, 0, max(stage.width - w, 1))
            y = between(rng, 0, max(stage.height - h, 1))
        if ground is not None:  # feet on the ground, large things nearer
            far = min(ground * stage.height + 0.3 * h, stage.height)
            if y + h < far:
                y = between(rng, far, stage.height) - h
        covered = _covered((x, y, x + w, y + h), sprites)
        if covered < least:
            best, least = (round(x), round(y)), covered
    return best


def meeting_slices(box, height, width):
    """Return the rows and columns of a scene that a box covers, then its own.

    Args:
        box: (xmin, ymin, xmax, ymax) in pixels; it may reach beyond the scene.
        height, width: of the scene, in pixels.

    Returns:
        rows, columns, own_rows, own_columns: slices, empty where they do not
        meet.
    """
    x0, y0, x1, y1 = box
    u0, v0 = max(x0, 0), max(y0, 0)
    u1, v1 = max(min(x1, width), u0), max(min(y1, height), v0)
    own_rows, own_columns = slice(v0 - y0, v1 - y0), slice(u0 - x0, u1 - x0)
    return slice(v0, v1), slice(u0, u1), own_rows, own_columns


def paste(image, owners, sprite, number, light):
    """Put a sprite and its shadow into the scene, in place."""
    slices = meeting_slices(sprite.box, *owners.shape)
    rows, columns, own_rows, own_columns = slices
    area = image[rows, columns]
    if area.size == 0:
        return
    paint = sprite.image[own_rows, own_columns]
    mask = sprite.mask[own_rows, own_columns]
    _shade_ground(image, sprite, light)
    rest = cv2.bitwise_not(cv2.extractChannel(paint, 3))
    rest = cv2.cvtColor(rest, cv2.COLOR_GRAY2RGB)
    cv2.multiply(area, rest, dst=rest, scale=1 / 255)
    cv2.add(rest, cv2.cvtColor(paint, cv2.COLOR_RGBA2RGB), dst=area)
    owners[rows, columns][mask > SOLID] = number


def _shade_ground(image, sprite, light):
    """Darken the ground under a sprite, softly."""
    h, w = sprite.mask.shape
    pad = max(2, min(h, w) // 12)
    half = (w // 2 + 1, h // 2 + 1)
    soft = cv2.resize(sprite.mask, half, interpolation=cv2.INTER_AREA)
    soft = cv2.copyMakeBorder(soft, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    soft = cv2.blur(soft, (pad + 1, pad + 1))
    soft = cv2.resize(soft, (w + 4 * pad, h + 4 * pad))
    soft = cv2.addWeighted(soft, -0.38, soft, 0, 255)
    x = round(sprite.x - 2 * pad - pad * light[0])
    y = round(sprite.y - 2 * pad - 0.8 * pad * light[1])
    box = (x, y, x + w + 4 * pad, y + h + 4 * pad)
    slices = meeting_slices(box, *image.shape[:2])
    rows, columns, own_rows, own_columns = slices
    area = image[rows, columns]
    if area.size:
        soft = cv2.cvtColor(soft[own_rows, own_columns], cv2.COLOR_GRAY2RGB)
        cv2.multiply(area, soft, dst=area, scale=1 / 255)
