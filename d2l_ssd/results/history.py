"""Old names of the columns of stored histories and tables."""

from __future__ import annotations

# The first edition's files keep its names; their readers get today's
_NEW_NAMES = {
    "offset_loss": "localization_loss",
    "map50": "ap50",
    "map": "ap",
}


def rename_keys(rows: list[dict]) -> list[dict]:
    """Return rows, one dict per epoch or detector, with today's names."""
    return [
        {_NEW_NAMES.get(key, key): value for key, value in row.items()}
        for row in rows
    ]
