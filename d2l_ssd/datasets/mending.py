"""What is wrong with a folder: an error that lists it, or left out on request."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from d2l_ssd.datasets.labeled_folder import Folder, Problem, Sample
from d2l_ssd.file_checks import MAX_LINES, check_size, raise_for_files, some
from d2l_ssd.images import inspect_image

OUTSIDE = "outside box"
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
    lines = [ValueError(f"{k}: {_some_of([*v])}") for k, v in texts.items()]
    missing = all(p.kind.startswith("missing") for p in folder.problems)
    kind = FileNotFoundError if missing else ValueError
    raise_for_files(lines, kind, _advice(folder.problems))


def _advice(problems: Iterable[Problem]) -> str:
    """Say how a folder can be opened as it is, or return ""."""
    kinds = {problem.kind for problem in problems}
    skipped = any(p.id is not None or p.kind == STRAY for p in problems)
    ways = ["clip=True or --clip clips boxes"] if OUTSIDE in kinds else []
    ways += (
        ["skip_bad=True or --skip-bad leaves bad ones out"] if skipped else []
    )
    return f"To go on as it is: {'; '.join(ways)}" if ways else ""


def _some_of(texts: list[str]) -> str:
    """Return the first of a file's problems as one sentence."""
    more = len(texts) - MAX_LINES
    rest = (
        [f"and {more} more; `d2l-ssd check --all` lists them"]
        if more > 0
        else []
    )
    return "; ".join([*texts[:MAX_LINES], *rest])


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
        if problem.kind == OUTSIDE:
            box = folder.samples[problem.id].boxes[problem.object]
            box = box.clip(0, 1).astype(np.float32)
            if (box[2:] > box[:2]).all():
                clipped.append(problem)
                continue
        problems.append(problem)
    remarks = {
        "boxes that reached beyond their images and are clipped": clipped,
    }
    warnings = [*folder.warnings, *_count(folder, remarks)]
    return replace(folder, problems=problems, warnings=warnings)


def _skip(folder: Folder) -> Folder:
    """Leave out bad images, and bad objects of the others."""
    whole = [p for p in folder.problems if p.id and p.object is None]
    bad = {problem.id for problem in whole}
    single = [
        p for p in folder.problems if p.object is not None and p.id not in bad
    ]
    stray = [p for p in folder.problems if p.kind == STRAY]
    remarks = {
        "bad images that are left out": whole,
        "bad objects that are left out, so that their places count as "
        "background": single,
    }
    left = [p for p in folder.problems if p.id is None and p.kind != STRAY]
    warnings = [*folder.warnings, *_count(folder, remarks)]
    warnings += [f"{p.source}: left out: {p.text}" for p in stray]
    kept = {i: s for i, s in folder.samples.items() if i not in bad}
    for image_id in {problem.id for problem in single}:
        rows = {p.object for p in single if p.id == image_id}
        kept[image_id] = _without(kept[image_id], rows)
    splits = {
        name: [i for i in ids if i in kept]
        for name, ids in folder.splits.items()
    }
    return replace(
        folder, samples=kept, splits=splits, problems=left, warnings=warnings
    )


def _without(sample: Sample, rows: Iterable[int]) -> Sample:
    """Return an image without some of its objects."""
    kept = [i for i in range(len(sample.classes)) if i not in rows]
    arrays = ("classes", "boxes", "difficult", "truncated")
    return sample._replace(**{a: getattr(sample, a)[kept] for a in arrays})


def _count(folder: Folder, remarks: dict[str, list[Problem]]) -> list[str]:
    """Say how many images or objects have a problem, and name the images."""
    texts = []
    for what, problems in remarks.items():
        count = len({(problem.id, problem.object) for problem in problems})
        names = {folder.samples[p.id].path.name for p in problems}
        if count:
            texts.append(f"{folder.root}: {what}: {count} ({some(names)})")
    return texts
