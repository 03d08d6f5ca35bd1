"""Photographs with the boxes that were found in them, their names readable."""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing
from d2l_ssd.palette import BRIGHT, CLASS_COLORS, LUMA

# In units of the picture's shorter side, and at least so many pixels
LINE, THINNEST = 1 / 300, 1
TEXT, SMALLEST = 1 / 32, 11
LARGEST = 48  # pixels of a letter, however large the picture is
TEXT_IN_BOX = 0.2  # of a name, in units of its box's side
HIDDEN = 0.25  # of a box: a name may cover no more of any
PAD = 0.25  # around a name, in units of its height
KEPT_SUFFIXES = ".jpg", ".jpeg", ".png"
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_PNG_COMPRESSION, 1]
MISSING = "\U0010ffff"  # no font has this letter
# With many letters; the first that is there and has those of a name is taken
FONT_NAMES = (
    "NotoSans-Regular.ttf", "DejaVuSans.ttf", "LiberationSans-Regular.ttf",
    "arial.ttf", "Arial.ttf", "segoeui.ttf", "Arial Unicode.ttf",
    "NotoSansCJK-Regular.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc",
    "msyh.ttc", "msgothic.ttc", "malgun.ttf", "AppleGothic.ttf",
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "DroidSansFallbackFull.ttf",
    "uming.ttc", "NanumGothic.ttf", "NotoSansArabic-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf", "Nirmala.ttf", "Kohinoor.ttc",
)  # fmt: skip


def picture_name(name: str) -> str:
    """Return what the picture of an image is called: JPEG or PNG."""
    return name if name.lower().endswith(KEPT_SUFFIXES) else f"{name}.jpg"


def save_picture(path: str | os.PathLike, picture: np.ndarray) -> None:
    """Write a picture (H, W, 3) as a whole or not at all, as a path ends.

    Raises:
        OSError: it cannot be written.
        ValueError: the format has no pictures as large.
    """
    suffix, (height, width) = Path(path).suffix, picture.shape[:2]
    try:
        good, data = cv2.imencode(suffix, picture[..., ::-1], QUALITY)
    except cv2.error:
        good = False
    if not good:
        raise ValueError(
            f"{path}: a picture of {width:,} x {height:,} pixels is too large "
            "for its format: cut the image into pieces, or leave the pictures "
            "out with --no-pictures"
        )
    with replacing(path) as partial:
        partial.write_bytes(data.tobytes())


def draw_detections(
    image: np.ndarray, found: Detections, names: Sequence[str]
) -> np.ndarray:
    """Draw boxes on an image, with names and scores where there is room.

    A name never hides another one. If some have no room, a legend is added
    below the image: color, name and number of each class.

    Args:
        image: (H, W, 3) uint8 RGB.
        found: what was detected; the best is on top.
        names: of the classes, of letters that fonts have, see `drawable_names`.

    Returns:
        (H', W, 3) uint8, H' being H, or more with a legend.
    """
    picture = np.ascontiguousarray(image).copy()
    height, width = picture.shape[:2]
    side = min(height, width)
    line = max(THINNEST, round(side * LINE))
    size = min(max(SMALLEST, round(side * TEXT)), LARGEST)
    boxes = (found.boxes * [width, height, width, height]).round().astype(int)
    order = range(len(boxes))
    for i in reversed(order):
        _draw_box(picture, boxes[i], _color(found.classes[i]), line)
    hidden = _write_names(picture, boxes, found, names, size)
    return _with_legend(picture, found, names, size) if hidden else picture


def _write_names(
    picture: np.ndarray,
    boxes: np.ndarray,
    found: Detections,
    names: Sequence[str],
    size: int,
) -> bool:
    """Write names beside boxes, smaller ones in smaller letters.

    Returns:
        Whether some had no room.
    """
    taken, hidden = np.zeros((0, 4), dtype=int), False
    sizes = (
        (TEXT_IN_BOX * np.sqrt(_areas(boxes)))
        .round()
        .astype(int)
        .clip(SMALLEST, size)
    )
    for box, score, label, fitting in zip(
        boxes, found.scores, found.classes.tolist(), sizes.tolist()
    ):
        plate = _plate(f"{names[label]} {score:.2f}", fitting, label)
        place = _place(plate.shape, box, taken, boxes, picture.shape)
        if place is None:
            hidden = True
        else:
            taken = np.concatenate([taken, [place]])
            picture[place[1] : place[3], place[0] : place[2]] = plate
    return hidden


def drawable_names(names: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return names that can be drawn, and those that cannot.

    A name of which no font at hand has all letters becomes "class" and its
    number, counted from 0.
    """
    bad = [name for name in names if _font_path(name) is None]
    shown = (
        f"class {number}" if name in bad else name
        for number, name in enumerate(names)
    )
    return tuple(shown), bad


def _color(label: int) -> tuple[int, int, int]:
    """Return a class's color, from 0 to 255."""
    text = CLASS_COLORS[label % len(CLASS_COLORS)]
    return tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))


def _draw_box(
    picture: np.ndarray, box: np.ndarray, color: tuple, line: int
) -> None:
    """Draw an outline, with a pale rim that shows it on its own color."""
    height, width = picture.shape[:2]
    # The outline of a box that fills the picture stays visible
    low = np.clip(box[:2], line // 2, [width - 1, height - 1]).tolist()
    high = np.clip(box[2:] - 1, 0, [width, height] - np.array(1 + line // 2))
    high = high.tolist()
    cv2.rectangle(picture, low, high, (255, 255, 255), line + 2)
    cv2.rectangle(picture, low, high, color, line)


def _place(
    shape: tuple,
    box: np.ndarray,
    taken: np.ndarray,
    boxes: np.ndarray,
    picture: tuple,
) -> tuple[int, int, int, int] | None:
    """Return where a name fits, or None: above its box, inside, or below.

    Args:
        shape: (height, width) of the name's plate.
        box: in pixels.
        taken: (N, 4), where other names are.
        boxes: (M, 4), of which none may be hidden.
        picture: (height, width) of the picture.
    """
    height, width = shape[:2]
    left, right = (
        max(min(x, picture[1] - width), 0) for x in (box[0], box[2] - width)
    )
    corners = (
        (left, box[1] - height),
        (left, box[1]),
        (right, box[1] - height),
        (left, box[3]),
        (right, box[3] - height),
    )
    for x, y in corners:
        place = np.array([x, y, x + width, y + height])
        inside = y >= 0 and (place[2:] <= picture[1::-1]).all()
        if (
            inside
            and not _shared(taken, place).any()
            and not (_shared(boxes, place) > HIDDEN * _areas(boxes)).any()
        ):
            return tuple(place.tolist())
    return None


def _shared(boxes: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the area that each box (N, 4) shares with a place (4,)."""
    low = np.maximum(boxes[:, :2], place[:2])
    high = np.minimum(boxes[:, 2:], place[2:])
    return np.maximum(high - low, 0).prod(axis=1)


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)


def _with_legend(
    picture: np.ndarray, found: Detections, names: Sequence[str], size: int
) -> np.ndarray:
    """Add a legend below a picture: name and number of each class found."""
    labels, counts = np.unique(found.classes, return_counts=True)
    plates = [
        _plate(f"{names[label]}: {count}", size, label)
        for label, count in zip(labels.tolist(), counts.tolist())
    ]
    gap = max(2, size // 4)
    rows, x, width = [[]], gap, picture.shape[1]
    for plate in plates:
        if rows[-1] and x + plate.shape[1] + gap > width:
            rows.append([])
            x = gap
        rows[-1].append((x, plate))
        x += plate.shape[1] + gap
    row_height = plates[0].shape[0] + gap
    legend = np.full((len(rows) * row_height + gap, width, 3), 255, np.uint8)
    for number, row in enumerate(rows):
        for x, plate in row:
            y = gap + number * row_height
            plate = plate[:, : max(width - x, 0)]
            legend[y : y + len(plate), x : x + plate.shape[1]] = plate
    return np.concatenate([picture, legend])


@functools.lru_cache(maxsize=4096)
def _plate(text: str, size: int, label: int) -> np.ndarray:
    """Return a text on its class's color, (h, w, 3) uint8."""
    color = _color(label)
    bright = np.dot(np.divide(color, 255), LUMA) > BRIGHT
    font = _font(_font_path(text), size)
    left, top, right, bottom = font.getbbox(text)
    ascent, descent = font.getmetrics()
    pad = math.ceil(PAD * size)
    shape = right - left + 2 * pad, ascent + descent + pad
    plate = Image.new("RGB", shape, color)
    ImageDraw.Draw(plate).text(
        (pad - left, pad // 2), text, (0, 0, 0) if bright else "white", font
    )
    return np.array(plate)


@functools.lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return (
        ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    )


@functools.lru_cache(maxsize=4096)
def _font_path(text: str) -> str | None:
    """Return the first font that has all letters of a text; "": Pillow's own."""
    letters = sorted({letter for letter in text if not letter.isspace()})
    for path in FONT_NAMES + ("",):
        try:
            font = _font(path, SMALLEST)
        except OSError:  # it is not installed
            continue
        missing = bytes(font.getmask(MISSING))
        if all(bytes(font.getmask(c)) != missing for c in letters):
            return path
    return None
