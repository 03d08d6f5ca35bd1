# Generated from book/toy.ipynb (`make save`); do not edit.
"""A data set of drawn cats and dogs, in the layout of VOC's devkit."""

import json
import shutil
import time
import uuid
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from d2l_ssd.toy.scenes import SMALLEST, draw_toy_scene

_DRAWING_VERSION = 1  # raise it when the pictures of a seed change
_SPLITS = ("train", "val", "test")
_CLASSES = ("cat", "dog")
_JPEG_QUALITY = 90
_ANNOTATION = """<annotation>
\t<folder>toy_voc</folder>
\t<filename>{name}.jpg</filename>
\t<source>
\t\t<database>d2l_ssd toy VOC</database>
\t\t<annotation>rendered</annotation>
\t\t<image>rendered</image>
\t</source>
\t<size>
\t\t<width>{width}</width>
\t\t<height>{height}</height>
\t\t<depth>3</depth>
\t</size>
\t<segmented>0</segmented>
{objects}</annotation>
"""
_OBJECT = """\t<object>
\t\t<name>{0.name}</name>
\t\t<pose>{0.pose}</pose>
\t\t<truncated>{0.truncated}</truncated>
\t\t<difficult>{0.difficult}</difficult>
\t\t<bndbox>
\t\t\t<xmin>{0.box[0]}</xmin>
\t\t\t<ymin>{0.box[1]}</ymin>
\t\t\t<xmax>{0.box[2]}</xmax>
\t\t\t<ymax>{0.box[3]}</ymax>
\t\t</bndbox>
\t</object>
"""


def write_example(folder, name, image, objects):
    """Write one image and its annotation in VOC's layout."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    quality = (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY)
    _, jpeg = cv2.imencode(".jpg", bgr, quality)
    (folder / "JPEGImages" / f"{name}.jpg").write_bytes(jpeg.tobytes())
    text = _ANNOTATION.format(
        name=name,
        width=image.shape[1],
        height=image.shape[0],
        objects="".join(map(_OBJECT.format, objects)),
    )
    (folder / "Annotations" / f"{name}.xml").write_text(text)


def _on_clutter(i, share):
    """Tell whether image i is on clutter: evenly, a share of all images."""
    return int((i + 1) * share) > int(i * share)


def _write_split(folder, split, count, seed, clutter, smallest):
    """Draw and write one split; return the classes shown, by image name."""
    members = {}
    for i in tqdm(range(count), desc=f"drawing {split}", unit="image"):
        rng = np.random.default_rng([seed, _SPLITS.index(split), i])
        behind = "clutter" if _on_clutter(i, clutter) else split
        image, objects, _ = draw_toy_scene(rng, behind, smallest)
        name = f"toy_{split}_{i:06d}"
        write_example(folder, name, image, objects)
        members[name] = {o.name for o in objects}
    return members


def _write_lists(folder, members):
    """Write ImageSets/Main: one list per split, one per split and class."""
    lists = {split: list(members[split]) for split in _SPLITS}
    lists["trainval"] = sorted(lists["train"] + lists["val"])
    for split in _SPLITS:
        for c in _CLASSES:
            lists[f"{c}_{split}"] = [
                f"{name} {1 if c in shown else -1:2d}"
                for name, shown in members[split].items()
            ]
    for name, lines in lists.items():
        path = folder / "ImageSets" / "Main" / f"{name}.txt"
        path.write_text("".join(line + "\n" for line in lines))


def write_set(
    folder, num_train, num_val, num_test, seed, clutter=0, smallest=SMALLEST
):
    """Draw and write a whole data set into a new folder."""
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / part).mkdir(parents=True)
    counts = {"train": num_train, "val": num_val, "test": num_test}
    shares = {"train": clutter, "val": 0, "test": 0}
    members = {
        s: _write_split(folder, s, counts[s], seed, shares[s], smallest)
        for s in _SPLITS
    }
    _write_lists(folder, members)


_PARTIAL = ".partial"  # how the folder ends while it is being written
_LEFTOVER_AGE = 3600  # seconds after which such a folder is nobody's
_STAMP = "toy.json"  # the arguments a complete set was made with


def _as_count(name, value):
    """Return a number of things as an int; raise unless it is one."""
    integer = isinstance(value, (int, np.integer))
    if isinstance(value, bool) or not integer or value < 0:
        raise ValueError(
            f"{name} must be an integer of at least 0, not {value!r}"
        )
    return int(value)


def _is_made(root, stamp):
    """Tell whether root holds the set already; raise for any other content."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return False
    try:
        made = json.loads((root / _STAMP).read_text())
    except (OSError, ValueError):
        raise FileExistsError(
            f"root {str(root)!r} exists and is no toy set; "
            "choose another folder or remove it"
        ) from None
    if made != stamp:
        raise FileExistsError(
            f"root {str(root)!r} holds a toy set made with {made}, "
            f"not {stamp}; choose another folder or remove it"
        )
    return True


def _remove_leftovers(target):
    """Remove what runs that were killed long ago left beside the target."""
    for folder in target.parent.glob(f".{target.name}.*{_PARTIAL}"):
        if _age(folder) > _LEFTOVER_AGE:
            shutil.rmtree(folder, ignore_errors=True)


def _age(path):
    """Return the seconds since a path was changed; 0 if it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # another process has finished meanwhile
        return 0


def make_toy_voc(
    root,
    num_train,
    num_val,
    seed=0,
    num_test=None,
    clutter=0,
    smallest=SMALLEST,
):
    """Draw a data set of cats and dogs in the layout of VOC's devkit.

    Image i of a split depends on (seed, split, i) alone: a larger set holds
    the smaller one. Nothing is at root before the last file is written.

    Args:
        root: folder to make. A complete set that was made with the same
            arguments is kept.
        num_train, num_val: numbers of images, at least 0.
        seed: integer of at least 0.
        num_test: images of the test split; by default as many as num_val.
        clutter: share of the training images whose background is clutter.
        smallest: where the animals' sides begin, as a part of the image's
            shorter side: above 0, below 1.

    Returns:
        root, as it was given.

    Raises:
        ValueError: a bad number, seed, share or side.
        FileExistsError: root holds anything else than that set.
    """
    counts = dict(num_train=num_train, num_val=num_val, seed=seed)
    counts["num_test"] = num_val if num_test is None else num_test
    counts = {name: _as_count(name, value) for name, value in counts.items()}
    if not 0 <= clutter <= 1:
        raise ValueError(f"clutter must be from 0 to 1, not {clutter!r}")
    if not 0 < smallest < 1:
        raise ValueError(f"smallest must be between 0 and 1, not {smallest!r}")
    # The stamps of sets with neither stay as they were
    if clutter:
        counts["clutter"] = clutter
    if smallest != SMALLEST:
        counts["smallest"] = smallest
    stamp, target = {**counts, "drawing": _DRAWING_VERSION}, Path(root)
    if not _is_made(target, stamp):
        _make_set(target, stamp, counts)
    return root


def _make_set(target, stamp, counts):
    """Write a set beside the target, then rename it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    # A name of our own: processes of two containers may have the same number
    folder = target.with_name(f".{target.name}.{uuid.uuid4().hex}{_PARTIAL}")
    try:
        write_set(folder, **counts)
        (folder / _STAMP).write_text(json.dumps(stamp))
        folder.replace(target)
    except OSError:
        if not _is_made(target, stamp):  # by another process, meanwhile
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
