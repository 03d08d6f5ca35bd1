"""From a finished run to a folder of results that the package can store."""

from __future__ import annotations

from pathlib import Path

from benchmarks.weights.recipe import Recipe


def store(recipe: Recipe, folder: Path, target: Path, processes: int) -> str:
    """Judge a run, and write its results; return the model card."""
    raise NotImplementedError


def copy_results(source: Path) -> None:
    """Copy results into the package; its tables stay."""
    raise NotImplementedError
