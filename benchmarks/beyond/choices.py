"""The ideas by name, and the options that tuning chooses from."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.beyond import ideas
from benchmarks.beyond.ssd import Detector

SSD_RATE = 5e-3


class Idea(NamedTuple):
    """An idea, and what can be chosen for it.

    Args:
        kind: its detector.
        says: what it is, in words.
        untuned: the options before tuning: "rate", and numbers of `kind`.
        grid: from an option to the values that are tried.
    """

    kind: type[Detector]
    says: str
    untuned: dict[str, float]
    grid: dict[str, tuple[float, ...]]


RATES = 2.5e-3, 5e-3, 1e-2
SLOW_RATES = 5e-4, 1e-3, 2e-3  # at SSD's, attention does not begin to learn
ONE_TO_ONE = {"box_weight": (1.0, 2.0), "overlap_weight": (2.0, 5.0)}

IDEAS = {
    "ssd": Idea(
        Detector,
        "SSD: anchors, mining, offsets, NMS",
        {"rate": SSD_RATE, "box_weight": 1.0},
        {"rate": (*RATES, 2e-2), "box_weight": (0.5, 1.0, 2.0)},
    ),
    "top-down": Idea(
        ideas.TopDown,
        "top-down features (FPN)",
        {"rate": SSD_RATE, "box_weight": 1.0},
        {"rate": (*RATES, 2e-2), "box_weight": (0.5, 1.0, 2.0)},
    ),
    "focal": Idea(
        ideas.Focal,
        "focal loss in place of mining (RetinaNet)",
        {
            "rate": SSD_RATE,
            "box_weight": 1.0,
            "prior": 0.01,
            "class_weight": 1.0,
        },
        {"rate": RATES, "prior": (0.01, 0.1), "class_weight": (1.0, 4.0)},
    ),
    "giou": Idea(
        ideas.GIoU,
        "GIoU loss in place of offsets",
        {"rate": SSD_RATE, "box_weight": 2.0},
        {"rate": (*RATES, 2e-2), "box_weight": (1.0, 2.0, 4.0)},
    ),
    "centers": Idea(
        ideas.Centers,
        "no anchors: distances from a cell to the edges (FCOS)",
        {"rate": SSD_RATE, "box_weight": 2.0},
        {"rate": (*RATES, 2e-2), "box_weight": (1.0, 2.0, 4.0)},
    ),
    "distributions": Idea(
        ideas.Distributions,
        "edges as distributions (GFL)",
        {"rate": SSD_RATE, "box_weight": 2.0, "edge_weight": 0.5},
        {
            "rate": (5e-3, 1e-2),
            "box_weight": (2.0, 4.0),
            "edge_weight": (0.25, 0.5, 1.0),
        },
    ),
    "one-to-one": Idea(
        ideas.OneToOne,
        "one-to-one assignment, no NMS (DETR's matching)",
        {"rate": SSD_RATE, "box_weight": 1.0, "overlap_weight": 2.0},
        {"rate": RATES, **ONE_TO_ONE},
    ),
    "two-heads": Idea(
        ideas.TwoHeads,
        "one-to-one, SSD's heads beside it in training (YOLOv10)",
        {"rate": SSD_RATE, "box_weight": 1.0, "overlap_weight": 2.0},
        {"rate": RATES, **ONE_TO_ONE},
    ),
    "queries": Idea(
        ideas.Queries,
        "a set of queries with attention (DETR)",
        {"rate": 1e-3, "box_weight": 1.0, "overlap_weight": 2.0},
        {"rate": SLOW_RATES, **ONE_TO_ONE},
    ),
    "placed": Idea(
        ideas.PlacedQueries,
        "queries that start from features (two-stage Deformable DETR)",
        {"rate": 1e-3, "box_weight": 1.0, "overlap_weight": 2.0},
        {"rate": (1e-3, 2e-3, 4e-3), **ONE_TO_ONE},
    ),
}
