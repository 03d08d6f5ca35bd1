"""What public functions ask of their input, each question in one place.

Every check returns what it was given, as an array where that helps, or raises a
ValueError that names the argument and the value and says what to do. Arrays may
be lists, views, integers, half precision, MXNet's or PyTorch's: they come back
as NumPy's float32 or float64.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from d2l_ssd.detections import Detections

# How far boxes may reach outside, in images: an object, and an anchor or a window
SLIGHTLY, FAR = 1, 10
LARGEST = 1e15  # coordinate: a float32 still holds the area of such a box
SMALLEST = 1e-12  # side: a float32 still holds the area of such a box
LARGEST_OFFSET = 1e9
LARGEST_RATIO = 1000
SMALLEST_SIZE = 1e-4
LARGEST_PROBABILITY = 1 + 1e-3  # half precision rounds sums
MOST_CELLS = 2**24
MOST_CLASSES = 2**24  # a float32 holds every number up to here
PADDING = -1


@contextmanager
def in_image(number: int) -> Iterator[None]:
    """Name the image in whatever a check says."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"image {number}: {error}") from None


# Numbers


def as_numbers(values: Any, name: str) -> np.ndarray:
    """Return numbers as an array of float32 or float64.

    Half precision becomes float32, integers float64: neither can overflow then,
    nor wrap around.
    """
    if not isinstance(values, np.ndarray):
        values = _read_array(values, name)
    if values.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} must be an array of numbers, got dtype {values.dtype}: "
            "check that all rows have the same length"
        )
    if values.dtype in (np.float32, np.float64):
        return values
    return values.astype(
        np.float32 if values.dtype == np.float16 else np.float64
    )


def _read_array(values: Any, name: str) -> np.ndarray:
    """Make a NumPy array of a list, or of another framework's array."""
    try:
        if hasattr(values, "asnumpy"):
            return values.asnumpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rows of different lengths
            return np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers that NumPy can read, got "
            f"{type(values).__name__} ({error}): convert a tensor with "
            ".detach().float().cpu().numpy()"
        ) from None


def check_finite(
    array: np.ndarray, name: str, largest: float = LARGEST
) -> None:
    """Raise for a NaN, an infinity, or a number beyond the largest."""
    # Two fast passes: a NaN comes out of both
    low, high = array.min(initial=0), array.max(initial=0)
    if not (-largest <= low and high <= largest):
        bad = array[~(np.abs(array) <= largest)].flat[0]
        raise ValueError(
            f"{name} must be finite numbers up to {largest:g}, got {bad}"
        )


def check_positive(**arguments: Any) -> None:
    """Raise for an argument that is empty or holds a number of 0 or less."""
    for name, value in arguments.items():
        numbers = as_numbers(value, name)
        if not (numbers.size and ((numbers > 0) & (numbers < np.inf)).all()):
            raise ValueError(f"{name} must be positive, got {value}")


def as_positive_list(
    values: Any, name: str, least: float, largest: float, advice: str
) -> list[float]:
    """Return positive numbers as a list; raise unless all are in the range."""
    numbers = as_numbers(values, name)
    if numbers.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, got {values}")
    check_positive(**{name: values})
    if numbers.min() < least or numbers.max() > largest:
        raise ValueError(
            f"{name} must be from {least:g} to {largest:g}, got {values}: {advice}"
        )
    return numbers.tolist()


def as_count(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number as an int; raise if it is under the least."""
    try:
        whole = int(value) if value == int(value) else None
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or isinstance(value, str) or whole < least:
        raise ValueError(
            f"{name} must be a whole number of at least {least}, got {value!r}"
        )
    return whole


def as_limit(value: Any, name: str) -> int | None:
    """Return the most that a list may have: None is no limit."""
    if value is None:
        return None
    try:
        limit = operator.index(value)
    except TypeError:
        limit = 0
    if limit < 1:
        raise ValueError(
            f"{name} must be a whole number of at least 1, or None for no "
            f"limit, got {value!r}"
        )
    return limit


def check_fraction(zero: bool = False, **arguments: Any) -> None:
    """Raise for a threshold that is not in (0, 1], or in [0, 1] with `zero`."""
    for name, value in arguments.items():
        number = as_numbers(value, name)
        if number.ndim or not (0 < number <= 1 or (zero and number == 0)):
            raise ValueError(
                f"{name} must be a number in {'[' if zero else '('}0, 1], got "
                f"{value}: 45 percent is 0.45"
            )


def as_iou_thresholds(
    iou_thresholds: Any, name: str = "iou_thresholds"
) -> np.ndarray:
    """Return IoU thresholds (T,) as float64; raise unless all are in (0, 1]."""
    thresholds = as_numbers(iou_thresholds, name).astype(np.float64)
    good = (thresholds > 0) & (thresholds <= 1)
    if thresholds.ndim != 1 or thresholds.size == 0 or not good.all():
        raise ValueError(
            f"{name} must be a list of numbers in (0, 1], got {iou_thresholds}"
        )
    return thresholds


# Boxes


def as_boxes(boxes: Any, name: str) -> np.ndarray:
    """Return boxes or offsets as floats; raise unless (..., 4) and finite."""
    array = as_numbers(boxes, name)
    if array.ndim == 0 or array.shape[-1] != 4:
        raise ValueError(f"{name} must have shape (..., 4), got {array.shape}")
    check_finite(array, name)
    return array


def as_box_list(boxes: Any, name: str) -> np.ndarray:
    """Return boxes as a float array; raise unless they are (N, 4)."""
    array = as_numbers(boxes, name)
    if array.shape == (0,):  # an empty list
        array = array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"{name} must have shape (N, 4), got {array.shape}")
    return array


def as_corner_list(boxes: Any, name: str) -> np.ndarray:
    """Return boxes (N, 4) whose corners are finite and in order."""
    array = as_box_list(boxes, name)
    check_corners(np.ascontiguousarray(array.T), name)
    return array


def check_corners(coordinates: np.ndarray, name: str) -> None:
    """Raise for a number that is not finite, and for corners in the wrong order.

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
    # They are in order: nothing is lower than a minimum, or higher than a maximum
    check_finite(coordinates[:2].min(axis=1, initial=0), name)
    check_finite(coordinates[2:].max(axis=1, initial=0), name)


def check_size(boxes: np.ndarray, name: str) -> None:
    """Raise for a box (..., 4) [x, y, width, height] of a negative size."""
    if boxes[..., 2:].min(initial=0) < 0:
        bad = boxes[(boxes[..., 2:] < 0).any(axis=-1)][0].tolist()
        raise ValueError(
            f"{name} must have boxes [x, y, width, height] with a width and height "
            f"of 0 or more, got {bad}"
        )


def check_area(boxes: np.ndarray, name: str) -> None:
    """Raise for a box (..., 4) whose width or height is not positive."""
    sizes = boxes[..., 2:] - boxes[..., :2]
    if not sizes.min(initial=1) > SMALLEST:
        check_corners(boxes.reshape(-1, 4).T, name)
        good = (sizes > SMALLEST).all(axis=-1)
        raise ValueError(
            f"{name} must have boxes with a positive width and height, got "
            f"{boxes[~good][0].tolist()}: drop boxes without area"
        )


def check_fractions(boxes: np.ndarray, name: str, outside: float) -> None:
    """Raise for boxes (N, 4) that reach so far outside that they are pixels."""
    good = (boxes >= -outside) & (boxes <= 1 + outside)
    if not good.all():
        bad = boxes[~good.all(axis=1)][0].tolist()
        raise ValueError(
            f"{name} must have boxes in fractions of the image, from 0 to 1, got "
            f"{bad}, which looks like pixels: divide x by the image's width and "
            "y by its height"
        )


def as_anchors(anchors: Any, name: str = "anchors") -> np.ndarray:
    """Return anchors (A, 4) in fractions of the image, each with an area."""
    array = as_corner_list(anchors, name)
    check_area(array, name)
    check_fractions(array, name, FAR)
    return array


def as_box_pairs(anchors: Any, boxes: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors and boxes (..., 4), one for each other, with an area."""
    anchors, boxes = as_boxes(anchors, "anchors"), as_boxes(boxes, "boxes")
    check_area(anchors, "anchors")
    check_area(boxes, "boxes")
    _check_fit(anchors, boxes, "boxes")
    return anchors, boxes


def as_anchor_offsets(
    anchors: Any, offsets: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors and offsets (..., 4), one for each other."""
    anchors, offsets = (
        as_boxes(anchors, "anchors"),
        as_boxes(offsets, "offsets"),
    )
    check_area(anchors, "anchors")
    check_finite(offsets, "offsets", LARGEST_OFFSET)
    _check_fit(anchors, offsets, "offsets")
    return anchors, offsets


def _check_fit(anchors: np.ndarray, others: np.ndarray, name: str) -> None:
    """Raise unless every anchor has one of the others."""
    try:
        np.broadcast_shapes(anchors.shape, others.shape)
    except ValueError:
        raise ValueError(
            f"anchors and {name} must have the same shape, got {anchors.shape} "
            f"and {others.shape}"
        ) from None


def as_window(window: Any) -> np.ndarray:
    """Return the box (4,) of a window, in fractions of the image."""
    box = as_boxes(window, "window")
    if box.shape != (4,):
        raise ValueError(f"window must have shape (4,), got {box.shape}")
    check_corners(box[:, None], "window")
    check_fractions(box[None], "window", FAR)
    return box


def as_drawn_boxes(boxes: Any) -> np.ndarray:
    """Return boxes (N, 4), or a single one, in fractions of the image."""
    array = as_numbers(boxes, "boxes")
    array = array[None] if array.shape == (4,) else array
    array = as_corner_list(array, "boxes")
    check_fractions(array, "boxes", FAR)
    return array


def as_anchors_and_truths(
    anchors: Any, truths: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Return anchors (A, 4) and ground-truth boxes (M, 4) in the same unit."""
    anchors = as_corner_list(anchors, "anchors")
    truths = as_corner_list(truths, "truths")
    check_area(anchors, "anchors")
    check_area(truths, "truths")
    if anchors.size and truths.size:
        if np.abs(anchors).max() > 1 + FAR:
            if truths.max() <= 1:
                check_fractions(anchors, "anchors", FAR)
        elif np.abs(anchors).max() <= 1 + SLIGHTLY:
            check_fractions(truths, "truths", SLIGHTLY)
    return anchors, truths


def check_match_ious(pos_iou: Any, neg_iou: Any) -> None:
    """Raise unless 0 < neg_iou <= pos_iou <= 1."""
    low, high = as_numbers(neg_iou, "neg_iou"), as_numbers(pos_iou, "pos_iou")
    if low.ndim or high.ndim or not 0 < low <= high <= 1:
        raise ValueError(
            "neg_iou and pos_iou must satisfy 0 < neg_iou <= pos_iou <= 1, "
            f"got {neg_iou} and {pos_iou}: 45 percent is 0.45"
        )


# Anchors' sizes


def as_cells(height: Any, width: Any) -> tuple[int, int]:
    """Return a feature map's height and width in cells."""
    height, width = as_count(height, "height"), as_count(width, "width")
    if height * width > MOST_CELLS:
        raise ValueError(
            "height and width must be those of a feature map, in cells, got "
            f"{height} and {width}"
        )
    return height, width


def as_sides(image_size: Any) -> list[float]:
    """Return an image's height and width."""
    sides = as_positive_list(image_size, "image_size", SMALLEST, LARGEST, "")
    if len(sides) != 2:
        raise ValueError(
            f"image_size must be (height, width), got {image_size}"
        )
    return sides


def as_sizes(sizes: Any) -> list[float]:
    """Return anchors' sizes as a list, in units of the image's shorter side."""
    advice = "divide pixels by the image's shorter side"
    return as_positive_list(sizes, "sizes", SMALLEST_SIZE, FAR, advice)


def as_ratios(ratios: Any) -> list[float]:
    """Return anchors' ratios of width to height as a list."""
    advice = "a ratio is a width divided by a height"
    return as_positive_list(
        ratios, "ratios", 1 / LARGEST_RATIO, LARGEST_RATIO, advice
    )


def as_maps(shapes: Any, sizes: Any, ratios: Any) -> list[tuple]:
    """Return (height, width, sizes, ratios) of each feature map.

    Raises:
        ValueError: there is no map, the lengths differ, or a shape is no pair.
    """
    arguments = {"feature_map_shapes": shapes, "sizes": sizes, "ratios": ratios}
    for name, entries in arguments.items():
        if not hasattr(entries, "__len__") or not len(entries):
            raise ValueError(
                f"{name} must have one entry per map, got {entries}"
            )
    counts = [len(entries) for entries in arguments.values()]
    if len(set(counts)) > 1:
        raise ValueError(
            "feature_map_shapes, sizes and ratios must have one entry per map, "
            f"got {counts[0]}, {counts[1]} and {counts[2]} entries"
        )
    for number, shape in enumerate(shapes):
        if np.shape(shape) != (2,):
            raise ValueError(
                f"feature_map_shapes must be pairs (height, width), got {shape} "
                f"for map {number}"
            )
    return [(*shape, s, r) for shape, s, r in zip(shapes, sizes, ratios)]


# Labels: rows [class, xmin, ymin, xmax, ymax, difficult], class -1 is padding


def check_classes(
    classes: np.ndarray, num_classes: int | None, name: str
) -> None:
    """Raise for a class that is not one of 0 to num_classes - 1."""
    most = num_classes or MOST_CLASSES
    good = (classes >= 0) & (classes < most) & (classes % 1 == 0)
    if not good.all():
        raise ValueError(
            f"{name} must have classes 0 to {most - 1}, got {classes[~good][0]}"
        )


def _check_rows(rows: np.ndarray, name: str, num_classes: int | None) -> None:
    """Raise for a bad row (M, 5 or 6); what padding holds is nobody's affair."""
    rows = rows[rows[:, 0] != PADDING]
    check_classes(rows[:, 0], num_classes, name)
    check_finite(rows[:, 1:5], name)
    check_corners(rows[:, 1:5].T, name)
    difficult = rows[:, 5:]
    good = (difficult == 0) | (difficult == 1)
    if not good.all():
        raise ValueError(
            f"{name} must have 1 for difficult and 0 for others in the last "
            f"column, got {difficult[~good][0]}"
        )


def _check_objects(
    rows: np.ndarray, name: str, num_classes: int | None = None
) -> None:
    """Raise for a bad row, and for a box in pixels."""
    _check_rows(rows, name, num_classes)
    check_fractions(rows[rows[:, 0] != PADDING, 1:5], name, SLIGHTLY)


def _check_targets(rows: np.ndarray) -> None:
    """Raise for a row that no network can be trained on."""
    _check_objects(rows, "labels")
    check_area(rows[rows[:, 0] != PADDING, 1:5], "labels")


def as_labels(labels: Any, num_classes: int | None = None) -> np.ndarray:
    """Return one image's labels (M, 5 or 6), boxes in fractions of it."""
    rows = _as_rows(labels, "labels", (5, 6))
    _check_objects(rows, "labels", num_classes)
    return rows


def _as_rows(labels: Any, name: str, columns: tuple) -> np.ndarray:
    """Return rows (M, 5 or 6) as floats; an empty list is no row."""
    rows = as_numbers(labels, name)
    if rows.shape == (0,):
        rows = rows.reshape(0, columns[-1])
    if rows.ndim != 2 or rows.shape[1] not in columns:
        raise ValueError(
            f"{name} must have shape (M, {' or '.join(map(str, columns))}), rows "
            f"[class, xmin, ymin, xmax, ymax, difficult], got {rows.shape}"
        )
    return rows


def as_label_list(labels: Any) -> list[np.ndarray]:
    """Return the labels (M_i, 6) of several images; the message names the image."""
    if not hasattr(labels, "__len__"):
        raise ValueError(
            "labels must be a list with an array (M, 6) per image, got "
            f"{type(labels).__name__}"
        )
    checked = []
    for number, rows in enumerate(labels):
        with in_image(number):
            checked.append(_as_rows(rows, "labels", (6,)))
    return checked


def as_label_batch(labels: Any) -> np.ndarray:
    """Return labels (B, M, 5 or 6), checked; the message names the image."""
    batch = as_numbers(labels, "labels")
    if batch.ndim != 3 or batch.shape[2] not in (5, 6):
        raise ValueError(
            f"labels must have shape (B, M, 5 or 6), got {batch.shape}: stack "
            "the images' rows with pad_labels"
        )
    try:
        _check_targets(batch.reshape(-1, batch.shape[2]))
    except ValueError:
        for number, rows in enumerate(batch):  # which image is it?
            with in_image(number):
                _check_targets(rows)
    return batch


# Detections


def as_scores(scores: Any, count: int, name: str = "scores") -> np.ndarray:
    """Return finite scores as floats (count,), one per box."""
    array = as_numbers(scores, name)
    if array.shape != (count,):
        raise ValueError(
            f"{name} must be {count} numbers, one per box, got shape {array.shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array}")
    return array


def as_scored_boxes(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (N, 4) and their finite scores (N,)."""
    boxes = as_corner_list(boxes, "boxes")
    return boxes, as_scores(scores, len(boxes))


def as_weights(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (N, 4) and scores (N,) that weigh them, both float64."""
    boxes, scores = as_scored_boxes(boxes, scores)
    check_finite(scores, "scores")
    if scores.min(initial=0) < 0:
        raise ValueError(
            f"scores must not be negative, got {scores.min()}: they are weights"
        )
    return boxes.astype(np.float64), scores.astype(np.float64)


def as_class_list(
    classes: Any, count: int, name: str = "classes"
) -> np.ndarray:
    """Return classes as int64 (count,), one per box."""
    array = as_numbers(classes, name)
    if array.shape != (count,):
        raise ValueError(
            f"{name} must be {count} integers, one per box, got shape "
            f"{array.shape}"
        )
    check_classes(array, None, name)
    return array.astype(np.int64)


def as_indices(indices: Any, count: int, name: str) -> np.ndarray:
    """Return indices (n,) of `count` things as int64."""
    array = as_numbers(indices, name)
    good = (array >= 0) & (array < count) & (array % 1 == 0)
    if array.ndim != 1 or not good.all():
        raise ValueError(
            f"{name} must be a list of indices from 0 to {count - 1}, got {indices}"
        )
    return array.astype(np.int64)


def check_probabilities(probabilities: np.ndarray, name: str) -> None:
    """Raise for a NaN and for numbers outside [0, 1]."""
    low, high = probabilities.min(initial=0), probabilities.max(initial=0)
    if not (low >= 0 and high <= LARGEST_PROBABILITY):
        raise ValueError(
            f"{name} must be probabilities, got values from {low} to {high}: "
            "apply softmax to the logits first"
        )


def as_logits(logits: Any) -> np.ndarray:
    """Return logits (..., K+1) as floats; -inf says that a class cannot be."""
    array = as_numbers(logits, "logits")
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(
            f"logits must have shape (..., K+1), got {array.shape}"
        )
    best = array.max(axis=-1)
    if not np.isfinite(best).all():
        raise ValueError(
            f"logits must be finite, got {best[~np.isfinite(best)].flat[0]}: "
            "a network whose training diverged gives such numbers"
        )
    return array


def as_candidates(scores: Any) -> np.ndarray:
    """Return probabilities (K, A) of one image as floats."""
    array = as_numbers(scores, "scores")
    if array.ndim != 2 or len(array) == 0:
        raise ValueError(f"scores must have shape (K, A), got {array.shape}")
    check_probabilities(array, "scores")
    return array


def as_outputs(
    class_probs: Any, offsets: Any, anchors: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a network's outputs for a batch, and its anchors, as float32."""
    probs = as_numbers(class_probs, "class_probs")
    offsets = as_numbers(offsets, "offsets")
    anchors = as_anchors(anchors)
    batch, count = (*probs.shape, 0, 0)[:2]
    if (
        probs.ndim != 3
        or probs.shape[2] < 2
        or offsets.shape != (batch, count, 4)
        or len(anchors) != count
    ):
        raise ValueError(
            "class_probs, offsets and anchors must have shapes (B, A, K+1), "
            f"(B, A, 4) and (A, 4), got {probs.shape}, {offsets.shape} and "
            f"{anchors.shape}"
        )
    check_probabilities(probs, "class_probs")
    check_finite(offsets, "offsets", LARGEST_OFFSET)
    return tuple(
        array.astype(np.float32, copy=False)
        for array in (probs, offsets, anchors)
    )


def as_detections(
    detections: Any, name: str = "detections", num_classes: int | None = None
) -> Detections:
    """Return one image's detections as float arrays and int64 classes."""
    parts = detections if isinstance(detections, (tuple, list)) else ()
    if len(parts) != 3 or any(isinstance(part, Detections) for part in parts):
        raise ValueError(
            f"{name} must be the Detections(boxes, scores, classes) of one image, "
            f"got {type(detections).__name__}: pass images one by one"
        )
    boxes, scores, classes = detections
    boxes = as_corner_list(boxes, f"{name}.boxes")
    scores = as_scores(scores, len(boxes), f"{name}.scores")
    classes = as_class_list(classes, len(boxes), f"{name}.classes")
    check_classes(classes, num_classes, f"{name}.classes")
    return Detections(boxes.astype(np.float64), scores, classes)


def as_judged_image(
    detections: Any, truths: Any, num_classes: int | None = None
) -> tuple[Detections, np.ndarray]:
    """Return one image's detections and ground truth (M, 6) as float64 arrays.

    Raises:
        ValueError: a shape, a box, a class, a flag or a score is wrong.
    """
    found = as_detections(detections, "detections", num_classes)
    rows = _as_rows(truths, "truths", (6,)).astype(np.float64)
    _check_rows(rows, "truths", num_classes)
    # What stands in padding must not disturb an IoU
    rows[rows[:, 0] == PADDING] = PADDING
    return found, rows


def as_judged_images(
    detections: Sequence, truths: Sequence, num_classes: int | None = None
) -> list[tuple[Detections, np.ndarray]]:
    """Return a set of images, each as `as_judged_image` does, without padding.

    Args:
        detections: B Detections, one per image.
        truths: B arrays (M, 6); rows of class -1 are padding.
        num_classes: if given, all classes must be 0 to num_classes - 1.

    Raises:
        ValueError: the lengths or the units differ, or an image is wrong; the
            message names the image.
    """
    for name, images in (("detections", detections), ("truths", truths)):
        if isinstance(images, Detections) or not hasattr(images, "__len__"):
            raise ValueError(
                f"{name} must be a list with one entry per image, got "
                f"{type(images).__name__}: for one image, pass [{name}]"
            )
    if len(detections) != len(truths):
        raise ValueError(
            "detections and truths must have one entry per image, got "
            f"{len(detections)} and {len(truths)}"
        )
    judged = []
    for number, (found, rows) in enumerate(zip(detections, truths)):
        with in_image(number):
            found, rows = as_judged_image(found, rows, num_classes)
            judged.append((found, rows[rows[:, 0] != PADDING]))
    _check_same_unit(judged)
    return judged


def _check_same_unit(judged: list[tuple[Detections, np.ndarray]]) -> None:
    """Raise if either side is in fractions and the other one in pixels."""
    found = [boxes for (boxes, _, _), _ in judged]
    sides = {
        "detections": found,
        "truths": [rows[:, 1:5] for _, rows in judged],
    }
    sides = {name: np.concatenate(b) for name, b in sides.items() if b}
    for name, other in (("detections", "truths"), ("truths", "detections")):
        boxes = sides.get(name, np.zeros((0, 4)))
        inside = (boxes > 0) & (boxes < 1)
        # All of it in [0, 1], and not just the first pixel
        if boxes.size and boxes.max() <= 1 and inside.any():
            check_fractions(sides[other], other, FAR)


def as_hits(
    scores: Any, hits: Any, num_truths: Any
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return scores (N,), hits (N,) as bools, and the number of objects."""
    scores, hits = as_numbers(scores, "scores"), as_numbers(hits, "hits")
    if scores.ndim != 1 or scores.shape != hits.shape:
        raise ValueError(
            "scores and hits must have shape (N,), one entry per detection, "
            f"got {scores.shape} and {hits.shape}"
        )
    as_scores(scores, len(scores))
    if not np.isin(hits, (0, 1)).all():
        raise ValueError(
            f"hits must be True or False, got {hits}: leave out detections that "
            "are to be ignored"
        )
    num_truths = as_count(num_truths, "num_truths", least=0)
    if hits.sum() > num_truths:
        raise ValueError(
            f"hits must not be more than num_truths, got {int(hits.sum())} of "
            f"{num_truths}: one object is found once"
        )
    return scores, hits.astype(bool), num_truths


def as_curve(precision: Any, recall: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return precision and recall (N,) in [0, 1]; recall is all NaN or none."""
    precision = as_numbers(precision, "precision")
    recall = as_numbers(recall, "recall")
    if recall.ndim != 1 or precision.shape != recall.shape:
        raise ValueError(
            "precision and recall must have shape (N,), as `precision_recall` "
            f"returns them, got {precision.shape} and {recall.shape}"
        )
    curves = {"precision": precision, "recall": recall}
    if np.isnan(recall).all():
        del curves["recall"]
    for name, values in curves.items():
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"{name} must be in [0, 1], got {values}")
    if (np.diff(recall) < 0).any():
        raise ValueError(
            f"recall must not fall, got {recall}: order by falling score"
        )
    return precision, recall


def as_edges(edges: Any) -> np.ndarray:
    """Return the edges (S+1,) of bins; raise unless they rise."""
    array = as_numbers(edges, "edges")
    if array.ndim != 1 or len(array) < 2 or not (array[1:] > array[:-1]).all():
        raise ValueError(
            f"edges must be a list of at least two rising numbers, got {edges}"
        )
    return array


# Images, names and loaders


def as_image(image: Any, name: str = "image") -> np.ndarray:
    """Return an image as (H, W, 3) uint8; a gray one gets three equal planes."""
    if not isinstance(image, np.ndarray):
        image = _read_array(image, name)
    if image.ndim == 2:
        image = image[..., None]
    if image.ndim != 3 or image.shape[2] not in (1, 3) or image.size == 0:
        raise ValueError(
            f"{name} must have shape (H, W, 3), or (H, W) if it is gray, got "
            f"{image.shape}: of four planes, leave out alpha with [..., :3]"
        )
    if image.dtype != np.uint8:
        whole = image.dtype.kind in "iu"
        if not whole or image.min() < 0 or image.max() > 255:
            raise ValueError(
                f"{name} must be uint8 from 0 to 255, got {image.dtype} from "
                f"{image.min()} to {image.max()}: scale, round and convert it"
            )
        image = image.astype(np.uint8)
    return np.repeat(image, 3, axis=2) if image.shape[2] == 1 else image


def as_inputs(X: Any) -> np.ndarray:
    """Return a network's inputs (3, H, W) or (B, 3, H, W) as finite floats."""
    array = as_numbers(X, "X")
    if array.ndim not in (3, 4) or array.shape[-3] != 3:
        raise ValueError(
            f"X must have shape (3, H, W) or (B, 3, H, W), got {array.shape}"
        )
    check_finite(array, "X")
    return array


def as_samples(samples: Any) -> list[tuple]:
    """Return samples (X, labels) as a list; their inputs have one shape."""
    samples = list(samples)
    if not samples:
        raise ValueError("samples must have at least one (X, labels), got none")
    shape = np.shape(samples[0][0])
    for number, (X, _) in enumerate(samples):
        if np.shape(X) != shape:
            raise ValueError(
                f"image {number}: samples must have inputs of one shape, got "
                f"{np.shape(X)} after {shape}: resize them with to_input"
            )
    return samples


def check_loaders(**loaders: Any) -> None:
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
