"""What one training consists of; by default, the package's own recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.ablation.network import thin_network
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.data import random_flip
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inspection.anchor_fit import suggest_sizes
from d2l_ssd.options import TrainOptions
from d2l_ssd.schedule import learning_rate_at
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch import detection_optimizer, hard_negative_mask
from d2l_ssd.zooming import STEPS

OPTIONS = TrainOptions()
LIGHT, WINDOW = STEPS[OPTIONS.augmentation]
WARMUP_STEPS = 200


def chosen_anchors(image_size: int, boxes: np.ndarray) -> np.ndarray:
    """Make anchors (A, 4) of sizes that fit the training boxes (M, 4)."""
    sizes = suggest_sizes(boxes, image_size, image_size)
    return ssd_anchors(feature_map_shapes(image_size, image_size), sizes)


def image_first(predictions: torch.Tensor, image_size: int) -> torch.Tensor:
    """Leave predictions (B, A, C) in the targets' order."""
    return predictions


def all_classes(class_targets: torch.Tensor) -> torch.Tensor:
    """Leave class targets as they are."""
    return class_targets


def adamw(net: nn.Module) -> torch.optim.Optimizer:
    """Make the package's optimizer."""
    return detection_optimizer(net, OPTIONS.learning_rate, OPTIONS.weight_decay)


def sgd(net: nn.Module, **options: float) -> torch.optim.Optimizer:
    """Make stochastic gradient descent with options, such as lr."""
    return torch.optim.SGD(net.parameters(), **options)


def ssd_losses(
    setting: Setting,
    class_logits: torch.Tensor,
    offsets: torch.Tensor,
    class_targets: torch.Tensor,
    offset_targets: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute a setting's two losses.

    Args:
        setting: chooses negatives, distance, divisor and weight.
        class_logits, offsets, class_targets, offset_targets: as for
            DetectionLoss, which the full recipe's losses are.
    """
    positive = class_targets > 0
    chosen = positive | setting.negatives(class_logits, class_targets)
    cross_entropy = F.cross_entropy(
        class_logits.transpose(1, 2),
        class_targets.clamp(min=0),
        reduction="none",
    )
    distance = setting.distance(offsets, offset_targets, reduction="none")
    num_positives = positive.sum().clamp(min=1)
    num_chosen, num_numbers = num_positives, num_positives
    if not setting.by_positives:
        num_chosen, num_numbers = chosen.sum().clamp(min=1), 4 * num_positives
    class_loss = (cross_entropy * chosen).sum() / num_chosen
    localization_loss = (distance.sum(-1) * positive).sum() / num_numbers
    return class_loss, setting.localization_weight * localization_loss


@dataclass(frozen=True)
class Setting:
    """What one training consists of."""

    network: Callable = thin_network  # ()
    order: Callable = image_first  # of predictions and image_size
    classes: Callable = all_classes  # of class targets
    anchors: Callable = chosen_anchors  # of image_size and training boxes
    targets: Callable = ssd_targets  # of labels (1, M, 6) and anchors
    # Of the setting itself, whose negatives and weights count, and of predictions
    # and targets
    loss: Callable = ssd_losses
    negatives: Callable = hard_negative_mask  # of logits and class targets
    by_positives: bool = True  # both sums are divided by their number
    distance: Callable = F.smooth_l1_loss
    localization_weight: float = OPTIONS.localization_weight
    optimizer: Callable = adamw  # of the network
    warmup_steps: int = WARMUP_STEPS
    cosine: bool = True
    drops: tuple[float, ...] = ()  # of the rate to a tenth, as shares of steps
    max_norm: float = OPTIONS.max_norm  # of the gradient
    average: float = OPTIONS.average  # decay of the weights' mean; 0 for none
    light: Callable | None = LIGHT  # these three as in InputDataset
    window: Callable | None = WINDOW
    flip: Callable | None = random_flip
    more: int = 0  # pixels, added to the budget's image size
    times: int = 1  # as many passes as the budget has

    def augment(
        self, image: np.ndarray, labels: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Change a training image (H, W, 3) and its labels (M, 6)."""
        for step in filter(None, (self.light, self.window, self.flip)):
            image, labels = step(image, labels, rng)
        return image, labels

    def rate(self, step: int, num_steps: int) -> float:
        """Return a step's learning rate, the maximum being 1."""
        if self.cosine:
            return learning_rate_at(step, num_steps, 1.0, self.warmup_steps)
        warmup_steps = min(self.warmup_steps, num_steps // 10)
        start = min(1.0, (step + 1) / max(warmup_steps, 1))
        return start * 0.1 ** sum(step >= d * num_steps for d in self.drops)


FULL = Setting()
