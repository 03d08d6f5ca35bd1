"""The rows of the ablation: the way to the full recipe, and steps away from it.

A row is one change. The way begins with a naive SSD and adds one part of the
recipe per row; "without" leaves one part out of the full recipe; "instead"
replaces something in it. What costs in a short training may pay in a long one, so
the "longer" rows train several times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import NamedTuple

from torch.nn import functional as F

from benchmarks.ablation.naive import (
    map_first,
    naive_anchors,
    naive_network,
    one_class,
    random_negatives,
)
from benchmarks.ablation.recipe import FULL, Setting, sgd
from benchmarks.ablation.replacements import (
    MOMENTUM,
    SGD_DECAY,
    SGD_RATES,
    book_anchors,
    default_init,
    easy_targets,
    five_anchors,
    five_maps,
    no_input_norm,
    paper_crops,
    unforced_targets,
)
from d2l_ssd.feature_maps import STRIDES
from d2l_ssd.targets import ssd_targets

NAIVE_RATE = 0.05
TIMES = 4  # as many passes, in the longer trainings
STEP = STRIDES[-1]  # sides of images are multiples of it


class Part(NamedTuple):
    """A part of the recipe, and what a naive SSD has in its place."""

    name: str
    says: str
    without: dict  # fields of Setting


PARTS = (
    Part(
        "order",
        "predictions image first, like the targets",
        {"order": map_first},
    ),
    Part(
        "classes", "a class for cats and one for dogs", {"classes": one_class}
    ),
    Part(
        "relu",
        "a norm and ReLU on every map before its heads",
        {"network": naive_network},
    ),
    Part(
        "anchors",
        "anchor sizes chosen on the training boxes, not guessed",
        {"anchors": naive_anchors},
    ),
    Part(
        "threshold",
        "positive from IoU 0.5, none ignored; not from 0.7, ignored from 0.3",
        {"targets": partial(ssd_targets, pos_iou=0.7, neg_iou=0.3)},
    ),
    Part(
        "adamw",
        "AdamW with its weight decay, not plain SGD",
        {"optimizer": partial(sgd, lr=NAIVE_RATE)},
    ),
    Part(
        "hardest",
        "the 3 hardest negatives per positive, 8 at least; not 5 at random",
        {"negatives": random_negatives},
    ),
    Part(
        "positives",
        "both losses divided by the number of positives; not means",
        {"by_positives": False},
    ),
    Part(
        "smooth",
        "smooth L1 for the localization loss, not L1",
        {"distance": F.l1_loss},
    ),
    Part(
        "weight",
        f"the localization loss times {FULL.localization_weight:g}",
        {"localization_weight": 1.0},
    ),
    Part("warm-up", "a warm-up of the learning rate", {"warmup_steps": 0}),
    Part("cosine", "a learning rate that falls to 0", {"cosine": False}),
    Part(
        "clipping",
        f"gradients shortened to a norm of {FULL.max_norm:g}",
        {"max_norm": inf},
    ),
    Part("light", "random light and colors", {"light": None}),
    Part("window", "a window of random size and place", {"window": None}),
    Part(
        "average",
        "judged by the running mean of the weights (EMA)",
        {"average": 0.0},
    ),
)
PART_NAMES = tuple(part.name for part in PARTS)


@dataclass(frozen=True)
class Row:
    """A row of a table, and the setting that its trainings have."""

    name: str
    kind: str  # "way", "without", "instead", "longer" or "baseline"
    change: str
    setting: Setting
    part: str | None = None  # that the row adds, leaves out or replaces
    parts: tuple[str, ...] = PART_NAMES  # that are on

    @property
    def length(self) -> float:
        """How long a training is, beside one of the full recipe."""
        return self.setting.times

    def describe(self) -> dict:
        """Return what the table says of the row, besides its runs."""
        names = "name", "kind", "change", "part"
        return {n: getattr(self, n) for n in names} | {
            "parts": list(self.parts)
        }


def way() -> Iterator[Row]:
    """Yield the rows from a naive SSD to the full recipe."""
    for count in range(len(PARTS) + 1):
        missing = {}
        for part in PARTS[count:]:
            missing |= part.without
        name, change, added = "naive", "a naive SSD", None
        if count:
            added, change, _ = PARTS[count - 1]
            name = added if count < len(PARTS) else "full"
        setting = replace(FULL, **missing)
        yield Row(name, "way", change, setting, added, PART_NAMES[:count])


def without() -> Iterator[Row]:
    """Yield the rows that leave one part out of the full recipe."""
    for part in PARTS:
        yield Row(
            f"without-{part.name}",
            "without",
            f"without: {part.says}",
            replace(FULL, **part.without),
            part.name,
            tuple(name for name in PART_NAMES if name != part.name),
        )


def instead(
    name: str, change: str, part: str | None = None, **fields: object
) -> Row:
    """Return a row that replaces something in the full recipe."""
    return Row(name, "instead", change, replace(FULL, **fields), part)


def sgd_row(rate: float) -> Row:
    """Return a row with momentum in place of AdamW."""
    return instead(
        f"sgd-{rate:g}",
        f"SGD with momentum, at most {rate:g} as learning rate; not AdamW",
        "adamw",
        optimizer=partial(
            sgd, lr=rate, momentum=MOMENTUM, weight_decay=SGD_DECAY
        ),
    )


INSTEAD = (
    instead(
        "five-maps",
        "two coarse maps by convolutions, not one by global pooling",
        network=five_maps,
        anchors=five_anchors,
    ),
    instead(
        "book-anchors",
        "anchor sizes of the book's own images, from 0.08",
        "anchors",
        anchors=book_anchors,
    ),
    instead(
        "unforced",
        "no anchor forced to be an object's: positive from IoU 0.5 only",
        targets=unforced_targets,
    ),
    instead(
        "iou-0.7",
        "positive from IoU 0.7, not 0.5; none ignored",
        "threshold",
        targets=partial(ssd_targets, pos_iou=0.7, neg_iou=0.7),
    ),
    *map(sgd_row, SGD_RATES),
    instead(
        "pytorch-init",
        "PyTorch's initial weights, not Xavier's",
        network=default_init,
    ),
    instead(
        "no-input-norm",
        "no batch normalization of the input",
        network=no_input_norm,
    ),
    instead(
        "no-difficult",
        "difficult objects are background in training",
        targets=easy_targets,
    ),
    instead(
        "smaller-images", f"images {STEP} pixels less wide and high", more=-STEP
    ),
    instead(
        "larger-images", f"images {STEP} pixels wider and higher", more=STEP
    ),
    instead("no-flip", "images are not mirrored", flip=None),
    instead(
        "no-augmentation",
        "no augmentation at all",
        light=None,
        window=None,
        flip=None,
    ),
    instead(
        "paper-crops",
        "the SSD paper's canvas and crops, not a window",
        "window",
        window=paper_crops,
    ),
)

LONGER = {
    "full": "the full recipe",
    "without-window": "without a window of random size and place",
    "without-cosine": "without a learning rate that falls to 0",
    "pytorch-init": "PyTorch's initial weights",
}


def longer(row: Row) -> Row:
    """Return a row that trains TIMES as long."""
    return replace(
        row,
        name=f"{row.name}-longer",
        kind="longer",
        change=f"{LONGER[row.name]}; {TIMES} times as many passes",
        setting=replace(row.setting, times=TIMES),
    )


ROWS = {row.name: row for row in (*way(), *without(), *INSTEAD)}
ROWS |= {row.name: row for row in (longer(ROWS[name]) for name in LONGER)}
