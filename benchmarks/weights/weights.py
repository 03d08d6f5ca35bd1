"""Make the weights that the package stores: draw, train, judge, and write.

    make weights
    python -m benchmarks.weights.weights --folder build/weights [--processes 2]
    python -m benchmarks.weights.weights --folder build/weights --copy

Run the same command again to go on where it was stopped: drawn images are kept,
and the training goes on after the last whole epoch. At the end the folder's
results/ has the files that `load_results` reads; --copy puts them into the
package. With a GPU the same command trains there.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from benchmarks.weights.launching import (
    default_processes,
    launch,
    write_once,
)
from benchmarks.weights.recipe import Recipe
from benchmarks.weights.storing import (
    DRAWING,
    check_anchors,
    copy_results,
    is_stored,
    store,
)
from d2l_ssd.files import locked_folder, write_text

RECIPE, RESULTS = "recipe.json", "results"


def main() -> None:
    """Do what is not done yet, from the images to the results."""
    args = _parser().parse_args()
    recipe = read_recipe(args)
    if args.copy:
        check_anchors(recipe.train_options().settings)
    with locked_folder(args.folder, "--folder"):
        write_once(
            args.folder / RECIPE, json.dumps(recipe.as_dict(), indent=1) + "\n"
        )
        draw(recipe, args.folder)
    launch(
        "benchmarks.weights.training",
        [str(args.folder / RECIPE)],
        args.processes,
    )
    target = args.folder / RESULTS
    if not is_stored(target):
        store(recipe, args.folder, target, args.processes)
    print((target / "card.md").read_text(encoding="utf-8"))
    if args.copy:
        copy_results(target)


def draw(recipe: Recipe, folder: Path) -> None:
    """Draw the training images, and note the seconds that it took."""
    start = time.perf_counter()
    recipe.draw()
    path = folder / DRAWING
    if not path.exists():
        seconds = time.perf_counter() - start
        write_text(path, json.dumps({"seconds": seconds}) + "\n")


def read_recipe(args: argparse.Namespace) -> Recipe:
    """Return the recipe that a command line describes."""
    options = {
        "num_epochs": args.epochs,
        "batch_size": args.batch_size,
        "image_sizes": [args.image_size],
    }
    return Recipe(
        data=args.data,
        num_train=args.num_train,
        judged=args.judged,
        options=options,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    recipe = Recipe()
    add = parser.add_argument
    add("--folder", type=Path, default=Path("build/weights"))
    add("--processes", type=int, default=default_processes(),
        help="that train together (default: one per GPU, or two)")  # fmt: skip
    add("--copy", action="store_true", help="into the package, at the end")
    add("--data", default=recipe.data, help="folder of the training images")
    add("--judged", default=recipe.judged,
        help="data set with validation and test images")  # fmt: skip
    add("--num-train", type=int, default=recipe.num_train)
    for name in "num_epochs", "batch_size":
        option = name.removeprefix("num_").replace("_", "-")
        add(f"--{option}", type=int, default=recipe.options[name])
    add("--image-size", type=int, default=256)
    return parser


if __name__ == "__main__":
    main()
