"""The table that is gathered from the files of all trainings."""

from __future__ import annotations

import os

from benchmarks.ablation.runs import Run, check_made, read_runs
from benchmarks.beyond.choices import IDEAS
from benchmarks.beyond.lines import changed_lines
from benchmarks.beyond.ssd import OFF
from benchmarks.beyond.trials import (
    FIRST_SEED,
    MOST_UNTUNED,
    best_of,
    trial_of,
    tuning_of,
)


def gather(folder: str | os.PathLike, num_seeds: int, made: dict) -> dict:
    """Make the table of the trainings that are done.

    Args:
        folder: of the trainings' files.
        num_seeds: of each row, at most.
        made: what all trainings have in common.

    Returns:
        "made" and "rows", one for each idea that has been tuned, see
        `d2l_ssd.results.load_beyond_table`.

    Raises:
        ValueError: a file is damaged, or was made with something else.
    """
    rows, machines = [], set()
    for idea in IDEAS:
        tuning, left = tuning_of(folder, idea, made)
        if not left:
            options = best_of(tuning)
            row, found = _row(folder, idea, options, num_seeds, made)
            rows.append({**row, "tuning": tuning})
            machines |= found
    return {"made": {**made, "machines": sorted(machines)}, "rows": rows}


def _row(
    folder: str | os.PathLike,
    idea: str,
    options: dict[str, float],
    num_seeds: int,
    made: dict,
) -> tuple[dict, set[str]]:
    """Return the row of an idea without its tuning, and where it was trained."""
    kind, says, untuned_options, _ = IDEAS[idea]
    bases = {other.kind: name for name, other in IDEAS.items()}
    tuned = _records(folder, idea, options, num_seeds)
    least = min(num_seeds, MOST_UNTUNED)
    untuned = _records(folder, idea, untuned_options, least)
    check_made({**tuned, **untuned}, made)
    row = {
        "name": idea,
        "change": says,
        "base": bases.get(kind.__base__),
        "lines": len(changed_lines(kind)) if idea != "ssd" else 0,
        "uses_nms": kind.nms_iou < OFF,
        "options": options,
        "untuned_options": untuned_options,
        "parameters": next((r["parameters"] for r in tuned.values()), None),
        "runs": [record["run"] for record in tuned.values()],
        "untuned_runs": [record["run"] for record in untuned.values()],
    }
    machines = {record["machine"] for record in (tuned | untuned).values()}
    return row, machines


def _records(
    folder: str | os.PathLike, idea: str, options: dict, num_seeds: int
) -> dict[str, dict]:
    """Read the files of one trial's seeds that are done."""
    trial = trial_of(idea, options, "test")
    seeds = range(FIRST_SEED, FIRST_SEED + num_seeds)
    return read_runs(folder, [Run(trial, seed) for seed in seeds])
