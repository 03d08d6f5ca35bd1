# Generated from book/toy.ipynb (`make save`); do not edit.
"""Scenes: a background, animals and things, lit and photographed."""

import math

import cv2
import numpy as np

from d2l_ssd.toy.chance import between, draw_index, pick
from d2l_ssd.toy.clutter import CLUTTER
from d2l_ssd.toy.coats import draw_coat
from d2l_ssd.toy.labels import annotate
from d2l_ssd.toy.poses import face, lying, pick_pose, standing
from d2l_ssd.toy.rendering import render
from d2l_ssd.toy.shapes import turning_matrix
from d2l_ssd.toy.sprites import Sprite, Stage, find_place, paste
from d2l_ssd.toy.test_backgrounds import TEST_BACKGROUNDS
from d2l_ssd.toy.textures import TEXTURE_SIZE, crop_texture
from d2l_ssd.toy.things import THINGS
from d2l_ssd.toy.train_backgrounds import TRAIN_BACKGROUNDS
from d2l_ssd.toy.val_backgrounds import VAL_BACKGROUNDS

BACKGROUNDS = {
    "train": TRAIN_BACKGROUNDS,
    "val": VAL_BACKGROUNDS,
    "test": TEST_BACKGROUNDS,
    "clutter": CLUTTER,  # of training images, where it is asked for
}
_IMAGE_SIZES = (  # height, width
    (256, 256),
    (240, 320),
    (320, 240),
    (256, 288),
    (288, 256),
    (256, 320),
)
_SPECIES = ("cat", "dog")
_SIDE_POSES = (standing, lying)
_COUNT_ODDS = (0.04, 0.42, 0.26, 0.14, 0.07, 0.04, 0.03)  # of 0 to 6 animals
_THING_ODDS = (0.4, 0.35, 0.18, 0.07)  # of 0 to 3 other things
_LARGEST = (0.8, 0.66, 0.56, 0.46, 0.4, 0.36)  # side of one of 1 to 6 animals
SMALLEST = 0.08  # both as a part of the image's shorter side
_WILD_ODDS = 0.12  # of an animal that is turned and floats
_HIDING_ODDS = 0.45  # of a thing that stands in front of an animal


def _animal_sprite(rng, stage, smallest, largest, sprites):
    """Draw one cat or dog somewhere in a scene."""
    species, pose = pick(rng, _SPECIES), pick_pose(rng)
    shapes = pose(rng, draw_coat(rng, species), species)
    wild, mirrored = rng.random() < _WILD_ODDS, rng.random() < 0.5
    turn = turning_matrix(rng.normal(0, 0.5 if wild else 0.1), 1, mirrored)
    turn = turn @ np.diag(rng.normal(1, 0.06, 2))
    size = min(stage.height, stage.width) * smallest
    size *= (largest / smallest) ** (rng.random() ** 0.65)
    image, mask = render(shapes, size, stage.light, turn)
    if rng.random() < 0.1:  # out of focus
        image, mask = (cv2.blur(a, (3, 3)) for a in (image, mask))
    ground = None if wild or pose is face else stage.ground
    x, y = find_place(rng, mask.shape, stage, ground, sprites)
    view = "Frontal"
    if pose in _SIDE_POSES:
        view = "Right" if mirrored else "Left"
    return Sprite(image, mask, x, y, y + mask.shape[0], species, view)


def _thing_sprite(rng, stage, animals):
    """Draw a thing: anywhere, or in front of an animal."""
    shapes = pick(rng, THINGS)(rng)
    turn = turning_matrix(rng.normal(0, 0.15), 1, rng.random() < 0.5)
    if animals and rng.random() < _HIDING_ODDS:
        return _hiding_sprite(rng, shapes, stage, turn, pick(rng, animals))
    size = min(stage.height, stage.width) * between(rng, 0.08, 0.36)
    image, mask = render(shapes, size, stage.light, turn, fur=False)
    x, y = find_place(rng, mask.shape, stage, stage.ground, animals)
    return Sprite(image, mask, x, y, y + mask.shape[0])


def _hiding_sprite(rng, shapes, stage, turn, animal):
    """Put a thing in front of an animal."""
    h, w = animal.mask.shape
    size = max(h, w) * between(rng, 0.4, 0.8)
    image, mask = render(shapes, size, stage.light, turn, fur=False)
    x = animal.x + between(rng, -0.1, 1.1) * w - mask.shape[1] / 2
    y = animal.y + h * between(rng, 0.9, 1.15) - mask.shape[0]
    return Sprite(image, mask, round(x), round(y), animal.depth + 1)


def compose(rng, split, smallest=SMALLEST):
    """Choose a background and sprites for a scene.

    Args:
        rng: numpy.random.Generator.
        split: "train", "val", "test" or "clutter".
        smallest: see `draw_toy_scene`.

    Returns:
        image: the background, (H, W, 3) uint8.
        sprites: list of Sprite, from back to front.
        light: (x, y), the direction that light comes from.
    """
    height, width = pick(rng, _IMAGE_SIZES)
    image, ground = pick(rng, BACKGROUNDS[split])(rng, height, width)
    angle = between(rng, -2.4, -0.7)  # light comes from above
    light = (math.cos(angle), math.sin(angle))
    stage = Stage(height, width, ground, light)
    animals = []
    count = draw_index(rng, _COUNT_ODDS)
    for _ in range(count):
        largest = _LARGEST[count - 1]
        sizes = smallest, largest
        animals.append(_animal_sprite(rng, stage, *sizes, animals))
    num_things = draw_index(rng, _THING_ODDS)
    things = [_thing_sprite(rng, stage, animals) for _ in range(num_things)]
    return image, sorted(animals + things, key=lambda s: s.depth), light


def _photograph(rng, image, light):
    """Add what a camera adds: light that falls off, blur and grain."""
    height, width = image.shape[:2]
    tint = rng.normal(1, 0.025, 3) * between(rng, 0.9, 1.12)
    slope = between(rng, 0, 0.14)
    corners = [
        [1 - slope * (x * light[0] + y * light[1]) for x in (-1, 1)]
        for y in (-1, 1)
    ]
    glow = np.array(corners)[::-1, ::-1, None] * tint * 190
    glow = np.clip(glow, 0, 255).astype(np.uint8)
    glow = cv2.resize(glow, (width, height))
    image = cv2.multiply(image, glow, scale=1 / 190)
    if rng.random() < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), between(rng, 0.5, 1.3))
    if rng.random() < 0.6:
        x, y = rng.integers(0, TEXTURE_SIZE, 2).tolist()
        grain = cv2.merge(
            [
                crop_texture("grain", height, width, x + 37 * channel, y)
                for channel in range(3)
            ]
        )
        k = between(rng, 0.06, 0.34)
        image = cv2.addWeighted(image, 1, grain, k, -128 * k)
    return image


def draw_toy_scene(rng, split="train", smallest=SMALLEST):
    """Draw one image of cats and dogs.

    Args:
        rng: numpy.random.Generator, or a seed.
        split: "train", "val", "test" or "clutter": they have different
            backgrounds.
        smallest: where the animals' sides begin, as a part of the image's.

    Returns:
        The image (H, W, 3) uint8, RGB; a list of ToyObject, from back to front;
        and the owners (H, W) uint8: for each pixel the number, from 1, of the
        sprite that it shows, and 0 for background.

    Raises:
        ValueError: an unknown split.
    """
    if split not in BACKGROUNDS:
        raise ValueError(
            f"split must be one of {list(BACKGROUNDS)}, not {split!r}"
        )
    rng = np.random.default_rng(rng)
    image, sprites, light = compose(rng, split, smallest)
    owners = np.zeros(image.shape[:2], np.uint8)
    for number, sprite in enumerate(sprites, 1):
        paste(image, owners, sprite, number, light)
    objects = [
        annotate(sprite, owners, number)
        for number, sprite in enumerate(sprites, 1)
        if sprite.name
    ]
    image = _photograph(rng, image, light)
    return image, [o for o in objects if o], owners
