"""Do ideas carry over? The best ones in the book's network, on larger images.

    python -m benchmarks.beyond.real --jobs 2 --gather
    python -m benchmarks.beyond.real --images animals --seeds 1

Ideas bring the options that were chosen on the small scenes; all else is the book's
recipe (`larger.py`). A training that has its file is not repeated.
"""

from __future__ import annotations

import argparse
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import torch

from benchmarks.ablation.runs import Run, check_made, read_runs, work_off
from benchmarks.beyond.ideas import Distributions
from benchmarks.beyond.larger import PLACES, Both, measure, open_place
from benchmarks.beyond.ssd import Detector
from d2l_ssd import results
from d2l_ssd.files import write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.results.beyond import REAL, load_beyond_table, real_markdown
from d2l_ssd.results.tables import format_table

NUM_SEEDS = 3
KINDS = {
    "ssd": Detector,
    "distributions": Distributions,
    "both": Both,
}
SAYS = {
    "ssd": "SSD",
    "distributions": "edges as distributions",
    "both": "the same with one-to-one heads beside SSD's, no NMS",
}


class Row(NamedTuple):
    """An idea on images of one kind."""

    images: str
    idea: str
    length: float = 1.0  # beside other trainings

    @property
    def name(self) -> str:
        """The beginning of its files' names."""
        return f"{self.images}-{self.idea}"

    def describe(self) -> dict:
        """Return what its files say of it."""
        return {"images": self.images, "idea": self.idea}


ROWS = [Row(images, idea) for images in PLACES for idea in KINDS]


def options_of(idea: str) -> dict[str, float]:
    """Return an idea's options: as chosen on the small scenes; SSD's the book's."""
    if idea == "ssd":
        return {"box_weight": TrainOptions().localization_weight}
    rows = load_beyond_table()["rows"]
    options = dict(rows["distributions"]["options"])
    if idea == "both":
        chosen = rows["two-heads"]["options"]
        options["overlap_weight"] = chosen["overlap_weight"]
    del options["rate"]
    return options


open_once = lru_cache(maxsize=2)(open_place)


def run_row(data: Path, run: Run) -> dict:
    """Train and judge one run; return what its file holds."""
    images, idea, _ = run.row
    sets, place = open_once(images, data), PLACES[images]
    found = measure(KINDS[idea], options_of(idea), sets, place, run.seed)
    return {"run": found}


def work(runs: list[Run], folder: Path, data: Path, num_jobs: int) -> None:
    """Work off the runs with one thread, as one job of several or alone."""
    torch.set_num_threads(1)
    work_off(folder, runs, made(), partial(run_row, data), num_jobs)


def made() -> dict:
    """Return what all trainings have in common."""
    return {name: place._asdict() for name, place in PLACES.items()}


def gather(folder: Path, num_seeds: int) -> dict:
    """Make the table of the trainings that are done."""
    table = []
    for row in ROWS:
        runs = [Run(row, seed) for seed in range(num_seeds)]
        records = read_runs(folder, runs)
        check_made(records, made())
        found = [record["run"] for record in records.values()]
        says = {"images": row.images, "change": SAYS[row.idea]}
        table.append({**says, "options": options_of(row.idea), "runs": found})
    return {"made": made(), "rows": [row for row in table if row["runs"]]}


def main() -> None:
    """Run the command line."""
    args = _parser().parse_args()
    rows = [row for row in ROWS if row.images in (args.images or PLACES)]
    runs = [Run(row, seed) for seed in range(args.seeds) for row in rows]
    context = get_context("spawn")  # PyTorch's threads do not survive a fork
    arguments = runs, args.folder, args.data, args.jobs
    jobs = [
        context.Process(target=work, args=arguments) for _ in range(args.jobs)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise SystemExit("a job has failed: start the command again to go on")
    if args.gather:
        table = gather(args.folder, args.seeds)
        write_text(args.results / REAL, format_table(table))
        print(real_markdown(table))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--images", action="append", choices=list(PLACES))
    add("--seeds", type=int, default=NUM_SEEDS, help="number of seeds, from 0")
    add("--folder", type=Path, default=Path("build/beyond_real"))
    add("--data", type=Path, default=Path("data"), help="of drawn images")
    add("--jobs", type=int, default=1, help="processes, of one thread each")
    add("--gather", action="store_true", help="make the table of what is done")
    add("--results", type=Path, default=Path(results.__file__).parent)
    return parser


if __name__ == "__main__":
    main()
