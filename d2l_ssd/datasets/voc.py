"""Folders of labeled images in Pascal VOC's layout, read image by image."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.class_names import visible_classes
from d2l_ssd.datasets.photographs import read_as_labeled
from d2l_ssd.datasets.voc_annotations import (
    VOC_CLASSES,
    Annotation,
    read_annotation_file,
    read_class_names,
    read_voc_annotation,
)
from d2l_ssd.datasets.voc_folders import IMAGE_EXTENSIONS, VOCFolder
from d2l_ssd.datasets.voc_habits import about_names
from d2l_ssd.datasets.voc_lists import VOCLists
from d2l_ssd.datasets.voc_reading import Annotations, VOCAnnotations
from d2l_ssd.file_checks import (
    MAX_CLASSES,
    raise_for_files,
    some,
    warn,
)


class VOCDetection:
    """One split of a folder in Pascal VOC's layout, read image by image.

    Item i is an image, (H, W, 3) uint8 RGB, and its labels, (M, 6) float32
    [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the image.
    It is turned as its EXIF orientation says, unless only the stored image has
    the size in the annotation; where sizes do not tell, see `as_stored`. `ids`
    are the images' names, sorted, each once; `classes` those of the classes.

    Where ImageSets/Main has lists per class, `<class>_<split>.txt`, they say
    which image shows what, and no annotation is read before one is asked for.
    Without them all annotations are read once, and those of the split must be
    good. Where one of them shows that the folder counts pixels from 0, not from
    1 as VOC does, all are read so, and a warning says it. Where an id has
    several files, <filename> in its annotation decides. `check_files` checks
    the images as well.

    Args:
        root: the folder that holds JPEGImages/, Annotations/ and, but for
            split None, ImageSets/Main/; or images and annotations side by side.
        split: "train" or "val", or any other list in ImageSets/Main; None
            takes every image that has an annotation.
        classes: names of the K classes; a label's class is the index here.
            Objects of other classes are skipped. None takes all classes of the
            folder, in alphabetical order. Names that look the same are the
            same, see `visible_name`; those that differ in the case of letters
            are not, and a warning names them.
        all_images: False keeps the images that show one of the classes; True
            keeps all of the split.

    Raises:
        FileNotFoundError: root is no such folder, or a list, an image or an
            annotation is missing.
        ValueError: classes repeats a name or has one that no object has, no
            image is left, or a list or annotations are broken: the message
            names all that are. Indexing raises it where `read_image` and
            `read_voc_annotation` do, and if image and annotation differ in
            size.
    """

    def __init__(
        self,
        root: str | os.PathLike,
        split: str | None,
        classes: Sequence[str] | None = ("cat", "dog"),
        all_images: bool = False,
    ) -> None:
        self._folder = VOCFolder(root)
        self.root, self.split = self._folder.root, split
        self._annotations = VOCAnnotations(self._folder)
        self._lists = VOCLists(self._folder, split)
        lists = self._lists.per_class()
        names = {} if lists else self._read_folder(classes is None)
        seen = self._lists.shown(lists).union(*names.values())
        if alike := about_names(self._folder.annotation_folder, seen):
            warn(alike)
        if classes is None:
            classes = sorted(seen)
            if not classes:
                raise ValueError(
                    "classes=None needs objects, and "
                    f"{self._folder.annotation_folder} has none"
                )
        self.classes = visible_classes(classes)
        if lists:
            ids = self._ids_by_lists(lists, seen, all_images)
            self._known = {*VOC_CLASSES, *lists}
        else:
            ids = self._ids_by_names(names, seen, all_images)
            self._known = seen
        if not ids:
            raise ValueError(
                f"{root}: no image of split {split!r} shows one of the classes "
                f"{list(self.classes)}: name others, or pass all_images=True"
            )
        self.ids = sorted(ids)
        self._check_images()

    def __repr__(self) -> str:
        return (
            f"VOCDetection({str(self.root)!r}, {self.split!r}, "
            f"{list(self.classes)}): {len(self)} images"
        )

    def __len__(self) -> int:
        return len(self.ids)

    def image_path(self, index: int) -> Path:
        """Return the path of an image."""
        return self._folder.image_path(self.ids[index])

    def annotation_path(self, index: int) -> Path:
        """Return the path of an image's annotation."""
        return self._folder.annotation_path(self.ids[index])

    def annotation(self, index: int) -> Annotation:
        """Read the annotation of an image, not the image."""
        return self._annotations.read(
            read_voc_annotation,
            self.ids[index],
            classes=self.classes,
            ignored=self._known,
            from_zero=self._from_zero,
        )

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        path = self.image_path(index)
        labels, _, size = self.annotation(index)
        image = read_as_labeled(path, size, lambda: self.as_stored)
        return image, labels

    @cached_property
    def as_stored(self) -> bool:
        """Photographs whose size does not tell were labeled as they are stored.

        The tool ignored EXIF where the folder's sideways photographs show it.
        Otherwise all are turned upright, as programs show them.
        """
        return self._annotations.as_stored

    @cached_property
    def _from_zero(self) -> bool:
        """Whether any annotation of the folder shows that it counts from 0."""
        # Reading all boxes takes seconds for large folders
        if not self._annotations.may_count_from_zero():
            return False
        return self._count_pixels(self._folder.annotated()).from_zero

    def _ids_by_lists(
        self, lists: dict[str, Path], seen: set[str], all_images: bool
    ) -> Collection[str]:
        """Choose images by the lists per class."""
        for name in self.classes:
            if name not in lists:
                raise FileNotFoundError(
                    "image list not found: "
                    f"{self._lists.folder / f'{name}_{self.split}.txt'}; "
                    + _there_are(
                        f"lists of the classes {some(lists, MAX_CLASSES)}"
                    )
                )
            if name not in seen:
                raise ValueError(
                    "classes must be names that occur, and "
                    f"{lists[name]} and the lists of other splits flag no image "
                    "with 1 or 0; "
                    + _there_are(some(seen, MAX_CLASSES) or "no objects")
                )
        if all_images:
            return self._lists.split_ids()
        return set().union(
            *(self._lists.flagged(lists[name]) for name in self.classes)
        )

    def _read_folder(self, all_names: bool) -> dict[str, set[str]]:
        """Read all annotations: the classes that each image shows.

        Those of other splits tell how the folder counts pixels. They may be
        broken, unless all names are needed.
        """
        ids = self._lists.split_ids()
        others = {*self._folder.annotated()}.difference(ids)
        everything = [*sorted(ids), *sorted(others)]
        files, errors, self._from_zero, *_ = self._count_pixels(everything)
        names = {i: set(file.names) for i, file in files.items()}
        broken = []
        for image_id in errors.keys() & others:
            try:
                path = self._folder.annotation_path(image_id)
                names[image_id] = read_class_names(path)
            except (ValueError, OSError) as error:
                broken.append(error)
        if not errors.keys().isdisjoint(ids) or (all_names and broken):
            kinds = {type(error) for error in errors.values()}
            missing = kinds == {FileNotFoundError}
            raise_for_files(
                list(errors.values()),
                FileNotFoundError if missing else ValueError,
            )
        return names

    def _count_pixels(self, ids: Iterable[str]) -> Annotations:
        """Read all boxes; warn of what shows how the folder counts pixels."""
        found = self._annotations.read_all(ids, read_annotation_file)
        if found.units:
            raise ValueError(found.units)
        if found.edges:
            warn(found.edges)
        return found

    def _ids_by_names(
        self, names: dict[str, set[str]], seen: set[str], all_images: bool
    ) -> Collection[str]:
        """Choose images by what they show."""
        folder = self._folder.annotation_folder
        for name in self.classes:
            if name not in seen:
                raise ValueError(
                    "classes must be names that occur, and no object in "
                    f"{folder} is a {name!r}; "
                    + _there_are(some(seen, MAX_CLASSES) or "no objects")
                )
        ids = self._lists.split_ids()
        shown = set().union(*(names[i] for i in ids))
        if others := shown.difference(self.classes):
            warn(
                f"{folder}: objects of classes that are not asked for are "
                f"skipped: {some(others)}"
            )
        if all_images:
            return ids
        return {i for i in ids if not names[i].isdisjoint(self.classes)}

    def _check_images(self) -> None:
        """Raise if an image has no file, or several without a choice."""
        missing = [i for i in self.ids if i not in self._folder.images]
        if missing:
            raise FileNotFoundError(
                f"{self._folder.image_folder} lacks {len(missing)} of "
                f"{len(self)} images: no {', '.join(IMAGE_EXTENSIONS)} of "
                f"{some(missing)}{self._folder.about_missing(missing[0])}"
            )
        errors = []
        for image_id in self.ids:
            try:
                self._folder.image_path(image_id)
            except (ValueError, OSError) as error:
                errors.append(error)
        raise_for_files(errors, ValueError)


def _there_are(names: str) -> str:
    """Return the end of a sentence about a class that does not occur."""
    return (
        f"there are {names}. Names must agree in the case of letters, too; "
        "classes=None takes all"
    )
