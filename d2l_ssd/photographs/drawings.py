"""Drawings in place of photographs: cells as ellipses where the labels have boxes.

Figures that are stored with the book show these, since no pixel of BCCD is in it;
and where the photographs cannot be downloaded, a folder of drawings with the same
labels stands in for them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import ArrayLike

from d2l_ssd.file_checks import warn
from d2l_ssd.photographs.bccd import find_bccd
from d2l_ssd.photographs.labels import (
    CLASSES,
    CORNERS,
    HEIGHT,
    SPLITS,
    WIDTH,
    LabeledPhotograph,
    load_labels,
)

GROUND = 238, 232, 222
# Of a class: its color, and the size and color of what is inside of it
LOOKS = {
    "RBC": ((232, 178, 170), 0.45, (240, 205, 196)),
    "WBC": ((205, 190, 222), 0.72, (126, 92, 158)),
    "Platelets": ((150, 116, 176), 0.5, (126, 92, 158)),
}
OTHER = (176, 196, 205), 0.5, (196, 212, 220)
ORDER = "RBC", "WBC", "Platelets"  # from back to front
RIM, RIM_WIDTH = 0.85, 2  # in brightnesses of the cell, in pixels
SHIFT = 4  # OpenCV's coordinates in 16ths of a pixel
PLAIN = "D2L_SSD_PHOTOS"  # the environment variable that is "0" for drawings
WHOLE = "drawn.txt"  # in a folder of drawings that is complete
LICENSE = "Drawn from the labels of BCCD, copyright (c) 2017 shenggan, MIT.\n"


def draw_cells(
    boxes: ArrayLike,
    names: Sequence[str],
    height: int = HEIGHT,
    width: int = WIDTH,
) -> np.ndarray:
    """Draw an ellipse in each box, on plain ground.

    Args:
        boxes: (M, 4) corners in [0, 1].
        names: of the M classes.
        height, width: of the image in pixels.

    Returns:
        (height, width, 3) uint8, RGB.
    """
    image = np.full((height, width, 3), GROUND, dtype=np.uint8)
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    boxes = boxes * [width, height, width, height]
    ranks = [ORDER.index(n) if n in ORDER else len(ORDER) for n in names]
    for number in np.argsort(ranks, kind="stable"):
        _draw_cell(image, boxes[number], names[number])
    return image


def _draw_cell(image: np.ndarray, box: np.ndarray, name: str) -> None:
    color, inside, inner = LOOKS.get(name, OTHER)
    rim = tuple(int(RIM * value) for value in color)  # keeps neighbors apart
    center, radii = (box[:2] + box[2:]) / 2 - 0.5, (box[2:] - box[:2]) / 2
    within = (radii - RIM_WIDTH).clip(0)
    for axes, fill in (radii, rim), (within, color), (radii * inside, inner):
        point, axes = (
            tuple(np.round(values * 2**SHIFT).astype(int).tolist())
            for values in (center, axes)
        )
        style = fill, cv2.FILLED, cv2.LINE_AA, SHIFT
        cv2.ellipse(image, point, axes, 0, 0, 360, *style)


def picture_of(dataset, index: int) -> np.ndarray:
    """Return what a figure shows of an image: the photograph, or a drawing.

    Args:
        dataset: of images and labels, with `classes`.
        index: of the image.

    Returns:
        (H, W, 3) uint8: a drawing if the environment variable D2L_SSD_PHOTOS
        is "0", as when the book's figures are stored.
    """
    if os.environ.get(PLAIN) != "0":
        return dataset[index][0]
    labels, _, (height, width) = dataset.annotation(index)
    names = [dataset.classes[int(k)] for k in labels[:, 0]]
    return draw_cells(labels[:, 1:5], names, height, width)


def shows_photographs(folder: str | os.PathLike) -> bool:
    """Tell whether `picture_of` shows photographs of a folder, not drawings.

    Args:
        folder: as `find_or_draw_bccd` returns it.
    """
    is_drawn = (Path(folder) / WHOLE).exists()
    return os.environ.get(PLAIN) != "0" and not is_drawn


def find_or_draw_bccd(folder: str | os.PathLike = "../data/bccd") -> Path:
    """Return the folder of BCCD, or of drawings with BCCD's labels.

    Args:
        folder: see `find_bccd`. If the photographs cannot be downloaded, a
            warning says so, and drawings are written beside it.

    Returns:
        The path to open as a data set; its name ends in "-drawn" if it holds
        drawings.
    """
    try:
        return find_bccd(folder)
    except ConnectionError as error:
        folder = Path(folder).expanduser()
        drawn = folder.with_name(f"{folder.name}-drawn")
        warn(
            f"{error}\nUntil then, drawings with BCCD's labels stand in for the "
            f"photographs, in {drawn}"
        )
        return draw_bccd(drawn)


def draw_bccd(folder: str | os.PathLike) -> Path:
    """Write drawings with BCCD's labels and lists, in VOC's layout.

    Args:
        folder: nothing is there before all is written; what is complete is kept.

    Returns:
        The folder.
    """
    folder = Path(folder)
    if (folder / WHOLE).exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".drawing-", dir=folder.parent))
    part.chmod(0o755)
    try:
        _write_drawings(part)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _write_drawings(folder: Path) -> None:
    for part in "JPEGImages", "Annotations", "ImageSets/Main":
        (folder / part).mkdir(parents=True)
    rows = load_labels()
    for row in rows:
        _write_drawing(folder, row)
    for split in (*SPLITS, "trainval"):
        names = [f"{row.name}\n" for row in rows if row.split in split]
        path = folder / "ImageSets" / "Main" / f"{split}.txt"
        path.write_text("".join(names), encoding="utf-8")
    (folder / WHOLE).write_text(LICENSE, encoding="utf-8")


def _write_drawing(folder: Path, row: LabeledPhotograph) -> None:
    names = [CLASSES[k] for k in row.classes]
    boxes = (row.boxes - [1, 1, 0, 0]) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
    image = draw_cells(boxes, names)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    path = folder / "JPEGImages" / f"{row.name}.jpg"
    path.write_bytes(jpeg.tobytes())
    objects = "".join(map(_object_xml, names, row.boxes))
    text = (
        f"<annotation><filename>{path.name}</filename><size><width>{WIDTH}"
        f"</width><height>{HEIGHT}</height><depth>3</depth></size>{objects}"
        "</annotation>\n"
    )
    path = folder / "Annotations" / f"{row.name}.xml"
    path.write_text(text, encoding="utf-8")


def _object_xml(name: str, box: np.ndarray) -> str:
    corners = "".join(f"<{c}>{v}</{c}>" for c, v in zip(CORNERS, box))
    return (
        f"<object><name>{name}</name><difficult>0</difficult>"
        f"<bndbox>{corners}</bndbox></object>"
    )
