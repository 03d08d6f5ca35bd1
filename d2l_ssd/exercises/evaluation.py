"""Exercises of the chapter on evaluation: curves and AP."""

from __future__ import annotations

import numpy as np

from d2l_ssd.evaluation import average_precision, precision_recall
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.inference import scores_of
from d2l_ssd.exercises.marks import line
from d2l_ssd.exercises.scenes import (
    SCORES,
    pick_order,
    several,
)


def _curve(scores, hits, num_truths, order=None, precision=None, recall=None):
    """Compute a curve with another order or other denominators."""
    order = np.argsort(-scores) if order is None else order
    found = np.cumsum(hits[order])
    count = np.arange(1, len(found) + 1)
    return (
        precision(found, count) if precision else found / count,
        recall(found, count) if recall else found / num_truths,
    )


def _pick_hits(pick):
    """Pick scores, hits and a number of objects."""
    hits = several(pick, lambda pick: pick((True, False)), 1, 4)
    scores = pick_order(pick, SCORES, len(hits))
    missed = pick((0, 1, 2))
    return scores, np.array(hits), max(1, sum(hits) + missed)


SCORED = {"scores": ("detection", "detections")}


TRUE, FALSE = True, False


PRECISION_RECALL = Exercise(
    name="precision_recall",
    arguments=("scores", "hits", "num_truths"),
    parts=(
        Part("(N,)", row="rank", name="precision"),
        Part("(N,)", row="rank", name="recall"),
    ),
    answer=precision_recall,
    scene=_pick_hits,
    first=(
        (scores_of(0.9), np.array([TRUE]), 1),
        (scores_of(0.9), np.array([TRUE]), 2),
        (scores_of(0.9, 0.8), np.array([FALSE, TRUE]), 1),
        (scores_of(0.8, 0.9), np.array([FALSE, TRUE]), 2),
        (scores_of(0.9, 0.8), np.array([TRUE, FALSE]), 3),
    ),
    counted=SCORED,
    mistakes={
        "detections in the order of the input: the best score comes "
        "first": lambda s, h, n: _curve(s, h, n, order=np.arange(len(s))),
        "the lowest score first": lambda s, h, n: _curve(
            s, h, n, order=np.argsort(s)
        ),
        "recall as a share of the objects that were found: divide by all "
        "objects": lambda s, h, n: _curve(
            s, h, n, recall=lambda found, count: found / max(found[-1], 1)
        ),
        "precision as a share of all detections: divide by those so far": lambda s, h, n: (
            _curve(s, h, n, precision=lambda found, count: found / len(found))
        ),
        "precision and recall swapped": lambda s, h, n: _curve(s, h, n)[::-1],
        "precision divided by one detection too few": lambda s, h, n: _curve(
            s,
            h,
            n,
            precision=lambda found, count: found / np.maximum(count - 1, 1),
        ),
        "each detection judged alone: take the running sum of the hits": lambda s, h, n: (
            h[np.argsort(-s)].astype(float),
            h[np.argsort(-s)] / n,
        ),
    },
    draw=lambda scores, hits, num_truths, precision, recall: _draw_curve(
        precision, recall
    ),
)


def _draw_curve(precision, recall):
    """Draw a curve: recall to the right, precision upward."""
    if len(precision) == 0:
        return []
    return [line(np.stack([recall, 1 - np.asarray(precision)], axis=1), 0)]


def _draw_envelope(precision, recall):
    """Draw a curve and, in steps, its envelope."""
    best = np.maximum.accumulate(np.asarray(precision)[::-1])[::-1]
    right, left = np.asarray(recall), np.append(0, recall[:-1])
    x = np.stack([left, right], axis=1).ravel()[: 2 * len(best)]
    steps = np.stack([x, 1 - np.repeat(best, 2)], axis=1)
    return [line(steps), *_draw_curve(precision, recall)]


def ap_11_points(precision: np.ndarray, recall: np.ndarray) -> float:
    """Compute AP as VOC did until 2009: at the recalls 0, 0.1 ... 1.

    Args:
        precision, recall: (N,) as `precision_recall` returns them.

    Returns:
        A float in [0, 1].
    """
    return average_precision(precision, recall, "voc07")


def _points(precision, recall, points=None, read=None, mean=None):
    """Read a curve at points, in another way."""
    points = np.arange(11) / 10 if points is None else points
    read = read or (lambda reached: precision[reached].max(initial=0))
    return (mean or np.mean)([read(recall >= p - 1e-9) for p in points])


def _next(precision, reached):
    """Return the precision at the first recall that reaches a point."""
    return precision[reached.argmax()] if reached.any() else 0


def _area(precision, recall, envelope=True, start=0.0, join=None):
    """Compute an area with another curve, start or rule."""
    if len(precision) == 0:
        return 0.0
    if envelope:
        precision = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(recall, prepend=start)
    return float((steps * (join(precision) if join else precision)).sum())


def _trapezoid(precision, recall):
    """Compute the area under straight lines between the curve's points."""
    return _area(
        precision,
        recall,
        envelope=False,
        join=lambda p: (p + np.append(p[0], p[:-1])) / 2,
    )


def _backward(precision, recall):
    """Compute the area under the best precision so far."""
    so_far = np.maximum.accumulate(precision) if len(precision) else precision
    return _area(so_far, recall, envelope=False)


def _pick_curve(pick):
    """Pick precision and recall of some detections."""
    return tuple(precision_recall(*_pick_hits(pick))[:2])


def _curve_of(hits, num_truths):
    scores = np.array(SCORES[: len(hits)])
    return tuple(precision_recall(scores, np.array(hits, bool), num_truths)[:2])


CURVES = tuple(
    _curve_of(*curve)
    for curve in (
        ([1], 1),
        ([1], 2),
        ([1], 3),
        ([0, 1], 1),
        ([1, 0, 1], 2),
        ([0, 1, 1], 2),
        ([1, 1], 4),
        ([0], 1),
    )
)


NOTHING = (np.zeros(0), np.zeros(0))


RANKED = {"precision": ("detection", "detections")}


AP = Part("()", name="AP")


AVERAGE_PRECISION = Exercise(
    name="average_precision",
    arguments=("precision", "recall"),
    parts=(AP,),
    answer=average_precision,
    scene=_pick_curve,
    first=CURVES,
    last=(NOTHING,),
    counted=RANKED,
    mistakes={
        "the curve without its envelope: take the best precision at this recall or "
        "any higher one": lambda p, r: _area(p, r, envelope=False),
        "the envelope from the wrong side: the best precision so far, not the best "
        "one to come": _backward,
        "the trapezoid rule, straight lines between the points: the envelope goes in "
        "steps": _trapezoid,
        "an area that starts at the first recall: it starts at recall 0": lambda p, r: (
            _area(p, r, start=r[0] if len(r) else 0)
        ),
        "the mean of the precisions: weight each by the recall that it adds": lambda p, r: (
            float(np.mean(p)) if len(p) else 0.0
        ),
        "AP at 11 points": lambda p, r: ap_11_points(p, r),
        "the last precision alone": lambda p, r: p[-1] if len(p) else 0.0,
        "AP in percent: it lies between 0 and 1": lambda p, r: (
            100 * average_precision(p, r)
        ),
        "an area divided by the recall that is reached": lambda p, r: (
            _area(p, r) / max(r[-1], 1e-9) if len(r) else 0.0
        ),
    },
    draw=lambda precision, recall, result: _draw_envelope(precision, recall),
)


AP_11_POINTS = Exercise(
    name="ap_11_points",
    arguments=("precision", "recall"),
    parts=(AP,),
    answer=ap_11_points,
    scene=_pick_curve,
    first=CURVES,
    last=(NOTHING,),
    counted=RANKED,
    mistakes={
        "10 points: recall 1 is one of them, and `arange(0, 1, 0.1)` ends "
        "before it": lambda p, r: _points(p, r, np.arange(10) / 10),
        "a missing point at recall 0": lambda p, r: _points(
            p, r, np.arange(1, 11) / 10
        ),
        "`>` instead of `>=`: a recall exactly on a point reaches it": lambda p, r: (
            _points(p, r, np.arange(11) / 10 + 1e-6)
        ),
        "the precision at the next recall instead of the best at any higher"
        " one": lambda p, r: _points(
            p, r, read=lambda reached: _next(p, reached)
        ),
        "a mean over the points that are reached: the others count as 0": lambda p, r: (
            _points(
                p,
                r,
                mean=lambda read: sum(read) / max(1, np.count_nonzero(read)),
            )
        ),
        "the area under the envelope": lambda p, r: _area(p, r),
        "the sum: divide it by 11": lambda p, r: _points(p, r, mean=np.sum),
        "AP in percent: it lies between 0 and 1": lambda p, r: (
            100 * ap_11_points(p, r)
        ),
        "COCO's 101 points": lambda p, r: average_precision(p, r, "coco"),
        "the mean precision up to each recall": lambda p, r: _points(
            p,
            r,
            read=lambda reached: p[reached].mean() if reached.any() else 0.0,
        ),
    },
    draw=lambda precision, recall, result: _draw_envelope(precision, recall),
)


EXERCISES = (
    PRECISION_RECALL,
    AVERAGE_PRECISION,
    AP_11_POINTS,
)
