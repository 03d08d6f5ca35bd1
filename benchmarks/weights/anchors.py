"""What the anchors are to the training boxes, and what others would be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.weights.recipe import Recipe
from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.inspection.anchor_fit import measure_anchors, suggest_sizes
from d2l_ssd.label_checks import read_labels

SMALL = 32**2  # pixels of the input: COCO's small objects


def describe_anchors(train_set: Sequence, recipe: Recipe) -> str:
    """Say how well the anchors fit the training boxes, and what they compare to.

    Args:
        train_set: its boxes are matched.
        recipe: names the sizes of the anchors, and that of the inputs.
    """
    settings = recipe.train_options().settings
    boxes = [rows[:, 1:5] for rows in read_labels(train_set).values()]
    other = suggest_sizes(
        np.concatenate(boxes), settings.height, settings.width
    )
    used = measure_fit(boxes, settings)
    text = f"**Anchors**: sizes {format_sizes(recipe.sizes)}; {used}"
    if other != recipe.sizes:
        compared = measure_fit(boxes, ModelSettings(settings.image_size, other))
        text += f". `suggest_sizes` proposes {format_sizes(other)}; {compared}"
    return text


def measure_fit(boxes: Sequence[np.ndarray], settings: ModelSettings) -> str:
    """Say what anchors are to boxes: to all, and to small ones.

    Args:
        boxes: (M_i, 4) of each image, corners in [0, 1].
        settings: have the anchors.
    """
    fit = measure_anchors(boxes, settings.anchors())
    rows = np.concatenate(boxes)
    area = (rows[:, 2:] - rows[:, :2]).prod(axis=1)
    small = area * settings.height * settings.width < SMALL
    parts = []
    for name, chosen in ("objects", slice(None)), ("small ones", small):
        iou, positives = fit.best_iou[chosen], fit.positives[chosen]
        missed = fit.unreached[chosen]
        parts.append(
            f"{name}: mean best IoU {_mean(iou):.3f}, {_mean(positives):.1f} "
            f"positives, {_mean(missed):.1%} under an IoU of 0.5"
        )
    return "; ".join(parts)


def format_sizes(sizes: Sequence[Sequence[float]]) -> str:
    """Return anchor sizes as a text, map by map."""
    return ", ".join(
        " and ".join(f"{size:.3g}" for size in pair) for pair in sizes
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")
