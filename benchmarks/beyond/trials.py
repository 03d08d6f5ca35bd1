"""What is trained: an idea, its options, and the scenes that judge it.

Every idea has the same budget for its options: NUM_CHOICES trainings of one seed,
judged on validation scenes. The best COCO AP chooses. Only then do the seeds of the
table follow, judged on test scenes.
"""

from __future__ import annotations

import os
from itertools import product
from typing import NamedTuple

from benchmarks.ablation.runs import Run, read_runs
from benchmarks.beyond.choices import IDEAS

NUM_CHOICES = 12
TUNING_SEED = 1
FIRST_SEED = 2  # of the table: tuning's is not among them
MOST_UNTUNED = 3  # seeds of the untuned options: they are there to compare


class Trial(NamedTuple):
    """A detector that is trained, with any seed, and judged."""

    idea: str
    options: tuple[tuple[str, float], ...]
    scenes: str  # "validation" or "test"
    length: float = 1.0  # beside other trainings

    @property
    def name(self) -> str:
        """The beginning of its files' names."""
        options = ",".join(f"{name}={value:g}" for name, value in self.options)
        return f"{self.idea}-{options}-{self.scenes}"

    def describe(self) -> dict:
        """Return what its files say of it."""
        return {
            "idea": self.idea,
            "options": dict(self.options),
            "scenes": self.scenes,
        }


def choices(idea: str) -> list[dict[str, float]]:
    """Return the options that tuning tries, the untuned ones first.

    Raises:
        ValueError: the idea's grid has another size than the others'.
    """
    grid, untuned = IDEAS[idea].grid, IDEAS[idea].untuned
    tried = [
        {**untuned, **dict(zip(grid, values))}
        for values in product(*grid.values())
    ]
    if untuned not in tried or len(tried) != NUM_CHOICES:
        raise ValueError(
            f"the grid of {idea!r} must hold {NUM_CHOICES} choices, the untuned "
            f"one among them, got {len(tried)}: {tried}"
        )
    return sorted(tried, key=lambda options: options != untuned)


def tuning_runs(ideas: list[str]) -> list[Run]:
    """Return the trainings that choose options: an option of each, the next."""
    tried = [
        [trial_of(idea, options, "validation") for options in choices(idea)]
        for idea in ideas
    ]
    return [
        Run(trial, TUNING_SEED) for trials in zip(*tried) for trial in trials
    ]


def table_runs(chosen: dict[str, dict], num_seeds: int) -> list[Run]:
    """Return the trainings of the table: a seed of each idea, then the next.

    Args:
        chosen: the options of each idea.
        num_seeds: of the chosen options; the untuned ones have MOST_UNTUNED.
    """
    runs = {}  # in order, and once: tuning may choose what was there
    for seed in range(FIRST_SEED, FIRST_SEED + num_seeds):
        for idea, options in chosen.items():
            runs[Run(trial_of(idea, options, "test"), seed)] = None
            if seed < FIRST_SEED + MOST_UNTUNED:
                untuned = trial_of(idea, IDEAS[idea].untuned, "test")
                runs[Run(untuned, seed)] = None
    return list(runs)


def trial_of(idea: str, options: dict[str, float], scenes: str) -> Trial:
    """Make a trial; a dict cannot be the key of one."""
    return Trial(idea, tuple(sorted(options.items())), scenes)


def tuning_of(folder: str | os.PathLike, idea: str) -> list[dict]:
    """Return what tuning has measured so far: dicts of options, ap50, and ap."""
    records = read_runs(folder, tuning_runs([idea]))
    return [
        {
            "options": record["options"],
            **{name: record["run"][name] for name in ("ap50", "ap")},
        }
        for record in records.values()
    ]


def best_options(folder: str | os.PathLike, idea: str) -> dict[str, float]:
    """Return the options with the best COCO AP on validation scenes.

    Raises:
        ValueError: not all of them have been tried.
    """
    tried = tuning_of(folder, idea)
    if len(tried) < NUM_CHOICES:
        raise ValueError(
            f"tuning of {idea!r} must try {NUM_CHOICES} options, and has tried "
            f"{len(tried)}: run the command with --tune first"
        )
    return max(tried, key=lambda row: row["ap"])["options"]
