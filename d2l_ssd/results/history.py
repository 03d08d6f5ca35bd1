"""The names of columns in stored histories and tables."""

from __future__ import annotations

# The first edition's files keep its names; whoever reads them gets today's
_TODAY = {
    "offset_loss": "localization_loss",
    "map50": "ap50",
    "map": "ap",
}


def rename_keys(rows: list[dict]) -> list[dict]:
    """Return rows, one dict per epoch or detector, with today's names."""
    return [
        {_TODAY.get(key, key): value for key, value in row.items()}
        for row in rows
    ]
