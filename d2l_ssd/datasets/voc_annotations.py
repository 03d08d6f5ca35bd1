"""Annotation files of Pascal VOC, and those that labeling tools write."""

from __future__ import annotations

import math
import os
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from d2l_ssd.checks import check_class_names
from d2l_ssd.images import read_bytes
from d2l_ssd.signatures import foreign_content

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
    "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
CORNERS = "xmin", "ymin", "xmax", "ymax"
ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)")
WIDE_ENCODINGS = b"gb", b"big5", b"shift", b"euc", b"cp93", b"hz"
UNESCAPED = re.compile(rb"&(?!(#\w+|amp|lt|gt|quot|apos);)")
DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
# Nobody sees them: blanks of no width, marks of order and of direction
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))
NO, YES = ("0", "false", "no", "unspecified", ""), ("1", "true", "yes")
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
    written: np.ndarray  # (M, 4), boxes as they are in the file
    boxes: np.ndarray  # (M, 4) float32, in units of the image
    difficult: list[int]
    truncated: list[int]
    size: tuple[int, int]  # height and width in pixels
    from_zero: bool  # its pixels are counted from 0
    num_clipped: int  # boxes that reached beyond the image


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
    root = _parse_xml(path)
    objects = _objects(root, path)
    size = _read_size(root, path) or image_size
    if size is None:
        raise NoSizeError(
            f"{path}: <{root.tag}> has no <size> of an image, or 0 x 0; write "
            "the image's width and height there"
        )
    names = [_name(node, path) for node in objects]
    flags = {
        tag: [_flag(node, tag, path) for node in objects]
        for tag in ("difficult", "truncated")
    }
    corners = np.array([_corners(node, path) for node in objects])
    corners = corners.reshape(-1, 4)
    if from_zero is None:
        from_zero = bool((corners[:, :2] < 1).any())
    boxes, num_clipped = _to_boxes(corners, from_zero, size, path)
    return AnnotationFile(
        names,
        corners,
        boxes,
        **flags,
        size=size,
        from_zero=from_zero,
        num_clipped=num_clipped,
    )


def read_class_names(path: str | os.PathLike) -> set[str]:
    """Return the classes of an annotation file's objects, boxes unread."""
    return {_name(node, path) for node in _objects(_parse_xml(path), path)}


def read_size(path: str | os.PathLike) -> tuple[int, int] | None:
    """Return the (height, width) in an annotation file, None if it has none."""
    return _read_size(_parse_xml(path), path)


def read_file_name(path: str | os.PathLike) -> str:
    """Return the name of an annotation's image, without folders, or ""."""
    text = _parse_xml(path).findtext("filename") or ""
    return text.strip().replace("\\", "/").rpartition("/")[2]


def visible_name(name: str) -> str:
    """Return a class name as people see it.

    Names that look the same are the same: accents as parts of letters (NFC),
    one blank where there are several, none around, and nothing invisible.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFC", name.translate(INVISIBLE))
    return " ".join(name.split())


def visible_classes(classes: Sequence[str]) -> tuple[str, ...]:
    """Return `visible_name` of class names; raise unless they differ."""
    for name in check_class_names(classes):
        if not isinstance(name, str) or not visible_name(name):
            raise ValueError(
                f"classes must be names, got {name!r}; write them as strings"
            )
    return check_class_names([visible_name(name) for name in classes])


def _parse_xml(path: str | os.PathLike) -> ET.Element:
    """Return the root of an XML file that declares no entities.

    Its tags are in lower case and without namespaces.
    """
    data = read_bytes(path, "annotation")
    try:
        if not data.strip():
            raise ValueError("the file is empty; label the image again")
        if content := foreign_content(data):
            raise ValueError(f"the file is {content}")
        # The parser knows no encodings with several bytes for a letter
        declared = ENCODING.match(data)
        if declared and declared[1].lower().startswith(WIDE_ENCODINGS):
            data = data.decode(declared[1].decode()).encode()
            data = data[declared.end() :].partition(b"?>")[2]
        # Editors and templates leave empty lines before the declaration
        if data.lstrip().startswith(b"<?xml"):
            data = data.lstrip()
        # Entities can grow without bound. In UTF-16 zeros stand between letters
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise ValueError("it declares a DOCTYPE; remove that line")
        root = ET.fromstring(data)
    except ET.ParseError as error:
        advice = "write the file again, in UTF-8"
        if UNESCAPED.search(data.replace(b"\0", b"")):
            advice = "write &amp; for each & in a text"
        raise ValueError(f"{path}: broken XML: {error}; {advice}") from None
    except (ValueError, LookupError) as error:
        advice = "" if ";" in str(error) else "; write the file again, in UTF-8"
        raise ValueError(f"{path}: broken XML: {error}{advice}") from None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2].lower()
    return root


def _objects(root: ET.Element, path) -> list[ET.Element]:
    """Return an annotation's objects; raise for those that are elsewhere."""
    objects = root.findall("object")
    if len(objects) < len([*root.iter("object")]):
        raise ValueError(
            f"{path}: an <object> is within another element: put all of them "
            f"directly into <{root.tag}>"
        )
    return objects


def _child(node: ET.Element, tag: str, path) -> ET.Element | None:
    """Return a child of an XML node; raise for several that differ."""
    children = node.findall(tag)
    contents = {tuple(map(str.strip, c.itertext())) for c in children[1:]}
    if contents and contents != {tuple(map(str.strip, children[0].itertext()))}:
        raise ValueError(
            f"{path}: <{node.tag}> has {len(children)} different <{tag}>: keep "
            "the right one, or write one <object> for each"
        )
    return children[0] if children else None


def _field(node: ET.Element, tag: str, path) -> str:
    """Return the text of a child of an XML node, or ""."""
    child = _child(node, tag, path)
    if child is None:
        return ""
    if len(child):
        raise ValueError(
            f"{path}: <{tag}> must hold text alone, and has <{child[0].tag}>"
        )
    return (child.text or "").strip()


def _name(node: ET.Element, path) -> str:
    """Return the class of an object."""
    return visible_name(_field(node, "name", path)) or _missing(
        node, "name", path
    )


def _missing(node: ET.Element, tag: str, path):
    raise ValueError(f"{path}: <{node.tag}> has no <{tag}>")


def _number(node: ET.Element, tag: str, path) -> float:
    """Return a child of an XML node as a number."""
    text = _field(node, tag, path) or _missing(node, tag, path)
    try:
        # Python would read 1_5 as 15
        number = float(text.replace("_", "?"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        advice = (
            f"write {text.replace(',', '.')}"
            if DECIMAL_COMMA.fullmatch(text)
            else "write one with digits and a point"
        )
        raise ValueError(f"{path}: <{tag}> is not a number: {text!r}; {advice}")
    return number


def _flag(node: ET.Element, tag: str, path) -> int:
    """Return a child of an XML node that is 0 or 1.

    VOC's own development kit reads absent flags as 0, and some objects of
    VOC2012 have none. Tools write empty ones, words, and 0.0.
    """
    text = _field(node, tag, path)
    word = text.lower().removesuffix(".0")
    if word not in NO + YES:
        raise ValueError(f"{path}: <{tag}> must be 0 or 1, got {text!r}")
    return int(word in YES)


def _read_size(root: ET.Element, path) -> tuple[int, int] | None:
    """Return the height and width of an annotation's image, in pixels.

    None if there is no <size>, or 0 x 0, as tools write that do not know it.
    """
    node = _child(root, "size", path)
    if node is None and root.tag != "annotation":
        _missing(root, "size", path)
    if node is None:
        return None
    width, height = (_number(node, tag, path) for tag in ("width", "height"))
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
    box = _child(node, "bndbox", path)
    turned = _rotation(node, path)
    if turned or (box is None and node.find("robndbox") is not None):
        raise ValueError(
            f"{path}: an object has a rotated box, and boxes must be upright: "
            "export without rotation, or draw an upright box around it"
        )
    if box is None:
        others = ", ".join(f"<{child.tag}>" for child in node)
        raise ValueError(f"{path}: <object> has no <bndbox>, only {others}")
    return [_number(box, tag, path) for tag in CORNERS]


def _rotation(node: ET.Element, path) -> float:
    """Return degrees that CVAT writes: its <bndbox> is the box before them."""
    for attribute in node.findall("attributes/attribute"):
        if _field(attribute, "name", path) == "rotation":
            return _number(attribute, "value", path)
    return 0


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
        if _is_fraction(written):
            problems.append(
                f"{shown} must be in pixels, as in VOC: multiply fractions by "
                "the image's width and height"
            )
        elif (written[2:] < written[:2]).any():
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


def _is_fraction(corners: np.ndarray) -> bool:
    """Say whether a box within the first pixel is a fraction of the image."""
    first_pixel = [1, 1, 1, 1]
    return corners.max() < 2 and corners.tolist() != first_pixel
