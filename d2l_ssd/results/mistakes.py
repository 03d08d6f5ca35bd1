"""What a wrong input costs the stored weights."""

from __future__ import annotations

import json
from importlib import resources

MISTAKES = "mistakes.json"


def load_mistakes() -> dict[str, dict]:
    """Read what `python -m benchmarks.mistakes.mistakes` measured.

    Returns:
        From a mistake's name ("none" is no mistake, "bgr", "320fractions" ...)
        to its row: "change", "ap50" and "ap" (COCO AP) on the test images.
    """
    file = resources.files("d2l_ssd.results") / MISTAKES
    return json.loads(file.read_text(encoding="utf-8"))["rows"]
