"""A running mean of a network's weights, which finds more than the last ones."""

from __future__ import annotations

import copy

import torch
from torch import nn


class WeightAverage:
    """The exponential running mean of a network's weights and statistics.

    Tarvainen and Valpola, "Mean teachers are better role models" (2017). The
    decay rises from 0.1, so that the first steps are soon forgotten.

    Args:
        net: the network; its weights are where the mean begins.
        decay: that the rising decay ends at, in [0, 1).
        num_steps: that were taken before, where a run goes on.
    """

    def __init__(
        self, net: nn.Module, decay: float = 0.998, num_steps: int = 0
    ) -> None:
        self.net = copy.deepcopy(net).eval().requires_grad_(False)
        self.decay, self.num_steps = decay, num_steps

    @torch.no_grad()
    def update(self, net: nn.Module) -> None:
        """Take a step's weights into the mean."""
        decay = min(self.decay, (1 + self.num_steps) / (10 + self.num_steps))
        self.num_steps += 1
        for mean, value in zip(
            self.net.state_dict().values(), net.state_dict().values()
        ):
            if mean.is_floating_point():
                mean.lerp_(value, 1 - decay)
            else:
                mean.copy_(value)  # batch normalization counts its steps
