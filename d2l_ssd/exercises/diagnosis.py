"""The sentence that says which known mistake a wrong function looks like."""

from __future__ import annotations

from collections.abc import Callable

from d2l_ssd.exercises.exercise import Scene
from d2l_ssd.exercises.judging import SECONDS, equal, judge
from d2l_ssd.exercises.searching import Search

COMPARED = 80  # scenes on which a known mistake is compared with a function
ALIKE = 0.8  # share of them on which both must do the same for a guess
WITHOUT = ("time", "nothing", "changed")  # failures that say it all themselves


def diagnose(found: Search) -> str:
    """Say which known mistake does the same, or "" if none does."""
    if found.failure.kind in WITHOUT:
        return ""
    likeness = {
        phrase: _likeness(mistake, found)
        for phrase, mistake in found.exercise.mistakes.items()
    }
    phrase = max(likeness, key=likeness.get)
    if likeness[phrase] == 1:
        return f"This looks like {phrase}."
    if likeness[phrase] >= ALIKE:
        return f"Perhaps this is {phrase}."
    return ""


def _likeness(mistake: Callable, found: Search) -> float:
    """Return the share of scenes in which a mistake does what the function does.

    0 if it does something else in the smallest scene.
    """
    here = found.failure.result or found.failure.kind
    if not _does(mistake, found, found.failure.scene, here):
        return 0
    pairs = list(zip(found.tried, found.outcomes))[:COMPARED]
    alike = [_does(mistake, found, scene, outcome) for scene, outcome in pairs]
    return sum(alike) / len(alike)


def _does(
    mistake: Callable, found: Search, scene: Scene, outcome: tuple | str
) -> bool:
    """Tell whether a mistake has this outcome in a scene."""
    failure, result = judge(found.exercise, mistake, scene, SECONDS)
    if isinstance(outcome, str) or result is None:
        return outcome == (failure.kind if failure else "")
    return all(map(equal, result, outcome))
