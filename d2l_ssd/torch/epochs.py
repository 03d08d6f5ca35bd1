"""One epoch after another: optimizer, learning rates, and losses read late."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import nn

from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.torch.averaging import WeightAverage
from d2l_ssd.torch.checks import explain
from d2l_ssd.torch.training import train_step

Item = TypeVar("Item")


def detection_optimizer(
    net: nn.Module, learning_rate: float = 1e-3, weight_decay: float = 0.05
) -> torch.optim.AdamW:
    """Make AdamW, which decays weights, but not biases and norms."""
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim == 1]
    groups = [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, learning_rate, fused=True)


def one_behind(items: Iterable[Item]) -> Iterator[Item]:
    """Yield every item when the next one is there."""
    items = iter(items)
    for last in items:
        for item in items:
            yield last
            last = item
        yield last


def epoch_rates(
    epoch: int, num_epochs: int, num_batches: int, learning_rate: float
) -> list[float]:
    """Compute the learning rate of every step of an epoch, counted from 0."""
    num_steps = num_epochs * num_batches
    steps = range(epoch * num_batches, (epoch + 1) * num_batches)
    return [learning_rate_at(step, num_steps, learning_rate) for step in steps]


def train_epoch(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable,
    loader: Iterable,
    rates: Sequence[float],
    max_norm: float = 10.0,
    precision: str = "bfloat16",
    average: WeightAverage | None = None,
) -> Iterator[list[float]]:
    """Make a step on every batch; yield the losses, each one step late.

    Reading a loss waits until a GPU has computed it. That of the step before is
    there already, and the GPU has the next step to do meanwhile.

    Args:
        net, optimizer, loss, max_norm, precision: as for `train_step`.
        loader: yields X (B, 3, H, W), class targets, offset targets and the
            images' names; see `training_loader`.
        rates: the learning rate of every step, see `epoch_rates`.
        average: of the weights, takes those of every step.

    Yields:
        Classification and localization loss of a step, a list of two floats.

    Raises:
        FloatingPointError: a loss or a gradient is not finite; names the
            images and the likely cause.
    """

    def steps() -> Iterator[tuple]:
        for (*batch, names), rate in zip(loader, rates):
            for group in optimizer.param_groups:
                group["lr"] = rate
            step = net, optimizer, loss, batch, max_norm, precision
            results = train_step(*step)
            if average is not None:
                average.update(net)
            yield results, batch, names

    for results, batch, names in one_behind(steps()):
        values = results.tolist()
        if not all(map(math.isfinite, values)):
            raise FloatingPointError(explain(values, net, batch, names))
        yield values[:2]
