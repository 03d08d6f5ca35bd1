"""The images and annotations of a COCO file, and what is wrong with them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.bad_boxes import BadBox, find_bad_boxes
from d2l_ssd.datasets.coco_habits import about_boxes
from d2l_ssd.datasets.coco_images import is_id, is_number, read_images
from d2l_ssd.datasets.labeled_folder import (
    UNKNOWN,
    Folder,
    Problem,
    Sample,
)
from d2l_ssd.file_checks import some

OVERSHOOT = 1  # pixels by which rounding may put a box outside its image


def add_samples(
    folder: Folder, file: Path, content: dict, names: dict[object, str]
) -> list[str]:
    """Add the images of a COCO file to a folder, and what is wrong with them.

    Args:
        folder: what is being read.
        file: the JSON file.
        content: its content, with COCO's lists.
        names: of the classes, by the ids of their categories; "" is unknown.

    Returns:
        The ids of the images, sorted.
    """
    images, refused = read_images(folder, file, content["images"])
    objects = _by_image(folder, file, content["annotations"], images, refused)
    wrong = about_boxes(images, objects)
    numbers = {
        key: folder.classes.index(name) if name else UNKNOWN
        for key, name in names.items()
    }
    if wrong:
        folder.problems.append(Problem("units", file, wrong))
    for key, sample in images.items():
        sample = _with_objects(sample, objects[key], numbers)
        folder.samples[sample.id] = sample
        problems = {} if wrong else _find_problems(sample, objects[key], names)
        folder.problems += [
            Problem(bad.kind, file, f"{sample.id}: {bad.text}", sample.id, row)
            for row, bad in problems.items()
        ]
    return sorted(sample.id for sample in images.values())


def _by_image(
    folder: Folder, file: Path, entries: Sequence, images: dict, refused: set
) -> dict[object, list[dict]]:
    """Return the annotations by their images' ids; name those of no image."""
    objects, stray = {key: [] for key in images}, []
    for number, entry in enumerate(entries):
        key = entry.get("image_id") if isinstance(entry, dict) else None
        if is_id(key) and key in objects:
            objects[key].append(entry)
        elif not is_id(key) or key not in refused:
            stray.append(f"annotations[{number}] of image_id {key!r}")
    if stray:
        text = (
            f"annotations of no image: {len(stray)}, {some(stray)}; add the image "
            "to images, correct image_id, or delete the annotation"
        )
        folder.problems.append(Problem("stray annotation", file, text))
    keys = (e["id"] for e in entries if isinstance(e, dict) and "id" in e)
    counts = Counter(key for key in keys if is_id(key))
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
    """Return an image with its objects; invalid boxes are NaN."""
    height, width = sample.size or (math.nan, math.nan)
    boxes = [_box(entry) or [math.nan] * 4 for entry in entries]
    boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4)
    with np.errstate(over="ignore", invalid="ignore"):
        boxes[:, 2:] += boxes[:, :2]
    keys = [entry.get("category_id") for entry in entries]
    classes = [numbers.get(k, UNKNOWN) if is_id(k) else UNKNOWN for k in keys]
    return sample._replace(
        classes=np.array(classes, dtype=np.int64),
        boxes=boxes / [width, height, width, height],
        difficult=np.array([bool(e.get("iscrowd")) for e in entries], bool),
        truncated=np.zeros(len(entries), dtype=bool),
    )


def _find_problems(
    sample: Sample, entries: Sequence[dict], names: dict[object, str]
) -> dict[int, BadBox]:
    """Return what is wrong with an image's objects, by their numbers."""
    if sample.size is None:
        return {}
    height, width = sample.size
    overshoot = OVERSHOOT / np.array([width, height, width, height])
    shown = [f"bbox {entry.get('bbox')}"[:99] for entry in entries]
    problems = find_bad_boxes(sample.boxes, overshoot, shown)
    for row, entry in enumerate(entries):
        if bad := _about_object(entry, shown[row], names):
            problems[row] = bad
    return problems


def _about_object(entry: dict, shown: str, names: dict) -> BadBox | None:
    """Say what is wrong with an object, but for where its box is."""
    if _box(entry) is None:
        return BadBox("no number", _about_box(entry))
    if turn := _rotation(entry):
        return BadBox(
            "rotated box",
            f"{shown} is rotated by {turn} degrees, and boxes must be upright: "
            "draw an upright box around the object",
        )
    key = entry.get("category_id")
    if not is_id(key) or key not in names:
        return BadBox(
            "unknown class",
            f"{shown} is of the category_id {key!r}, which "
            "categories lacks: add it, or correct the id",
        )
    return None


def _box(entry: dict) -> list[float] | None:
    """Return an annotation's four finite numbers, None if it has none."""
    box = entry.get("bbox")
    if isinstance(box, list) and len(box) == 4 and all(map(is_number, box)):
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
    return turn if is_number(turn) else 0
