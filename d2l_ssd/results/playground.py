"""The playground's table: what every knob and bug did, on several seeds."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np

TABLE = "playground.json"


def load_playground_table() -> dict[str, dict[str, np.ndarray]]:
    """Read what `make playground-table` measured.

    Returns:
        From a setting, as addresses write it ("" is the baseline, "iou=0.7",
        "bug=flip" ...), to its columns: one number per seed, such as "ap50",
        "ap75", "ap", "classLoss", "boxes" (per scene, from a score of 0.4).
        What a seed lacks is NaN. Curves stay in the file.
    """
    file = resources.files("d2l_ssd.results") / TABLE
    rows = json.loads(file.read_text(encoding="utf-8"))["rows"]
    return {
        setting: {
            name: np.array(values, dtype=float)
            for name, values in columns.items()
            if not any(isinstance(value, list) for value in values)
        }
        for setting, columns in rows.items()
    }
