"""Labeled images of any format, read image by image."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from d2l_ssd.datasets.labeled_folder import Folder, Sample
from d2l_ssd.datasets.photographs import read_as_labeled
from d2l_ssd.datasets.splitting import several
from d2l_ssd.datasets.voc_annotations import Annotation
from d2l_ssd.file_checks import MAX_CLASSES
from d2l_ssd.images import read_sizes

FORMATS = {
    "voc": "Pascal VOC's layout",
    "coco": "COCO's format",
    "yolo": "YOLO's format",
}


class LabeledImages:
    """One split of a folder of labeled images; `open_dataset` makes it.

    Item i is an image, (H, W, 3) uint8 RGB, and its labels, (M, 6) float32
    [class, xmin, ymin, xmax, ymax, difficult], boxes in [0, 1] of the image.
    It is turned as its EXIF orientation says, unless only the stored image has
    the size in the annotation; where sizes do not tell, see `as_stored`.

    Args:
        folder: what was read, without problems.
        ids: of the images, each once.
        classes: names of the K classes; objects of others are skipped.
        split: name of the split, None for all images.
        splits: the number of images of each split.

    Attributes:
        format: "voc", "coco" or "yolo".
        root: the folder, a Path.
        ids, classes, split, splits: as above.
    """

    def __init__(
        self,
        folder: Folder,
        ids: Sequence[str],
        classes: Sequence[str],
        split: str | None,
        splits: dict[str, int],
    ) -> None:
        self._folder = folder
        self.format, self.root = folder.format, folder.root
        self.ids, self.classes = list(ids), tuple(classes)
        self.split, self.splits = split, dict(splits)
        # The last place is that of UNKNOWN, -1
        self._numbers = np.full(len(folder.classes) + 1, -1)
        for number, name in enumerate(self.classes):
            if name in folder.classes:
                self._numbers[folder.classes.index(name)] = number

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {str(self.root)!r}, {self.format}, split "
            f"{self.split!r}, {list(self.classes)}: {len(self)} images>"
        )

    def __len__(self) -> int:
        return len(self.ids)

    def subset(self, ids: Sequence[str]) -> LabeledImages:
        """Return a data set of some of the images.

        Args:
            ids: of its images, in the order wanted, some perhaps several times.

        Raises:
            ValueError: an image is none of this data set.
        """
        unknown = sorted({*ids} - {*self.ids})
        if unknown:
            raise ValueError(
                f"ids must be of images in {self!r}, got {unknown[0]!r}"
            )
        chosen = copy.copy(self)
        chosen.ids = list(ids)
        return chosen

    def image_path(self, index: int) -> Path:
        """Return the path of an image."""
        return self._sample(index).path

    def annotation_path(self, index: int) -> Path:
        """Return the path of the file that an image's labels come from."""
        return self._sample(index).source

    def annotation(self, index: int) -> Annotation:
        """Return the annotation of an image, without reading the image.

        Returns:
            An Annotation: labels (M, 6) float32, truncated (M,) bool and size
            (height, width). Where the folder does not say the size, the header
            of the image does.
        """
        sample = self._sample(index)
        size = sample.size or read_sizes(sample.path)[0]
        kept = self._kept(sample)
        return Annotation(self._labels(sample), sample.truncated[kept], size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        sample = self._sample(index)
        image = read_as_labeled(
            sample.path, sample.size, lambda: self.as_stored
        )
        return image, self._labels(sample)

    @cached_property
    def as_stored(self) -> bool:
        """Photographs whose size does not tell were labeled as they are stored.

        The tool ignored EXIF where the folder's sideways photographs show it.
        Otherwise all are turned upright, as programs show them.
        """
        found = False
        for sample in self._folder.samples.values():
            if sample.size is None:
                continue
            try:
                upright, stored = read_sizes(sample.path)
            except (ValueError, OSError):
                continue
            if upright != stored:
                if sample.size == upright:
                    return False
                found |= sample.size == stored
        return found

    def describe(self) -> str:
        """Say in a few sentences what was found."""
        counts = np.zeros(len(self._folder.classes) + 1, dtype=int)
        for sample in self._folder.samples.values():
            np.add.at(counts, sample.classes, 1)
        named = [f"{k} {n:,}" for k, n in zip(self._folder.classes, counts)]
        more = ["…"] if len(named) > MAX_CLASSES else []
        shown = ", ".join(named[:MAX_CLASSES] + more)
        text = (
            f"{self.root} is in {FORMATS[self.format]}: "
            f"{len(self._folder.samples):,} images with {counts.sum():,} objects "
            f"of {len(self._folder.classes)} classes ({shown})."
        )
        listed = several(self._folder)
        how = "Its lists" if listed else "It has no lists; by the seed"
        parts = ", ".join(f"{k} {n:,}" for k, n in self.splits.items())
        text += f" {how}: {parts}." if parts else ""
        return " ".join([text, *(f"{note}." for note in self._folder.notes)])

    def _sample(self, index: int) -> Sample:
        return self._folder.samples[self.ids[index]]

    def _kept(self, sample: Sample) -> np.ndarray:
        """Return which objects (M,) are of the classes asked for."""
        return self._numbers[sample.classes] >= 0

    def _labels(self, sample: Sample) -> np.ndarray:
        """Return the labels (M, 6) of an image."""
        kept = self._kept(sample)
        labels = np.empty((kept.sum(), 6), dtype=np.float32)
        labels[:, 0] = self._numbers[sample.classes[kept]]
        labels[:, 1:5] = sample.boxes[kept].clip(0, 1)
        labels[:, 5] = sample.difficult[kept]
        return labels
