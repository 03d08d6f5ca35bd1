"""Labels that no training can use, found before its first step."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from d2l_ssd.checks import as_image, check_class_names
from d2l_ssd.checks.labels import as_rows
from d2l_ssd.file_checks import some, warn

SHARED = 3  # images that a warning names
MANY = 2000  # images that are read for their labels, where no other way is


def read_labels(dataset: Sequence) -> dict[int, np.ndarray]:
    """Return the labels (M, 6) of a data set's images, by their numbers.

    Annotations are read alone where the data set offers it. Where it does not,
    images are read, and of many only some.

    Raises:
        ValueError: an item is no image with its labels; names it.
    """
    numbers = range(len(dataset))
    if hasattr(dataset, "annotation"):
        return {i: np.asarray(dataset.annotation(i).labels) for i in numbers}
    step = max(1, -(-len(dataset) // MANY))
    return {i: _labels_of(dataset, i) for i in numbers[::step]}


def _labels_of(dataset: Sequence, number: int) -> np.ndarray:
    """Return the labels (M, 5 or 6) of an image that is read with them."""
    item = dataset[number]
    try:
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            raise ValueError(
                "a data set's items must be pairs (image, labels), got "
                f"{_kind(item)}: leave out what else there is"
            )
        as_image(item[0])
        return as_rows(item[1], "labels", (5, 6))
    except ValueError as error:
        raise ValueError(f"{image_name(dataset, number)}: {error}") from None


def _kind(item) -> str:
    """Say what an item is that is no pair."""
    kind = type(item).__name__
    if isinstance(item, (tuple, list)):
        return f"a {kind} of {len(item)}"
    return kind


def check_names(name: str, dataset: Sequence) -> None:
    """Raise ValueError for class names or `ids` that fit no data set.

    Args:
        name: what the caller calls it.
        dataset: the images; what it lacks is not asked for.
    """
    if getattr(dataset, "classes", None) is not None:
        try:
            check_class_names(dataset.classes)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    ids = getattr(dataset, "ids", None)
    if ids is not None and len(ids) != len(dataset):
        raise ValueError(
            f"{name} must have one name in `ids` for each image, got {len(ids)} "
            f"for {len(dataset)} images"
        )


def check_enough(
    train_labels: dict[int, np.ndarray],
    val_labels: dict[int, np.ndarray],
    classes: Sequence[str],
) -> None:
    """Raise ValueError without an object to learn, or for a class without one.

    A class that only validation images show is a warning.
    """
    shown, judged = _counts(train_labels), _counts(val_labels)
    there = ", ".join(classes[k] for k in sorted(shown)) or "none"
    if not shown:
        raise ValueError(
            f"the {len(train_labels)} training images show no object of the "
            f"classes {', '.join(classes)}, so that there is nothing to learn: "
            "check the labels"
        )
    for k, name in enumerate(classes):
        if k not in shown and k not in judged:
            raise ValueError(
                f"classes must be names that occur, and no object is a "
                f"{name!r}; there are objects of: {there}"
            )
        if k not in shown:
            warn(
                f"no object of the training images is a {name!r}, and the "
                f"network will not find any; there are objects of: {there}"
            )


def image_names(dataset: Sequence, labels: dict) -> dict:
    """Return the images' names by what tells each from those of other sets.

    That is a file's path, or else an id and the labels, if there are any.

    Args:
        dataset: the images.
        labels: as `read_labels` returns them.
    """
    names = {}
    for number, rows in labels.items():
        name = image_name(dataset, number)
        if hasattr(dataset, "image_path"):
            names[os.path.realpath(dataset.image_path(number))] = name
        elif hasattr(dataset, "ids") and len(rows):
            names[str(dataset.ids[number]), rows.tobytes()] = name
    return names


def warn_of_shared_images(train: dict, val: dict) -> None:
    """Warn of validation images that are training images too.

    Args:
        train, val: as `image_names` returns them.
    """
    shared = [name for key, name in val.items() if key in train]
    if shared:
        warn(
            f"{len(shared)} validation images are training images too, so that "
            "scores will be better than on new images: take them out of one of "
            f"the lists: {some(shared, SHARED)}"
        )


def _counts(labels: dict[int, np.ndarray]) -> set[int]:
    """Return the classes that occur."""
    return {int(k) for rows in labels.values() for k in rows[:, 0] if k >= 0}


def image_name(dataset: Sequence, number: int) -> str:
    """Name an image: its file, its id or its number."""
    if hasattr(dataset, "image_path"):
        return str(dataset.image_path(number))
    if hasattr(dataset, "ids"):
        return f"image {dataset.ids[number]!r}"
    return f"image {number}"
