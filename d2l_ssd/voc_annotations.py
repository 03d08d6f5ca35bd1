"""Annotation files of Pascal VOC, and those that labeling tools write."""

from __future__ import annotations

import math
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from d2l_ssd.checks import check_class_names
from d2l_ssd.images import read_bytes

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
    "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
CORNERS = "xmin", "ymin", "xmax", "ymax"
ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)")
WIDE_ENCODINGS = b"gb", b"big5", b"shift", b"euc", b"cp93", b"hz"
OVERSHOOT = 1  # pixels by which rounding may put a box outside its image
REDRAW = "draw the box again or delete the object"


class Annotation(NamedTuple):
    """What VOC knows of one image."""

    labels: np.ndarray  # (M, 6) [class, xmin, ymin, xmax, ymax, difficult]
    truncated: np.ndarray  # (M,) bool: the object goes on outside its box
    size: tuple[int, int]  # height and width in pixels


class AnnotationFile(NamedTuple):
    """All that is read from one file, whatever classes are wanted."""

    names: list[str]  # M, one per object
    boxes: np.ndarray  # (M, 4) float32, in units of the image
    difficult: list[int]
    truncated: list[int]
    size: tuple[int, int]  # height and width in pixels
    from_zero: bool  # its pixels are counted from 0
    num_clipped: int  # boxes that reached beyond the image


def read_voc_annotation(
    path: str | os.PathLike,
    classes: Sequence[str],
    ignored: Collection[str] = VOC_CLASSES,
    from_zero: bool | None = None,
) -> Annotation:
    """Read a VOC annotation file.

    VOC counts pixels from 1, and xmax is the last one inside. Many tools count
    from 0 and write edges: then some boxes reach to 0 or, rounded, beyond the
    image. They may by up to a pixel, and are clipped.

    Args:
        path: the XML file.
        classes: names of the K classes wanted; a label's class is the index
            in this list.
        ignored: names of classes that may occur as well; objects of them are
            skipped.
        from_zero: pixels are counted from 0. None tells by the boxes: where
            none reaches to 0 or beyond the image, they are VOC's.

    Returns:
        An Annotation: labels (M, 6) float32
        [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the
        image; truncated (M,) bool; size (height, width) in pixels.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the XML is broken or lacks a field, a box is inverted, has
            no area or lies outside the image, a class is neither in classes
            nor in ignored, or classes repeats a name.
    """
    classes = check_class_names(classes)
    file = read_annotation_file(path, from_zero)
    for name in file.names:
        if name not in classes and name not in ignored:
            raise ValueError(
                f"{path}: unknown class {name!r}: the classes are "
                f"{list(classes)}; correct the file, or add the name to classes"
            )
    wanted = [i for i, name in enumerate(file.names) if name in classes]
    labels = np.zeros((len(wanted), 6), dtype=np.float32)
    labels[:, 0] = [classes.index(file.names[i]) for i in wanted]
    labels[:, 1:5] = file.boxes[wanted]
    labels[:, 5] = [file.difficult[i] for i in wanted]
    truncated = np.array([file.truncated[i] for i in wanted], dtype=bool)
    return Annotation(labels, truncated, file.size)


def read_annotation_file(
    path: str | os.PathLike, from_zero: bool | None = None
) -> AnnotationFile:
    """Read all objects of an annotation file, like `read_voc_annotation`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is broken; the message says all that is wrong.
    """
    root = _parse_xml(path)
    size = _read_size(root, path)
    objects = root.findall("object")
    names = [_field(node, "name", path) for node in objects]
    flags = {
        tag: [_flag(node, tag, path) for node in objects]
        for tag in ("difficult", "truncated")
    }
    corners = np.array([_corners(node, path) for node in objects])
    corners = corners.reshape(-1, 4)
    if len(corners) and corners.max() <= 1:
        raise ValueError(
            f"{path}: boxes must be in pixels, as in VOC, and none goes beyond 1, "
            f"like {corners[0].tolist()}: multiply fractions by the image's width "
            "and height"
        )
    if from_zero is None:
        over = corners[:, 2:] > size[::-1]
        from_zero = bool((corners[:, :2] < 1).any() or over.any())
    boxes, num_clipped = _to_boxes(corners, from_zero, size, path)
    return AnnotationFile(
        names,
        boxes,
        **flags,
        size=size,
        from_zero=from_zero,
        num_clipped=num_clipped,
    )


def read_class_names(path: str | os.PathLike) -> set[str]:
    """Return the classes of an annotation file's objects, boxes unread."""
    objects = _parse_xml(path).findall("object")
    return {_field(node, "name", path) for node in objects}


def _parse_xml(path: str | os.PathLike) -> ET.Element:
    """Return the root of an XML file that declares no entities."""
    data = read_bytes(path, "annotation")
    try:
        # The parser knows no encodings with several bytes for a letter
        declared = ENCODING.match(data)
        if declared and declared[1].lower().startswith(WIDE_ENCODINGS):
            data = data.decode(declared[1].decode()).encode()
            data = data[declared.end() :].partition(b"?>")[2]
        # Entities can grow without bound. In UTF-16 zeros stand between letters
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise ValueError("it declares a DOCTYPE; remove that line")
        return ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ValueError(
            f"{path}: broken XML: {error}; write the file again, in UTF-8"
        ) from None


def _field(node: ET.Element, tag: str, path) -> str:
    """Return the text of a child of an XML node."""
    text = node.findtext(tag)
    if text is None or not text.strip():
        raise ValueError(f"{path}: <{node.tag}> has no <{tag}>")
    return text.strip()


def _number(node: ET.Element, tag: str, path) -> float:
    """Return a child of an XML node as a number."""
    text = _field(node, tag, path)
    try:
        # Python would read 1_5 as 15
        number = float(text.replace("_", "?"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{path}: <{tag}> is not a number: {text!r}")
    return number


def _flag(node: ET.Element, tag: str, path) -> int:
    """Return a child of an XML node that is 0 or 1.

    VOC's own development kit reads absent flags as 0, and some objects of
    VOC2012 have none. Some labeling tools write empty ones.
    """
    text = (node.findtext(tag) or "").strip() or "0"
    if text not in ("0", "1"):
        raise ValueError(f"{path}: <{tag}> must be 0 or 1, got {text!r}")
    return int(text)


def _read_size(root: ET.Element, path) -> tuple[int, int]:
    """Return the height and width of an annotation's image, in pixels."""
    node = root.find("size")
    if node is None:
        raise ValueError(f"{path}: <{root.tag}> has no <size>")
    width, height = (_number(node, tag, path) for tag in ("width", "height"))
    if min(width, height) < 1 or width % 1 or height % 1:
        raise ValueError(
            f"{path}: <size> must give the image's width and height as whole "
            f"numbers of pixels, got width {width:g} and height {height:g}"
        )
    return int(height), int(width)


def _corners(node: ET.Element, path) -> list[float]:
    """Return the four numbers of an object's box, as they are written."""
    box = node.find("bndbox")
    if box is None:
        raise ValueError(f"{path}: <object> has no <bndbox>")
    return [_number(box, tag, path) for tag in CORNERS]


def _to_boxes(
    corners: np.ndarray, from_zero: bool, size: tuple[int, int], path
) -> tuple[np.ndarray, int]:
    """Return boxes (M, 4) in units of the image, and how many were clipped."""
    height, width = size
    limits = np.array([width, height, width, height])
    # Pixels are counted from 1 and xmax is the last one inside
    edges = corners - (0 if from_zero else np.array([1, 1, 0, 0]))
    boxes = (edges.clip(0, limits) / limits).astype(np.float32)
    first = 0 if from_zero else 1
    problems = []
    for row, box, written in zip(edges, boxes, corners):
        shown = f"box [{', '.join(f'{v:g}' for v in written)}]"
        if (written[2:] < written[:2]).any():
            problems.append(
                f"{shown} is empty or inverted ({', '.join(CORNERS)}); {REDRAW}"
            )
        elif (row < -OVERSHOOT).any() or (row > limits + OVERSHOOT).any():
            problems.append(
                f"{shown} is outside {first}..{width} x {first}..{height} (VOC "
                "counts pixels from 1, and many tools from 0): correct the box "
                "or the image's <size>"
            )
        elif (box[2:] <= box[:2]).any():
            problems.append(f"{shown} has no area; {REDRAW}")
    if problems:
        raise ValueError(f"{path}: {'; '.join(problems)}")
    clipped = ((edges < 0) | (edges > limits)).any(axis=1)
    return boxes, int(clipped.sum())
