"""The card of the stored weights: how they were made, and how good they are."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from d2l_ssd.checkpoints import Checkpoint
from d2l_ssd.coco_areas import AREAS, evaluate_areas
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import Evaluation
from d2l_ssd.torch.prediction import format_score, judge, summarize

VOTE_IOU = 0.7  # of the vote that the card reports besides
MEGABYTE = 1e6


@dataclass(frozen=True)
class Origin:
    """What a card says that no file knows, in words.

    Args:
        data: the images.
        command: that trained the network.
        hardware: that it ran on.
        notes: more lines.
    """

    data: str
    command: str
    hardware: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a network finds on a set of N images, and what is there.

    Args:
        detections, voted: N Detections each, without and with box voting.
        labels: N arrays (M, 6).
        image_sizes: (height, width) of each image, in pixels.
    """

    detections: Sequence[Detections]
    voted: Sequence[Detections]
    labels: Sequence[np.ndarray]
    image_sizes: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Form:
    """How weights are stored, and what that costs.

    Args:
        num_bytes: of the file.
        wide_steps: see `compress_weights`.
        exact_ap: COCO AP on the validation images of weights that are not
            rounded.
    """

    num_bytes: int
    wide_steps: int
    exact_ap: float


def stored_card(
    checkpoint: Checkpoint, val: Found, test: Found, form: Form, origin: Origin
) -> str:
    """Say how stored weights were made and how good they are: Markdown.

    Args:
        checkpoint: of the run.
        val, test: what the rounded weights find.
        form: how they are stored.
        origin: of the weights.
    """
    history, classes = checkpoint.history, checkpoint.classes
    judged = judge(val.detections, val.labels, len(classes))
    return CARD.format(
        origin=origin,
        options=_options(checkpoint),
        notes="".join(f"\n- {note}" for note in origin.notes),
        num_epochs=len(history),
        minutes=sum(row["seconds"] for row in history) / 60,
        speeds=_speeds(history),
        python=platform.python_version(),
        torch=torch.__version__,
        numpy=np.__version__,
        size=checkpoint.settings.image_size,
        num_anchors=len(checkpoint.settings.anchors()),
        classes=", ".join(classes),
        smallest=min(map(min, checkpoint.settings.sizes)),
        form=_describe_form(form, judged),
        scores=_describe_scores(judged, classes),
        val=set_tables(val, classes, "validation"),
        test=set_tables(
            test, classes, "test",
            ", whose backgrounds neither training nor validation images have",
        ),
    )  # fmt: skip


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


def set_tables(
    found: Found, classes: Sequence[str], name: str, rest: str = ""
) -> str:
    """Format how good a network is on a set of images: Markdown.

    Args:
        found: on these images.
        classes: their names.
        name: of the set.
        rest: more words about it.
    """
    plain, voted = (
        judge(detections, found.labels, len(classes))
        for detections in (found.detections, found.voted)
    )
    means = " and ".join(map(format_score, summarize(voted).values()))
    return "\n\n".join(
        [
            f"On {len(found.labels)} {name} images{rest}:",
            evaluation_table(plain, classes),
            f"With box voting (`vote_iou={VOTE_IOU}`) the means are {means}.",
            _area_table(found, len(classes)),
        ]
    )


def _area_table(found: Found, num_classes: int) -> str:
    """Format COCO AP by the objects' areas."""
    rows = [
        "| COCO AP of objects | up to 32 × 32 pixels | up to 96 × 96 | larger |",
        "|---|---|---|---|",
    ]
    for name, detections in ("NMS", found.detections), ("voting", found.voted):
        areas = evaluate_areas(
            detections, found.labels, found.image_sizes, num_classes
        )
        aps = (format_score(areas[area].mean_ap) for area in AREAS)
        rows.append(f"| {name} | {' | '.join(aps)} |")
    counts = (str(areas[area].num_truths.sum()) for area in AREAS)
    rows.append(f"| number of objects | {' | '.join(counts)} |")
    return "\n".join(rows)


def best_score(evaluation: Evaluation, k: int) -> tuple[float, float]:
    """Return the score from which on a class's detections are best, and its F1.

    F1 is the harmonic mean of precision and recall, at IoU 0.5. NaN for a class
    that is not found.
    """
    precision, recall, scores = evaluation.curves[k][0]
    if not np.nansum(recall):
        return np.nan, np.nan
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = f1.argmax()
    return float(scores[best]), float(f1[best])


def _describe_scores(evaluation: Evaluation, classes: Sequence[str]) -> str:
    best = [best_score(evaluation, k) for k in range(len(classes))]
    return ", ".join(
        f"{format_score(score)} for {name} (F1 {format_score(f1)})"
        for name, (score, f1) in zip(classes, best)
    )


def _describe_form(form: Form, rounded: Evaluation) -> str:
    megabytes = form.num_bytes / MEGABYTE
    exact, ap = format_score(form.exact_ap), format_score(rounded.mean_ap)
    return (
        f"8 bits per weight of a convolution, and {2 * form.wide_steps + 1} "
        f"steps in the widest, the few other weights as float32: {megabytes:.1f} MB. "
        f"COCO AP on the validation images is {ap}, and {exact} without rounding"
    )


def _options(checkpoint: Checkpoint) -> str:
    return ", ".join(f"{k} {v}" for k, v in checkpoint.options.items())


def _speeds(history: list[dict]) -> str:
    """Say how many images per second were trained on, by image size."""
    speeds = {}
    for row in history:
        speed, size = row["images_per_second"], row["image_size"]
        speeds.setdefault(str(size), []).append(speed)
    return ", ".join(
        f"{np.mean(values):.1f} at {size} x {size}"
        for size, values in speeds.items()
    )


CARD = """# The stored weights

This book's SSD (ResNet-18, {num_anchors:,} anchors at {size} x {size}), trained from scratch
in PyTorch; the weights have the names that they have in MXNet.

- **Classes**: {classes}
- **Data**: {origin.data}
- **Recipe**: that of the training chapter; {options}{notes}
- **Command**: `{origin.command}`
- **Hardware**: {origin.hardware}
- **Time**: {minutes:.0f} minutes of training, {num_epochs} epochs
- **Images per second**: {speeds}
- **Stored**: {form}
- **Scores to show from on**, chosen on the validation images: {scores}
- **Versions**: Python {python}, PyTorch {torch}, NumPy {numpy}

All figures are at {size} x {size}, in float32, of the weights as they are stored.

{val}

{test}

## Known limits

- It has seen the training images and nothing else: on images of another kind it
  may find next to nothing.
- Objects under {smallest} of the image are smaller than the smallest anchor.
- One training run with one seed: the figures have no error bars.
"""
