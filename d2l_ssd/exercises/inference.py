"""Exercises of the chapter on inference: softmax and NMS."""

from __future__ import annotations

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.exercises.exercise import Exercise, Part, Pick
from d2l_ssd.exercises.losses import LOGITS
from d2l_ssd.exercises.marks import box, kept_boxes
from d2l_ssd.exercises.scenes import (
    BOX,
    boxes,
    pick_scored,
    several,
)
from d2l_ssd.inference import batched_nms, nms, softmax

KEPT = Part("(n,)", "integers", row="rank", any_length=True)


THRESHOLDS = (0.5, 0.25, 0.75)


def scores_of(*values: float) -> np.ndarray:
    """Return scores (N,)."""
    return np.array(values, np.float32)


def _row(*values):
    return np.array([values], np.float32)


SOFTMAX = Exercise(
    name="softmax",
    arguments=("logits",),
    parts=(Part("(N, K+1)", row="row", columns=("class 0", "class 1", "2")),),
    answer=softmax,
    scene=lambda pick: (_pick_logits(pick),),
    first=(
        (_row(0, 0),),
        (_row(0, 1),),
        (_row(0, -2, 1),),
        (_row(1000, 0),),
        (_row(-1000, -1000),),
        (np.array([[0, 1], [3, 0]], np.float32),),
    ),
    counted=LOGITS,
    mistakes={
        "exp of large logits, which is inf: subtract the row's maximum "
        "first": lambda logits: (
            np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        ),
        "a sum over all rows: each row adds up to 1": lambda logits: (
            np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
        ),
        "a sum over the rows: it goes over the classes, the last "
        "axis": lambda logits: softmax(logits.T).T,
        "a sigmoid of each logit": lambda logits: (
            1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        ),
        "logits divided by their sum, without exp": lambda logits: (
            logits / np.maximum(logits.sum(axis=1, keepdims=True), 1e-9)
        ),
        "log-softmax: return probabilities": lambda logits: np.log(
            np.maximum(softmax(logits), 1e-30)
        ),
        "the maximum of all rows subtracted, so that a row far below it "
        "becomes 0 / 0: subtract each row's own": lambda logits: (
            np.exp(logits - logits.max())
            / np.exp(logits - logits.max()).sum(axis=1, keepdims=True)
        ),
        "1 for the maximum and 0 for the others instead of probabilities": lambda logits: (
            (logits == logits.max(axis=1, keepdims=True)).astype(float)
        ),
    },
)


def _pick_logits(pick):
    columns = pick((2, 3))
    values = (0, 1, -1, 2, -2, 1000, -1000)
    rows = several(
        pick, lambda pick: [pick(values) for _ in range(columns)], 1, 3
    )
    return np.array(rows, np.float32)


def _suppress(boxes, scores, over, against_all=False, order=None):
    """Suppress with another rule for what overlaps too much, or another order."""
    order = np.argsort(-scores) if order is None else order
    iou, kept, gone = box_iou(boxes, boxes), [], set()
    for i in order:
        if i not in gone:
            kept.append(int(i))
        if against_all or i not in gone:
            gone |= {int(j) for j in order if j != i and over(iou[i, j])}
            gone -= set(kept)
    return np.array(kept, np.int64)


THREE = boxes(*[[2, 2, 6, 6]] * 3)


NMS = Exercise(
    name="nms",
    arguments=("boxes", "scores", "iou_threshold"),
    parts=(KEPT,),
    answer=nms,
    scene=lambda pick: (*pick_scored(pick), pick(THRESHOLDS)),
    first=(
        (boxes([2, 2, 6, 6]), scores_of(0.9), 0.5),
        (boxes([2, 2, 6, 6], [2, 2, 6, 5]), scores_of(0.9, 0.8), 0.5),
        (boxes([2, 2, 6, 6], [2, 2, 6, 5]), scores_of(0.8, 0.9), 0.5),
        (boxes([2, 2, 6, 6], [2, 2, 6, 4]), scores_of(0.9, 0.8), 0.5),
        (boxes([0, 0, 2, 2], [4, 4, 8, 8]), scores_of(0.8, 0.9), 0.5),
        (
            boxes([2, 0, 6, 4], [2, 1, 6, 5], [2, 2, 6, 6]),
            scores_of(0.9, 0.8, 0.7),
            0.5,
        ),
        (
            boxes([2, 2, 6, 6], [0, 0, 2, 2], [2, 2, 6, 5]),
            scores_of(0.9, 0.8, 0.7),
            0.5,
        ),
        (THREE, scores_of(0.9, 0.8, 0.7), 0.5),
    ),
    last=((boxes(), scores_of(), 0.5),),
    counted=BOX,
    mistakes={
        "the lowest score first: start from the best box": lambda b, s, t: (
            _suppress(b, s, lambda iou: iou > t, order=np.argsort(s))
        ),
        "`>=` instead of `>`: only an IoU above the threshold suppresses": lambda b, s, t: (
            _suppress(b, s, lambda iou: iou >= t)
        ),
        "suppressed boxes that go on suppressing others: only a kept box "
        "may": lambda b, s, t: _suppress(
            b, s, lambda iou: iou > t, against_all=True
        ),
        "the boxes in the order of the input: the best comes "
        "first": lambda b, s, t: np.sort(nms(b, s, t)),
        "places in the sorted list instead of the boxes' own indices": lambda b, s, t: (
            np.argsort(np.argsort(-s))[nms(b, s, t)]
        ),
        "the boxes themselves instead of their indices": lambda b, s, t: b[
            nms(b, s, t)
        ],
        "a mask instead of indices": lambda b, s, t: np.isin(
            np.arange(len(b)), nms(b, s, t)
        ),
        "a comparison with the best box only: every kept box suppresses": lambda b, s, t: (
            _against_best(b, s, t)
        ),
        "a comparison with the last kept box only: every kept box "
        "suppresses": lambda b, s, t: _against_last(b, s, t),
        "a list that gets shorter while a loop goes over it, which skips the next "
        "box: make a new list of what is left": lambda b, s, t: _remove_in_loop(
            b, s, t
        ),
        "suppression by any overlap: compare the IoU with the threshold": lambda b, s, t: (
            _suppress(b, s, lambda iou: iou > 0)
        ),
        "a fixed threshold of 0.5: use `iou_threshold`": lambda b, s, t: nms(
            b, s, 0.5
        ),
    },
    draw=lambda boxes, scores, iou_threshold, kept: kept_boxes(
        boxes, scores, kept
    ),
)


def _against_best(boxes, scores, threshold):
    if len(boxes) == 0:
        return np.zeros(0, np.int64)
    order = np.argsort(-scores)
    over = box_iou(boxes, boxes)[order[0]][order] > threshold
    over[0] = False
    return order[~over]


def _against_last(boxes, scores, threshold):
    iou, kept = box_iou(boxes, boxes), []
    for i in np.argsort(-scores):
        if not kept or iou[kept[-1], i] <= threshold:
            kept.append(i)
    return np.array(kept, np.int64)


def _remove_in_loop(boxes, scores, threshold):
    iou, order, kept = box_iou(boxes, boxes), list(np.argsort(-scores)), []
    while order:
        kept.append(order.pop(0))
        for i in order:
            if iou[kept[-1], i] > threshold:
                order.remove(i)
    return np.array(kept, np.int64)


def pick_classified(pick: Pick) -> tuple:
    """Pick boxes with scores, classes and a threshold."""
    found, scores = pick_scored(pick)
    classes = np.array([pick((0, 1, 2)) for _ in found], np.int64)
    return found, scores, classes, pick(THRESHOLDS)


def _by_class(
    boxes, scores, classes, threshold, suppress=nms, best_first=False
):
    parts = [np.zeros(0, np.int64)]
    for label in np.unique(classes):
        rows = np.flatnonzero(classes == label)
        parts.append(rows[suppress(boxes[rows], scores[rows], threshold)])
    kept = np.concatenate(parts)
    return kept[np.argsort(-scores[kept])] if best_first else kept


def _without_last_class(boxes, scores, classes, threshold):
    kept = batched_nms(boxes, scores, classes, threshold)
    return kept[classes[kept] < classes.max()]


def _local_indices(boxes, scores, classes, threshold):
    parts = [np.zeros(0, np.int64)]
    for label in np.unique(classes):
        rows = classes == label
        parts.append(nms(boxes[rows], scores[rows], threshold))
    return np.concatenate(parts)


PAIR = boxes([2, 2, 6, 6], [2, 2, 6, 5])


BATCHED_NMS = Exercise(
    name="batched_nms",
    arguments=("boxes", "scores", "classes", "iou_threshold"),
    parts=(KEPT,),
    answer=batched_nms,
    scene=pick_classified,
    first=(
        (PAIR, scores_of(0.9, 0.8), np.array([0, 0]), 0.5),
        (PAIR, scores_of(0.9, 0.8), np.array([0, 1]), 0.5),
        (PAIR, scores_of(0.8, 0.9), np.array([0, 1]), 0.5),
        (PAIR, scores_of(0.9, 0.8), np.array([1, 1]), 0.5),
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 4]),
            scores_of(0.9, 0.8),
            np.zeros(2, int),
            0.5,
        ),
        (
            boxes([2, 2, 6, 6], [3, 2, 7, 6], [2, 2, 6, 6]),
            scores_of(0.9, 0.7, 0.8),
            np.array([0, 0, 1]),
            0.5,
        ),
        (
            boxes([4, 4, 8, 8], [0, 0, 4, 4]),
            scores_of(0.9, 0.8),
            np.array([0, 1]),
            0.5,
        ),
        (THREE, scores_of(0.9, 0.8, 0.7), np.array([0, 0, 0]), 0.5),
    ),
    last=((boxes(), scores_of(), np.zeros(0, np.int64), 0.5),),
    counted=BOX,
    mistakes={
        "classes ignored: boxes of different classes do not suppress each "
        "other": lambda b, s, c, t: nms(b, s, t),
        "one class after the other: the best of all classes comes "
        "first": _by_class,
        "indices within each class: return indices into all boxes": _local_indices,
        "class 0 left out: classes count from 0 here": lambda b, s, c, t: (
            np.array([i for i in batched_nms(b, s, c, t) if c[i] > 0], np.int64)
        ),
        "the last class left out: `range(classes.max())` ends before "
        "it": _without_last_class,
        "boxes of each class shifted by too little, so that they meet those of "
        "another class: shift by 1 or more": lambda b, s, c, t: nms(
            b + 0.5 * c[:, None], s, t
        ),
        "a list that gets shorter while a loop goes over it, which skips the next "
        "box: make a new list of what is left": lambda b, s, c, t: _by_class(
            b, s, c, t, _remove_in_loop, best_first=True
        ),
        "one box per class": lambda b, s, c, t: np.array(
            [i for i in np.argsort(-s) if s[i] == s[c == c[i]].max()], np.int64
        ),
        "`>=` instead of `>`": lambda b, s, c, t: batched_nms(
            b, s, c, t - 1e-6
        ),
        "no suppression at all": lambda b, s, c, t: np.argsort(-s),
    },
    draw=lambda boxes, scores, classes, iou_threshold, kept: [
        *(
            box(b, f"class {c}", low=True, dashed=True)
            for b, c in zip(boxes, classes)
        ),
        *kept_boxes(boxes, scores, kept),
    ],
)


def soft_nms(boxes: np.ndarray, scores: np.ndarray, sigma: float) -> np.ndarray:
    """Lower the scores of boxes that overlap better ones (Bodla et al. 2017).

    Args:
        boxes: (N, 4) corners.
        scores: (N,).
        sigma: of the Gaussian.

    Returns:
        (N,) scores, in the order of the input.
    """
    return _soften(boxes, scores, sigma)


def _soften(boxes, scores, sigma, weight=None, resort=True, all_others=False):
    """Lower scores with another weight, order, or set of boxes."""
    weight = weight or (lambda iou: np.exp(-(iou**2) / sigma))
    iou, scores = box_iou(boxes, boxes), np.array(scores, float)
    left, fixed = list(range(len(scores))), scores.copy()
    while left:
        best = max(left, key=(scores if resort else fixed).__getitem__)
        left.remove(best)
        for other in range(len(scores)) if all_others else left:
            if other != best:
                scores[other] *= weight(iou[best, other])
    return scores


SOFT_NMS = Exercise(
    name="soft_nms",
    arguments=("boxes", "scores", "sigma"),
    parts=(Part("(N,)", row="box"),),
    answer=soft_nms,
    scene=lambda pick: (*pick_scored(pick), pick((0.5, 1.0))),
    first=(
        (boxes([2, 2, 6, 6]), scores_of(0.9), 0.5),
        (PAIR, scores_of(0.9, 0.8), 0.5),
        (PAIR, scores_of(0.8, 0.9), 0.5),
        (boxes([2, 2, 6, 6], [3, 2, 7, 6]), scores_of(0.9, 0.5), 1.0),
        (boxes([0, 0, 2, 2], [4, 4, 8, 8]), scores_of(0.8, 0.9), 0.5),
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 5], [2, 3, 6, 8]),
            scores_of(0.9, 0.8, 0.7),
            0.5,
        ),
    ),
    counted=BOX,
    mistakes={
        "the IoU not squared: the weight is exp(−IoU² / "
        "sigma)": lambda b, s, sigma: _soften(
            b, s, sigma, lambda iou: np.exp(-iou / sigma)
        ),
        "sigma squared or doubled, as in a normal density": lambda b, s, sigma: (
            _soften(b, s, sigma, lambda iou: np.exp(-(iou**2) / (2 * sigma)))
        ),
        "the linear weight, 1 − IoU": lambda b, s, sigma: _soften(
            b, s, sigma, lambda iou: 1 - iou
        ),
        "the better box lowered, too: lower only those that remain": lambda b, s, sigma: (
            _soften(b, s, sigma, all_others=True)
        ),
        "a fixed order, that of the first scores: after each step, look for"
        " the highest remaining score again": lambda b, s, sigma: _soften(
            b, s, sigma, resort=False
        ),
        "scores in falling order: they stay in the order of the "
        "input": lambda b, s, sigma: np.sort(soft_nms(b, s, sigma))[::-1],
        "hard NMS, which sets scores to 0": lambda b, s, sigma: _soften(
            b, s, sigma, lambda iou: float(iou <= 0.5)
        ),
        "scores lowered by the best box only": lambda b, s, sigma: _by_best(
            b, s, sigma
        ),
    },
    draw=lambda boxes, scores, sigma, result: [
        box(b, f"{i}: {score:.2g}", i)
        for i, (b, score) in enumerate(zip(boxes, result))
    ],
)


def _by_best(boxes, scores, sigma):
    iou = box_iou(boxes, boxes)[scores.argmax()]
    iou[scores.argmax()] = 0
    return scores * np.exp(-(iou**2) / sigma)


EXERCISES = (
    SOFTMAX,
    NMS,
    BATCHED_NMS,
    SOFT_NMS,
)
