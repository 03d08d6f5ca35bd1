"""What public functions ask of their input, each question in one place.

Every check returns what it was given, as an array where that helps, or raises a
ValueError that names the argument and the value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from d2l_ssd.detections import Detections


def as_boxes(boxes, name: str) -> np.ndarray:
    """Return boxes as a float array; raise unless they are (..., 4)."""
    boxes = np.asarray(boxes)
    if boxes.ndim == 0 or boxes.shape[-1] != 4:
        raise ValueError(f"{name} must have shape (..., 4), got {boxes.shape}")
    return boxes if boxes.dtype.kind == "f" else boxes.astype(np.float32)


def as_box_list(boxes, name: str) -> np.ndarray:
    """Return boxes as a float array; raise unless they are (N, 4)."""
    boxes = as_boxes(boxes, name)
    if boxes.ndim != 2:
        raise ValueError(f"{name} must have shape (N, 4), got {boxes.shape}")
    return boxes


def check_corners(coordinates: np.ndarray, name: str) -> None:
    """Raise for a NaN, and for a box whose corners have changed places.

    Args:
        coordinates: (4, N) xmin, ymin, xmax and ymax, one row each: so stored,
            the comparison is fast enough for a hot path.
        name: of the argument.
    """
    # A NaN fails this comparison too
    good = coordinates[2:] >= coordinates[:2]
    if not good.all():
        bad = coordinates[:, ~good.all(axis=0)][:, 0].tolist()
        raise ValueError(
            f"{name} must have boxes [xmin, ymin, xmax, ymax] with xmax >= xmin "
            f"and ymax >= ymin, got {bad}"
        )


def check_positive(**arguments) -> None:
    """Raise for an argument that is empty or holds a number of 0 or less."""
    for name, value in arguments.items():
        if np.size(value) == 0 or not (np.asarray(value) > 0).all():
            raise ValueError(f"{name} must be positive, got {value}")


def check_loaders(**loaders) -> None:
    """Raise for a loader, or a list of batches, that has no batch."""
    for name, loader in loaders.items():
        if len(loader) == 0:
            raise ValueError(
                f"{name} must have at least one batch, got 0: check that its "
                "data set is not empty"
            )


def check_class_names(classes: Sequence[str]) -> tuple[str, ...]:
    """Return class names as a tuple; raise unless they are different names."""
    if isinstance(classes, str) or not len(classes):
        raise ValueError(f"classes must be a list of names, got {classes!r}")
    if len(set(classes)) < len(classes):
        raise ValueError(f"classes must not repeat a name: {list(classes)}")
    return tuple(classes)


def check_classes(classes: np.ndarray, num_classes: int, name: str) -> None:
    """Raise for a class that is not one of 0 to num_classes - 1."""
    bad = (classes < 0) | (classes >= num_classes) | (classes % 1 != 0)
    if bad.any():
        raise ValueError(
            f"{name} must have classes from 0 to {num_classes - 1}, got "
            f"{classes[bad][0]}"
        )


def as_iou_thresholds(
    iou_thresholds, name: str = "iou_thresholds"
) -> np.ndarray:
    """Return IoU thresholds (T,) as float64; raise unless all are in (0, 1]."""
    thresholds = np.asarray(iou_thresholds, dtype=np.float64)
    good = (thresholds > 0) & (thresholds <= 1)
    if thresholds.ndim != 1 or thresholds.size == 0 or not good.all():
        raise ValueError(
            f"{name} must be a list of numbers in (0, 1], got {iou_thresholds}"
        )
    return thresholds


def as_judged_image(detections, truths) -> tuple[Detections, np.ndarray]:
    """Return one image's detections and ground truth (M, 6) as float64 arrays.

    Raises:
        ValueError: a shape, a box or a score is wrong.
    """
    boxes, scores, classes = map(np.asarray, detections)
    truths = np.asarray(truths, dtype=np.float64)
    if boxes.shape != (scores.size, 4) or scores.shape != classes.shape:
        raise ValueError(
            "detections must have boxes (N, 4), scores (N,), classes (N,), "
            f"got {boxes.shape}, {scores.shape}, {classes.shape}"
        )
    if not np.isfinite(scores).all():
        raise ValueError(f"detections must have finite scores, got {scores}")
    if truths.ndim != 2 or truths.shape[1] != 6:
        raise ValueError(
            "truths must have shape (M, 6), rows [class, xmin, ymin, xmax, ymax, "
            f"difficult], got {truths.shape}"
        )
    check_corners(boxes.T, "detections")
    check_corners(truths[:, 1:5].T, "truths")
    return Detections(boxes.astype(np.float64), scores, classes), truths


def as_judged_images(
    detections: Sequence, truths: Sequence, num_classes: int | None = None
) -> list[tuple[Detections, np.ndarray]]:
    """Return a set of images, each as `as_judged_image` does.

    Args:
        detections: B Detections, one per image.
        truths: B arrays (M, 6); rows of class -1 are padding.
        num_classes: if given, all classes must be 0 to num_classes - 1.

    Raises:
        ValueError: the lengths differ, or an image is wrong; the message names
            the image.
    """
    if len(detections) != len(truths):
        raise ValueError(
            "detections and truths must have one entry per image, got "
            f"{len(detections)} and {len(truths)}"
        )
    images = []
    for number, (found, rows) in enumerate(zip(detections, truths)):
        try:
            found, rows = as_judged_image(found, rows)
            if num_classes is not None:
                check_classes(found.classes, num_classes, "detections")
                counting = rows[:, 0] != -1
                check_classes(rows[counting, 0], num_classes, "truths")
        except ValueError as error:
            raise ValueError(f"image {number}: {error}") from None
        images.append((found, rows))
    return images
