"""What came after SSD: one change each, tuned alike, on the same scenes.

    python -m benchmarks.beyond.beyond --tune --all --seeds 10 --jobs 2 --gather
    python -m benchmarks.beyond.beyond --tune --idea giou --seeds 3
    python -m benchmarks.beyond.beyond --gather

See `ideas.py` for the ideas, `choices.py` for their options, and `trials.py` for what is trained.
Every training leaves a file in the folder, and one that has its file is not
repeated, so that a killed command goes on where it was; `--gather` makes the table
of what is there.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch

from benchmarks.ablation.runs import Run, check_made, read_runs, work_off
from benchmarks.beyond import ideas, ssd, training
from benchmarks.beyond.choices import IDEAS
from benchmarks.beyond.judging import judge_on
from benchmarks.beyond.table import gather
from benchmarks.beyond.training import FIRST, UNSEEN_SEED, Budget, train
from benchmarks.beyond.training import scenes as draw
from benchmarks.beyond.trials import best_options, table_runs, tuning_of
from d2l_ssd import results
from d2l_ssd.files import write_text
from d2l_ssd.results.beyond import (
    BEYOND,
    beyond_markdown,
    costs_markdown,
    nms_markdown,
    read_beyond_table,
    tuning_markdown,
)
from d2l_ssd.results.tables import format_table

NUM_SEEDS = 10
TABLES = tuning_markdown, beyond_markdown, costs_markdown, nms_markdown


def run_trial(budget: Budget, run: Run) -> dict:
    """Train and judge one run; return what its file holds."""
    trial, start = run.row, time.perf_counter()
    options = dict(trial.options)
    net, _ = train(IDEAS[trial.idea].kind, options, run.seed, budget)
    seconds = time.perf_counter() - start
    first = FIRST[trial.scenes]
    unseen = draw(UNSEEN_SEED, first, budget.num_unseen)
    found = {
        "seed": run.seed,
        **judge_on(net, *unseen, whole=trial.scenes == "test"),
        "seconds": round(seconds, 1),
        "images_per_second": round(budget.num_scenes / seconds, 1),
    }
    return {
        "parameters": sum(p.numel() for p in net.parameters()),
        "machine": f"{platform.machine()} CPU, torch {torch.__version__}",
        "run": found,
    }


def made_with(budget: Budget) -> dict:
    """Return what all trainings have in common: the budget, and the code."""
    code = hashlib.sha256()
    for module in ideas, ssd, training:
        code.update(Path(module.__file__).read_bytes())
    return {**budget._asdict(), "code": code.hexdigest()[:8]}


def work(runs: list[Run], folder: Path, budget: Budget, num_jobs: int) -> None:
    """Work off the runs with one thread, as one job of several or alone."""
    torch.set_num_threads(1)
    work_off(
        folder, runs, made_with(budget), partial(run_trial, budget), num_jobs
    )


def work_together(
    runs: list[Run], folder: Path, budget: Budget, num_jobs: int
) -> None:
    """Let several processes work off the runs.

    Raises:
        SystemExit: one of them has failed; its own message says why.
    """
    check_made(read_runs(folder, runs), made_with(budget))
    if num_jobs == 1:
        return work(runs, folder, budget, num_jobs)
    context = get_context("spawn")  # PyTorch's threads do not survive a fork
    arguments = runs, folder, budget, num_jobs
    jobs = [
        context.Process(target=work, args=arguments) for _ in range(num_jobs)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if any(job.exitcode for job in jobs):
        raise SystemExit("a job has failed: start the command again to go on")


def tune(names: list[str], folder: Path, budget: Budget, num_jobs: int) -> None:
    """Choose the options of ideas: in each round, each tries a step."""
    made = made_with(budget)
    while True:
        ends = [tuning_of(folder, name, made) for name in names]
        runs = [run for _, run in ends if run]
        if not runs:
            return
        done = sum(len(tried) for tried, _ in ends)
        print(f"tuning: {done} done, {len(runs)} ideas have a step to try")
        work_together(runs, folder, budget, num_jobs)


def main() -> None:
    """Run the command line."""
    args = _parser().parse_args()
    budget = Budget(*(getattr(args, name) for name in Budget._fields))
    names = list(IDEAS) if args.all else args.idea or []
    if args.tune:
        tune(names, args.folder, budget, args.jobs)
    made = made_with(budget)
    chosen = {name: best_options(args.folder, name, made) for name in names}
    runs = table_runs(chosen, args.seeds)
    work_together(runs, args.folder, budget, args.jobs)
    if args.gather:
        table = gather(args.folder, args.seeds, made)
        path = args.results / BEYOND
        write_text(path, format_table(table))
        table = read_beyond_table(path)
        for to_markdown in TABLES:
            print(to_markdown(table), end="\n\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="train all ideas")
    which.add_argument("--idea", action="append", choices=list(IDEAS))
    add("--tune", action="store_true", help="first choose each idea's options")
    add("--seeds", type=int, default=NUM_SEEDS, help="of the table")
    add("--folder", type=Path, default=Path("build/beyond"))
    add("--jobs", type=int, default=1, help="processes, of one thread each")
    add("--gather", action="store_true", help="make the table of what is done")
    add("--results", type=Path, default=Path(results.__file__).parent)
    for name, value in Budget()._asdict().items():
        add(f"--{name.replace('_', '-')}", type=int, default=value)
    return parser


if __name__ == "__main__":
    main()
