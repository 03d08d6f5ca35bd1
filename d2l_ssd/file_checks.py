"""Check all files of data sets before a training meets the bad ones."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from d2l_ssd.images import inspect_image

PACKAGE = str(Path(__file__).parent) + os.sep
MAX_LINES = 20  # of bad files in an error message
MAX_NAMES = 5  # of files in a sentence
MAX_CLASSES = 20


def check_files(*datasets) -> None:
    """Read every annotation and check every image file of data sets.

    Warns of photographs whose EXIF orientation cannot be told from the size in
    their annotation, of animations, and of images that may never have been
    written to their ends.

    Args:
        datasets: those with `image_path(index)` and `annotation(index)`, like
            VOCDetection, are checked; others are skipped. `as_stored`, if they
            have it, says that such photographs are not turned.

    Raises:
        ValueError: files are missing or bad. The message lists them, one line
            each, with what is wrong.
    """
    items = {}  # an image may be in several sets, and is read once
    for dataset in datasets:
        if hasattr(dataset, "image_path") and hasattr(dataset, "annotation"):
            for index in range(len(dataset)):
                path = os.fspath(dataset.image_path(index))
                items.setdefault(path, (dataset, index))
    # Decoders let other threads run
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda item: _check(*item), items.values()))
    raise_for_files([e for errors, _ in results for e in errors], ValueError)
    facts = [facts for _, facts in results]
    _warn_of_photographs(items, facts)


def raise_for_files(
    errors: Sequence[Exception], kind: type, advice: str = ""
) -> None:
    """Raise one error of a kind that lists what is wrong with files, if any.

    Args:
        errors: one per file.
        kind: of the error that is raised.
        advice: a last line, on what else can be done.
    """
    if errors:
        lines = [str(error) for error in errors]
        more = len(lines) - MAX_LINES
        rest = [f"and {more} more"] if more > 0 else []
        files = "1 bad file" if len(lines) == 1 else f"{len(lines)} bad files"
        rest += [advice] if advice else []
        raise kind("\n".join([f"{files}:", *lines[:MAX_LINES], *rest]))


def check_size(path, sizes: Sequence, expected: tuple) -> None:
    """Raise unless an image has the (height, width) of its annotation."""
    if expected not in sizes:
        raise ValueError(
            f"{path}: the image has {sizes[0]} pixels (height, width), its "
            f"annotation says {expected}; correct <size>, or replace the image "
            "by the one that was labeled"
        )


def warn(message: str) -> None:
    """Warn at the line outside this package that led to it."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_code.co_filename.startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


def some(names: Iterable, limit: int = MAX_NAMES) -> str:
    """Return the first of some names, for a message."""
    names = sorted(map(str, names))
    dots = ", …" if len(names) > limit else ""
    return ", ".join(map(repr, names[:limit])) + dots


def _check(dataset, index: int):
    """Return the errors of an image and its annotation, and ImageFacts."""
    errors, size, facts = [], None, None
    path = dataset.image_path(index)
    try:
        size = dataset.annotation(index).size
    except (ValueError, OSError) as error:
        errors.append(error)
    try:
        facts = inspect_image(path)
        if size:
            check_size(path, (facts.upright, facts.stored), size)
    except (ValueError, OSError) as error:
        if str(error) not in map(str, errors):  # of the size of the same file
            errors.append(error)
    return errors, facts


def _warn_of_photographs(items: dict, facts: Sequence) -> None:
    """Name images of which files leave open what they show.

    Args:
        items: data set and number of each image, by its path.
        facts: ImageFacts of each.
    """
    files = [
        (os.path.basename(path), dataset, fact)
        for (path, (dataset, _)), fact in zip(items.items(), facts)
    ]
    turned = [(name, data) for name, data, fact in files if fact.ambiguous]
    groups = {True: [], False: []}
    for name, dataset in turned:
        groups[getattr(dataset, "as_stored", False)].append(name)
    for as_stored, names in groups.items():
        reading = (
            "it is passed over, as the sizes of the folder's other photographs "
            "show that they were labeled without it"
            if as_stored
            else "it is applied, as programs show such images"
        )
        _warn_of(
            names,
            "stored upside down, mirrored or square and turned, says EXIF; sizes "
            f"cannot tell whether boxes were drawn with it, and {reading}",
        )
    _warn_of(
        [name for name, _, fact in files if fact.animated],
        "animated, and the first picture is read",
    )
    _warn_of(
        [name for name, _, fact in files if fact.half_zeros],
        "black in the second half of the file, a BMP, which has no checksum and "
        "may never have been written to its end",
    )


def _warn_of(names: Sequence[str], what: str) -> None:
    """Warn of images, if there are any."""
    if names:
        count = "1 image is" if len(names) == 1 else f"{len(names)} images are"
        warn(f"{count} {what}: {some(names)}")
