"""The image files that a user names: files, folders and patterns."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from d2l_ssd.datasets.voc_folders import IMAGE_EXTENSIONS
from d2l_ssd.file_checks import warn
from d2l_ssd.images import FORMATS

# Formats of photographs that are not read
OTHERS = ".tif", ".tiff", ".heic", ".heif", ".avif", ".dng", ".cr2", ".nef"


class Source(NamedTuple):
    """An image file."""

    name: str  # relative to a folder that all have in common, with slashes
    path: Path


class Sources(NamedTuple):
    """Image files, each once, and the folder that their names begin at."""

    base: Path  # absolute
    images: list[Source]


def find_images(
    named: Sequence[str | os.PathLike], apart: str | os.PathLike | None = None
) -> Sources:
    """Find the image files that a user names.

    Args:
        named: paths of files, which need no certain extension; of folders, of
            which all files with the extension of an image count, also those in
            folders within; and patterns such as ``photos/*.jpg``. "~" is the home
            folder.
        apart: a folder within these that does not count: that of the results.

    Returns:
        The images, folder by folder in alphabetical order.

    Raises:
        FileNotFoundError: a path does not exist, or a pattern fits no file.
        ValueError: no path is given, or a folder has no image.
    """
    if not named:
        raise ValueError("name at least one image, folder or pattern")
    apart = None if apart is None else _absolute(apart)
    found = [_places(os.fspath(text)) for text in named]
    paths = dict.fromkeys(
        path
        for places, _ in found
        for place in places
        for path in _images_of(place, apart)
    )
    _warn_of_others(found, paths)
    base = _base(found)
    return Sources(
        base, [Source(p.relative_to(base).as_posix(), p) for p in paths]
    )


def _warn_of_others(found: list, images: Collection[Path]) -> None:
    """Warn of files in the named folders that may be photographs."""
    folders = {path.parent for path in images}
    folders |= {p for places, _ in found for p in places if p.is_dir()}
    endings = Counter(
        path.suffix.lower() for folder in folders for path in folder.iterdir()
    )
    skipped = [f"{endings[e]:,} {e}" for e in OTHERS if endings[e]]
    if skipped:
        warn(
            f"files of other formats are skipped: {', '.join(skipped)}; convert "
            "them to JPEG or PNG"
        )


def _absolute(path: str | os.PathLike) -> Path:
    """Return an absolute path without "..", links in it left as they are."""
    return Path(os.path.abspath(os.path.expanduser(path)))


def _places(text: str) -> tuple[list[Path], Path]:
    """Return the files and folders that a text names, and where names begin."""
    path = _absolute(text)
    if path.exists():
        return [path], path if path.is_dir() else path.parent
    if not glob.has_magic(text):
        raise FileNotFoundError(
            f"there is no image or folder {text}: check the path"
        )
    found = sorted(glob.glob(str(path), recursive=True))
    if not found:
        raise FileNotFoundError(f"no file fits the pattern {text}")
    while glob.has_magic(str(path)):
        path = path.parent
    return [Path(match) for match in found], path


def _images_of(place: Path, apart: Path | None) -> list[Path]:
    """Return a file, or the image files of a folder."""
    if not place.is_dir():
        return [place]
    images = list(_walk(place, apart))
    if not images:
        raise ValueError(
            f"{place}: no {FORMATS} image in this folder, nor in those within: "
            f"their names end in {', '.join(IMAGE_EXTENSIONS)}"
        )
    return images


def _walk(folder: Path, apart: Path | None) -> Iterator[Path]:
    """Yield the images of a folder; names that begin with a dot are hidden.

    Links to folders are followed, but into no folder twice.
    """

    def fail(error: OSError) -> None:
        raise error

    entered = {os.path.realpath(folder)}
    for place, folders, files in os.walk(
        folder, onerror=fail, followlinks=True
    ):
        inner = [name for name in sorted(folders) if not name.startswith(".")]
        folders.clear()
        for name in inner:
            real = os.path.realpath(os.path.join(place, name))
            if Path(place, name) != apart and real not in entered:
                entered.add(real)
                folders.append(name)
        for name in sorted(files):
            image = name.lower().endswith(IMAGE_EXTENSIONS)
            if image and not name.startswith("."):
                yield Path(place, name)


def _base(found: Sequence[tuple[list[Path], Path]]) -> Path:
    """Return the folder at which the images' names begin.

    That of a single folder is this folder. Of several it is one that all are
    in, so that the names have theirs.
    """
    if len(found) == 1:
        return found[0][1]
    folders = [
        base.parent if base in places else base for places, base in found
    ]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # Windows has several drives
        raise ValueError(
            "name images of one drive at a time, or copy them to one"
        ) from None
