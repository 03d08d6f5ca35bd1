"""Tables of the benchmarks, as JSON beside the stored results.

A table is {"made": how, "rows": list of dicts, one per detector}. A row has its
"runs", one per seed, each with its scores; older rows have the scores themselves.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from d2l_ssd.files import write_text
from d2l_ssd.results.history import rename_keys
from d2l_ssd.results.sums import SUMS, read_sums, write_sums

TABLES = "ablation", "baselines"


def write_table(folder: str | os.PathLike, name: str, table: dict) -> None:
    """Write a table beside the results, as a whole or not at all.

    Args:
        folder: of the results; made where it is missing.
        name: one of TABLES.
        table: what JSON can hold.

    Raises:
        ValueError: an unknown name.
    """
    if name not in TABLES:
        raise ValueError(f"name must be one of {TABLES}, got {name!r}")
    folder = Path(folder)
    write_text(folder / f"{name}.json", format_table(table))
    known = read_sums(folder) if (folder / SUMS).exists() else {}
    # The other files' hashes stay: a new one would hide that a file is damaged
    write_sums(folder, [f"{name}.json"], known)


def format_table(table: dict) -> str:
    """Return a table as JSON, one line per part and row."""
    entries = []
    for key, value in table.items():
        text = json.dumps(value)
        if isinstance(value, list):
            lines = ",\n  ".join(map(json.dumps, value))
            text = f"[\n  {lines}\n ]"
        entries.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def parse_table(content: bytes) -> dict:
    """Return a table in today's names of columns."""
    table = json.loads(content)
    return {**table, "rows": rename_keys(table["rows"])}


def run_values(row: dict, name: str) -> list[float]:
    """Return a score of each of a row's runs, such as "ap50"."""
    if "runs" in row:
        return [run[name] for run in row["runs"]]
    return np.atleast_1d(row[name]).tolist()


def format_spread(value: float | list[float]) -> str:
    """Write a number, or several seeds' as their mean and standard deviation."""
    if np.size(value) == 1:
        return f"{np.mean(value):.3f}"
    return f"{np.mean(value):.3f} ± {np.std(value, ddof=1):.3f}"


def describe_table(table: dict) -> str:
    """Say in a sentence how the rows of a table were made."""
    made, rows = table["made"], table["rows"]
    seeds = {len(run_values(row, "ap50")) for row in rows} or {0}
    number = "–".join(str(n) for n in sorted({min(seeds), max(seeds)}))
    if "num_test" in made:
        judge = f"{made['num_test']} test images"
    else:
        judge = f"{made['num_val']} validation images"
    return (
        f"{made['epochs']} epochs of {made['num_train']:,} images of "
        f"{made['image_size']} × {made['image_size']} pixels, "
        f"{number} {'seed' if number == '1' else 'seeds'}, judged on {judge}"
    )


def to_markdown(*tables: dict) -> str:
    """Write tables that were made alike as one Markdown table.

    Args:
        tables: as `Results` holds them.

    Returns:
        How they were made, and a line per row: name, AP50, COCO AP, change,
        and million parameters.

    Raises:
        ValueError: the tables were made in different ways.
    """
    made = tables[0]["made"]
    if any(table["made"] != made for table in tables):
        raise ValueError(
            "tables must be made in the same way to stand in one, got "
            f"{[describe_table(table) for table in tables]}"
        )
    lines = [
        f"| {row['name']} | {format_spread(run_values(row, 'ap50'))} "
        f"| {format_spread(run_values(row, 'ap'))} | {row['change']} "
        f"| {row['parameters'] / 1e6:.1f} |"
        for table in tables
        for row in table["rows"]
    ]
    whole = {"made": made, "rows": sum((t["rows"] for t in tables), [])}
    head = "| row | AP50 | COCO AP | what it is | million parameters |"
    return "\n".join(
        [f"{describe_table(whole)}:", "", head, "|---" * 5 + "|", *lines]
    )
