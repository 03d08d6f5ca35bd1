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
from d2l_ssd.datasets.coco_habits import about_contents
from d2l_ssd.datasets.coco_images import id_in
from d2l_ssd.datasets.labeled_folder import Folder, Problem, find_clipped
from d2l_ssd.file_checks import some


def read_coco(path: Path) -> Folder:
    """Read COCO's JSON: one file, or all of a folder, each of them a split.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: all of them are broken.
    """
    files = find_coco_files(path) if path.is_dir() else [path]
    root = path if path.is_dir() else root_of(path)
    folder = Folder("coco", root, (), {}, {})
    contents = _read_files(folder, files)
    names = {f: _categories(folder, f, c) for f, c in contents.items()}
    listed = [name for known in names.values() for name in known.values()]
    folder.classes = tuple(dict.fromkeys(filter(None, listed)))
    splits = _splits(files, root)
    for file, content in contents.items():
        ids = add_samples(folder, file, content, names[file])
        if len(files) > 1:
            folder.splits[splits[file]] = ids
    folder.notes += about_contents(contents.values())
    clipped = find_clipped(folder)
    if clipped and all(problem.kind != "units" for problem in folder.problems):
        names = {sample.id for sample in clipped}
        folder.warnings.append(
            f"{root}: boxes that reach beyond the image by up to a pixel, and are "
            f"clipped: {len(clipped)}, in {some(names)}"
        )
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
    """Return the names of categories by their ids, in the order of the ids.

    The name of an id is "" where there is none.
    """
    names, problems = {}, []
    for number, entry in enumerate(content["categories"]):
        name = entry.get("name") if isinstance(entry, dict) else None
        name = visible_name(name) if isinstance(name, str) else ""
        key = id_in(entry)
        if text := _about_category(number, key, name, names):
            problems.append(Problem("classes", file, text))
        if key is not None:
            names.setdefault(key, name)
    folder.problems += problems
    if all(isinstance(key, int) for key in names):
        return dict(sorted(names.items()))
    return names


def _about_category(number: int, key, name: str, names: dict) -> str:
    """Say what is wrong with a category, given those before it, or return ""."""
    if not name:
        return f"categories[{number}] has no name: write one"
    if key is None:
        return f"category {name!r} has no id: write a number"
    if key in names:
        return (
            f"categories {names[key]!r} and {name!r} have the same id {key}: "
            "give them different ids"
        )
    if name in names.values():
        return f"two categories have the same name {name!r}: rename one of them"
    return ""
