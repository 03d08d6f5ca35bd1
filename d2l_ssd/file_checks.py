"""Check all files of data sets before a training meets the bad ones."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from d2l_ssd.images import image_sizes

SHOWN = 20  # lines of bad files in an error message


def check_files(*datasets) -> None:
    """Read every annotation and check every image file of data sets.

    Args:
        datasets: those with `image_path(index)` and `annotation(index)`, like
            VOCDetection, are checked; others are skipped.

    Raises:
        ValueError: files are missing or bad. The message lists them, one line
            per file, with what is wrong.
    """
    items = {}  # an image may be in several sets, and is read once
    for dataset in datasets:
        if hasattr(dataset, "image_path") and hasattr(dataset, "annotation"):
            for index in range(len(dataset)):
                path = os.fspath(dataset.image_path(index))
                items.setdefault(path, (dataset, index))
    # Decoders let other threads run
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = pool.map(lambda item: _problems(*item), items.values())
        lines = [line for found in problems for line in found]
    raise_for_files(lines, len(items))


def raise_for_files(lines: list[str], num_images: int) -> None:
    """Raise one ValueError that lists what is wrong with files, if any is."""
    if lines:
        more = len(lines) - SHOWN
        rest = [f"and {more} more"] if more > 0 else []
        raise ValueError(
            f"bad files ({len(lines)}, among {num_images} images); correct or "
            "remove them, and leave them out of the lists:\n"
            + "\n".join(lines[:SHOWN] + rest)
        )


def _problems(dataset, index: int) -> list[str]:
    """Return what is wrong with an image and its annotation, one line each."""
    problems, size, sizes = [], None, None
    try:
        size = dataset.annotation(index).size
    except (ValueError, OSError) as error:
        problems.append(str(error))
    path = dataset.image_path(index)
    try:
        sizes = image_sizes(path)
    except (ValueError, OSError) as error:
        problems.append(str(error))
    if size and sizes and size not in sizes:
        problems.append(wrong_size(path, sizes[0], size))
    return problems


def wrong_size(path, found: tuple[int, int], expected: tuple[int, int]) -> str:
    """Return the sentence for an image of another size than its annotation."""
    return (
        f"{path}: the image has {found} pixels (height, width), its "
        f"annotation says {expected}; replace one of them"
    )
