"""Exercises of the chapter on training: hard negatives and the schedule."""

from __future__ import annotations

import math

import numpy as np

from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.losses import NUMBER
from d2l_ssd.exercises.marks import GRAY, box, dot, line, text
from d2l_ssd.exercises.scenes import pick_order, several
from d2l_ssd.schedule import learning_rate_at


def hard_negatives(
    losses: np.ndarray, classes: np.ndarray, ratio: int, minimum: int
) -> np.ndarray:
    """Choose the background anchors with the largest losses, image by image.

    Args:
        losses: (B, A) −log p(background).
        classes: (B, A), 0 background, 1..K classes, −1 ignored.
        ratio: negatives per positive anchor of an image.
        minimum: negatives of an image that has few or no positives.

    Returns:
        (B, A) bools.
    """
    return _mine(losses, classes, ratio, minimum)


def _ranks(difficulty):
    return difficulty.argsort(axis=1).argsort(axis=1)


def _mine(losses, classes, ratio, minimum, **rules):
    """Mine with another rule for the negatives, the ranks or the count."""
    negative = rules.get("negative", lambda c: c == 0)(classes)
    rank = rules.get("rank", _ranks)(-np.where(negative, losses, -1))
    positives = (classes > 0).sum(axis=1, keepdims=True)
    count = np.maximum(ratio * positives, minimum)
    if "count" in rules:
        count = rules["count"](positives)
    return (rank < count) & negative


def _all_anchors_ranked(losses, classes, ratio, minimum):
    positives = (classes > 0).sum(axis=1, keepdims=True)
    count = np.maximum(ratio * positives, minimum)
    return (_ranks(-losses) < count) & (classes == 0)


def _easiest(losses, classes, ratio, minimum):
    positives = (classes > 0).sum(axis=1, keepdims=True)
    count = np.maximum(ratio * positives, minimum)
    rank = _ranks(np.where(classes == 0, losses, np.inf))
    return (rank < count) & (classes == 0)


def _whole_batch(losses, classes, ratio, minimum):
    flat = losses.reshape(1, -1), classes.reshape(1, -1)
    return _mine(*flat, ratio, minimum).reshape(losses.shape)


def _draw_mining(losses, classes, chosen):
    """Draw a row of squares per image; those of chosen anchors have a color."""
    marks, side = [], 1 / max(losses.shape)
    for (image, anchor), label in np.ndenumerate(classes):
        x, y = anchor * side, image * side
        name = f"class {label}".replace("-", "−")
        color = 1 if chosen[image, anchor] else GRAY
        corners = [x, y, x + 0.94 * side, y + 0.94 * side]
        loss = f"{losses[image, anchor]:g}"
        marks.append(box(corners, loss, color, dashed=label != 0))
        marks.append(text(corners, name, color))
    return marks


def _pick_mining(pick):
    """Pick losses and classes of one or two images, ratio and minimum."""
    anchors = pick((2, 1, 3, 4))
    rows = several(
        pick,
        lambda pick: [pick((0, 1, 0, -1, 2)) for _ in range(anchors)],
        1,
        2,
    )
    values = (4, 3, 2, 1, 0.5, 0.25, 5, 6)
    losses = [pick_order(pick, values, anchors) for _ in rows]
    classes = np.array(rows, np.int64)
    return np.stack(losses), classes, pick((1, 3, 2)), pick((0, 1, 2))


def _mining(losses, classes, ratio, minimum):
    return (
        np.array([losses], np.float32),
        np.array([classes]),
        ratio,
        minimum,
    )


HARD_NEGATIVES = Exercise(
    name="hard_negatives",
    arguments=("losses", "classes", "ratio", "minimum"),
    parts=(Part("(B, A)", "mask", row="image"),),
    answer=hard_negatives,
    scene=_pick_mining,
    first=(
        _mining([2, 1], [1, 0], 1, 0),
        _mining([1, 2, 3], [1, 0, 0], 1, 0),
        _mining([1, 2, 3], [1, 0, 0], 1, 1),
        _mining([3, 2, 1], [1, 0, 0], 1, 0),
        _mining([3, 2, 1], [-1, 0, 0], 1, 1),
        _mining([3, 2, 1], [0, 0, 0], 3, 0),
        _mining([1, 2, 3], [0, 0, 0], 3, 2),
        _mining([1, 3, 2], [0, 0, 0], 3, 1),
        (
            np.array([[4, 3], [2, 1]], np.float32),
            np.array([[1, 0], [0, 0]]),
            1,
            1,
        ),
    ),
    counted={"losses": ("anchor", "anchors", np.size)},
    mistakes={
        "positives that take part in the ranking and use up places: rank "
        "background anchors only": _all_anchors_ranked,
        "the easiest negatives instead of the hardest": _easiest,
        "one argsort instead of two: the first gives the order, the second "
        "the ranks": lambda *a: _mine(
            *a, rank=lambda difficulty: difficulty.argsort(axis=1)
        ),
        "ignored anchors (−1) used as negatives": lambda *a: _mine(
            *a, negative=lambda classes: classes <= 0
        ),
        "a ranking over the whole batch: it goes image by image": _whole_batch,
        "the minimum forgotten: an image without objects needs negatives, "
        "too": lambda losses, classes, ratio, minimum: _mine(
            losses, classes, ratio, 0
        ),
        "one negative too many: `<=` instead of `<` for the ranks": lambda x, c, ratio, least: (
            _mine(
                x,
                c,
                ratio,
                least,
                count=lambda n: np.maximum(ratio * n, least) + 1,
            )
        ),
        "the sum of ratio · positives and minimum instead of the larger of "
        "the two": lambda x, c, ratio, least: _mine(
            x, c, ratio, least, count=lambda n: ratio * n + least
        ),
        "all negatives: keep ratio times the positives": lambda *a: a[1] == 0,
        "the ratio forgotten": lambda x, c, ratio, least: _mine(x, c, 1, least),
    },
    draw=lambda losses, classes, ratio, minimum, chosen: _draw_mining(
        losses, classes, chosen
    ),
)


def _schedule(
    step, num_steps, most, warmup, rise=None, progress=None, fall=None
):
    """Compute a learning rate with another warm-up, progress or decay."""
    if step < warmup:
        return most * (rise(step, warmup) if rise else (step + 1) / warmup)
    done = (step - warmup) / (num_steps - warmup)
    done = progress(step, num_steps, warmup) if progress else done
    return most * (fall(done) if fall else (1 + math.cos(math.pi * done)) / 2)


def _pick_step(pick):
    """Pick a step of a training."""
    warmup = pick((0, 1, 2, 4))
    num_steps = 10 * max(warmup, 1) * pick((1, 2))
    step = pick((0, 1, 2, 3, 4, 5, 6, 8, 10))
    return min(step, num_steps), num_steps, pick((1.0, 0.1, 0.001)), warmup


def _draw_rate(step, num_steps, most, warmup, result):
    """Draw the schedule, and a dot where the result is."""
    steps = np.arange(num_steps + 1)
    rates = [learning_rate_at(int(s), num_steps, most, warmup) for s in steps]
    curve = np.stack([steps / num_steps, 1 - np.array(rates) / most], axis=1)
    here = [step / num_steps, 1 - float(result) / most]
    return [line(curve), dot(here, f"{float(result):.3g}", 0)]


LEARNING_RATE_AT = Exercise(
    name="learning_rate_at",
    arguments=("step", "num_steps", "max_learning_rate", "warmup_steps"),
    parts=(NUMBER,),
    answer=learning_rate_at,
    scene=_pick_step,
    first=(
        (0, 10, 1.0, 0),
        (10, 10, 1.0, 0),
        (5, 10, 1.0, 0),
        (2, 10, 1.0, 0),
        (0, 40, 1.0, 4),
        (3, 40, 1.0, 4),
        (4, 40, 1.0, 4),
        (22, 40, 1.0, 4),
        (0, 10, 0.1, 1),
    ),
    counted={},
    mistakes={
        "a first step with a rate of 0: steps count from 0, so it is (step + 1) / "
        "warmup_steps": lambda *a: _schedule(*a, rise=lambda s, w: s / w),
        "the warm-up forgotten": lambda step, n, most, warmup: (
            _schedule(max(step, warmup), n, most, warmup)
            if step >= warmup
            else most
        ),
        "a cosine that starts at step 0, not at the end of the "
        "warm-up": lambda *a: _schedule(*a, progress=lambda s, n, w: s / n),
        "a plain cosine, which falls below 0: use (1 + cos) / 2": lambda *a: (
            _schedule(*a, fall=lambda p: math.cos(math.pi * p))
        ),
        "a straight line instead of the cosine": lambda *a: _schedule(
            *a, fall=lambda p: 1 - p
        ),
        "a cosine over a quarter of its period, cos(π/2 · p)": lambda *a: (
            _schedule(*a, fall=lambda p: math.cos(math.pi * p / 2))
        ),
        "a cosine that ends one step too early, at num_steps − 1": lambda *a: (
            _schedule(*a, progress=lambda s, n, w: (s - w) / (n - 1 - w))
        ),
        "a rate that never falls": lambda *a: _schedule(*a, fall=lambda p: 1),
        "a cosine that rises: use 1 + cos, not 1 − cos": lambda *a: _schedule(
            *a, fall=lambda p: (1 - math.cos(math.pi * p)) / 2
        ),
    },
    draw=_draw_rate,
)


EXERCISES = (
    HARD_NEGATIVES,
    LEARNING_RATE_AT,
)
