"""YOLO's label files: an object per line, in units of the image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from d2l_ssd.datasets.bad_boxes import BadBox, find_bad_boxes
from d2l_ssd.datasets.labeled_folder import UNKNOWN
from d2l_ssd.datasets.text_files import read_lines

COLUMNS = 5  # class, x and y of the center, width, height
# Of the image's sides: by so much rounding may put a box outside
OVERSHOOT = 0.01
PIXELS = 2  # numbers over it are no fractions


class LabelFile(NamedTuple):
    """The objects of a label file, right or wrong."""

    classes: np.ndarray  # (M,) places in the list of numbers, or UNKNOWN
    boxes: np.ndarray  # (M, 4) in units of the image, perhaps beyond it
    problems: dict[int, BadBox]  # by the number of the object


def read_label_file(path: Path, numbers: Sequence[int]) -> LabelFile:
    """Read a label file.

    Args:
        path: the text file.
        numbers: those that classes have, each once.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no text.
    """
    lines = read_lines(path, "label file")
    rows, problems = [], {}
    for number, line in enumerate(lines):
        row, bad = _read_line(line)
        rows.append(row)
        if bad:
            problems[number] = bad
    rows = np.array(rows, dtype=np.float64).reshape(-1, COLUMNS)
    centers, half_sides = rows[:, 1:3], rows[:, 3:] / 2
    boxes = np.hstack([centers - half_sides, centers + half_sides])
    problems = {**find_bad_boxes(boxes, OVERSHOOT, lines), **problems}
    places = {number: place for place, number in enumerate(numbers)}
    classes = [places.get(number, UNKNOWN) for number in rows[:, 0]]
    for row, place in enumerate(classes):
        if place == UNKNOWN:
            problems.setdefault(row, _unknown(lines[row], numbers))
    named = {
        number: BadBox(bad.kind, f"line {number + 1}: {bad.text}")
        for number, bad in sorted(problems.items())
    }
    return LabelFile(np.array(classes, dtype=np.int64), boxes, named)


def _read_line(line: str) -> tuple[list[float], BadBox | None]:
    """Return the five numbers of a line, NaN where it is none, and why."""
    texts = line.split()
    none = [math.nan] * COLUMNS
    if len(texts) != COLUMNS:
        return none, BadBox("no number", _about_columns(texts))
    try:
        row = [float(text.replace("_", "?")) for text in texts]
    except ValueError:
        advice = "; write points, not commas" if "," in line else ""
        text = f"{line!r} must be five numbers: class x y width height{advice}"
        return none, BadBox("no number", text)
    if not all(map(math.isfinite, row)) or row[0] % 1:
        text = f"{line!r} must be a class's number and four finite numbers"
        return none, BadBox("no number", text)
    if max(map(abs, row[1:])) > PIXELS:
        text = (
            f"{line!r} must be in units of the image, from 0 to 1: divide pixels "
            "by its width and height"
        )
        return row, BadBox("units", text)
    return row, None


def _about_columns(texts: list[str]) -> str:
    """Say what a line is that has more or fewer numbers than a box."""
    what = f"{len(texts)} columns, and a box has {COLUMNS}"
    if len(texts) == COLUMNS + 1:
        what += ": the last may be a confidence, so that it is a prediction"
        return f"{what}; export labels, or leave the last out"
    if len(texts) > COLUMNS:
        what += (
            ": outlines (segmentation), keypoints (pose) and rotated boxes have "
            "more"
        )
        return f"{what}; export labels for detection"
    return f"{what}: class x y width height; label the image again"


def _unknown(line: str, numbers: Sequence[int]) -> BadBox:
    """Return the problem of a line whose class has no name."""
    return BadBox(
        "unknown class",
        f"{line!r} is of a class that has no name: there are {len(numbers)} "
        f"numbers from {min(numbers)} to {max(numbers)}; correct it, or add the "
        "name",
    )
