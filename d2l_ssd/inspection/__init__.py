"""A look at a data set before training: its files, its labels, its anchors."""

from __future__ import annotations

from d2l_ssd.inspection.anchor_fit import (
    AnchorFit,
    measure_anchors,
    suggest_input_size,
    suggest_sizes,
)
from d2l_ssd.inspection.findings import KINDS, Finding
from d2l_ssd.inspection.inspecting import Inspection, inspect_dataset
from d2l_ssd.inspection.report import make_report
from d2l_ssd.inspection.summary import summarize

__all__ = [
    "KINDS",
    "AnchorFit",
    "Finding",
    "Inspection",
    "inspect_dataset",
    "make_report",
    "measure_anchors",
    "suggest_input_size",
    "suggest_sizes",
    "summarize",
]
