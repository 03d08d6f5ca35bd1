"""Open a folder of labeled images, whatever its format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from d2l_ssd.datasets.class_names import visible_classes
from d2l_ssd.datasets.formats import read_any
from d2l_ssd.datasets.labeled_folder import Folder, usual_name
from d2l_ssd.datasets.labeled_images import LabeledImages
from d2l_ssd.datasets.mending import mend, raise_for_problems
from d2l_ssd.datasets.splitting import several, split_by_seed
from d2l_ssd.file_checks import MAX_CLASSES, some, warn

DRAWN, DRAWN_ROOT, NUM_DRAWN = "drawn", "data/toy_voc", (2000, 500)


def open_dataset(
    path: str | os.PathLike,
    split: str | None = None,
    classes: Sequence[str] | None = None,
    seed: int = 0,
    clip: bool = False,
    skip_bad: bool = False,
) -> LabeledImages:
    """Open a folder of labeled images in VOC's, COCO's or YOLO's format.

    All annotations are read. Images are read one by one, when they are asked
    for; `check_files` has a look at all of them. Whatever is clipped, left out
    or surprising is said in a warning.

    Args:
        path: the folder, YOLO's data.yaml or COCO's .json; "drawn" is the drawn
            data set in data/toy_voc, which is drawn where it is missing.
        split: "train", "val" or "test", or any other list of the folder, or
            several joined by "+". None takes all images. A folder without lists
            is divided by the seed.
        classes: names of the K classes; a label's class is the index here.
            Objects of other classes are skipped. None takes all classes that
            occur, in the folder's order.
        seed: for folders without lists.
        clip: clip boxes that reach beyond their images; otherwise an error says
            where they are.
        skip_bad: leave out objects whose boxes or classes cannot be right, and
            images whose files cannot be read.

    Returns:
        A LabeledImages.

    Raises:
        FileNotFoundError: there is no such folder, or files are missing.
        ValueError: something is wrong with the folder, the split or the classes
            asked for. The message lists all that is wrong with files.
    """
    folder = read_folder(path)
    folder = mend(folder, clip, skip_bad)
    raise_for_problems(folder)
    for text in folder.warnings:
        warn(text)
    splits = several(folder) or split_by_seed(list(folder.samples), seed)
    counts = {name: len(ids) for name, ids in splits.items()}
    ids = _choose_ids(folder, splits, split)
    names = _choose_classes(folder, classes)
    return LabeledImages(folder, ids, names, split, counts)


def read_folder(path: str | os.PathLike) -> Folder:
    """Read a folder like `open_dataset`, with all that is wrong with it.

    Returns:
        A Folder: its samples hold bad boxes, too, and `problems` names all that
        is wrong with annotations or missing. Images are not read.

    Raises:
        FileNotFoundError, ValueError: it is no folder of a known format.
    """
    if path == DRAWN:
        # A package of drawings, which other data sets do without
        toy = import_module("d2l_ssd.toy")
        path = toy.make_toy_voc(DRAWN_ROOT, *NUM_DRAWN)
    path = Path(path).expanduser()
    return read_any(path)


def _choose_ids(
    folder: Folder, splits: dict[str, list[str]], split: str | None
) -> list[str]:
    """Return the ids of a split's images, sorted."""
    if split is None:
        return sorted(folder.samples)
    ids, usual = set(), {usual_name(name): name for name in splits}
    for name in split.split("+"):
        name = name if name in splits else usual.get(usual_name(name), name)
        if name not in splits:
            raise ValueError(
                f"split must be one of {', '.join(splits)}, as {folder.root} has "
                f"them, or several joined by +, got {name!r}; split=None takes "
                "all images"
            )
        ids.update(splits[name])
    if not ids:
        raise ValueError(
            f"{folder.root}: no image is left in split {split!r}: name another "
            "one"
        )
    return sorted(ids)


def _choose_classes(
    folder: Folder, classes: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the classes asked for; warn of what is left out."""
    occurring = {k for s in folder.samples.values() for k in s.classes.tolist()}
    kept = [name for k, name in enumerate(folder.classes) if k in occurring]
    names = _asked_for(folder, classes) if classes is not None else kept
    if not names:
        raise ValueError(
            f"{folder.root}: no image has an object, so that there are no "
            "classes to learn: check the annotations"
        )
    absent = [name for name in folder.classes if name not in kept]
    others = [name for name in kept if name not in names]
    if absent and classes is None:
        warn(
            f"{folder.root}: classes without an object are left out: "
            f"{some(absent, MAX_CLASSES)}"
        )
    if others:
        warn(
            f"{folder.root}: objects of classes that are not asked for are "
            f"skipped: {some(others)}"
        )
    return visible_classes(names)


def _asked_for(folder: Folder, classes: Sequence[str]) -> tuple[str, ...]:
    """Return classes as people see them; raise for those that do not occur."""
    names = visible_classes(classes)
    for name in names:
        if name not in folder.classes:
            raise ValueError(
                "classes must be names that occur, and no object in "
                f"{folder.root} is a {name!r}; there are "
                f"{some(folder.classes, MAX_CLASSES) or 'no objects'}. Names "
                "must agree in the case of letters, too; classes=None takes all"
            )
    return names
