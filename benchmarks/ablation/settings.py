"""What is trained: the settings of the ablation, each one step from the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import inf

import numpy as np
import torch

from benchmarks.ablation.naive import (
    NUM_CLASSES,
    map_first,
    mean_loss,
    naive_anchors,
    naive_network,
    one_class,
    random_negatives,
)
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import random_flip
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.torch import (
    SSD,
    DetectionLoss,
    TrainOptions,
    detection_optimizer,
    hard_negative_mask,
)


def book_network() -> SSD:
    """Build the book's network."""
    return SSD(NUM_CLASSES)


def book_anchors(image_size: int) -> np.ndarray:
    """Make the book's anchors (A, 4)."""
    return ssd_anchors(feature_map_shapes(image_size, image_size))


def image_first(predictions: torch.Tensor, image_size: int) -> torch.Tensor:
    """Leave predictions (B, A, C) in the targets' order."""
    return predictions


def all_classes(class_targets: torch.Tensor) -> torch.Tensor:
    """Leave class targets as they are."""
    return class_targets


@dataclass(frozen=True)
class Steps:
    """How a gradient becomes a step."""

    optimizer: Callable  # of a network
    rate: Callable  # of step and num_steps: the rate, the maximum being 1
    max_norm: float = inf  # of a gradient


def constant_rate(step: int, num_steps: int) -> float:
    """Return the maximum learning rate for every step."""
    return 1.0


def book_rate(step: int, num_steps: int) -> float:
    """Return the book's learning rate, the maximum being 1."""
    return learning_rate_at(step, num_steps, 1.0)


def sgd(learning_rate: float, **options: float) -> Callable:
    """Return what makes stochastic gradient descent for a network."""
    return lambda net: torch.optim.SGD(
        net.parameters(), learning_rate, **options
    )


NAIVE_STEPS = Steps(sgd(0.05), constant_rate)
ADAM_STEPS = Steps(detection_optimizer, constant_rate)
BOOK_STEPS = Steps(detection_optimizer, book_rate, TrainOptions().max_norm)


@dataclass(frozen=True)
class Setting:
    """What one training consists of."""

    name: str
    change: str
    network: Callable = naive_network  # ()
    order: Callable = map_first  # of predictions and image_size
    classes: Callable = one_class  # of class targets
    anchors: Callable = naive_anchors  # of image_size
    ious: tuple[float, float] = (0.7, 0.3)  # positive from, background below
    loss: Callable = partial(mean_loss, random_negatives)
    steps: Steps = NAIVE_STEPS
    augment: Callable | None = random_flip  # as in InputDataset


def _settings(*changes: dict) -> dict[str, Setting]:
    """Begin with the naive SSD: each setting has all that the one before has."""
    settings = [Setting("naive", "a naive SSD")]
    for change in changes:
        settings.append(replace(settings[-1], **change))
    return {setting.name: setting for setting in settings}


SETTINGS = _settings(
    {
        "name": "order",
        "change": "predictions image first, like the targets",
        "order": image_first,
    },
    {
        "name": "classes",
        "change": "a class for cats and one for dogs",
        "classes": all_classes,
    },
    {
        "name": "network",
        "change": "a norm and ReLU on every map before its heads (2 parts)",
        "network": book_network,
    },
    {
        "name": "anchors",
        "change": "anchor sizes from 0.08, by best possible IoU",
        "anchors": book_anchors,
    },
    {
        "name": "matching",
        "change": "positive from IoU 0.5, not 0.7; none ignored (2 parts)",
        "ious": (0.5, 0.5),
    },
    {
        "name": "Adam",
        "change": "Adam, its learning rate, weight decay, not SGD (3 parts)",
        "steps": ADAM_STEPS,
    },
    {
        "name": "negatives",
        "change": "3 hardest negatives, a minimum, not 5 at random (3 parts)",
        "loss": partial(mean_loss, hard_negative_mask),
    },
    {
        "name": "loss",
        "change": "smooth L1; both sums divided by the positives (2 parts)",
        "loss": DetectionLoss(),
    },
    {
        "name": "schedule",
        "change": "warm-up, cosine, clipping (3 parts)",
        "steps": BOOK_STEPS,
    },
    {
        "name": "augmentation",
        "change": "light, zoom-out and crop besides the flip (3 parts)",
        "augment": augment_detection,
    },
)
