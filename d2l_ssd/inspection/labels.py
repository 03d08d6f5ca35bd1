"""What is odd about the labels of a data set that can be read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.datasets.labeled_folder import Folder, Sample, usual_name
from d2l_ssd.inspection.findings import Finding

SAME = 0.9  # IoU from which on two boxes are of one object
FEW = 50  # objects of a class
TINY = 2.5  # pixels of the image
MOST = 2_000  # objects of an image that are compared with each other
TRAIN = "train"


def good_objects(folder: Folder) -> dict[str, np.ndarray]:
    """Return which objects (M,) of each image have no problem, by id."""
    good = {i: sample.classes >= 0 for i, sample in folder.samples.items()}
    for problem in folder.problems:
        if problem.id in good:
            rows = slice(None) if problem.object is None else problem.object
            good[problem.id][rows] = False
    return good


def training_ids(folder: Folder) -> list[str]:
    """Return the ids of the images to train on; all of them without a split."""
    for name, ids in folder.splits.items():
        if usual_name(name) == TRAIN:
            return [image_id for image_id in ids if image_id in folder.samples]
    return list(folder.samples)


def count_objects(folder: Folder, ids) -> np.ndarray:
    """Count the objects (K,) of each class on some images."""
    counts = np.zeros(len(folder.classes), dtype=int)
    for image_id in ids:
        classes = folder.samples[image_id].classes
        np.add.at(counts, classes[classes >= 0], 1)
    return counts


def look_at_labels(
    folder: Folder, sizes: dict[str, tuple[int, int]]
) -> Iterator[Finding]:
    """Yield what is odd about the labels of single images, and of classes.

    Args:
        folder: as it was read.
        sizes: (height, width) of images in pixels by their ids, where the
            folder does not say them.
    """
    yield from _look_at_classes(folder)
    good = good_objects(folder)
    unread = {p.id for p in folder.problems if p.object is None}
    for image_id, sample in folder.samples.items():
        if not len(sample.classes) and image_id not in unread:
            yield Finding("no object", "no object", sample.source, image_id)
        rows = np.flatnonzero(good[image_id])
        size = sample.size or sizes.get(image_id)
        yield from _look_at_sides(folder, sample, rows, size)
        yield from _look_at_pairs(folder, sample, rows)


def _look_at_classes(folder: Folder) -> Iterator[Finding]:
    """Yield classes with few objects or none, in all or in training."""
    counts = count_objects(folder, folder.samples)
    in_training = count_objects(folder, training_ids(folder))
    for name, total, shown in zip(folder.classes, counts, in_training):
        if not total:
            yield Finding("no object of class", f"no object is a {name!r}")
        elif not shown:
            yield Finding(
                "not in training",
                f"no training image shows a {name!r}; others show "
                f"{_count(total)}",
            )
        elif shown < FEW:
            text = f"the training images have {_count(shown)} of {name!r}"
            yield Finding("few objects", text)


def _count(number: int) -> str:
    return "1 object" if number == 1 else f"{number} objects"


def name_object(folder: Folder, sample: Sample, row: int) -> str:
    """Return an object's place in its file, counted from 1, and its class."""
    number = sample.classes[row]
    name = folder.classes[number] if number >= 0 else "unknown class"
    return f"object {row + 1} ({name})"


def _look_at_sides(
    folder: Folder,
    sample: Sample,
    rows: np.ndarray,
    size: tuple[int, int] | None,
) -> Iterator[Finding]:
    """Yield objects of which next to nothing can be seen."""
    if not size:
        return
    boxes = sample.boxes[rows].clip(0, 1)
    sides = (boxes[:, 2:] - boxes[:, :2]) * size[::-1]
    for number in np.flatnonzero((sides < TINY).any(axis=1)):
        width, height = sides[number]
        row = int(rows[number])
        who = name_object(folder, sample, row)
        text = f"{who} has a box of {width:.3g} x {height:.3g} pixels"
        yield Finding("tiny box", text, sample.source, sample.id, (row,))


def _look_at_pairs(
    folder: Folder, sample: Sample, rows: np.ndarray
) -> Iterator[Finding]:
    """Yield objects that have two boxes; rows are those of good ones."""
    if not 2 <= len(rows) <= MOST:
        return
    boxes = sample.boxes[rows].clip(0, 1)
    iou = np.triu(pairwise_iou(boxes, boxes), k=1)
    for first, second in zip(*np.nonzero(iou >= SAME)):
        pair = int(rows[first]), int(rows[second])
        same = sample.classes[pair[0]] == sample.classes[pair[1]]
        names = " and ".join(name_object(folder, sample, r) for r in pair)
        text = f"{names} have an IoU of {iou[first, second]:.2f}"
        kind = "drawn twice" if same else "two classes"
        yield Finding(kind, text, sample.source, sample.id, pair)
