"""What is trained: an idea, its options, and the scenes that judge it.

Every idea has the same budget for its options: at most NUM_CHOICES trainings of one
seed, judged on validation scenes. Each tries a step from the options with the best
COCO AP so far. Only then do the seeds of the table follow, judged on test scenes.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from benchmarks.ablation.runs import Run, check_made, read_runs
from benchmarks.beyond.choices import IDEAS, Idea

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


def next_options(idea: Idea, tried: list[dict]) -> dict[str, float] | None:
    """Return what tuning tries next: a step from the best options so far.

    Args:
        idea: what is tuned.
        tried: dicts of options and ap, in their order.

    Returns:
        None if the budget is used up, or every step from the best has been tried.
    """
    if not tried:
        return idea.untuned
    if len(tried) == NUM_CHOICES:
        return None
    known = [row["options"] for row in tried]
    best = best_of(tried)
    for name, factor in idea.steps.items():
        for value in best[name] * factor, best[name] / factor:
            options = {**best, name: float(f"{value:.6g}")}
            if options not in known:
                return options
    return None


def tuning_of(
    folder: str | os.PathLike, idea: str, made: dict
) -> tuple[list[dict], Run | None]:
    """Follow the tuning of an idea as far as there are files.

    Returns:
        What has been tried, dicts of options, ap50 and ap; and the training that
        comes next, None at the end.

    Raises:
        ValueError: a file is damaged, or was not made with `made`.
    """
    tried = []
    while options := next_options(IDEAS[idea], tried):
        run = Run(trial_of(idea, options, "validation"), TUNING_SEED)
        records = read_runs(folder, [run])
        check_made(records, made)
        if not records:
            return tried, run
        found = records[run.name]["run"]
        scores = {name: found[name] for name in ("ap50", "ap")}
        tried.append({"options": options, **scores})
    return tried, None


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


def best_options(
    folder: str | os.PathLike, idea: str, made: dict
) -> dict[str, float]:
    """Return the options with the best COCO AP on validation scenes.

    Raises:
        ValueError: tuning is not at its end.
    """
    tried, left = tuning_of(folder, idea, made)
    if left:
        raise ValueError(
            f"tuning of {idea!r} is not at its end, {len(tried)} options have been "
            "tried: run the command with --tune first"
        )
    return best_of(tried)


def best_of(tried: list[dict]) -> dict[str, float]:
    """Return the options with the best COCO AP."""
    return max(tried, key=lambda row: row["ap"])["options"]
