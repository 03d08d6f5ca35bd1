"""What a detector does with scenes: who answers in training, and what it detects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from d2l_ssd.checks.lengths import check_same_length
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds

NAMES = "matches", "anchors", "before", "after"
CLOSE = 1e-4  # of the image, between centers that are the same


class IdeaAnswers(NamedTuple):
    """What the detector of an idea does with G scenes."""

    name: str
    matches: np.ndarray  # (G, A) rows of the labels, -1 for background
    anchors: np.ndarray  # (A, 4) corners, map by map
    maps: list[tuple[int, int, int]]  # rows, columns, anchors per cell
    before: list[Detections]  # NMS; one per scene
    after: list[Detections]

    @property
    def uses_nms(self) -> bool:
        """Whether NMS changes anything in any scene."""
        pairs = zip(self.before, self.after)
        return not all(np.array_equal(b.scores, a.scores) for b, a in pairs)


class IdeaRow(NamedTuple):
    """What an idea does with one scene, as the explorer's table shows it."""

    name: str
    answers: float  # per object
    before: int  # boxes
    after: int
    right: int
    wrong: int
    missed: int


def read_answers(
    name: str, answers: Mapping[str, Any], truths: Sequence[np.ndarray]
) -> IdeaAnswers:
    """Check what belongs to an idea, and find its anchors' maps.

    Args:
        name: of the idea, for what an error says.
        answers: "matches", "anchors", "before" and "after", see
            `IdeasExplorer`.
        truths: per scene (M, 6) labels, without padding.

    Raises:
        ValueError: something is missing, or does not fit the scenes.
    """
    missing = [key for key in NAMES if key not in answers]
    if missing:
        raise ValueError(f'ideas["{name}"] must have the key "{missing[0]}"')
    matches = np.asarray(answers["matches"])
    anchors = np.asarray(answers["anchors"], np.float32)
    found = {key: list(answers[key]) for key in ("before", "after")}
    try:
        check_same_length(truths=truths, matches=matches, **found)
        maps = find_maps(anchors)
    except ValueError as error:
        raise ValueError(f'ideas["{name}"]: {error}') from None
    if matches.shape[1:] != (len(anchors),):
        raise ValueError(
            f'ideas["{name}"]: matches must have the shape '
            f"{(len(truths), len(anchors))}, got {matches.shape}"
        )
    _check_objects(name, matches, truths)
    return IdeaAnswers(name, matches, anchors, maps, **found)


def _check_objects(
    name: str, matches: np.ndarray, truths: Sequence[np.ndarray]
) -> None:
    for number, (row, objects) in enumerate(zip(matches, truths)):
        most = row.max(initial=-1)
        if most >= len(objects):
            raise ValueError(
                f'ideas["{name}"]: matches must name rows of truths, but those '
                f"of image {number} name row {most} of {len(objects)}"
            )


def find_maps(anchors: np.ndarray) -> list[tuple[int, int, int]]:
    """Find the maps that anchors lie on, from their centers alone.

    The first center of a map of R x C cells is at (0.5 / C, 0.5 / R), so it says
    how large the map is, whatever the anchors' sizes.

    Args:
        anchors: (A, 4) corners, map by map and row by row, as `ssd_anchors`
            makes them.

    Returns:
        (rows, columns, anchors per cell) of each map.

    Raises:
        ValueError: they are not in that order.
    """
    centers = (anchors[:, :2] + anchors[:, 2:]) / 2
    maps, start = [], 0
    while start < len(centers):
        first = centers[start].clip(CLOSE, 1)
        columns, rows = np.round(0.5 / first).astype(int).tolist()
        same = np.abs(centers[start:] - centers[start]).max(axis=1) < CLOSE
        per_cell = len(same) if same.all() else int(same.argmin())
        wanted = _cell_centers(rows, columns).repeat(per_cell, axis=0)
        part = centers[start : start + len(wanted)]
        if part.shape != wanted.shape or np.abs(part - wanted).max() > CLOSE:
            raise ValueError(
                "anchors must be in the order of ssd_anchors: map by map, row by "
                f"row, cell by cell; those from number {start} on are not"
            )
        maps.append((rows, columns, per_cell))
        start += len(wanted)
    return maps


def _cell_centers(rows: int, columns: int) -> np.ndarray:
    """Return the centers (R * C, 2) of a map's cells, row by row."""
    y, x = np.mgrid[:rows, :columns] + 0.5
    return np.column_stack([x.ravel() / columns, y.ravel() / rows])


def from_score(found: Detections, score_threshold: float) -> Detections:
    """Keep the detections that have this score or more."""
    keep = found.scores >= np.float32(score_threshold)
    return Detections(*(column[keep] for column in found))


def count_row(
    idea: IdeaAnswers,
    image: int,
    truths: np.ndarray,
    score_threshold: float,
    nms: bool,
) -> IdeaRow:
    """Count what an idea does with one scene.

    Args:
        truths: (M, 6) labels of the scene.
        score_threshold: of the boxes that count.
        nms: whether NMS comes before boxes are judged.
    """
    both = idea.before[image], idea.after[image]
    before, after = (from_score(found, score_threshold) for found in both)
    kinds = detection_kinds(after if nms else before, truths)
    right = int(np.sum(kinds == "correct"))
    ignored = int(np.sum(kinds == "ignored"))
    answers = np.sum(idea.matches[image] >= 0) / max(1, len(truths))
    return IdeaRow(
        idea.name,
        float(answers),
        *(len(before.scores), len(after.scores)),
        *(right, len(kinds) - right - ignored),
        int(np.sum(truths[:, 5] == 0)) - right,
    )
