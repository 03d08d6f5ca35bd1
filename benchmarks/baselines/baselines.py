"""How good are other SSDs, trained like the top of the ladder?

    python benchmarks/peers.py --all

Same images, same number of steps, same image size, same judge as in ladder.py.
Two networks, written anew in PyTorch from their descriptions:

- TinySSD of Dive into Deep Learning, section 14.7: five maps of a small network.
- gluoncv's ssd_512_resnet18_v1, its nearest to ours: two maps of ResNet-18, of
  strides 16 and 32, and four more of convolutions behind it. Its anchors are
  fractions of the image here, so that they fit images of any size.

Each is trained twice: as its own authors do, and with chapter 5's loss, steps
and augmentation. gluoncv's own loss and augmentation are chapter 5's, but for
a minimum of negatives, so that only its steps differ. Our own network is
trained with TinySSD's anchors besides. No weights are pretrained.
"""

from dataclasses import replace

import numpy as np
import torch
from ladder import NUM_CLASSES, RUNGS, Steps, constant_rate, main, sgd
from torch import nn
from torch.nn import functional as F

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.torch_ssd import _anchor_rows, _conv, square_maps


def heads(channels, anchors):
    """Build the convolutions that predict logits and offsets from maps."""
    return nn.ModuleList(
        nn.ModuleList(
            nn.Conv2d(c, a * values, 3, padding=1)
            for values in (NUM_CLASSES + 1, 4)
        )
        for c, a in zip(channels, anchors)
    )


class Peer(nn.Module):
    """Predict logits (B, A, K+1) and offsets (B, A, 4) from a chain of maps.

    Arguments: stages, each making a map of the one before; channels of the
    maps; anchors, the number per cell of each map.
    """

    def __init__(self, stages, channels, anchors):
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.heads = heads(channels, anchors)

    def forward(self, X):
        predictions = []
        for stage, both in zip(self.stages, self.heads):
            X = stage(X)
            values = NUM_CLASSES + 1, 4
            predictions.append(
                [_anchor_rows(head(X), v) for head, v in zip(both, values)]
            )
        logits, offsets = zip(*predictions)
        return torch.cat(logits, dim=1), torch.cat(offsets, dim=1)


def _norm_relu(channels):
    return nn.BatchNorm2d(channels), nn.ReLU()


def _halving(in_channels, channels):
    """Two convolutions, then the maximum of every 2 x 2 cells."""
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, 3, padding=1),
        *_norm_relu(channels),
        nn.Conv2d(channels, channels, 3, padding=1),
        *_norm_relu(channels),
        nn.MaxPool2d(2),
    )


def tiny_ssd():
    """Build Dive into Deep Learning's TinySSD."""
    base = nn.Sequential(_halving(3, 16), _halving(16, 32), _halving(32, 64))
    stages = (
        base,
        _halving(64, 128),
        _halving(128, 128),
        _halving(128, 128),
        nn.AdaptiveMaxPool2d(1),
    )
    return Peer(stages, (64, 128, 128, 128, 128), (4,) * 5)


TINY_SIZES = (
    (0.2, 0.272),
    (0.37, 0.447),
    (0.54, 0.619),
    (0.71, 0.79),
    (0.88, 0.961),
)


def tiny_anchors(image_size):
    sides = [image_size // n for n in (8, 16, 32, 64)] + [1]
    return ssd_anchors([(s, s) for s in sides], TINY_SIZES, ((1, 2, 0.5),) * 5)


def few_tiny_anchors(image_size):
    """Make TinySSD's anchors for our four maps: all but one of its sizes."""
    return ssd_anchors(square_maps(image_size), TINY_SIZES[:3] + TINY_SIZES[4:])


def tiny_loss(class_logits, offsets, class_targets, offset_targets):
    """Average cross-entropy and L1 over all anchors: two scalars."""
    class_loss = F.cross_entropy(
        class_logits.flatten(0, 1), class_targets.flatten()
    )
    positive = (class_targets > 0).unsqueeze(-1)
    return class_loss, F.l1_loss(offsets * positive, offset_targets * positive)


class PostActivation(nn.Module):
    """He et al., "Deep residual learning" (2015), figure 2: the first ResNet."""

    def __init__(self, in_channels, channels, stride):
        super().__init__()
        self.body = nn.Sequential(
            _conv(in_channels, channels, 3, stride),
            *_norm_relu(channels),
            _conv(channels, channels, 3, 1),
            nn.BatchNorm2d(channels),
        )
        self.shortcut = nn.Sequential()
        if channels != in_channels:
            self.shortcut = nn.Sequential(
                _conv(in_channels, channels, 1, stride),
                nn.BatchNorm2d(channels),
            )

    def forward(self, X):
        return F.relu(self.body(X) + self.shortcut(X))


def _two_blocks(in_channels, channels):
    stride = 1 if channels == in_channels else 2
    return nn.Sequential(
        PostActivation(in_channels, channels, stride),
        PostActivation(channels, channels, 1),
    )


class Expansion(nn.Sequential):
    """One more map, half as wide and high.

    In float32: on maps of 1 x 1 cells the gradient of a convolution with a
    stride holds rubbish in the CPU's bfloat16 (PyTorch 2.13).
    """

    def __init__(self, in_channels, channels):
        super().__init__(
            _conv(in_channels, channels, 1, 1),
            *_norm_relu(channels),
            _conv(channels, channels, 3, 2),
            *_norm_relu(channels),
        )

    def forward(self, X):
        with torch.autocast(X.device.type, enabled=False):
            return super().forward(X.float())


def gluon_ssd():
    """Build gluoncv's ssd_512_resnet18_v1."""
    base = nn.Sequential(
        _conv(3, 64, 7, 2),
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
    return Peer(stages, (256, 512, 512, 512, 256, 256), (4, 6, 6, 6, 4, 4))


# In pixels of a 512 x 512 image
GLUON_SIZES = np.array([51.2, 102.4, 189.4, 276.4, 363.52, 450.6, 492])
FEW, MANY = (1, 2, 0.5), (1, 2, 0.5, 3, 1 / 3)


def gluon_anchors(image_size):
    sizes = GLUON_SIZES / 512
    sizes = zip(sizes, np.sqrt(sizes[:-1] * sizes[1:]))
    sides = [max(image_size // (16 << i), 1) for i in range(6)]
    return ssd_anchors(
        [(side, side) for side in sides],
        list(sizes),
        (FEW, MANY, MANY, MANY, FEW, FEW),
    )


BOOK = RUNGS["augmentation"]
TINY = replace(
    BOOK,
    name="TinySSD, our recipe",
    change="d2l's TinySSD, chapter 5's recipe",
    network=tiny_ssd,
    anchors=tiny_anchors,
)
GLUON = replace(
    BOOK,
    name="gluoncv, our recipe",
    change="gluoncv's ssd_512_resnet18_v1, chapter 5's recipe",
    network=gluon_ssd,
    anchors=gluon_anchors,
)
PEERS = {
    peer.name: peer
    for peer in (
        replace(
            TINY,
            name="TinySSD",
            change="d2l's TinySSD, its own loss and steps, no augmentation",
            loss=tiny_loss,
            steps=Steps(sgd(0.2, weight_decay=5e-4), constant_rate),
            augment=None,
        ),
        TINY,
        replace(
            GLUON,
            name="gluoncv",
            change="gluoncv's ssd_512_resnet18_v1, its own steps",
            steps=Steps(
                sgd(1e-3, momentum=0.9, weight_decay=5e-4), constant_rate
            ),
        ),
        GLUON,
        replace(
            BOOK,
            name="ours, TinySSD's anchors",
            change="our network and recipe, all anchors from 0.2",
            anchors=few_tiny_anchors,
        ),
    )
}

if __name__ == "__main__":
    main(PEERS, "peers", __doc__)
