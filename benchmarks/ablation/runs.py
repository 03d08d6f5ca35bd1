"""One JSON file per training, and the table that is gathered from them.

A training that has its file is not repeated, so that a killed queue goes on
where it was. Several queues may work on one folder: each takes what no other
has begun.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from benchmarks.ablation.settings import PARTS, Row
from d2l_ssd.files import locked_folder, write_text

LOCKS = "locks"  # a folder beside the files
MACHINE = "hardware", "torch"  # what a table lists, and runs need not share


class Run(NamedTuple):
    """One training: a row of the table, with one of its seeds."""

    row: Row
    seed: int

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.row.name}-{self.seed}"


def order_of_work(rows: Iterable[Row], num_seeds: int) -> list[Run]:
    """Return all runs: a seed of all rows, then the next, the ends first.

    So the table says something about every row, early on.
    """
    rows = sorted(rows, key=lambda row: row.name not in ("naive", "full"))
    return [Run(row, seed) for seed in range(num_seeds) for row in rows]


def work_off(
    folder: str | os.PathLike,
    runs: Sequence[Run],
    made: dict,
    train: Callable[[Run], dict],
    num_jobs: int = 1,
) -> None:
    """Train what has no file yet; write a file for each.

    Args:
        folder: of the files.
        runs: in the order of their training.
        made: what all runs have in common.
        train: returns what a run's file holds besides row, seed and `made`.
        num_jobs: queues that work at the same time, for the time that is left.
    """
    folder = Path(folder)
    for run in runs:
        with ExitStack() as stack:
            try:
                stack.enter_context(
                    locked_folder(folder / LOCKS / run.name, "run")
                )
            except ValueError:
                continue  # in work elsewhere
            path = folder / f"{run.name}.json"
            if not path.exists():
                record = {**run.row.describe(), "made": made, **train(run)}
                write_text(path, json.dumps(record) + "\n")
                print(summary(run, record), flush=True)
                print(progress(folder, runs, num_jobs), flush=True)


def summary(run: Run, record: dict) -> str:
    """Say in a line what a training reached."""
    return (
        "{}: AP50 {ap50:.3f}, COCO AP {ap:.3f}, {seconds:.0f} seconds, "
        "{images_per_second:.1f} images per second"
    ).format(run.name, **record["run"])


def progress(
    folder: str | os.PathLike, runs: Sequence[Run], num_jobs: int
) -> str:
    """Say how many of the runs are done, and about how long the others take."""
    records = read_runs(folder, runs)
    text = f"{len(records)} of {len(runs)} runs are done"
    if not records or len(records) == len(runs):
        return text
    seconds = sum(record["run"]["seconds"] for record in records.values())
    lengths = {run.name: run.row.length for run in runs}
    done = sum(lengths[name] for name in records)
    left = seconds / done * (sum(lengths.values()) - done) / num_jobs
    return f"{text}, about {left / 3600:.1f} hours are left"


def read_runs(folder: str | os.PathLike, runs: Iterable[Run]) -> dict:
    """Read the files of the runs that are done: records by name of the run.

    Raises:
        ValueError: a file is damaged.
    """
    records = {}
    for run in runs:
        path = Path(folder) / f"{run.name}.json"
        if path.exists():
            try:
                records[run.name] = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise ValueError(
                    f"{path} is damaged ({error}): remove it, and start the "
                    "queue again"
                ) from None
    return records


def check_made(records: dict, made: dict) -> None:
    """Raise ValueError for a record that was not made with `made`."""
    for name, record in records.items():
        if record["made"] != made:
            raise ValueError(
                f"{name}.json was made with {record['made']}, not {made}: "
                "remove it, or name another folder"
            )


def scatter(folder: str | os.PathLike, table: dict, made: dict) -> None:
    """Write the files of a table's runs, but for those that are there.

    So a queue goes on where the stored table stands, on any machine. A table
    that was made with something else than `made` has nothing to give.
    """
    machine = {name: table["made"].get(name) for name in MACHINE}
    if table["made"] != made | machine:
        return
    for row in table["rows"]:
        record = {k: v for k, v in row.items() if k != "runs"}
        for run in row["runs"]:
            path = Path(folder) / f"{row['name']}-{run['seed']}.json"
            if not path.exists():
                whole = record | {"made": made, "machine": machine, "run": run}
                write_text(path, json.dumps(whole) + "\n")


def gather(folder: str | os.PathLike, runs: Iterable[Run], made: dict) -> dict:
    """Make a table of the runs that are done; rows without any are left out.

    Raises:
        ValueError: a file is damaged, or was made with something else than
            the others.
    """
    records = read_runs(folder, runs)
    check_made(records, made)
    machines = {
        name: _union(record["machine"][name] for record in records.values())
        for name in MACHINE
    }
    parts = [{"name": part.name, "says": part.says} for part in PARTS]
    return {
        "made": {**made, **machines},
        "parts": parts,
        "rows": _rows(records, runs),
    }


def _union(texts: Iterable[str]) -> str:
    """Join what texts list, each item once."""
    return "; ".join(sorted({item for t in texts for item in t.split("; ")}))


def _rows(records: dict, runs: Iterable[Run]) -> list[dict]:
    """Return a row, with its runs, for every row that has any."""
    rows = {}
    for run in runs:
        if record := records.get(run.name):
            row = {**run.row.describe(), "parameters": record["parameters"]}
            rows.setdefault(run.row.name, {**row, "runs": []})
            rows[run.row.name]["runs"].append(record["run"])
    return list(rows.values())
