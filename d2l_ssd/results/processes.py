"""What a training gains from more processes, and what they send: measured."""

from __future__ import annotations

import json
from pathlib import Path

PROCESSES = Path(__file__).with_name("processes.json")


def load_processes_table() -> dict:
    """Return the table that `python -m benchmarks.speed.processes --store` made.

    Returns:
        "made": what it depends on; "gradient_bytes": of all gradients; "rows":
        one per number of processes, with and without `sync_batch_norm`:
        processes, step_seconds, images_per_second and bytes_per_step, the bytes
        that all processes together have sent.
    """
    return json.loads(PROCESSES.read_text(encoding="utf-8"))
