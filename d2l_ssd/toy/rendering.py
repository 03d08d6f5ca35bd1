# Generated from book/toy.ipynb (`make save`); do not edit.
"""Rendering: shapes become an RGBA drawing and its mask."""

from dataclasses import dataclass

import cv2
import numpy as np

from d2l_ssd.toy.light import SUBPIXEL, blend, fill, shade_volume, throw_shadow
from d2l_ssd.toy.textures import crop_texture

_MIN_DETAIL = 1.3  # pixels under which a shape is not worth drawing
_MIN_MODELED = 7  # pixels under which light and shadow do not show
_SHARP_UNDER = 80  # pixels: smaller drawings are made at twice the size
_MARGIN = 3  # pixels around a drawing
_UPRIGHT = np.eye(2)


class _Board:
    """A transparent board: colors at `sharp` times the size, and shade."""

    def __init__(self, width, height, sharp, light):
        self.sharp, self.light = sharp, light
        self.canvas = np.zeros((height * sharp, width * sharp, 4), np.uint8)
        self.sheet = np.empty_like(self.canvas)  # to paint marks on
        self.cover = np.zeros(self.canvas.shape[:2], np.uint8)  # kept empty
        self.shade = np.full((height, width), 255, np.uint8)

    def paint(self, shape, outline, marks, box):
        """Paint a shape's color, and its marks inside it."""
        if not marks:
            fill(self.canvas, outline, (*shape.color, 255), shape.parts)
            return
        x0, y0, x1, y1 = box
        area = self.sheet[y0:y1, x0:x1]
        area[:] = (*shape.color, 255)
        for mark, color in marks:
            fill(self.sheet, mark, (*color, 255))
        fill(self.cover, outline, 255, shape.parts)
        mask = self.cover[y0:y1, x0:x1]
        blend(self.canvas[y0:y1, x0:x1], area, mask)
        mask[:] = 0

    def model(self, shape, outline, box):
        """Shade a shape, and what its shadow falls on."""
        x0, y0, x1, y1 = (v // self.sharp for v in box)
        mask = self.cover[: self.shade.shape[0], : self.shade.shape[1]]
        fill(mask, outline, 255, shape.parts, SUBPIXEL + self.sharp - 1)
        mask = mask[y0 : y1 + 1, x0 : x1 + 1]
        if shape.shadow:
            throw_shadow(self.shade, mask, x0, y0, shape.shadow, self.light)
        thick = min(mask.shape) / shape.parts
        volume = shade_volume(mask, shape.volume, thick, self.light)
        cv2.copyTo(volume, mask, self.shade[y0 : y1 + 1, x0 : x1 + 1])
        mask[:] = 0

    def finish(self, mask, fur):
        """Return the shaded (h, w, 4) RGBA drawing and its (h, w) mask."""
        canvas, (height, width) = self.canvas, self.shade.shape
        if self.sharp > 1:
            canvas, mask = (
                cv2.resize(a, (width, height), interpolation=cv2.INTER_AREA)
                for a in (canvas, mask)
            )
        shade = self.shade
        if fur:
            hair = crop_texture("fur", height, width, 7 * width, 3 * height)
            shade = cv2.multiply(shade, hair, scale=1 / 128)
        shade = cv2.cvtColor(shade, cv2.COLOR_GRAY2RGBA)
        return cv2.multiply(canvas, shade, scale=1.06 / 255), mask


@dataclass
class _Layout:
    """Where everything goes on the board; one row or item per outline."""

    sharp: int
    width: int
    height: int
    pieces: list  # outlines in fixed-point pixels
    spans: list  # longest sides, in pixels
    low: list  # corners, in pixels of the sharper board
    high: list


def _lay_out(shapes, size, turn):
    """Turn shapes and scale their solid part to `size` pixels."""
    outlines = [
        o for s in shapes for o in (s.outline, *(m for m, _ in s.marks))
    ]
    ends = np.cumsum([len(o) for o in outlines])
    starts = np.concatenate([[0], ends[:-1]])
    points = np.concatenate(outlines) @ turn
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    heads = np.cumsum([0] + [1 + len(s.marks) for s in shapes[:-1]])
    solid = heads[[s.solid for s in shapes]]
    sharp = 2 if size < _SHARP_UNDER else 1
    extent = (high[solid].max(axis=0) - low[solid].min(axis=0)).max()
    scale = sharp * size / extent
    origin = low[heads].min(axis=0) - _MARGIN * sharp / scale
    corner = np.ceil((high[heads].max(axis=0) - origin) * scale / sharp)
    points = np.rint((points - origin) * (scale * 2**SUBPIXEL))
    points = points.astype(np.int32)
    return _Layout(
        sharp,
        *(corner.astype(int) + _MARGIN),
        [points[i:j] for i, j in zip(starts.tolist(), ends.tolist())],
        ((high - low).max(axis=1) * scale / sharp).tolist(),
        np.maximum((low - origin) * scale - 1, 0).astype(int).tolist(),
        ((high - origin) * scale + 2).astype(int).tolist(),
    )


def render(shapes, size, light, turn=_UPRIGHT, fur=True):
    """Draw shapes so that the longest side of their bounds is `size` pixels.

    Args:
        shapes: list of Shape, from back to front.
        size: longest side of what is solid, in pixels.
        light: (x, y), the direction that light comes from.
        turn: (2, 2) matrix that the points are multiplied by.
        fur: whether to cover the drawing with fur.

    Returns:
        image: premultiplied RGBA, (h, w, 4) uint8.
        mask: its solid part, (h, w) uint8.
    """
    at = _lay_out(shapes, size, turn)
    board, mask = _Board(at.width, at.height, at.sharp, light), None
    i = 0  # the shape's outline among all; its marks follow
    for shape in shapes:
        if not shape.solid and mask is None:
            mask = board.canvas[..., 3].copy()
        if at.spans[i] > _MIN_DETAIL:
            marks = [
                (at.pieces[k], color)
                for k, (_, color) in enumerate(shape.marks, i + 1)
                if at.spans[k] > _MIN_DETAIL
            ]
            box = (*at.low[i], *at.high[i])
            board.paint(shape, at.pieces[i], marks, box)
            if at.spans[i] > _MIN_MODELED and (shape.volume or shape.shadow):
                board.model(shape, at.pieces[i], box)
        i += 1 + len(shape.marks)
    if mask is None:
        mask = board.canvas[..., 3].copy()
    return board.finish(mask, fur)
