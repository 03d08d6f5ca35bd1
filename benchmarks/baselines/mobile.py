"""torchvision's ssdlite320_mobilenet_v3_large, written anew in PyTorch.

Sandler et al., "MobileNetV2" (2018), section 6.2: SSDLite, whose convolutions
are separable. Howard et al., "Searching for MobileNetV3" (2019), table 1: the
backbone, its last layers half as wide. Six maps, of strides 16, 32, 64 and on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil

import numpy as np
import torch
from torch import nn

from benchmarks.ablation.network import NUM_CLASSES
from benchmarks.ablation.replacements import InFloat32
from benchmarks.baselines.networks import MANY
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.torch import anchor_rows

NORM = {"eps": 0.001, "momentum": 0.03}
INIT_STD = 0.03  # of the weights of heads and of the extra maps
# Kernel size, channels inside and out, squeeze and excitation, activation, stride
BLOCKS = (
    (3, 16, 16, False, nn.ReLU, 1),
    (3, 64, 24, False, nn.ReLU, 2),
    (3, 72, 24, False, nn.ReLU, 1),
    (5, 72, 40, True, nn.ReLU, 2),
    (5, 120, 40, True, nn.ReLU, 1),
    (5, 120, 40, True, nn.ReLU, 1),
    (3, 240, 80, False, nn.Hardswish, 2),
    (3, 200, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 480, 112, True, nn.Hardswish, 1),
    (3, 672, 112, True, nn.Hardswish, 1),
    (5, 672, 80, True, nn.Hardswish, 2),
    (5, 480, 80, True, nn.Hardswish, 1),
    (5, 480, 80, True, nn.Hardswish, 1),
)
FIRST_MAP = 12  # the block whose expanded input is the first map
EXTRA_CHANNELS = 512, 256, 256, 128
MAP_CHANNELS = 672, 480, *EXTRA_CHANNELS
ANCHORS_PER_CELL = len(MANY) + 1


def layer(
    in_channels: int,
    channels: int,
    kernel_size: int = 1,
    stride: int = 1,
    groups: int = 1,
    activation: type[nn.Module] = nn.ReLU6,
) -> nn.Sequential:
    """Make a convolution with its norm and activation."""
    shape = in_channels, channels, kernel_size, stride, kernel_size // 2
    return nn.Sequential(
        nn.Conv2d(*shape, groups=groups, bias=False),
        nn.BatchNorm2d(channels, **NORM),
        activation(),
    )


def divisible_by_8(channels: int) -> int:
    """Round a number of channels to a multiple of 8, not far down."""
    rounded = max(8, (channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class Excitation(nn.Module):
    """Squeeze and excitation: scale channels by what all of the map says."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inside = divisible_by_8(channels // 4)
        self.scale = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, inside, 1),
            nn.ReLU(),
            nn.Conv2d(inside, channels, 1),
            nn.Hardsigmoid(),
        )

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return X * self.scale(X)


class InvertedResidual(nn.Module):
    """Expand a map, convolve each channel, project; MobileNetV3, figure 4."""

    def __init__(
        self,
        in_channels: int,
        kernel_size: int,
        inside: int,
        channels: int,
        excite: bool,
        activation: type[nn.Module],
        stride: int,
    ) -> None:
        super().__init__()
        expands = inside != in_channels
        self.expand = (
            layer(in_channels, inside, activation=activation)
            if expands
            else nn.Identity()
        )
        self.rest = nn.Sequential(
            layer(inside, inside, kernel_size, stride, inside, activation),
            Excitation(inside) if excite else nn.Identity(),
            layer(inside, channels, activation=nn.Identity),
        )
        self.adds = stride == 1 and in_channels == channels

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        Y = self.rest(self.expand(X))
        return X + Y if self.adds else Y


def _blocks() -> list[nn.Module]:
    """Return the first layer and the blocks of the backbone."""
    modules = [layer(3, 16, 3, 2, activation=nn.Hardswish)]
    channels = 16
    for block in BLOCKS:
        modules.append(InvertedResidual(channels, *block))
        channels = block[2]
    return modules


def _extra(in_channels: int, channels: int) -> InFloat32:
    """Return what makes one more map, half as wide and high."""
    inside = channels // 2
    return InFloat32(
        layer(in_channels, inside),
        layer(inside, inside, 3, 2, inside),
        layer(inside, channels),
    )


def _head(channels: int, values: int) -> nn.Sequential:
    return nn.Sequential(
        layer(channels, channels, 3, groups=channels),
        nn.Conv2d(channels, ANCHORS_PER_CELL * values, 1),
    )


def _initialize(module: nn.Module, draw: Callable) -> None:
    if isinstance(module, nn.Conv2d):
        draw(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class SSDLite(nn.Module):
    """Predict logits (B, A, K+1) and offsets (B, A, 4) of images.

    Args:
        num_classes: K, the background not counted.
    """

    def __init__(self, num_classes: int = NUM_CLASSES) -> None:
        super().__init__()
        blocks = _blocks()
        middle, end = blocks[FIRST_MAP + 1], blocks[FIRST_MAP + 2 :]
        last = layer(BLOCKS[-1][2], MAP_CHANNELS[1], activation=nn.Hardswish)
        pairs = zip(MAP_CHANNELS[1:], EXTRA_CHANNELS)
        self.stages = nn.ModuleList(
            (
                nn.Sequential(*blocks[: FIRST_MAP + 1], middle.expand),
                nn.Sequential(middle.rest, *end, last),
                *(_extra(*channels) for channels in pairs),
            )
        )
        self.values = num_classes + 1, 4
        self.heads = nn.ModuleList(
            nn.ModuleList(_head(c, v) for c in MAP_CHANNELS)
            for v in self.values
        )
        for module in self.stages[:2].modules():
            _initialize(
                module, partial(nn.init.kaiming_normal_, mode="fan_out")
            )
        for module in (*self.stages[2:].modules(), *self.heads.modules()):
            _initialize(module, partial(nn.init.normal_, std=INIT_STD))

    def forward(self, X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        maps = []
        for stage in self.stages:
            X = stage(X)
            maps.append(X)
        logits, offsets = (
            torch.cat([anchor_rows(h(m), v) for h, m in zip(heads, maps)], 1)
            for heads, v in zip(self.heads, self.values)
        )
        return logits, offsets


STRIDE = 16  # of the first map
SCALES = np.array([*np.linspace(0.2, 0.95, len(MAP_CHANNELS)), 1.0])


def mobile_anchors(
    image_size: int, boxes: np.ndarray | None = None, scale: float = 1.0
) -> np.ndarray:
    """Make torchvision's anchors (A, 4), whatever the boxes are."""
    shapes, side = [], ceil(image_size / STRIDE)
    for _ in MAP_CHANNELS:
        shapes.append((side, side))
        side = ceil(side / 2)
    scales = SCALES * scale
    sizes = zip(scales, np.sqrt(scales[:-1] * scales[1:]))
    return ssd_anchors(shapes, list(sizes), (MANY,) * len(shapes))
