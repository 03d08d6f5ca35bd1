"""What is wrong with a folder: an error that lists it, or left out on request."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from d2l_ssd.datasets.labeled_folder import Folder, Problem, Sample
from d2l_ssd.file_checks import check_size, raise_for_files, some
from d2l_ssd.images import inspect_image

STRAY = "stray annotation"  # of no image


def raise_for_problems(folder: Folder) -> None:
    """Raise one error that lists all that is wrong with a folder, by file.

    Raises:
        FileNotFoundError: nothing but missing files.
        ValueError: something else, or more.
    """
    texts = {}
    for problem in folder.problems:
        texts.setdefault(str(problem.source), {})[problem.text] = None
    lines = [ValueError(f"{k}: {'; '.join(v)}") for k, v in texts.items()]
    missing = all(p.kind.startswith("missing") for p in folder.problems)
    raise_for_files(lines, FileNotFoundError if missing else ValueError)


def mend(folder: Folder, clip: bool, skip_bad: bool) -> Folder:
    """Clip boxes and leave out what is bad, and say so in the warnings.

    Args:
        folder: as it was read.
        clip: accept boxes that reach beyond their images, where something of
            them is inside.
        skip_bad: leave out bad objects, and images whose annotation or image
            file cannot be read. Then all image files are looked at.

    Returns:
        The folder without these problems; those of the folder as a whole stay.
    """
    if clip:
        folder = _clip(folder)
    if skip_bad:
        problems = [*folder.problems, *find_bad_images(folder)]
        folder = _skip(replace(folder, problems=problems))
    return folder


def find_bad_images(folder: Folder) -> list[Problem]:
    """Look at all image files of a folder.

    Returns:
        A problem for each that is there and cannot be read, or has another size
        than its annotation says.
    """
    known = {p.id for p in folder.problems if p.kind == "missing image"}
    samples = [s for s in folder.samples.values() if s.id not in known]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [p for p in pool.map(_inspect, samples) if p]


def _inspect(sample: Sample) -> Problem | None:
    """Return what is wrong with an image file."""
    try:
        facts = inspect_image(sample.path)
        if sample.size:
            sizes = facts.upright, facts.stored
            check_size(sample.path, sizes, sample.size)
    except (ValueError, OSError) as error:
        text = str(error).removeprefix(f"{sample.path}: ")
        return Problem("image", sample.path, text, sample.id)
    return None


def _clip(folder: Folder) -> Folder:
    """Accept boxes of which something is inside their images."""
    clipped, problems = [], []
    for problem in folder.problems:
        if problem.kind == "outside box":
            box = folder.samples[problem.id].boxes[problem.object]
            box = box.clip(0, 1).astype(np.float32)
            if (box[2:] > box[:2]).all():
                clipped.append(problem)
                continue
        problems.append(problem)
    warnings = [*folder.warnings]
    if clipped:
        warnings.append(
            f"{folder.root}: boxes that reached beyond their images and are "
            f"clipped: {len(clipped)}, in {_files(clipped)}"
        )
    return replace(folder, problems=problems, warnings=warnings)


def _skip(folder: Folder) -> Folder:
    """Leave out bad images, and bad objects of the others."""
    whole = [p for p in folder.problems if p.id and p.object is None]
    bad = {p.id for p in whole}
    objects = {}
    for problem in folder.problems:
        if problem.object is not None and problem.id not in bad:
            objects.setdefault(problem.id, set()).add(problem.object)
    single = [p for p in folder.problems if p.id in objects]
    samples = {
        i: _without(sample, objects.get(i, ()))
        for i, sample in folder.samples.items()
        if i not in bad
    }
    warnings = [*folder.warnings]
    if bad:
        warnings.append(
            f"{folder.root}: bad images that are left out: {len(bad)}, "
            f"{_files(whole)}"
        )
    if objects:
        count = sum(map(len, objects.values()))
        warnings.append(
            f"{folder.root}: bad objects that are left out, so that their places "
            f"count as background: {count}, in {_files(single)}"
        )
    stray = [p for p in folder.problems if p.kind == STRAY]
    warnings += [f"{p.source}: left out: {p.text}" for p in stray]
    return replace(
        folder,
        samples=samples,
        splits={
            name: [i for i in ids if i not in bad]
            for name, ids in folder.splits.items()
        },
        problems=[
            p for p in folder.problems if p.id is None and p.kind != STRAY
        ],
        warnings=warnings,
    )


def _without(sample: Sample, rows: Iterable[int]) -> Sample:
    """Return an image without some of its objects."""
    kept = [i for i in range(len(sample.classes)) if i not in rows]
    arrays = ("classes", "boxes", "difficult", "truncated")
    return sample._replace(**{a: getattr(sample, a)[kept] for a in arrays})


def _files(problems: Iterable[Problem]) -> str:
    """Name the files of problems."""
    return some({p.source.name for p in problems})
