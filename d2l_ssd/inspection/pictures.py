"""A look at all image files of a data set, with what tells them apart."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from d2l_ssd.datasets.labeled_folder import Sample
from d2l_ssd.file_checks import check_size
from d2l_ssd.images import ImageFacts, Photograph, survey_image
from d2l_ssd.inspection.findings import Finding

SIGNATURE = 32  # pixels of its sides


class Picture(NamedTuple):
    """What is kept of an image, so that thousands fit into memory."""

    facts: ImageFacts
    signature: np.ndarray  # (32, 32, 3) uint8: the image, squeezed


def look_at_images(
    samples: Iterable[Sample],
) -> tuple[dict[str, Picture], list[Finding]]:
    """Read the image files of a data set.

    Args:
        samples: with images that are there. A progress bar is shown in a
            terminal.

    Returns:
        A Picture of each that can be read, by its id, and what is wrong with
        the others or odd about them.
    """
    samples = list(samples)
    pictures, findings = {}, []
    # Decoders let other threads run
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        looks = tqdm(
            pool.map(_look, samples),
            "images",
            len(samples),
            leave=False,
            disable=None,
        )
        for sample, (picture, found) in zip(samples, looks):
            findings.extend(found)
            if picture:
                pictures[sample.id] = picture
    finally:
        pool.shutdown(cancel_futures=True)
    return pictures, findings


def _look(sample: Sample) -> tuple[Picture | None, list[Finding]]:
    """Return what there is to know of an image file."""
    try:
        facts, photograph = survey_image(sample.path, 2 * SIGNATURE)
    except (ValueError, OSError) as error:
        return None, [_finding("image", sample, error)]
    picture = Picture(facts, make_signature(photograph))
    return picture, list(_oddities(sample, facts))


def make_signature(photograph: Photograph) -> np.ndarray:
    """Return a photograph upright and squeezed, (32, 32, 3) uint8."""
    import cv2

    sides = SIGNATURE, SIGNATURE
    return cv2.resize(photograph.upright, sides, interpolation=cv2.INTER_AREA)


def _oddities(sample: Sample, facts: ImageFacts) -> Iterable[Finding]:
    """Yield what is odd about an image that can be read."""
    try:
        if sample.size:
            sizes = facts.upright, facts.stored
            check_size(sample.path, sizes, sample.size)
    except ValueError as error:
        yield _finding("size", sample, error)
    if facts.ambiguous:
        yield _finding(
            "turned",
            sample,
            "EXIF says that it is stored upside down, mirrored, or square and "
            "turned: see whether the boxes fit",
        )
    if facts.animated:
        yield _finding("animated", sample, "it has more pictures than one")
    if facts.half_zeros:
        yield _finding(
            "half zeros", sample, "it is black in the second half of the file"
        )


def _finding(kind: str, sample: Sample, error) -> Finding:
    """Return a finding on an image file, whose name may begin the message."""
    text = str(error).removeprefix(f"{sample.path}: ")
    return Finding(kind, text, sample.path, sample.id)
