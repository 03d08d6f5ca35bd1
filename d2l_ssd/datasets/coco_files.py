"""COCO's JSON files: which a folder has, what they say, where images are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

from d2l_ssd.datasets.file_names import FileNames, as_posix, decoded, may_leave
from d2l_ssd.datasets.text_files import read_text

KEYS = "images", "annotations", "categories"
# Files of COCO itself that describe the same images otherwise
OTHERS = "captions_", "person_keypoints_", "stuff_", "panoptic_", "image_info_"
MANY = 20  # JSON files in a folder: those of another tool, one per image
SPLIT = re.compile(
    r"(?i)(?:^|[^a-z])(train|training|val|valid|validation|dev|test|testing)"
    r"(?:\d{4})?(?:$|[^a-z\d])"
)
ADDRESS = re.compile(r"(?i)[a-z][a-z+.-]+://")


class ImageFile(NamedTuple):
    """Where an image is, and what is wrong with that."""

    path: Path
    problem: str  # or ""


def find_coco_files(root: Path) -> list[Path]:
    """Return a folder's JSON files with COCO's keys, also one folder down."""
    found = []
    for folder in [root, *sorted(p for p in root.glob("*") if p.is_dir())]:
        paths = sorted(p for p in folder.glob("*.json") if p.is_file())
        if len(paths) <= MANY:
            found += [path for path in paths if _has_keys(path)]
    main = [path for path in found if not path.name.startswith(OTHERS)]
    return main or found


def read_coco_json(path: Path) -> dict:
    """Return a COCO file's content, its three lists checked.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no JSON, or lacks a list.
    """
    text = read_text(path, "COCO file")
    try:
        data = json.loads(text)
    except RecursionError:
        raise ValueError(
            f"{path}: broken JSON: it is nested too deep"
        ) from None
    except ValueError as error:
        raise ValueError(
            f"{path}: broken JSON: {error}; export the labels again, or "
            "download the file again"
        ) from None
    if isinstance(data, list):
        raise ValueError(
            f"{path}: a list, as COCO's results are, and labels must be an "
            f"object with {', '.join(KEYS)}: pass the file of the annotations"
        )
    for key in KEYS:
        if not isinstance(data, dict) or not isinstance(data.get(key), list):
            raise ValueError(
                f"{path}: no list {key!r}; a COCO file must have "
                f"{', '.join(KEYS)}: export the labels again"
            )
    return data


def split_of(path: Path, root: Path) -> str:
    """Return the split that the name of a JSON file or of its folder says."""
    inner = path.parent.name if path.parent != root else ""
    for name in path.stem, inner:
        if found := SPLIT.search(name):
            return found[1].lower()
    return path.stem


def root_of(path: Path) -> Path:
    """Return the folder of the data set that a JSON file belongs to."""
    folder = path.parent
    return folder.parent if folder.name == "annotations" else folder


class ImageFinder:
    """The folders in which the images of a JSON file may be."""

    def __init__(self, path: Path) -> None:
        root, folder = root_of(path), path.parent
        splits = re.findall(r"[a-z]+\d*", path.stem)
        inner = [root / name for name in ("images", *splits)]
        inner += [root / "images" / name for name in splits]
        folders = [folder, folder / "images", root, *inner]
        self.folders = [p for p in dict.fromkeys(folders) if p.is_dir()]
        self._names = FileNames()

    def find(self, file_name: str) -> ImageFile:
        """Return where an image is, never outside of these folders.

        Names may be as Windows writes them, with paths of another machine; then
        the last part decides.
        """
        for text in dict.fromkeys((file_name, decoded(file_name))):
            name = as_posix(text)
            if not name.name:
                continue
            for part in [name.name] if may_leave(name) else [name, name.name]:
                for folder in self.folders:
                    if path := self._names.find(folder / part):
                        return ImageFile(path, "")
        name = as_posix(file_name)
        inner = name.name if may_leave(name) else name
        missing = self.folders[0] / inner
        return ImageFile(missing, self._about_missing(file_name, missing))

    def _about_missing(self, file_name: str, missing: Path) -> str:
        """Say what is wrong with the name of a file that is not there."""
        where = ", ".join(map(str, self.folders))
        if ADDRESS.match(file_name):
            return (
                f"file_name {file_name!r} is an address: download the image into "
                f"{self.folders[0]}"
            )
        if may_leave(as_posix(file_name)):
            return (
                f"file_name {file_name!r} leaves the folder, and no image of that "
                f"name is in {where}: copy it there"
            )
        paths = [folder / missing.name for folder in self.folders]
        other = "".join(map(self._names.about_case, paths)) or (
            ": copy it there, or correct file_name"
        )
        return f"no image {file_name!r} in {where}{other}"


def is_file_name(value) -> bool:
    """Say whether a value may name a file."""
    return (
        isinstance(value, str)
        and "\0" not in value
        and bool(as_posix(value).name)
    )


def _has_keys(path: Path) -> bool:
    """Say whether a file has COCO's keys, at a glance."""
    try:
        data = path.read_bytes().replace(b"\0", b"")  # of UTF-16
    except OSError:
        return False
    entries = b'"annotations"' in data or b'"file_name"' in data
    return b'"images"' in data and entries
