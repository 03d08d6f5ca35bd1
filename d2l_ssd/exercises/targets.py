"""Exercises of the chapter on targets: offsets, and the targets of a batch."""

from __future__ import annotations

import itertools

import numpy as np

from d2l_ssd.boxes import box_iou, corners_to_centers
from d2l_ssd.exercises.boxes import COORDINATES
from d2l_ssd.exercises.exercise import Exercise, Part, Pick
from d2l_ssd.exercises.marks import GRAY, box, given_boxes, moved_boxes
from d2l_ssd.exercises.matching import all_matches, threshold_last
from d2l_ssd.exercises.scenes import (
    boxes,
    labels,
    pick_boxes,
    pick_label,
    several,
)
from d2l_ssd.targets import (
    VARIANCES,
    decode_offsets,
    encode_offsets,
    ssd_targets,
)

OFFSETS = ("x", "y", "width", "height")


def _encode(anchors, boxes, unit=None, log=True, variances=VARIANCES):
    """Encode with another unit of the centers, or without logs or variances."""
    a, b = corners_to_centers(anchors), corners_to_centers(boxes)
    center = (b[:, :2] - a[:, :2]) / (a[:, 2:] if unit is None else unit(a, b))
    size = b[:, 2:] / a[:, 2:]
    size = np.log(size) if log else size
    return np.concatenate([center, size], axis=1) / variances


def pick_pairs(pick: Pick) -> tuple[np.ndarray, np.ndarray]:
    """Pick one to three anchors and as many boxes."""
    anchors = pick_boxes(pick)
    return anchors, pick_boxes(pick, len(anchors), len(anchors))


PAIRS = {"anchors": ("anchor", "anchors"), "boxes": ("box", "boxes")}


ENCODE_OFFSETS = Exercise(
    name="encode_offsets",
    arguments=("anchors", "boxes"),
    parts=(Part("(N, 4)", row="box", columns=OFFSETS),),
    answer=encode_offsets,
    scene=pick_pairs,
    first=(
        (boxes([2, 2, 6, 6]), boxes([2, 2, 6, 6])),
        (boxes([2, 2, 6, 6]), boxes([3, 2, 7, 6])),
        (boxes([2, 2, 6, 6]), boxes([3, 1, 5, 7])),
        (boxes([2, 2, 6, 4]), boxes([1, 2, 5, 8])),
    ),
    counted=PAIRS,
    mistakes={
        "the variances forgotten: divide by (0.1, 0.1, 0.2, 0.2)": lambda a, b: (
            _encode(a, b, variances=1)
        ),
        "multiplication by the variances: divide by them": lambda a, b: _encode(
            a, b, variances=1 / VARIANCES
        ),
        "centers in units of the image: divide the difference by the anchor's "
        "width and height": lambda a, b: _encode(a, b, lambda a, b: 1),
        "centers in units of the box: divide by the anchor's width and "
        "height": lambda a, b: _encode(a, b, lambda a, b: b[:, 2:]),
        "sizes without the logarithm": lambda a, b: _encode(a, b, log=False),
        "anchor and box swapped": lambda a, b: _encode(b, a),
        "corners instead of centers": lambda a, b: np.concatenate(
            [
                (b[:, :2] - a[:, :2]) / (a[:, 2:] - a[:, :2]) / 0.1,
                _encode(a, b)[:, 2:],
            ],
            axis=1,
        ),
        "the logarithm to base 2 instead of the natural one": lambda a, b: (
            np.concatenate(
                [_encode(a, b)[:, :2], _encode(a, b)[:, 2:] / np.log(2)], axis=1
            )
        ),
        "one variance for all four numbers": lambda a, b: _encode(
            a, b, variances=0.1
        ),
    },
    draw=lambda anchors, boxes, result: moved_boxes(
        anchors, boxes, "box ", "anchor"
    ),
)


def _decode(anchors, offsets, variances=VARIANCES, size=None, unit=None):
    """Decode with other variances, another rule for sizes, or another unit."""
    a, scaled = corners_to_centers(anchors), offsets * variances
    center = a[:, :2] + scaled[:, :2] * (unit(a) if unit else a[:, 2:])
    size = (
        size(a[:, 2:], scaled[:, 2:])
        if size
        else (a[:, 2:] * np.exp(scaled[:, 2:]))
    )
    return np.concatenate([center - size / 2, center + size / 2], axis=1)


def _pick_offsets(pick):
    """Pick one to three anchors and offsets for them."""
    anchors = pick_boxes(pick)
    values = [[pick((0, 1, -2, 3)) for _ in range(4)] for _ in anchors]
    return anchors, np.array(values, np.float32)


DECODE_OFFSETS = Exercise(
    name="decode_offsets",
    arguments=("anchors", "offsets"),
    parts=(Part("(N, 4)", row="box", columns=COORDINATES),),
    answer=decode_offsets,
    scene=_pick_offsets,
    first=tuple(
        (boxes([2, 2, 6, 4]), np.array([offsets], np.float32))
        for offsets in (
            [0, 0, 0, 0],
            [1, 0, 0, 0],
            [0, 3, 0, 0],
            [0, 0, 3, 0],
            [1, -2, -2, 3],
        )
    ),
    counted={"anchors": ("anchor", "anchors")},
    mistakes={
        "the variances forgotten: multiply by (0.1, 0.1, 0.2, "
        "0.2)": lambda a, o: _decode(a, o, 1),
        "one variance for all four numbers": lambda a, o: _decode(a, o, 0.1),
        "sizes without exp": lambda a, o: _decode(
            a, o, size=lambda size, scaled: size * scaled
        ),
        "sizes times 1 + offset instead of exp(offset)": lambda a, o: _decode(
            a, o, size=lambda size, scaled: size * (1 + scaled)
        ),
        "the center moved in units of the image: multiply by the anchor's width and "
        "height": lambda a, o: _decode(a, o, unit=lambda a: 1),
        "the center moved from the anchor's lower corner": lambda a, o: (
            _decode(a, o) + np.tile(a[:, :2] - a[:, 2:], 2) / 2
        ),
        "centers and sizes returned: convert them to corners": lambda a, o: (
            corners_to_centers(_decode(a, o))
        ),
        "boxes clipped to the image: clipping comes later": lambda a, o: (
            np.clip(_decode(a, o), 0, 1)
        ),
    },
    draw=lambda anchors, offsets, result: moved_boxes(
        anchors, result, "box ", "anchor"
    ),
)


def all_targets(labels: np.ndarray, anchors: np.ndarray) -> list[tuple]:
    """Return every right answer of `ssd_targets`."""
    per_image = []
    for rows in labels:
        rows = rows[rows[:, 0] >= 0]
        per_image.append(
            [
                _targets_of(rows, anchors, matches)
                for matches in all_matches(anchors, rows[:, 1:5])
            ]
        )
    return [
        tuple(map(np.stack, zip(*images)))
        for images in itertools.product(*per_image)
    ]


def _targets_of(rows, anchors, matches):
    """Make the targets of one image from its matches."""
    classes = np.zeros(len(anchors), np.int64)
    offsets = np.zeros((len(anchors), 4), np.float32)
    positive = matches >= 0
    if positive.any():
        matched = rows[matches[positive]]
        classes[positive] = matched[:, 0] + 1
        offsets[positive] = encode_offsets(anchors[positive], matched[:, 1:5])
    return classes, offsets


def _threshold_last(labels, anchors):
    images = []
    for rows in labels:
        rows = rows[rows[:, 0] >= 0]
        matches = threshold_last(anchors, rows[:, 1:5])
        images.append(_targets_of(rows, anchors, matches))
    return tuple(map(np.stack, zip(*images)))


def _padding_matched(labels, anchors):
    classes, offsets = ssd_targets(labels, anchors)
    # A box without area has its highest IoU, 0, with the first anchor
    padded = (labels[:, :, 0] < 0).any(axis=1)
    classes[padded, 0] = offsets[padded, 0] = 0
    return classes, offsets


def _first_padding_ends(labels, anchors):
    cut = [
        np.where(np.cumsum(rows[:, :1] < 0, axis=0) > 0, -1, rows)
        for rows in labels
    ]
    return ssd_targets(np.stack(cut), anchors)


def _all_offsets(labels, anchors):
    classes, offsets = ssd_targets(labels, anchors)
    for image, rows in enumerate(labels):
        rows = rows[rows[:, 0] >= 0]
        if len(rows):
            best = box_iou(rows[:, 1:5], anchors).argmax(axis=0)
            every = encode_offsets(anchors, rows[best, 1:5])
            gray = classes[image] == 0
            offsets[image, gray] = every[gray]
    return classes, offsets


def _pick_image(pick, rows):
    """Pick the label rows of an image, some of which are padding."""
    return [
        [-1] * 6 if i and pick((False, True)) else pick_label(pick)
        for i in range(rows)
    ]


def _pick_targets(pick):
    """Pick labels of one or two images, and anchors."""
    rows = pick((1, 2))
    images = several(pick, lambda pick: _pick_image(pick, rows), 1, 2)
    images = [image[:: pick((1, -1))] for image in images]
    rows = np.array(images, np.float32)
    return rows, pick_boxes(pick, 1, 2, near=rows[rows[..., 0] >= 0][:, 1:5])


def _rows(labels):
    return labels[..., 0].size


CAT, PADDING = [0, 0.25, 0.25, 0.75, 0.75, 0], [-1] * 6


DOG = [1, 0.25, 0.25, 0.75, 0.625, 0]


ANCHORS = boxes([2, 2, 6, 6], [0, 0, 2, 2])


LOW = [1, 0.25, 0.25, 0.75, 0.375, 0]  # it needs the second-best anchor of CAT


SSD_TARGETS = Exercise(
    name="ssd_targets",
    arguments=("labels", "anchors"),
    parts=(
        Part("(B, A)", "integers", row="image", name="classes"),
        Part("(B, A, 4)", row="anchor", columns=OFFSETS, name="offsets"),
    ),
    answer=ssd_targets,
    answers=all_targets,
    scene=_pick_targets,
    first=(
        (labels(CAT)[None], ANCHORS[:1]),
        (labels(DOG)[None], ANCHORS[:1]),
        (labels(CAT)[None], ANCHORS),
        (labels(DOG, PADDING)[None], ANCHORS),
        (labels(CAT, [1, *CAT[1:]])[None], ANCHORS[:1]),  # two are right
        (labels(PADDING, DOG)[None], ANCHORS[:1]),
        (np.stack([labels(CAT), labels(DOG)]), ANCHORS[:1]),
        (labels(CAT, LOW)[None], boxes([2, 2, 6, 5], [2, 2, 6, 6])),
    ),
    last=((labels(PADDING)[None], ANCHORS),),
    counted={
        "labels": ("row of labels", "rows of labels", _rows),
        "anchors": ("anchor", "anchors"),
    },
    mistakes={
        "the class without + 1: 0 is background, so the first class is 1": lambda labels, anchors: (
            ssd_targets(labels, anchors)[0]
            - (ssd_targets(labels, anchors)[0] > 0),
            ssd_targets(labels, anchors)[1],
        ),
        "padding matched like an object: first drop the rows of class −1": _padding_matched,
        "rows after the first padding row dropped: padding may stand "
        "anywhere": _first_padding_ends,
        "offsets of background anchors filled in: they must be 0": _all_offsets,
        "the ground-truth box itself instead of its offsets: encode it": lambda labels, anchors: (
            _raw_offsets(labels, anchors)
        ),
        "the variances forgotten in the offsets": lambda labels, anchors: (
            ssd_targets(labels, anchors)[0],
            ssd_targets(labels, anchors)[1] * VARIANCES,
        ),
        "the first image's targets for all images": lambda labels, anchors: (
            tuple(
                np.repeat(part[:1], len(labels), axis=0)
                for part in ssd_targets(labels, anchors)
            )
        ),
        "a threshold that overwrites the forced matches: they come last": _threshold_last,
        "one class for all objects": lambda labels, anchors: (
            np.minimum(ssd_targets(labels, anchors)[0], 1),
            ssd_targets(labels, anchors)[1],
        ),
    },
    draw=lambda labels, anchors, classes, offsets: _draw_targets(
        labels, anchors, classes
    ),
)


def _raw_offsets(labels, anchors):
    classes, offsets = ssd_targets(labels, anchors)
    raw = np.zeros_like(offsets)
    for image in range(len(labels)):
        decoded = decode_offsets(anchors, offsets[image])
        raw[image] = np.where(classes[image][:, None] > 0, decoded, 0)
    return classes, raw


def _draw_targets(labels, anchors, classes):
    """Draw the first image's objects, and its anchors in their classes' colors."""
    rows = labels[0][labels[0][:, 0] >= 0]
    marks = given_boxes(rows[:, 1:5], "object ", dashed=True, low=True)
    for i, (anchor, label) in enumerate(zip(anchors, classes[0])):
        name = f"anchor {i}: {label}".replace("-", "−")
        marks.append(box(anchor, name, int(label) - 1 if label > 0 else GRAY))
    return marks


EXERCISES = (
    ENCODE_OFFSETS,
    DECODE_OFFSETS,
    SSD_TARGETS,
)
