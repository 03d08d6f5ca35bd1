# Generated from book/pytorch.ipynb (`make save`); do not edit.
"""SSD's loss and the step that makes it smaller, in PyTorch."""

import torch
from torch import nn
from torch.nn import functional as F

from d2l_ssd.network_checks import check_not_negative
from d2l_ssd.processes import ALONE
from d2l_ssd.torch.checks import (
    check_class_targets,
    check_offsets,
    skip_unless_finite,
)
from d2l_ssd.torch.distributed import mean_count


def hard_negative_mask(class_logits, class_targets, ratio=3, minimum=8):
    """Choose the hardest background anchors of each image, (B, A) bool."""
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

    Of several processes each has its share of the batch, and of the losses: the
    mean of the processes' losses is the loss of the whole batch.
    """

    def __init__(
        self, localization_weight=1.0, class_weights=None, processes=ALONE
    ):
        super().__init__()
        check_not_negative(localization_weight=localization_weight)
        self.localization_weight = localization_weight
        self.class_weights = class_weights  # (K+1,), background first
        self.processes = processes

    def forward(self, class_logits, offsets, class_targets, offset_targets):
        with torch.no_grad():
            hard = hard_negative_mask(class_logits, class_targets)
        check_offsets(offsets, offset_targets, class_targets)
        positive = class_targets > 0
        num_positives = mean_count(positive.sum(), self.processes)
        logits, classes = class_logits.transpose(1, 2), class_targets.clamp(0)
        cross_entropy = F.cross_entropy(
            logits, classes, self.class_weights, reduction="none"
        )
        distance = F.smooth_l1_loss(offsets, offset_targets, reduction="none")
        class_loss = (cross_entropy * (positive | hard)).sum() / num_positives
        localization_loss = (distance.sum(-1) * positive).sum() / num_positives
        return class_loss, self.localization_weight * localization_loss


def train_step(net, optimizer, loss, batch, max_norm, precision):
    """Update the network once, with gradients no longer than max_norm.

    Returns:
        Classification loss, localization loss and norm of the gradient, (3,).
    """
    device = next(net.parameters()).device
    X, *targets = (part.to(device, non_blocking=True) for part in batch)
    net.train()
    with torch.autocast(device.type, torch.bfloat16, precision == "bfloat16"):
        predictions = net(X.to(memory_format=torch.channels_last))
    losses = loss(*(part.float() for part in predictions), *targets)
    optimizer.zero_grad()
    sum(losses).backward()
    norm = nn.utils.clip_grad_norm_(net.parameters(), max_norm)
    results = torch.stack([*losses, norm]).detach()
    skip_unless_finite(optimizer, results)  # if it is fused
    optimizer.step()
    return results
