"""What a training makes smaller: the loss, with the weights that options name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from d2l_ssd.label_checks import read_labels
from d2l_ssd.options import TrainOptions
from d2l_ssd.processes import ALONE, Processes
from d2l_ssd.torch.training import DetectionLoss


def balanced_weights(dataset: Sequence) -> list[float]:
    """Return the weights (K+1,) of the background and the classes in the loss.

    The background's is 1; a class's goes with one over the root of the number
    of its objects, and their mean over all objects is 1.
    """
    labels = read_labels(dataset).values()
    classes = np.concatenate([rows[:, 0] for rows in labels]).astype(int)
    counts = np.bincount(classes[classes >= 0], minlength=len(dataset.classes))
    weights = 1 / np.sqrt(np.maximum(counts, 1))
    return [1.0, *(weights * counts.sum() / (weights @ counts)).tolist()]


def make_loss(
    options: TrainOptions,
    train_set: Sequence,
    device: torch.device,
    processes: Processes = ALONE,
) -> DetectionLoss:
    """Return the loss that options name.

    Args:
        options: of the training.
        train_set: item i is (image, labels); has `classes`.
        device: that the network is on.
        processes: that share a batch.
    """
    weights = None
    if options.class_weights == "balanced":
        weights = torch.tensor(balanced_weights(train_set), device=device)
    return DetectionLoss(options.localization_weight, weights, processes)
