# Generated from book/beyond_ssd.ipynb (`make save`); do not edit.
"""The small SSD of the chapter "SSD on one page", in PyTorch, made to be changed.

Each of its decisions is a method, so that an idea of `ideas.py` is a subclass that
replaces one or two of them: `maps` (features), `assign` (who answers for which
object), `class_loss`, `box_loss`, `scores` and `boxes` (decoding).
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.shapes import CLASSES
from d2l_ssd.targets import MAX_LOG_SCALE, VARIANCES, match_anchors
from d2l_ssd.torch.training import hard_negative_mask

K = len(CLASSES)
STEM = 16  # channels
BACKGROUND_BIAS = 2.0  # so that it starts with few detections
HEAD_VARIANCE = 0.1  # times 1 / inputs: that of the heads' first weights
NMS_IOU, OFF = 0.45, 1.0  # no two boxes overlap by more than OFF


class Detector(nn.Module):
    """A small SSD.

    `assign`, `loss` and `decode` take the predictions of B images,
    (B, A, columns): logits, then values of boxes, one row for each anchor.

    Args:
        options: numbers of the class that are to be different, like
            `box_weight`.
    """

    channels = 24, 32, 48  # of the maps
    map_shapes = (12, 12), (6, 6), (3, 3)  # of an image of 48 x 48 pixels
    sizes = (0.17, 0.26), (0.38, 0.52), (0.68, 0.84)  # of anchors
    ratios = ((1, 2, 1 / 2),) * 3
    per_cell = 4
    num_logits = K + 1  # background first
    num_values = 4  # of a box
    box_weight = 1.0
    nms_iou = NMS_IOU

    def __init__(self, **options):
        super().__init__()
        for name, value in options.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name!r}")
            setattr(self, name, value)
        self.columns = self.num_logits + self.num_values
        self.stages = self.make_stages()
        self.heads = self.make_heads(self.channels)
        self.register_buffer("anchors", self.make_anchors())

    def make_stages(self):
        """Make the layers that lead to each map."""
        fine, middle, coarse = self.channels
        stem = conv(3, STEM, 2), conv(STEM, fine, 2), conv(fine, fine, 1)
        later = conv(fine, middle, 2), conv(middle, coarse, 2)
        return nn.ModuleList([nn.Sequential(*stem), *later])

    def make_heads(self, channels):
        """Make a convolution for each map, with `start_bias`."""
        heads = nn.ModuleList()
        for inputs in channels:
            head = nn.Conv2d(inputs, self.per_cell * self.columns, 3, 1, 1)
            nn.init.normal_(
                head.weight, 0, math.sqrt(HEAD_VARIANCE / (9 * inputs))
            )
            nn.init.zeros_(head.bias)
            rows = head.bias.detach().view(self.per_cell, self.columns)
            rows[:, : self.num_logits] = self.start_bias()
            heads.append(head)
        return heads

    def start_bias(self):
        """Return the logits that every anchor starts with."""
        return torch.tensor([BACKGROUND_BIAS] + [0.0] * K)

    def make_anchors(self):
        """Return corners (A, 4), in the order of the predictions."""
        return torch.from_numpy(
            ssd_anchors(self.map_shapes, self.sizes, self.ratios)
        )

    def maps(self, X):
        """Compute the feature maps, fine to coarse, of images (B, 3, H, W)."""
        found = []
        for stage in self.stages:
            X = stage(X)
            found.append(X)
        return found

    def forward(self, X):
        """Predict (B, A, columns) for images (B, 3, H, W)."""
        return self.predict(self.heads, self.maps(X))

    def predict(self, heads, maps):
        """Let each map's head predict; return (B, A, columns)."""
        rows = [
            head(x).permute(0, 2, 3, 1).reshape(len(x), -1, self.columns)
            for head, x in zip(heads, maps)
        ]
        return torch.cat(rows, dim=1)

    def split(self, outputs):
        """Split predictions into logits and values of boxes."""
        return outputs.split([self.num_logits, self.num_values], dim=-1)

    def assign(self, outputs, labels):
        """Say which object each anchor answers for.

        Args:
            outputs: (B, A, columns), without gradients.
            labels: (B, M, 6) rows [class, corners, difficult]; rows of class -1
                are padding, and come last.

        Returns:
            (B, A) int64: a row of the image's labels, -1 for background.
        """
        anchors = self.anchors.numpy()
        matches = [
            match_anchors(anchors, rows[rows[:, 0] >= 0, 1:5])
            for rows in labels.numpy()
        ]
        return torch.from_numpy(np.stack(matches))

    def loss(self, outputs, labels):
        """Compute the class loss and the weighted localization loss."""
        return self.loss_of(
            outputs, self.assign(outputs.detach(), labels), labels
        )

    def loss_of(self, outputs, matches, labels):
        """Compute both losses where it is known who answers, see `assign`."""
        positive = matches >= 0
        image, row = positive.nonzero(as_tuple=True)
        objects = labels[image, matches[positive]]  # (P, 6)
        classes = torch.zeros_like(matches)
        classes[positive] = objects[:, 0].long() + 1
        logits, values = self.split(outputs)
        class_loss = self.class_loss(logits, classes)
        box_loss = self.box_loss(
            values[positive], self.anchors[row], objects[:, 1:5]
        )
        count = max(1, len(row))
        box_loss = self.box_weight * box_loss.sum()
        return class_loss.sum() / count, box_loss / count

    def class_loss(self, logits, classes):
        """Compute each anchor's class loss (B, A), from classes 0 to K."""
        cross_entropy = F.cross_entropy(
            logits.transpose(1, 2), classes, reduction="none"
        )
        hard = hard_negative_mask(logits.detach(), classes)
        return cross_entropy * ((classes > 0) | hard)

    def box_loss(self, values, anchors, boxes):
        """Compute the localization loss (P,) of P positive anchors."""
        wanted = encode(anchors, boxes)
        return F.smooth_l1_loss(values, wanted, reduction="none").sum(-1)

    def scores(self, logits):
        """Turn logits into scores (..., K)."""
        return logits.softmax(-1)[..., 1:]

    def boxes(self, values, anchors):
        """Decode values (..., num_values) to corners (..., 4)."""
        return decode(anchors, values)

    def decode(self, outputs):
        """Turn predictions into scores (B, A, K) and corners (B, A, 4)."""
        logits, values = self.split(outputs)
        return self.scores(logits), self.boxes(values, self.anchors)


def conv(inputs, filters, stride):
    """Make a 3 x 3 convolution and its ReLU; He's first weights."""
    layer = nn.Conv2d(inputs, filters, 3, stride, 1)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    nn.init.zeros_(layer.bias)
    return nn.Sequential(layer, nn.ReLU())


# As in d2l_ssd.targets, in PyTorch: gradients go through


def to_centers(corners):
    """Return centers and sides, each (..., 2), of corners (..., 4)."""
    low, high = corners[..., :2], corners[..., 2:]
    return (low + high) / 2, high - low


def encode(anchors, boxes):
    """Encode boxes (..., 4) as offsets from anchors (..., 4)."""
    (a, a_side), (b, b_side) = to_centers(anchors), to_centers(boxes)
    moves = torch.cat([(b - a) / a_side, (b_side / a_side).log()], dim=-1)
    return moves / torch.from_numpy(VARIANCES)


def decode(anchors, offsets):
    """Decode offsets (..., 4) from anchors (..., 4) to corners."""
    center, side = to_centers(anchors)
    moves = offsets * torch.from_numpy(VARIANCES)
    center = center + moves[..., :2] * side
    half = side * moves[..., 2:].clamp(max=float(MAX_LOG_SCALE)).exp() / 2
    return torch.cat([center - half, center + half], dim=-1)
