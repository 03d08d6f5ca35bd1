"""The ideas by name, and where the tuning of their options begins."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.beyond import ideas
from benchmarks.beyond.ssd import Detector


class Idea(NamedTuple):
    """An idea, and what can be chosen for it.

    Args:
        kind: its detector.
        says: what it is, in words.
        untuned: the options before tuning: "rate", and numbers of `kind`.
        steps: from an option to the factor between the values that are tried.
    """

    kind: type[Detector]
    says: str
    untuned: dict[str, float]
    steps: dict[str, float]


def double_or_halve(*names: str) -> dict[str, float]:
    """Return steps of two for options."""
    return dict.fromkeys(names, 2.0)


RATE = {"rate": 5e-3}
SLOW = {"rate": 1e-3}  # at SSD's rate, attention does not begin to learn
OFFSETS = {"box_weight": 1.0}
OVERLAP = {"box_weight": 2.0}
ONE_TO_ONE = {**OFFSETS, "overlap_weight": 2.0}

IDEAS = {
    "ssd": Idea(
        Detector,
        "SSD: anchors, mining, offsets, NMS",
        {**RATE, **OFFSETS},
        double_or_halve("rate", "box_weight"),
    ),
    "top-down": Idea(
        ideas.TopDown,
        "top-down features (FPN)",
        {**RATE, **OFFSETS},
        double_or_halve("rate", "box_weight"),
    ),
    "focal": Idea(
        ideas.Focal,
        "focal loss in place of mining (RetinaNet)",
        {**RATE, **OFFSETS, "prior": 0.01, "class_weight": 1.0},
        {**double_or_halve("rate", "class_weight"), "prior": 3.0},
    ),
    "giou": Idea(
        ideas.GIoU,
        "GIoU loss in place of offsets",
        {**RATE, **OVERLAP},
        double_or_halve("rate", "box_weight"),
    ),
    "centers": Idea(
        ideas.Centers,
        "no anchors: distances from a cell to the edges (FCOS)",
        {**RATE, **OVERLAP},
        double_or_halve("rate", "box_weight"),
    ),
    "distributions": Idea(
        ideas.Distributions,
        "edges as distributions (GFL)",
        {**RATE, **OVERLAP, "edge_weight": 0.5},
        double_or_halve("rate", "box_weight", "edge_weight"),
    ),
    "wide": Idea(
        ideas.Wide,
        "SSD with more channels",
        {**RATE, **OFFSETS},
        double_or_halve("rate", "box_weight"),
    ),
    "one-to-one": Idea(
        ideas.OneToOne,
        "one-to-one assignment, no NMS (DETR's matching)",
        {**RATE, **ONE_TO_ONE},
        double_or_halve("rate", "box_weight", "overlap_weight"),
    ),
    "two-heads": Idea(
        ideas.TwoHeads,
        "one-to-one, SSD's heads beside it in training (YOLOv10)",
        {**RATE, **ONE_TO_ONE},
        double_or_halve("rate", "box_weight", "overlap_weight"),
    ),
    "queries": Idea(
        ideas.Queries,
        "a set of queries with attention (DETR)",
        {**SLOW, **ONE_TO_ONE},
        double_or_halve("rate", "box_weight", "overlap_weight"),
    ),
    "placed": Idea(
        ideas.PlacedQueries,
        "queries that start from features (two-stage Deformable DETR)",
        {**SLOW, **ONE_TO_ONE},
        double_or_halve("rate", "box_weight", "overlap_weight"),
    ),
}
