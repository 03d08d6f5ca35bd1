# Generated from book/pytorch.ipynb (`make save`); do not edit.
"""The network in PyTorch, layer by layer and name by name as in MXNet."""

import torch
from torch import nn
from torch.nn import functional as F

from d2l_ssd.anchors import ANCHORS_PER_CELL
from d2l_ssd.checks import as_count
from d2l_ssd.torch.checks import check_images


def convolution(in_channels, channels, kernel_size, stride):
    """Make a convolution without bias that keeps or divides a map's size."""
    shape = in_channels, channels, kernel_size, stride, kernel_size // 2
    return nn.Conv2d(*shape, bias=False)


class ResidualBlock(nn.Module):
    """Compute a residual block (B, C, H, W), He et al. (2016), figure 1b."""

    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = convolution(in_channels, channels, 3, stride)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = convolution(channels, channels, 3, 1)
        self.downsample = None
        if channels != in_channels:
            self.downsample = convolution(in_channels, channels, 1, stride)

    def forward(self, X):
        Y = F.relu(self.bn1(X))
        shortcut = X if self.downsample is None else self.downsample(Y)
        Y = self.conv1(Y)
        Y = self.conv2(F.relu(self.bn2(Y)))
        return Y + shortcut


def detection_backbone():
    """Build ResNet-18 without its pooling and classifier: layers 0 to 10."""
    return nn.Sequential(
        # Normalizes the input: nothing to learn
        nn.BatchNorm2d(3, affine=False),
        convolution(3, 64, 7, 2),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
        nn.Sequential(ResidualBlock(64, 64, 1), ResidualBlock(64, 64, 1)),
        nn.Sequential(ResidualBlock(64, 128, 2), ResidualBlock(128, 128, 1)),
        nn.Sequential(ResidualBlock(128, 256, 2), ResidualBlock(256, 256, 1)),
        nn.Sequential(ResidualBlock(256, 512, 2), ResidualBlock(512, 512, 1)),
        nn.BatchNorm2d(512),
        nn.ReLU(),
    )


class SSDBackbone(nn.Module):
    """Compute four feature maps, fine to coarse, from images (B, 3, H, W)."""

    channels = 128, 256, 512, 512  # of the maps

    def __init__(self):
        super().__init__()
        net = detection_backbone()
        last = nn.Sequential(*net[8:11])  # counts from 0 again, as in MXNet
        stages = net[0:7], net[7], last, nn.AdaptiveMaxPool2d(1)
        self.stages = nn.Sequential(*stages)
        norms = nn.BatchNorm2d(128), nn.BatchNorm2d(256)
        self.norms = nn.Sequential(
            *(nn.Sequential(n, nn.ReLU()) for n in norms)
        )

    def forward(self, X):
        maps = []
        for stage in self.stages:
            X = stage(X)
            maps.append(X)
        for i, norm in enumerate(self.norms):
            maps[i] = norm(maps[i])
        return maps


def anchor_rows(X, values):
    """Turn (B, anchors * values, H, W) into (B, H * W * anchors, values)."""
    return X.permute(0, 2, 3, 1).reshape(len(X), -1, values)


def _heads(values):
    """Make a 3 x 3 convolution per map: values per anchor of a cell."""
    depth, channels = ANCHORS_PER_CELL * values, SSDBackbone.channels
    return nn.ModuleList(nn.Conv2d(c, depth, 3, padding=1) for c in channels)


def _predict(heads, maps, values):
    rows = [anchor_rows(head(X), values) for head, X in zip(heads, maps)]
    return torch.cat(rows, dim=1)


class SSDOutput(nn.Module):
    """Predict class logits (B, A, K+1) and offsets (B, A, 4) from the maps."""

    def __init__(self, num_classes):
        super().__init__()
        self.num_classes = as_count(num_classes, "num_classes")
        self.class_heads = _heads(num_classes + 1)
        self.offset_heads = _heads(4)

    def forward(self, maps):
        logits = _predict(self.class_heads, maps, self.num_classes + 1)
        return logits, _predict(self.offset_heads, maps, 4)


class SSD(nn.Module):
    """Predict class logits (B, A, K+1) and offsets (B, A, 4) of images.

    The input is (B, 3, H, W) float32, normalized; H and W are multiples of 32.
    Liu et al., "SSD: Single shot multibox detector" (2016).

    Args:
        num_classes: K, the background not counted.
    """

    def __init__(self, num_classes):
        super().__init__()
        self.backbone = SSDBackbone()
        self.output = SSDOutput(num_classes)

    def forward(self, X):
        check_images(X, self.training)
        return self.output(self.backbone(X))
