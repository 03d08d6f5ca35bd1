"""Detect in many images, one after the other: memory for a few, and resumable.

A folder of results holds

    journal.jsonl     what was found in each image (see `journal`)
    pictures/         the images with their boxes
    detections.json   or what another format asks for (see `files`)
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from d2l_ssd.detecting.detector import (
    BATCH_SIZE,
    PATIENCE,
    DetectOptions,
    detect,
    plan_views,
)
from d2l_ssd.detecting.files import check_names, write_detections
from d2l_ssd.detecting.journal import Entry, Journal, file_stamp, make_entry
from d2l_ssd.detecting.pictures import (
    draw_detections,
    drawable_names,
    picture_name,
    save_picture,
)
from d2l_ssd.detecting.sources import Source, Sources
from d2l_ssd.detecting.threads import threaded
from d2l_ssd.detections import Detections
from d2l_ssd.file_checks import some
from d2l_ssd.files import locked_folder
from d2l_ssd.images import read_image
from d2l_ssd.predictors import Predictor
from d2l_ssd.processes import (
    ALONE,
    Processes,
    broadcast,
    gather,
    together,
)

JOURNAL, PICTURES = "journal.jsonl", "pictures"
READERS, WRITERS = 2, 1  # threads beside the one that runs the network
MANY_BOXES = 200  # in a view: few photographs show so many objects
CHUNK = 32  # images of each process between two exchanges of results
MANY_PIXELS = 2**24  # of images that are held at a time, beyond one


class Loaded(NamedTuple):
    """An image that was read, or why it could not be."""

    source: Source
    stamp: tuple[int, int]
    image: np.ndarray | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class DetectionRun:
    """What to detect, with what, and what to write.

    Args:
        predictor: a trained network.
        weights: tells its weights from others, in a few letters.
        sources: the images.
        folder: of the results.
        options: how to look for objects.
        kind: of `FORMATS`.
        pictures: whether to draw the boxes on the images.
    """

    predictor: Predictor
    weights: str
    sources: Sources
    folder: Path
    options: DetectOptions
    kind: str = "coco"
    pictures: bool = True

    def settings(self) -> dict[str, Any]:
        """Return what the detections depend on, for the journal."""
        return {
            "network": self.weights,
            "classes": list(self.predictor.classes),
            "images in": str(self.sources.base),
            "pictures": self.pictures,
            **asdict(self.options),
        }


class Report(NamedTuple):
    """What was done."""

    images: int  # in the folder of results
    before: int  # of these, found there at the start
    objects: Counter  # by name of the class
    views: int  # whole images and tiles that the network has seen
    crowded: dict[str, int]  # from images with very many boxes to their number
    path: Path  # of the file or folder with the boxes
    errors: list[Exception]  # of images that could not be read


def detect_images(
    run: DetectionRun,
    overwrite: bool = False,
    processes: Processes = ALONE,
) -> Report | None:
    """Detect in all images of a run but those that are done.

    Args:
        run: what to do.
        overwrite: begin again, whatever the folder of results holds.
        processes: which one this is. The first one writes the results, but for
            the pictures: each draws those of its share of the images.

    Returns:
        What was done; None in all processes but the first.

    Raises:
        ValueError: the folder holds something else, or other detections, or
            two images would share a file of results.
        OSError: a result cannot be written.
    """
    with contextlib.ExitStack() as stack:

        def begin() -> Journal | None:
            if not processes.is_first:
                return None
            return _open_journal(stack, run, overwrite)

        journal = together(begin, processes)
        before = len(journal) if journal else 0
        errors = _detect_into(journal, run, processes)
        if journal is None:
            return None
        classes = run.predictor.classes
        return Report(
            len(journal),
            before,
            *_count(journal.entries(), run),
            write_detections(run.kind, run.folder, journal.entries, classes),
            errors,
        )


def _open_journal(
    stack: contextlib.ExitStack, run: DetectionRun, overwrite: bool
) -> Journal:
    """Check and lock a run's folder; open its journal, as long as the stack."""
    names = [source.name for source in run.sources.images]
    check_names(run.kind, names)
    if run.pictures:
        _check_pictures(names)
    stack.enter_context(locked_folder(run.folder, "folder"))
    _check_folder(run.folder)
    path = run.folder / JOURNAL
    if overwrite:
        path.unlink(missing_ok=True)
    return stack.enter_context(Journal(path, run.settings()))


def count_done(folder: str | os.PathLike) -> int:
    """Return for how many images a folder of results has entries."""
    try:
        with open(Path(folder) / JOURNAL, "rb") as file:
            return max(sum(line.endswith(b"\n") for line in file) - 1, 0)
    except OSError:
        return 0


def _check_folder(folder: Path) -> None:
    """Raise ValueError for a folder with other files than results."""
    others = [e.name for e in os.scandir(folder) if not e.name.startswith(".")]
    if others and JOURNAL not in others:
        raise ValueError(
            f"{folder} is not a folder of detections: it holds {some(others)}; "
            "name a new one with --out"
        )


def _check_pictures(names: Sequence[str]) -> None:
    seen = {}
    for name in names:
        other = seen.setdefault(picture_name(name), name)
        if other != name:
            raise ValueError(
                f"the pictures of {other} and {name} would have one name: rename "
                "an image, or leave the pictures out with --no-pictures"
            )


def _count(
    entries: Iterable[Entry], run: DetectionRun
) -> tuple[Counter, int, dict[str, int]]:
    """Count objects by their classes' names, views, and boxes where many are."""
    objects, views, crowded = Counter(), 0, {}
    classes, settings = run.predictor.classes, run.predictor.settings
    for entry in entries:
        objects.update(classes[label] for label in entry.classes)
        seen = len(plan_views(entry.size, settings, run.options))
        views += seen
        many = min(seen * MANY_BOXES, run.options.max_detections)
        if len(entry.boxes) >= max(many, MANY_BOXES):
            crowded[entry.name] = len(entry.boxes)
    return objects, views, crowded


def _detect_into(
    journal: Journal | None, run: DetectionRun, processes: Processes
) -> list[Exception]:
    """Add entries for all images that have none; return errors of images.

    Args:
        journal: the first process's; None in the others.
        run, processes: as for `detect_images`.
    """
    names = _shown_names(run) if run.pictures else None
    images, done = run.sources.images, None
    if journal is not None:
        done = [_is_done(journal, source) for source in images]
    done = broadcast(done, processes)
    open_images = [s for s, is_done in zip(images, done) if not is_done]
    silence = {} if processes.is_first else {"disable": True}
    errors = []
    with tqdm(
        total=len(images), initial=len(images) - len(open_images),
        desc="detection", unit="image", delay=PATIENCE, leave=False, **silence,
    ) as bar:  # fmt: skip
        for found in _results(open_images, run, names, processes):
            bar.update()
            if isinstance(found, Exception):
                errors.append(found)
            elif journal is not None:
                journal.add(found)
    return errors


def _results(
    images: Sequence[Source],
    run: DetectionRun,
    names: Sequence[str] | None,
    processes: Processes,
) -> Iterator[Entry | Exception]:
    """Yield the entry of every image, or its error, in all processes."""
    if processes.world_size == 1:
        yield from _detect_each(images, run, names)
        return
    step = CHUNK * processes.world_size
    for first in range(0, len(images), step):
        last = min(first + step, len(images))
        share = processes.share(last, first)
        entries = _detect_each([images[i] for i in share], run, names)
        found = together(functools.partial(list, entries), processes)
        yield from itertools.chain.from_iterable(gather(found, processes))


def _detect_each(
    images: Sequence[Source], run: DetectionRun, names: Sequence[str] | None
) -> Iterator[Entry | Exception]:
    """Yield the entry of every image; the errors of the others at the end."""
    errors: list[Exception] = []
    with contextlib.ExitStack() as stack:
        load = functools.partial(_load, run=run)
        loaded = threaded(load, images, READERS, _room)
        stack.enter_context(contextlib.closing(loaded))
        found = _found(loaded, run, errors)
        stack.enter_context(contextlib.closing(found))
        entries = threaded(
            lambda item: _finish(*item, run, names), found, WRITERS, WRITERS
        )
        stack.enter_context(contextlib.closing(entries))
        yield from entries
    yield from errors


def _is_done(journal: Journal, source: Source) -> bool:
    try:
        return journal.has(source.name, file_stamp(source.path))
    except OSError:  # whoever reads it says why
        return False


def _shown_names(run: DetectionRun) -> tuple[str, ...]:
    """Return the classes' names as pictures show them; warn of others."""
    names, bad = drawable_names(run.predictor.classes)
    if bad:
        warnings.warn(
            f"no font at hand has the letters of {some(bad)}: pictures show the "
            "number of the class; install a font that has them, such as Noto "
            "Sans, and begin again with --overwrite",
            stacklevel=2,
        )
    return names


def _load(source: Source, run: DetectionRun) -> Loaded:
    """Read an image, and check that the network can see it."""
    try:
        stamp = file_stamp(source.path)
        image = read_image(source.path)
    except FileNotFoundError:
        error = FileNotFoundError(f"image not found: {source.path}")
        return Loaded(source, (0, 0), error=error)
    except (ValueError, OSError) as error:
        return Loaded(source, (0, 0), error=error)
    try:
        plan_views(image.shape, run.predictor.settings, run.options)
    except ValueError as error:
        error = ValueError(f"{source.path}: {error}")
        return Loaded(source, stamp, error=error)
    return Loaded(source, stamp, image)


def _room(loaded: Loaded) -> int:
    """Return how many images may be read ahead, seeing how large one is."""
    if loaded.image is None:
        return READERS
    pixels = loaded.image.shape[0] * loaded.image.shape[1]
    return min(2 * READERS, MANY_PIXELS // pixels)


def _found(
    loaded: Iterable[Loaded],
    run: DetectionRun,
    errors: list[Exception],
) -> Iterator[tuple[Loaded, Detections]]:
    """Yield images and what is found in them; note those that are bad."""
    batch, pixels = [], 0
    for item in loaded:
        if item.error is not None:
            errors.append(item.error)
            continue
        batch.append(item)
        pixels += item.image.shape[0] * item.image.shape[1]
        if len(batch) == BATCH_SIZE or pixels >= MANY_PIXELS:
            yield from _detect_batch(batch, run)
            batch, pixels = [], 0
    yield from _detect_batch(batch, run)


def _detect_batch(
    batch: Sequence[Loaded], run: DetectionRun
) -> Iterator[tuple[Loaded, Detections]]:
    images = [item.image for item in batch]
    return zip(batch, detect(run.predictor, images, run.options))


def _finish(
    loaded: Loaded,
    found: Detections,
    run: DetectionRun,
    names: Sequence[str] | None,
) -> Entry:
    """Write the picture of an image; return its entry."""
    name, image = loaded.source.name, loaded.image
    if names is not None:
        path = run.folder / PICTURES / picture_name(name)
        save_picture(path, draw_detections(image, found, names))
    return make_entry(name, image.shape[:2], loaded.stamp, found)
