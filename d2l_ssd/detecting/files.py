"""Detections as files that other programs read: COCO, VOC, YOLO and CSV.

All boxes are those of the image as programs show it: turned as its EXIF says.
Every writer takes entries that it may read more than once, one at a time, so
that there may be more images than memory holds.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

from d2l_ssd.detecting.journal import Entry
from d2l_ssd.files import replacing, write_text

COLUMNS = (
    "image", "width", "height", "class", "score",
    "xmin", "ymin", "xmax", "ymax",
)  # fmt: skip
# How a name that is no Unicode is written, which some systems allow
ODD_NAMES = "backslashreplace"
Entries = Callable[[], Iterable[Entry]]


def write_detections(
    kind: str,
    folder: Path,
    entries: Entries,
    classes: Sequence[str],
) -> Path:
    """Write detections, each file as a whole or not at all.

    Args:
        kind: of FORMATS.
        folder: to write to.
        entries: function that returns the images' entries, in their order.
        classes: names of the classes.

    Returns:
        The file, or the folder of the files, that was written.
    """
    return FORMATS[kind](folder, entries, classes)


def check_names(kind: str, names: Sequence[str]) -> None:
    """Raise ValueError if two images would share a file of a format."""
    if kind not in ONE_PER_IMAGE:
        return
    seen = {}
    for name in names:
        stem = PurePosixPath(name).with_suffix("").as_posix()
        other = seen.setdefault(stem, name)
        if other != name:
            raise ValueError(
                f"{other} and {name} would share a file of labels, as the format "
                f"{kind} names it by the image: use --format coco or csv"
            )


def write_coco(folder: Path, entries: Entries, classes: Sequence[str]) -> Path:
    """Write detections.json: a COCO data set whose boxes have a score."""
    path = folder / "detections.json"
    categories = [{"id": k, "name": n} for k, n in enumerate(classes, 1)]
    with replacing(path) as partial, open(partial, "w") as file:
        file.write(f'{{"categories": {json.dumps(categories)},\n"images": [')
        _write_list(file, _coco_images(entries()))
        file.write('],\n"annotations": [')
        _write_list(file, _coco_boxes(entries()))
        file.write("]}\n")
    return path


def _write_list(file, items: Iterable[dict]) -> None:
    """Write the items of a JSON list, one per line."""
    for number, item in enumerate(items):
        file.write(",\n" if number else "\n")
        file.write(json.dumps(item))


def _coco_images(entries: Iterable[Entry]) -> Iterator[dict]:
    for number, entry in enumerate(entries, 1):
        height, width = entry.size
        yield {
            "id": number,
            "file_name": entry.name,
            "width": width,
            "height": height,
        }


def _coco_boxes(entries: Iterable[Entry]) -> Iterator[dict]:
    count = 0
    for number, entry in enumerate(entries, 1):
        for (xmin, ymin, xmax, ymax), score, label in rows_of(entry):
            count += 1
            width, height = round(xmax - xmin, 2), round(ymax - ymin, 2)
            yield {
                "id": count,
                "image_id": number,
                "category_id": label + 1,
                "bbox": [xmin, ymin, width, height],
                "area": round(width * height, 2),
                "iscrowd": 0,
                "score": score,
            }


def write_voc(folder: Path, entries: Entries, classes: Sequence[str]) -> Path:
    """Write Annotations/NAME.xml for each image, as labeling tools do.

    VOC counts pixels from 1, and the last one is inside: a box from 0 to 10 is
    from 1 to 10. <score> is an addition that readers pass over.
    """
    for entry in entries():
        path = _beside(folder / "Annotations", entry.name, ".xml")
        write_text(path, _voc_text(entry, classes))
    return _made(folder / "Annotations")


def _voc_text(entry: Entry, classes: Sequence[str]) -> str:
    height, width = entry.size
    name = PurePosixPath(entry.name).name
    name = name.encode(errors=ODD_NAMES).decode()
    objects = [
        _voc_object(classes[label], score, box, width, height)
        for box, score, label in rows_of(entry)
    ]
    size = f"<width>{width}</width><height>{height}</height><depth>3</depth>"
    return "\n".join(
        [
            "<annotation>",
            f"  <filename>{escape(name)}</filename>",
            f"  <size>{size}</size>",
            *objects,
            "</annotation>\n",
        ]
    )


def _voc_object(
    name: str, score: float, box: Sequence[float], width: int, height: int
) -> str:
    left, top, right, bottom = map(round, box)
    # At least a pixel, inside the image
    left, top = min(left, width - 1), min(top, height - 1)
    corners = left + 1, top + 1, max(right, left + 1), max(bottom, top + 1)
    tags = zip(("xmin", "ymin", "xmax", "ymax"), corners)
    numbers = "".join(f"<{tag}>{n}</{tag}>" for tag, n in tags)
    return (
        f"  <object><name>{escape(name)}</name><truncated>0</truncated>"
        f"<difficult>0</difficult><score>{score}</score>"
        f"<bndbox>{numbers}</bndbox></object>"
    )


def write_yolo(folder: Path, entries: Entries, classes: Sequence[str]) -> Path:
    """Write labels/NAME.txt for each image, and classes.txt.

    A line is "class x y width height score" in units of the image, with its
    center and with the classes counted from 0: what YOLO itself writes of its
    detections. Labels to train on have no score.
    """
    for entry in entries():
        height, width = entry.size
        lines = [
            f"{label} {(xmin + xmax) / 2 / width:.6f} "
            f"{(ymin + ymax) / 2 / height:.6f} {(xmax - xmin) / width:.6f} "
            f"{(ymax - ymin) / height:.6f} {score}\n"
            for (xmin, ymin, xmax, ymax), score, label in rows_of(entry)
        ]
        path = _beside(folder / "labels", entry.name, ".txt")
        write_text(path, "".join(lines))
    write_text(folder / "classes.txt", "".join(f"{n}\n" for n in classes))
    return _made(folder / "labels")


def write_csv(folder: Path, entries: Entries, classes: Sequence[str]) -> Path:
    """Write detections.csv: one row per box, corners in pixels."""
    path = folder / "detections.csv"
    how = {"encoding": "utf-8", "errors": ODD_NAMES, "newline": ""}
    with replacing(path) as partial, open(partial, "w", **how) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for entry in entries():
            height, width = entry.size
            for box, score, label in rows_of(entry):
                row = entry.name, width, height, classes[label], score, *box
                table.writerow(row)
    return path


def rows_of(entry: Entry) -> Iterator[tuple]:
    """Yield the box, score and class of each detection of an image."""
    return zip(entry.boxes, entry.scores, entry.classes)


def _beside(folder: Path, name: str, suffix: str) -> Path:
    return folder / PurePosixPath(name).with_suffix(suffix)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


FORMATS = {
    "coco": write_coco,
    "voc": write_voc,
    "yolo": write_yolo,
    "csv": write_csv,
}
ONE_PER_IMAGE = "voc", "yolo"
