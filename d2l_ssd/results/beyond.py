"""What came after SSD, one change each: the table of `benchmarks/beyond`."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.results.tables import format_spread

BEYOND, REAL = "beyond.json", "beyond_real.json"
RUNS = "runs", "untuned_runs"
SIZES = "small", "medium", "large"


def load_beyond_table() -> dict:
    """Read what `make beyond-table` measured.

    Returns:
        A dict. "made" says what all trainings have in common. "rows" go from
        the name of an idea to a row: "change" (a text), "base" (the name of the
        idea that it changes, or None), "lines" (that it changes), "uses_nms",
        "options" (chosen), "untuned_options", "parameters", and "tuning", a list
        of tried "options" with their "ap50" and "ap" on validation scenes. "runs" and
        "untuned_runs" hold one number per seed, arrays (n,), judged on test
        scenes: "ap50", "ap" (COCO AP), "ap_small", "ap_medium", "ap_large",
        "network_ms" per scene, "seconds" of the training; and the dicts
        "with_nms" and "without_nms" of "ap50", "ap", and, per scene, "boxes"
        and "milliseconds" of selection.

    Raises:
        FileNotFoundError: the table has not been made yet.
    """
    with resources.as_file(resources.files("d2l_ssd.results")) as folder:
        return read_beyond_table(folder / BEYOND)


def read_beyond_table(path: str | os.PathLike) -> dict:
    """Read a file like the package's own, see `load_beyond_table`."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(
            f"missing file: {path}; in the repository, run `make beyond-table`"
        )
    table = json.loads(path.read_text(encoding="utf-8"))
    rows = {
        row["name"]: {**row, **{name: _to_arrays(row[name]) for name in RUNS}}
        for row in table["rows"]
    }
    return {**table, "rows": rows}


def _to_arrays(runs: list[dict]) -> dict:
    """Turn dicts, one per seed, into a dict of arrays."""
    if not runs:
        return {}
    return {
        name: _to_arrays([run[name] for run in runs])
        if isinstance(value, dict)
        else np.array([run[name] for run in runs], dtype=float)
        for name, value in runs[0].items()
    }


def beyond_markdown(table: dict) -> str:
    """Write the scores of all ideas as a Markdown table.

    Args:
        table: as `load_beyond_table` returns it, or some of its rows.
    """
    lines = [
        (
            row["change"],
            *(_spread(row["runs"][name]) for name in ("ap50", "ap")),
            _gain(row, table["rows"].get(row["base"])),
            *(f"{row['runs'][f'ap_{size}'].mean():.2f}" for size in SIZES),
            "{:.2f} + {:.2f}".format(*_milliseconds(row)),
        )
        for row in _measured(table)
    ]
    sizes = (f"AP {size[0].upper()}" for size in SIZES)
    head = "idea", "AP50", "COCO AP", "gain", *sizes, "ms"
    return _markdown(head, lines)


def costs_markdown(table: dict) -> str:
    """Write what each idea changes and needs as a Markdown table."""
    lines = [
        (
            row["change"],
            row["base"] or "",
            str(row["lines"]),
            f"{row['parameters'] / 1e3:.0f},000",
            f"{row['runs']['seconds'].mean():.0f} s",
        )
        for row in _measured(table)
    ]
    head = "idea", "base", "changed lines", "parameters", "training"
    return _markdown(head, lines)


def _gain(row: dict, base: dict | None) -> str:
    """Write what each seed gains in COCO AP over the idea that a row changes."""
    if not base:
        return ""
    other = dict(zip(base["runs"]["seed"], base["runs"]["ap"]))
    own = dict(zip(row["runs"]["seed"], row["runs"]["ap"]))
    gains = np.array([own[s] - other[s] for s in own.keys() & other.keys()])
    return _unbroken(f"{gains.mean():+.3f} ± {gains.std(ddof=1):.3f}")


def tuning_markdown(table: dict) -> str:
    """Write what tuning alone is worth as a Markdown table: COCO AP.

    Both columns have the same seeds.
    """
    lines = [
        (
            row["change"],
            _spread(row["untuned_runs"]["ap"]),
            _spread(row["runs"]["ap"][: len(row["untuned_runs"]["ap"])]),
            ", ".join(f"{k} {v:g}" for k, v in row["options"].items()),
        )
        for row in _measured(table)
    ]
    return _markdown(
        ("COCO AP of three seeds", "untuned", "tuned", "chosen"), lines
    )


def nms_markdown(table: dict) -> str:
    """Write what NMS is worth to each idea as a Markdown table: COCO AP."""
    ways = "with_nms", "without_nms"
    lines = [
        (
            row["change"],
            *(_spread(row["runs"][way]["ap"]) for way in ways),
            *(f"{row['runs'][way]['boxes'].mean():.1f}" for way in ways),
        )
        for row in _measured(table)
    ]
    head = (
        *("COCO AP", "with NMS", "without"),
        *("boxes from a score of 0.3, with NMS", "without"),
    )
    return _markdown(head, lines)


def load_real_table() -> dict:
    """Read what `benchmarks/beyond/real.py` measured in the book's network.

    Returns:
        A dict: "made", what trainings on images of one kind have in common, and
        "rows", a list of "images" ("animals" or "cells"), "change" (a text),
        "options", and "runs", a dict per seed with "ap50", "ap", and "seconds".

    Raises:
        FileNotFoundError: the table has not been made yet.
    """
    with resources.as_file(resources.files("d2l_ssd.results")) as folder:
        return json.loads((folder / REAL).read_text(encoding="utf-8"))


def real_markdown(table: dict) -> str:
    """Write the scores in the book's network as a Markdown table.

    Args:
        table: as `load_real_table` returns it.
    """
    lines = [
        (
            f"{row['images']}: {row['change']}",
            *(
                _spread(np.array([run[name] for run in row["runs"]]))
                for name in ("ap50", "ap")
            ),
        )
        for row in table["rows"]
    ]
    return _markdown(("idea", "AP50", "COCO AP"), lines)


def _measured(table: dict) -> list[dict]:
    """Return the rows that have any runs."""
    rows = table["rows"].values()
    return [row for row in rows if row["runs"] and row["untuned_runs"]]


def _milliseconds(row: dict) -> tuple[float, float]:
    """Return the mean times of network and selection, as the idea uses NMS."""
    runs = row["runs"]
    way = runs["with_nms" if row["uses_nms"] else "without_nms"]
    return runs["network_ms"].mean(), way["milliseconds"].mean()


def _markdown(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join(
        f"| {' | '.join(cells)} |" for cells in (head, rule, *lines)
    )


def _spread(values: np.ndarray) -> str:
    """Write several seeds as mean and deviation."""
    return _unbroken(format_spread(values))


def _unbroken(text: str) -> str:
    """Keep a text in one line of its cell."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")
