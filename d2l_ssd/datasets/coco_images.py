"""The images of a COCO file, and what is wrong with their entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from d2l_ssd.datasets.coco_files import ImageFinder, is_file_name
from d2l_ssd.datasets.file_names import id_of
from d2l_ssd.datasets.labeled_folder import (
    Folder,
    Problem,
    Sample,
    sample_without_objects,
)
from d2l_ssd.images import read_sizes

FAR = 1e15  # numbers from here on are no pixels


def read_images(
    folder: Folder, file: Path, entries: Sequence
) -> tuple[dict[object, Sample], set]:
    """Read the entries of images.

    Args:
        folder: what is being read; gets the problems.
        file: the JSON file.
        entries: its list of images.

    Returns:
        The images by their ids in the file, without objects, and the ids of
        entries that are left out.
    """
    finder, images, refused = ImageFinder(file), {}, set()
    names = {*folder.samples}
    for number, entry in enumerate(entries):
        text, name = _about_entry(number, entry, images), ""
        if not text:
            path, missing = finder.find(entry["file_name"])
            name = id_of(path, folder.root)
            if name in names:
                text = f"the image {name!r} is listed twice: keep one entry"
        if text:
            folder.problems.append(Problem("list", file, text))
            refused.add(id_in(entry))
            continue
        names.add(name)
        sample = sample_without_objects(name, path, file)
        images[entry["id"]] = _with_size(folder, sample, entry, missing)
    return images, refused


def id_in(entry) -> int | float | str | None:
    """Return an entry's id, None if it has none."""
    key = entry.get("id") if isinstance(entry, dict) else None
    return key if is_id(key) else None


def is_id(value) -> bool:
    """Say whether a value may be an id: a number or a text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return False
    return value == value  # NaN is not


def is_number(value) -> bool:
    """Say whether a value is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < FAR  # NaN is not


def _with_size(
    folder: Folder, sample: Sample, entry: dict, missing: str
) -> Sample:
    """Return an image with its size; name what is wrong with it.

    Args:
        folder: gets the problems.
        sample: the image.
        entry: of the image.
        missing: what is wrong with its file, or "".
    """
    size, text = _size(entry, sample.path)
    if missing:
        problem = Problem("missing image", sample.source, missing, sample.id)
        folder.problems.append(problem)
    elif text:
        text = f"{sample.id}: {text}"
        problem = Problem("annotation", sample.source, text, sample.id)
        folder.problems.append(problem)
    return sample._replace(size=size)


def _about_entry(number: int, entry, images: dict) -> str:
    """Say what is wrong with the entry of an image, or return ""."""
    key = id_in(entry)
    if key is None:
        return f"images[{number}] has no id: write a number, or export again"
    if not is_file_name(entry.get("file_name")):
        return f"the image of id {key!r} has no file_name: write one"
    if key in images:
        return (
            f"two images have the same id {key!r}, {images[key].id!r} and "
            f"{entry['file_name']!r}: give them different ids, and their "
            "annotations the right image_id"
        )
    return ""


def _size(entry: dict, path: Path) -> tuple[tuple[int, int] | None, str]:
    """Return an image's (height, width), and what is wrong with them.

    Where they are left out or 0 the image says them.
    """
    sides = entry.get("height") or 0, entry.get("width") or 0
    if sides == (0, 0):
        try:
            return read_sizes(path)[0], ""
        except (ValueError, OSError) as error:
            return None, f"no height and width, and {error}"
    if not all(is_number(v) and v >= 1 and v % 1 == 0 for v in sides):
        return None, (
            "height and width must be whole numbers of pixels, got "
            f"{sides[0]!r} and {sides[1]!r}: write those of the image"
        )
    return (int(sides[0]), int(sides[1])), ""
