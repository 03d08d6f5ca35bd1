"""Judge a trained network on labeled images: average precision and errors."""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Iterator, Sequence

import numpy as np

from d2l_ssd.checks import check_fraction
from d2l_ssd.commands.arguments import (
    DATA_HELP,
    add_mending,
    add_timeout,
    check_order,
    parse_image_size,
)
from d2l_ssd.commands.sharing import sharing
from d2l_ssd.datasets import LabeledImages, open_dataset
from d2l_ssd.error_tables import confusion_matrix
from d2l_ssd.files import check_file, write_text
from d2l_ssd.predictors import Predictor, at_size, load_predictor
from d2l_ssd.processes import Processes, gather_shards, together
from d2l_ssd.scores import (
    AREAS,
    KINDS,
    Judged,
    Scores,
    detect_all,
    mean_scores,
    score_classes,
)

EXAMPLES = """\
examples:
  d2l-ssd evaluate run photographs
      On the test images, at the size of the training.
  d2l-ssd evaluate run photographs --split val --json val.json
      On the validation images. Whatever you choose (when to stop, a score, an
      input size), choose it with these, and look at the test images once.
  d2l-ssd evaluate cells.onnx photographs
      With an exported network: onnxruntime is enough.
  torchrun --standalone --nproc-per-node 4 -m d2l_ssd evaluate run photographs
      The images shared among four processes, such as one for each GPU.

AP is COCO's, over IoU thresholds from 0.5 to 0.95, as pycocotools computes it;
AP50 is AP at IoU 0.5, AP75 at 0.75. Small objects have boxes of up to 32 x 32
pixels of the photograph, large ones of over 96 x 96. VOC's difficult objects and
COCO's crowds do not count.

Errors are counted from a score on (--score), by the first reason that holds: the
object was found already (duplicate), it is of another class (classification), the
box is too far off (localization, IoU from 0.1), nothing is there (background).
A missed object was not found by any of these detections.
"""
SCORE = 0.3
DASH = "–"  # where there is nothing to measure


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of `evaluate`."""
    command.add_argument(
        "run",
        metavar="RUN",
        type=os.path.expanduser,
        help="folder of a run, a file of ONNX, or stored: the stored weights of "
        "the drawn animals",
    )
    command.add_argument("data", metavar="DATA", help=DATA_HELP)
    command.add_argument(
        "--split",
        default="test",
        help="images to judge on: train, val, test, or another list of the folder "
        "(default: test)",
    )
    command.add_argument(
        "--json",
        type=os.path.expanduser,
        metavar="FILE",
        help="also write all figures to a file of JSON",
    )
    _add_input_options(command)
    command.add_argument(
        "--score",
        type=float,
        default=SCORE,
        help="count errors among detections with this score or more; AP is that "
        f"of all detections (default: {SCORE})",
    )
    add_mending(command)
    add_timeout(command)


def _add_input_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--image-size",
        type=parse_image_size,
        metavar="WxH",
        help="width and height of the network's input, multiples of 32 (default: "
        "as in training)",
    )
    command.add_argument(
        "--scale-anchors",
        action="store_true",
        help="at another input size: scale the anchors with the image instead of "
        "keeping their size in pixels",
    )


def run(args: argparse.Namespace) -> None:
    """Print tables of AP and of errors, and write them as JSON on request.

    Of several processes (torchrun) each detects on its share of the images.
    """
    with sharing(os.environ, args.timeout) as processes:
        together(lambda: _check(args), processes)
        trained, predictor, dataset = together(lambda: _open(args), processes)
        judged = detect_shared(predictor, trained.classes, dataset, processes)
    if processes.is_first:
        _report(args, trained, predictor, dataset, judged)


def _check(args: argparse.Namespace) -> None:
    """Raise an error for options that no images make right."""
    check_fraction(zero=True, score=args.score)
    if args.scale_anchors and not args.image_size:
        raise ValueError("--scale-anchors needs --image-size")
    if args.json:
        check_file(args.json, "--json")
    check_order(args.run, [args.data], "evaluate RUN DATA")


def _open(
    args: argparse.Namespace,
) -> tuple[Predictor, Predictor, LabeledImages]:
    """Return the network as it was trained, and as it is judged; the images.

    Raises:
        ValueError: the two share no class.
    """
    trained = load_predictor(args.run)
    predictor = trained
    if args.image_size:
        predictor = at_size(trained, args.image_size, args.scale_anchors)
    dataset = open_dataset(
        args.data, args.split, clip=args.clip, skip_bad=args.skip_bad
    )
    compare_classes(trained, dataset, args.data)
    return trained, predictor, dataset


def detect_shared(
    predictor: Predictor,
    classes: Sequence[str],
    dataset: LabeledImages,
    processes: Processes,
) -> Judged:
    """Detect on labeled images; several processes share them.

    Args:
        predictor: the network.
        classes: that it knows.
        dataset: item i is (image, labels); has `classes`.
        processes: which one this is.
    """
    indices = processes.share(len(dataset))
    samples = relabeled(dataset, classes, indices)
    judged = together(
        lambda: detect_all(predictor, samples, len(indices)), processes
    )
    parts = judged.detections, judged.truths, judged.sizes
    return Judged(*(gather_shards(part, processes) for part in parts))


def _report(
    args: argparse.Namespace,
    trained: Predictor,
    predictor: Predictor,
    dataset: LabeledImages,
    judged: Judged,
) -> None:
    """Print the tables, and write them as JSON on request."""
    notes = compare_classes(trained, dataset, args.data)
    rows = score_classes(judged, trained.classes, args.score)
    used = _what_was_used(trained, predictor, args, dataset)
    shown = [*rows, mean_scores(rows)]
    tables = ap_table(shown), error_table(shown, args.score)
    print(*tables, "\n".join([used, *notes]), sep="\n\n", flush=True)
    if args.json:
        about = _as_dict(args, predictor, judged, rows, [used, *notes])
        write_text(args.json, json.dumps(about, indent=1) + "\n")


def compare_classes(
    predictor: Predictor, dataset: LabeledImages, data: str
) -> list[str]:
    """Say in words what classes a network and images do not share.

    Raises:
        ValueError: they share none.
    """
    known, shown = predictor.classes, dataset.classes
    if not set(known) & set(shown):
        raise ValueError(
            f"{predictor.origin} knows {_names(known)}, and {data} shows "
            f"{_names(shown)}: they share no class (names must agree in the case "
            "of letters, too), so that there is nothing to judge; name other "
            "images or another run"
        )
    notes = []
    if missing := [name for name in shown if name not in known]:
        notes.append(
            f"{data} also shows {_names(missing)}, which {predictor.origin} has "
            "not learned: these objects are left out."
        )
    if absent := [name for name in known if name not in shown]:
        notes.append(
            f"{data} does not show {_names(absent)}, which {predictor.origin} "
            "has learned: a detection of these is an error, and they have no AP."
        )
    return notes


def _names(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def relabeled(
    dataset: LabeledImages,
    classes: Sequence[str],
    indices: Sequence[int] | None = None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield images with labels that count other classes; others are left out.

    Args:
        dataset: item i is (image, labels); has `classes`.
        classes: names of those that the labels shall count.
        indices: of the images; all if None.
    """
    numbers = np.array(
        [classes.index(n) if n in classes else -1 for n in dataset.classes]
    )
    for i in range(len(dataset)) if indices is None else indices:
        image, labels = dataset[i]
        labels = labels.copy()
        labels[:, 0] = numbers[labels[:, 0].astype(int)]
        yield image, labels[labels[:, 0] >= 0]


def _what_was_used(
    trained: Predictor,
    predictor: Predictor,
    args: argparse.Namespace,
    dataset: LabeledImages,
) -> str:
    """Say which images were judged, and how the network saw them."""
    old, new = trained.settings, predictor.settings
    text = (
        f"{trained.origin} on the {len(dataset)} {dataset.split} images of "
        f"{args.data}, at {new.width}x{new.height}"
    )
    text = text[0].upper() + text[1:]
    if (old.height, old.width) == (new.height, new.width):
        return f"{text}, as in training."
    kept = "scaled with the image" if args.scale_anchors else "kept in pixels"
    return f"{text} (trained at {old.width}x{old.height}; anchors {kept})."


def ap_table(rows: Sequence[Scores]) -> str:
    """Format AP of every row, also by area: Markdown."""
    head = ["", "objects", "AP", "AP50", "AP75", *(f"AP {a}" for a in AREAS)]
    lines = [
        [
            row.name,
            f"{row.objects:,}",
            *map(_format, (row.ap, row.ap50, row.ap75)),
            *(_format(row.by_area[area][1]) for area in AREAS),
        ]
        for row in rows
    ]
    return _align([head, *lines])


def error_table(rows: Sequence[Scores], score: float) -> str:
    """Format the counts of right and wrong detections: Markdown."""
    head = [f"from score {score:g}", *KINDS]
    lines = [
        [row.name, *(f"{row.errors[kind]:,}" for kind in KINDS)] for row in rows
    ]
    return _align([head, *lines])


def _format(value: float) -> str:
    """Format an average precision; a dash where there is none."""
    return DASH if math.isnan(value) else f"{value:.3f}"


def _align(lines: Sequence[Sequence[str]]) -> str:
    """Format a table of Markdown that can be read as it is."""
    widths = [max(map(len, column)) for column in zip(*lines)]
    rule = [
        ":" + "-" * (widths[0] - 1),
        *("-" * (w - 1) + ":" for w in widths[1:]),
    ]
    rows = [
        [
            first.ljust(widths[0]),
            *(c.rjust(w) for c, w in zip(rest, widths[1:])),
        ]
        for first, *rest in [lines[0], rule, *lines[1:]]
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _as_dict(
    args: argparse.Namespace,
    predictor: Predictor,
    judged: Judged,
    rows: Sequence[Scores],
    notes: Sequence[str],
) -> dict:
    """Return all that was measured as JSON can keep it."""
    settings, classes = predictor.settings, predictor.classes
    confusion = confusion_matrix(
        judged.detections, judged.truths, len(classes), args.score
    )
    return {
        "run": args.run,
        "data": args.data,
        "split": args.split,
        "images": len(judged.truths),
        "image_size": [settings.height, settings.width],
        "fit": settings.fit,
        "notes": list(notes),
        "mean": mean_scores(rows).as_dict(),
        "classes": [row.as_dict() for row in rows],
        "score": args.score,
        "confusion": {
            "rows": [*classes, "(nothing)"],
            "columns": [*classes, "(missed)"],
            "counts": confusion.tolist(),
        },
    }
