"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`, and rename it at the end.

    Whoever reads `path` meanwhile, or after a kill, finds the old file or the
    new one, never a part. After an error the old file stays.

    Args:
        path: the file to replace; its folder is made where it is missing.

    Yields:
        The path to write to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A suffix that libraries append (`np.savez` adds .npz) must stay the last
    partial = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Write a UTF-8 text file as a whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8")
