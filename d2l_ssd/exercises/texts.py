"""The answer of `check` in words: headline, scene and both answers as text."""

from __future__ import annotations

from typing import Any

import numpy as np

from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.judging import Failure

DIGITS = 4


def praise(exercise: Exercise, scenes: int, cut: bool) -> str:
    """Say that a function was right in all scenes."""
    text = f"{exercise.name} is right in all {scenes} scenes that we tried."
    if cut:
        text += " It is slow, so there was no time for more of them."
    return text + " Well done!"


def headline(exercise: Exercise, failure: Failure) -> str:
    """Say what is wrong, and in which scene."""
    there = exercise.describe(failure.scene)
    values = ", ".join(map(as_code, failure.scene))
    there = f"With {there}, it" if there else f"For ({values}), it"
    end = "" if failure.text[-1] in "?)." else "."
    return f"{exercise.name} is not right yet. {there} {failure.text}{end}"


def call_of(exercise: Exercise, failure: Failure) -> list[str]:
    """Write the scene as lines of Python that the reader can run."""
    lines = [
        f"{name} = {as_code(value)}"
        for name, value in zip(exercise.arguments, failure.scene)
    ]
    return [*lines, f"{exercise.name}({', '.join(exercise.arguments)})"]


def as_code(value: Any) -> str:
    """Write a value as Python that makes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_code, value))}]"
    if isinstance(value, np.ndarray):
        rows = _digits(value)
        whole = value.dtype.kind in "iub" and value.size
        kind = "" if whole else f", np.{value.dtype}"
        if value.size == 0 and value.ndim > 1:
            return f"np.zeros({value.shape}{kind})"
        return f"np.array({rows}{kind})"
    if isinstance(value, (np.generic, float)):
        return _number(value)
    return repr(value)


def _digits(value: np.ndarray) -> str:
    """Write an array as nested lists, with no more digits than it needs."""
    if value.ndim == 0:
        return _number(value[()])
    return f"[{', '.join(map(_digits, value))}]" if value.size else "[]"


def _rounded(values: Any) -> np.ndarray:
    """Round what is not whole."""
    array = np.asarray(values)
    return array.round(DIGITS) if array.dtype.kind == "f" else array


def _number(value: Any) -> str:
    """Write one number with the digits that it needs."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    exact = np.format_float_positional(value, trim="0", unique=True)
    return exact if abs(value) < 1e6 else repr(float(value))


def show(value: Any) -> str:
    """Write one number for a table: a few digits."""
    if isinstance(value, (bool, np.bool_)):
        return "✓" if value else "·"
    if isinstance(value, (int, np.integer)):
        return str(value).replace("-", "−")
    short = f"{float(value):.{DIGITS}g}"
    return short.replace("-", "−")


def rows_of(part: Part, values: Any) -> list[tuple[str, list]]:
    """Return the rows of an array, each with its name and its numbers."""
    array = np.asarray(values)
    if array.ndim == 0:
        return [(part.name or part.row, [array[()]])]
    if array.ndim == 1 and part.columns:
        return [("", list(array))]
    if array.ndim == 1:
        return [(f"{part.row} {i}".strip(), [v]) for i, v in enumerate(array)]
    flat = array.reshape(-1, array.shape[-1]) if array.size else array[:0]
    places = list(np.ndindex(*array.shape[:-1]))
    names = [f"{part.row} {', '.join(map(str, p))}".strip() for p in places]
    return [(name, list(row)) for name, row in zip(names, flat)]


def write_text(
    exercise: Exercise,
    scenes: int,
    failure: Failure | None,
    diagnosis: str,
    cut: bool,
) -> str:
    """Write an answer as text."""
    if failure is None:
        return praise(exercise, scenes, cut)
    lines = [headline(exercise, failure)]
    lines += [diagnosis] if diagnosis else []
    lines += ["", *call_of(exercise, failure), ""]
    for title, arrays in (
        ("expected", failure.expected),
        ("returned", failure.result),
    ):
        for part, values in zip(exercise.parts, arrays or ()):
            several = len(exercise.parts) > 1
            name = f" {part.name}" if several else ""
            lines.append(f"{title}{name}: {_digits(_rounded(values))}")
    return "\n".join(lines)
