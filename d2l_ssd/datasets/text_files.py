"""Text files as people's editors save them: lists, labels, JSON and YAML."""

from __future__ import annotations

from pathlib import Path

from d2l_ssd.images import read_bytes
from d2l_ssd.signatures import foreign_content

UTF16_MARKS = b"\xff\xfe", b"\xfe\xff"


def read_text(path: Path, kind: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a mark.

    Args:
        path: the file.
        kind: what it is, for messages, such as "list".

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is something else than text.
    """
    data = read_bytes(path, kind)
    if content := foreign_content(data):
        raise ValueError(f"{path}: not a {kind}: it is {content}")
    try:
        # Windows' editors put a mark before the first line
        encoding = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not text in UTF-8: {error}; save it in UTF-8"
        ) from None


def read_lines(path: Path, kind: str = "list") -> list[str]:
    """Return the lines of a text file that are not empty, stripped."""
    lines = read_text(path, kind).splitlines()
    return [line.strip() for line in lines if line.strip()]
