"""One process of the training: torchrun starts as many as there shall be.

    python -m benchmarks.weights.training build/weights/recipe.json

`benchmarks.weights.weights` writes the recipe and starts the processes.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import cv2
import torch

from benchmarks.weights.recipe import Recipe
from d2l_ssd.torch import (
    Processes,
    Run,
    default_workers,
    new_network,
    process_group,
    processes_from,
    train_detection,
)

RUN = "run"  # the run's folder, beside the recipe


def train(recipe: Recipe, folder: Path, processes: Processes) -> list[dict]:
    """Train as a recipe says, or go on where it was stopped.

    Args:
        recipe: what to train.
        folder: of the run.
        processes: which one this is.

    Returns:
        The history, one row per epoch.
    """
    options, train_set = recipe.train_options(), recipe.open_train()
    run = Run(
        train_set,
        recipe.open_judged("val"),
        folder,
        options,
        processes,
        num_workers=default_workers(),
        evaluate_every=max(options.num_epochs // 4, 1),
        # Kernels of one's own take minutes to make, which only a GPU repays
        compile=torch.cuda.is_available(),
    )
    net = new_network(len(train_set.classes), options.seed)
    return train_detection(net, run)


def main() -> None:
    """Train the recipe of a file; the run is beside it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipe", type=Path, help="file that a launch wrote")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))
    cv2.setNumThreads(1)
    recipe = Recipe.from_dict(json.loads(args.recipe.read_text()))
    processes = processes_from(os.environ)
    with process_group(processes):
        train(recipe, args.recipe.parent / RUN, processes)


if __name__ == "__main__":
    main()
