"""Exercises that answer back: `check` draws where a reader's function is wrong."""

from __future__ import annotations

from collections.abc import Callable

from d2l_ssd.exercises import (
    anchors,
    boxes,
    evaluation,
    feature_maps,
    inference,
    labels,
    losses,
    matching,
    merging,
    targets,
    training,
    true_positives,
)
from d2l_ssd.exercises.exercise import Exercise, find_exercise
from d2l_ssd.exercises.searching import search
from d2l_ssd.exercises.verdict import Verdict, make_verdict

__all__ = ["EXERCISES", "Verdict", "check"]

MODULES = (
    boxes,
    labels,
    feature_maps,
    anchors,
    matching,
    targets,
    losses,
    training,
    inference,
    merging,
    true_positives,
    evaluation,
)
EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for module in MODULES
    for exercise in module.EXERCISES
}


def check(name: str, function: Callable) -> Verdict:
    """Search for the smallest scene in which a function of the reader is wrong.

    The search tries some hundred small scenes, the same ones every time, for at
    most a few seconds. Arguments are passed by position.

    Args:
        name: of the exercise, such as "match_anchors"; see `EXERCISES`.
        function: the reader's.

    Returns:
        A Verdict, True if no scene was found. In a notebook it shows itself: one
        line, or the smallest scene with the right answer and the function's.

    Raises:
        ValueError: there is no such exercise, or `function` cannot be called.
        ImportError: hypothesis is not installed.
    """
    exercise = find_exercise(EXERCISES, name)
    if not callable(function):
        raise ValueError(
            f"function must be a function, got a {type(function).__name__}: "
            f"call check({name!r}, your_function), without parentheses after it"
        )
    return make_verdict(search(exercise, function))
