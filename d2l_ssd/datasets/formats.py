"""Which format a folder of labeled images has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from d2l_ssd.datasets.coco_files import find_coco_files
from d2l_ssd.datasets.coco_reader import read_coco
from d2l_ssd.datasets.labeled_folder import Folder
from d2l_ssd.datasets.voc_folders import holds_voc
from d2l_ssd.datasets.voc_reader import read_voc
from d2l_ssd.datasets.yolo_files import (
    find_name_file,
    images_in,
    is_label_file,
)
from d2l_ssd.datasets.yolo_reader import find_data_yaml, read_yolo
from d2l_ssd.images import read_bytes
from d2l_ssd.signatures import foreign_content

EXPECTED = (
    "VOC (JPEGImages/ and Annotations/*.xml, or both side by side), COCO (a "
    ".json with images, annotations and categories) or YOLO (data.yaml or "
    "classes.txt, with images/ and labels/)"
)
READERS = {".json": read_coco, ".yaml": read_yolo, ".yml": read_yolo}


def read_any(path: Path) -> Folder:
    """Read a folder, a data.yaml or a .json in the format that it has.

    Raises:
        FileNotFoundError: there is no such folder or file.
        ValueError: it has none of the formats; says where one is.
    """
    if path.is_file():
        if reader := READERS.get(path.suffix.lower()):
            return reader(path)
        content = foreign_content(read_bytes(path, "data set")[:512])
        raise ValueError(
            f"{path}: not a data set"
            + (f" but {content}" if content else "")
            + f"; pass a folder in one of these formats: {EXPECTED}"
        )
    if not path.is_dir():
        raise FileNotFoundError(
            f"data set not found: {path} is no folder and no file: pass a folder "
            f"in one of these formats: {EXPECTED}"
        )
    readers = _readers_for(path)
    if not readers:
        raise ValueError(_about_unknown(path))
    name, *others = readers
    folder = readers[name](path)
    if others:
        folder.warnings.append(
            f"{path}: also has files in the format of {' and '.join(others)}, "
            f"which are not read; to read them, pass the .json or .yaml itself"
        )
    return folder


def _readers_for(root: Path) -> dict[str, Callable[[Path], Folder]]:
    """Return what can read a folder, the surest first."""
    found = {}
    parts = [root, *sorted(p for p in root.glob("*") if p.is_dir())]
    if any(map(holds_voc, parts)):
        found["VOC"] = read_voc
    named = not found and find_name_file(root)
    if find_data_yaml(root) or named or _has_labels(root):
        found["YOLO"] = read_yolo
    if find_coco_files(root):
        found["COCO"] = read_coco
    return found


def _has_labels(root: Path) -> bool:
    """Say whether images have text files of their names, as YOLO's labels."""
    if (root / "labels").is_dir():
        return any(map(is_label_file, (root / "labels").rglob("*.txt")))
    stems = {p.stem for p in root.glob("*.txt") if is_label_file(p)}
    return bool(stems) and any(p.stem in stems for p in images_in(root))


def _about_unknown(root: Path) -> str:
    """Say what a folder lacks, and which folder in it may be meant."""
    inner = [p for p in sorted(root.glob("*")) if p.is_dir()]
    inner += [
        p for folder in inner for p in sorted(folder.glob("*")) if p.is_dir()
    ]
    text = f"{root}: no data set of a known format. Expected is {EXPECTED}"
    for folder in inner:
        if _readers_for(folder):
            return f"{text}. There is one in {folder}: pass that"
    count = len(images_in(root))
    return f"{text}; there are {count} images, and no labels for them"
