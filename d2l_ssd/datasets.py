"""Folders of labeled images in Pascal VOC's layout, read image by image."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.checks import check_class_names
from d2l_ssd.file_checks import (
    MAX_CLASSES,
    check_size,
    raise_for_files,
    some,
    warn,
)
from d2l_ssd.file_checks import check_files as check_files
from d2l_ssd.images import read_image
from d2l_ssd.voc_annotations import VOC_CLASSES as VOC_CLASSES
from d2l_ssd.voc_annotations import (
    Annotation,
    AnnotationFile,
    read_annotation_file,
    read_class_names,
)
from d2l_ssd.voc_annotations import read_voc_annotation as read_voc_annotation
from d2l_ssd.voc_folders import (
    IMAGE_EXTENSIONS,
    files_by_id,
    image_id_of,
    is_image,
    read_class_list,
    read_lines,
    ways_to_write,
)


class VOCDetection:
    """One split of a folder in Pascal VOC's layout, read image by image.

    Item i is an image, (H, W, 3) uint8 RGB, and its labels, (M, 6) float32
    [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the image.
    It is turned as its EXIF orientation says, unless only the stored image has
    the size in the annotation. `ids` are the images' names, sorted, each once;
    `classes` those of the classes.

    Where ImageSets/Main has lists per class, `<class>_<split>.txt`, they say
    which image shows what, and no annotation is read before it is asked for.
    Without them all annotations are read once, and those of the split must be
    good. Where one of them shows that the folder counts pixels from 0, not from
    1 as VOC does, all are read so, and a warning says it. `check_files` checks
    the images as well.

    Args:
        root: the folder that holds JPEGImages/, Annotations/ and, but for
            split None, ImageSets/Main/.
        split: "train" or "val", or any other list in ImageSets/Main; None
            takes every image that has an annotation.
        classes: names of the K classes; a label's class is the index here.
            Objects of other classes are skipped. None takes all classes of the
            folder, in alphabetical order.
        all_images: False keeps the images that show one of the classes; True
            keeps all of the split.

    Raises:
        FileNotFoundError: root is no such folder, or a list, an image or an
            annotation is missing.
        ValueError: classes repeats a name or has one that no object has, no
            image is left, or a list or annotations are broken: the message
            names all that are. Indexing raises it for what `read_image` and
            `read_voc_annotation` refuse, and where image and annotation differ
            in size.
    """

    def __init__(
        self,
        root: str | os.PathLike,
        split: str | None,
        classes: Sequence[str] | None = ("cat", "dog"),
        all_images: bool = False,
    ) -> None:
        self.root, self.split = Path(root), split
        for folder in "JPEGImages", "Annotations":
            if not (self.root / folder).is_dir():
                raise FileNotFoundError(
                    f"root must be a folder that holds {folder}/, got {root}"
                )
        self._images = files_by_id(self.root / "JPEGImages", IMAGE_EXTENSIONS)
        self._xml = files_by_id(self.root / "Annotations", [".xml"])
        self._from_zero = None  # each file tells
        lists = self._class_lists()
        names = {} if lists else self._read_folder(classes is None)
        seen = {*lists}.union(*names.values())
        if classes is None:
            classes = sorted(seen)
            if not classes:
                raise ValueError(
                    "classes=None needs objects, and "
                    f"{self.root / 'Annotations'} has none"
                )
        self.classes = check_class_names(classes)
        if lists:
            ids = self._ids_by_lists(lists, all_images)
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
        self._images = {i: self._images[i] for i in self.ids}
        self._xml = {i: self._annotation_path(i).name for i in self.ids}

    def __repr__(self) -> str:
        return (
            f"VOCDetection({str(self.root)!r}, {self.split!r}, "
            f"{list(self.classes)}): {len(self)} images"
        )

    def __len__(self) -> int:
        return len(self.ids)

    def image_path(self, index: int) -> Path:
        """Return the path of an image."""
        return self.root / "JPEGImages" / self._images[self.ids[index]]

    def annotation_path(self, index: int) -> Path:
        """Return the path of an image's annotation."""
        return self._annotation_path(self.ids[index])

    def annotation(self, index: int) -> Annotation:
        """Read the annotation of an image, not the image."""
        path = self.annotation_path(index)
        return read_voc_annotation(
            path, self.classes, self._known, self._from_zero
        )

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        path = self.image_path(index)
        labels, _, size = self.annotation(index)
        image = upright = read_image(path)
        if upright.shape[:2] != size:
            # Labeled as it is stored, without a look at its EXIF orientation
            image = read_image(path, upright=False)
        if image.shape[:2] != size:
            check_size(path, [upright.shape[:2]], size)
        return image, labels

    @property
    def _lists(self) -> Path:
        return self.root / "ImageSets" / "Main"

    def _annotation_path(self, image_id: str) -> Path:
        # Some tools name an annotation x.jpg.xml
        stems = *ways_to_write(image_id), self._images.get(image_id)
        names = (self._xml[stem] for stem in stems if stem in self._xml)
        return self.root / "Annotations" / next(names, f"{image_id}.xml")

    def _class_lists(self) -> dict[str, Path]:
        """Find the lists per class of the split, by their classes' names."""
        end = f"_{self.split}.txt"
        return {
            path.name[: -len(end)]: path
            for path in self._lists.glob("*.txt")
            if path.name.endswith(end) and self._has_flags(path)
        }

    def _has_flags(self, path: Path) -> bool:
        """Say whether a list gives flags: another split's name may end alike.

        A name may have blanks, and end in 0 or 1.
        """
        line = next(iter(read_lines(path)), None)
        return line is None or (
            len(line.split()) > 1
            and self._find(line.strip('"')) not in self._images
        )

    def _splits(self) -> list[str]:
        """Name the lists without flags."""
        splits = []
        for path in self._lists.glob("*.txt"):
            try:
                if not self._has_flags(path):
                    splits.append(path.stem)
            except ValueError:  # it cannot be read, and is not asked for
                pass
        return splits

    def _ids_by_lists(
        self, lists: dict[str, Path], all_images: bool
    ) -> Collection[str]:
        """Choose images by the lists per class."""
        for name in self.classes:
            if name not in lists:
                raise FileNotFoundError(
                    "image list not found: "
                    f"{self._lists / f'{name}_{self.split}.txt'}; "
                    + _there_are(
                        f"lists of the classes {some(lists, MAX_CLASSES)}"
                    )
                )
        if all_images:
            return self._split_ids()
        return {
            self._find(image_id)
            for name in self.classes
            for image_id in read_class_list(lists[name])
        }

    def _split_ids(self) -> Collection[str]:
        """Return the ids of the split, whatever the images show."""
        if self.split is None:
            if not self._xml:
                folder = self.root / "Annotations"
                raise FileNotFoundError(f"{folder} has no annotation, .xml")
            return {self._find(stem) for stem in self._xml}
        path = self._lists / f"{self.split}.txt"
        if not path.is_file():
            raise FileNotFoundError(
                f"split list not found: {path}; the splits are "
                f"{some(self._splits()) or 'none'}. split=None takes all images"
            )
        ids = {self._find(image_id_of(line, path)) for line in read_lines(path)}
        if not ids:
            raise ValueError(f"{path}: the list is empty; name images in it")
        return ids

    def _find(self, listed: str) -> str:
        """Return the id that a list means.

        Some tools list file names. Systems differ in how they write accents.
        """
        stem, extension = os.path.splitext(listed)
        for name in listed, stem if is_image(extension) else listed:
            for form in ways_to_write(name):
                if form in self._images:
                    return form
        return listed

    def _read_folder(self, all_names: bool) -> dict[str, set[str]]:
        """Read all annotations: the classes that each image shows.

        Those of other splits tell how the folder counts pixels. They may be
        broken, unless all names are needed.
        """
        ids = self._split_ids()
        others = {*map(self._find, self._xml)}.difference(ids)
        everything = [*sorted(ids), *sorted(others)]
        files, errors = self._read_annotations(everything)
        folder = self.root / "Annotations"
        if any(file.from_zero for file in files.values()):
            self._from_zero = True  # one tool writes a folder
            _warn_of_edges(folder, files)
            files, errors = self._read_annotations(everything)
        names = {i: set(file.names) for i, file in files.items()}
        broken = []
        for image_id in errors.keys() & others:
            try:
                path = self._annotation_path(image_id)
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

    def _read_annotations(
        self, ids: Iterable[str]
    ) -> tuple[dict[str, AnnotationFile], dict[str, Exception]]:
        """Return the files that can be read, and the errors of the others."""
        files, errors = {}, {}
        for image_id in ids:
            path = self._annotation_path(image_id)
            try:
                files[image_id] = read_annotation_file(path, self._from_zero)
            except (ValueError, OSError) as error:
                errors[image_id] = error
        return files, errors

    def _ids_by_names(
        self, names: dict[str, set[str]], seen: set[str], all_images: bool
    ) -> Collection[str]:
        """Choose images by what they show."""
        folder = self.root / "Annotations"
        for name in self.classes:
            if name not in seen:
                raise ValueError(
                    "classes must be names that occur, and no object in "
                    f"{folder} is a {name!r}; "
                    + _there_are(some(seen, MAX_CLASSES) or "no objects")
                )
        ids = self._split_ids()
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
        """Raise if an image has no file."""
        if missing := [i for i in self.ids if i not in self._images]:
            raise FileNotFoundError(
                f"{self.root / 'JPEGImages'} lacks {len(missing)} of "
                f"{len(self)} images: no {', '.join(IMAGE_EXTENSIONS)} of "
                f"{some(missing)}"
            )


def _there_are(names: str) -> str:
    """Return the end of a sentence about a class that does not occur."""
    return (
        f"there are {names}. Names must agree in the case of letters, too; "
        "classes=None takes all"
    )


def _warn_of_edges(folder: Path, files: dict[str, AnnotationFile]) -> None:
    """Name annotations that show how the folder counts pixels."""
    odd = [f"{i}.xml" for i, file in files.items() if file.from_zero]
    clipped = sum(file.num_clipped for file in files.values())
    warn(
        f"{folder}: boxes that reach to 0 or beyond the image: {len(odd)} of "
        f"{len(files)} files have some ({some(odd)}). So all boxes are read as "
        "edges counted from 0, not as VOC's pixels counted from 1; boxes "
        f"clipped to the image: {clipped}"
    )
