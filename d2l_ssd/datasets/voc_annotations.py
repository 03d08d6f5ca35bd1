"""Annotation files of Pascal VOC, and those that labeling tools write."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from d2l_ssd.datasets.bad_boxes import REDRAW, BadBox
from d2l_ssd.datasets.class_names import visible_classes, visible_name
from d2l_ssd.datasets.voc_xml import (
    child_of,
    field_of,
    flag_of,
    number_of,
    objects_of,
    parse_xml,
    raise_missing,
)

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
    "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
CORNERS = "xmin", "ymin", "xmax", "ymax"
OVERSHOOT = 1  # pixels by which rounding may put a box outside its image


class Annotation(NamedTuple):
    """What VOC knows of one image."""

    labels: np.ndarray  # (M, 6) [class, xmin, ymin, xmax, ymax, difficult]
    truncated: np.ndarray  # (M,) bool: the object goes on outside its box
    size: tuple[int, int]  # height and width in pixels


class AnnotationFile(NamedTuple):
    """All that is read from one file, whatever classes are wanted."""

    names: list[str]  # M, one per object
    written: np.ndarray  # (M, 4), boxes as they are in the file
    edges: np.ndarray  # (M, 4) in units of the image, perhaps beyond it
    difficult: list[int]
    truncated: list[int]
    size: tuple[int, int]  # height and width in pixels
    from_zero: bool  # its pixels are counted from 0
    problems: dict[int, BadBox]  # by the number of the object

    @property
    def boxes(self) -> np.ndarray:
        """The boxes clipped to the image, (M, 4) float32."""
        return self.edges.clip(0, 1).astype(np.float32)

    @property
    def num_clipped(self) -> int:
        """How many boxes reach beyond the image."""
        return int(((self.edges < 0) | (self.edges > 1)).any(axis=1).sum())


class NoSizeError(ValueError):
    """An annotation does not say how large its image is."""


def read_voc_annotation(
    path: str | os.PathLike,
    classes: Sequence[str],
    ignored: Collection[str] = VOC_CLASSES,
    from_zero: bool | None = None,
    image_size: tuple[int, int] | None = None,
) -> Annotation:
    """Read a VOC annotation file.

    VOC counts pixels from 1, and xmax is the last one inside. Many tools count
    from 0 and write edges: then some boxes reach to 0. Rounding may put boxes
    beyond the image by up to a pixel, and they are clipped.

    The case of letters in tags does not count, nor does an XML namespace. Names
    are stripped of what nobody sees, see `visible_name`.

    Args:
        path: the XML file.
        classes: names of the K classes wanted; a label's class is the index
            in this list.
        ignored: names of classes that may occur as well; objects of them are
            skipped.
        from_zero: pixels are counted from 0. None tells by the boxes: where
            none reaches to 0, they are VOC's.
        image_size: (height, width) of the image, for files whose <size> is
            missing or 0 x 0.

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
    classes = visible_classes(classes)
    ignored = {*map(visible_name, ignored)}
    file = read_annotation_file(path, from_zero, image_size)
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
    path: str | os.PathLike,
    from_zero: bool | None = None,
    image_size: tuple[int, int] | None = None,
) -> AnnotationFile:
    """Read all objects of an annotation file, like `read_voc_annotation`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is broken; the message says all that is wrong.
        NoSizeError: it has no <size>, and image_size is None.
    """
    file = survey_annotation_file(path, from_zero, image_size)
    if file.problems:
        shown = "; ".join(problem.text for problem in file.problems.values())
        raise ValueError(f"{path}: {shown}")
    return file


def survey_annotation_file(
    path: str | os.PathLike,
    from_zero: bool | None = None,
    image_size: tuple[int, int] | None = None,
) -> AnnotationFile:
    """Read an annotation file like `read_annotation_file`, bad boxes included.

    Raises:
        FileNotFoundError, ValueError, NoSizeError: like `read_annotation_file`,
            but for boxes: those that cannot be right are in `problems`.
    """
    root = parse_xml(path)
    objects = objects_of(root, path)
    size = _read_size(root, path) or image_size
    if size is None:
        raise NoSizeError(
            f"{path}: <{root.tag}> has no <size> of an image, or 0 x 0; write "
            "the image's width and height there"
        )
    names = [_name(node, path) for node in objects]
    flags = {
        tag: [flag_of(node, tag, path) for node in objects]
        for tag in ("difficult", "truncated")
    }
    corners = np.array([_corners(node, path) for node in objects])
    corners = corners.reshape(-1, 4)
    if from_zero is None:
        from_zero = bool((corners[:, :2] < 1).any())
    edges, problems = _judge(corners, from_zero, size)
    return AnnotationFile(
        names,
        corners,
        edges,
        **flags,
        size=size,
        from_zero=from_zero,
        problems=problems,
    )


def read_class_names(path: str | os.PathLike) -> set[str]:
    """Return the classes of an annotation file's objects, boxes unread."""
    return {_name(node, path) for node in objects_of(parse_xml(path), path)}


def read_size(path: str | os.PathLike) -> tuple[int, int] | None:
    """Return the (height, width) in an annotation file, None if it has none."""
    return _read_size(parse_xml(path), path)


def read_file_name(path: str | os.PathLike) -> str:
    """Return the name of an annotation's image, without folders, or ""."""
    text = parse_xml(path).findtext("filename") or ""
    return text.strip().replace("\\", "/").rpartition("/")[2]


def _name(node: ET.Element, path) -> str:
    """Return the class of an object."""
    return visible_name(field_of(node, "name", path)) or raise_missing(
        node, "name", path
    )


def _read_size(root: ET.Element, path) -> tuple[int, int] | None:
    """Return the height and width of an annotation's image, in pixels.

    None if there is no <size>, or 0 x 0, as tools write that do not know it.
    """
    node = child_of(root, "size", path)
    if node is None and root.tag != "annotation":
        raise_missing(root, "size", path)
    if node is None:
        return None
    width, height = (number_of(node, tag, path) for tag in ("width", "height"))
    if width == height == 0:
        return None
    if min(width, height) < 1 or width % 1 or height % 1:
        raise ValueError(
            f"{path}: <size> must give the image's width and height as whole "
            f"numbers of pixels, got width {width:g} and height {height:g}"
        )
    return int(height), int(width)


def _corners(node: ET.Element, path) -> list[float]:
    """Return the four numbers of an object's box, as they are written."""
    box = child_of(node, "bndbox", path)
    turned = _rotation(node, path)
    if turned or (box is None and node.find("robndbox") is not None):
        raise ValueError(
            f"{path}: an object has a rotated box, and boxes must be upright: "
            "export without rotation, or draw an upright box around it"
        )
    if box is None:
        others = ", ".join(f"<{child.tag}>" for child in node)
        raise ValueError(f"{path}: <object> has no <bndbox>, only {others}")
    return [number_of(box, tag, path) for tag in CORNERS]


def _rotation(node: ET.Element, path) -> float:
    """Return degrees that CVAT writes: its <bndbox> is the box before them."""
    for attribute in node.findall("attributes/attribute"):
        if field_of(attribute, "name", path) == "rotation":
            return number_of(attribute, "value", path)
    return 0


def _judge(
    corners: np.ndarray, from_zero: bool, size: tuple[int, int]
) -> tuple[np.ndarray, dict[int, BadBox]]:
    """Return boxes (M, 4) in units of the image, and those that are bad."""
    height, width = size
    limits = np.array([width, height, width, height])
    # Pixels are counted from 1 and xmax is the last one inside
    edges = corners - (0 if from_zero else np.array([1, 1, 0, 0]))
    boxes = (edges.clip(0, limits) / limits).astype(np.float32)
    texts = f"1..{width} x 1..{height}", f"0..{width} x 0..{height}"
    outside = (edges < -OVERSHOOT) | (edges > limits + OVERSHOOT)
    outside, empty = outside.any(axis=1), (boxes[:, 2:] <= boxes[:, :2]).any(1)
    inverted = (corners[:, 2:] < corners[:, :2]).any(axis=1)
    odd = outside | empty | inverted | (corners < 2).all(axis=1)
    problems = {}
    for number in np.flatnonzero(odd).tolist():
        place = texts[from_zero] if outside[number] else ""
        if bad := _about_box(corners[number], place, empty[number]):
            problems[number] = bad
    return edges / limits, problems


def _about_box(written: np.ndarray, place: str, empty: bool) -> BadBox | None:
    """Say what is wrong with a box, None if nothing is.

    Args:
        written: (4,) numbers as they are in the file.
        place: where it should be, if it is not there.
        empty: it has no area within the image.
    """
    shown = f"box [{', '.join(f'{v:g}' for v in written)}]"
    if _is_fraction(written):
        return BadBox(
            "units",
            f"{shown} must be in pixels, as in VOC: multiply fractions by the "
            "image's width and height",
        )
    if (written[2:] < written[:2]).any():
        return BadBox(
            "inverted box",
            f"{shown} is empty or inverted ({', '.join(CORNERS)}); {REDRAW}",
        )
    if place:
        return BadBox(
            "outside box",
            f"{shown} is outside {place} (VOC counts pixels from 1, and many "
            "tools from 0): correct the box or the image's <size>",
        )
    if empty:
        return BadBox("empty box", f"{shown} has no area; {REDRAW}")
    return None


def _is_fraction(corners: np.ndarray) -> bool:
    """Say whether a box within the first pixel is a fraction of the image."""
    first_pixel = [1, 1, 1, 1]
    return corners.max() < 2 and corners.tolist() != first_pixel
