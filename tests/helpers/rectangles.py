"""A detector without weights: it finds rectangles of two plain colors."""

import cv2
import numpy as np

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.plotting import to_image
from d2l_ssd.predictors import Predictor
from d2l_ssd.targets import encode_offsets

CLASSES = "red", "blue"
COLORS = (255, 0, 0), (0, 0, 255)
FAR = 150  # from a color: the edge of a rectangle is blurred
SCORE = 0.9


def rectangle_predictor(image_size=(64, 64), fit="squeeze", seen=None):
    """Return a Predictor that finds the rectangles of `draw_rectangles`.

    Args:
        image_size: (height, width) of its input.
        fit: see `fit_sample`.
        seen: a list, to which the shape of each batch is added.
    """
    settings = ModelSettings(image_size, fit=fit)
    anchors = settings.anchors()

    def run(X):
        if seen is not None:
            seen.append(X.shape)
        outputs = [_see(to_image(inputs), anchors) for inputs in X]
        return tuple(map(np.stack, zip(*outputs)))

    return Predictor(CLASSES, settings, run, "rectangles")


def draw_rectangles(objects, size):
    """Return an image (H, W, 3) with (class, left, top, right, bottom) on gray."""
    width, height = size
    image = np.full((height, width, 3), 128, np.uint8)
    for label, left, top, right, bottom in objects:
        image[top:bottom, left:right] = COLORS[label]
    return image


def _see(image, anchors):
    """Return probabilities (A, 3) and offsets (A, 4) of an input's image."""
    probs = np.zeros((len(anchors), 1 + len(CLASSES)), np.float32)
    offsets = np.zeros_like(anchors)
    free = np.ones(len(anchors))
    for label, box in _rectangles(image):
        best = np.argmax(pairwise_iou(box[None], anchors)[0] * free + free)
        free[best] = 0
        probs[best, 1 + label] = SCORE
        offsets[best] = encode_offsets(anchors[best][None], box[None])[0]
    probs[:, 0] = 1 - probs.sum(axis=1)
    return probs, offsets


def _rectangles(image):
    sides = np.tile(image.shape[1::-1], 2)
    for label, color in enumerate(COLORS):
        distance = np.abs(image.astype(int) - color).sum(axis=2)
        _, _, stats, _ = cv2.connectedComponentsWithStats(
            (distance < FAR).astype(np.uint8)
        )
        for left, top, width, height, _ in stats[1:]:
            box = [left, top, left + width, top + height]
            yield label, (box / sides).astype(np.float32)
