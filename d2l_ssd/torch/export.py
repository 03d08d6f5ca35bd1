"""A run's results as the package stores them, with a model card."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from d2l_ssd.checkpoints import Checkpoint
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import Evaluation
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results import (
    Candidates,
    find_candidates,
    round_weights,
    write_results,
)
from d2l_ssd.torch.prediction import (
    format_score,
    judge,
    predict_batches,
    summarize,
)
from d2l_ssd.torch.runs import read_galleries, read_run
from d2l_ssd.torch.weights import (
    get_weights,
    load_weights,
    mxnet_to_torch,
    torch_to_mxnet,
)

VOTE_IOU = 0.7  # of the vote that the card reports besides


@dataclass(frozen=True)
class Origin:
    """What a model card says that no file knows."""

    data: str  # the images
    command: str  # that trained the network
    hardware: str  # that it ran on


def export_results(
    folder: str | os.PathLike,
    target: str | os.PathLike,
    val_set: Sequence,
    origin: Origin,
    num_workers: int = 2,
) -> str:
    """Write a run's results in the form that `load_results` reads.

    Args:
        folder: of the run.
        target: folder to write.
        val_set: what to predict on: item i is (image, labels), has `ids`.
        origin: for the model card.
        num_workers: processes that make batches.

    Returns:
        The model card.
    """
    net, checkpoint = read_run(folder)
    # Predict with what is stored: rounded weights
    weights = round_weights(torch_to_mxnet(get_weights(net)))
    load_weights(net, mxnet_to_torch(weights))
    replay = read_galleries(folder, checkpoint.history)
    found = _predict(net, val_set, len(replay[0]), num_workers)
    num_classes = len(checkpoint.classes)
    card = model_card(
        checkpoint,
        judge(found.detections, found.labels, num_classes),
        judge(found.voted, found.labels, num_classes),
        len(val_set),
        origin,
    )
    write_results(
        target,
        weights,
        val_set.ids,
        found.detections,
        found.candidates,
        found.gallery,
        checkpoint.history,
        replay,
        card,
    )
    return card


def predict_candidates(
    net: nn.Module, dataset: Sequence, num_workers: int = 0
) -> tuple[list[Detections], list[Candidates], list[np.ndarray]]:
    """Predict on images, and keep what explorers need of the raw outputs.

    Args:
        net: an SSD with its `settings`.
        dataset: item i is (image, labels).
        num_workers: processes that make batches.

    Returns:
        For each image its Detections, its Candidates and its labels (M, 6).
    """
    detections, candidates, truths = [], [], []
    anchors = net.settings.anchors()
    for class_probs, offsets, labels in predict_batches(
        net, dataset, num_workers=num_workers
    ):
        detections += predict_ssd(class_probs, offsets, anchors)
        candidates += find_candidates(class_probs, offsets)
        truths += labels
    return detections, candidates, truths


@dataclass
class _Found:
    """What a network finds on N images; the labels say what is there."""

    labels: list[np.ndarray] = field(default_factory=list)
    detections: list[Detections] = field(default_factory=list)
    voted: list[Detections] = field(default_factory=list)
    candidates: list[Candidates] = field(default_factory=list)
    gallery: tuple[np.ndarray, np.ndarray] = ()  # outputs for the first images


def _predict(
    net: nn.Module, val_set: Sequence, num_gallery: int, num_workers: int
) -> _Found:
    """Predict batch by batch; keep raw outputs of the gallery only."""
    anchors = net.settings.anchors()
    found, first = _Found(), []
    for class_probs, offsets, labels in predict_batches(
        net, val_set, num_workers=num_workers
    ):
        if len(found.labels) < num_gallery:
            first.append((class_probs, offsets))
        found.labels += labels
        found.detections += predict_ssd(class_probs, offsets, anchors)
        found.voted += predict_ssd(
            class_probs, offsets, anchors, vote_iou=VOTE_IOU
        )
        found.candidates += find_candidates(class_probs, offsets)
    found.gallery = tuple(
        np.concatenate(part)[:num_gallery] for part in zip(*first)
    )
    return found


def evaluation_table(evaluation: Evaluation, classes: Sequence[str]) -> str:
    """Format AP50 and COCO AP of every class, and their means: Markdown."""
    rows = ["| class | AP50 | COCO AP | objects |", "|---|---|---|---|"]
    mean, counts = summarize(evaluation), evaluation.num_truths
    lines = [
        (name, ap[0], ap.mean(), count)
        for name, ap, count in zip(classes, evaluation.ap, counts)
    ]
    lines.append(("mean", mean["ap50"], mean["ap"], counts.sum()))
    for name, ap50, ap, count in lines:
        scores = f"{format_score(ap50)} | {format_score(ap)}"
        rows.append(f"| {name} | {scores} | {count} |")
    if missing := [name for name, n in zip(classes, counts) if not n]:
        rows += ["", f"No object here counts as {', '.join(missing)}."]
    return "\n".join(rows)


def model_card(
    checkpoint: Checkpoint,
    evaluation: Evaluation,
    voted: Evaluation,
    num_images: int,
    origin: Origin,
) -> str:
    """Say how weights were made and how good they are: Markdown.

    Args:
        checkpoint: of the run.
        evaluation, voted: of the rounded weights, without and with the vote.
        num_images: that were judged.
        origin: of the weights.
    """
    history = checkpoint.history
    options = ", ".join(
        f"{name} {value}" for name, value in checkpoint.options.items()
    )
    return CARD.format(
        origin=origin,
        options=options,
        num_epochs=len(history),
        minutes=sum(row["seconds"] for row in history) / 60,
        speeds=_speeds(history),
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=np.__version__,
        num_images=num_images,
        size=checkpoint.settings.image_size,
        num_anchors=len(checkpoint.settings.anchors()),
        table=evaluation_table(evaluation, checkpoint.classes),
        vote_iou=VOTE_IOU,
        voted=tuple(map(format_score, summarize(voted).values())),
        classes=", ".join(checkpoint.classes),
    )


def _speeds(history: list[dict]) -> str:
    """Say how many images per second were trained on, by image size."""
    speeds = {}
    for row in history:
        speed = row["images_per_second"]
        speeds.setdefault(row["image_size"], []).append(speed)
    return ", ".join(
        f"{np.mean(values):.1f} at {size} x {size}"
        for size, values in speeds.items()
    )


CARD = """# The stored weights

This book's SSD (ResNet-18, {num_anchors:,} anchors at {size} x {size}), trained from scratch
in PyTorch; the weights have the names that they have in MXNet. Convolutions are
stored with 8 bits per weight, the few other weights as float32.

- **Classes**: {classes}
- **Data**: {origin.data}
- **Recipe**: that of the training chapter; {options}
- **Command**: `{origin.command}`
- **Hardware**: {origin.hardware}
- **Time**: {minutes:.0f} minutes of training, {num_epochs} epochs
- **Images per second**: {speeds}
- **Versions**: Python {python}, PyTorch {torch}, NumPy {numpy}

On {num_images} validation images, {size} x {size}, in float32:

{table}

With box voting (`vote_iou={vote_iou}`) the means are {voted[0]} and
{voted[1]}.

## Known limits

- It has seen the training images and nothing else: on images of another kind it
  may find next to nothing.
- Objects under 0.08 of the image are smaller than the smallest anchor.
- One training run with one seed: the figures have no error bars.
"""
