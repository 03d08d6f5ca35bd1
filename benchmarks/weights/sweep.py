"""What pays in a long training? Short runs, one change each.

    python -m benchmarks.weights.sweep [--images 48000] [--variant base ...]
    python -m benchmarks.weights.sweep --gather

A network predicts in pixels while its anchors are fractions, so that a change of the
inputs' size changes what every anchor has to learn: two variants grow the inputs, once
with anchors that keep their fractions and once with anchors that keep their pixels.
Every variant sees as many images; the seconds say what it cost. Each leaves a file in
the folder, and one that has its file is not repeated; --gather makes the package's
table of what is there.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.weights.launching import (
    default_processes,
    launch,
    write_once,
)
from benchmarks.weights.recipe import Recipe
from benchmarks.weights.storing import PACKAGE, describe_hardware
from benchmarks.weights.training import RUN
from d2l_ssd.checkpoints import checkpoint_path, read_checkpoint
from d2l_ssd.files import locked_folder, write_text
from d2l_ssd.inspection.anchor_fit import suggest_sizes
from d2l_ssd.label_checks import read_labels
from d2l_ssd.results.sweep import SWEEP

GROWTH = 0.5, 0.75, 1  # of the inputs' side, for a third of the epochs each


class Variant(NamedTuple):
    """One change of the recipe: what it is in words, and its options."""

    change: str
    options: dict


VARIANTS = {
    "base": Variant("the recipe", {}),
    "batch 32": Variant("32 images per step", {"batch_size": 32}),
    "localization 3": Variant(
        "twice the weight of the localization loss",
        {"localization_weight": 3.0},
    ),
    "decay 1e-4": Variant("hardly any weight decay", {"weight_decay": 1e-4}),
    "anchors suggested": Variant(
        "sizes of anchors that `suggest_sizes` proposes", {}
    ),
    "growing, fractions": Variant(
        "inputs that grow from half their side; anchors keep their fractions",
        {"anchors_in": "fractions"},
    ),
    "growing, pixels": Variant(
        "inputs that grow from half their side; anchors keep their pixels",
        {"anchors_in": "pixels"},
    ),
}


def recipe_of(name: str, recipe: Recipe, images: int) -> Recipe:
    """Return the recipe of a variant.

    Args:
        name: of VARIANTS.
        recipe: that it changes.
        images: that it sees, in whole epochs.
    """
    epochs = max(round(images / recipe.num_train), len(GROWTH))
    options = {**recipe.options, "num_epochs": epochs, **VARIANTS[name].options}
    if "anchors_in" in options:
        (side,) = recipe.options["image_sizes"]
        options["image_sizes"] = [int(side * part) for part in GROWTH]
    sizes = recipe.sizes
    if name == "anchors suggested":
        rows = read_labels(recipe.open_train()).values()
        settings = recipe.train_options().settings
        boxes = np.concatenate(list(rows))[:, 1:5]
        sizes = suggest_sizes(boxes, settings.height, settings.width)
    return dataclasses.replace(recipe, options=options, sizes=sizes)


def measure(name: str, recipe: Recipe, folder: Path, processes: int) -> dict:
    """Train a variant, or go on with it; return its row.

    Args:
        name: of VARIANTS.
        recipe: its own, see `recipe_of`.
        folder: of its run.
        processes: that train together.
    """
    with locked_folder(folder, "--folder"):
        path = folder / "recipe.json"
        write_once(path, json.dumps(recipe.as_dict(), indent=1) + "\n")
    launch("benchmarks.weights.training", [str(path)], processes)
    history = read_checkpoint(checkpoint_path(folder / RUN)).history
    return {
        "name": name,
        "change": VARIANTS[name].change,
        "images": sum(row["num_images"] for row in history),
        "seconds": round(sum(row["seconds"] for row in history), 1),
        "hardware": describe_hardware(processes),
        "torch": torch.__version__,
        "ap50": history[-1]["ap50"],
        "ap": history[-1]["ap"],
    }


def gather(folder: Path, target: Path = PACKAGE) -> list[dict]:
    """Write the table of what is measured; return its rows."""
    paths = {name: row_path(folder, name) for name in VARIANTS}
    rows = [json.loads(p.read_text()) for p in paths.values() if p.exists()]
    text = json.dumps({"rows": rows}, indent=1)
    write_text(target / SWEEP, text + "\n")
    return rows


def row_path(folder: Path, name: str) -> Path:
    """Return the file of a variant's row."""
    return folder / f"{name.replace(', ', '-').replace(' ', '-')}.json"


def main() -> None:
    """Measure the variants that have no file yet, or gather the files."""
    args = _parser().parse_args()
    if args.gather:
        for row in gather(args.folder, args.results):
            print("{name:22}{ap50:8.3f}{ap:8.3f}{seconds:9.0f} s".format(**row))
        return
    base = Recipe(
        data=args.data, judged=args.judged, num_train=args.num_train,
        options={**Recipe().options, "image_sizes": [args.image_size]},
    )  # fmt: skip
    for name in args.variant or VARIANTS:
        path = row_path(args.folder, name)
        if not path.exists():
            recipe = recipe_of(name, base, args.images)
            row = measure(name, recipe, path.with_suffix(""), args.processes)
            write_text(path, json.dumps(row, indent=1) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add, recipe = parser.add_argument, Recipe()
    add("--variant", action="append", choices=list(VARIANTS))
    add("--images", type=int, default=48_000, help="that each variant sees")
    add("--folder", type=Path, default=Path("build/sweep"))
    add("--processes", type=int, default=default_processes())
    add("--gather", action="store_true", help="write the package's table")
    add("--results", type=Path, default=PACKAGE, help="where to")
    add("--data", default=recipe.data)
    add("--judged", default=recipe.judged)
    add("--num-train", type=int, default=recipe.num_train)
    add("--image-size", type=int, default=256)
    return parser


if __name__ == "__main__":
    main()
