"""Where a run's checkpoint lies, if the processes have folders of their own.

Machines that share no disk keep a copy each, so that any one of them may be lost.
After a restart the processes may be on other machines, in another order: those
that are behind are given the newest copy.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from d2l_ssd.checkpoints import CHECKPOINT, checkpoint_path, read_checkpoint
from d2l_ssd.files import replacing, write_text
from d2l_ssd.processes import Processes, broadcast, gather, together

MARK = ".first"  # written by the first process: who sees it shares its folder
# The checkpoint last: it stands for the others
PARTS = "gallery-*.npz", "history.csv", CHECKPOINT


def keeps_copy(folder: str | os.PathLike, processes: Processes) -> bool:
    """Say whether this process writes the run's files in its folder.

    The first process does, and the first one of every other machine, unless
    its folder is the same.
    """
    if processes.world_size == 1:
        return True
    mark, token = Path(folder) / MARK, broadcast(uuid.uuid4().hex, processes)

    def write() -> None:
        if processes.is_first:
            write_text(mark, token)

    together(write, processes)
    if processes.is_first or processes.local_rank:
        return processes.is_first
    return not mark.exists() or mark.read_text(encoding="utf-8") != token


def share_newest(
    folder: str | os.PathLike, keeps: bool, processes: Processes
) -> None:
    """Give the newest of the copies to the processes that keep an older one.

    Args:
        folder: of the run.
        keeps: whether this process keeps a copy.
        processes: which one this is.

    Raises:
        ValueError: a checkpoint is damaged.
    """
    if processes.world_size == 1:
        return
    path = checkpoint_path(folder)

    def count() -> int:
        if not keeps:
            return -1
        return len(read_checkpoint(path).history) if path.exists() else 0

    epochs = together(count, processes)
    counts = gather(epochs, processes)
    source = counts.index(max(counts))
    if all(number in (-1, counts[source]) for number in counts):
        return
    files = _read(path.parent) if processes.rank == source else {}
    files = broadcast(files, processes, source)

    def write() -> None:
        if 0 <= epochs < counts[source]:
            for name, content in files.items():
                with replacing(path.with_name(name)) as partial:
                    partial.write_bytes(content)

    together(write, processes)


def _read(folder: Path) -> dict[str, bytes]:
    """Return a run's files by name."""
    paths = (path for part in PARTS for path in folder.glob(part))
    return {path.name: path.read_bytes() for path in paths}
