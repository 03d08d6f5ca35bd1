"""What the tool that wrote a COCO file does, told from all of its boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from d2l_ssd.datasets.labeled_folder import Sample

FEW_BOXES = 3  # tell nothing of the units of the others
OVERSHOOT = 1  # pixels
MANY = 0.5  # of corners read as sides reach beyond their image


def about_boxes(
    images: dict[object, Sample], objects: dict[object, Sequence[dict]]
) -> str:
    """Say that a file's boxes are in other units than COCO's, or return "".

    Args:
        images: by their ids.
        objects: annotations of each, by the same ids.
    """
    boxes, sizes = _boxes_and_sizes(images, objects)
    if len(boxes) < FEW_BOXES or not np.isfinite(boxes).all():
        return ""
    if boxes.max() <= 1 and sizes.min() > 2:
        return (
            "bbox must be in pixels, and these are fractions, like "
            f"{boxes[0].tolist()}: multiply them by the image's width and height"
        )
    limits = sizes + OVERSHOOT
    reaches = (boxes[:, :2] + boxes[:, 2:] > limits).any(axis=1)
    corners = (boxes[:, 2:] > boxes[:, :2]) & (boxes[:, 2:] <= limits)
    if reaches.mean() >= MANY and corners.all():
        return (
            "bbox must be [x, y, width, height], and these look like [xmin, "
            f"ymin, xmax, ymax], like {boxes[reaches][0].tolist()}: subtract "
            "xmin and ymin from the last two"
        )
    return ""


def _boxes_and_sizes(
    images: dict[object, Sample], objects: dict[object, Sequence[dict]]
) -> tuple[np.ndarray, np.ndarray]:
    """Return boxes (M, 4) as they are written, and (width, height) (M, 2).

    There are none where some are no numbers.
    """
    pairs = [
        (entry["bbox"], sample.size[::-1])
        for key, sample in images.items()
        for entry in objects[key]
        if sample.size
        and isinstance(entry.get("bbox"), list)
        and len(entry["bbox"]) == 4
    ]
    try:
        boxes = np.array([box for box, _ in pairs], dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        pairs, boxes = [], np.zeros(0)
    sizes = np.array([size for _, size in pairs], dtype=np.float64)
    return boxes.reshape(-1, 4), sizes.reshape(-1, 2)


def about_contents(contents: Iterable[dict]) -> list[str]:
    """Say what of COCO files' annotations is read otherwise, or not at all."""
    entries = [
        entry
        for content in contents
        for entry in content["annotations"]
        if isinstance(entry, dict)
    ]
    notes = []
    if crowds := sum(bool(entry.get("iscrowd")) for entry in entries):
        notes.append(f"Crowds, which count as difficult objects: {crowds:,}")
    for key, name in ("segmentation", "Outlines"), ("keypoints", "Keypoints"):
        if count := sum(bool(entry.get(key)) for entry in entries):
            notes.append(
                f"{name} are not read, only boxes: {count:,} have some"
            )
    return notes
