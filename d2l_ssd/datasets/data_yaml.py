"""YOLO's data.yaml: the folder, its lists of images and its classes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from d2l_ssd.datasets.class_names import visible_name
from d2l_ssd.datasets.text_files import read_text

SPLITS = "train", "val", "valid", "validation", "test"
MANY = 10_000  # classes


class DataYaml(NamedTuple):
    """What a data.yaml says."""

    path: str  # of the folder, or ""
    splits: dict[str, list[str]]  # folders or lists of images, by split
    names: dict[int, str]  # of classes, by their numbers


def is_data_yaml(path: Path) -> bool:
    """Say whether a file is YOLO's, at a glance."""
    try:
        text = read_text(path, "data.yaml")
    except (ValueError, OSError):
        return False
    return any(line.startswith(("names", "nc:")) for line in text.splitlines())


def read_data_yaml(path: Path) -> DataYaml:
    """Read a data.yaml.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is broken or lacks something; names what.
    """
    data = _load(path)
    splits = {
        name: _as_texts(path, name, data[name])
        for name in SPLITS
        if data.get(name) not in (None, "", [])
    }
    names = _read_names(path, data)
    folder = data.get("path") or ""
    if not isinstance(folder, str):
        raise ValueError(f"{path}: path must be a folder, got {folder!r}"[:300])
    return DataYaml(folder, splits, names)


def _load(path: Path) -> dict:
    """Return the content of a YAML file that holds an object."""
    # PyYAML takes a while to import, and other formats do without it
    from d2l_ssd.datasets.plain_yaml import load_yaml

    text = read_text(path, "data.yaml")
    try:
        data = load_yaml(text)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; correct that line") from None
    if not isinstance(data, dict):
        raise ValueError(
            f"{path}: must have the keys train, val and names, as YOLO's "
            "data.yaml has; pass the folder of the images, or write them"
        )
    return data


def _as_texts(path: Path, key: str, value) -> list[str]:
    """Return the folders or lists that a key names."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(v, str) and v.strip() for v in values):
        raise ValueError(
            f"{path}: {key} must name a folder of images or a list of them, got "
            f"{str(value)[:99]}"
        )
    return values


def _read_names(path: Path, data: dict) -> dict[int, str]:
    """Return the names of classes by their numbers."""
    names = data.get("names")
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or not names or len(names) > MANY:
        raise ValueError(
            f"{path}: names must list the classes, like names: [cat, dog], got "
            f"{str(names)[:99]}"
        )
    named = {_number(path, k): _name(path, k, v) for k, v in names.items()}
    count = data.get("nc")
    if count is not None and count != len(named):
        raise ValueError(
            f"{path}: nc is {count!r}, and names has {len(named)} classes: "
            "correct one of them"
        )
    check_different(path, named)
    return named


def check_different(path: Path, names: dict[int, str]) -> None:
    """Raise for a name that two classes have."""
    listed = list(names.values())
    if twice := sorted({name for name in listed if listed.count(name) > 1}):
        raise ValueError(
            f"{path}: classes must have different names, and these occur twice: "
            f"{', '.join(map(repr, twice))}"
        )


def _number(path: Path, key) -> int:
    """Return the number of a class."""
    if isinstance(key, bool) or not isinstance(key, int) or key < 0:
        raise ValueError(
            f"{path}: names must have classes' numbers as keys, 0, 1 …, got "
            f"{key!r}"[:300]
        )
    return key


def _name(path: Path, key, value) -> str:
    """Return the name of a class."""
    if isinstance(value, bool) or value is None:
        raise ValueError(
            f"{path}: the name of class {key} is read as {value!r} by YAML: write "
            "it in quotes"
        )
    name = (
        visible_name(str(value)) if isinstance(value, (str, int, float)) else ""
    )
    if not name:
        raise ValueError(
            f"{path}: the name of class {key} must be a text, got "
            f"{str(value)[:99]!r}"
        )
    return name
