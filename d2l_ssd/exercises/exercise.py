"""What an exercise is: arguments, right answers, small scenes, known mistakes."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Scene = tuple  # the arguments of one call
Pick = Callable[
    [Sequence], Any
]  # picks one of several values, the simplest first


@dataclass(frozen=True)
class Part:
    """One array that an exercise's function returns.

    Args:
        shape: in words, such as "(N, 4)"; shown when a shape is wrong.
        kind: "numbers", "integers" or "mask".
        row: what one row is, such as "anchor".
        columns: the names of the columns, if they have names.
        any_length: whether the first axis may be as long as the answer is.
        name: of this array, where a function returns several.
    """

    shape: str
    kind: str = "numbers"
    row: str = ""
    columns: tuple[str, ...] = ()
    any_length: bool = False
    name: str = ""


@dataclass(frozen=True)
class Exercise:
    """A function for the reader to write, and all that judges it.

    Args:
        name: of the function.
        arguments: their names, in order.
        parts: what the function returns.
        answer: the right function.
        scene: makes the arguments of one call from values that it picks.
        first: scenes to try before any others.
        last: scenes with nothing in them, tried when all others are right.
        counted: for each argument that is counted, one of its things and many,
            such as {"truths": ("ground-truth box", "ground-truth boxes")}, and
            a function that counts them, if they are not its rows.
        answers: returns every right answer where there is more than one.
        mistakes: known wrong functions, each with a phrase that follows "This
            looks like".
        draw: makes the marks of a picture from the arguments and a result.
    """

    name: str
    arguments: tuple[str, ...]
    parts: tuple[Part, ...]
    answer: Callable
    scene: Callable[[Pick], Scene]
    first: tuple[Scene, ...]
    counted: dict[str, tuple]
    mistakes: dict[str, Callable]
    last: tuple[Scene, ...] = ()
    answers: Callable[..., list] | None = None
    draw: Callable[..., list] | None = None

    def right_answers(self, scene: Scene) -> list[tuple]:
        """Return every right answer to a scene, each a tuple of its parts."""
        several = len(self.parts) > 1
        if self.answers is None:
            found = [self.answer(*scene)]
        else:
            found = self.answers(*scene)
        count = len(self.parts)
        return [tuple(one)[:count] if several else (one,) for one in found]

    def counts(self, scene: Scene) -> list[tuple[str, int]]:
        """Return what a scene has, such as [("anchors", 2), ("truths", 1)]."""
        found = []
        for name, value in zip(self.arguments, scene):
            if name in self.counted:
                _, _, *count = self.counted[name]
                found.append((name, int((count or [_length])[0](value))))
        return found

    def size(self, scene: Scene) -> int:
        """Return how many boxes, rows or layers a scene has."""
        return sum(count for _, count in self.counts(scene))

    def describe(self, scene: Scene) -> str:
        """Say what a scene has, such as "2 anchors and 1 ground-truth box"."""
        words = []
        for name, count in self.counts(scene):
            one, many = self.counted[name][:2]
            words.append(f"{count or 'no'} {one if count == 1 else many}")
        return " and ".join(words)


def _length(value: Any) -> int:
    """Count the rows of an array, or of all arrays in a list."""
    if isinstance(value, list):
        return sum(len(v) if hasattr(v, "ndim") else 1 for v in value)
    return len(value) if hasattr(value, "__len__") else 1


def find_exercise(exercises: dict[str, Exercise], name: str) -> Exercise:
    """Look an exercise up by name.

    Raises:
        ValueError: there is no such exercise; the message names the nearest.
    """
    if name in exercises:
        return exercises[name]
    near = difflib.get_close_matches(str(name), exercises, 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    known = ", ".join(sorted(exercises))
    raise ValueError(
        f"name must be that of an exercise, got {name!r}.{hint} There are "
        f"{known}."
    )
