# Generated from book/debugging.ipynb (`make save`); do not edit.
"""Is a training healthy? What can be known before it, and seen after it."""

from typing import NamedTuple

import numpy

from d2l_ssd.anchors import best_possible_iou
from d2l_ssd.boxes import box_iou
from d2l_ssd.checks import as_trainable_labels
from d2l_ssd.file_checks import warn
from d2l_ssd.targets import match_anchors


def know_nothing_loss(num_classes, ratio=3):
    """Compute the confidence loss of a network that knows frequencies only.

    Args:
        num_classes: K, equally frequent.
        ratio: negatives per positive in the loss.
    """
    background = ratio / (1 + ratio)
    of_class = (1 - background) / num_classes
    return float(-ratio * numpy.log(background) - numpy.log(of_class))


def find_bad_labels(labels, num_classes):
    """Find the images whose labels no network can learn.

    Args:
        labels: B arrays (M, 5 or 6), boxes in fractions of the image.
        num_classes: K; labels count classes from 0, -1 is padding.

    Returns:
        A dict from an image's number to a sentence that says what is wrong.
    """
    bad = {}
    for image, rows in enumerate(labels):
        try:
            as_trainable_labels(rows, num_classes)
        except ValueError as error:
            bad[image] = str(error)
    return bad


class Health(NamedTuple):
    """What labels and anchors are like before a training."""

    objects: numpy.ndarray  # (K,) int64, of each class
    positives: float  # anchors per object
    reached: float  # share of objects with an anchor of IoU 0.5 or more
    typical: float  # median of the objects' best IoU


def measure_health(labels, anchors, num_classes):
    """Measure labels, B arrays (M, 5 or 6), against anchors (A, 4)."""
    rows = [numpy.asarray(one)[:, :5] for one in labels]
    rows = [one[one[:, 0] >= 0] for one in rows]  # without padding
    classes = numpy.concatenate(rows)[:, 0].astype(int)
    objects = numpy.bincount(classes, minlength=num_classes)
    positives = [(match_anchors(anchors, r[:, 1:]) >= 0).sum() for r in rows]
    best = [best_possible_iou(anchors, r[:, 1:]) for r in rows]
    best = numpy.concatenate(best)
    ratio = sum(positives) / len(best)
    return Health(objects, ratio, (best >= 0.5).mean(), numpy.median(best))


SAMPLE, MOST, LEAST_IOU = 200, 5, 0.1


def check_health(labels, anchors, num_classes, names=None):
    """Raise for labels that no training can use, and measure the others.

    Args:
        labels, num_classes: see `find_bad_labels`.
        anchors: (A, 4) corners.
        names: of the images, for messages.

    Returns:
        The Health of up to 200 of the images.

    Raises:
        ValueError: labels are bad; names up to five images.
    """
    bad = find_bad_labels(labels, num_classes)
    if bad:
        raise ValueError(_describe(bad, names))
    rows = (
        numpy.reshape(one, (-1, numpy.shape(one)[-1] or 6)) for one in labels
    )
    sample = [one for one in rows if (one[:, 0] >= 0).any()]
    if not sample:
        return Health(numpy.zeros(num_classes, int), 0, 0, 0)
    sample = sample[:: 1 + len(sample) // SAMPLE]
    health = measure_health(sample, anchors, num_classes)
    if health.typical < LEAST_IOU:
        warn(_advise(health))
    return health


def _describe(bad, names):
    lines = [
        f"{names[i] if names else f'image {i}'}: {text}"
        for i, text in list(bad.items())[:MOST]
    ]
    if len(bad) == 1:
        return lines[0]
    head = f"{len(bad)} images have labels that no network can learn:"
    return "\n  ".join([head, *lines])


def _advise(health):
    return (
        "for half of the objects the best anchor has an IoU of at most "
        f"{health.typical:.2g}, which is too little to learn from: check that boxes are divided by the image's size once, and "
        "that the anchors' sizes suit the objects"
    )


def company_matters(predict, X):
    """Compute the share of an image's predictions that its batch changes.

    Args:
        predict: function of inputs (B, 3, H, W) to predictions (B, A, C), both
            NumPy arrays.
        X: inputs of two or more images.
    """
    alone, together = predict(X[:1])[0], predict(X)[0]
    return float((numpy.abs(alone - together) > 1e-3).mean())


def answer_distance(predict, X, anchors, corner=0.2, count=20):
    """Change the upper left corner of an image; see how far away the answer is.

    Returns:
        Median distance, in image sides, from the corner to the `count` anchors
        whose predictions change most. Arguments: as for `company_matters`.
    """
    changed = X[:1].copy()
    height, width = (round(corner * side) for side in X.shape[2:])
    changed[:, :, :height, :width] *= -1
    change = numpy.abs(predict(changed) - predict(X[:1]))[0].sum(axis=-1)
    nearest = anchors[numpy.argsort(-change)[:count]]
    centers = (nearest[:, :2] + nearest[:, 2:]) / 2
    return float(numpy.median(numpy.linalg.norm(centers - corner / 2, axis=1)))


def round_trip(labels, class_targets, boxes):
    """Compare objects with what decoding makes of their own targets.

    Args:
        labels: (B, M, 6).
        class_targets: (B, A).
        boxes: (B, A, 4), the offset targets decoded.

    Returns:
        For each object, its IoU with the best box of a positive anchor.
    """
    best = []
    for rows, positive, decoded in zip(labels, class_targets > 0, boxes):
        truths = rows[rows[:, 0] >= 0, 1:5]
        best.append(box_iou(truths, decoded[positive]).max(axis=1, initial=0))
    return numpy.concatenate(best)


def error_arrows(detections, labels, score_threshold=0.4):
    """Measure how detections miss the objects that are nearest to them.

    Returns:
        (N, 4): shift to the right and down in image sides, and the logarithms of
        the ratios of widths and heights, detection by object.
    """
    arrows = [numpy.zeros((0, 4))]
    for found, rows in zip(detections, labels):
        boxes = found.boxes[found.scores >= score_threshold]
        truths = rows[rows[:, 0] >= 0, 1:5]
        if len(boxes) == 0 or len(truths) == 0:
            continue
        (c, s), (d, t) = to_middles(boxes), to_middles(truths)
        near = numpy.linalg.norm(c[:, None] - d, axis=-1).argmin(axis=1)
        arrows.append(numpy.hstack([c - d[near], numpy.log(s / t[near])]))
    return numpy.concatenate(arrows)


def to_middles(boxes):
    """Return centers (N, 2) and sides (N, 2) of corners (N, 4)."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def ignore_classes(detections, labels):
    """Return detections and labels in which all objects are of class 0."""
    found = [
        d._replace(classes=numpy.zeros_like(d.classes)) for d in detections
    ]
    rows = [numpy.array(row) for row in labels]
    for row in rows:
        row[:, 0] = numpy.minimum(row[:, 0], 0)  # padding stays -1
    return found, rows
