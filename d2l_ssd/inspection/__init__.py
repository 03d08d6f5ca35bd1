"""A look at a data set before training: its files, its labels, its anchors."""

from __future__ import annotations

from d2l_ssd.inspection.anchor_fit import (
    AnchorFit,
    measure_anchors,
    suggest_input_size,
    suggest_sizes,
)

__all__ = [
    "AnchorFit",
    "measure_anchors",
    "suggest_input_size",
    "suggest_sizes",
]
