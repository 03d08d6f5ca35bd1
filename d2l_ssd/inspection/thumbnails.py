"""Small pictures of what was found: SVG that holds the pixels and the boxes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import numpy as np

from d2l_ssd.datasets.labeled_folder import Folder, Sample
from d2l_ssd.images import ImageFacts, read_photograph
from d2l_ssd.inspection.findings import Finding
from d2l_ssd.inspection.pictures import Picture

SIDE = 320  # pixels of a thumbnail's longer side, at most
QUALITY = 72  # of its JPEG
AROUND = 1.5  # sides of the objects that are shown beside them
LEAST = 0.25  # of the image that is shown
BEYOND = 0.5  # images: what lies further outside is not shown


def draw_finding(
    finding: Finding, folder: Folder, pictures: dict[str, Picture]
) -> str:
    """Return SVG of what a finding is about, or "" if there is no picture."""
    ids = [i for i in (finding.id, finding.other) if i in pictures]
    return "".join(
        _draw(folder.samples[i], pictures[i].facts, rows, folder.classes)
        for i, rows in zip(ids, (finding.objects, ()))
    )


def _draw(
    sample: Sample,
    facts: ImageFacts,
    rows: Sequence[int],
    classes: Sequence[str],
) -> str:
    """Return SVG of an image, or of the part around some of its objects."""
    image = _as_labeled(sample, facts)
    height, width = image.shape[:2]
    boxes = sample.boxes * [width, height, width, height]
    left, top, right, bottom = _window(boxes[list(rows)], width, height)
    parts = [
        f'<rect class="outside" x="{left}" y="{top}" width="{right - left}" '
        f'height="{bottom - top}"/>',
        _embed(image, left, top, right, bottom),
    ]
    order = [r for r in range(len(boxes)) if r not in rows]
    for row in (*order, *rows):
        if np.isfinite(boxes[row]).all():
            number = sample.classes[row]
            name = classes[number] if number >= 0 else "unknown class"
            kind = "odd" if row in rows else "box"
            parts.append(_rectangle(boxes[row], kind, name))
    view = f"{left:g} {top:g} {right - left:g} {bottom - top:g}"
    label = escape(f"{sample.id}, {len(boxes)} objects", quote=True)
    return (
        f'<svg class="photo" role="img" aria-label="{label}" viewBox="{view}" '
        f'style="aspect-ratio:{right - left:g}/{bottom - top:g}">'
        f"{''.join(parts)}</svg>"
    )


def _as_labeled(sample: Sample, facts: ImageFacts) -> np.ndarray:
    """Read an image, turned as its annotation says, or else upright."""
    photograph = read_photograph(sample.path)
    if sample.size == facts.stored != facts.upright:
        return photograph.stored
    return photograph.upright


def _window(boxes: np.ndarray, width: int, height: int) -> list[int]:
    """Return the part of an image to show, in whole pixels.

    It holds the boxes (N, 4) also where they reach out of the image; without a
    box it is the whole image.
    """
    size = np.array([width, height])
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return [0, 0, width, height]
    ends = boxes.reshape(-1, 2).clip(-BEYOND * size, (1 + BEYOND) * size)
    low, high = ends.min(axis=0), ends.max(axis=0)
    # As large as the objects and what is around them, in the image's shape
    share = ((1 + 2 * AROUND) * (high - low) / size).max().clip(LEAST, 1)
    start = ((low + high - share * size) / 2).clip(0, (1 - share) * size)
    first = np.floor(np.minimum(start, low)).astype(int)
    last = np.ceil(np.maximum(start + share * size, high)).astype(int)
    return [*first.tolist(), *last.tolist()]


def _embed(
    image: np.ndarray, left: int, top: int, right: int, bottom: int
) -> str:
    """Return an SVG image of a part of an image's pixels."""
    import cv2

    height, width = image.shape[:2]
    x, y = max(left, 0), max(top, 0)
    pixels = image[y : min(bottom, height), x : min(right, width)]
    if not pixels.size:
        return ""
    shown = pixels.shape[1::-1]
    scale = min(SIDE / max(shown), 1)
    size = [max(1, round(scale * side)) for side in shown]
    pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    options = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], options)
    text = base64.b64encode(data.tobytes()).decode()
    return (
        f'<image x="{x}" y="{y}" width="{shown[0]}" height="{shown[1]}" '
        f'preserveAspectRatio="none" href="data:image/jpeg;base64,{text}"/>'
    )


def _rectangle(box: np.ndarray, kind: str, name: str) -> str:
    """Return an SVG rectangle with its class as a tooltip."""
    low, high = np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])
    (x, y), (width, height) = low, high - low
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"><title>{escape(name)}</title></rect>'
    )
