"""Folders of labeled images in Pascal VOC's layout, read image by image."""

from __future__ import annotations

import os
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from d2l_ssd.checks import check_class_names
from d2l_ssd.file_checks import check_files as check_files
from d2l_ssd.images import read_image

VOC_CLASSES = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
    "chair", "cow", "diningtable", "dog", "horse", "motorbike", "person",
    "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
# In any case of letters; where an id has several files the first one counts
IMAGE_EXTENSIONS = (".jpg", ".jpeg", ".png")
FLAGS = ("1", "0", "-1")
SHOWN = 5  # names in an error message


class Annotation(NamedTuple):
    """What VOC knows of one image."""

    labels: np.ndarray  # (M, 6) [class, xmin, ymin, xmax, ymax, difficult]
    truncated: np.ndarray  # (M,) bool: the object goes on outside its box
    size: tuple[int, int]  # height and width in pixels


class VOCDetection:
    """One split of a folder in Pascal VOC's layout, read image by image.

    Item i is an image, (H, W, 3) uint8 RGB, and its labels, (M, 6) float32
    [class, xmin, ymin, xmax, ymax, difficult]. `ids` are the images' names,
    `classes` those of the classes.

    Where ImageSets/Main has lists per class, `<class>_<split>.txt`, they say
    which image shows what, and no annotation is read before it is asked for.
    Without them all annotations of the split are read once.

    Args:
        root: the folder that holds JPEGImages/, Annotations/ and, but for
            split None, ImageSets/Main/.
        split: "train" or "val", or any other list in ImageSets/Main; None
            takes every image that has an annotation.
        classes: names of the K classes; a label's class is the index here.
            Objects of other classes are passed over. None takes all classes
            of the folder, in the order of the alphabet.
        all_images: False keeps the images that show one of the classes; True
            keeps all of the split.

    Raises:
        FileNotFoundError: root is no such folder, or a list, an image or an
            annotation is missing.
        ValueError: classes repeats a name or has one that no object has, no
            image is left, or what `read_voc_annotation` and `read_image` say
            of a file; image and annotation differ in size.
    """

    def __init__(
        self,
        root: str | os.PathLike,
        split: str | None,
        classes: Sequence[str] | None = ("cat", "dog"),
        all_images: bool = False,
    ) -> None:
        self.root, self.split = Path(root), split
        if not (self.root / "JPEGImages").is_dir():
            raise FileNotFoundError(
                f"root must be a folder that holds JPEGImages/, got {root}"
            )
        lists = {} if split is None else _class_lists(self._lists, split)
        if classes is None:
            classes = self._all_classes(lists)
        self.classes = check_class_names(classes)
        choose = self._ids_by_lists if lists else self._ids_by_annotations
        ids, self._ignored = choose(lists, all_images)
        self.ids = sorted(ids)
        if not self.ids:
            raise ValueError(
                f"{root}: no image of split {split!r} shows one of the classes "
                f"{list(self.classes)}: name others, or pass all_images=True"
            )
        self._files = _image_files(self.root / "JPEGImages", self.ids)

    @property
    def _lists(self) -> Path:
        return self.root / "ImageSets" / "Main"

    @property
    def _annotations(self) -> Path:
        return self.root / "Annotations"

    def _all_classes(self, lists: dict[str, Path]) -> list[str]:
        """Name all classes of the folder, in the order of the alphabet."""
        names = lists or _names_in(self._annotations.glob("*.xml"))
        if not names:
            raise ValueError(
                f"classes=None needs objects, and {self._annotations} has none"
            )
        return sorted(names)

    def _ids_by_lists(
        self, lists: dict[str, Path], all_images: bool
    ) -> tuple[set[str], Collection[str]]:
        """Choose images by the lists per class; return the classes ignored."""
        for name in self.classes:
            if name not in lists:
                raise FileNotFoundError(
                    "image list not found: "
                    f"{self._lists / f'{name}_{self.split}.txt'}; there are "
                    f"lists of the classes {', '.join(sorted(lists))}"
                )
        if all_images:
            ids = self._split_ids()
        else:
            paths = [lists[name] for name in self.classes]
            ids = {i for path in paths for i in _read_class_list(path)}
        return ids, {*VOC_CLASSES, *lists}

    def _ids_by_annotations(
        self, lists: dict[str, Path], all_images: bool
    ) -> tuple[set[str], Collection[str]]:
        """Choose images by what they show; return the classes ignored."""
        ids = self._split_ids()
        shown = {i: _names_in([self._annotation_path(i)]) for i in ids}
        seen = set().union(*shown.values())
        if not seen.issuperset(self.classes):
            # One that only other splits have is no slip of the pen
            seen |= _names_in(self._annotations.glob("*.xml"))
        _check_seen(self.classes, seen, self._annotations)
        if ignored := seen.difference(self.classes):
            warnings.warn(
                f"{self._annotations}: objects of classes that are not asked "
                f"for are passed over: {_some(ignored)}",
                stacklevel=3,
            )
        if not all_images:
            ids = {i for i in ids if not shown[i].isdisjoint(self.classes)}
        return ids, ignored

    def _split_ids(self) -> set[str]:
        """Read the ids of the split, whatever the images show."""
        if self.split is None:
            return {path.stem for path in self._annotations.glob("*.xml")}
        path = self._lists / f"{self.split}.txt"
        if not path.is_file():
            splits = {p.stem for p in self._lists.glob("*.txt")}
            raise FileNotFoundError(
                f"image list not found: {path}; there are lists of "
                f"{_some(splits) or 'no split'}. split=None takes all images"
            )
        return {_image_id(line) for line in _read_lines(path)}

    def __len__(self) -> int:
        return len(self.ids)

    def image_path(self, index: int) -> Path:
        """Return the path of an image."""
        return self.root / "JPEGImages" / self._files[index]

    def _annotation_path(self, image_id: str) -> Path:
        return self._annotations / f"{image_id}.xml"

    def annotation(self, index: int) -> Annotation:
        """Read the annotation of an image, not the image."""
        path = self._annotation_path(self.ids[index])
        return read_voc_annotation(path, self.classes, self._ignored)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        path = self.image_path(index)
        labels, _, size = self.annotation(index)
        image = read_image(path)
        if image.shape[:2] != size:
            # Labeled as it is stored, without a look at its EXIF orientation
            image = read_image(path, upright=False)
        if image.shape[:2] != size:
            raise ValueError(
                f"{path}: the image has {image.shape[:2]} pixels (height, "
                f"width), its annotation says {size}"
            )
        return image, labels


def read_voc_annotation(
    path: str | os.PathLike,
    classes: Sequence[str],
    ignored: Collection[str] = VOC_CLASSES,
) -> Annotation:
    """Read a VOC annotation file.

    Args:
        path: the XML file.
        classes: names of the K classes wanted; a label's class is the index
            in this list.
        ignored: names of classes that may occur as well; objects of them are
            passed over.

    Returns:
        An Annotation: labels (M, 6) float32
        [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the
        image; truncated (M,) bool; size (height, width) in pixels.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the XML is broken or lacks a field, a box is empty,
            inverted or outside the image, a class is neither in classes nor
            in ignored, or classes repeats a name.
    """
    classes = check_class_names(classes)
    root = _parse_xml(path)
    size = _read_size(root, path)
    rows, truncated = [], []
    for node in root.findall("object"):
        name = _field(node, "name", path)
        if name not in classes and name not in ignored:
            raise ValueError(
                f"{path}: unknown class {name!r}: the classes are "
                f"{list(classes)}; correct the file, or add the name to classes"
            )
        box = _read_box(node, size, path)
        flags = [_flag(node, t, path) for t in ("difficult", "truncated")]
        if name in classes:
            rows.append([classes.index(name), *box, flags[0]])
            truncated.append(flags[1])
    labels = np.array(rows, dtype=np.float32).reshape(-1, 6)
    return Annotation(labels, np.array(truncated, dtype=bool), size)


def _parse_xml(path: str | os.PathLike) -> ET.Element:
    """Return the root of an XML file that declares no entities."""
    try:
        data = Path(path).read_bytes()
        # Entities can grow without bound. In UTF-16 zeros stand between letters
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise ValueError("it declares a DOCTYPE; remove that line")
        return ET.fromstring(data)
    except FileNotFoundError:
        raise FileNotFoundError(f"annotation not found: {path}") from None
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ValueError(f"{path}: broken XML: {error}") from None


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
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
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
    height, width = (_number(node, tag, path) for tag in ("height", "width"))
    if min(height, width) < 1:
        raise ValueError(f"{path}: the image's size is {width:g} x {height:g}")
    return int(height), int(width)


def _read_box(node: ET.Element, size: tuple[int, int], path) -> tuple:
    """Return an object's box in units of the image."""
    box = node.find("bndbox")
    if box is None:
        raise ValueError(f"{path}: <object> has no <bndbox>")
    tags = "xmin", "ymin", "xmax", "ymax"
    xmin, ymin, xmax, ymax = values = [_number(box, t, path) for t in tags]
    height, width = size
    shown = f"box {[f'{v:g}' for v in values]}".replace("'", "")
    if xmax < xmin or ymax < ymin:
        raise ValueError(f"{path}: {shown} is empty or inverted")
    if min(xmin, ymin) < 1 or xmax > width or ymax > height:
        limits = f"1..{width} x 1..{height}"
        raise ValueError(f"{path}: {shown} is outside {limits}")
    # Pixels are counted from 1 and xmax is the last one inside
    return (xmin - 1) / width, (ymin - 1) / height, xmax / width, ymax / height


def _names_in(paths: Iterable[Path]) -> set[str]:
    """Return the names of all classes that occur in annotation files."""
    return {
        _field(node, "name", path)
        for path in paths
        for node in _parse_xml(path).findall("object")
    }


def _check_seen(classes: Sequence[str], seen: set[str], folder: Path) -> None:
    """Raise for a class that no object has."""
    for name in classes:
        if name not in seen:
            raise ValueError(
                f"classes must be names that occur, and no object in {folder} "
                f"is a {name!r}; there are {_some(seen) or 'no objects'}"
            )


def _some(names: Collection[str]) -> str:
    """Return the first of some names, for a message."""
    dots = ", …" if len(names) > SHOWN else ""
    return ", ".join(map(repr, sorted(names)[:SHOWN])) + dots


def _read_lines(path: Path) -> list[str]:
    """Return the lines of a text file that are not empty, stripped."""
    try:
        # Windows' editors put a mark before the first line
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not text in UTF-8: {error}") from None
    return [line.strip() for line in lines if line.strip()]


def _image_id(text: str) -> str:
    """Return an image's name; those with blanks are quoted by some tools."""
    return text.strip().strip('"')


def _class_lists(folder: Path, split: str) -> dict[str, Path]:
    """Find the lists per class of a split, by the names of their classes."""
    end = f"_{split}.txt"
    return {
        path.name[: -len(end)]: path
        for path in folder.glob("*.txt")
        if path.name.endswith(end) and _has_flags(path)
    }


def _has_flags(path: Path) -> bool:
    """Say whether a list gives flags: another split's name may end alike."""
    lines = _read_lines(path)
    return not lines or len(lines[0].split()) > 1


def _read_class_list(path: Path) -> list[str]:
    """Return the ids that a list per class, `<id> <flag>` a line, flags with 1."""
    ids = []
    for line in _read_lines(path):
        image_id, _, flag = line.rpartition(" ")
        if not image_id.strip() or flag not in FLAGS:
            raise ValueError(
                f"{path}: not an id and a flag 1, 0 or -1: {line!r}"
            )
        if flag == "1":
            ids.append(_image_id(image_id))
    return ids


def _image_files(folder: Path, ids: Sequence[str]) -> list[str]:
    """Return the file names of images; raise if one has no file."""
    files = {}
    for entry in os.scandir(folder):
        stem, extension = os.path.splitext(entry.name)
        if extension.lower() in IMAGE_EXTENSIONS:
            rank = IMAGE_EXTENSIONS.index(extension.lower())
            files.setdefault(stem, []).append((rank, entry.name))
    if missing := [image_id for image_id in ids if image_id not in files]:
        raise FileNotFoundError(
            f"{folder} lacks {len(missing)} of {len(ids)} images: no "
            f"{', '.join(IMAGE_EXTENSIONS)} of {_some(missing)}"
        )
    return [min(files[image_id])[1] for image_id in ids]
