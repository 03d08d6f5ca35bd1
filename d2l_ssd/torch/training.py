# Generated from book/pytorch.ipynb (`make save`); do not edit.
"""SSD's loss and the steps that make it smaller, in PyTorch."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from d2l_ssd.network_checks import check_not_negative
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.torch.checks import check_class_targets, check_offsets, explain


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the background anchors that the network finds hardest.

    Liu et al., "SSD" (2016), section 2.2, hard negative mining.

    Args:
        class_logits: (B, A, K+1) float32.
        class_targets: (B, A) int64, 0 background, 1..K classes, -1 ignored.
        ratio: negatives per positive anchor of an image.
        minimum: negatives of an image that has few or no positives.

    Returns:
        (B, A) bool: the negatives with the largest loss, image by image.

    Raises:
        ValueError: a class target, on the CPU, is none of the logits' classes,
            the shapes do not agree, or a number is negative.
    """
    check_class_targets(class_logits, class_targets)
    check_not_negative(ratio=ratio, minimum=minimum)
    background_loss = -F.log_softmax(class_logits, dim=-1)[:, :, 0]
    # Everything that is not background sorts to the end
    difficulty = background_loss.masked_fill(class_targets != 0, -1)
    order = difficulty.argsort(dim=1, descending=True, stable=True)
    rank = order.argsort(dim=1)
    positives = (class_targets > 0).sum(dim=1, keepdim=True)
    count = (ratio * positives).clamp(min=minimum)
    return (rank < count) & (class_targets == 0)


class DetectionLoss(nn.Module):
    """Compute SSD's two losses, each divided by the batch's positive anchors.

    Liu et al., "SSD" (2016), equations 1 to 3. The input is class logits
    (B, A, K+1), offsets (B, A, 4), class targets (B, A) int64 and offset
    targets (B, A, 4).

    Args:
        localization_weight: alpha of the paper.

    Returns:
        Two scalars: softmax cross-entropy over positives and hard negatives;
        localization_weight times smooth L1 over positives.

    Raises:
        ValueError: a class target, on the CPU, is none of the logits' classes,
            the shapes do not agree, or the weight is negative.
    """

    def __init__(self, localization_weight=1.0):
        super().__init__()
        check_not_negative(localization_weight=localization_weight)
        self.localization_weight = localization_weight

    def forward(self, class_logits, offsets, class_targets, offset_targets):
        with torch.no_grad():
            hard = hard_negative_mask(class_logits, class_targets)
        check_offsets(offsets, offset_targets, class_targets)
        positive = class_targets > 0
        chosen, num_positives = positive | hard, positive.sum().clamp(min=1)
        cross_entropy = F.cross_entropy(
            class_logits.transpose(1, 2),
            class_targets.clamp(min=0),
            reduction="none",
        )
        distance = F.smooth_l1_loss(offsets, offset_targets, reduction="none")
        class_loss = (cross_entropy * chosen).sum() / num_positives
        localization_loss = (distance.sum(-1) * positive).sum() / num_positives
        return class_loss, self.localization_weight * localization_loss


def detection_optimizer(net, learning_rate=1e-3, weight_decay=1e-4):
    """Make Adam, which decays weights, but not biases and norms."""
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim == 1]
    groups = [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.Adam(groups, learning_rate, fused=True)


def autocast(device, precision):
    """Compute in "bfloat16" or "float32" inside a `with` block."""
    return torch.autocast(device.type, torch.bfloat16, precision == "bfloat16")


def train_step(net, optimizer, loss, batch, max_norm, precision):
    """Update the network once, with gradients no longer than max_norm.

    Args:
        net: an SSD, on the device that trains it.
        optimizer: of its parameters.
        loss: a DetectionLoss.
        batch: X (B, 3, H, W), class targets (B, A), offset targets (B, A, 4).
        max_norm: longer gradients are shortened to it.
        precision: of the forward pass, "bfloat16" or "float32".

    Returns:
        Class loss, localization loss and the gradient's norm, a tensor (3,):
        nobody waits for it. If one of them is not finite, a fused optimizer
        leaves the weights as they were.
    """
    device = next(net.parameters()).device
    X, *targets = (part.to(device, non_blocking=True) for part in batch)
    net.train()
    with autocast(device, precision):
        predictions = net(X.to(memory_format=torch.channels_last))
    losses = loss(*(part.float() for part in predictions), *targets)
    optimizer.zero_grad()
    sum(losses).backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    results = torch.stack([*losses, norm]).detach()
    if optimizer.defaults.get("fused"):
        # It reads this on the device: 1 makes it skip the step
        optimizer.found_inf = (~results.isfinite().all()).float()
    optimizer.step()
    return results


def one_behind(items):
    """Yield every item when the next one is there."""
    items = iter(items)
    for last in items:
        for item in items:
            yield last
            last = item
        yield last


def epoch_rates(epoch, num_epochs, num_batches, learning_rate):
    """Compute the learning rate of every step of an epoch, counted from 0."""
    num_steps = num_epochs * num_batches
    steps = range(epoch * num_batches, (epoch + 1) * num_batches)
    return [learning_rate_at(step, num_steps, learning_rate) for step in steps]


def train_epoch(
    net, optimizer, loss, loader, rates, max_norm=10.0, precision="bfloat16"
):
    """Make a step on every batch; yield the losses, each one step late.

    Args:
        net, optimizer, loss, max_norm, precision: as for `train_step`.
        loader: yields X (B, 3, H, W), class targets, offset targets and the
            images' names; see `training_loader`.
        rates: the learning rate of every step, see `epoch_rates`.

    Yields:
        Class loss and localization loss of a step, a list of two floats.

    Raises:
        FloatingPointError: a loss or a gradient is not finite; names the
            images and the likely cause.
    """

    def steps():
        for (*batch, names), rate in zip(loader, rates):
            for group in optimizer.param_groups:
                group["lr"] = rate
            step = net, optimizer, loss, batch, max_norm, precision
            yield train_step(*step), batch, names

    for results, batch, names in one_behind(steps()):
        values = results.tolist()
        if not all(map(math.isfinite, values)):
            raise FloatingPointError(explain(values, net, batch, names))
        yield values[:2]
