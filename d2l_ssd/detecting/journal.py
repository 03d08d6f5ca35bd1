"""What has been detected, image by image, so that a stopped run can go on.

The journal is a text file of JSON, one line each: first what the run depends on,
then one per image. A line is written when all else of its image is in place. A
process that is killed can leave half of a last line, which is cut off when the
next one goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from d2l_ssd.detections import Detections

VERSION = 1
PIXEL_DIGITS, SCORE_DIGITS = 2, 5  # after the decimal point


class Entry(NamedTuple):
    """What was found in one image."""

    name: str  # of the image, relative, with slashes
    size: tuple[int, int]  # height and width in pixels, upright
    stamp: tuple[int, int]  # see `file_stamp`
    boxes: list[list[float]]  # N of [xmin, ymin, xmax, ymax] in pixels
    scores: list[float]  # N
    classes: list[int]  # N, counted from 0


def make_entry(
    name: str, size: Sequence[int], stamp: Sequence[int], found: Detections
) -> Entry:
    """Return the entry of an image and its detections, rounded for a text."""
    height, width = size
    pixels = found.boxes.astype(np.float64) * [width, height, width, height]
    return Entry(
        name,
        (int(height), int(width)),
        tuple(stamp),
        pixels.round(PIXEL_DIGITS).tolist(),
        found.scores.astype(np.float64).round(SCORE_DIGITS).tolist(),
        found.classes.tolist(),
    )


def file_stamp(path: str | os.PathLike) -> tuple[int, int]:
    """Return a file's size and the time of its last change: its version."""
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


class Journal:
    """The journal of a folder of detections; a context that closes its file.

    Args:
        path: of its file; begun where it is missing.
        settings: what the detections depend on, as JSON keeps it.
        overwrite: begin anew if it is of other settings.

    Raises:
        ValueError: it has entries of other settings, or is damaged.
        OSError: it cannot be read or written.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        settings: dict[str, Any],
        overwrite: bool = False,
    ) -> None:
        self.path = Path(path)
        self._places: dict[str, int] = {}  # where the line of an image begins
        self._stamps: dict[str, tuple] = {}
        settings = json.loads(json.dumps(settings))
        if self.path.exists():
            end = self._read(settings, overwrite)
        else:
            end = 0
        self._file: BinaryIO = open(self.path, "r+b" if end else "w+b")
        self._file.truncate(end)
        self._file.seek(end)
        if end == 0:
            self._append({"version": VERSION, "settings": settings})

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def has(self, name: str, stamp: Sequence[int]) -> bool:
        """Tell whether an image is done, and its file as it was then."""
        return self._stamps.get(name) == tuple(stamp)

    def add(self, entry: Entry) -> None:
        """Write an image's entry; a later one replaces it."""
        self._note(entry, self._append(entry._asdict()))

    def entries(self) -> Iterator[Entry]:
        """Read the entries from the file, one by one, in the names' order."""
        with open(self.path, "rb") as file:
            for name in sorted(self._places):
                file.seek(self._places[name])
                yield _as_entry(json.loads(file.readline()))

    def _append(self, content: dict) -> int:
        """Write a line; return where it begins."""
        start = self._file.tell()
        self._file.write(json.dumps(content).encode() + b"\n")
        self._file.flush()
        return start

    def _note(self, entry: Entry, place: int) -> None:
        self._places[entry.name] = place
        self._stamps[entry.name] = entry.stamp

    def _read(self, settings: dict, overwrite: bool) -> int:
        """Note the file's entries; return where the last whole line ends."""
        end = 0
        with open(self.path, "rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break  # the writer was killed
                content = self._parse(line, number)
                if number > 1:
                    self._note(content, end)
                elif content.get("settings") != settings:
                    if overwrite or not file.peek(1):  # nothing would be lost
                        return 0
                    self._refuse(content.get("settings", {}), settings)
                end += len(line)
        return end

    def _parse(self, line: bytes, number: int) -> Any:
        try:
            content = json.loads(line)
            if number > 1:
                return _as_entry(content)
            if content["version"] != VERSION:
                raise ValueError(f"version {content['version']}")
            return content
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{self.path}: line {number} is damaged ({error}): remove the "
                "file to begin again"
            ) from None

    def _refuse(self, made: dict, wanted: dict) -> None:
        """Say in what the settings differ."""
        changes = ", ".join(
            f"{name} {made.get(name)!r}, not {wanted.get(name)!r}"
            for name in {**made, **wanted}
            if made.get(name) != wanted.get(name)
        )
        raise ValueError(
            f"{self.path.parent} holds detections with {changes}: name another "
            "folder with --out, or replace them with --overwrite"
        )


def _as_entry(content: dict) -> Entry:
    entry = Entry(**content)
    if not len(entry.boxes) == len(entry.scores) == len(entry.classes):
        raise ValueError("boxes, scores and classes differ in number")
    return entry._replace(size=tuple(entry.size), stamp=tuple(entry.stamp))
