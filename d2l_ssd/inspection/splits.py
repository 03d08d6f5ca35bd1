"""Images that two splits of a data set share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from d2l_ssd.datasets.labeled_folder import Folder, usual_name
from d2l_ssd.datasets.splitting import several, split_by_seed
from d2l_ssd.inspection.duplicates import find_alike, find_same
from d2l_ssd.inspection.findings import Finding
from d2l_ssd.inspection.pictures import Picture

PARTS = "train", "val", "test"
SEED = 0  # what `open_dataset` divides folders by that have no lists


def divide(folder: Folder) -> Folder:
    """Return a folder with the splits that `open_dataset` gives it."""
    if lists := several(folder):
        return replace(folder, splits=lists)
    note = (
        "No lists divide the images, so a seed does. Write lists, or make "
        "folders, to decide yourself"
    )
    splits = split_by_seed(list(folder.samples), SEED)
    return replace(folder, splits=splits, notes=[*folder.notes, note])


def parts_of(splits: dict[str, Sequence[str]]) -> dict[str, set[str]]:
    """Return the splits that divide a data set, as sets of ids.

    A list that has all images of another one and more, such as VOC's trainval,
    is made of others and no part; train, val and test always are parts.
    """
    sets = {name: {*ids} for name, ids in splits.items() if ids}
    return {
        name: ids
        for name, ids in sets.items()
        if usual_name(name) in PARTS
        or not any(ids > other for other in sets.values())
    }


def find_listed_twice(folder: Folder) -> Iterator[Finding]:
    """Yield images that two splits name."""
    parts = parts_of(folder.splits)
    for image_id in folder.samples:
        names = [name for name, ids in parts.items() if image_id in ids]
        if len(names) > 1:
            text = f"it is in the lists of {' and '.join(names)}"
            yield _pair("two splits", folder, text, image_id)


def find_duplicates(
    folder: Folder, pictures: dict[str, Picture]
) -> Iterator[Finding]:
    """Yield images that are the same, or look alike and are of two splits.

    Args:
        folder: with its lists.
        pictures: of its images that can be read, by id.
    """
    ids = list(pictures)
    parts = parts_of(folder.splits)
    split_of = {i: name for name, part in parts.items() for i in part}
    same = set()
    paths = [folder.samples[image_id].path for image_id in ids]
    for group in find_same(paths, list(pictures.values())):
        first = ids[group[0]]
        for second in (ids[number] for number in group[1:]):
            same.add((first, second))
            yield _same(folder, first, second, split_of)
    known = [
        number for number, image_id in enumerate(ids) if image_id in split_of
    ]
    signatures = [pictures[ids[number]].signature for number in known]
    names = list(parts)
    groups = [names.index(split_of[ids[number]]) for number in known]
    for pair in find_alike(signatures, groups):
        first, second = (ids[known[n]] for n in (pair.first, pair.second))
        if (first, second) in same:
            continue
        where = split_of[first], split_of[second]
        how = "turned or mirrored, it" if pair.turned else "it"
        text = (
            f"{how} looks like {second!r} (correlation {pair.correlation:.3f}); "
            f"one is in {where[0]}, the other in {where[1]}"
        )
        yield _pair("alike", folder, text, first, second)


def _same(folder: Folder, first: str, second: str, split_of: dict) -> Finding:
    """Return a finding on two images of the same pixels."""
    where = split_of.get(first), split_of.get(second)
    if where[0] != where[1] and None not in where:
        text = (
            f"{second!r} has the same pixels; one is in {where[0]}, the "
            f"other in {where[1]}"
        )
        return _pair("two splits", folder, text, first, second)
    text = f"{second!r} has the same pixels"
    one, other = folder.samples[first], folder.samples[second]
    if len(one.boxes) != len(other.boxes):
        text += f", but {len(other.boxes)} objects, not {len(one.boxes)}"
    return _pair("twice", folder, text, first, second)


def _pair(
    kind: str, folder: Folder, text: str, first: str, second: str | None = None
) -> Finding:
    source = folder.samples[first].path
    return Finding(kind, text, source, first, other=second)
