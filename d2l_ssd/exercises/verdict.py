"""What `check` answers: a sentence, and the smallest scene as text and drawing."""

from __future__ import annotations

from dataclasses import dataclass

from d2l_ssd.exercises.diagnosis import diagnose
from d2l_ssd.exercises.exercise import Exercise
from d2l_ssd.exercises.judging import Failure
from d2l_ssd.exercises.pages import write_html
from d2l_ssd.exercises.searching import Search
from d2l_ssd.exercises.texts import write_text


@dataclass(frozen=True)
class Verdict:
    """The answer of `check`, True for a right function.

    Args:
        exercise: what the function should do.
        scenes: how many scenes were tried.
        failure: what is wrong in the smallest scene, or None.
        diagnosis: a sentence on the mistake that it looks like, or "".
        cut: whether the function was too slow for more scenes.
    """

    exercise: Exercise
    scenes: int
    failure: Failure | None = None
    diagnosis: str = ""
    cut: bool = False

    def __bool__(self) -> bool:
        return self.failure is None

    def __repr__(self) -> str:
        return write_text(*self._content())

    def _repr_html_(self) -> str:
        return write_html(*self._content())

    def _content(self) -> tuple:
        return (
            self.exercise,
            self.scenes,
            self.failure,
            self.diagnosis,
            self.cut,
        )


def make_verdict(found: Search) -> Verdict:
    """Sum up a search."""
    diagnosis = diagnose(found) if found.failure else ""
    tried = len(found.tried)
    return Verdict(found.exercise, tried, found.failure, diagnosis, found.cut)
