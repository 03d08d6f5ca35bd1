"""What the rows "instead" have in place of something in the full recipe."""

from __future__ import annotations

from math import ceil

import numpy as np
import torch
from torch import nn

from benchmarks.ablation.network import WIDTH, initialize, thin_network
from d2l_ssd.anchors import RATIOS, ssd_anchors
from d2l_ssd.augmentation import random_iou_crop, random_zoom_out
from d2l_ssd.boxes import box_iou
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inspection.anchor_fit import suggest_sizes
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch import SSD, convolution

MOMENTUM, SGD_DECAY = 0.9, 5e-4
SGD_RATES = 0.01, 0.03, 0.1
CHANNELS = 8 * WIDTH  # of the network's last map


class InFloat32(nn.Sequential):
    """Modules that compute in float32 where the others do in bfloat16.

    On maps of 1 x 1 cells the gradient of a convolution with a stride holds
    rubbish in the CPU's bfloat16 (PyTorch 2.13).
    """

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        with torch.autocast(X.device.type, enabled=False):
            return super().forward(X.float())


class Expansion(InFloat32):
    """One more map, half as wide and high."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__(
            convolution(in_channels, channels, 1, 1),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            convolution(channels, channels, 3, 2),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
        )


def five_maps() -> SSD:
    """Build the network with two maps of convolutions, none pooled."""
    net = thin_network()
    stages = net.backbone.stages
    stages[3] = Expansion(CHANNELS, CHANNELS)
    stages.append(Expansion(CHANNELS, CHANNELS))
    new = [stages[3], stages[4]]
    for heads in net.output.class_heads, net.output.offset_heads:
        depth = heads[-1].out_channels
        heads.append(nn.Conv2d(CHANNELS, depth, 3, padding=1))
        new.append(heads[-1])
    initialize(nn.ModuleList(new))
    return net


def five_anchors(image_size: int, boxes: np.ndarray) -> np.ndarray:
    """Make anchors (A, 4) for five maps: the chosen ones, the last twice."""
    sizes = suggest_sizes(boxes, image_size, image_size)
    sizes = (*sizes, sizes[-1])
    shapes = feature_map_shapes(image_size, image_size)[:3]
    for _ in range(2):
        shapes.append(tuple(ceil(side / 2) for side in shapes[-1]))
    return ssd_anchors(shapes, sizes, (RATIOS[0],) * len(shapes))


def book_anchors(image_size: int, boxes: np.ndarray) -> np.ndarray:
    """Make anchors (A, 4) of the book's sizes, for animals from 0.08 on."""
    return ssd_anchors(feature_map_shapes(image_size, image_size))


def default_init() -> SSD:
    """Build the network with PyTorch's initial weights."""
    net = thin_network()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.reset_parameters()
    return net


def no_input_norm() -> SSD:
    """Build the network without batch normalization of the input."""
    net = thin_network()
    net.backbone.stages[0][0] = nn.Identity()
    return net


def unforced_targets(
    labels: np.ndarray, anchors: np.ndarray, pos_iou: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Make the targets of one image; no object is promised an anchor.

    Args:
        labels: (1, M, 6).
        anchors: (A, 4).
        pos_iou: as for `ssd_targets`.
    """
    classes, offsets = ssd_targets(labels, anchors, pos_iou, pos_iou)
    iou = box_iou(anchors, labels[0, :, 1:5]).max(axis=1, initial=0)
    classes[0, iou < pos_iou] = 0
    return classes, offsets


def easy_targets(
    labels: np.ndarray, anchors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make the targets of one image without its difficult objects."""
    return ssd_targets(labels[:, labels[0, :, 5] == 0], anchors)


def paper_crops(
    image: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Zoom out and crop an image and its labels as the SSD paper does."""
    return random_iou_crop(*random_zoom_out(image, labels, rng), rng)
