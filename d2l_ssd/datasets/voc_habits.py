"""What the tool that labeled a folder does, told from all of its files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.voc_annotations import AnnotationFile, read_size
from d2l_ssd.file_checks import some
from d2l_ssd.images import read_bytes, read_sizes

PERCENT = 100
UNDER_1 = re.compile(rb"(?i)min>\s*[-+.0]")  # of xmin and ymin
FEW_BOXES = 3  # tell nothing of the units of the others


def labeled_as_stored(files: Iterable[tuple[Path, Path]]) -> bool:
    """Say whether sideways photographs were labeled without a look at EXIF.

    The size in an annotation tells it of photographs that EXIF turns sideways.

    Args:
        files: paths of images and of their annotations. Those that cannot be
            read tell nothing.

    Returns:
        True if some annotations have the sizes of the stored images, and none
        of the size that programs show.
    """
    found = False
    for image, annotation in files:
        try:
            upright, stored = read_sizes(image)
            if upright != stored:
                size = read_size(annotation)
                if size == upright:
                    return False
                found |= size == stored
        except (ValueError, OSError):
            pass
    return found


def may_count_from_zero(path: Path) -> bool:
    """Say whether an annotation has a box that starts before 1, at a glance."""
    try:
        data = read_bytes(path, "annotation")
    except (ValueError, OSError):
        return False
    return bool(UNDER_1.search(data.replace(b"\0", b"")))  # of UTF-16


def about_units(folder: Path, files: dict[str, AnnotationFile]) -> str:
    """Say that a folder's boxes are in percent of the images, or return "".

    All are within the first hundred pixels of images at least twice that wide
    and high, and few are whole numbers.
    """
    corners = [file.written for file in files.values()]
    boxes = np.concatenate([*corners, np.zeros((0, 4))])
    sizes = [min(file.size) for file in files.values() if len(file.names)]
    if len(boxes) < FEW_BOXES or min(sizes) < 2 * PERCENT:
        return ""
    whole = (boxes == boxes.round()).all(axis=1)
    if PERCENT / 2 < boxes.max() <= PERCENT and whole.mean() < 0.5:
        return (
            f"{folder}: boxes must be in pixels, as in VOC, and these look like "
            f"percent of the images, like {boxes[0].tolist()} of "
            f"{next(iter(files))}.xml; multiply them by the image's width and "
            "height and divide by 100"
        )
    return ""


def about_edges(folder: Path, files: dict[str, AnnotationFile]) -> str:
    """Name annotations that show how a folder counts pixels, and clipped boxes."""
    odd = [f"{i}.xml" for i, file in files.items() if file.from_zero]
    over = [f"{i}.xml" for i, file in files.items() if file.num_clipped]
    clipped = sum(file.num_clipped for file in files.values())
    if odd:
        return (
            f"{folder}: boxes that reach to 0: {len(odd)} of {len(files)} files "
            f"have some ({some(odd)}). So all boxes are read as edges counted "
            "from 0, not as VOC's pixels counted from 1; boxes clipped to the "
            f"image: {clipped}"
        )
    if clipped:
        return (
            f"{folder}: boxes that reach beyond the image by up to a pixel, and "
            f"are clipped: {clipped}, in {some(over)}"
        )
    return ""


def about_names(folder: Path, names: Iterable[str]) -> str:
    """Name classes that differ only in the case of letters."""
    spellings = {}
    for name in sorted(names):
        spellings.setdefault(name.casefold(), []).append(name)
    if twice := [s for s in spellings.values() if len(s) > 1]:
        shown = "; ".join(" and ".join(map(repr, s)) for s in twice)
        return (
            f"{folder}: classes that differ only in the case of letters are "
            f"different classes: {shown}. Correct <name> where they are the same"
        )
    return ""
