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


def by_two(kind: type[Detector], says: str, untuned: dict[str, float]) -> Idea:
    """Return an idea of which each option is doubled and halved."""
    return Idea(kind, says, untuned, dict.fromkeys(untuned, 2.0))


RATE = {"rate": 5e-3}
SLOW = {"rate": 1e-3}  # at SSD's rate, attention does not begin to learn
OFFSETS = {"box_weight": 1.0}
OVERLAP = {"box_weight": 2.0}
ONE_TO_ONE = {**OFFSETS, "overlap_weight": 2.0}

IDEAS = {
    "ssd": by_two(
        Detector,
        "SSD: anchors, mining, offsets, NMS",
        {**RATE, **OFFSETS},
    ),
    "top-down": by_two(
        ideas.TopDown,
        "top-down features (FPN)",
        {**RATE, **OFFSETS},
    ),
    "focal": Idea(
        ideas.Focal,
        "focal loss in place of mining (RetinaNet)",
        {**RATE, **OFFSETS, "prior": 0.01, "class_weight": 1.0},
        {"rate": 2.0, "class_weight": 2.0, "prior": 3.0},
    ),
    "giou": by_two(
        ideas.GIoU,
        "GIoU loss in place of offsets",
        {**RATE, **OVERLAP},
    ),
    "centers": by_two(
        ideas.Centers,
        "no anchors: distances from a cell to the edges (FCOS)",
        {**RATE, **OVERLAP},
    ),
    "distributions": by_two(
        ideas.Distributions,
        "edges as distributions (GFL)",
        {**RATE, **OVERLAP, "edge_weight": 0.5},
    ),
    "wide": by_two(
        ideas.Wide,
        "SSD with more channels",
        {**RATE, **OFFSETS},
    ),
    "one-to-one": by_two(
        ideas.OneToOne,
        "one-to-one assignment, no NMS (DETR's matching)",
        {**RATE, **ONE_TO_ONE},
    ),
    "two-heads": by_two(
        ideas.TwoHeads,
        "one-to-one, SSD's heads beside it in training (YOLOv10)",
        {**RATE, **ONE_TO_ONE},
    ),
    "queries": by_two(
        ideas.Queries,
        "a set of queries with attention (DETR)",
        {**SLOW, **ONE_TO_ONE},
    ),
    "placed": by_two(
        ideas.PlacedQueries,
        "queries that start from features (two-stage Deformable DETR)",
        {**SLOW, **ONE_TO_ONE},
    ),
}
