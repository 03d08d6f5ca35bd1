"""Benchmarks of speed: how long the playground trains."""

import subprocess
from pathlib import Path

import pytest
from helpers.javascript import node

ROOT = Path(__file__).resolve().parent.parent


def test_playground_is_timed():
    """A short run of two seeds: their rows, and the mean of both."""
    script = ROOT / "benchmarks" / "speed" / "playground.mjs"
    call = [node(), script, "--seeds", "2", "--scenes", "504"]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [cells[0] for cells in rows] == ["1", "2", "mean"]
    ap50 = [float(cells[-3]) for cells in rows]
    assert ap50[2] == pytest.approx(sum(ap50[:2]) / 2, abs=0.001)
    assert rows[0][1:4] == ["never"] * 3
