"""Detections, candidates and replays as arrays that `np.savez` can store.

Nothing is pickled, so that reading a file cannot run code. Images have different
numbers of rows: the rows of all images stand end to end, beside their counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from d2l_ssd.detections import Detections

Arrays = dict[str, np.ndarray]

COORDINATE_STEPS = 65535  # of a uint16, from 0 to 1: finer than float16
MIN_PROBABILITY = 0.01  # of a candidate's likeliest class


@dataclass(frozen=True)
class Candidates:
    """What a network says of the anchors of one image that may hold an object.

    `predict_ssd(class_probs[None], offsets[None], all_anchors[anchors])` makes
    detections of them.
    """

    anchors: np.ndarray  # (n,) int64, indices of the anchors
    class_probs: np.ndarray  # (n, K+1) float32
    offsets: np.ndarray  # (n, 4) float32


def pack_detections(detections: Sequence[Detections]) -> Arrays:
    """Join N Detections to a dict of arrays; coordinates become uint16."""
    boxes, scores, classes = map(np.concatenate, zip(*detections))
    steps = np.round(np.clip(boxes, 0, 1) * COORDINATE_STEPS)
    return {
        "counts": np.array([len(d.scores) for d in detections]),
        "boxes": steps.astype(np.uint16),
        "scores": scores.astype(np.float32),
        "classes": classes.astype(np.uint8),
    }


def unpack_detections(arrays: Arrays) -> list[Detections]:
    """Split what `pack_detections` joined into N Detections again."""
    columns = (
        arrays["boxes"].astype(np.float32) / COORDINATE_STEPS,
        arrays["scores"],
        arrays["classes"].astype(np.int64),
    )
    return [Detections(*rows) for rows in _split(arrays["counts"], *columns)]


def find_candidates(
    class_probs: np.ndarray, offsets: np.ndarray
) -> list[Candidates]:
    """Keep what a network says of anchors that are not almost surely background.

    Args:
        class_probs: (B, A, K+1) probabilities of all anchors.
        offsets: (B, A, 4).

    Returns:
        One Candidates per image.
    """
    found = []
    for probs, offset in zip(class_probs, offsets):
        (anchors,) = np.nonzero(probs[:, 1:].max(axis=1) >= MIN_PROBABILITY)
        found.append(Candidates(anchors, probs[anchors], offset[anchors]))
    return found


def pack_candidates(candidates: Sequence[Candidates]) -> Arrays:
    """Join the Candidates of N images to a dict of arrays."""
    columns = zip(*((c.anchors, c.class_probs, c.offsets) for c in candidates))
    anchors, class_probs, offsets = map(np.concatenate, columns)
    return {
        "counts": np.array([len(c.anchors) for c in candidates]),
        "anchors": anchors.astype(np.uint16),
        # Float16 has no two numbers for 0.9999 and 0.9998, but NMS and AP go by
        # the order of the scores
        "class_probs": class_probs.astype(np.float32),
        "offsets": offsets.astype(np.float16),
    }


def unpack_candidates(arrays: Arrays) -> list[Candidates]:
    """Split what `pack_candidates` joined into the Candidates of N images."""
    columns = (
        arrays["anchors"].astype(np.int64),
        arrays["class_probs"].astype(np.float32),
        arrays["offsets"].astype(np.float32),
    )
    return [Candidates(*rows) for rows in _split(arrays["counts"], *columns)]


def pack_replay(replay: Sequence[Sequence[Detections]]) -> Arrays:
    """Join the Detections of all epochs, G images each."""
    packed = pack_detections([d for epoch in replay for d in epoch])
    return {"epochs": np.array(len(replay)), **packed}


def unpack_replay(arrays: Arrays) -> list[list[Detections]]:
    """Split what `pack_replay` joined into one list per epoch again."""
    detections = unpack_detections(arrays)
    size = len(detections) // max(int(arrays["epochs"]), 1)
    return [
        detections[start : start + size]
        for start in range(0, len(detections), size)
    ]


def _split(
    counts: np.ndarray, *columns: np.ndarray
) -> Iterator[tuple[np.ndarray, ...]]:
    """Split columns of equal length into pieces of so many rows, side by side."""
    rows = int(counts.sum())
    if lengths := {len(column) for column in columns} - {rows}:
        raise ValueError(
            f"counts must sum to the rows of each array, got {rows} and "
            f"{', '.join(map(str, sorted(lengths)))}"
        )
    ends = np.cumsum(counts)[:-1]
    return zip(*(np.split(column, ends) for column in columns))
