"""The terms of SSD's loss, anchor by anchor, in NumPy."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from d2l_ssd.exercises.losses import smooth_l1
from d2l_ssd.targets import ssd_targets

MIN_NEGATIVES = 8  # of an image, as in `hard_negative_mask`


class LossTerms(NamedTuple):
    """The terms of SSD's loss on one image, summed over anchors."""

    num_positives: int
    num_negatives: int  # that count
    positive: float  # classification loss of the positive anchors
    negative: float  # of the background anchors that count
    localization: float
    loss: float  # of the image: the sum of all three, divided


class AnchorLosses(NamedTuple):
    """What each anchor of an image would pay if it counted."""

    classes: np.ndarray  # (A,) the targets, 0 is background
    classification: np.ndarray  # (A,) -ln p of the target
    localization: np.ndarray  # (A,) 0 except for positive anchors


def anchor_losses(
    class_probs: np.ndarray,
    offsets: np.ndarray,
    truths: np.ndarray,
    anchors: np.ndarray,
) -> AnchorLosses:
    """Compute what each anchor of one image would pay if it counted.

    Args:
        class_probs: (A, K+1) probabilities, class 0 is background.
        offsets: (A, 4) as predicted.
        truths: (M, 5) labels [class, xmin, ymin, xmax, ymax].
        anchors: (A, 4) corners.
    """
    classes, targets = (part[0] for part in ssd_targets(truths[None], anchors))
    own = np.take_along_axis(class_probs, classes[:, None], axis=1)[:, 0]
    distances = smooth_l1(offsets - targets).sum(axis=1)
    with np.errstate(divide="ignore"):  # infinite where a probability is 0
        classification = -np.log(own)
    return AnchorLosses(classes, classification, distances * (classes > 0))


def choose_negatives(
    losses: np.ndarray,
    classes: np.ndarray,
    ratio: float,
    hardest: bool = True,
    minimum: int = MIN_NEGATIVES,
) -> np.ndarray:
    """Choose the background anchors of one image that count.

    Args:
        losses: (A,) -ln p of the target.
        classes: (A,), 0 background, 1..K classes.
        ratio: negatives per positive anchor; infinity for all.
        hardest: the largest losses; False for others, as if at random.
        minimum: negatives of an image with few positives or none.

    Returns:
        (A,) bool. Of equal losses the first count, as in `hard_negative_mask`.
    """
    negative = classes == 0
    if math.isinf(ratio):
        return negative
    keys = losses if hardest else scatter(len(losses))
    order = np.argsort(np.where(negative, -keys, np.inf), kind="stable")
    count = max(ratio * int((classes > 0).sum()), minimum)
    chosen = np.zeros(len(losses), bool)
    chosen[order[:count]] = True
    return chosen & negative


def scatter(count: int) -> np.ndarray:
    """Give anchors numbers that look random, the same here and in the browser.

    The last steps of MurmurHash3, by Austin Appleby, in the public domain.
    """
    key = np.arange(1, count + 1, dtype=np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        key = (key ^ (key >> np.uint32(shift))) * np.uint32(factor)
    return (key ^ (key >> np.uint32(16))).astype(np.float64)


def sum_losses(
    losses: AnchorLosses, counted: np.ndarray, divisor: int | None = None
) -> LossTerms:
    """Sum what the anchors of an image pay; Liu et al. (2016), equation 1.

    Args:
        losses: what each would pay.
        counted: (A,) bool, the positive anchors and those that mining chose.
        divisor: of the loss; if None, the number of positive anchors.
    """
    positive = losses.classes > 0
    negative = counted & (losses.classes == 0)
    sums = (
        float(losses.classification[positive].sum()),
        float(losses.classification[negative].sum()),
        float(losses.localization[positive].sum(dtype=np.float64)),
    )
    num_positives = int(positive.sum())
    loss = sum(sums) / (divisor or max(num_positives, 1))
    return LossTerms(num_positives, int(negative.sum()), *sums, loss)
