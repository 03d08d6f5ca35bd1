"""Everything that one should know of a data set before training."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.boxes import has_area
from d2l_ssd.datasets.labeled_folder import Folder
from d2l_ssd.datasets.opening import read_folder
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inspection.anchor_fit import (
    AnchorFit,
    Sizes,
    measure_anchors,
    suggest_input_size,
    suggest_sizes,
)
from d2l_ssd.inspection.findings import Finding, kind_of
from d2l_ssd.inspection.labels import (
    good_objects,
    look_at_labels,
    name_object,
    training_ids,
)
from d2l_ssd.inspection.pictures import Picture, look_at_images
from d2l_ssd.inspection.splits import (
    divide,
    find_duplicates,
    find_listed_twice,
)

MOST_MATCHED = 500  # images whose objects are matched with anchors


class Objects(NamedTuple):
    """The good objects of the training images."""

    boxes: np.ndarray  # (M, 4), clipped to the image
    classes: np.ndarray  # (M,)
    images: np.ndarray  # (M,) of ids
    rows: np.ndarray  # (M,) in their images' samples
    sides: np.ndarray  # (M, 2) height and width of their images in pixels


class Choice(NamedTuple):
    """Anchor sizes, and what their anchors are to objects."""

    name: str
    sizes: Sizes
    fit: AnchorFit


@dataclass
class Inspection:
    """What was found."""

    folder: Folder
    pictures: dict[str, Picture]  # of the images that can be read
    findings: list[Finding]
    objects: Objects
    input_size: tuple[int, int] | None = None  # height and width in pixels
    choices: list[Choice] = field(default_factory=list)
    matched: np.ndarray | None = None  # which objects the choices were tried on

    @property
    def problems(self) -> list[Finding]:
        """The findings that a training stops at, or that spoil its scores."""
        return [f for f in self.findings if kind_of(f.kind).is_problem]


def inspect_dataset(
    path: str | os.PathLike, input_size: tuple[int, int] | None = None
) -> Inspection:
    """Read all annotations and images of a data set, and try anchors.

    Args:
        path: as for `open_dataset`.
        input_size: height and width of the network's input, multiples of 32;
            None suggests them.

    Returns:
        An Inspection. Whatever is wrong with single files is in its findings.

    Raises:
        FileNotFoundError, ValueError: like `read_folder`.
    """
    folder = divide(read_folder(path))
    missing = {p.id for p in folder.problems if p.kind == "missing image"}
    samples = [s for i, s in folder.samples.items() if i not in missing]
    pictures, findings = look_at_images(samples)
    sizes = {i: picture.facts.upright for i, picture in pictures.items()}
    findings = [
        *map(_finding, folder.problems),
        *findings,
        *(Finding("read as", text) for text in folder.warnings),
        *find_listed_twice(folder),
        *find_duplicates(folder, pictures),
        *look_at_labels(folder, sizes),
    ]
    objects = _training_objects(folder, pictures)
    inspection = Inspection(folder, pictures, findings, objects)
    _try_anchors(inspection, input_size)
    return inspection


def _finding(problem) -> Finding:
    """Return what the reading of a folder found."""
    rows = () if problem.object is None else (problem.object,)
    return Finding(problem.kind, problem.text, problem.source, problem.id, rows)


def _training_objects(folder: Folder, pictures: dict[str, Picture]) -> Objects:
    """Return the good objects of training images."""
    good = good_objects(folder)
    ids = [i for i in training_ids(folder) if i in pictures]
    boxes, classes, images, rows, sides = [], [], [], [], []
    for image_id in ids:
        sample = folder.samples[image_id]
        inside = sample.boxes.clip(0, 1).astype(np.float32)
        kept = np.flatnonzero(good[image_id])
        kept = kept[has_area(inside[kept])]
        boxes.append(inside[kept])
        classes.append(sample.classes[kept])
        images += [image_id] * len(kept)
        rows.append(kept)
        size = sample.size or pictures[image_id].facts.upright
        sides.append(np.tile(size, (len(kept), 1)))
    return Objects(
        np.concatenate([np.zeros((0, 4), np.float32), *boxes]),
        np.concatenate([np.zeros(0, int), *classes]),
        np.array(images, dtype=object),
        np.concatenate([np.zeros(0, int), *rows]),
        np.concatenate([np.zeros((0, 2), int), *sides]),
    )


def _try_anchors(
    inspection: Inspection, input_size: tuple[int, int] | None
) -> None:
    """Match objects with the default anchors and with suggested ones."""
    folder, objects = inspection.folder, inspection.objects
    sizes = [
        inspection.pictures[i].facts.upright
        for i in training_ids(folder)
        if i in inspection.pictures
    ]
    if not sizes:
        return
    inspection.input_size = input_size or suggest_input_size(sizes)
    inspection.matched = _evenly(objects.images)
    kept = np.flatnonzero(inspection.matched)
    groups = list(_by_image(objects.boxes[kept], objects.images[kept]))
    suggested = suggest_sizes(objects.boxes, *inspection.input_size)
    shapes = feature_map_shapes(*inspection.input_size)
    for name, sizes in (("default", SIZES), ("suggested", suggested)):
        anchors = ssd_anchors(shapes, sizes, RATIOS)
        fit = measure_anchors(groups, anchors)
        inspection.choices.append(Choice(name, sizes, fit))
    missed = np.flatnonzero(fit.unreached)
    inspection.findings.extend(
        _unreached(inspection, kept[missed], fit.best_iou[missed])
    )


def _evenly(images: np.ndarray) -> np.ndarray:
    """Return which objects (M,) are of some images, evenly taken."""
    ids = list(dict.fromkeys(images))
    step = -(-len(ids) // MOST_MATCHED)
    return np.isin(images, ids[:: max(step, 1)])


def _by_image(boxes: np.ndarray, images: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the boxes (M_i, 4) of each image, whose objects stand together."""
    starts = np.flatnonzero(images[1:] != images[:-1]) + 1
    yield from np.split(boxes, starts)


def _unreached(
    inspection: Inspection, numbers: Sequence[int], best_iou: Sequence[float]
) -> Iterator[Finding]:
    """Yield objects that no suggested anchor reaches."""
    objects, samples = inspection.objects, inspection.folder.samples
    for number, iou in zip(numbers, best_iou):
        sample = samples[objects.images[number]]
        row = int(objects.rows[number])
        who = name_object(inspection.folder, sample, row)
        text = f"{who} has a best IoU of {iou:.2f}"
        yield Finding("unreached", text, sample.source, sample.id, (row,))
