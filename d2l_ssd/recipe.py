"""The recipe that both networks share: NumPy and OpenCV only."""

import math

import cv2
import numpy as np

from d2l_ssd.boxes import box_iou, clip_boxes

FILL = (124, 116, 104)  # the mean colour of ImageNet: 0 once normalised
CROP_MIN_IOUS = (0.1, 0.3, 0.5, 0.7, 0.9)


def random_flip(image, labels, rng):
    """Mirror the image left to right, with probability 1/2."""
    if rng.random() < 0.5:
        return image, labels
    flipped = labels.copy()
    flipped[:, [1, 3]] = 1 - labels[:, [3, 1]]
    return np.ascontiguousarray(image[:, ::-1]), flipped


def view_window(image, labels, window):
    """Show what a window frames; it may reach outside the image.

    Args:
        image: (H, W, 3) uint8.
        labels: (M, 6) float32.
        window: (4,) box in units of the image; may leave [0, 1].

    Returns:
        The framed pixels, the mean colour where there is no image, and the
        labels whose centers the window holds, their boxes clipped to it.
    """
    height, width = image.shape[:2]
    size = np.array([width, height, width, height])
    x0, y0, x1, y1 = np.round(window * size).astype(int)
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    view = np.full((y1 - y0, x1 - x0, 3), FILL, dtype=np.uint8)
    inside = image[max(y0, 0) : y1, max(x0, 0) : x1]
    top, left = max(-y0, 0), max(-x0, 0)
    view[top : top + inside.shape[0], left : left + inside.shape[1]] = inside

    boxes = labels[:, 1:5] * size - [x0, y0, x0, y0]
    boxes = boxes / [x1 - x0, y1 - y0, x1 - x0, y1 - y0]
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    kept = ((center > 0) & (center < 1)).all(axis=1)
    labels = labels[kept]
    labels[:, 1:5] = clip_boxes(boxes[kept])
    return view, labels


def random_zoom_out(image, labels, rng, probability=0.3, max_zoom=2.5):
    """Place the image on a larger canvas: objects become smaller."""
    if rng.random() >= probability:
        return image, labels
    zoom = rng.uniform(1, max_zoom)
    corner = -rng.uniform(0, zoom - 1, size=2)
    return view_window(image, labels, np.concatenate([corner, corner + zoom]))


def random_iou_crop(image, labels, rng, probability=0.5, trials=50):
    """Crop at random so that some object overlaps the crop well enough.

    The crop's IoU with some object is at least a number drawn from
    CROP_MIN_IOUS (Liu et al. 2016, section 2.2). Where no trial succeeds,
    the image stays whole.
    """
    if len(labels) == 0 or rng.random() >= probability:
        return image, labels
    scale = rng.uniform(0.3, 1, size=(trials, 1))
    ratio = np.exp(rng.uniform(np.log(0.5), np.log(2), size=(trials, 1)))
    size = np.minimum(scale * np.hstack([ratio**0.5, ratio**-0.5]), 1)
    corner = rng.uniform(size=(trials, 2)) * (1 - size)
    windows = np.hstack([corner, corner + size])
    center = (labels[:, 1:3] + labels[:, 3:5]) / 2
    holds = (windows[:, None, :2] < center) & (center < windows[:, None, 2:])
    overlap = box_iou(windows, labels[:, 1:5]) * holds.all(axis=2)
    good = np.flatnonzero(overlap.max(axis=1) >= rng.choice(CROP_MIN_IOUS))
    if len(good) == 0:
        return image, labels
    return view_window(image, labels, windows[good[0]])


def random_photometric(
    image, labels, rng, hue=12, saturation=0.4, contrast=0.3, brightness=32
):
    """Change hue, saturation, contrast and brightness a little."""
    level = np.arange(256)
    value = (level - 128) * rng.uniform(1 - contrast, 1 + contrast) + 128
    table = np.stack(
        [
            (level + rng.integers(-hue, hue + 1)) % 180,
            level * rng.uniform(1 - saturation, 1 + saturation),
            value + rng.uniform(-brightness, brightness),
        ],
        axis=1,
    )
    table = np.clip(table, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2HSV), table)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), labels


def augment_detection(image, labels, rng):
    """Apply photometric change, zoom-out, IoU-constrained crop and flip."""
    steps = random_photometric, random_zoom_out, random_iou_crop, random_flip
    for step in steps:
        image, labels = step(image, labels, rng)
    return image, labels


def learning_rate_at(step, num_steps, peak=1e-3, warmup_steps=200):
    """Compute the learning rate of a step: linear warm-up, then half a cosine.

    Arguments: step, from 0, of num_steps; peak, the highest rate;
    warmup_steps, at most a tenth of num_steps is used. Returns a float, 0
    after the last step. Loshchilov and Hutter, "SGDR" (2017), equation 5.
    """
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return peak * (1 + math.cos(math.pi * min(progress, 1))) / 2
