"""Other SSDs, written anew in PyTorch from their descriptions.

- TinySSD of Dive into Deep Learning, section 14.7: five maps of a small network.
- gluoncv's ssd_512_resnet18_v1, its nearest to ours: two maps of ResNet-18, of
  strides 16 and 32, and four more of convolutions behind it. Its anchors are
  fractions of the image here, so that they fit images of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.ablation.network import NUM_CLASSES
from benchmarks.ablation.recipe import Setting
from benchmarks.ablation.replacements import Expansion
from d2l_ssd.anchors import RATIOS, best_possible_iou, ssd_anchors
from d2l_ssd.torch import anchor_rows, convolution

FITTED = 1000  # boxes that the scale is chosen on
SCALES = 2 ** np.arange(-1, 2.25, 0.25)  # of the sizes of all anchors
VALUES = NUM_CLASSES + 1, 4  # per anchor: logits and offsets


class Baseline(nn.Module):
    """Predict logits (B, A, K+1) and offsets (B, A, 4) from a chain of maps.

    Args:
        stages: each makes a map of the one before.
        channels: of the maps.
        anchors: the number per cell of each map.
    """

    def __init__(
        self,
        stages: Sequence[nn.Module],
        channels: Sequence[int],
        anchors: Sequence[int],
    ) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.heads = nn.ModuleList(
            nn.ModuleList(
                nn.Conv2d(c, a * values, 3, padding=1) for values in VALUES
            )
            for c, a in zip(channels, anchors)
        )

    def forward(self, X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        predictions = []
        for stage, heads in zip(self.stages, self.heads):
            X = stage(X)
            predictions.append(
                [anchor_rows(head(X), v) for head, v in zip(heads, VALUES)]
            )
        logits, offsets = zip(*predictions)
        return torch.cat(logits, dim=1), torch.cat(offsets, dim=1)


def fitted(anchors: Callable, image_size: int, boxes: np.ndarray) -> np.ndarray:
    """Make a network's anchors (A, 4), scaled to suit the training boxes (M, 4).

    Sizes that were chosen for larger images leave the coarse maps of a small one
    without objects, and the objects without anchors.
    """
    boxes = boxes[:FITTED]
    scaled = [anchors(image_size, scale=scale) for scale in SCALES]
    fits = [best_possible_iou(found, boxes).mean() for found in scaled]
    return scaled[int(np.argmax(fits))]


def _norm_relu(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.BatchNorm2d(channels), nn.ReLU()


def _halving(in_channels: int, channels: int) -> nn.Sequential:
    """Two convolutions, then the maximum of every 2 x 2 cells."""
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, 3, padding=1),
        *_norm_relu(channels),
        nn.Conv2d(channels, channels, 3, padding=1),
        *_norm_relu(channels),
        nn.MaxPool2d(2),
    )


def tiny_ssd() -> Baseline:
    """Build Dive into Deep Learning's TinySSD."""
    base = nn.Sequential(_halving(3, 16), _halving(16, 32), _halving(32, 64))
    stages = (
        base,
        _halving(64, 128),
        _halving(128, 128),
        _halving(128, 128),
        nn.AdaptiveMaxPool2d(1),
    )
    return Baseline(stages, (64, 128, 128, 128, 128), (4,) * 5)


TINY_SIZES = (
    (0.2, 0.272),
    (0.37, 0.447),
    (0.54, 0.619),
    (0.71, 0.79),
    (0.88, 0.961),
)
TINY_STRIDES = 8, 16, 32, 64


def tiny_anchors(
    image_size: int, boxes: np.ndarray | None = None, scale: float = 1.0
) -> np.ndarray:
    """Make TinySSD's anchors (A, 4), whatever the boxes are."""
    sides = [image_size // stride for stride in TINY_STRIDES] + [1]
    ratios = (RATIOS[0],) * len(sides)
    sizes = np.multiply(TINY_SIZES, scale)
    return ssd_anchors([(s, s) for s in sides], sizes.tolist(), ratios)


def tiny_loss(
    setting: Setting,
    class_logits: torch.Tensor,
    offsets: torch.Tensor,
    class_targets: torch.Tensor,
    offset_targets: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Average cross-entropy and L1 over all anchors: two scalars."""
    class_loss = F.cross_entropy(
        class_logits.flatten(0, 1), class_targets.flatten()
    )
    positive = (class_targets > 0).unsqueeze(-1)
    return class_loss, F.l1_loss(offsets * positive, offset_targets * positive)


class PostActivation(nn.Module):
    """He et al., "Deep residual learning" (2015), figure 2: the first ResNet."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            convolution(in_channels, channels, 3, stride),
            *_norm_relu(channels),
            convolution(channels, channels, 3, 1),
            nn.BatchNorm2d(channels),
        )
        self.shortcut = nn.Sequential()
        if channels != in_channels:
            self.shortcut = nn.Sequential(
                convolution(in_channels, channels, 1, stride),
                nn.BatchNorm2d(channels),
            )

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return F.relu(self.body(X) + self.shortcut(X))


def _two_blocks(in_channels: int, channels: int) -> nn.Sequential:
    stride = 1 if channels == in_channels else 2
    return nn.Sequential(
        PostActivation(in_channels, channels, stride),
        PostActivation(channels, channels, 1),
    )


def gluon_ssd() -> Baseline:
    """Build gluoncv's ssd_512_resnet18_v1."""
    base = nn.Sequential(
        convolution(3, 64, 7, 2),
        *_norm_relu(64),
        nn.MaxPool2d(3, 2, 1),
        _two_blocks(64, 64),
        _two_blocks(64, 128),
        _two_blocks(128, 256),
    )
    stages = (
        base,
        _two_blocks(256, 512),
        Expansion(512, 512),
        Expansion(512, 512),
        Expansion(512, 256),
        Expansion(256, 256),
    )
    return Baseline(stages, (256, 512, 512, 512, 256, 256), (4, 6, 6, 6, 4, 4))


# In pixels of a 512 x 512 image
GLUON_SIZES = np.array([51.2, 102.4, 189.4, 276.4, 363.52, 450.6, 492])
GLUON_FIRST_STRIDE = 16
FEW, MANY = (1, 2, 0.5), (1, 2, 0.5, 3, 1 / 3)


def gluon_anchors(
    image_size: int, boxes: np.ndarray | None = None, scale: float = 1.0
) -> np.ndarray:
    """Make gluoncv's anchors (A, 4), whatever the boxes are."""
    sizes = GLUON_SIZES / 512 * scale
    sizes = zip(sizes, np.sqrt(sizes[:-1] * sizes[1:]))
    ratios = FEW, MANY, MANY, MANY, FEW, FEW
    strides = [GLUON_FIRST_STRIDE << i for i in range(len(ratios))]
    sides = [ceil(image_size / stride) for stride in strides]
    return ssd_anchors([(side, side) for side in sides], list(sizes), ratios)
