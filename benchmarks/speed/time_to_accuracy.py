"""How many minutes to an AP50 of 0.8 and of 0.9, and where do they go?

    python -m benchmarks.speed.time_to_accuracy --steps
    python -m benchmarks.speed.time_to_accuracy --trainings
    python -m benchmarks.speed.time_to_accuracy --gather

--steps times a step's stages with float32 and bfloat16, batches of 8, 16 and 32, both
orders of memory, glibc's own habits and ours, two threads and two processes: minutes,
on a quiet machine. --trainings trains for 1, 2, 3, 4 and 6 epochs of the images of
`make weights`, each with its whole schedule, until both APs are reached: hours. What
has its file in the folder is not repeated; --gather makes the package's table.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from benchmarks.weights.launching import launch, write_once
from benchmarks.weights.recipe import Recipe
from benchmarks.weights.storing import PACKAGE, describe_hardware
from benchmarks.weights.training import RUN
from d2l_ssd.checkpoints import checkpoint_path, read_checkpoint
from d2l_ssd.files import write_text

TABLE = "time_to_accuracy.json"
GOALS = 0.8, 0.9  # AP50 on the validation images
LENGTHS = 1, 2, 3, 4, 6  # epochs
BASE = {
    "precision": "bfloat16",
    "batch_size": 16,
    "channels_last": True,
    "keep_memory": True,
    "processes": 2,
}
CHANGES = {
    "base": {},
    "float32": {"precision": "float32"},
    "batch 8": {"batch_size": 8},
    "batch 32": {"batch_size": 32},
    "channels first": {"channels_last": False},
    "memory given back": {"keep_memory": False},
    "one process, all threads": {"processes": 1},
}


def time_steps(args: argparse.Namespace) -> None:
    """Time the steps of every setting that has no file yet."""
    for name, change in CHANGES.items():
        stem = args.folder / f"step-{name.replace(', ', '-').replace(' ', '-')}"
        out = stem.with_suffix(".json")
        if out.exists():
            continue
        setting = {**BASE, **change, "steps": args.num_steps}
        setting |= {"image_size": args.image_size, "data": args.judged}
        path = stem.with_suffix(".setting")
        write_text(path, json.dumps({"name": name, **setting}, indent=1) + "\n")
        launch(
            "benchmarks.speed.step_shares",
            [str(path), str(out)],
            setting["processes"],
            setting["keep_memory"],
        )


def time_trainings(args: argparse.Namespace) -> None:
    """Train longer and longer, until all goals are reached."""
    base = Recipe(data=args.data, judged=args.judged, num_train=args.num_train)
    for epochs in args.lengths:
        path = args.folder / f"training-{epochs}.json"
        if not path.exists():
            row = time_training(base, epochs, args)
            write_text(path, json.dumps(row, indent=1) + "\n")
        if json.loads(path.read_text())["ap50"] >= max(GOALS):
            return


def time_training(base: Recipe, epochs: int, args: argparse.Namespace) -> dict:
    """Train for some epochs; return the row."""
    options = {
        **base.options,
        "num_epochs": epochs,
        "image_sizes": [args.image_size],
    }
    recipe = dataclasses.replace(base, options=options)
    recipe.draw()
    folder = args.folder / f"training-{epochs}"
    path = folder / "recipe.json"
    write_once(path, json.dumps(recipe.as_dict(), indent=1) + "\n")
    launch("benchmarks.weights.training", [str(path)], args.processes)
    history = read_checkpoint(checkpoint_path(folder / RUN)).history
    return {
        "epochs": epochs,
        "images": sum(row["num_images"] for row in history),
        "minutes": sum(row["seconds"] for row in history) / 60,
        "ap50": history[-1]["ap50"],
        "ap": history[-1]["ap"],
        "hardware": describe_hardware(args.processes),
    }


def gather(folder: Path, target: Path) -> dict:
    """Write the table of what is measured, and return it."""
    steps, trainings = (
        [json.loads(path.read_text()) for path in sorted(folder.glob(pattern))]
        for pattern in ("step-*.json", "training-*.json")
    )
    order = list(CHANGES)
    steps.sort(key=lambda row: order.index(row["name"]))
    trainings.sort(key=lambda row: row["epochs"])
    table = {
        "steps": steps,
        "trainings": trainings,
        "minutes_to": {
            str(goal): minutes_to(goal, trainings) for goal in GOALS
        },
    }
    write_text(target / TABLE, json.dumps(table, indent=1) + "\n")
    return table


def minutes_to(ap50: float, trainings: list[dict]) -> float | None:
    """Return the minutes of the shortest training that reaches an AP50."""
    times = [row["minutes"] for row in trainings if row["ap50"] >= ap50]
    return min(times, default=None)


def show(table: dict) -> None:
    """Print a table."""
    for row in table["steps"]:
        whole = sum(row["seconds"].values())
        shares = ", ".join(
            f"{stage} {part / whole:.0%}"
            for stage, part in row["seconds"].items()
        )
        print(
            f"{row['name']:26}{row['images_per_second']:6.1f} images/s, "
            f"{row['share_of_matrix_rate']:.0%} of the matrix rate; {shares}"
        )
    for row in table["trainings"]:
        print(
            "{epochs} epochs, {minutes:.0f} minutes: AP50 {ap50:.3f}, COCO AP "
            "{ap:.3f}".format(**row)
        )
    for goal, minutes in table["minutes_to"].items():
        print(f"AP50 {goal}: {'not reached' if minutes is None else minutes}")


def main() -> None:
    """Measure what has no file yet, or gather the files."""
    args = _parser().parse_args()
    if args.steps:
        time_steps(args)
    if args.trainings:
        time_trainings(args)
    show(gather(args.folder, args.results if args.gather else args.folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add, recipe = parser.add_argument, Recipe()
    for part in "steps", "trainings", "gather":
        add(f"--{part}", action="store_true")
    add("--folder", type=Path, default=Path("build/time_to_accuracy"))
    add("--results", type=Path, default=PACKAGE)
    add("--processes", type=int, default=BASE["processes"])
    add("--num-steps", type=int, default=20, help="that are timed")
    add("--lengths", type=int, nargs="+", default=LENGTHS, help="epochs")
    add("--image-size", type=int, default=256)
    add("--data", default=recipe.data)
    add("--judged", default=recipe.judged)
    add("--num-train", type=int, default=recipe.num_train)
    return parser


if __name__ == "__main__":
    main()
