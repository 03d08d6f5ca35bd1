"""From a finished run to a folder of results that the package can store."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from benchmarks.processor import processor_flags, processor_name
from benchmarks.weights.anchors import describe_anchors
from benchmarks.weights.recipe import Recipe
from benchmarks.weights.training import RUN
from d2l_ssd import results
from d2l_ssd.checkpoints import ModelSettings, checkpoint_path, read_checkpoint
from d2l_ssd.files import write_text
from d2l_ssd.results import round_weights
from d2l_ssd.results.sums import SUMS, read_sums, write_sums
from d2l_ssd.results.weights import FEW_STEPS, INT8_MAX
from d2l_ssd.results.writing import TEST_FILES
from d2l_ssd.torch import (
    Origin,
    evaluate,
    export_results,
    get_weights,
    load_weights,
    mxnet_to_torch,
    read_run,
    torch_to_mxnet,
)

PACKAGE = Path(results.__file__).parent
WIDE_STEPS = (FEW_STEPS, 15, 31, INT8_MAX)  # from the smallest file on
MOST_LOST = 0.002  # COCO AP on the validation images
FORM = "form.json"
DRAWING = "drawing.json"


def is_stored(target: Path) -> bool:
    """Say whether a folder has all results; those of the test come last."""
    sums = read_sums(target) if (target / SUMS).exists() else {}
    return set(TEST_FILES) <= sums.keys()


def store(recipe: Recipe, folder: Path, target: Path, processes: int) -> None:
    """Judge a finished run, and write its results.

    Args:
        recipe: that was trained.
        folder: that the run is in.
        target: folder to write.
        processes: that have trained together.
    """
    train_set, val_set, test_set = (
        recipe.open_train(),
        recipe.open_judged("val"),
        recipe.open_judged("test"),
    )
    origin = Origin(
        recipe.describe(),
        command_line(),
        describe_hardware(processes),
        (describe_anchors(train_set, recipe), *_drawing_time(folder)),
    )
    wide_steps, exact = choose_steps(folder, val_set)
    export_results(
        folder / RUN,
        target,
        val_set,
        test_set,
        origin,
        wide_steps,
        exact=exact,
    )


def choose_steps(folder: Path, val_set: Sequence) -> tuple[int, float]:
    """Return the fewest steps of the widest convolutions that cost next to nothing.

    What was measured is kept in a file: it takes minutes.

    Args:
        folder: that the run is in.
        val_set: that the cost is measured on.

    Returns:
        `wide_steps`, see `compress_weights`, and the COCO AP before rounding.
    """
    path = folder / FORM
    if path.exists():
        form = json.loads(path.read_text())
        return form["wide_steps"], form["ap"]["exact"]
    net, _ = read_run(folder / RUN)
    weights = torch_to_mxnet(get_weights(net))
    measured = {"exact": evaluate(net, val_set, num_workers=0)[1].mean_ap}
    for steps in WIDE_STEPS:
        load_weights(net, mxnet_to_torch(round_weights(weights, steps)))
        ap = evaluate(net, val_set, num_workers=0)[1].mean_ap
        measured[str(steps)] = ap
        if measured["exact"] - ap < MOST_LOST:
            break
    form = {"wide_steps": steps, "ap": measured}
    write_text(path, json.dumps(form, indent=1) + "\n")
    return steps, measured["exact"]


def command_line() -> str:
    """Return the command that makes the results again; places do not count."""
    args = [a for a in sys.argv[1:] if a != "--copy"]
    return shlex.join(["python", "-m", "benchmarks.weights.weights", *args])


def describe_hardware(processes: int) -> str:
    """Say what a training ran on, in words."""
    together = f", {processes} processes" if processes > 1 else ""
    if torch.cuda.is_available():
        return f"{torch.cuda.get_device_name()}, bfloat16{together}"
    return f"{_processor()}, {os.cpu_count()} cores, bfloat16{together}"


def _processor() -> str:
    """Return the processor's name, and what it has for bfloat16."""
    flags = processor_flags()
    found = [f for f in ("amx_bf16", "avx512_bf16", "avx2") if f in flags]
    return " with ".join([processor_name(), *found[:1]])


def _drawing_time(folder: Path) -> list[str]:
    """Say how long drawing took, if this folder's command has drawn."""
    path = folder / DRAWING
    if not path.exists():
        return []
    minutes = json.loads(path.read_text())["seconds"] / 60
    return [f"**Drawing**: {minutes:.0f} minutes before the training"]


def check_anchors(settings: ModelSettings) -> None:
    """Raise ValueError if the package's anchors are not those of the weights."""
    if not np.array_equal(settings.anchors(), ModelSettings().anchors()):
        raise ValueError(
            "the package's anchors are not those of the weights: set SIZES in the "
            f"chapter on anchors to {settings.sizes} first"
        )


def copy_results(source: Path, target: Path = PACKAGE) -> None:
    """Copy results into the package; its tables stay.

    Raises:
        ValueError: the package's anchors are not those of the weights.
    """
    check_anchors(
        read_checkpoint(checkpoint_path(source.parent / RUN)).settings
    )
    made = read_sums(source)
    for name in made:
        shutil.copyfile(source / name, target / name)
    write_sums(target, made, read_sums(target))
