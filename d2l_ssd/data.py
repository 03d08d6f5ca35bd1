# Generated from book/data.ipynb (`make save`); do not edit.
"""Labeled images changed, made ready for a network, and stacked to batches."""

from importlib import import_module

import cv2
import numpy as np

from d2l_ssd.boxes import clip_boxes, flip_boxes, has_area, to_centers
from d2l_ssd.checks import (
    PADDING,
    as_count,
    as_image,
    as_label_list,
    as_labels,
    as_pixel_window,
    as_samples,
    check_rng,
)
from d2l_ssd.datasets import VOCDetection as VOCDetection
from d2l_ssd.datasets import read_voc_annotation as read_voc_annotation
from d2l_ssd.images import read_image as read_image


def flip(image, labels):
    """Mirror an image (H, W, 3) uint8 left to right, and its labels (M, 6)."""
    image, labels = as_image(image), as_labels(labels).copy()
    objects = labels[:, 0] != PADDING
    labels[objects, 1:5] = flip_boxes(labels[objects, 1:5])
    return cv2.flip(image, 1), labels


def random_flip(image, labels, rng):
    """Flip with probability 1/2, drawn from a numpy.random.Generator."""
    check_rng(rng)
    return flip(image, labels) if rng.random() < 0.5 else (image, labels)


IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
IMAGENET_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def _crop_pixels(image, xmin, ymin, xmax, ymax):
    """Copy a window, in pixels; outside the image it has the mean color."""
    fill = np.round(255 * IMAGENET_MEAN).astype(np.uint8)
    framed = np.tile(fill, (ymax - ymin, xmax - xmin, 1))
    inside = image[max(ymin, 0) : max(ymax, 0), max(xmin, 0) : max(xmax, 0)]
    top, left = max(-ymin, 0), max(-xmin, 0)
    framed[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return framed


def _crop_labels(labels, scale, window):
    """Drop objects whose center is outside a window; clip the others to it."""
    low, size = np.tile(window[:2], 2), np.tile(window[2:] - window[:2], 2)
    boxes = (labels[:, 1:5] * scale - low) / size
    center = to_centers(boxes)[:, :2]
    kept = (center > 0).all(axis=1) & (center < 1).all(axis=1)
    kept &= labels[:, 0] != PADDING
    labels = labels[kept]
    labels[:, 1:5] = clip_boxes(boxes[kept])
    return labels[has_area(labels[:, 1:5])]


def crop(image, labels, window):
    """Show what a window frames, and the boxes in it.

    Args:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32.
        window: (4,) box in units of the image, rounded to whole pixels.
    """
    image, labels = as_image(image), as_labels(labels)
    window = as_pixel_window(window, image)
    scale = np.tile(image.shape[1::-1], 2)  # width, height, width, height
    return _crop_pixels(image, *window), _crop_labels(labels, scale, window)


def letterbox(image, labels, height, width):
    """Pad an image and its labels evenly to the proportions of an input."""
    ratio = width * image.shape[0] / (height * image.shape[1])
    margin = np.maximum([ratio - 1, 1 / ratio - 1], 0) / 2
    return crop(image, labels, [*-margin, *(1 + margin)])


def to_input(image, height, width):
    """Resize and normalize an image for the network.

    Args:
        image: (H, W, 3) uint8 RGB, or (H, W) gray.
        height, width: of the result, in pixels.

    Returns:
        (3, height, width) float32; `to_image` is the way back.
    """
    image = as_image(image)
    height, width = as_count(height, "height"), as_count(width, "width")
    shrinks = image.shape[0] >= height and image.shape[1] >= width
    # Averages all pixels; the other would skip some and make moire
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    image = cv2.resize(image, (width, height), interpolation=method)
    X = np.empty((3, height, width), dtype=np.float32)
    for c, pixels in enumerate(cv2.split(image)):
        scale = 1 / (255 * IMAGENET_STD[c])
        np.multiply(pixels, scale, out=X[c], dtype=np.float32)
        X[c] -= IMAGENET_MEAN[c] / IMAGENET_STD[c]
    return X


def pad_labels(labels):
    """Stack B arrays (M_i, 6) to (B, M, 6) float32 with M >= 1."""
    labels = as_label_list(labels)
    longest = max(1, *map(len, labels))
    padded = np.full((len(labels), longest, 6), PADDING, dtype=np.float32)
    for rows, image_labels in zip(padded, labels):
        rows[: len(image_labels)] = image_labels
    return padded


def stack_batch(samples):
    """Stack (X, labels) samples to X (B, 3, H, W) and Y (B, M, 6), padded."""
    images, labels = zip(*as_samples(samples))
    return np.stack(images), pad_labels(labels)


class InputDataset:
    """Make network inputs of images: item i, or (epoch, i), is X and labels.

    Args:
        dataset: item i is (image, labels), like VOCDetection's.
        height, width: of the inputs X (3, height, width), in pixels.
        augment, seed: function of (image, labels, rng) or None; its seed.
    """

    def __init__(self, dataset, height, width, augment=None, seed=0):
        self.dataset, self.augment, self.seed = dataset, augment, seed
        self.height = as_count(height, "height")
        self.width = as_count(width, "width")

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, key):
        epoch, index = key if isinstance(key, tuple) else (0, key)
        image, labels = self.dataset[index]
        if self.augment:
            rng = np.random.default_rng([self.seed, epoch, index])
            image, labels = self.augment(image, labels, rng)
        return to_input(image, self.height, self.width), labels


# The loaders need MXNet, and the drawn data set is a package: both load when they
# are asked for
_ELSEWHERE = {
    "load_data_voc_detection": "d2l_ssd.mxnet.loaders",
    "load_data_toy": "d2l_ssd.mxnet.loaders",
    "make_toy_voc": "d2l_ssd.toy",
}


def __getattr__(name):
    """Offer the loaders and the drawn data set here too."""
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ELSEWHERE[name]), name)
