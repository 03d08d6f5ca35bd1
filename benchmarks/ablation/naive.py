"""The parts of the naive SSD that the ablation begins with."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from benchmarks.ablation.network import thin_network
from d2l_ssd.anchors import ANCHORS_PER_CELL, ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.torch import SSD, hard_negative_mask

# The last 0.1 is a slip for 1.0, as in the draft that the book grew from
NAIVE_SIZES = (0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 0.1)
NEGATIVES_PER_POSITIVE = 5


def naive_network() -> SSD:
    """Build the naive SSD: maps as they are, no ReLU after the last norm."""
    net = thin_network()
    net.backbone.norms = nn.ModuleList([nn.Identity(), nn.Identity()])
    net.backbone.stages[2][-1] = nn.Identity()
    return net


def naive_anchors(image_size: int, boxes: np.ndarray) -> np.ndarray:
    """Make anchors (A, 4) of the naive sizes, whatever the boxes are."""
    return ssd_anchors(feature_map_shapes(image_size, image_size), NAIVE_SIZES)


def map_first(predictions: torch.Tensor, image_size: int) -> torch.Tensor:
    """Reorder (B, A, C) as if the maps' rows had been joined on axis 0."""
    anchors = [
        ANCHORS_PER_CELL * height * width
        for height, width in feature_map_shapes(image_size, image_size)
    ]
    rows = [part.flatten(0, 1) for part in predictions.split(anchors, dim=1)]
    return torch.cat(rows).view_as(predictions)


def one_class(class_targets: torch.Tensor) -> torch.Tensor:
    """Call all objects by the same class."""
    return class_targets.clamp(max=1)


def random_negatives(
    class_logits: torch.Tensor, class_targets: torch.Tensor
) -> torch.Tensor:
    """Choose 5 background anchors per positive at random, (B, A) bool."""
    # Those that random numbers find hardest
    return hard_negative_mask(
        torch.randn_like(class_logits),
        class_targets,
        ratio=NEGATIVES_PER_POSITIVE,
        minimum=0,
    )
