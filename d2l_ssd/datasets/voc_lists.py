"""Lists of images in ImageSets/Main: those of splits, and those of classes."""

from __future__ import annotations

import glob
from collections.abc import Collection
from pathlib import Path

from d2l_ssd.datasets.class_names import visible_name
from d2l_ssd.datasets.text_files import read_lines
from d2l_ssd.datasets.voc_folders import VOCFolder
from d2l_ssd.file_checks import some

FLAGS = ("1", "0", "-1")


def image_id_of(text: str, path: Path) -> str:
    """Return an image's name; those with blanks are quoted by some tools."""
    image_id = text.strip().strip('"')
    if not image_id or {"/", "\\", "\0"}.intersection(image_id):
        raise ValueError(
            f"{path}: not the name of an image in JPEGImages: {text!r}; name "
            "images without folder and extension"
        )
    return image_id


def read_class_list(path: Path) -> list[tuple[str, str]]:
    """Return the pairs of a list per class, one per line: an image and a flag.

    The flag is 1 where an image shows the class, 0 where it does and all
    objects are difficult, and -1 where it does not.
    """
    pairs = []
    for line in read_lines(path):
        image_id, flag = [*line.rsplit(None, 1), ""][:2]
        if flag not in FLAGS:
            raise ValueError(
                f"{path}: not an id and a flag 1, 0 or -1: {line!r}"
            )
        pairs.append((image_id, flag))
    return pairs


def shows_class(path: Path) -> bool:
    """Say whether a list per class has an image that shows it.

    Of a list that cannot be read this is not known: yes.
    """
    try:
        return any(flag != "-1" for _, flag in read_class_list(path))
    except ValueError:
        return True


class VOCLists:
    """The lists of a folder for one split, a name or None for all images."""

    def __init__(self, files: VOCFolder, split: str | None) -> None:
        self.folder = files.root / "ImageSets" / "Main"
        self.split, self._files = split, files

    def per_class(self) -> dict[str, Path]:
        """Find the lists per class of the split, by their classes' names."""
        end = f"_{self.split}.txt"
        return {
            visible_name(path.name[: -len(end)]): path
            for path in self.folder.glob("*.txt")
            if path.name.endswith(end) and self.has_flags(path)
        }

    def shown(self, lists: dict[str, Path]) -> set[str]:
        """Return the classes that some image shows, of this split or another.

        Args:
            lists: as `per_class` returns them.
        """
        return {name for name, path in lists.items() if self._is_shown(path)}

    def flagged(self, path: Path) -> set[str]:
        """Return the ids that a list per class flags with 1."""
        return {
            self._files.find(image_id_of(text, path))
            for text, flag in read_class_list(path)
            if flag == "1"
        }

    def split_ids(self) -> Collection[str]:
        """Return the ids of the split, whatever the images show."""
        if self.split is None:
            if ids := self._files.annotated():
                return ids
            raise FileNotFoundError(
                f"{self._files.annotation_folder} has no annotation, .xml"
            )
        path = self.folder / f"{self.split}.txt"
        if not path.is_file():
            raise FileNotFoundError(
                f"split list not found: {path}; the splits are "
                f"{some(self._splits()) or 'none'}. split=None takes all images"
            )
        lines = read_lines(path)
        ids = {self._files.find(image_id_of(line, path)) for line in lines}
        if not ids:
            raise ValueError(f"{path}: the list is empty; name images in it")
        return ids

    def has_flags(self, path: Path) -> bool:
        """Say whether a list gives flags: another split's name may end alike.

        A name may have blanks, and end in 0 or 1.
        """
        line = next(iter(read_lines(path)), None)
        return line is None or (
            len(line.split()) > 1
            and self._files.find(line.strip('"')) not in self._files.images
        )

    def _is_shown(self, path: Path) -> bool:
        """Say whether a list per class, or one of other splits, flags an image."""
        if shows_class(path):
            return True
        stem = path.name[: -len(f"{self.split}.txt")]
        others = self.folder.glob(f"{glob.escape(stem)}*.txt")
        return any(map(shows_class, filter(self.has_flags, others)))

    def _splits(self) -> list[str]:
        """Name the lists without flags."""
        splits = []
        for path in self.folder.glob("*.txt"):
            try:
                if not self.has_flags(path):
                    splits.append(path.stem)
            except ValueError:  # it cannot be read, and is not asked for
                pass
        return splits
