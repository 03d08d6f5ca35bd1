"""Exercises of the chapter on targets: matching."""

from __future__ import annotations

import itertools

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.marks import assigned_boxes
from d2l_ssd.exercises.scenes import (
    ANCHORS_AND_TRUTHS,
    SAME,
    boxes,
    pick_near,
)
from d2l_ssd.targets import match_anchors

POSITIVE = 0.5


def all_matches(anchors: np.ndarray, truths: np.ndarray) -> list[np.ndarray]:
    """Return every right answer of `match_anchors`: there are more at ties."""
    iou = box_iou(truths, anchors).astype(float)
    if len(truths) == 0:
        return [np.full(len(anchors), -1)]
    best = iou.max(axis=0)
    own = [np.flatnonzero(column >= column.max() - SAME) for column in iou.T]
    choices = [
        list(ties) if top >= POSITIVE else [-1] for ties, top in zip(own, best)
    ]
    answers = {}
    for forced in set(map(frozenset, _greedy(iou))):
        for rest in itertools.product(*choices):
            matches = np.array(rest)
            for truth, anchor in forced:
                matches[anchor] = truth
            answers[tuple(matches.tolist())] = matches
    return list(answers.values())


def _greedy(iou):
    """Yield the pairs of every greedy matching, one list for each way at ties."""
    top = iou.max(initial=0)
    if top <= 0:
        yield []
        return
    for truth, anchor in np.argwhere(iou >= top - SAME):
        left = iou.copy()
        left[truth], left[:, anchor] = 0, 0
        for rest in _greedy(left):
            yield [(truth, anchor), *rest]


def _match(anchors, truths, positive=None, best=None, forced=True):
    """Match with another rule for the threshold, the best or the first step."""
    iou = box_iou(truths, anchors)
    if len(truths) == 0:
        return np.full(len(anchors), -1)
    top = iou.max(axis=0)
    over = positive(top) if positive else top >= POSITIVE
    found = best(iou) if best else iou.argmax(axis=0)
    matches = np.where(over, found, -1)
    if forced:
        for pairs in itertools.islice(_greedy(iou.astype(float)), 1):
            for truth, anchor in pairs:
                matches[anchor] = truth
    return matches


def _later_overwrites(anchors, truths):
    matches = _match(anchors, truths, forced=False)
    iou = box_iou(truths, anchors)
    for truth, row in enumerate(iou):
        if row.max() > 0:
            matches[row.argmax()] = truth
    return matches


def _in_order(anchors, truths):
    matches = _match(anchors, truths, forced=False)
    iou = box_iou(truths, anchors)
    for truth in range(len(truths)):
        if iou[truth].max() > 0:
            anchor = iou[truth].argmax()
            matches[anchor] = truth
            iou[:, anchor] = 0
    return matches


def threshold_last(anchors: np.ndarray, truths: np.ndarray) -> np.ndarray:
    """Match in the wrong order: the threshold overwrites forced matches."""
    if len(truths) == 0:
        return np.full(len(anchors), -1)
    forced = _match(anchors, truths, positive=lambda top: top > 2)
    iou = box_iou(truths, anchors)
    over = iou.max(axis=0) >= POSITIVE
    return np.where(over, iou.argmax(axis=0), forced)


def _takes_anything(anchors, truths):
    matches = _match(anchors, truths, forced=False)
    iou = box_iou(truths, anchors)
    for truth in np.argsort(-iou.max(axis=1), kind="stable"):
        anchor = iou[truth].argmax()
        matches[anchor] = truth
        iou[:, anchor] = -1
    return matches


# The first anchor is the only one left for the second object, although its IoU
# with the first object is over the threshold
FORCED = (
    boxes([2, 2, 6, 5], [2, 2, 6, 6]),
    boxes([2, 2, 6, 6], [2, 2, 6, 3]),
)


MATCH_ANCHORS = Exercise(
    name="match_anchors",
    arguments=("anchors", "truths"),
    parts=(Part("(A,)", "integers", row="anchor"),),
    answer=match_anchors,
    answers=all_matches,
    scene=lambda pick: pick_near(pick, 4, 3),
    first=(
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([4, 2, 8, 6])),
        (boxes([0, 0, 2, 2]), boxes([4, 4, 8, 8])),
        # Ties: two answers are right
        (boxes([0, 2, 4, 6], [4, 2, 8, 6]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6], [2, 2, 6, 6])),
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 6]),
            boxes([2, 2, 6, 6], [2, 2, 6, 6]),
        ),
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 5], [2, 2, 6, 6])),
        (boxes([2, 2, 6, 6], [2, 2, 6, 4]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6], [2, 2, 6, 5]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6], [2, 2, 6, 5]), boxes([4, 2, 8, 6])),
        (
            boxes([2, 2, 6, 6], [4, 2, 8, 6]),
            boxes([2, 2, 6, 5], [2, 2, 6, 6]),
        ),
        FORCED,
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 5], [2, 2, 5, 5]),
            boxes([2, 2, 6, 6], [2, 2, 6, 5]),
        ),
    ),
    last=((boxes([2, 2, 6, 6]), boxes()),),
    counted=ANCHORS_AND_TRUTHS,
    mistakes={
        "one argmax per ground-truth box, so that a later one takes the "
        "anchor of an earlier one: cross out the row and the column of each"
        " pair": _later_overwrites,
        "ground-truth boxes served in their order in the list: start from "
        "the highest IoU in the whole table": _in_order,
        "a threshold step that overwrites the forced matches: they come last, "
        "or the threshold is for the anchors that are left": threshold_last,
        "the second step alone: first every ground-truth box gets an anchor"
        " of its own, even below the threshold": lambda anchors, truths: _match(
            anchors, truths, forced=False
        ),
        "the first step alone: every other anchor with an IoU of at least "
        "0.5 is positive, too": lambda anchors, truths: _match(
            anchors, truths, positive=lambda top: top > 2
        ),
        "`>` instead of `>=` at the threshold (or a small number added to "
        "the union)": lambda anchors, truths: _match(
            anchors, truths, positive=lambda top: top > POSITIVE
        ),
        "the first ground-truth box over the threshold instead of the best": lambda anchors, truths: (
            _match(
                anchors,
                truths,
                best=lambda iou: (iou >= POSITIVE).argmax(axis=0),
            )
        ),
        "an anchor for a ground-truth box that overlaps none: the first "
        "step needs an IoU above 0": _takes_anything,
        "no threshold, so that every anchor takes its best ground-truth box": lambda anchors, truths: (
            _match(anchors, truths, positive=lambda top: top >= 0)
        ),
    },
    draw=lambda anchors, truths, result: assigned_boxes(
        anchors, truths, result, "anchor"
    ),
)


EXERCISES = (MATCH_ANCHORS,)
