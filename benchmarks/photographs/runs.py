"""One JSON file per training, and the table that is made of them.

A training that has its file is not repeated, so that a killed queue goes on
where it was. Several queues may work on one folder: each takes what no other
has begun.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from benchmarks.photographs.settings import TEST
from d2l_ssd.files import locked_folder, write_text

FOLDER = Path("build/photographs")
SCORES = "ap50", "ap", "ap75", "ap_small", "ap_medium", "ap_large"
COUNTS = "minutes", "images_seen"


@dataclass(frozen=True)
class Run:
    """One training: a row of the table, with one of its seeds."""

    row: str
    seed: int

    @property
    def name(self) -> str:
        """The name of its file and folder."""
        return f"{self.row}-{self.seed}"


class Clock:
    """Minutes that each thread has worked: those in which it waits do not count.

    Args:
        threads: that work at the same time.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self.start = time.process_time()

    def minutes(self) -> float:
        """Return the minutes of each thread since the clock was made."""
        return (time.process_time() - self.start) / self.threads / 60


def made_with(images: Sequence, judged: Sequence) -> dict:
    """Return what all rows of the comparison have in common."""
    return {
        "num_train": len(images),
        "num_judged": len(judged),
        "judged": TEST,
    }


def hardware(threads: int) -> str:
    """Say in a few words what a training runs on."""
    plural = "" if threads == 1 else "s"
    return f"{platform.machine()} CPU, {threads} thread{plural}"


def work_off(
    folder: str | os.PathLike, runs: Iterable[Run], train: Callable
) -> None:
    """Train what has no file yet; write a file for each.

    Args:
        folder: of the files; each run has a folder of its own in it.
        runs: in the order of their training.
        train: of a run and a folder, in which it finds what a killed one has
            left; returns what the run's file holds besides row and seed. The
            folder is removed then.
    """
    folder = Path(folder)
    for run in runs:
        path = folder / f"{run.name}.json"
        if path.exists():
            print(f"{run.name}: done", flush=True)
            continue
        with ExitStack() as stack:
            try:
                stack.enter_context(locked_folder(folder / run.name, "run"))
            except ValueError:
                print(f"{run.name}: in work elsewhere", flush=True)
                continue
            if not path.exists():  # Another queue may have just ended
                _train(run, path, train)
            rmtree(folder / run.name)


def _train(run: Run, path: Path, train: Callable) -> None:
    """Train once; write the file."""
    print(f"{run.name}: begins", flush=True)
    record = {"row": run.row, "seed": run.seed}
    record.update(train(run, path.with_suffix("") / "training"))
    write_text(path, json.dumps(record, indent=1) + "\n")
    print(f"{run.name}: {summary(record)}", flush=True)


def summary(record: dict) -> str:
    """Say in a line what a training reached."""
    return (
        "AP50 {ap50:.3f}, COCO AP {ap:.3f}, {minutes:.1f} minutes, "
        "{images_seen:,} images seen".format(**record)
    )


def read_runs(folder: str | os.PathLike) -> list[dict]:
    """Read the files of a folder, in the order of their names.

    Raises:
        ValueError: a file is damaged.
    """
    records = []
    for path in sorted(Path(folder).glob("*.json")):
        try:
            records.append(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(
                f"{path} is damaged ({error}): remove it, and start the queue "
                "again"
            ) from None
    return records


def gather(records: Iterable[dict], rows: Iterable[str]) -> tuple[dict, dict]:
    """Make rows of several seeds of the files' records.

    Args:
        records: as `read_runs` returns them.
        rows: names in the table's order; others are left out.

    Returns:
        What all trainings have in common, and the rows by name; both are empty
        without records.

    Raises:
        ValueError: trainings were made with something else in common.
    """
    of_row = {name: [] for name in rows}
    for record in records:
        if record["row"] in of_row:
            of_row[record["row"]].append(record)
    of_row = {name: found for name, found in of_row.items() if found}
    made = {}
    for record in (r for found in of_row.values() for r in found):
        made = made or record["made"]
        if record["made"] != made:
            raise ValueError(
                f"{record['row']}-{record['seed']}.json was made with "
                f"{record['made']}, another with {made}: remove one of the "
                "files, and start the queue again"
            )
    return made, {name: _row(found) for name, found in of_row.items()}


def _row(records: list[dict]) -> dict:
    """Make one row of the records of several seeds."""
    records = sorted(records, key=lambda record: record["seed"])
    first = records[0]
    return {
        "change": first["change"],
        "hardware": first["hardware"],
        "seeds": [record["seed"] for record in records],
        **{k: [record[k] for record in records] for k in SCORES + COUNTS},
        "classes": {
            name: {
                score: [record["classes"][name][score] for record in records]
                for score in scores
            }
            for name, scores in first["classes"].items()
        },
        "num_train": first["num_train"],
        "parameters": first["parameters"],
    }
