"""Starting the processes of a training, each with a core and memory of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch

from d2l_ssd.files import write_text

ROOT = Path(__file__).resolve().parents[2]
# glibc returns an array's memory to the system as soon as it is freed and asks for
# it again in the next step: a page fault per 4 kB. Memory that is kept makes a step
# a fifth faster on two cores, and costs half a gigabyte
KEEP_MEMORY = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**40),
    "MALLOC_TOP_PAD_": "500000000",
}


def default_processes() -> int:
    """Return how many processes train: one per GPU, or two on the cores."""
    if torch.cuda.is_available():
        return torch.cuda.device_count()
    return min(2, len(os.sched_getaffinity(0)) if _is_linux() else 1)


def environment(processes: int, keep_memory: bool = True) -> dict[str, str]:
    """Return the environment of each of some training processes.

    Two threads that share a core with another process fall to a tenth of their
    speed: no process has more threads than cores of its own.
    """
    values = {**os.environ, "PYTHONPATH": str(ROOT)}
    cores = os.cpu_count() or 1
    values["OMP_NUM_THREADS"] = str(max(cores // processes, 1))
    if keep_memory and _is_linux():
        values |= KEEP_MEMORY
    return values


def launch(
    module: str, args: list[str], processes: int, keep_memory: bool = True
) -> None:
    """Run a module in one or several processes, and wait for them.

    Args:
        module: as for `python -m`.
        args: of its command line.
        processes: how many.
        keep_memory: see KEEP_MEMORY.

    Raises:
        subprocess.CalledProcessError: one has failed; it has said why.
    """
    command = [sys.executable, "-m"]
    if processes > 1:
        command += ["torch.distributed.run", "--standalone"]
        command += [f"--nproc-per-node={processes}", "-m"]
    command += [module, *args]
    subprocess.run(command, env=environment(processes, keep_memory), check=True)


def write_once(path: Path, text: str) -> None:
    """Write a text file, or raise ValueError if it says something else.

    What is in its folder was made with it.
    """
    if not path.exists():
        write_text(path, text)
    elif path.read_text() != text:
        raise ValueError(
            f"{path} is of another training: name another --folder, or remove "
            f"{path.parent}"
        )


def _is_linux() -> bool:
    return sys.platform.startswith("linux")
