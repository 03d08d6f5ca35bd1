"""Batch normalization with the statistics of all processes' images."""

from __future__ import annotations

import torch
from torch import distributed, nn

from d2l_ssd.processes import Processes


class SyncBatchNorm(nn.BatchNorm2d):
    """Normalize with mean and variance over the processes, also on CPUs.

    PyTorch's own `nn.SyncBatchNorm` is for GPUs. Without a process group, or in
    evaluation mode, this is `nn.BatchNorm2d`.
    """

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        if not (self.training and distributed.is_initialized()):
            return super().forward(X)
        mean, variance, count = statistics(X.float())
        self._remember(mean.detach(), variance.detach(), count)
        scale = (variance + self.eps).rsqrt()
        shift = -mean * scale
        if self.affine:
            scale = scale * self.weight
            shift = shift * self.weight + self.bias
        Y = X * scale[:, None, None] + shift[:, None, None]
        return Y.to(X.dtype, memory_format=torch.channels_last)

    @torch.no_grad()
    def _remember(
        self, mean: torch.Tensor, variance: torch.Tensor, count: int
    ) -> None:
        """Take a step's statistics into the running ones."""
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        unbiased = variance * (count / (count - 1))
        self.running_var.lerp_(unbiased, self.momentum)


class _Sum(torch.autograd.Function):
    """The sum of a tensor over all processes; so is its gradient."""

    @staticmethod
    def forward(ctx, values: torch.Tensor) -> torch.Tensor:
        values = values.clone()
        distributed.all_reduce(values)
        return values

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> torch.Tensor:
        return _Sum.forward(ctx, gradient)


def statistics(X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, int]:
    """Return mean and variance per channel over all processes, differentiable.

    Args:
        X: (B, C, H, W), as many images in each process.

    Returns:
        Mean (C,), variance (C,) and the number of values behind each.
    """
    world_size, rank = distributed.get_world_size(), distributed.get_rank()
    variances, means = torch.var_mean(X, (0, 2, 3), correction=0)
    own = torch.stack([means, variances])
    # A gather that has a gradient: the others' places are zeros
    places = [torch.zeros_like(own)] * world_size
    places[rank] = own
    means, variances = _Sum.apply(torch.stack(places)).unbind(1)  # (P, C)
    mean = means.mean(dim=0)
    # The mean of squares would lose digits where the mean is large
    variance = (variances + (means - mean) ** 2).mean(dim=0)
    return mean, variance, world_size * X.numel() // X.shape[1]


def synchronize_batch_norm(net: nn.Module, processes: Processes) -> None:
    """Let a network's batch normalizations take all processes' statistics.

    Its weights, their names and its outputs in evaluation mode stay the same.

    Args:
        net: the network, on its device; its layers are replaced in place.
        processes: which one this is; nothing happens if it is alone.
    """
    if processes.world_size == 1:
        return
    if next(net.parameters()).is_cuda:
        nn.SyncBatchNorm.convert_sync_batchnorm(net)
        return
    for module in net.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SyncBatchNorm
