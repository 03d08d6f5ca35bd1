# Generated from book/training.ipynb (`make save`); do not edit.
"""Random changes to training images and their boxes, in NumPy and OpenCV."""

import math

import cv2
import numpy

from d2l_ssd.boxes import box_iou
from d2l_ssd.checks import (
    FAR,
    as_amount,
    as_count,
    as_image,
    as_labels,
    check_fraction,
    check_rng,
)
from d2l_ssd.data import crop, random_flip


def random_zoom_out(image, labels, rng, probability=0.3, max_zoom=2.5):
    """Place an image on a larger canvas; return image and labels.

    Args:
        image, labels, rng: see `augment_detection`.
        probability: of a change.
        max_zoom: largest side of the canvas, in units of the image's side.
    """
    image, labels = as_image(image), as_labels(labels)
    check_fraction(probability=probability, zero=True)
    max_zoom = as_amount(max_zoom, "max_zoom", 1, FAR)
    check_rng(rng)
    if rng.random() >= probability:
        return image, labels
    zoom = rng.uniform(1, max_zoom)
    corner = -rng.uniform(0, zoom - 1, size=2)
    return crop(image, labels, numpy.concatenate([corner, corner + zoom]))


CROP_MIN_IOUS = (0.1, 0.3, 0.5, 0.7, 0.9)


def random_iou_crop(image, labels, rng, probability=0.5, trials=50):
    """Crop a window that contains an object's center and overlaps it well.

    Liu et al., "SSD" (2016), section 2.2; arguments as for `random_zoom_out`,
    trials being the number of windows to draw.
    """
    image, labels = as_image(image), as_labels(labels)
    check_fraction(probability=probability, zero=True)
    trials = as_count(trials, "trials")
    check_rng(rng)
    if len(labels) == 0 or rng.random() >= probability:
        return image, labels
    windows = _random_windows(rng, trials, image.shape)
    overlap = box_iou(windows, labels[:, 1:5])
    overlap *= _contains_centers(windows, labels[:, 1:5])
    good = overlap.max(axis=1) >= rng.choice(CROP_MIN_IOUS)
    if not good.any():
        return image, labels
    return crop(image, labels, windows[good.argmax()])


MIN_CROP_SCALE, MAX_CROP_RATIO = 0.3, 2


def _random_windows(rng, count, image_shape):
    """Draw windows (n, 4) of random size, shape and place in the image.

    Their sides are at least MIN_CROP_SCALE of the image's, and their ratios at
    most MAX_CROP_RATIO. Of an image of a few pixels a window may contain none:
    such windows are left out, so that n may be less than count.
    """
    scale = rng.uniform(MIN_CROP_SCALE, 1, size=(count, 1))
    log_ratio = math.log(MAX_CROP_RATIO)
    ratio = numpy.exp(rng.uniform(-log_ratio, log_ratio, size=(count, 1)))
    size = numpy.minimum(scale * numpy.hstack([ratio**0.5, ratio**-0.5]), 1)
    corner = rng.uniform(size=(count, 2)) * (1 - size)
    windows = numpy.hstack([corner, corner + size])
    pixels = numpy.round(windows * numpy.tile(image_shape[1::-1], 2))
    return windows[(pixels[:, 2:] > pixels[:, :2]).all(axis=1)]


def _contains_centers(windows, boxes):
    """Say of each window and box (N, M) if the window contains its center."""
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = (windows[:, None, :2] < center) & (center < windows[:, None, 2:])
    return inside.all(axis=2)


def random_photometric(
    image, labels, rng, hue=12, saturation=0.4, contrast=0.3, brightness=32
):
    """Change hue, saturation, contrast and brightness a little.

    Args:
        image: (H, W, 3) uint8, or (H, W) if it is gray.
        labels: (M, 6) float32.
        rng: numpy.random.Generator.
        hue: largest turn, of OpenCV's 180 steps.
        saturation, contrast: largest relative change.
        brightness: largest change, of 256 levels.

    Returns:
        A new image (H, W, 3) of the same size, and the labels as they are.

    Raises:
        ValueError: the image, rng or an option is invalid.
    """
    image, hue = as_image(image), as_count(hue, "hue", 0)
    saturation = as_amount(saturation, "saturation")
    contrast = as_amount(contrast, "contrast")
    brightness = as_amount(brightness, "brightness")
    check_rng(rng)
    level = numpy.arange(256)
    value = (level - 128) * rng.uniform(1 - contrast, 1 + contrast) + 128
    columns = [
        (level + rng.integers(-hue, hue + 1)) % 180,
        level * rng.uniform(1 - saturation, 1 + saturation),
        value + rng.uniform(-brightness, brightness),
    ]
    # One look-up table per channel does it all in one pass over the pixels
    table = numpy.stack(columns, axis=1).clip(0, 255).astype(numpy.uint8)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), table[None])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), labels


def augment_detection(image, labels, rng):
    """Change the light, zoom out, crop and flip; the new size may be any.

    Args:
        image, labels: (H, W, 3) uint8 and (M, 6) float32.
        rng: numpy.random.Generator.
    """
    steps = random_photometric, random_zoom_out, random_iou_crop, random_flip
    for step in steps:
        image, labels = step(image, labels, rng)
    return image, labels
