"""What pays in a long training: short runs with one change each."""

from __future__ import annotations

import json
from importlib import resources

SWEEP = "sweep.json"


def load_sweep() -> list[dict]:
    """Read what `python -m benchmarks.weights.sweep` measured.

    Returns:
        One row per variant: "name", "change", "images" that it saw, "seconds",
        and "ap50" and "ap" (COCO AP) on the validation images.

    Raises:
        FileNotFoundError: nothing is stored.
    """
    file = resources.files("d2l_ssd.results") / SWEEP
    if not file.is_file():
        raise FileNotFoundError(
            f"the stored results have no {SWEEP}: in the repository, run "
            "`python -m benchmarks.weights.sweep` and then the same with --gather"
        )
    return json.loads(file.read_text(encoding="utf-8"))["rows"]
