"""What is each part of the recipe worth? An ablation, from a naive SSD up.

    python -m benchmarks.ablation.ablation --all --jobs 2
    python -m benchmarks.ablation.ablation --setting naive --setting full
    python -m benchmarks.ablation.ablation --gather

Each row of the table is one change: see `benchmarks/ablation/settings.py`. All
rows see the same images for the same number of steps, those of one seed in the
same order and from the same weights where their networks are the same, and are
judged alike on the same test images. Every training leaves a file in the
folder, and one that has its file, or is in the stored table, is not repeated, so
that a killed command goes on where it was; `--gather` makes the table of what is
there.
"""

from __future__ import annotations

import argparse
import platform
from dataclasses import asdict
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import torch

from benchmarks.ablation.data import FOLDER, Budget, draw, open_images
from benchmarks.ablation.measuring import measure
from benchmarks.ablation.runs import (
    Run,
    check_made,
    gather,
    order_of_work,
    progress,
    read_runs,
    scatter,
    work_off,
)
from benchmarks.ablation.settings import ROWS, Row
from d2l_ssd import results
from d2l_ssd.results import write_table
from d2l_ssd.results.tables import parse_table, to_markdown

NUM_SEEDS, BUDGET = 3, Budget()


def made_with(budget: Budget) -> dict:
    """Return what a table says of all its rows, but for the machine."""
    common = "image_size", "batch_size", "num_train", "num_test"
    return {
        "data": budget.data,
        "epochs": budget.num_epochs,
        **{name: getattr(budget, name) for name in common},
    }


def machine() -> dict:
    """Say what trains here."""
    name = f"{platform.machine()} CPU, 1 thread"
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
    return {"hardware": name, "torch": torch.__version__}


def stored_table(folder: Path, name: str) -> dict:
    """Return a table of stored results; an empty one if there is none."""
    path = folder / f"{name}.json"
    if not path.exists():
        return {"made": {}, "rows": []}
    return parse_table(path.read_bytes())


def train(
    budget: Budget, root: Path, hardware: str | None, num_workers: int, run: Run
) -> dict:
    """Train one run; return what its file holds."""
    size = budget.image_size
    images = [cached_images(root, split, size) for split in ("train", "test")]
    found, parameters = measure(
        run.row.setting, *images, budget, run.seed, num_workers, run.name
    )
    where = machine() | ({"hardware": hardware} if hardware else {})
    return {"parameters": parameters, "machine": where, "run": found}


cached_images = cache(open_images)


def work(runs: list[Run], budget: Budget, args: argparse.Namespace) -> None:
    """Work off the runs with one thread, as one job of several or alone."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    root = draw(budget, args.data)
    training = partial(train, budget, root, args.hardware, args.workers)
    work_off(args.folder, runs, made_with(budget), training, args.jobs)


def work_together(
    runs: list[Run], budget: Budget, args: argparse.Namespace
) -> None:
    """Let several processes work off the runs.

    Raises:
        SystemExit: one of them has failed; its own message says why.
    """
    # PyTorch's threads and a GPU do not survive a fork
    context = get_context("spawn")
    jobs = [
        context.Process(target=work, args=(runs, budget, args), daemon=False)
        for _ in range(args.jobs)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise SystemExit("a job has failed: start the command again to go on")


def main(
    rows: dict[str, Row], table: str, doc: str, budget: Budget = BUDGET
) -> None:
    """Run the command line of a benchmark of rows.

    Args:
        rows: by name, in the table's order.
        table: name of the table.
        doc: what the command's help begins with.
        budget: its defaults.
    """
    args = _parser(rows, table, doc, budget).parse_args()
    budget = Budget(**{name: getattr(args, name) for name in asdict(budget)})
    made, names = made_with(budget), rows if args.all else args.setting
    runs = order_of_work([rows[name] for name in names or ()], args.seeds)
    if not args.fresh:
        scatter(args.folder, stored_table(args.results, table), made)
    check_made(read_runs(args.folder, runs), made)
    if runs:
        draw(budget, args.data)
        print(progress(args.folder, runs, args.jobs), flush=True)
        (work if args.jobs == 1 else work_together)(runs, budget, args)
    if args.gather:
        runs = [Run(row, s) for row in rows.values() for s in range(args.seeds)]
        gathered = gather(args.folder, runs, made)
        write_table(args.results, table, gathered)
        print(to_markdown(gathered))


def _parser(
    rows: dict[str, Row], table: str, doc: str, budget: Budget
) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    add = parser.add_argument
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="train all rows")
    which.add_argument("--setting", action="append", choices=list(rows))
    add("--seeds", type=int, default=NUM_SEEDS, help="number of seeds, from 0")
    add("--fresh", action="store_true", help="train what is stored, too")
    add("--folder", type=Path, default=Path("build") / table)
    add("--jobs", type=int, default=1, help="processes, of one thread each")
    add("--workers", type=int, default=0, help="per job, that make batches")
    add("--gather", action="store_true", help="make the table of what is done")
    add("--results", type=Path, default=Path(results.__file__).parent)
    add("--data", type=Path, default=FOLDER, help="folder of the drawn images")
    add("--hardware", help="a text for the table")
    for name, value in asdict(budget).items():
        option = f"--{name.replace('_', '-')}"
        add(option, type=type(value), default=value)
    return parser


if __name__ == "__main__":
    main(ROWS, "ablation", __doc__)
