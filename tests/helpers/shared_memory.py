"""A machine with almost no shared memory, as containers may have it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = "mount -t tmpfs -o size=4k tmpfs /dev/shm"
SECONDS = 300  # until a program counts as one that waits for ever


def run_with_small_shared_memory(code, *arguments):
    """Run a Python program with 4 KB in /dev/shm; return what it prints.

    Skips the test where this user may not mount a file system of its own.
    """
    unshare = ["unshare", "--mount", "sh", "-c"]
    try:
        allowed = subprocess.run([*unshare, SMALL], capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if allowed.returncode:
        pytest.skip(f"not allowed: {allowed.stderr.decode().strip()}")
    program = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(
        [*unshare, f'{SMALL} && exec "$@"', "sh", *program],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
        timeout=SECONDS,
    ).stdout
