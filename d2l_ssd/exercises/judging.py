"""The judgment of one call: right, or what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from d2l_ssd.exercises.calls import (
    OutOfTime,
    as_array,
    call_quietly,
    copied,
    same,
    say_error,
    time_limit,
)
from d2l_ssd.exercises.exercise import Exercise, Part, Scene

SECONDS = 2.0  # that one call may take
RELATIVE, ABSOLUTE = 1e-4, 1e-5  # how far numbers may be off


@dataclass
class Failure:
    """What is wrong with a function in one scene.

    Args:
        kind: "time", "error", "nothing", "unreadable", "shape", "type",
            "changed", "nan" or "value".
        text: a predicate for the function, such as "returns nothing".
        scene: the arguments.
        expected: the right answer that is nearest to the result.
        result: the function's arrays, None where they cannot be read.
    """

    kind: str
    text: str
    scene: Scene
    expected: tuple | None = None
    result: tuple | None = None


class Unreadable(Exception):
    """A result that is not what was asked for: its kind, and a predicate."""

    def __init__(self, kind: str, text: str):
        super().__init__(text)
        self.kind, self.text = kind, text


def judge(
    exercise: Exercise, function: Callable, scene: Scene, seconds: float
) -> tuple[Failure | None, tuple | None]:
    """Call a function on a scene.

    Returns:
        What is wrong, or None; and the arrays that it returned, or None.
    """
    arguments = tuple(copied(value) for value in scene)
    answers = exercise.right_answers(tuple(copied(v) for v in scene))
    try:
        with time_limit(seconds):
            returned = call_quietly(function, arguments)
        result = read(returned, exercise.parts, answers[0])
    except OutOfTime:
        text = (
            f"did not return within {seconds:g} seconds. An endless loop? Look at "
            "what each `while` waits for"
        )
        return Failure("time", text, scene, answers[0]), None
    except Unreadable as bad:
        return Failure(bad.kind, bad.text, scene, answers[0]), None
    except Exception as error:
        text = say_error(error, function)
        return Failure("error", text, scene, answers[0]), None
    return _compare(exercise, scene, arguments, answers, result), result


def _compare(
    exercise: Exercise,
    scene: Scene,
    arguments: tuple,
    answers: list[tuple],
    result: tuple,
) -> Failure | None:
    """Compare a result with the right answers, and arguments with themselves."""
    expected = min(answers, key=lambda answer: _distance(answer, result))
    for name, before, after in zip(exercise.arguments, scene, arguments):
        if not same(before, after):
            text = (
                f"changes its argument `{name}` in place. Work on a copy: "
                f"`{name} = {name}.copy()`"
            )
            return Failure("changed", text, scene, expected, result)
    if all(map(equal, expected, result)):
        return None
    for values in result:
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            odd = values[~np.isfinite(values)][0]
            text = f"returns {odd}, which is not a finite number"
            return Failure("nan", text, scene, expected, result)
    return Failure("value", "returns a wrong answer", scene, expected, result)


def _distance(answer: tuple, result: tuple) -> float:
    """Count the numbers by which two answers differ."""
    pairs = list(zip(answer, result))
    if any(np.shape(a) != np.shape(b) for a, b in pairs):
        return np.inf
    return sum(int(np.sum(~close(a, b))) for a, b in pairs)


def close(a: Any, b: Any) -> np.ndarray:
    """Tell which numbers of two arrays of one shape are equal enough, NaN too."""
    return np.isclose(
        np.asarray(a, float), np.asarray(b, float), RELATIVE, ABSOLUTE, True
    )


def equal(a: Any, b: Any) -> bool:
    """Tell whether two arrays are equal enough, in shape too."""
    return np.shape(a) == np.shape(b) and bool(close(a, b).all())


def read(returned: Any, parts: tuple[Part, ...], answer: tuple) -> tuple:
    """Read what a function returned as one array per part.

    Raises:
        Unreadable: it is of another shape or type.
    """
    if returned is None:
        raise Unreadable(
            "nothing", "returns nothing (None). Is the `return` missing?"
        )
    if len(parts) == 1:
        return (_read_part(returned, parts[0], answer[0]),)
    names = " and ".join(part.name for part in parts)
    if getattr(returned, "ndim", 0) > 1:  # one array that can be unpacked
        returned = list(returned)
    if not isinstance(returned, (tuple, list)) or len(returned) < len(parts):
        found = type(returned).__name__
        if isinstance(returned, (tuple, list)):
            found += f" of {len(returned)}"
        raise Unreadable(
            "shape", f"returns one {found}, where {names} are expected"
        )
    return tuple(map(_read_part, returned, parts, answer))


def _read_part(value: Any, part: Part, answer: Any) -> np.ndarray:
    """Read one array of a known shape and type."""
    what = f"as {part.name} " if part.name else ""
    try:
        array = call_quietly(as_array, (value,))
    except Exception:  # such as rows of different lengths, on NumPy 2
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise Unreadable(
            "unreadable",
            f"returns {what}a {type(value).__name__} that is not an array of "
            "numbers. Do all rows have the same length?",
        )
    array = _with_shape(array, part, np.shape(answer), what)
    _check_type(array, part.kind, what)
    return array


def _with_shape(
    array: np.ndarray, part: Part, shape: tuple, what: str
) -> np.ndarray:
    """Raise unless an array has the shape of the answer."""
    if array.size == 0 and 0 in shape:
        return array.reshape(shape)
    if array.size == 0 and part.any_length and array.ndim <= len(shape):
        return array.reshape((0, *shape[1:]))
    fits = array.shape[1:] == shape[1:] and array.ndim == len(shape)
    if array.shape == shape or (fits and part.any_length):
        return array
    text = (
        f"returns {what}an array of shape {array.shape}, where {part.shape} = "
        f"{shape} is expected"
    )
    if part.any_length:
        text = (
            f"returns {what}an array of shape {array.shape}, where {part.shape} "
            "is expected"
        )
    if array.ndim == 2 and array.shape == shape[::-1]:
        text += ". It is transposed"
    raise Unreadable("shape", text)


def _check_type(array: np.ndarray, kind: str, what: str) -> None:
    """Raise for floats where integers are expected, or a mask."""
    if kind == "integers" and array.size and array.dtype.kind not in "iu":
        raise Unreadable(
            "type", f"returns {what}{array.dtype} numbers, not integers"
        )
    if kind == "mask" and array.size and array.dtype.kind != "b":
        if array.dtype.kind == "f" or not np.isin(array, (0, 1)).all():
            raise Unreadable(
                "type",
                f"returns {what}{array.dtype} numbers, not a mask of bools",
            )
