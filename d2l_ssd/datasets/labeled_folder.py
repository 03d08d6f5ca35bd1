"""What a folder of labeled images holds, whatever its format and its faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

UNKNOWN = -1  # the class of an object that has none of the folder's
USUAL = "train", "val", "test"
ALIASES = {
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "training": "train",
    "testing": "test",
}


class Sample(NamedTuple):
    """What a folder says of one image, right or wrong."""

    id: str  # unique in the folder
    path: Path  # of the image
    source: Path  # the file that its labels come from
    size: tuple[int, int] | None  # (height, width) of it; None: the image's own
    classes: np.ndarray  # (M,) of Folder.classes, or UNKNOWN
    boxes: np.ndarray  # (M, 4) float64 in units of the image, perhaps beyond it
    difficult: np.ndarray  # (M,) bool
    truncated: np.ndarray  # (M,) bool: the object goes on outside its box


class Problem(NamedTuple):
    """Something that is wrong with a folder."""

    kind: str  # see KINDS
    source: Path  # the file to correct
    text: str  # what is wrong, what was expected, and what to do
    id: str | None = None  # of the image; None: the folder as a whole
    object: int | None = None  # row in its Sample; None: the image as a whole


# What can be wrong: with an object, with an image, with the folder
OBJECT_KINDS = (
    "empty box", "inverted box", "outside box", "units", "unknown class",
    "no number",
)  # fmt: skip
IMAGE_KINDS = "missing image", "missing annotation", "annotation"
FOLDER_KINDS = "units", "list", "classes", "stray annotation"


@dataclass
class Folder:
    """A folder as it was read: nothing left out, nothing repaired."""

    format: str  # "voc", "coco" or "yolo"
    root: Path
    classes: tuple[str, ...]  # all that it declares
    samples: dict[str, Sample]
    splits: dict[str, list[str]]  # ids by the name of the list; {}: no lists
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # what one should know
    notes: list[str] = field(default_factory=list)  # what is as it may be


def sample_without_objects(image_id: str, path: Path, source: Path) -> Sample:
    """Return what is known of an image whose labels cannot be read."""
    none = np.zeros(0, dtype=bool)
    classes, boxes = np.zeros(0, dtype=np.int64), np.zeros((0, 4))
    return Sample(image_id, path, source, None, classes, boxes, none, none)


def usual_name(split: str) -> str:
    """Return "train", "val" or "test" for what tools call these splits."""
    return ALIASES.get(split.lower(), split.lower())


def find_clipped(folder: Folder) -> list[Sample]:
    """Return an image for each box that reaches beyond it and is no problem.

    Such boxes reach so little beyond that rounding may be the cause.
    """
    bad = {(problem.id, problem.object) for problem in folder.problems}
    found = []
    for sample in folder.samples.values():
        beyond = ((sample.boxes < 0) | (sample.boxes > 1)).any(axis=1)
        rows = np.flatnonzero(beyond).tolist()
        found += [sample for row in rows if (sample.id, row) not in bad]
    return found
