"""What trainings on photographs have reached: `benchmarks/photographs`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.results.tables import format_spread

PHOTOGRAPHS = "photographs.json"
SMALL, MEASURES = "Platelets", ("ap50", "ap")
NUMBERS = {
    "ap50", "ap", "ap75", "ap_small", "ap_medium", "ap_large", "minutes",
    "images_seen", "classes",
}  # fmt: skip


def load_photographs_tables() -> dict:
    """Read what `python -m benchmarks.photographs.table` has made.

    Returns:
        A dict. Its "rows" go from the name of a setting to a row, "baselines"
        from the name of a detector to one. A row has "change" (a text),
        "seeds", "num_train", "parameters", and one number per seed, an array
        (n,) with NaN for what cannot be measured: "ap50", "ap" (COCO AP),
        "ap75", "ap_small", "ap_medium", "ap_large", "minutes" (of each thread)
        and "images_seen"; "classes" goes from a class to its "ap50" and "ap".
        "questions" go from a name to its "question" (a text) and its "rows"
        (names, of which some may not be measured yet). "made" says of
        "questions" and "baselines" what their rows have in common.
    """
    with resources.as_file(resources.files("d2l_ssd.results")) as folder:
        return read_photographs_tables(folder / PHOTOGRAPHS)


def read_photographs_tables(path: str | os.PathLike) -> dict:
    """Read a file like the package's own, see `load_photographs_tables`."""
    tables = json.loads(Path(path).read_text(encoding="utf-8"))
    for group in ("rows", "baselines"):
        tables[group] = {
            name: {
                key: _to_arrays(value) if key in NUMBERS else value
                for key, value in row.items()
            }
            for name, row in tables[group].items()
        }
    return tables


def _to_arrays(value: dict | list) -> dict | np.ndarray:
    """Turn lists of numbers into arrays, None into NaN."""
    if isinstance(value, dict):
        return {name: _to_arrays(part) for name, part in value.items()}
    return np.array(value, dtype=float)


def question_markdown(tables: dict, question: str) -> str:
    """Write the answer to one question as a Markdown table.

    Args:
        tables: as `load_photographs_tables` returns them.
        question: one of its "questions".
    """
    names = tables["questions"][question]["rows"]
    rows = [tables["rows"][name] for name in names if name in tables["rows"]]
    return _markdown(rows)


def baselines_markdown(tables: dict) -> str:
    """Write the comparison with other detectors as a Markdown table."""
    return _markdown(tables["baselines"].values())


def _markdown(rows: Iterable[dict]) -> str:
    """Write rows as a Markdown table: mean ± standard deviation over seeds."""
    head = (
        "setting", "AP50", "COCO AP", f"COCO AP of {SMALL.lower()}", "minutes",
        "images seen",
    )  # fmt: skip
    lines = [head, ("---", *["---:"] * (len(head) - 1))]
    for row in rows:
        small = row["classes"].get(SMALL, {}).get("ap", np.array(np.nan))
        scores = [*(row[name] for name in MEASURES), small]
        lines.append(
            (
                row["change"],
                *map(_spread, scores),
                f"{row['minutes'].mean():.1f}",
                f"{row['images_seen'].mean():,.0f}",
            )
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _spread(values: np.ndarray) -> str:
    """Write several seeds as mean and deviation, one as a number.

    No line breaks in it.
    """
    text = format_spread(values if values.size > 1 else float(values.mean()))
    return text.replace(" ", "\N{NO-BREAK SPACE}")
