"""Where the images and labels of a folder in YOLO's format are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from d2l_ssd.datasets.file_names import FileNames, as_posix, may_leave
from d2l_ssd.datasets.labeled_folder import USUAL, usual_name
from d2l_ssd.datasets.text_files import read_lines
from d2l_ssd.datasets.voc_folders import is_image

IMAGES, LABELS = "images", "labels"
# Files of names, one per line, as tools call them
NAME_FILES = (
    "classes.txt", "obj.names", "_darknet.labels", "predefined_classes.txt",
)  # fmt: skip
LISTS = "train.txt", "val.txt", "valid.txt", "test.txt"  # of images


def find_name_file(root: Path) -> Path | None:
    """Return the file that names the classes of a folder without data.yaml."""
    for folder in root, root / LABELS, root / "data":
        for name in NAME_FILES:
            if (folder / name).is_file():
                return folder / name
    return None


def is_label_file(path: Path) -> bool:
    """Say whether a text file may hold labels, by its name."""
    return path.suffix == ".txt" and path.name not in (*NAME_FILES, *LISTS)


class YOLOFiles:
    """The files of a folder, found without leaving it.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names = FileNames()

    def images_of(self, entry: str, base: Path) -> list[Path] | None:
        """Return the images of a folder or a list that data.yaml names.

        Many files name folders one up, ../train/images, and mean their own.

        Args:
            entry: as it is written.
            base: the folder it starts from.

        Returns:
            Paths, sorted; some of a list may be missing. None: there is no such
            folder or list within the root.
        """
        place = self._find(entry, base)
        if place is None:
            return None
        if place.is_dir():
            return images_in(place)
        lines = read_lines(place, "list of images")
        return sorted({self._listed(line, place.parent) for line in lines})

    def label_path(self, image: Path) -> Path:
        """Return where the labels of an image are, or should be."""
        parts = list(image.parts)
        first = len(self.root.parts)
        if IMAGES in parts[first:]:
            last = len(parts) - 1 - parts[::-1].index(IMAGES)
            parts[last] = LABELS
        usual = Path(*parts).with_suffix(".txt")
        double = usual.with_name(f"{image.name}.txt")  # as some tools name it
        for path in usual, image.with_suffix(".txt"), double:
            if found := self._names.find(path):
                return found
        return usual

    def has(self, path: Path) -> bool:
        """Say whether a file is there."""
        return self._names.find(path) is not None

    def _find(self, entry: str, base: Path) -> Path | None:
        """Return a folder or list within the root, None if there is none.

        Of paths of another machine the last parts decide: two, or the name of a
        split.
        """
        name = as_posix(entry)
        inner = [part for part in name.parts if part not in ("..", "/")]
        places = [base / name, self.root.joinpath(*inner)]
        if may_leave(name):
            ends = [inner[start:] for start in range(1, len(inner))]
            places += [
                self.root.joinpath(*end)
                for end in ends
                if len(end) > 1 or usual_name(end[0]) in USUAL
            ]
        for place in map(Path, map(os.path.normpath, places)):
            if self._is_inside(place) and place.exists():
                return place
        return None

    def _is_inside(self, place: Path) -> bool:
        """Say whether a path is in the root, by its name."""
        root = Path(os.path.normpath(self.root))
        return place == root or root in place.parents

    def _listed(self, line: str, base: Path) -> Path:
        """Return the path of an image in a list.

        Lists hold paths of other machines: their last parts decide.
        """
        name = as_posix(line)
        place = Path(os.path.normpath(base / name))
        if self._is_inside(place) and (found := self._names.find(place)):
            return found
        parts = [part for part in name.parts if part not in ("..", "/")]
        for start in range(len(parts)):
            place = self.root.joinpath(*parts[start:])
            if found := self._names.find(place):
                return found
        return self.root.joinpath(*parts)


def images_in(folder: Path) -> list[Path]:
    """Return the images in a folder and those in it, sorted."""
    paths = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        paths += [Path(place, name) for name in names if _may_be_image(name)]
    return sorted(paths)


def stray_labels(labels: Iterable[Path]) -> list[Path]:
    """Return the label files of no image, in folders that hold labels.

    Args:
        labels: the paths of all images' labels.
    """
    known = set(labels)
    folders = sorted({path.parent for path in known})
    return [
        path
        for folder in folders
        if LABELS in folder.parts
        for path in sorted(folder.glob("*.txt"))
        if path not in known and is_label_file(path)
    ]


def _may_be_image(name: str) -> bool:
    """Say whether a file may be an image, by its name."""
    return is_image(os.path.splitext(name)[1]) and not name.startswith(".")
