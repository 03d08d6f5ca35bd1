"""Folders with COCO's JSON, read as a whole with all their faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from d2l_ssd.datasets.class_names import visible_name
from d2l_ssd.datasets.coco_annotations import add_samples
from d2l_ssd.datasets.coco_files import (
    find_coco_files,
    read_coco_json,
    root_of,
    split_of,
)
from d2l_ssd.datasets.labeled_folder import Folder, Problem


def read_coco(path: Path) -> Folder:
    """Read COCO's JSON: one file, or all of a folder, each of them a split.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: one of them is broken.
    """
    files = find_coco_files(path) if path.is_dir() else [path]
    root = path if path.is_dir() else root_of(path)
    folder = Folder("coco", root, (), {}, {})
    contents = _read_files(folder, files)
    names = {f: _categories(folder, f, c) for f, c in contents.items()}
    folder.classes = tuple(
        dict.fromkeys(n for k in names.values() for n in k.values())
    )
    splits = _splits(files, root)
    for file, content in contents.items():
        numbers = {k: folder.classes.index(n) for k, n in names[file].items()}
        ids = add_samples(folder, file, content, numbers)
        if len(numbers) < len(content["categories"]):
            # Objects of categories that are refused are no more problems
            folder.problems = [
                p
                for p in folder.problems
                if p.kind != "unknown class" or p.source != file
            ]
        if len(files) > 1:
            folder.splits[splits[file]] = ids
    return folder


def _read_files(folder: Folder, files: Sequence[Path]) -> dict[Path, dict]:
    """Return the contents of files; those that are broken are problems.

    Raises:
        ValueError: all of them are.
    """
    contents, errors = {}, {}
    for file in files:
        try:
            contents[file] = read_coco_json(file)
        except (ValueError, OSError) as error:
            errors[file] = error
    if not contents:
        raise next(iter(errors.values()))
    folder.problems += [
        Problem("list", file, str(error).removeprefix(f"{file}: "))
        for file, error in errors.items()
    ]
    return contents


def _splits(files: Sequence[Path], root: Path) -> dict[Path, str]:
    """Return a name for the split of each file, all different."""
    names = {file: split_of(file, root) for file in files}
    counts = Counter(names.values())
    for file, name in names.items():
        if counts[name] > 1:
            names[file] = f"{file.parent.name}/{file.stem}"
    return names


def _categories(folder: Folder, file: Path, content: dict) -> dict[object, str]:
    """Return the names of categories by their ids, in the order of the ids."""
    names, problems = {}, []
    for number, entry in enumerate(content["categories"]):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not visible_name(name):
            problems.append(f"categories[{number}] has no name: write one")
        elif not isinstance(entry.get("id"), (int, str)):
            problems.append(f"category {name!r} has no id: write a number")
        elif entry["id"] in names:
            problems.append(
                f"categories {names[entry['id']]!r} and {name!r} have the same "
                f"id {entry['id']}: give them different ids"
            )
        elif visible_name(name) in names.values():
            problems.append(
                f"two categories have the same name {name!r}: rename one of them"
            )
        else:
            names[entry["id"]] = visible_name(name)
    folder.problems += [Problem("classes", file, text) for text in problems]
    if all(isinstance(key, int) for key in names):
        return dict(sorted(names.items()))
    return names
