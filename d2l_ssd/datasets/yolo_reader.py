"""Folders in YOLO's format, read as a whole with all their faults."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.class_names import visible_name
from d2l_ssd.datasets.data_yaml import (
    DataYaml,
    check_different,
    is_data_yaml,
    read_data_yaml,
)
from d2l_ssd.datasets.file_names import id_of
from d2l_ssd.datasets.labeled_folder import (
    Folder,
    Problem,
    Sample,
    find_clipped,
    sample_without_objects,
)
from d2l_ssd.datasets.text_files import read_lines
from d2l_ssd.datasets.yolo_files import (
    IMAGES,
    LISTS,
    YOLOFiles,
    find_name_file,
    images_in,
    stray_labels,
)
from d2l_ssd.datasets.yolo_labels import read_label_file
from d2l_ssd.file_checks import some

PARTS = "train", "val", "valid", "validation", "test"


def find_data_yaml(root: Path) -> Path | None:
    """Return the data.yaml of a folder, whatever its name; None without one.

    Raises:
        ValueError: there are several.
    """
    found = [p for p in sorted(root.glob("*.y*ml")) if is_data_yaml(p)]
    usual = [path for path in found if path.stem == "data"]
    if len(found) > 1 and not usual:
        raise ValueError(
            f"{root}: {some(p.name for p in found)} name classes: pass the one "
            "that is meant"
        )
    return [*usual, *found, None][0]


def read_yolo(path: Path) -> Folder:
    """Read the labels of a folder, by its data.yaml or a file of names.

    Raises:
        FileNotFoundError: there are no images where they should be.
        ValueError: data.yaml or the file of names is broken.
    """
    file = find_data_yaml(path) if path.is_dir() else path
    if file is None:
        return _read_plain(path)
    data = read_data_yaml(file)
    folder = Folder("yolo", _root(file, data), (), {}, {})
    if data.path and folder.root == file.parent and not _is_here(file, data):
        folder.notes.append(
            f"path {data.path!r} in {file.name} is not there, and its own folder "
            "is taken"
        )
    files, splits = YOLOFiles(folder.root), {}
    for name, entries in data.splits.items():
        found = [_images_of(folder, files, file, name, e) for e in entries]
        if None not in found:
            splits[name] = sorted({path for paths in found for path in paths})
    if not splits and not folder.problems:
        splits = _inner_splits(files)
    return _fill(folder, files, file, splits, data.names)


def _read_plain(root: Path) -> Folder:
    """Read a folder without data.yaml, whose classes are in a text file."""
    file = find_name_file(root)
    if file is None:
        raise ValueError(
            f"{root}: no file names the classes of the labels: write data.yaml, "
            "or classes.txt with a name per line"
        )
    names = [visible_name(line) for line in read_lines(file, "list of names")]
    if not names:
        raise ValueError(
            f"{file}: no names: write that of a class in each line"
        )
    names = dict(enumerate(names))
    check_different(file, names)
    folder, files = Folder("yolo", root, (), {}, {}), YOLOFiles(root)
    lists = [base / n for base in (root, root / "data") for n in LISTS]
    lists = [path for path in lists if path.is_file()]
    splits = {p.stem: files.images_of(p.name, p.parent) for p in lists}
    return _fill(folder, files, file, splits or _inner_splits(files), names)


def _root(file: Path, data: DataYaml) -> Path:
    """Return the folder that a data.yaml describes: path, or its own."""
    if data.path and _is_here(file, data):
        return Path(
            os.path.normpath(file.parent / Path(data.path).expanduser())
        )
    return file.parent


def _is_here(file: Path, data: DataYaml) -> bool:
    return (file.parent / Path(data.path).expanduser()).is_dir()


def _images_of(
    folder: Folder, files: YOLOFiles, file: Path, name: str, entry: str
) -> list[Path] | None:
    """Return the images of an entry of a split, None where it is not there.

    That is a problem; only test images may be missing.
    """
    try:
        found = files.images_of(entry, folder.root)
        if found is not None:
            return found
        text = (
            f"{name}: {entry!r} is no folder or list of images within "
            f"{folder.root}"
        )
    except (ValueError, OSError) as error:
        text = f"{name}: {error}"
    if name == "test":
        folder.warnings.append(f"{file}: {text}, and is left out")
    else:
        text += "; correct it, or write path: with the data set's folder"
        folder.problems.append(Problem("list", file, text))
    return None


def _inner_splits(files: YOLOFiles) -> dict[str, list[Path]]:
    """Return the images of folders named as splits, or else all as one."""
    root, splits = files.root, {}
    for name in PARTS:
        for place in root / IMAGES / name, root / name / IMAGES, root / name:
            if place.is_dir() and name not in splits:
                splits[name] = images_in(place)
    inner = root / IMAGES
    return splits or {"": images_in(inner if inner.is_dir() else root)}


def _fill(
    folder: Folder,
    files: YOLOFiles,
    file: Path,
    splits: dict[str, list[Path]],
    names: dict[int, str],
) -> Folder:
    """Read the labels of all images of all splits."""
    folder.classes = tuple(names.values())
    paths = sorted({path for images in splits.values() for path in images})
    if not paths and not folder.problems:
        raise FileNotFoundError(
            f"{folder.root}: no image in {IMAGES}/ or where {file.name} says: "
            "copy the images there, or pass their folder"
        )
    labels = {path: files.label_path(path) for path in paths}
    for path, source in labels.items():
        _add_sample(folder, files, path, source, list(names))
    if len(splits) > 1:
        folder.splits = {
            name: [id_of(path, folder.root) for path in images]
            for name, images in splits.items()
        }
    _remark(folder, files, labels)
    return folder


def _add_sample(
    folder: Folder,
    files: YOLOFiles,
    path: Path,
    source: Path,
    numbers: Sequence[int],
) -> None:
    """Add an image to a folder, and what is wrong with it."""
    name = id_of(path, folder.root)
    folder.samples[name] = sample_without_objects(name, path, source)
    if not files.has(path):
        text = "no such image, but a list names it: copy it there"
        folder.problems.append(Problem("missing image", path, text, name))
    if not files.has(source):
        return
    try:
        found = read_label_file(source, numbers)
    except (ValueError, OSError) as error:
        text = str(error).removeprefix(f"{source}: ")
        folder.problems.append(Problem("annotation", source, text, name))
        return
    none = np.zeros(len(found.classes), dtype=bool)
    rows = found.classes, found.boxes, none, none
    folder.samples[name] = Sample(name, path, source, None, *rows)
    folder.problems += [
        Problem(bad.kind, source, bad.text, name, row)
        for row, bad in found.problems.items()
    ]


def _remark(folder: Folder, files: YOLOFiles, labels: dict[Path, Path]) -> None:
    """Add what one should know of a folder's labels."""
    without = [p for p, source in labels.items() if not files.has(source)]
    if without and len(without) == len(labels):
        text = (
            f"none of {len(labels)} images has labels, like "
            f"{labels[without[0]]}: copy the label files there"
        )
        folder.problems.append(Problem("annotation", folder.root, text))
        return
    counts = Counter(labels.values())
    remarks = {
        "images without a label file count as images that show no object": without,
        "label files of several images, which have the same name": [
            source for source, count in counts.items() if count > 1
        ],
        "label files without an image": stray_labels(labels.values()),
        "boxes that reach beyond the image by up to 1% of its sides, and are "
        "clipped": [sample.source for sample in find_clipped(folder)],
    }
    folder.warnings += [
        f"{folder.root}: {what}: {len(paths)} "
        f"({some({path.name for path in paths})})"
        for what, paths in remarks.items()
        if paths
    ]
