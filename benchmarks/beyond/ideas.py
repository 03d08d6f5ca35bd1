# Generated from book/beyond_ssd.ipynb (`make save`); do not edit.
"""What came after SSD: each idea changes at most 25 lines of the small SSD.

An idea that stands on another one says so by its base class; its own lines are what
it changes there.
"""

import math

import torch
from scipy.optimize import linear_sum_assignment
from torch import nn
from torch.nn import functional as F

from benchmarks.beyond.ssd import OFF, Detector, K, to_centers
from d2l_ssd.anchors import ssd_anchors


class TopDown(Detector):
    """Add to each map what the coarser maps know (FPN, Lin et al., 2017)."""

    width = 48  # channels: as many as the coarsest map had for itself

    def __init__(self, **options):
        super().__init__(**options)
        self.lateral = nn.ModuleList(
            nn.Conv2d(c, self.width, 1) for c in self.channels
        )
        self.heads = self.make_heads((self.width,) * len(self.channels))

    def maps(self, X):
        fine = [f(m) for f, m in zip(self.lateral, super().maps(X))]
        for k in reversed(range(len(fine) - 1)):
            fine[k] = fine[k] + F.interpolate(fine[k + 1], scale_factor=2)
        return [F.relu(features) for features in fine]


class Focal(Detector):
    """Weigh easy anchors down; mine none (RetinaNet, Lin et al., 2017)."""

    num_logits = K  # no background: each class is a separate yes or no
    alpha, gamma = 0.25, 2.0
    prior, class_weight = 0.01, 1.0

    def start_bias(self):
        return torch.full((K,), math.log(self.prior / (1 - self.prior)))

    def class_loss(self, logits, classes):
        wanted = F.one_hot(classes, K + 1)[..., 1:].float()
        p = logits.sigmoid()
        wrong = torch.where(wanted > 0, 1 - p, p)
        alpha = torch.where(wanted > 0, self.alpha, 1 - self.alpha)
        cross_entropy = F.binary_cross_entropy_with_logits(
            logits, wanted, reduction="none"
        )
        losses = alpha * wrong**self.gamma * cross_entropy
        return self.class_weight * losses.sum(-1)

    def scores(self, logits):
        return logits.sigmoid()


def giou(a, b):
    """Compute the generalized IoU of boxes (..., 4), one by one; in (-1, 1]."""
    low = torch.maximum(a[..., :2], b[..., :2])
    high = torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = [(box[..., 2:] - box[..., :2]).prod(-1) for box in (a, b)]
    union = areas[0] + areas[1] - shared
    low = torch.minimum(a[..., :2], b[..., :2])
    high = torch.maximum(a[..., 2:], b[..., 2:])
    hull = (high - low).prod(-1)  # the smallest box around both
    return shared / union - (hull - union) / hull


class GIoU(Detector):
    """Train the boxes on their overlap itself (Rezatofighi et al., 2019)."""

    box_weight = 2.0

    def box_loss(self, values, anchors, boxes):
        return 1 - giou(self.boxes(values, anchors), boxes)


class Centers(GIoU):
    """Let cells in an object say how far its edges are (FCOS, Tian et al., 2019)."""

    per_cell = 1
    limits = 0.0, 0.3, 0.58, math.inf  # sides of the objects of each map

    def make_anchors(self):
        shapes = self.map_shapes
        cells = [[1 / side] for side, _ in shapes]  # a cell's box is itself
        ratios = [[1]] * len(shapes)
        return torch.from_numpy(ssd_anchors(shapes, cells, ratios))

    def assign(self, outputs, labels):
        center, cell = to_centers(self.anchors[:, None])  # (A, 1, 2)
        middle, sides = to_centers(labels[:, None, :, 1:5])  # (B, 1, M, 2)
        side = sides.prod(-1).sqrt()
        counts = torch.tensor([math.prod(shape) for shape in self.map_shapes])
        level = torch.arange(len(counts)).repeat_interleave(counts)[:, None]
        low, high = (torch.tensor(self.limits)[level + i] for i in (0, 1))
        near = (center - middle).abs() <= torch.maximum(sides / 4, cell / 2)
        fits = near.all(-1) & (side >= low) & (side < high)  # (B, A, M)
        fits &= labels[:, None, :, 0] >= 0
        smallest = side.where(fits, torch.inf).argmin(-1)
        return smallest.where(fits.any(-1), -1)

    def boxes(self, values, anchors):
        center, cell = to_centers(anchors)
        left_top, right_bottom = values.clamp(max=4).exp().chunk(2, dim=-1)
        edges = center - left_top * cell, center + right_bottom * cell
        return torch.cat(edges, dim=-1)


class Distributions(GIoU):
    """Predict how likely each place of an edge is (GFL, Li et al., 2020; D-FINE)."""

    bins = 9
    num_values = 4 * bins
    edge_weight = 0.5
    # Of an edge, from the anchor's center, in sides of the anchor
    places = torch.linspace(0, 1.2, bins)

    def boxes(self, values, anchors):
        center, side = to_centers(anchors)
        probabilities = values.unflatten(-1, (4, self.bins)).softmax(-1)
        left_top, right_bottom = (probabilities @ self.places).chunk(2, dim=-1)
        edges = center - left_top * side, center + right_bottom * side
        return torch.cat(edges, dim=-1)

    def box_loss(self, values, anchors, boxes):
        center, side = to_centers(anchors)
        edges = center - boxes[..., :2], boxes[..., 2:] - center
        wanted = (torch.cat(edges, -1) / side.repeat(1, 2))[..., None]
        step = self.places[1] - self.places[0]
        # Two bins share the true place, the nearer one gets more
        share = (1 - (wanted - self.places).abs() / step).clamp(min=0)
        logs = values.unflatten(-1, (4, self.bins)).log_softmax(-1)
        edge_loss = -(share * logs).sum(dim=(-1, -2))
        overlap = super().box_loss(values, anchors, boxes)
        return overlap + self.edge_weight * edge_loss


class Wide(Detector):
    """An SSD with nearly as many parameters as the one with distributions."""

    channels = 44, 64, 92


class OneToOne(Detector):
    """Let one prediction answer for each object, without NMS (DETR's matching)."""

    overlap_weight = 2.0
    nms_iou = OFF

    def assign(self, outputs, labels):
        scores, boxes = self.decode(outputs)
        matches = torch.full(scores.shape[:2], -1)
        for image, rows in enumerate(labels):
            objects = rows[rows[:, 0] >= 0]
            probability = scores[image][:, objects[:, 0].long()]  # (A, M)
            overlap = giou(boxes[image][:, None], objects[:, 1:5])
            value = probability + self.overlap_weight * overlap
            chosen, row = linear_sum_assignment(value, maximize=True)
            matches[image, chosen] = torch.from_numpy(row)
        return matches


class TwoHeads(OneToOne):
    """Train SSD's heads beside those that are one-to-one (YOLOv10, 2024)."""

    def __init__(self, **options):
        super().__init__(**options)
        self.single = self.make_heads(self.channels)

    def forward(self, X):
        maps = self.maps(X)
        one = self.predict(self.single, maps)
        if not self.training:  # the others are there to learn
            return one
        return torch.cat([one, self.predict(self.heads, maps)], dim=1)

    def loss(self, outputs, labels):
        one, many = outputs.chunk(2, dim=1)
        matches = Detector.assign(self, many, labels)
        losses = super().loss(one, labels), self.loss_of(many, matches, labels)
        return tuple(map(sum, zip(*losses)))


class Queries(OneToOne):
    """Let a set of queries look at all maps (DETR, Carion et al., 2020)."""

    width, num_heads, num_layers = 48, 4, 2
    shape = 6, 6  # of the places that boxes are measured from

    def __init__(self, **options):
        super().__init__(**options)
        del self.heads
        lateral = (nn.Conv2d(c, self.width, 1) for c in self.channels)
        self.lateral = nn.ModuleList(lateral)
        cells = sum(map(math.prod, self.map_shapes))
        self.positions = nn.Parameter(torch.randn(cells, self.width) / 2)
        self.queries = nn.Parameter(torch.randn(len(self.anchors), self.width))
        layer = nn.TransformerDecoderLayer(
            self.width, self.num_heads, 96, 0.0, batch_first=True
        )
        self.decoder = nn.TransformerDecoder(layer, self.num_layers)
        self.head = nn.Linear(self.width, self.columns)

    def make_anchors(self):
        return torch.from_numpy(ssd_anchors([self.shape], [[0.4]], [[1]]))

    def start(self, maps):
        return self.queries.expand(len(maps[0]), -1, -1)

    def forward(self, X):
        maps = [f(m).flatten(2) for f, m in zip(self.lateral, self.maps(X))]
        maps = [features.transpose(1, 2) for features in maps]
        memory = torch.cat(maps, dim=1) + self.positions
        return self.head(self.decoder(self.start(maps), memory))


class PlacedQueries(Queries):
    """Let each query start from what is at its place (Deformable DETR, D-FINE)."""

    def start(self, maps):
        return maps[1] + self.queries
