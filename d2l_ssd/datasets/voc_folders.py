"""Images and annotations in folders of Pascal VOC's layout: what belongs together."""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from d2l_ssd.datasets.voc_annotations import read_file_name
from d2l_ssd.signatures import LONGEST, foreign_content

IMAGES, ANNOTATIONS = "JPEGImages", "Annotations"
# As other people call them
OTHER_IMAGES, OTHER_ANNOTATIONS = "images", ("annotations", "Annotations")
# In any case of letters
IMAGE_EXTENSIONS = (
    ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif",
)  # fmt: skip


def is_image(extension: str) -> bool:
    """Say whether files with an extension may be images."""
    return extension.lower() in IMAGE_EXTENSIONS


def ways_to_write(name: str) -> list[str]:
    """Return a name as it is, with accents as parts of letters, and apart."""
    if name.isascii():
        return [name]
    return [name, *(unicodedata.normalize(f, name) for f in ("NFC", "NFD"))]


def holds_voc(folder: Path) -> bool:
    """Say whether a folder is laid out as VOC, or images beside annotations."""
    images, annotations = _folders_of(folder)
    return images.is_dir() or any(annotations.glob("*.xml"))


def files_by_id(folder: Path, extensions: Sequence[str]) -> dict[str, list]:
    """Return the file names of a folder by their ids, hidden ones left out."""
    files = {}
    for entry in os.scandir(folder):
        stem, extension = os.path.splitext(entry.name)
        if extension.lower() in extensions and not stem.startswith("."):
            files.setdefault(stem, []).append(entry.name)
    return {image_id: sorted(names) for image_id, names in files.items()}


class VOCFolder:
    """Which files a folder has, and which of them belong to an image.

    They may also be called images/ and annotations/, or stand side by side in
    root itself, as some tools export them.

    Raises:
        FileNotFoundError: root holds no such files; says where there are some.
    """

    def __init__(self, root: str | os.PathLike) -> None:
        self.root = Path(root).expanduser()
        self.image_folder, self.annotation_folder = _folders_of(self.root)
        for folder in self.image_folder, self.annotation_folder:
            if not folder.is_dir():
                raise FileNotFoundError(
                    f"root must be a folder that holds {folder.name}/, got "
                    f"{root}{_where_instead(self.root)}"
                )
        self.images = files_by_id(self.image_folder, IMAGE_EXTENSIONS)
        self._annotations = files_by_id(self.annotation_folder, [".xml"])

    def annotated(self) -> list[str]:
        """Return the ids that have an annotation, sorted."""
        return sorted({*map(self.find, self._annotations)})

    def find(self, listed: str) -> str:
        """Return the id that a list means.

        Some tools list file names, of images or of annotations. Systems differ
        in how they write accents.
        """
        stem, extension = os.path.splitext(listed)
        is_file = is_image(extension) or extension.lower() == ".xml"
        for name in listed, stem if is_file else listed:
            for form in ways_to_write(name):
                if form in self.images:
                    return form
        return listed

    def image_path(self, image_id: str) -> Path:
        """Return the path of an image that is there.

        Raises:
            ValueError: it has several files, and the annotation does not say
                which one was labeled.
        """
        names = self.images[image_id]
        if len(names) > 1:
            names = [self._labeled(image_id, names)]
            self.images[image_id] = names
        return self.image_folder / names[0]

    def annotation_path(self, image_id: str) -> Path:
        """Return the path of an image's annotation.

        Raises:
            FileNotFoundError: there is none.
            ValueError: there are several that differ.
        """
        # Some tools name an annotation x.jpg.xml
        stems = [*ways_to_write(image_id), *self.images.get(image_id, [])]
        names = [
            name
            for stem in dict.fromkeys(stems)
            for name in self._annotations.get(stem, [])
        ]
        paths = [self.annotation_folder / name for name in names]
        if not paths:
            missing = self.annotation_folder / f"{image_id}.xml"
            advice = in_other_case(image_id, self._annotations)
            if not advice and image_id not in self.images:
                advice = self.about_missing(image_id)
            raise FileNotFoundError(f"annotation not found: {missing}{advice}")
        if len(paths) > 1 and len({path.read_bytes() for path in paths}) > 1:
            raise ValueError(
                f"{self.annotation_folder}: {' and '.join(map(repr, names))} "
                "annotate the same image and differ: remove the wrong one, or "
                "rename it and its image"
            )
        return paths[0]

    def about_missing(self, listed: str) -> str:
        """Return the end of a sentence on a listed image that has no file."""
        if advice := in_other_case(listed, self.images):
            return advice
        for path in self.image_folder.glob(f"{glob.escape(listed)}.*"):
            start = path.read_bytes()[:LONGEST] if path.is_file() else b""
            content = foreign_content(start) or "none of these formats"
            return f"; {path.name!r} is {content}"
        first = re.split(r"[\s,;]", listed)[0]
        if first.startswith("#") or self.find(first) in self.images:
            return (
                "; a list names one image per line, without comments and "
                "further columns"
            )
        return ""

    def _labeled(self, image_id: str, names: list[str]) -> str:
        """Return which of an image's files its annotation means.

        The file may have been renamed; then its extension tells.
        """
        written = read_file_name(self.annotation_path(image_id))
        extension = os.path.splitext(written)[1]
        for found in (
            [name for name in names if name == written],
            [name for name in names if name.lower() == written.lower()],
            [name for name in names if os.path.splitext(name)[1] == extension],
        ):
            if len(found) == 1:
                return found[0]
        raise ValueError(
            f"{self.image_folder}: {' and '.join(map(repr, names))} have the "
            f"same name, and the annotation's <filename>, {written!r}, does not "
            "say which one was labeled: remove or rename the others"
        )


def in_other_case(name: str, names: Iterable[str]) -> str:
    """Return the end of a sentence on a missing name that is written otherwise."""
    found = [other for other in names if other.casefold() == name.casefold()]
    if not found:
        return ""
    return (
        f"; there is {found[0]!r}, and names must agree in the case of letters"
    )


def _folders_of(root: Path) -> tuple[Path, Path]:
    """Return the folders of images and of annotations, there or not."""
    images, named = root / OTHER_IMAGES, (root / IMAGES).is_dir()
    for name in OTHER_ANNOTATIONS if images.is_dir() and not named else ():
        if any((root / name).glob("*.xml")):
            return images, root / name
    if _is_flat(root):
        return root, root
    return root / IMAGES, root / ANNOTATIONS


def _is_flat(folder: Path) -> bool:
    """Say whether a folder holds images and annotations side by side."""
    if (folder / IMAGES).exists() or (folder / ANNOTATIONS).exists():
        return False
    if not folder.is_dir():
        return False
    images = files_by_id(folder, IMAGE_EXTENSIONS)
    return not images.keys().isdisjoint(files_by_id(folder, [".xml"]))


def _where_instead(root: Path) -> str:
    """Return the end of a sentence on a folder that is not VOC's."""
    if not root.is_dir():
        return ", which is no folder"
    inner = _inner_folders(root)
    for folder in (*list(root.resolve().parents)[:2], *inner):
        if all((folder / name).is_dir() for name in (IMAGES, ANNOTATIONS)):
            return f": pass {folder}"
    if flat := [str(path) for path in inner if _is_flat(path)]:
        return (
            f". Images and annotations stand side by side in {', '.join(flat)}: "
            "open each with split=None and the same list of classes"
        )
    for path in inner:
        for name in IMAGES, ANNOTATIONS:
            if path.name != name and path.name.lower() == name.lower():
                return f": rename {path.name}/, the case of letters counts"
    return ""


def _inner_folders(root: Path) -> list[Path]:
    """Return the folders in a folder and in those, the upper ones first."""
    paths = [*sorted(root.glob("*")), *sorted(root.glob("*/*"))]
    return [path for path in paths if path.is_dir()]
