"""The scene of LiveDetector: drawn animals and things that can be moved about."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from d2l_ssd.toy.coats import draw_coat
from d2l_ssd.toy.poses import face, lying, sitting
from d2l_ssd.toy.rendering import render
from d2l_ssd.toy.scenes import BACKGROUNDS
from d2l_ssd.toy.things import THINGS

SIDE = 256  # pixels of the scene: what the network sees
SPRITE_SIDE = 224  # pixels, longest side of what is solid
LIGHT = (-0.5, -0.86)  # where light comes from, as in the drawn images
SOLID = 127  # coverage from which a pixel belongs to an object
QUALITY = 90  # of the WebP files
# Name, its function in d2l_ssd.toy, seed of its colors and shape
ANIMALS = (
    ("cat", sitting, 8),
    ("cat", lying, 5),
    ("cat", face, 3),
    ("dog", sitting, 12),
    ("dog", face, 4),
)
THINGS_SHOWN = (("mug", "_mug", 3), ("kennel", "_house", 2))
# Name, split and number of the background, and seed
PLACES = (
    ("beach", "val", 0, 2),
    ("planks", "val", 3, 1),
    ("street", "test", 1, 5),
    ("pond", "test", 3, 3),
)


class Sprite(NamedTuple):
    """A drawing that can be put into the scene."""

    name: str
    image: np.ndarray  # (h, w, 4) premultiplied RGBA, uint8


def draw_sprites() -> list[Sprite]:
    """Draw the animals and things that the scene offers."""
    sprites = []
    for name, pose, seed in ANIMALS:
        rng = np.random.default_rng(seed)
        shapes = pose(rng, draw_coat(rng, name), name)
        sprites.append(Sprite(name, render(shapes, SPRITE_SIDE, LIGHT)[0]))
    makers = {maker.__name__: maker for maker in THINGS}
    for name, maker, seed in THINGS_SHOWN:
        shapes = makers[maker](np.random.default_rng(seed))
        image, _ = render(shapes, SPRITE_SIDE, LIGHT, fur=False)
        sprites.append(Sprite(name, image))
    return sprites


def draw_places() -> dict[str, np.ndarray]:
    """Draw the backgrounds that the scene offers, (SIDE, SIDE, 3) uint8 each."""
    return {
        name: BACKGROUNDS[split][number](
            np.random.default_rng(seed), SIDE, SIDE
        )[0]
        for name, split, number, seed in PLACES
    }


def encode_sprite(sprite: Sprite) -> bytes:
    """Compress a sprite to WebP with transparency."""
    colors, alpha = sprite.image[..., :3], sprite.image[..., 3:]
    straight = sprite.image.copy()
    full = colors * (255 / np.maximum(alpha, 1).astype(float))
    straight[..., :3] = full.round().clip(0, 255)
    file = io.BytesIO()
    Image.fromarray(straight, "RGBA").save(
        file, "webp", quality=QUALITY, method=6
    )
    return file.getvalue()


def place_sprite(image: np.ndarray, one: Mapping[str, Any]) -> np.ndarray:
    """Scale, turn and move a sprite to its place in the scene.

    Args:
        image: (h, w, 4) premultiplied RGBA.
        one: its `x` and `y` (of its middle) and `size` (its longest side), in
            units of the scene's side, and `angle` in degrees, clockwise.

    Returns:
        (SIDE, SIDE, 4) premultiplied RGBA.
    """
    height, width = image.shape[:2]
    scale = one["size"] * SIDE / max(height, width)
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    # Of pixels' corners, as a canvas counts; OpenCV counts from their middles
    turn = math.radians(one["angle"])
    c, s = math.cos(turn), math.sin(turn)
    x, y = one["x"] * SIDE - 0.5, one["y"] * SIDE - 0.5
    u, v = (small[0] - 1) / 2, (small[1] - 1) / 2
    matrix = np.array([[c, -s, x - c * u + s * v], [s, c, y - s * u - c * v]])
    return cv2.warpAffine(image, matrix, (SIDE, SIDE))


def compose_scene(
    background: np.ndarray,
    objects: Sequence[Mapping[str, Any]],
    sprites: Sequence[Sprite],
    light: float = 1.0,
    blur: int = 0,
) -> np.ndarray:
    """Put objects before a background, and light and blur the picture.

    Args:
        background: (SIDE, SIDE, 3) uint8.
        objects: from back to front, see `place_sprite`; `sprite` is a number of
            `sprites`, and `hidden` leaves one out.
        sprites: as of `draw_sprites`.
        light: what the colors are multiplied by.
        blur: pixels on each side that a pixel is averaged with, twice.

    Returns:
        (SIDE, SIDE, 3) uint8.
    """
    scene = background.astype(np.float32)
    for one in objects:
        if one["hidden"]:
            continue
        drawn = place_sprite(sprites[one["sprite"]].image, one)
        rest = 1 - drawn[..., 3:].astype(np.float32) / 255
        scene = scene * rest + drawn[..., :3]
    scene = np.rint(np.clip(scene * light, 0, 255)).astype(np.uint8)
    window = 2 * blur + 1, 2 * blur + 1
    for _ in range(2 if blur else 0):
        scene = cv2.blur(scene, window)
    return scene


def box_of(
    one: Mapping[str, Any], sprites: Sequence[Sprite]
) -> tuple[float, float, float, float]:
    """Return the box that holds an object's whole sprite, beyond the scene too.

    Args:
        one: see `place_sprite`.
        sprites: as of `draw_sprites`.

    Returns:
        xmin, ymin, xmax, ymax in units of the scene.
    """
    height, width = sprites[one["sprite"]].image.shape[:2]
    scale, turn = one["size"] / max(height, width), math.radians(one["angle"])
    c, s = abs(math.cos(turn)), abs(math.sin(turn))
    wide = scale * (width * c + height * s) / 2
    high = scale * (width * s + height * c) / 2
    x, y = one["x"], one["y"]
    return x - wide, y - high, x + wide, y + high


def hidden_share(
    objects: Sequence[Mapping[str, Any]],
    sprites: Sequence[Sprite],
    number: int,
) -> float:
    """Compute which share of an object the ones before it hide.

    Args:
        objects: see `compose_scene`.
        sprites: as of `draw_sprites`.
        number: of the object.

    Returns:
        A share of its pixels in the scene; 0 where it has none there.
    """
    own = _mask(objects[number], sprites)
    seen = own.copy()
    for one in objects[number + 1 :]:
        if not one["hidden"]:
            seen &= ~_mask(one, sprites)
    return 1 - float(seen.sum() / own.sum()) if own.any() else 0.0


def _mask(one: Mapping[str, Any], sprites: Sequence[Sprite]) -> np.ndarray:
    return place_sprite(sprites[one["sprite"]].image, one)[..., 3] > SOLID
