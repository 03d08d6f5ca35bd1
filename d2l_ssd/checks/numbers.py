"""Numbers, lists, counts, limits and thresholds."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from d2l_ssd.detections import Detections

MOST = 2**31 - 1  # of anything that is counted
LARGEST = 1e15  # coordinate: a float32 still holds the area of such a box


@contextmanager
def in_image(number: int) -> Iterator[None]:
    """Name the image in whatever a check says."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"image {number}: {error}") from None


def as_numbers(values: Any, name: str) -> np.ndarray:
    """Return numbers as an array of float32 or float64.

    Half precision becomes float32, integers float64: neither can overflow then,
    nor wrap around.
    """
    if not isinstance(values, np.ndarray):
        values = read_array(values, name)
    if values.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} must be an array of numbers, got dtype {values.dtype}: "
            f"{_how_to_convert(values, name)}"
        )
    if values.dtype in (np.float32, np.float64):
        return values
    return values.astype(
        np.float32 if values.dtype == np.float16 else np.float64
    )


def _how_to_convert(values: np.ndarray, name: str) -> str:
    """Say how an array of something else may become one of numbers."""
    found = values.ravel().tolist()
    if values.dtype == object and values.ndim == 0:
        return f"pass an array or a list, not a {type(found[0]).__name__}"
    if any(isinstance(value, (str, bytes)) for value in found):
        return (
            "make numbers of texts, and give a class by its index, not its name"
        )
    if found and all(isinstance(value, (int, float)) for value in found):
        return f"convert it with {name}.astype(float)"
    return "check that all rows have the same length"


def as_single(values: Any, name: str) -> np.ndarray:
    """Return numbers as float32, so that equal ones have equal results."""
    with np.errstate(over="ignore"):  # an infinity raises an error later
        return as_numbers(values, name).astype(np.float32, copy=False)


def read_array(values: Any, name: str) -> np.ndarray:
    """Make a NumPy array of a list, or of another framework's array."""
    try:
        if hasattr(values, "asnumpy"):
            return values.asnumpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rows of different lengths
            try:
                return np.asarray(values)
            except ValueError:  # the same rows, on NumPy 2
                return np.asarray(values, dtype=object)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers that NumPy can read, got "
            f"{type(values).__name__} ({error}): convert a tensor with "
            ".detach().float().cpu().numpy()"
        ) from None


def check_list(values: Any, name: str, content: str) -> None:
    """Raise for anything that is no list, tuple or array."""
    lists = isinstance(values, (list, tuple)) or np.ndim(values) > 0
    if not lists or isinstance(values, Detections):
        raise ValueError(
            f"{name} must be a list with {content}, got "
            f"{type(values).__name__}: for one alone, pass [{name}]"
        )


def check_finite(
    array: np.ndarray, name: str, largest: float = LARGEST
) -> None:
    """Raise for a NaN, an infinity, or a number beyond the largest."""
    # One fast pass: a sum of squares this small has no large one in it
    if np.vdot(array, array) <= largest**2:
        return
    low, high = array.min(initial=0), array.max(initial=0)
    if not (-largest <= low and high <= largest):
        bad = array[~(np.abs(array) <= largest)].flat[0]
        raise ValueError(
            f"{name} must be finite numbers up to {largest:g}, got {bad}"
        )


def as_number(value: Any) -> float:
    """Return one number as a float; NaN for a bool, a text, a list or None."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        array = as_numbers(value, "value")
    except OverflowError:  # an int that no float holds
        return math.inf
    except ValueError:
        return math.nan
    return math.nan if array.ndim or are_bools(value) else float(array)


def are_bools(values: Any) -> bool:
    """Tell whether these are bools, which would count as 0 and 1."""
    return read_array(values, "values").dtype == np.bool_


def check_positive(**arguments: Any) -> None:
    """Raise for an argument that is empty or holds a number of 0 or less."""
    for name, value in arguments.items():
        numbers = as_numbers(value, name)
        good = (numbers > 0) & (numbers < np.inf)
        if numbers.size == 0 or not good.all() or are_bools(value):
            raise ValueError(f"{name} must be positive, got {value}")


def as_positive_list(
    values: Any, name: str, least: float, largest: float, advice: str
) -> list[float]:
    """Return positive numbers as a list; raise unless all are in the range."""
    numbers = as_numbers(values, name)
    if numbers.ndim != 1:
        raise ValueError(
            f"{name} must be a list of numbers, got {values}: put one alone into a list"
        )
    check_positive(**{name: values})
    if numbers.min() < least or numbers.max() > largest:
        raise ValueError(
            f"{name} must be from {least:g} to {largest:g}, got {values}: {advice}"
        )
    return numbers.tolist()


def as_count(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number as an int; raise if it is under the least."""
    number = as_number(value)
    if not (least <= number <= MOST and number % 1 == 0):
        raise ValueError(
            f"{name} must be a whole number of at least {least}, got {value!r}"
        )
    return int(number)


def as_limit(value: Any, name: str) -> int | None:
    """Return the most that a list may have: None is no limit."""
    if value is None:
        return None
    number = as_number(value)
    if not (1 <= number < math.inf and number % 1 == 0):
        raise ValueError(
            f"{name} must be a whole number of at least 1, or None for no "
            f"limit, got {value!r}"
        )
    return min(int(number), MOST)


def as_amount(
    value: Any, name: str, least: float = 0, most: float = LARGEST
) -> float:
    """Return one number as a float; raise if it is not from least to most."""
    number = as_number(value)
    if not least <= number <= most:
        raise ValueError(
            f"{name} must be a number from {least:g} to {most:g}, got {value!r}"
        )
    return number


def as_rate(value: Any, name: str) -> float:
    """Return one positive, finite number as a float."""
    number = as_number(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be a positive number, got {value!r}")
    return number


def check_rng(rng: Any) -> None:
    """Raise for what draws no random numbers."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng must be a numpy.random.Generator, got {type(rng).__name__}: "
            "make one with numpy.random.default_rng(seed)"
        )


def check_fraction(zero: bool = False, **arguments: Any) -> None:
    """Raise for a threshold that is not in (0, 1], or in [0, 1] with `zero`."""
    for name, value in arguments.items():
        number = as_number(value)
        if not (0 < number <= 1 or (zero and number == 0)):
            raise ValueError(
                f"{name} must be a number in {'[' if zero else '('}0, 1], got "
                f"{value!r}: 45 percent is 0.45"
            )


def as_iou_thresholds(
    iou_thresholds: Any, name: str = "iou_thresholds"
) -> np.ndarray:
    """Return IoU thresholds (T,) as float64; raise unless all are in (0, 1]."""
    thresholds = as_numbers(iou_thresholds, name).astype(np.float64)
    good = (thresholds > 0) & (thresholds <= 1)
    good &= not are_bools(iou_thresholds)
    if thresholds.ndim != 1 or thresholds.size == 0 or not good.all():
        raise ValueError(
            f"{name} must be a list of numbers in (0, 1], got {iou_thresholds}"
        )
    return thresholds


def check_match_ious(pos_iou: Any, neg_iou: Any) -> None:
    """Raise unless 0 < neg_iou <= pos_iou <= 1."""
    if not 0 < as_number(neg_iou) <= as_number(pos_iou) <= 1:
        raise ValueError(
            "neg_iou and pos_iou must satisfy 0 < neg_iou <= pos_iou <= 1, "
            f"got {neg_iou!r} and {pos_iou!r}: 45 percent is 0.45"
        )
