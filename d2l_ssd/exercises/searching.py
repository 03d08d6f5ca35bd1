"""The search for the smallest scene in which a function is wrong."""

from __future__ import annotations

import contextlib
import functools
import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from d2l_ssd.exercises.calls import Stopwatch
from d2l_ssd.exercises.exercise import Exercise, Scene
from d2l_ssd.exercises.judging import SECONDS, Failure, judge

EXAMPLES = 250  # scenes that hypothesis draws before it gives up
BUDGET = 4.0  # seconds of searching
SHRINKING = 1.5  # seconds of shrinking, from the first failure on
MISSING = (
    "check searches for scenes with hypothesis, which is not installed here: run "
    "`pip install hypothesis`"
)


class Enough(BaseException):
    """Ends a search: hypothesis catches nothing but an Exception."""


@dataclass
class Search:
    """What a search has tried, and what it found.

    Args:
        exercise: what the function should do.
        function: the reader's.
        tried: every scene so far.
        outcomes: for each of them the function's arrays, or the kind of failure
            where there are none.
        failure: of the smallest scene in which the function is wrong.
        cut: whether the time was over before all scenes were tried.
        budget: seconds on the stopwatch when the search ends.
    """

    exercise: Exercise
    function: Callable
    tried: list[Scene] = field(default_factory=list)
    outcomes: list[tuple | str] = field(default_factory=list)
    failure: Failure | None = None
    cut: bool = False
    budget: float = field(default_factory=lambda: BUDGET)
    watch: Stopwatch = field(default_factory=Stopwatch)

    def fails(self, scene: Scene) -> bool:
        """Try one scene; remember the failure if there is no smaller one."""
        if self.watch.seconds() > self.budget:
            self.cut = True
            raise Enough
        failure, result = judge(self.exercise, self.function, scene, SECONDS)
        self.tried.append(scene)
        self.outcomes.append(result if result else failure.kind)
        if failure is None:
            return False
        if self.failure is None:
            shrunk = self.watch.seconds() + SHRINKING
            self.budget = min(self.budget, shrunk)
        size = self.exercise.size
        if self.failure is None or size(scene) <= size(self.failure.scene):
            self.failure = failure
        if failure.kind == "time":
            raise Enough
        return True


def search(exercise: Exercise, function: Callable) -> Search:
    """Search for the smallest scene in which a function is wrong.

    Args:
        exercise: what the function should do.
        function: the reader's; what it prints is not shown.

    Returns:
        The search; its failure is None if the function was right every time.

    Raises:
        ImportError: hypothesis is not installed.
    """
    find = _finder()
    found = Search(exercise, function)
    with contextlib.redirect_stdout(io.StringIO()):
        with contextlib.suppress(Enough):
            for scene in exercise.first:
                found.fails(scene)
            first = found.failure
            shrunk = find(_strategy(exercise), found.fails)
            # Of the same size, hypothesis's scene is the simpler one
            if shrunk is not None and first is not None:
                found.fails(shrunk)
        if found.failure is None:
            found.budget = math.inf  # they are few
            with contextlib.suppress(Enough):
                for scene in exercise.last:
                    found.fails(scene)
    return found


def _finder() -> Callable:
    """Return a function that finds and shrinks, the same way every time."""
    try:
        import hypothesis
    except ImportError:
        raise ImportError(MISSING) from None
    settings = hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
    )

    def find(strategy, fails):
        try:
            return hypothesis.find(
                strategy, fails, settings=settings, random=random.Random(0)
            )
        except hypothesis.errors.HypothesisException:  # there is none, or flaky
            return None

    return find


@functools.lru_cache(maxsize=None)
def _options(values: tuple):
    """Return the strategy that picks one of some values."""
    from hypothesis import strategies

    return strategies.sampled_from(values)


def _strategy(exercise: Exercise):
    """Return the strategy that makes an exercise's scenes."""
    from hypothesis import strategies

    @strategies.composite
    def scenes(draw):
        return exercise.scene(lambda values: draw(_options(tuple(values))))

    return scenes()
