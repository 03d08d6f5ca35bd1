"""The names of files, as systems and tools write them differently."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from d2l_ssd.datasets.voc_folders import in_other_case, ways_to_write


class FileNames:
    """The files in folders, each of which is listed once."""

    def __init__(self) -> None:
        self._names = {}

    def find(self, path: Path) -> Path | None:
        """Return the path of a file that is there, None if there is none.

        Systems differ in how they write accents.
        """
        names = self._in(path.parent)
        for form in ways_to_write(path.name):
            if form in names:
                return path.with_name(form)
        return None

    def about_case(self, path: Path) -> str:
        """Return the end of a sentence on a file that is written otherwise."""
        return in_other_case(path.name, self._in(path.parent))

    def _in(self, folder: Path) -> set[str]:
        """Return the names in a folder, none where there is no folder."""
        if folder not in self._names:
            names = os.listdir(folder) if folder.is_dir() else ()
            self._names[folder] = set(names)
        return self._names[folder]


def as_posix(text: str) -> PurePosixPath:
    """Return a path that may be written as on Windows."""
    return PurePosixPath(text.strip().replace("\\", "/"))


def may_leave(path: PurePosixPath) -> bool:
    """Say whether a path may lead out of the folder it starts from."""
    drive = path.parts and ":" in path.parts[0]
    return ".." in path.parts or path.is_absolute() or bool(drive)


def decoded(text: str) -> str:
    """Return a file name without what Label Studio puts around and into it."""
    return unquote(text.rpartition("?d=")[2])


def id_of(path: Path, root: Path) -> str:
    """Return an image's name in a data set, with / between folders."""
    return Path(os.path.relpath(path, root)).as_posix()
