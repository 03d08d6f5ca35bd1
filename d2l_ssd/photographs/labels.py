"""BCCD's labels, stored with the package: numbers only, no pixel."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.files import replacing

CLASSES = "Platelets", "RBC", "WBC"
SPLITS = "train", "val", "test"
HEIGHT, WIDTH = 480, 640  # of every photograph
CORNERS = "xmin", "ymin", "xmax", "ymax"
FILE = "labels.npz"


@dataclass(frozen=True)
class LabeledPhotograph:
    """The labels of one photograph, as its annotation has them.

    Args:
        name: of the photograph, without a suffix.
        split: "train", "val" or "test".
        classes: (M,) indices into CLASSES.
        boxes: (M, 4) corners in pixels, the first and the last that belong to
            the object, counted from 1.
    """

    name: str
    split: str
    classes: np.ndarray
    boxes: np.ndarray


def load_labels() -> list[LabeledPhotograph]:
    """Read the labels of all 364 photographs."""
    content = (resources.files("d2l_ssd.photographs") / FILE).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        ends = np.cumsum(arrays["counts"])[:-1]
        classes = np.split(arrays["classes"].astype(int), ends)
        boxes = np.split(arrays["boxes"].astype(int), ends)
        names = arrays["names"].tolist()
        splits = [SPLITS[number] for number in arrays["splits"]]
    return [
        LabeledPhotograph(*row) for row in zip(names, splits, classes, boxes)
    ]


def write_labels(root: Path, path: Path) -> None:
    """Store what `load_labels` reads.

    Args:
        root: BCCD in VOC's layout.
        path: of the file to write.
    """
    split_of = {
        name: number
        for number, split in enumerate(SPLITS)
        for name in (root / f"ImageSets/Main/{split}.txt").read_text().split()
    }
    names = sorted(split_of)
    rows = [_read_objects(root / f"Annotations/{name}.xml") for name in names]
    arrays = {
        "names": np.array(names),
        "splits": np.uint8([split_of[name] for name in names]),
        "counts": np.uint8([len(objects) for objects in rows]),
        "classes": np.uint8([k for objects in rows for k, *_ in objects]),
        "boxes": np.uint16([box for objects in rows for _, *box in objects]),
    }
    with replacing(path) as partial:
        np.savez_compressed(partial, **arrays)


def _read_objects(path: Path) -> list[tuple[int, ...]]:
    """Return (class, xmin, ymin, xmax, ymax) of each object of a file."""
    return [
        (
            CLASSES.index(item.findtext("name")),
            *(int(item.findtext(f"bndbox/{corner}")) for corner in CORNERS),
        )
        for item in ET.parse(path).getroot().iter("object")
    ]
