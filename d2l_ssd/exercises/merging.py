"""Exercises of the chapter on inference: boxes that are merged."""

from __future__ import annotations

import numpy as np

from d2l_ssd.boxes import box_iou
from d2l_ssd.exercises.boxes import COORDINATES
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.inference import (
    PAIR,
    THRESHOLDS,
    pick_classified,
    scores_of,
)
from d2l_ssd.exercises.marks import box, moved_boxes
from d2l_ssd.exercises.scenes import (
    BOX,
    SCORES,
    boxes,
    pick_boxes,
    pick_order,
)
from d2l_ssd.inference import nms, vote_boxes


def _vote(boxes, scores, classes, kept, threshold, **rules):
    """Vote with another rule for who votes, and how much."""
    boxes, scores = boxes.astype(float), scores.astype(float)
    iou = box_iou(boxes[kept], boxes)
    near = rules.get("near", lambda iou: iou >= threshold)(iou)
    same = classes[kept][:, None] == classes
    same = np.ones_like(same) if rules.get("all_classes") else same
    weights = near * same * rules.get("weight", lambda s, iou: s)(scores, iou)
    if rules.get("without_itself"):
        weights[np.arange(len(kept)), kept] = 0
    return weights @ boxes / weights.sum(axis=1, keepdims=True)


def _pick_vote(pick):
    """Pick candidates, and which of them to move."""
    found, scores, classes, threshold = pick_classified(pick)
    kept = [i for i in range(len(found)) if i == 0 or pick((False, True))]
    return found, scores, classes, np.array(kept[::-1]), threshold


VOTE_BOXES = Exercise(
    name="vote_boxes",
    arguments=("boxes", "scores", "classes", "kept", "iou_threshold"),
    parts=(Part("(n, 4)", row="kept", columns=COORDINATES),),
    answer=vote_boxes,
    scene=_pick_vote,
    first=(
        (PAIR[:1], scores_of(0.9), np.array([0]), np.array([0]), 0.5),
        (PAIR, scores_of(0.9, 0.3), np.array([0, 0]), np.array([0]), 0.5),
        (PAIR, scores_of(0.9, 0.3), np.array([0, 1]), np.array([0]), 0.5),
        (PAIR, scores_of(0.3, 0.9), np.array([0, 0]), np.array([1]), 0.5),
        (
            boxes([2, 2, 6, 6], [2, 2, 6, 4]),
            scores_of(0.9, 0.8),
            np.array([0, 0]),
            np.array([0]),
            0.5,
        ),
        (
            boxes([2, 2, 6, 6], [0, 0, 2, 2]),
            scores_of(0.9, 0.8),
            np.array([0, 0]),
            np.array([1, 0]),
            0.5,
        ),
    ),
    counted=BOX,
    mistakes={
        "a plain mean: boxes count by their scores": lambda *a: _vote(
            *a, weight=lambda scores, iou: 1.0
        ),
        "votes from other classes": lambda *a: _vote(*a, all_classes=True),
        "a mean without the kept box itself": lambda *a: _vote(
            *a, without_itself=True
        ),
        "`>` instead of `>=`: a box with exactly this IoU votes": lambda b, s, c, kept, t: (
            _vote(b, s, c, kept, t, near=lambda iou: iou > t)
        ),
        "votes from all boxes of the class, even far away": lambda *a: _vote(
            *a, near=lambda iou: iou >= 0
        ),
        "weights of score times IoU": lambda *a: _vote(
            *a, weight=lambda scores, iou: scores * iou
        ),
        "a weighted sum that is not divided by the sum of the "
        "weights": lambda b, s, c, kept, t: (
            _vote(b, s, c, kept, t)
            * ((box_iou(b[kept], b) >= t) * (c[kept][:, None] == c) * s).sum(
                axis=1, keepdims=True
            )
        ),
        "all boxes moved: return the kept ones only": lambda b, s, c, kept, t: (
            _vote(b, s, c, np.arange(len(b)), t)
        ),
    },
    draw=lambda boxes, scores, classes, kept, iou_threshold, result: (
        moved_boxes(boxes, result, "kept ")
    ),
)


def merge_tiles(
    windows: np.ndarray,
    boxes: list[np.ndarray],
    scores: list[np.ndarray],
    iou_threshold: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Merge the detections of tiles to those of the whole image.

    Args:
        windows: (T, 4) tiles, in fractions of the image.
        boxes: list of T arrays (N_t, 4), in fractions of their tile.
        scores: list of T arrays (N_t,).
        iou_threshold: of the NMS over all tiles.

    Returns:
        boxes (n, 4) in fractions of the image and scores (n,), best first.
    """
    return _merge(windows, boxes, scores, iou_threshold)


def _merge(windows, boxes, scores, threshold, place=None, suppress=nms):
    """Merge with another rule for a box's place, or for NMS."""
    place = place or (lambda b, low, size: low + b * size)
    moved = [
        place(b, np.tile(w[:2], 2), np.tile(w[2:] - w[:2], 2))
        for w, b in zip(windows, boxes)
    ]
    every, score = np.concatenate(moved), np.concatenate(scores)
    kept = suppress(every, score, threshold)
    return every[kept], score[kept]


def _per_tile(windows, boxes, scores, threshold):
    kept = [nms(b, s, threshold) for b, s in zip(boxes, scores)]
    inside = [b[k] for b, k in zip(boxes, kept)]
    scores = [s[k] for s, k in zip(scores, kept)]
    return _merge(
        windows,
        inside,
        scores,
        threshold,
        suppress=lambda b, s, t: np.argsort(-s),
    )


def _in_tiles(windows, boxes, scores, threshold):
    tile = [i for i, b in enumerate(boxes) for _ in b]
    kept = nms(np.concatenate(boxes), np.concatenate(scores), threshold)
    every = _merge(
        windows, boxes, scores, 1, suppress=lambda b, s, t: np.arange(len(tile))
    )
    return every[0][kept], every[1][kept]


def _by_tile(windows, boxes, scores, threshold):
    return _merge(
        windows,
        boxes,
        scores,
        threshold,
        suppress=lambda b, s, t: np.sort(nms(b, s, t)),
    )


# They overlap, as tiles do
TILES = boxes([0, 0, 4, 4], [2, 0, 6, 4], [4, 4, 8, 8], [0, 2, 4, 8])


def _pick_tiles(pick):
    """Pick tiles, and boxes with scores in them."""
    count = pick((1, 2))
    windows = TILES[[pick((0, 1, 2, 3)) for _ in range(count)]]
    found = [pick_boxes(pick, 0, 2) for _ in windows]
    if not sum(map(len, found)):
        found[0] = boxes([2, 2, 6, 6])
    scores = pick_order(pick, SCORES, sum(map(len, found)))
    parts = np.split(scores, np.cumsum([len(b) for b in found])[:-1])
    return windows, found, parts, pick(THRESHOLDS)


HALVES = boxes([4, 2, 8, 6]), boxes([0, 2, 4, 6])


MERGE_TILES = Exercise(
    name="merge_tiles",
    arguments=("windows", "boxes", "scores", "iou_threshold"),
    parts=(
        Part(
            "(n, 4)",
            row="box",
            columns=COORDINATES,
            any_length=True,
            name="boxes",
        ),
        Part("(n,)", row="box", any_length=True, name="scores"),
    ),
    answer=merge_tiles,
    scene=_pick_tiles,
    first=(
        (TILES[:1], [boxes([2, 2, 6, 6])], [scores_of(0.9)], 0.5),
        (TILES[1:2], [boxes([2, 2, 6, 6])], [scores_of(0.9)], 0.5),
        (TILES[2:3], [boxes([0, 2, 4, 4])], [scores_of(0.9)], 0.5),
        (TILES[:2], list(HALVES), [scores_of(0.9), scores_of(0.8)], 0.5),
        (TILES[:2], list(HALVES), [scores_of(0.8), scores_of(0.9)], 0.5),
        (
            TILES[[0, 2]],
            [boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6])],
            [scores_of(0.8), scores_of(0.9)],
            0.5,
        ),
        (TILES[:2], [boxes(), HALVES[1]], [scores_of(), scores_of(0.9)], 0.5),
    ),
    counted={"boxes": ("box", "boxes")},
    mistakes={
        "boxes left in fractions of their tile": lambda *a: _merge(
            *a, place=lambda b, low, size: b
        ),
        "boxes shifted but not scaled: multiply by the tile's width and height "
        "first": lambda *a: _merge(*a, place=lambda b, low, size: low + b),
        "boxes scaled but not shifted: add the tile's lower "
        "corner": lambda *a: _merge(*a, place=lambda b, low, size: b * size),
        "NMS in each tile by itself: an object in the overlap is found "
        "twice": _per_tile,
        "NMS before the boxes are moved: in the image, boxes of different "
        "tiles lie elsewhere": _in_tiles,
        "no NMS": lambda *a: _merge(
            *a, suppress=lambda b, s, t: np.argsort(-s)
        ),
        "boxes in the order of the tiles: the best comes first": _by_tile,
        "boxes shifted before they are scaled: scale first": lambda *a: _merge(
            *a, place=lambda b, low, size: (low + b) * size
        ),
    },
    draw=lambda windows, boxes, scores, iou_threshold, found, score: [
        *(box(w, dashed=True) for w in windows),
        *(box(b, f"{s:.2g}", i) for i, (b, s) in enumerate(zip(found, score))),
    ],
)


EXERCISES = (
    VOTE_BOXES,
    MERGE_TILES,
)
