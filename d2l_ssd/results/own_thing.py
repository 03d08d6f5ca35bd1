"""The table of the page "Teach it your own thing": how well it finds things."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

OWN_THING_TABLE = "own_thing.json"
PICTURES_PER_SECOND = 500  # of training, on two quiet cores
SECONDS = (10, 20, 40, 60)  # at which runs were measured


def load_own_thing_table() -> dict[str, dict[str, np.ndarray]]:
    """Read what `make own-thing-table` measured.

    Returns:
        From a row to its columns. A row is named by its data ("packet", "mug",
        "small", "cells" ...) and the settings that differ from the page's own
        ("mug&paste=0"). Columns of shape (seeds, 4) are measured after
        training of 10, 20, 40, and 60 s: "ap50" in places that training never
        saw, "same" in its own places, "hits" and "falseBoxes" at the page's
        score to appear, "seconds" of CPU that training took. Columns of shape
        (seeds,) are "things" and "frames" of the test, and "filmHits",
        "filmFalse", "filmThings", "filmFrames" of a film, on which boxes
        appear and stay. What was not measured is NaN: most rows end after 20 s.
    """
    file = resources.files("d2l_ssd.results") / OWN_THING_TABLE
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    return {
        row: {name: _to_array(values) for name, values in columns.items()}
        for row, columns in rows.items()
    }


def _to_array(values: list) -> np.ndarray:
    """Put one value or list per seed into an array; None becomes NaN."""
    shape = next((np.shape(value) for value in values if value is not None), ())
    missing = np.full(shape, np.nan)
    filled = [missing if value is None else value for value in values]
    return np.array(filled, dtype=float)
