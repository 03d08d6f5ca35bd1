"""All annotations of a folder in Pascal VOC's layout, read together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from d2l_ssd.datasets.voc_annotations import AnnotationFile, NoSizeError
from d2l_ssd.datasets.voc_folders import VOCFolder
from d2l_ssd.datasets.voc_habits import (
    about_edges,
    about_units,
    labeled_as_stored,
    may_count_from_zero,
)
from d2l_ssd.images import read_sizes


class Annotations(NamedTuple):
    """All annotations of a folder, their pixels counted in the same way."""

    files: dict[str, AnnotationFile]  # by the images' ids
    errors: dict[str, Exception]  # of files that cannot be read
    from_zero: bool  # pixels are counted from 0
    units: str  # what is wrong with the units of the boxes, or ""
    edges: str  # what shows how pixels are counted, or ""


class VOCAnnotations:
    """The annotations of a folder, and what they say of the tool behind them."""

    def __init__(self, folder: VOCFolder) -> None:
        self._folder = folder

    @cached_property
    def as_stored(self) -> bool:
        """Whether the tool ignored EXIF, as sideways photographs show."""
        return labeled_as_stored(self._files())

    def may_count_from_zero(self) -> bool:
        """Say at a glance whether any box starts before 1."""
        return any(may_count_from_zero(path) for _, path in self._files())

    def read(self, read, image_id: str, **options):
        """Return read(path, **options); a missing <size> is the image's.

        Args:
            read: `read_annotation_file`, or one with its arguments.
            image_id: of the annotation.
            options: for `read`.
        """
        path = self._folder.annotation_path(image_id)
        try:
            return read(path, **options)
        except NoSizeError:
            if image_id not in self._folder.images:
                raise
            upright, stored = read_sizes(self._folder.image_path(image_id))
            size = stored if upright != stored and self.as_stored else upright
            return read(path, **options, image_size=size)

    def read_all(self, ids: Iterable[str], read) -> Annotations:
        """Read many annotations.

        Args:
            ids: of the annotations.
            read: `read_annotation_file` or `survey_annotation_file`.
        """
        ids, folder = list(ids), self._folder.annotation_folder
        files, errors = self._read_as(ids, read, None)
        right = {i: f for i, f in files.items() if not f.problems}
        notes = about_units(folder, right), about_edges(folder, right)
        # One tool writes a folder
        from_zero = any(file.from_zero for file in right.values())
        if from_zero:
            files, errors = self._read_as(ids, read, from_zero)
        return Annotations(files, errors, from_zero, *notes)

    def _read_as(
        self, ids: Iterable[str], read, from_zero: bool | None
    ) -> tuple[dict[str, AnnotationFile], dict[str, Exception]]:
        """Return the files that can be read, and the errors of the others."""
        files, errors = {}, {}
        for image_id in ids:
            try:
                files[image_id] = self.read(read, image_id, from_zero=from_zero)
            except (ValueError, OSError) as error:
                errors[image_id] = error
        return files, errors

    def _files(self) -> Iterable[tuple[Path, Path]]:
        """Yield the folder's images and annotations that belong together."""
        for image_id in self._folder.annotated():
            try:
                yield (
                    self._folder.image_path(image_id),
                    self._folder.annotation_path(image_id),
                )
            except (KeyError, ValueError, OSError):
                pass
