# Generated from book/beyond_ssd.ipynb (`make save`); do not edit.
"""Scenes, and one detector trained on them."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.shapes import draw_shapes
from d2l_ssd.torch.averaging import WeightAverage

INPUT_SCALE = 3 / 255
# Scenes that no training sees: trainings have seeds from 1 on
UNSEEN_SEED = 0
FIRST = {"validation": 5000, "test": 1000}  # number of the first scene


class Budget(NamedTuple):
    """How much every training sees, and what judges it."""

    num_scenes: int = 12_000
    batch_size: int = 16
    num_unseen: int = 400  # validation scenes, and as many test scenes


@lru_cache(maxsize=3)
def scenes(seed, first, count):
    """Draw scenes once for all detectors of a seed."""
    return draw_shapes(seed, first, count)


def to_input(images):
    """Turn images (B, H, W, 3) uint8 into (B, 3, H, W), each color's mean off."""
    X = torch.from_numpy(images).permute(0, 3, 1, 2).float()
    return (X - X.mean(dim=(2, 3), keepdim=True)) * INPUT_SCALE


def batches(seed, budget):
    """Yield inputs and labels (B, M, 6) of scenes that are all new."""
    images, labels = scenes(seed, 0, budget.num_scenes)
    size = budget.batch_size
    for start in range(0, len(images) - size + 1, size):
        batch = slice(start, start + size)
        yield to_input(images[batch]), torch.from_numpy(labels[batch])


WARM_UP = 50  # steps
MAX_NORM = 5.0  # of the gradient
AVERAGE = 0.99  # decay of the running mean of the weights


def train(idea, options, seed, budget):
    """Train an idea's detector.

    Args:
        idea: its class.
        options: "rate", the highest learning rate, and numbers of the class.
        seed: of first weights and scenes.
        budget: how many scenes.

    Returns:
        The detector with the running mean of its weights, and both losses of
        every step (S, 2).
    """
    torch.manual_seed(seed)
    highest, numbers = options["rate"], {**options}
    del numbers["rate"]
    net = idea(**numbers)
    average = WeightAverage(net, AVERAGE)
    optimizer = torch.optim.Adam(net.parameters())
    num_steps = budget.num_scenes // budget.batch_size
    history = []
    for step, (X, labels) in enumerate(batches(seed, budget)):
        rate = learning_rate_at(step, num_steps, highest, WARM_UP)
        optimizer.param_groups[0]["lr"] = rate
        losses = net.loss(net(X), labels)
        optimizer.zero_grad()
        sum(losses).backward()
        nn.utils.clip_grad_norm_(net.parameters(), MAX_NORM)
        optimizer.step()
        average.update(net)
        history.append([loss.item() for loss in losses])
    return average.net, np.array(history)
