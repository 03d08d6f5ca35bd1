"""Tables of the benchmarks, as JSON beside the stored results.

A table is {"made": how, "rows": list of dicts, one per detector}.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from d2l_ssd.files import write_text
from d2l_ssd.results.history import rename_keys
from d2l_ssd.results.sums import SUMS, read_sums, write_sums

TABLES = "ablation", "baselines", "longer_training", "larger_images"


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
    write_text(folder / f"{name}.json", json.dumps(table, indent=1) + "\n")
    known = read_sums(folder) if (folder / SUMS).exists() else {}
    # The other files' hashes stay: a new one would hide that a file is damaged
    write_sums(folder, [f"{name}.json"], known)


def read_table(folder: str | os.PathLike, name: str) -> dict | None:
    """Read a table to go on with it; None if there is none yet.

    Its hash is not compared: a kill may come between a table and its hash.

    Raises:
        ValueError: the file is damaged.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        return None
    try:
        return parse_table(path.read_bytes())
    except ValueError as error:
        raise ValueError(
            f"{path} is damaged ({error}): remove it to begin the table again"
        ) from None


def parse_table(content: bytes) -> dict:
    """Return a table in today's names of columns."""
    table = json.loads(content)
    return {**table, "rows": rename_keys(table["rows"])}
