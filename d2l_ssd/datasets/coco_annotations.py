"""The images and annotations of a COCO file, and what is wrong with them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.bad_boxes import BadBox, find_bad_boxes
from d2l_ssd.datasets.coco_files import ImageFinder, id_of, is_file_name
from d2l_ssd.datasets.coco_habits import about_boxes, about_contents
from d2l_ssd.datasets.labeled_folder import (
    UNKNOWN,
    Folder,
    Problem,
    Sample,
    sample_without_objects,
)
from d2l_ssd.file_checks import some
from d2l_ssd.images import read_sizes

OVERSHOOT = 1  # pixels by which rounding may put a box outside its image


def add_samples(
    folder: Folder, file: Path, content: dict, numbers: dict[object, int]
) -> list[str]:
    """Add the images of a COCO file to a folder, and what is wrong with them.

    Args:
        folder: what is being read.
        file: the JSON file.
        content: its content, with COCO's lists.
        numbers: of the classes, by the ids of their categories.

    Returns:
        The ids of the images, sorted.
    """
    images, refused = _read_images(folder, file, content["images"])
    objects = _by_image(folder, file, content["annotations"], images, refused)
    wrong = about_boxes(images, objects)
    if wrong:
        folder.problems.append(Problem("units", file, wrong))
    over = []
    for key, sample in images.items():
        sample = _with_objects(sample, objects[key], numbers)
        folder.samples[sample.id] = sample
        problems = {} if wrong else _find_problems(sample, objects[key])
        folder.problems += [
            Problem(bad.kind, file, f"{sample.id}: {bad.text}", sample.id, row)
            for row, bad in problems.items()
        ]
        beyond = ((sample.boxes < 0) | (sample.boxes > 1)).any(axis=1)
        if any(row not in problems for row in np.flatnonzero(beyond)):
            over.append(sample.id)
    if over and not wrong:
        folder.warnings.append(
            f"{file}: images with boxes that reach beyond them by up to a pixel, "
            f"and are clipped: {len(over)}, {some(over)}"
        )
    folder.notes += about_contents(objects)
    return sorted(sample.id for sample in images.values())


def _read_images(
    folder: Folder, file: Path, entries: Sequence
) -> tuple[dict[object, Sample], set]:
    """Return the images by their ids, without objects, and the ids of others."""
    finder, images, names = ImageFinder(file), {}, {*folder.samples}
    refused = set()
    for number, entry in enumerate(entries):
        if text := _about_entry(number, entry, images):
            folder.problems.append(Problem("list", file, text))
            refused.add(_id_of(entry))
            continue
        path, text = finder.find(entry["file_name"])
        name = id_of(path, folder.root)
        if name in names:
            text = (
                f"the image {name!r} is listed twice: keep one of the entries"
            )
            folder.problems.append(Problem("list", file, text))
            refused.add(entry["id"])
            continue
        names.add(name)
        images[entry["id"]] = sample_without_objects(name, path, file)
        if text:
            folder.problems.append(Problem("missing image", file, text, name))
            continue
        size, text = _size(entry, path)
        images[entry["id"]] = images[entry["id"]]._replace(size=size)
        if text:
            folder.problems.append(
                Problem("annotation", file, f"{name}: {text}", name)
            )
    return images, refused


def _id_of(entry) -> int | str | None:
    """Return an entry's id, None if it has none."""
    key = entry.get("id") if isinstance(entry, dict) else None
    return key if _is_id(key) else None


def _about_entry(number: int, entry, images: dict) -> str:
    """Say what is wrong with the entry of an image, or return ""."""
    key = _id_of(entry)
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
    if not all(_is_number(v) and v >= 1 and v % 1 == 0 for v in sides):
        return None, (
            "height and width must be whole numbers of pixels, got "
            f"{sides[0]!r} and {sides[1]!r}: write those of the image"
        )
    return (int(sides[0]), int(sides[1])), ""


def _by_image(
    folder: Folder, file: Path, entries: Sequence, images: dict, refused: set
) -> dict[object, list[dict]]:
    """Return the annotations by their images' ids; name those of no image."""
    objects, stray = {key: [] for key in images}, []
    for number, entry in enumerate(entries):
        key = entry.get("image_id") if isinstance(entry, dict) else None
        if _is_id(key) and key in objects:
            objects[key].append(entry)
        elif not _is_id(key) or key not in refused:
            stray.append(f"annotations[{number}] of image_id {key!r}")
    if stray:
        text = (
            f"annotations of no image: {len(stray)}, {some(stray)}; add the image "
            "to images, correct image_id, or delete the annotation"
        )
        folder.problems.append(Problem("stray annotation", file, text))
    keys = (e["id"] for e in entries if isinstance(e, dict) and "id" in e)
    counts = Counter(key for key in keys if _is_id(key))
    if twice := [key for key, count in counts.items() if count > 1]:
        text = (
            f"ids that several annotations have: {len(twice)}, {some(twice)}; "
            "number the annotations again"
        )
        folder.problems.append(Problem("list", file, text))
    return objects


def _with_objects(
    sample: Sample, entries: Sequence[dict], numbers: dict[object, int]
) -> Sample:
    """Return an image with its objects; boxes that are none are NaN."""
    height, width = sample.size or (1, 1)
    boxes = [_box(entry) or [math.nan] * 4 for entry in entries]
    boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    with np.errstate(over="ignore", invalid="ignore"):
        boxes[:, 2:] += boxes[:, :2]
    keys = [entry.get("category_id") for entry in entries]
    classes = [numbers.get(k, UNKNOWN) if _is_id(k) else UNKNOWN for k in keys]
    return sample._replace(
        classes=np.array(classes, dtype=np.int64),
        boxes=boxes / [width, height, width, height],
        difficult=np.array([bool(e.get("iscrowd")) for e in entries], bool),
        truncated=np.zeros(len(entries), dtype=bool),
    )


def _find_problems(
    sample: Sample, entries: Sequence[dict]
) -> dict[int, BadBox]:
    """Return what is wrong with an image's objects, by their numbers."""
    if sample.size is None:
        return {}
    height, width = sample.size
    overshoot = OVERSHOOT / np.array([width, height, width, height])
    shown = [f"bbox {entry.get('bbox')}"[:99] for entry in entries]
    problems = find_bad_boxes(sample.boxes, overshoot, shown)
    for row, entry in enumerate(entries):
        if _box(entry) is None:
            problems[row] = BadBox("no number", _about_box(entry))
        elif _rotation(entry):
            text = (
                f"{shown[row]} is rotated by {_rotation(entry)} degrees, and "
                "boxes must be upright: draw an upright box around the object"
            )
            problems[row] = BadBox("rotated box", text)
        elif sample.classes[row] == UNKNOWN:
            text = (
                f"{shown[row]} is of the category_id "
                f"{entry.get('category_id')!r}, which categories lacks: add it, "
                "or correct the id"
            )
            problems[row] = BadBox("unknown class", text)
    return problems


def _box(entry: dict) -> list[float] | None:
    """Return an annotation's four finite numbers, None if it has none."""
    box = entry.get("bbox")
    if isinstance(box, list) and len(box) == 4 and all(map(_is_number, box)):
        return box
    return None


def _about_box(entry: dict) -> str:
    """Say what is wrong with a box that is not four numbers."""
    if entry.get("bbox") in (None, []):
        outline = ", only a segmentation" if entry.get("segmentation") else ""
        name = f"the annotation of id {entry.get('id')!r}"
        return f"{name} has no bbox{outline}: draw or export boxes"
    return (
        f"bbox must be four numbers, x, y, width and height in pixels, got "
        f"{str(entry['bbox'])[:99]}: draw the box again"
    )


def _rotation(entry: dict) -> float:
    """Return degrees that CVAT writes: its bbox is the box before them."""
    attributes = entry.get("attributes")
    turn = attributes.get("rotation") if isinstance(attributes, dict) else 0
    return turn if _is_number(turn) else 0


def _is_number(value) -> bool:
    """Say whether a value is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 1e15  # NaN is not


def _is_id(value) -> bool:
    """Say whether a value may be an id: a number or a text."""
    return isinstance(value, (int, str)) and not isinstance(value, bool)
