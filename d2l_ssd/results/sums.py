"""SHA256SUMS: which files belong to stored results, and what is in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from d2l_ssd.files import write_text

SUMS = "SHA256SUMS"
LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>\S+)")


def read_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file, by name.

    Raises:
        FileNotFoundError: there is no SHA256SUMS in the folder.
        ValueError: it is damaged.
    """
    try:
        text = (folder / SUMS).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no stored results: {folder / SUMS} is missing; name a folder that "
            "`write_results` wrote"
        ) from None
    sums = {}
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            raise ValueError(
                f"{folder / SUMS} is damaged: {line!r} is not a SHA-256 and the "
                "name of a file; get the file again, or write the results again"
            )
        sums[match["name"]] = match["digest"]
    return sums


def read_verified(folder: Path, name: str, sums: dict[str, str]) -> bytes:
    """Read a file and compare it with its hash.

    Raises:
        FileNotFoundError: the file, or its hash, is missing.
        ValueError: the file is not the one that was stored.
    """
    if name not in sums:
        raise FileNotFoundError(
            f"missing file: {name} is not listed in {folder / SUMS}; write the "
            "results again"
        )
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"missing file: {folder / name}; get it again"
        ) from None
    if _sha256(content) != sums[name]:
        raise ValueError(
            f"{folder / name} ({len(content):,} bytes) is corrupt: its SHA-256 "
            f"is not the one in {SUMS}; get the file again"
        )
    return content


def write_sums(
    folder: Path, names: Iterable[str], known: dict[str, str] | None = None
) -> None:
    """Write the hashes of those files that exist, after the known ones."""
    sums = {
        name: _sha256((folder / name).read_bytes())
        for name in names
        if (folder / name).exists()
    }
    rows = sorted({**(known or {}), **sums}.items())
    text = "".join(f"{digest}  {name}\n" for name, digest in rows)
    write_text(folder / SUMS, text)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
