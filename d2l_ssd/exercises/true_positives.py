"""Exercises of the chapter on evaluation: matching detections."""

from __future__ import annotations

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.inference import scores_of
from d2l_ssd.exercises.marks import assigned_boxes
from d2l_ssd.exercises.scenes import (
    SAME,
    boxes,
    pick_boxes,
    pick_scored,
)


def match_detections(
    boxes: np.ndarray,
    scores: np.ndarray,
    truths: np.ndarray,
    iou_threshold: float,
) -> np.ndarray:
    """Match the detections of one class in one image by VOC's rule.

    Args:
        boxes: (N, 4) corners of the detections.
        scores: (N,).
        truths: (M, 4) ground-truth boxes.
        iou_threshold: of a match.

    Returns:
        (N,) integers: the index of a ground truth, or -1.
    """
    return _match(boxes, scores, truths, lambda iou: iou >= iou_threshold)


def _match(
    boxes,
    scores,
    truths,
    reaches,
    order=None,
    free=False,
    again=False,
    early=False,
):
    """Match with another threshold, order, or rule for what is taken."""
    matches = np.full(len(boxes), -1)
    if len(truths) == 0:
        return matches
    iou, taken = box_iou(boxes, truths), set()
    for i in np.argsort(-scores) if order is None else order:
        row = iou[i].copy()
        if free:
            row[list(taken)] = -1
        best = int(row.argmax())
        reached = reaches(row[best])
        if reached and (again or best not in taken):
            matches[i] = best
        if reached or early:
            taken.add(best)
    return matches


def all_detection_matches(
    boxes: np.ndarray,
    scores: np.ndarray,
    truths: np.ndarray,
    iou_threshold: float,
) -> list[np.ndarray]:
    """Return every right answer of `match_detections`: there are more at ties."""
    answers = [np.full(len(boxes), -1)]
    if len(truths) == 0:
        return answers
    iou = box_iou(boxes, truths)
    for i in np.argsort(-scores):
        if iou[i].max() < iou_threshold:
            continue
        ties = np.flatnonzero(iou[i] >= iou[i].max() - SAME)
        answers = [
            _claimed(matches, i, truth) for matches in answers for truth in ties
        ]
    return list({tuple(m.tolist()): m for m in answers}.values())


def _claimed(matches, detection, truth):
    """Return matches in which a detection has a ground truth, if it is free."""
    if (matches == truth).any():
        return matches
    claimed = matches.copy()
    claimed[detection] = truth
    return claimed


def _by_truths(boxes, scores, truths, iou_threshold):
    matches = np.full(len(boxes), -1)
    for truth, column in enumerate(box_iou(boxes, truths).T):
        if len(column) and column.max() >= iou_threshold:
            matches[column.argmax()] = truth
    return matches


def _in_rank(boxes, scores, truths, iou_threshold):
    order = np.argsort(-scores)
    return match_detections(boxes, scores, truths, iou_threshold)[order]


def _pick_detections(pick):
    """Pick detections, objects and a threshold."""
    found, scores = pick_scored(pick, 1, 3)
    truths = pick_boxes(pick, 1, 2, near=found)
    return found, scores, truths, pick((0.5, 0.25))


MATCH_DETECTIONS = Exercise(
    name="match_detections",
    arguments=("boxes", "scores", "truths", "iou_threshold"),
    parts=(Part("(N,)", "integers", row="detection"),),
    answer=match_detections,
    answers=all_detection_matches,
    scene=_pick_detections,
    first=(
        (boxes([2, 2, 6, 6]), scores_of(0.9), boxes([2, 2, 6, 6]), 0.5),
        (boxes([2, 2, 6, 4]), scores_of(0.9), boxes([2, 2, 6, 6]), 0.5),
        (boxes([0, 0, 2, 2]), scores_of(0.9), boxes([2, 2, 6, 6]), 0.5),
        # A tie: two answers are right
        (
            boxes([2, 2, 6, 6]),
            scores_of(0.9),
            boxes([0, 2, 4, 6], [4, 2, 8, 6]),
            0.25,
        ),
        (
            boxes([2, 2, 6, 5], [2, 2, 6, 6]),
            scores_of(0.9, 0.8),
            boxes([2, 2, 6, 6]),
            0.5,
        ),
        # The first detection looks at the object, but does not find it
        (
            boxes([2, 2, 6, 3], [2, 2, 6, 6]),
            scores_of(0.9, 0.8),
            boxes([2, 2, 6, 6]),
            0.5,
        ),
        (
            boxes([2, 2, 6, 5], [2, 2, 6, 6]),
            scores_of(0.8, 0.9),
            boxes([2, 2, 6, 6]),
            0.5,
        ),
        (
            boxes([2, 2, 6, 6]),
            scores_of(0.9),
            boxes([2, 2, 6, 5], [2, 2, 6, 6]),
            0.5,
        ),
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 6]),
            scores_of(0.9, 0.8),
            boxes([2, 2, 6, 6], [2, 2, 6, 5]),
            0.5,
        ),
    ),
    last=(
        (boxes(), scores_of(), boxes([2, 2, 6, 6]), 0.5),
        (boxes([2, 2, 6, 6]), scores_of(0.9), boxes(), 0.5),
    ),
    counted={
        "boxes": ("detection", "detections"),
        "truths": ("ground-truth box", "ground-truth boxes"),
    },
    mistakes={
        "a ground-truth box matched again and again: only the first "
        "detection gets it": lambda b, s, t, iou: _match(
            b, s, t, lambda v: v >= iou, again=True
        ),
        "detections in the order of the input: the best score comes "
        "first": lambda b, s, t, iou: _match(
            b, s, t, lambda v: v >= iou, order=range(len(b))
        ),
        "the detection with the highest IoU for each ground-truth box: the "
        "one with the highest score claims it": _by_truths,
        "`>` instead of `>=` at the threshold": lambda b, s, t, iou: _match(
            b, s, t, lambda v: v > iou
        ),
        "COCO's rule, which takes the best ground-truth box that is still "
        "free: VOC's rule looks at the best one only": lambda b, s, t, iou: (
            _match(b, s, t, lambda v: v >= iou, free=True)
        ),
        "matches in the order of the scores: return them in that of the "
        "input": _in_rank,
        "a ground-truth box that counts as taken although the IoU was below the "
        "threshold": lambda b, s, t, iou: _match(
            b, s, t, lambda v: v >= iou, early=True
        ),
        "no threshold": lambda b, s, t, iou: _match(b, s, t, lambda v: v > 0),
        "the lowest score first": lambda b, s, t, iou: _match(
            b, s, t, lambda v: v >= iou, order=np.argsort(s)
        ),
    },
    draw=lambda boxes, scores, truths, iou_threshold, result: assigned_boxes(
        boxes, truths, result, "det."
    ),
)


EXERCISES = (MATCH_DETECTIONS,)
