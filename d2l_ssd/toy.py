# Generated from book/toy.ipynb (`make save`); do not edit.
"""The embedded data set: drawn cats and dogs, in the layout of VOC."""

import colorsys
import json
import math
import os
import shutil
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

# Coordinates read better in rows
# fmt: off




_CURVE_STEPS = 5   # points that a smooth curve gets between two control points


@lru_cache(maxsize=None)
def _spline_weights(n, closed):
    """Catmull-Rom weights: points of the curve = weights @ control points."""
    t = np.arange(_CURVE_STEPS) / _CURVE_STEPS
    cubic = 0.5 * np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1],
                            [-1, 3, -3, 1]])
    local = np.stack([t**0, t, t**2, t**3], axis=1) @ cubic   # (steps, 4)
    segments = n if closed else n - 1
    weights = np.zeros((segments, _CURVE_STEPS, n))
    for i in range(segments):
        for k in range(4):
            j = i - 1 + k
            j = j % n if closed else min(max(j, 0), n - 1)
            weights[i, :, j] += local[:, k]
    weights = weights.reshape(-1, n)
    return weights if closed else np.vstack([weights, np.eye(n)[-1]])


def _curve(points, closed=True):
    """Draw a smooth curve through control points."""
    points = np.asarray(points, np.float64)
    return _spline_weights(len(points), closed) @ points


def _mirror(right):
    """Close a symmetric outline from its right half, from top to bottom."""
    right = np.asarray(right, np.float64)
    left = right[::-1] * (-1, 1)
    return np.concatenate([right, left[left[:, 0] != 0]])


_ANGLES = np.arange(24) * np.pi / 12
_COS, _SIN = np.cos(_ANGLES) + 0j, 1j * np.sin(_ANGLES)
_CAP = np.exp(1j * np.array([0.9, 0.3, -0.3, -0.9]))   # a line's round end


@lru_cache(maxsize=None)
def _stroke_weights(n):
    """Weights of a stroke's points and slopes, and a ramp from 0 to 1."""
    weights = _spline_weights(n, False)
    slopes = np.gradient(weights, axis=0)
    return weights.T + 0j, slopes.T + 0j, np.linspace(0, 1, len(weights))


def _oval(x, y, rx, ry=None, angle=0.0):
    """Outline an ellipse, turned by `angle` radians."""
    oval = _COS * rx + _SIN * (rx if ry is None else ry)
    if angle:
        oval *= complex(math.cos(angle), math.sin(angle))
    oval += complex(x, y)
    return oval.view(np.float64).reshape(-1, 2)


def _stroke(points, start, end=None):
    """Outline a rounded line whose half width goes from `start` to `end`."""
    points = np.array([[complex(x, y) for x, y in points]])
    return _strokes(points, start, end)[0]


def _strokes(points, start, end=None):
    """Outline several lines at once: points is (lines, n), complex, x + iy."""
    weights, slopes, ramp = _stroke_weights(points.shape[1])
    line, along = points @ weights, points @ slopes
    along /= np.abs(along) + 1e-9
    end = start if end is None else end
    across = along * (1j * (start + (end - start) * ramp))
    outline = np.concatenate([
        line + across, line[:, -1:] + end * along[:, -1:] * _CAP,
        (line - across)[:, ::-1], line[:, :1] - start * along[:, :1] * _CAP
    ],
                             axis=1)
    return outline.view(np.float64).reshape(*outline.shape, 2)


def _blob(rng, x, y, rx, ry=None):
    """Outline an irregular round patch."""
    ry = rx if ry is None else ry
    angles = np.arange(8) * (np.pi / 4) + rng.uniform(0, np.pi / 4)
    radius = rng.uniform(0.72, 1.25, 8)
    return _curve(
        np.stack([
            x + rx * radius * np.cos(angles), y + ry * radius * np.sin(angles)
        ],
                 axis=1))


@dataclass
class _Shape:
    """One smooth, coloured piece of a drawing.

    `parts` equal runs of `outline` are closed pieces (the two ears at once).
    `marks` are (outline, colour) pairs painted inside it only; `volume` is how
    strongly light models it, `shadow` how dark a shadow it throws on what lies
    behind. Whiskers are not `solid`: no box has to hold them.
    """
    outline: np.ndarray
    colour: tuple
    marks: list = ()
    volume: float = 0.0
    shadow: float = 0.0
    parts: int = 1
    solid: bool = True


def _pair(outline):
    """Put an outline's mirror image beside it."""
    return np.concatenate([outline, outline * (-1, 1)])


def _turn(angle, scale=1.0, mirror=False):
    """Make the matrix that turns by `angle` radians, scales and mirrors."""
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[-c, -s], [-s, c]] if mirror else [[c, s], [-s, c]])


def _place(shapes, scale=1.0, angle=0.0, at=(0, 0)):
    """Scale, turn and move shapes, in place."""
    matrix = _turn(angle, scale)
    for shape in shapes:
        shape.outline = shape.outline @ matrix + at
        if shape.marks:
            shape.marks = [(m @ matrix + at, colour)
                           for m, colour in shape.marks]
    return shapes


_SUBPIXEL = 4   # fraction bits of the coordinates given to OpenCV
_MIN_DETAIL = 1.3   # pixels under which a shape is not worth drawing
_MIN_MODELLED = 7   # pixels under which light and shadow do not show
_SHARP_UNDER = 80   # pixels: smaller drawings are made at twice the size


def _fill(image, outline, colour, parts=1, shift=_SUBPIXEL):
    """Fill an outline's parts with smooth edges."""
    cv2.fillPoly(image, [*outline.reshape(parts, -1, 2)], colour, cv2.LINE_AA,
                 shift)


def _blend(target, paint, mask):
    """Cover `target` with `paint` where `mask` is set, in place."""
    mask = cv2.merge([mask] * target.shape[2])
    paint = cv2.multiply(paint, mask, scale=1 / 255)
    rest = cv2.multiply(target, cv2.bitwise_not(mask), scale=1 / 255)
    cv2.add(rest, paint, dst=target)


def _modelled(mask, volume, thick, light):
    """Shade a mask as a soft volume, brightest on the lit side."""
    h, w = mask.shape
    step = max(1.0, thick / 12)
    small = cv2.resize(mask, (round(w / step) + 1, round(h / step) + 1),
                       interpolation=cv2.INTER_AREA)
    small = cv2.blur(small, (7, 7), borderType=cv2.BORDER_CONSTANT)
    shift = np.array([[1 / step, 0, -1.6 * light[0]],
                      [0, 1 / step, -1.6 * light[1]]])
    soft = cv2.warpAffine(small,
                          shift, (w, h),
                          flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return cv2.addWeighted(soft, volume, soft, 0, 255 * (1 - 0.85 * volume))


def _throw_shadow(shade, mask, x, y, strength, light):
    """Darken what is already drawn beside and under a new mask."""
    h, w = mask.shape
    pad = max(2, min(h, w) // 10)
    soft = cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    soft = cv2.blur(soft, (2 * pad + 1, 2 * pad + 1))
    soft = cv2.addWeighted(soft, -strength, soft, 0, 255)
    x, y = round(x - pad - 0.5 * pad * light[0]), round(y - pad -
                                                        pad * light[1])
    target = shade[max(y, 0):y + h + 2 * pad, max(x, 0):x + w + 2 * pad]
    soft = soft[max(-y, 0):, max(-x, 0):][:target.shape[0], :target.shape[1]]
    if soft.size:
        cv2.multiply(target, soft, dst=target, scale=1 / 255)


class _Board:
    """A transparent board: colours at `sharp` times the size, and shade."""

    def __init__(self, width, height, sharp, light):
        self.sharp, self.light = sharp, light
        self.canvas = np.zeros((height * sharp, width * sharp, 4), np.uint8)
        self.sheet = np.empty_like(self.canvas)   # to paint marks on
        self.cover = np.zeros(self.canvas.shape[:2], np.uint8)   # kept empty
        self.shade = np.full((height, width), 255, np.uint8)

    def paint(self, shape, outline, marks, box):
        """Paint a shape's colour, and its marks inside it."""
        if not marks:
            _fill(self.canvas, outline, (*shape.colour, 255), shape.parts)
            return
        x0, y0, x1, y1 = box
        area = self.sheet[y0:y1, x0:x1]
        area[:] = (*shape.colour, 255)
        for mark, colour in marks:
            _fill(self.sheet, mark, (*colour, 255))
        _fill(self.cover, outline, 255, shape.parts)
        mask = self.cover[y0:y1, x0:x1]
        _blend(self.canvas[y0:y1, x0:x1], area, mask)
        mask[:] = 0

    def model(self, shape, outline, box):
        """Shade a shape, and what its shadow falls on."""
        x0, y0, x1, y1 = (v // self.sharp for v in box)
        mask = self.cover[:self.shade.shape[0], :self.shade.shape[1]]
        _fill(mask, outline, 255, shape.parts, _SUBPIXEL + self.sharp - 1)
        mask = mask[y0:y1 + 1, x0:x1 + 1]
        if shape.shadow:
            _throw_shadow(self.shade, mask, x0, y0, shape.shadow, self.light)
        thick = min(mask.shape) / shape.parts
        cv2.copyTo(_modelled(mask, shape.volume, thick, self.light), mask,
                   self.shade[y0:y1 + 1, x0:x1 + 1])
        mask[:] = 0

    def finish(self, mask, fur):
        """Return the shaded (h, w, 4) RGBA drawing and its (h, w) mask."""
        canvas, (height, width) = self.canvas, self.shade.shape
        if self.sharp > 1:
            canvas = cv2.resize(canvas, (width, height),
                                interpolation=cv2.INTER_AREA)
            mask = cv2.resize(mask, (width, height),
                              interpolation=cv2.INTER_AREA)
        shade = self.shade
        if fur:
            hair = _crop(_texture("fur"), height, width, 7 * width, 3 * height)
            shade = cv2.multiply(shade, hair, scale=1 / 128)
        shade = cv2.cvtColor(shade, cv2.COLOR_GRAY2RGBA)
        return cv2.multiply(canvas, shade, scale=1.06 / 255), mask


@dataclass
class _Layout:
    """Where everything goes on the board; one row or item an outline."""
    sharp: int
    width: int
    height: int
    pieces: list   # outlines in fixed-point pixels
    spans: list   # longest sides, in pixels
    low: list   # corners, in pixels of the sharper board
    high: list


def _lay_out(shapes, size, turn):
    """Turn shapes and scale their solid part to `size` pixels."""
    outlines = [
        o for s in shapes for o in (s.outline, *(m for m, _ in s.marks))
    ]
    ends = np.cumsum([len(o) for o in outlines])
    points = np.concatenate(outlines) @ turn
    starts = np.concatenate([[0], ends[:-1]])
    low = np.minimum.reduceat(points, starts)
    high = np.maximum.reduceat(points, starts)
    heads = np.cumsum([0] + [1 + len(s.marks) for s in shapes[:-1]])
    solid = heads[[s.solid for s in shapes]]
    sharp = 2 if size < _SHARP_UNDER else 1
    extent = (high[solid].max(axis=0) - low[solid].min(axis=0)).max()
    scale = sharp * size / extent
    origin = low[heads].min(axis=0) - 3 * sharp / scale
    width, height = np.ceil((high[heads].max(axis=0) - origin) * scale /
                            sharp).astype(int) + 3
    points = np.rint((points - origin) * (scale * 2**_SUBPIXEL))
    points = points.astype(np.int32)
    pieces = [points[i:j] for i, j in zip(starts.tolist(), ends.tolist())]
    return _Layout(
        sharp, width, height, pieces,
        ((high - low).max(axis=1) * scale / sharp).tolist(),
        np.maximum((low - origin) * scale - 1, 0).astype(int).tolist(),
        ((high - origin) * scale + 2).astype(int).tolist())


_UPRIGHT = np.eye(2)


def _render(shapes, size, light, turn=_UPRIGHT, fur=True):
    """Draw shapes so that the longest side of their bounds is `size` pixels.

    Returns a premultiplied (h, w, 4) RGBA image and the mask (h, w) of its
    solid part, both uint8.
    """
    at = _lay_out(shapes, size, turn)
    board, mask = _Board(at.width, at.height, at.sharp, light), None
    i = -1   # the shape's outline among all; its marks follow
    for shape in shapes:
        i, first_mark = i + 1, i + 2
        if not shape.solid and mask is None:
            mask = board.canvas[..., 3].copy()
        if at.spans[i] > _MIN_DETAIL:
            marks = [(at.pieces[k], colour)
                     for k, (_, colour) in enumerate(shape.marks, first_mark)
                     if at.spans[k] > _MIN_DETAIL]
            box = (*at.low[i], *at.high[i])
            board.paint(shape, at.pieces[i], marks, box)
            if at.spans[i] > _MIN_MODELLED and (shape.volume or shape.shadow):
                board.model(shape, at.pieces[i], box)
        i += len(shape.marks)
    return board.finish(board.canvas[..., 3].copy() if mask is None else mask,
                        fur)


_TEXTURE_SIZE = 640


def _noise(rng, cells):
    """Make smooth noise in [-1, 1] with about `cells` bumps a side."""
    grid = rng.uniform(-1, 1, (cells + 3, cells + 3)).astype(np.float32)
    return cv2.resize(grid, (_TEXTURE_SIZE, _TEXTURE_SIZE),
                      interpolation=cv2.INTER_CUBIC)


def _hairs(rng, length, count, slope):
    """Scatter short, nearly parallel hairs."""
    image = np.zeros((_TEXTURE_SIZE, _TEXTURE_SIZE), np.float32)
    start = rng.uniform(0, _TEXTURE_SIZE, (count, 2))
    dx = rng.normal(0, slope * length, count)
    dy = rng.uniform(0.5, 1, count) * length
    end = start + np.stack([dx, dy], axis=1)
    lines = np.rint(np.stack([start, end], axis=1)).astype(np.int32)
    for line, value in zip(lines, rng.uniform(-1, 1, count)):
        cv2.line(image, line[0].tolist(), line[1].tolist(), float(value), 1)
    return cv2.GaussianBlur(image, (0, 0), 0.7)


@lru_cache(maxsize=None)
def _texture(name):
    """Make a grey texture around 128, once: later uses cut pieces from it."""
    rng = np.random.default_rng(sum(map(ord, name)))
    if name == "fur":
        image = 14 * _hairs(rng, 9, 26000, 0.35) + 5 * _noise(rng, 60)
    elif name == "grass":
        image = 46 * _hairs(rng, 12, 24000, 0.3) + 12 * _noise(rng, 12)
    elif name == "cloud":
        image = sum(90 / 2**k * _noise(rng, 4 * 2**k) for k in range(6))
    elif name == "grain":
        image = rng.normal(0, 20, (_TEXTURE_SIZE, _TEXTURE_SIZE))
    elif name == "wood":
        rings = _noise(rng, 5) + 0.5 * _noise(rng, 24)
        image = 22 * cv2.resize(rings[:40], (_TEXTURE_SIZE, _TEXTURE_SIZE),
                                interpolation=cv2.INTER_CUBIC)
        image = (image + 7 * np.sin(image * 2.5)).T
    return np.clip(image + 128, 0, 255).astype(np.uint8)


def _crop(texture, height, width, x=0, y=0):
    """Cut a (height, width) piece, mirrored where the texture ends."""
    limit = _TEXTURE_SIZE
    x, y = x % (limit - width + 1), y % (limit - height + 1)
    return np.ascontiguousarray(texture[y:y + height, x:x + width])


_FUR = {
    "orange": (226, 144, 70),
    "cream": (236, 210, 168),
    "fawn": (206, 166, 120),
    "brown": (150, 102, 68),
    "chocolate": (104, 72, 58),
    "grey": (146, 150, 158),
    "slate": (104, 112, 126),
    "black": (66, 64, 72),
    "white": (243, 239, 231),
    "russet": (184, 96, 56)
}
_PATTERNS = {
    "cat": ("tabby", "tabby", "tabby", "bicolour", "patches", "points",
            "solid"),
    "dog": ("patches", "patches", "spots", "bicolour", "points", "solid",
            "solid")
}
_EYES = {
    "cat": ((152, 190, 84), (224, 178, 60), (122, 184, 206), (196, 148, 60)),
    "dog": ((92, 58, 38), (70, 46, 36), (122, 84, 48))
}
_COLLARS = ((200, 62, 58), (52, 118, 176), (60, 146, 96), (226, 170, 52),
            (136, 84, 152), (40, 150, 160))
_INK = (52, 42, 44)
_PINK = (226, 150, 146)


def _mix(a, b, t):
    """Blend colour `a` with `t` of colour `b`."""
    return (int(a[0] + (b[0] - a[0]) * t), int(a[1] + (b[1] - a[1]) * t),
            int(a[2] + (b[2] - a[2]) * t))


def _between(rng, low, high):
    """Draw a number uniformly (several times faster than rng.uniform)."""
    return low + (high - low) * rng.random()


def _draw_index(rng, odds):
    """Draw an index with the given probabilities."""
    left = rng.random()
    for i, share in enumerate(odds):
        left -= share
        if left < 0:
            return i
    return len(odds) - 1


def _pick(rng, options):
    """Choose one of a sequence."""
    return options[int(rng.integers(len(options)))]


@dataclass
class _Coat:
    """The colours of an animal and how they are laid out."""
    base: tuple
    second: tuple   # stripes, patches, points
    light: tuple   # belly, muzzle, socks
    pattern: str
    eyes: tuple
    ears: tuple
    socks: bool
    collar: tuple


def _draw_coat(rng, species):
    """Choose a coat; both species have the same colours."""
    base = _FUR[_pick(rng, list(_FUR))]
    shift = rng.normal(0, 12) + rng.normal(0, 3, 3)
    base = tuple(int(min(max(c + d, 36), 250)) for c, d in zip(base, shift))
    pattern = _pick(rng, _PATTERNS[species])
    pale = sum(base) > 600
    second = _mix(base, (70, 50, 42), _between(rng, 0.42, 0.65))
    if pattern in ("patches", "spots"):
        second = _FUR[_pick(
            rng, ("brown", "black", "chocolate", "slate", "russet"))]
        if not pale:
            base, second = (242, 237, 228), base
    if sum(base) < 240 and pattern == "tabby":
        second = _mix(base, (20, 18, 22), 0.6)
    light = _mix(base, (252, 246, 238),
                 0.92 if pattern == "bicolour" else 0.42)
    dark_ears = pattern in ("points", "patches") or (species == "dog"
                                                     and rng.random() < 0.6)
    return _Coat(base, second, light, pattern, _pick(rng, _EYES[species]),
                 _mix(base, second, 0.9) if dark_ears else base,
                 pattern == "bicolour" or rng.random() < 0.15,
                 _pick(rng, _COLLARS) if rng.random() < 0.35 else None)


def _body_marks(rng, coat, bounds, across):
    """Paint the pattern of a coat on a body part.

    `across` tells how stripes run: 'down' from the back, 'in' from the sides.
    """
    x0, y0, x1, y1 = bounds
    w, h = x1 - x0, y1 - y0
    if coat.pattern == "tabby":
        return _stripes(rng, coat.second, bounds, across)
    if coat.pattern == "spots":
        places = rng.uniform(0, 1, (14, 3))
        return [(_blob(rng, x0 + w * u, y0 + h * v,
                       0.07 + 0.11 * r), coat.second) for u, v, r in places]
    if coat.pattern == "patches":
        places = rng.uniform(0, 1, (3, 3))
        return [(_blob(rng, x0 + w * u, y0 + 0.8 * h * v, 0.4 + 0.3 * r,
                       0.35 + 0.25 * r), coat.second) for u, v, r in places]
    return []


def _stripes(rng, colour, bounds, across):
    """Outline a tabby's tapering stripes."""
    x0, y0, x1, y1 = bounds
    if across == "down":
        x = np.arange(x0 + 0.2, x1, 0.42) + _between(rng, -0.1, 0.1)
        bend = rng.uniform(-0.15, 0.3, len(x))
        reach = rng.uniform(0.5, 0.75, len(x)) * (y1 - y0)
        lines = [
            x + 1j * (y0 - 0.2), x + bend + 1j * (y0 + 0.3 * (y1 - y0)),
            x + 0.5 * bend + 1j * (y0 + reach)
        ]
    else:
        y = np.tile(np.arange(y0 + 0.5, y1, 0.4), 2)
        y += rng.uniform(-0.08, 0.08, len(y))
        side = np.repeat([x0, x1], len(y) // 2)
        inward = ((x0 + x1) / 2 - side) * rng.uniform(0.4, 0.65, len(y))
        lines = [
            side - 0.1 * inward + 1j * (y - 0.12),
            side + 0.5 * inward + 1j * (y + 0.06),
            side + inward + 1j * (y - 0.02)
        ]
    return [(line, colour)
            for line in _strokes(np.stack(lines, axis=1), 0.12, 0.02)]


def _bands(coat, points, width, count):
    """Ring a tail or a leg with stripes."""
    if coat.pattern != "tabby":
        return []
    line = _curve(points, closed=False) @ (1, 1j)
    where = np.linspace(1, len(line) - 2, count + 2)[1:].astype(int)
    along = line[where + 1] - line[where - 1]
    across = 1.4j * width * along / (np.abs(along) + 1e-9)
    ends = np.stack([line[where] - across, line[where] + across], axis=1)
    return [(band, coat.second) for band in _strokes(ends, 0.08)]


def _legs(coat, spots, width, far=False):
    """Draw legs with paws, from `spots` (top, foot); far legs are darker."""
    colour = coat.second if coat.pattern == "points" else coat.base
    paw = coat.light if coat.socks else colour
    if far:
        colour, paw = _mix(colour, _INK, 0.25), _mix(paw, _INK, 0.25)
    lines = [[(x, y), ((x + u) / 2 + 0.05, (y + v) / 2), (u, v)]
             for (x, y), (u, v) in spots]
    marks = [] if far else [
        m for line in lines for m in _bands(coat, line, width, 3)
    ]
    if coat.socks:
        marks += [(_oval(u, v, 1.5 * width, 0.38 * abs(v - y) + 0.1), paw)
                  for (_, y), (u, v) in spots]
    legs = np.concatenate(
        [_stroke(line, 1.15 * width, 0.88 * width) for line in lines])
    paws = np.concatenate([
        _oval(u - 0.06, v + 0.02, 1.3 * width, 0.75 * width)
        for _, (u, v) in spots
    ])
    return [
        _Shape(legs, colour, marks, 0.45, 0.12, len(spots)),
        _Shape(paws, paw, volume=0.45, parts=len(spots))
    ]


def _tail(rng, coat, species, at, side=1):
    """Draw a tail: a cat's is thin and long, a dog's short and tapered."""
    x, y = at
    colour = coat.second if coat.pattern == "points" else coat.base
    if species == "cat":
        up, out = _between(rng, 1.2, 2.2), _between(rng, 0.6, 1.1)
        hook = _between(rng, -0.5, 0.6)
        line = [(x, y), (x + side * 0.75 * out, y - 0.05),
                (x + side * out, y - 0.5 * up),
                (x + side * (out + 0.6 * hook), y - up),
                (x + side * (out + 1.2 * hook), y - up - 0.1)]
        start, end = 0.2, 0.15
    else:
        up, out = _between(rng, 0.5, 1.2), _between(rng, 0.5, 0.95)
        line = [(x, y), (x + side * 0.6 * out, y - 0.25 * up),
                (x + side * out, y - up)]
        if rng.random() < 0.35:   # curled over the back
            line.append((x + side * 0.3 * out, y - 1.35 * up))
        start, end = 0.3, _between(rng, 0.06, 0.2)
    marks = _bands(coat, line, start, 6)
    if coat.socks:
        marks.append((_oval(*line[-1], 0.4), coat.light))
    return [_Shape(_stroke(line, start, end), colour, marks, 0.4)]


def _eye(coat, species, x, y, size, shut=False):
    """List the (outline, colour) of an eye: a slit in an almond, or a bead."""
    if shut:
        return [(_stroke([(x - size, y), (x, y + 0.5 * size), (x + size, y)],
                         0.045), _INK)]
    if species == "cat":
        almond = _curve([(-1.1, 0.18), (0, -0.85), (1.1, -0.18),
                         (0, 0.8)]) * size
        return [(1.18 * almond + (x, y), _INK), (almond + (x, y), coat.eyes),
                (_oval(x, y, 0.24 * size, 0.74 * size), (24, 22, 26))]
    return [(_oval(x, y, 0.92 * size, size), _mix(coat.base, _INK, 0.65)),
            (_oval(x, y, 0.74 * size, 0.82 * size), coat.eyes),
            (_oval(x, y, 0.5 * size, 0.56 * size), (22, 18, 20))]


def _eyes(coat, species, x, y, size, shut):
    """Draw two eyes, `x` from the middle of the face."""
    shapes = [
        _Shape(_pair(outline), colour, parts=2)
        for outline, colour in _eye(coat, species, x, y, size, shut)
    ]
    if not shut:
        shine = _oval(0.3 * size, y - 0.35 * size, 0.24 * size)
        shapes.append(
            _Shape(np.concatenate([shine - (x, 0), shine + (x, 0)]),
                   (255, 255, 255),
                   parts=2))
    return shapes


def _shift(shapes, dx):
    """Move shapes sideways, in place."""
    for shape in shapes:
        shape.outline = shape.outline + (dx, 0)
    return shapes


def _cat_ears(rng, coat, height):
    """Draw two pointed ears with pink insides."""
    x, y = _between(rng, 0.74, 0.98), -height
    ear = _curve([(0.16, -0.66), (0.4, -0.95), (x - 0.12, y + 0.1), (x, y),
                  (x + 0.07, y + 0.14), (1.0, -0.8), (0.97, -0.1),
                  (0.5, -0.3)])
    inner = (ear - (0.66, -0.7)) * (0.62, 0.7) + (0.68, -0.72)
    return [
        _Shape(_pair(ear), coat.ears, volume=0.35, parts=2),
        _Shape(_pair(inner), _mix(coat.ears, _PINK, 0.75), parts=2)
    ]


_TABBY_FACE = [
    *_strokes(
        np.array([(x - 1j, 0.85 * x - 0.62j, 0.7 * x - (0.36 + d) * 1j)
                  for x, d in ((-0.34, 0.08), (0, 0),
                               (0.34, 0.08))]), 0.09, 0.025),
    *_strokes(
        np.array([(s * 1.15 + y * 1j, s * 0.9 + (y + 0.1) * 1j, s * 0.66 +
                   (y + 0.1) * 1j) for s in (-1, 1)
                  for y in (0.02, 0.3)]), 0.07, 0.02)
]


def _cat_head_marks(rng, coat):
    """Paint a cat's face: the tabby's M, a mask, a blaze or a patch."""
    if coat.pattern == "tabby":
        return [(stripe, coat.second) for stripe in _TABBY_FACE]
    if coat.pattern == "points":
        return [(_oval(0, 0.2, 0.62, 0.66), _mix(coat.base, coat.second, 0.6)),
                (_oval(0, 0.28, 0.46, 0.5), coat.second)]
    if coat.pattern == "bicolour":
        return [(_curve(
            _mirror([(0, -0.75), (0.1, -0.3), (0.42, 0.2), (0.9, 0.6),
                     (0.6, 1.2), (0, 1.2)])), coat.light)]
    if coat.pattern == "patches":
        side = _pick(rng, (-1, 1))
        return [(_blob(rng, side * 0.6, -0.5, 0.62, 0.7), coat.second)]
    return []


_CAT_MUZZLE = _pair(_oval(0.17, 0.52, 0.25, 0.2))
_CAT_NOSE = _curve([(-0.15, 0.31), (0, 0.29), (0.15, 0.31), (0, 0.47)])
_CAT_SMILE = _pair(_stroke([(0, 0.47), (0.1, 0.62), (0.24, 0.6)], 0.028))
_NOSES = (_PINK, (176, 98, 94), (84, 62, 62))


def _cat_head(rng, coat):
    """Draw a cat's head of radius 1 from the front."""
    cheek, ear = _between(rng, 1.0, 1.14), _between(rng, 1.3, 1.6)
    outline = [(0, -0.8), (0.45, -0.76), (0.86, -0.42), (cheek, 0.12),
               (cheek - 0.1, 0.5), (0.62, 0.8), (0.25, 0.93), (0, 0.94)]
    if rng.random() < 0.4:   # tufts on the cheeks
        outline[3:6] = [(cheek - 0.02, 0.1), (cheek + 0.2, 0.5), (0.72, 0.76)]
    shapes = _cat_ears(rng, coat, ear)
    shapes.append(
        _Shape(_curve(_mirror(outline)), coat.base, _cat_head_marks(rng, coat),
               0.5, 0.3))
    face = _eyes(coat, "cat", 0.43, 0.02, _between(rng, 0.2, 0.27),
                 rng.random() < 0.12)
    face += [
        _Shape(_CAT_MUZZLE, _mix(coat.light, coat.base, 0.15), parts=2),
        _Shape(_CAT_NOSE, _pick(rng, _NOSES)),
        _Shape(_CAT_SMILE, _INK, parts=2)
    ]
    face.append(_whiskers(rng, coat))
    return shapes + _shift(face, rng.normal(0, 0.05))


def _whiskers(rng, coat):
    """Draw three whiskers a side."""
    colour = (250, 248, 244) if sum(coat.base) < 480 else (150, 138, 132)
    droop = rng.normal(0, 0.08)
    lines = [(0.32 + (0.5 + 0.06 * k) * 1j, 0.85 + (0.42 + 0.12 * k) * 1j,
              1.32 + (0.46 + 0.2 * k + droop) * 1j) for k in (-1, 0, 1)]
    outlines = _strokes(np.array(lines), 0.018, 0.006).reshape(-1, 2)
    return _Shape(_pair(outlines), colour, parts=6, solid=False)


def _dog_ears(rng, coat):
    """Draw two floppy or folded ears."""
    droop, spread = _between(rng, 0.35, 1.0), _between(rng, 0.95, 1.2)
    if rng.random() < 0.3:
        ear = [(0.2, -0.78), (0.5, -1.2), (0.86, -1.22), (0.9, -0.6),
               (0.72, -0.3)]
        tip = [(0.44, -1.16), (0.86, -1.26), (1.2, -0.9), (1.22, -0.52),
               (0.9, -0.7)]
        return [
            _Shape(_pair(_curve(ear)),
                   _mix(coat.ears, _INK, 0.12),
                   volume=0.4,
                   parts=2),
            _Shape(_pair(_curve(tip)),
                   coat.ears,
                   volume=0.5,
                   shadow=0.35,
                   parts=2)
        ]
    ear = [(0.3, -0.78), (0.62, -0.86), (spread, -0.55), (spread + 0.17, 0.05),
           (spread + 0.08, droop), (spread - 0.2, droop + 0.1),
           (0.72, 0.3 * droop), (0.62, -0.3)]
    return [
        _Shape(_pair(_curve(ear)), coat.ears, volume=0.5, shadow=0.3, parts=2)
    ]


def _dog_head_marks(rng, coat):
    """Paint a dog's face: a blaze, a mask, brows, or a patch over an eye."""
    if coat.pattern == "bicolour":
        return [(_curve(
            _mirror([(0, -0.95), (0.13, -0.6), (0.13, -0.1), (0.5, 0.4),
                     (0.7, 1.2), (0, 1.4)])), coat.light)]
    if coat.pattern == "points":
        return [(_oval(0, 0.62, 0.72, 0.66), _mix(coat.base, coat.second,
                                                  0.85))]
    if coat.pattern == "patches":
        return [(_blob(rng,
                       _pick(rng, (-1, 1)) * 0.42, -0.25, 0.42,
                       0.5), coat.second)]
    if coat.pattern == "spots":
        return [(_blob(rng, u, v, 0.1), coat.second)
                for u, v in rng.uniform((-0.7, -0.8), (0.7, 0.0), (5, 2))]
    return []


def _tongue(x, y, length):
    """Draw a tongue that hangs out."""
    outline = _curve([(x - 0.2, y), (x + 0.2, y), (x + 0.22, y + 0.6 * length),
                      (x, y + length), (x - 0.22, y + 0.6 * length)])
    return [
        _Shape(outline, (226, 112, 120), volume=0.4),
        _Shape(_stroke([(x, y + 0.1), (x, y + 0.6 * length)], 0.025),
               (190, 82, 94))
    ]


_DOG_MOUTH = _pair(_stroke([(0, 0.5), (0.06, 0.72), (0.3, 0.76)], 0.035))
_DOG_NOSE = _curve([(-0.27, 0.2), (0, 0.14), (0.27, 0.2), (0.2, 0.4),
                    (0, 0.52), (-0.2, 0.4)])
_DOG_SHINE = _oval(-0.08, 0.22, 0.09, 0.04)


def _dog_head(rng, coat):
    """Draw a dog's head, about 1 in radius, from the front."""
    jaw, chin = _between(rng, 0.48, 0.66), _between(rng, 1.05, 1.25)
    outline = [(0, -0.86), (0.5, -0.78), (0.8, -0.36), (0.76, 0.12),
               (jaw + 0.06, 0.5), (jaw, 0.85), (0.5 * jaw, chin),
               (0, chin + 0.04)]
    shapes = [
        _Shape(_curve(_mirror(outline)), coat.base, _dog_head_marks(rng, coat),
               0.5, 0.3), *_dog_ears(rng, coat)
    ]
    face = []
    if rng.random() < 0.6:
        face += _tongue(rng.normal(0, 0.06), 0.86, _between(rng, 0.4, 0.65))
    muzzle = coat.light if coat.pattern != "points" else _mix(
        coat.base, coat.second, 0.95)
    face.append(
        _Shape(_curve(
            _mirror([(0, 0.06), (0.26, 0.14), (jaw - 0.02, 0.55),
                     (jaw - 0.06, 0.84), (0.2, 0.98), (0, 0.9)])),
               muzzle,
               volume=0.45))
    face.append(_Shape(_DOG_MOUTH, _INK, parts=2))
    face += _eyes(coat, "dog", 0.4, -0.16, _between(rng, 0.15, 0.2),
                  rng.random() < 0.08)
    face += [
        _Shape(_DOG_NOSE, (48, 40, 44)),
        _Shape(_DOG_SHINE, (150, 142, 148))
    ]
    return shapes + _shift(face, rng.normal(0, 0.05))


def _cat_head_side(rng, coat):
    """Draw a cat's head from the side, looking to the left."""
    tall, tip = _between(rng, 1.25, 1.5), _between(rng, 0.0, 0.25)
    far = _curve([(-0.55, -0.4), (-0.5, -0.95), (tip - 0.5, -tall),
                  (-0.05, -0.7), (0, -0.4)])
    near = _curve([(-0.15, -0.5), (-0.02, -0.95), (tip + 0.12, -tall - 0.06),
                   (0.62, -0.6), (0.62, -0.1), (0.1, -0.3)])
    skull = _curve([(0.86, 0.2), (0.62, -0.5), (0.1, -0.78), (-0.4, -0.68),
                    (-0.78, -0.32), (-1.0, 0.08), (-1.04, 0.38), (-0.75, 0.7),
                    (-0.2, 0.86), (0.45, 0.75)])
    shapes = [
        _Shape(far, _mix(coat.ears, _INK, 0.2), volume=0.3),
        _Shape(skull, coat.base, _cat_head_marks(rng, coat), 0.5, 0.3),
        _Shape(near, coat.ears, volume=0.4, shadow=0.15),
        _Shape((near - (0.2, -0.7)) * (0.5, 0.62) + (0.17, -0.74),
               _mix(coat.ears, _PINK, 0.75)),
        _Shape(_oval(-0.78, 0.5, 0.26, 0.2), _mix(coat.light, coat.base, 0.15))
    ]
    eye = _eye(coat, "cat", -0.48, -0.02, _between(rng, 0.2, 0.25),
               rng.random() < 0.12)
    shapes += [_Shape(outline, colour) for outline, colour in eye]
    lines = [(-0.7 + (0.5 + 0.06 * k) * 1j, -0.1 + (0.45 + 0.12 * k) * 1j,
              0.35 + (0.5 + 0.2 * k) * 1j) for k in (-1, 0, 1)]
    return shapes + [
        _Shape(
            _curve([(-1.1, 0.1), (-0.9, 0.1), (-0.98, 0.28),
                    (-1.09, 0.24)]), _pick(rng, _NOSES)),
        _Shape(_stroke([(-1.0, 0.46), (-0.84, 0.58),
                        (-0.64, 0.54)], 0.028), _INK),
        _Shape(_strokes(np.array(lines), 0.018, 0.006).reshape(-1, 2),
               (250, 248, 244) if sum(coat.base) < 480 else (150, 138, 132),
               parts=3,
               solid=False)
    ]


def _dog_head_side(rng, coat):
    """Draw a dog's head from the side, its snout to the left."""
    long, droop = _between(rng, 1.35, 1.75), _between(rng, 0.3, 0.85)
    skull = _curve([(0.8, 0.15), (0.5, -0.62), (-0.02, -0.82), (-0.48, -0.6),
                    (-0.74, -0.18), (0.35 - long, -0.06), (-long, 0.04),
                    (-long - 0.04, 0.34), (0.4 - long, 0.6), (-0.6, 0.72),
                    (0.0, 0.8), (0.55, 0.65)])
    marks = _dog_head_marks(rng, coat) if coat.pattern in ("patches",
                                                           "spots") else []
    if coat.pattern != "solid":
        light = coat.second if coat.pattern == "points" else coat.light
        marks.append((_oval(-0.15 - long, 0.45, 0.75, 0.42), light))
    shapes = [] if rng.random() < 0.45 else _tongue(0.5 - long, 0.42,
                                                    _between(rng, 0.4, 0.65))
    shapes.append(_Shape(skull, coat.base, marks, 0.5, 0.3))
    shapes.append(
        _Shape(
            _stroke([(0.12 - long, 0.36), (0.4 - long, 0.46),
                     (0.75 - long, 0.36)], 0.035), _INK))
    eye = _eye(coat, "dog", -0.42, -0.2, _between(rng, 0.15, 0.19),
               rng.random() < 0.08)
    shapes += [_Shape(outline, colour) for outline, colour in eye]
    shapes.append(_Shape(_oval(0.04 - long, 0.1, 0.19, 0.16), (48, 40, 44)))
    shapes.append(_Shape(_oval(-long, 0.05, 0.07, 0.04), (150, 142, 148)))
    ear = [(0.0, -0.6), (0.35, -0.75), (0.72, -0.45), (0.85, 0.1),
           (0.72, droop), (0.42, droop + 0.08), (0.2, 0.25 * droop)]
    if rng.random() < 0.3:   # folded
        ear = [(0.05, -0.55), (0.2, -1.1), (0.6, -1.2), (0.85, -0.8),
               (0.92, -0.4), (0.55, -0.6)]
    return shapes + [_Shape(_curve(ear), coat.ears, volume=0.5, shadow=0.3)]


_HEADS = {
    "cat": (_cat_head, _cat_head_side),
    "dog": (_dog_head, _dog_head_side)
}


def _head(rng, coat, species, profile=0.0):
    """Draw a head from the front or, with probability `profile`, the side."""
    front, side = _HEADS[species]
    return (side if rng.random() < profile else front)(rng, coat)


def _collar(coat, left, low, right):
    """Draw a collar with its tag."""
    if coat.collar is None:
        return []
    return [
        _Shape(_stroke([left, low, right], 0.11),
               coat.collar,
               volume=0.4,
               shadow=0.2),
        _Shape(_oval(low[0], low[1] + 0.17, 0.14), (236, 200, 96))
    ]


def _bounds(outline):
    return (*outline.min(axis=0), *outline.max(axis=0))


def _torso(rng, coat, outline, across, belly):
    """Draw a body with its pattern and a lighter belly or bib."""
    outline = _curve(outline)
    marks = _body_marks(rng, coat, _bounds(outline), across)
    if coat.pattern != "solid" or coat.socks:
        marks.append((belly, coat.light))
    return _Shape(outline, coat.base, marks, 0.5)


def _sitting(rng, coat, species):
    """Draw an animal that sits and faces us."""
    shoulder, hip = _between(rng, 0.7, 0.88), _between(rng, 0.95, 1.25)
    tall = _between(rng, 2.6, 3.2) if species == "cat" else _between(
        rng, 2.7, 3.4)
    side = _pick(rng, (-1, 1))
    shapes = _tail(rng, coat, species, (side * 0.85 * hip, tall - 0.3), side)
    belly = _oval(0, 1.3, 0.5 * shoulder, 0.75)
    shapes.append(
        _torso(
            rng, coat,
            _mirror([(0, 0.2), (0.55 * shoulder, 0.45), (shoulder, 1.2),
                     (hip, tall - 1.0), (1.08 * hip, tall - 0.35),
                     (0.75 * hip, tall), (0, tall)]), "in", belly))
    width = 0.21 if species == "cat" else _between(rng, 0.22, 0.3)
    shapes += [
        _Shape(_pair(_oval(0.84 * hip, tall - 0.48, 0.4, 0.55, -0.25)),
               coat.base,
               volume=0.45,
               shadow=0.2,
               parts=2),
        _Shape(_pair(_oval(0.98 * hip, tall - 0.02, 0.36, 0.19)),
               coat.light if coat.socks else coat.base,
               volume=0.4,
               parts=2), *_legs(coat, [((x, 1.4), (0.95 * x, tall + 0.02))
                                       for x in (-0.38, 0.38)], width)
    ]
    shapes += _collar(coat, (-0.6, 0.68), (0, 0.98), (0.6, 0.68))
    head = _head(rng, coat, species)
    return shapes + _place(head, _between(rng, 0.88, 1.08), rng.normal(
        0, 0.12))


def _standing(rng, coat, species):
    """Draw an animal that stands, seen from the side."""
    cat = species == "cat"
    half = _between(rng, 1.5, 1.9) if cat else _between(rng, 1.4, 1.8)
    leg = _between(rng, 0.8, 1.15) if cat else _between(rng, 1.0, 1.6)
    deep = _between(rng, 0.85, 1.0) if cat else _between(rng, 0.95, 1.25)
    foot, width = deep + leg, 0.2 if cat else _between(rng, 0.22, 0.28)
    shapes = _tail(rng, coat, species, (half, 0.1))
    shapes += _legs(coat, [((x, 0.6), (x, foot - 0.08))
                           for x in (0.62 - half, half - 0.62)],
                    width,
                    far=True)
    belly = _oval(-0.1, deep + 0.05, 0.8 * half, 0.3)
    shapes.append(
        _torso(rng, coat, [(-half - 0.2, 0.1), (-0.6 * half, -0.38),
                           (0, -0.25), (0.7 * half, -0.36), (half + 0.12, 0.1),
                           (half, 0.7 * deep), (0.45 * half, 0.8 * deep),
                           (-0.2 * half, 0.98 * deep), (-0.7 * half, deep),
                           (-half - 0.12, 0.7 * deep)], "down", belly))
    shapes.append(
        _Shape(
            _oval(half - 0.3, 0.5 * deep, 0.45, 0.55), coat.base,
            _body_marks(rng, coat, (half - 0.8, -0.1, half + 0.2, 1), "down"),
            0.45))
    shapes += _legs(coat, [((x, 0.62), (x - 0.05, foot))
                           for x in (0.22 - half, half - 0.2)], width)
    at = (-half - _between(rng, 0.15, 0.4), -_between(rng, 0.55, 1.0))
    return shapes + _neck_and_head(rng, coat, species, 0.35 - half, at)


def _neck_and_head(rng, coat, species, chest, at):
    """Draw the neck, collar and head of a standing animal."""
    x, y = at
    neck = _stroke([(chest, 0.3), (x + 0.15, y + 0.2)], 0.62, 0.5)
    shapes = [_Shape(neck, coat.base, volume=0.35)]
    shapes += _collar(coat, (x - 0.35, y + 0.7), (x + 0.1, y + 1.0),
                      (x + 0.7, y + 0.6))
    head = _head(rng, coat, species, profile=0.4)
    return shapes + _place(head, _between(rng, 0.8, 0.98), rng.normal(0, 0.12),
                           at)


def _lying(rng, coat, species):
    """Draw an animal that lies on its belly."""
    cat = species == "cat"
    long = _between(rng, 2.0, 2.6)
    shapes = [] if cat else _tail(rng, coat, species, (long - 0.1, 1.2))
    belly = _oval(-0.5, 1.2, 0.6, 0.55)
    shapes.append(
        _torso(rng, coat, [(-0.95, 0.5), (-0.4, -0.05), (0.5, 0.12),
                           (1.3, 0.0), (long - 0.1, 0.35), (long, 1.05),
                           (long - 0.4, 1.5), (0.5, 1.55), (-0.6, 1.52),
                           (-1.0, 1.1)], "down", belly))
    shapes.append(
        _Shape(_oval(long - 0.75, 0.92, 0.68, 0.56, 0.2), coat.base,
               _body_marks(rng, coat, (long - 1.4, 0.3, long, 1.4), "down"),
               0.45, 0.2))
    width = 0.2 if cat else 0.24
    shapes += _legs(coat, [((long - 1.0, 1.48), (long - 1.6, 1.5)),
                           ((-0.2, 1.36), (-1.45, 1.38))], width)
    shapes += _legs(coat, [((0.0, 1.5), (-1.3, 1.52))], width)
    if cat:
        line = [(long - 0.15, 1.25), (long + 0.15, 1.55), (0.6 * long, 1.68),
                (0.3 * long, 1.6)]
        shapes.append(
            _Shape(_stroke(line, 0.2, 0.14),
                   coat.second if coat.pattern == "points" else coat.base,
                   _bands(coat, line, 0.2, 6), 0.4, 0.2))
    x, y = -0.75 - _between(rng, 0, 0.2), _between(rng, -0.35, 0.2)
    shapes += _collar(coat, (x - 0.55, y + 0.6), (x, y + 0.95),
                      (x + 0.6, y + 0.6))
    head = _head(rng, coat, species, profile=0.4)
    return shapes + _place(head, _between(rng, 0.8, 0.98), rng.normal(0, 0.15),
                           (x, y))


def _face(rng, coat, species):
    """Draw the head alone, with or without a neck."""
    shapes = []
    if rng.random() < 0.5:
        w = _between(rng, 0.7, 0.95)
        shapes.append(
            _torso(
                rng, coat,
                _mirror([(0, 0.2), (0.6 * w, 0.5), (w, 1.1), (w + 0.15, 1.75),
                         (0, 1.95)]), "in", _oval(0, 1.45, 0.5, 0.5)))
        shapes += _collar(coat, (-0.6, 0.72), (0, 1.05), (0.6, 0.72))
    return shapes + _head(rng, coat, species)


_POSES = (_sitting, _standing, _lying, _face)
_POSE_ODDS = (0.34, 0.26, 0.18, 0.22)


def _animal(rng, species, pose=None):
    """Compose a random cat or dog: a list of shapes, upright."""
    coat = _draw_coat(rng, species)
    if pose is None:
        pose = _POSES[_draw_index(rng, _POSE_ODDS)]
    return pose(rng, coat, species)


def _ball(rng):
    """Draw a striped ball."""
    a, b = _pick(rng, _COLLARS), _pick(rng, (*_COLLARS, (240, 236, 226)))
    x = _between(rng, -0.4, 0.4)
    return [_Shape(_oval(0, 0, 1), a, [(_oval(x, 0, 0.45, 1.1, 0.5), b)], 0.6)]


def _mug(rng):
    """Draw a mug."""
    colour, tall = _pick(rng, _COLLARS), _between(rng, 0.8, 1.2)
    band = _stroke([(-1.2, 0.1), (0, 0.2), (1.2, 0.1)], 0.16)
    return [
        _Shape(_stroke([(0.6, -0.4), (1.3, -0.5), (1.3, 0.4), (0.6, 0.45)],
                       0.13),
               colour,
               volume=0.4),
        _Shape(
            _curve([(-0.8, -tall), (0.8, -tall), (0.75, 0.7), (0.5, tall),
                    (-0.5, tall), (-0.75, 0.7)]), colour,
            [(band, _mix(colour, (255, 255, 255), 0.7))], 0.5),
        _Shape(_oval(0, -tall, 0.74, 0.18), _mix(colour, _INK, 0.55))
    ]


def _crate(rng):
    """Draw a wooden or cardboard box."""
    colour = _pick(rng, ((196, 150, 100), (172, 124, 82), (206, 176, 132)))
    w, h = _between(rng, 0.9, 1.3), _between(rng, 0.6, 1.0)
    box = np.array([(-w, -h), (w, -h), (w, h), (-w, h)])
    lid = np.array([(-w, -h), (0.2 - w, -h - 0.35), (w - 0.2, -h - 0.35),
                    (w, -h)])
    tape = _stroke([(0, -h - 0.1), (0, 0), (0, h + 0.1)], 0.13)
    return [
        _Shape(lid, _mix(colour, (255, 255, 255), 0.25)),
        _Shape(box, colour, [(tape, _mix(colour, (255, 240, 200), 0.4))], 0.25)
    ]


def _cushion(rng):
    """Draw a cushion."""
    colour, w = _pick(rng, _COLLARS), _between(rng, 1.0, 1.4)
    stripes = [(_stroke([(x, -1.3), (x + 0.1, 0), (x, 1.3)],
                        0.09), _mix(colour, (255, 255, 255), 0.5))
               for x in np.arange(-1.1, 1.3, 0.45)]
    return [
        _Shape(
            _curve([(-w, -0.8), (0, -0.72), (w, -0.8), (0.9 * w, 0), (w, 0.8),
                    (0, 0.74), (-w, 0.8), (-0.9 * w, 0)]), colour,
            stripes if rng.random() < 0.6 else [], 0.6)
    ]


def _house(rng):
    """Draw a kennel or a small house."""
    wall = _pick(
        rng,
        ((228, 206, 176), (206, 120, 96), (160, 186, 200), (214, 190, 120)))
    roof, tip = _pick(rng,
                      ((160, 74, 62), (92, 96, 110), (120, 84, 66))), _between(
                          rng, 1.1, 1.7)
    door = _curve([(-0.35, 1.05), (-0.36, 0.3), (0, -0.05), (0.36, 0.3),
                   (0.35, 1.05)])
    return [
        _Shape(
            np.array([(-0.9, -0.4), (0, -tip + 0.1), (0.9, -0.4), (0.9, 1),
                      (-0.9, 1)]), wall, [(door, _mix(wall, _INK, 0.75))],
            0.2),
        _Shape(np.array([(-1.15, -0.3), (0, -tip), (1.15, -0.3), (1.05, -0.1),
                         (0, 0.35 - tip), (-1.05, -0.1)]),
               roof,
               volume=0.2,
               shadow=0.3)
    ]


def _bush(rng):
    """Draw a round bush."""
    green = _mix((92, 140, 74), (54, 104, 84), rng.random())
    leaves = [(_blob(rng, x, y, 0.16), _mix(green, (226, 236, 150), 0.25))
              for x, y in rng.uniform((-1.1, -0.8), (1.1, 0.6), (9, 2))]
    top = [(-1.35, 0.7), (-1.3, 0.0), (-0.9, -0.5), (-0.3, -0.9), (0.4, -0.8),
           (1.0, -0.45), (1.35, 0.1), (1.3, 0.7), (0, 0.85)]
    return [
        _Shape(_curve(np.array(top) + rng.normal(0, 0.1, (9, 2))), green,
               leaves, 0.55)
    ]


def _plant(rng):
    """Draw a plant in a pot."""
    pot = _pick(rng, ((196, 110, 76), (226, 222, 212), (84, 120, 150)))
    green = _mix((86, 146, 82), (48, 108, 90), rng.random())
    angles = np.linspace(-1.1, 1.1, 6) + rng.normal(0, 0.1, 6)
    tips = 1.5 * np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    sides = 0.24 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    leaves = [
        _curve([(0, 0.2), 0.55 * tip + side, tip, 0.55 * tip - side])
        for tip, side in zip(tips, sides)
    ]
    shapes = [
        _Shape(np.concatenate(leaves[k::2]),
               _mix(green, (210, 226, 130), 0.2 * k),
               volume=0.35,
               shadow=0.2,
               parts=3) for k in (0, 1)
    ]
    return shapes + [
        _Shape(np.array([(-0.6, 0.1), (0.6, 0.1), (0.42, 1.1), (-0.42, 1.1)]),
               pot,
               volume=0.4,
               shadow=0.2)
    ]


def _flower(rng):
    """Draw a flower."""
    colour, n = _pick(rng, (*_COLLARS, (240, 170, 190))), int(
        rng.integers(5, 9))
    petals = np.concatenate([
        _oval(0.6 * math.cos(a), 0.6 * math.sin(a), 0.42, 0.24, a)
        for a in np.arange(n) * 2 * np.pi / n
    ])
    shapes = [
        _Shape(_stroke([(0, 0), (0.1, 1), (0, 2)], 0.08), (84, 140, 76)),
        _Shape(petals, colour, volume=0.3, parts=n)
    ]
    return shapes + [_Shape(_oval(0, 0, 0.32), (240, 196, 80), volume=0.4)]


def _tree(rng):
    """Draw a small tree."""
    green = _mix((96, 150, 80), (70, 120, 90), rng.random())
    shapes = [
        _Shape(_stroke([(0, 0), (0.05, 1), (0, 2.2)], 0.16, 0.22),
               (122, 88, 66),
               volume=0.4)
    ]
    for x, y, r in ((-0.55, 0.15, 0.7), (0.6, 0.1, 0.7), (0.0, -0.6, 0.85)):
        shapes.append(
            _Shape(_blob(rng, x, y, r), green, volume=0.6, shadow=0.15))
    return shapes


_DISTRACTORS = (_ball, _mug, _crate, _cushion, _house, _bush, _plant, _flower,
                _tree)


def _gradient(height, width, *colours):
    """Spread rows of colours smoothly over an image."""
    grid = np.array(colours, np.uint8)
    grid = grid[:, None] if grid.ndim == 2 else grid
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)


def _weave(rng, image, name, strength=1.0):
    """Multiply an image by a random piece of a texture, in place."""
    x, y = rng.integers(0, _TEXTURE_SIZE, 2).tolist()
    grain = _crop(_texture(name), *image.shape[:2], x, y)
    if strength != 1:
        grain = cv2.addWeighted(grain, strength, grain, 0,
                                128 * (1 - strength))
    cv2.multiply(image, cv2.merge([grain] * 3), dst=image, scale=1 / 128)


def _soft_colour(rng, low=110, high=235):
    """Choose a pleasant, not too vivid colour."""
    hue, value = rng.random(), _between(rng, low, high)
    r, g, b = colorsys.hsv_to_rgb(hue, _between(rng, 0.1, 0.42), value)
    return int(r), int(g), int(b)


def _polygon(image, points, colour):
    """Fill a polygon that is given in pixels."""
    _fill(image,
          np.rint(np.asarray(points) * 2**_SUBPIXEL).astype(np.int32), colour)


def _ridge(rng, image, y, rough, colour):
    """Fill everything under a rolling line about `y` pixels down."""
    height, width = image.shape[:2]
    x = np.linspace(-20, width + 20, 9)
    line = _curve(np.stack([x, y + rng.normal(0, rough, 9)], axis=1),
                  closed=False)
    _polygon(image, np.vstack([line, [(width + 20, height), (-20, height)]]),
             colour)


def _sky(rng, height, width):
    """Paint a sky with some clouds."""
    blue = _mix((96, 160, 222), (150, 190, 224), rng.random())
    small = _gradient(height // 2, width // 2, blue,
                      _mix(blue, (255, 250, 240), 0.65))
    for _ in range(rng.integers(0, 4)):
        x, y, r = rng.uniform((0, 0, 0.02),
                              (width / 2, 0.2 * height, 0.05)) * (1, 1, width)
        for dx, s in ((-1.3, 0.7), (0, 1), (1.3, 0.75)):
            _polygon(small, _oval(x + dx * r, y, s * r, 0.6 * s * r),
                     _mix(blue, (255, 255, 255), 0.85))
    return cv2.resize(small, (width, height))


def _meadow(rng, height, width):
    """Paint a lawn under a sky, with hills and trees far away."""
    horizon = _between(rng, 0.2, 0.5)
    image, y = _sky(rng, height, width), horizon * height
    green = _mix((116, 168, 82), (150, 176, 90), rng.random())
    far = _mix(green, (170, 200, 220), 0.5)
    _ridge(rng, image, y - 0.05 * height, 0.03 * height, far)
    for x in rng.uniform(0, width, 6):
        r = _between(rng, 0.02, 0.06) * height
        _polygon(image, _oval(x, y - r, r, 1.3 * r),
                 _mix(far, (40, 90, 60), 0.45))
    lawn = _gradient(height - int(y), width, _mix(green, (220, 230, 160),
                                                  0.35), green,
                     _mix(green, (40, 80, 40), 0.25))
    _weave(rng, lawn, "grass", _between(rng, 0.5, 1))
    image[int(y):] = lawn
    return image, horizon


def _hang_picture(rng, image, floor):
    """Hang a picture, or a window, on a wall above `floor` pixels."""
    height, width = image.shape[:2]
    x, top, w, h = rng.uniform((0, 0.02, 0.15, 0.15), (0.8, 0.15, 0.3, 0.35))
    x0, y0, x1 = int(x * width), int(top * height), int((x + w) * width)
    y1 = int(min((top + h) * height, floor - 12))
    frame = _soft_colour(rng, 90, 250)
    cv2.rectangle(image, (x0 - 4, y0 - 4), (x1 + 4, y1 + 4), frame, -1)
    inside = _mix((170, 206, 232), _soft_colour(rng), 0.5)
    cv2.rectangle(image, (x0, y0), (x1, y1), inside, -1)
    if rng.random() < 0.5:
        hills = image[y0:y1, x0:x1]
        _ridge(rng, hills, 0.6 * (y1 - y0), 4, (130, 170, 130))


def _lay_rug(rng, image, y):
    """Lay an oval rug on a floor that begins `y` pixels down."""
    height, width = image.shape[:2]
    rug = _oval(
        _between(rng, 0.2, 0.8) * width, 0.5 * (y + height),
        _between(rng, 0.3, 0.5) * width, 0.4 * (height - y))
    centre, colour = rug.mean(axis=0), _soft_colour(rng, 130, 220)
    _polygon(image, rug, colour)
    _polygon(image, (rug - centre) * 0.85 + centre,
             _mix(colour, (255, 255, 255), 0.3))


def _living_room(rng, height, width):
    """Paint a wall with pictures, and a floor."""
    horizon = _between(rng, 0.45, 0.72)
    y, wall = int(horizon * height), _soft_colour(rng, 170, 240)
    image = _gradient(height, width, _mix(wall, (255, 255, 255), 0.2), wall)
    for _ in range(rng.integers(0, 3)):
        _hang_picture(rng, image, y)
    floor = _mix((176, 132, 96), _soft_colour(rng), _between(rng, 0, 0.8))
    ground = _gradient(height - y, width, _mix(floor, _INK, 0.2), floor)
    _weave(rng, ground, "wood", 0.7)
    image[y:] = ground
    skirting = _mix(wall, (255, 255, 255), 0.6)
    cv2.rectangle(image, (0, y - 6), (width, y), skirting, -1)
    if rng.random() < 0.6:
        _lay_rug(rng, image, y)
    return image, horizon


def _wallpaper(rng, height, width):
    """Paint a flat pattern of dots, stripes or diamonds."""
    ground, size = _soft_colour(rng, 150, 240), int(rng.integers(22, 56))
    tile = np.empty((size, size, 3), np.uint8)
    tile[:] = ground
    colour = _mix(ground, _soft_colour(rng, 90, 250), 0.6)
    kind, r = rng.integers(3), _between(rng, 0.15, 0.3) * size
    if kind == 0:
        _polygon(tile, _oval(size / 2, size / 2, r), colour)
    elif kind == 1:
        tile[:, :int(2 * r)] = colour
    else:
        _polygon(tile, _oval(size / 2, size / 2, 1.5 * r)[::6], colour)
    image = np.tile(
        tile, (height // size + 1, width // size + 1, 1))[:height, :width]
    return np.ascontiguousarray(image), None


def _kin(rng, colour):
    """Choose a colour that goes with another one."""
    return _mix(_soft_colour(rng), colour, _between(rng, 0.45, 0.8))


def _smooth(rng, height, width):
    """Paint a smooth gradient between four colours."""
    colour = _soft_colour(rng, 120, 250)
    colours = [[_kin(rng, colour) for _ in range(2)] for _ in range(2)]
    return _gradient(height, width, *colours), None


def _haze(rng, height, width):
    """Paint soft coloured noise."""
    ground, cells = np.array(_soft_colour(rng, 130, 230)), int(
        rng.integers(4, 18))
    grid = ground + rng.normal(0, _between(rng, 8, 24), (cells, cells, 1))
    grid = grid + rng.normal(0, 7, (cells, cells, 3))
    image = cv2.resize(np.clip(grid, 0, 255).astype(np.uint8), (width, height),
                       interpolation=cv2.INTER_CUBIC)
    _weave(rng, image, "cloud", _between(rng, 0, 0.3))
    return image, None


def _blanket(rng, height, width):
    """Paint a plaid blanket."""
    period = int(rng.integers(30, 80))
    colour = _soft_colour(rng, 120, 250)
    profile = np.array([_kin(rng, colour) for _ in range(6)], np.float32)
    widths = rng.integers(2, 10, 6)
    stripe = np.repeat(profile,
                       np.maximum(widths * period // widths.sum(), 1),
                       axis=0)
    rows = np.resize(stripe, (height, 1, 3)).astype(np.uint8)
    columns = np.resize(np.roll(stripe, 7, axis=0), (1, width, 3)).astype(
        np.uint8)
    image = cv2.addWeighted(cv2.resize(rows, (width, height)), 0.5,
                            cv2.resize(columns, (width, height)), 0.5, 0)
    _weave(rng, image, "fur", 1.4)
    return image, None


def _beach(rng, height, width):
    """Paint sand, sea and sky."""
    horizon = _between(rng, 0.2, 0.4)
    image, y = _sky(rng, height, width), int(horizon * height)
    sea, sand = _mix((70, 150, 176), (60, 120, 170),
                     rng.random()), (226, 204, 162)
    foam = _mix(sea, (255, 255, 255), 0.3)
    image[y:] = _gradient(height - y, width, sea, foam)
    shore = y + _between(rng, 0.08, 0.22) * height
    _ridge(rng, image, shore - 5, 3, (244, 246, 242))
    _ridge(rng, image, shore, 3, sand)
    dry = image[int(shore) + 8:]
    _weave(rng, dry, "grain", 0.35)
    _weave(rng, dry, "cloud", 0.2)
    return image, (shore + 6) / height


def _planks(rng, height, width):
    """Paint wooden planks."""
    colour = _mix((178, 134, 96), (150, 140, 132), rng.random())
    count, across = int(rng.integers(4, 11)), rng.random() < 0.5
    side = height if across else width
    jitter = rng.normal(1, 0.08, (count, 1))
    rows = np.clip(np.array(colour) * jitter, 0, 255).astype(np.uint8)[:, None]
    image = cv2.resize(rows, (width if across else height, side),
                       interpolation=cv2.INTER_NEAREST)
    for k in range(count + 1):
        y = k * side // count
        image[max(y - 1, 0):y + 1] = _mix(colour, _INK, 0.6)
    _weave(rng, image, "wood", 0.9)
    return (image if across else cv2.transpose(image)), None


def _bricks(rng, height, width):
    """Paint a brick wall and a pavement."""
    colour = _mix((178, 98, 78), (190, 170, 150), rng.random())
    size, horizon = int(rng.integers(12, 26)), _between(rng, 0.55, 0.8)
    rows, columns = height // size + 1, width // (2 * size) + 2
    tone = np.clip(
        np.array(colour) * rng.normal(1, 0.09, (rows, columns, 1)), 0, 255)
    wall = cv2.resize(tone.astype(np.uint8), (2 * size * columns, size * rows),
                      interpolation=cv2.INTER_NEAREST)
    mortar = _mix(colour, (226, 220, 210), 0.7)
    wall[::size], wall[:, ::2 * size] = mortar, mortar
    for k in range(1, rows, 2):
        wall[k * size:(k + 1) * size] = np.roll(wall[k * size:(k + 1) * size],
                                                size,
                                                axis=1)
    image, y = np.ascontiguousarray(wall[:height, :width]), int(
        horizon * height)
    grey = int(rng.integers(120, 190))
    image[y:] = _gradient(height - y, width, (grey - 30, ) * 3,
                          (grey, grey, grey - 6))
    _weave(rng, image, "cloud", 0.25)
    return image, horizon


def _lights(rng, height, width):
    """Paint out-of-focus lights at dusk."""
    small = _gradient(height // 2, width // 2,
                      *[_soft_colour(rng, 50, 130) for _ in range(2)])
    for x, y, r in rng.uniform((0, 0, 3), (width // 2, height // 2, 14),
                               (12, 3)):
        spot = small.copy()
        _polygon(spot, _oval(x, y, r), _soft_colour(rng, 190, 255))
        small = cv2.addWeighted(small, 0.55, spot, 0.45, 0)
    return cv2.resize(cv2.blur(small, (3, 3)), (width, height)), None


def _snow(rng, height, width):
    """Paint snow, mountains and firs at sunset."""
    horizon = _between(rng, 0.35, 0.55)
    y, glow = horizon * height, _mix((244, 196, 170), (236, 216, 220),
                                     rng.random())
    image = _gradient(height, width, (126, 150, 196), glow, glow)
    for depth, tone in ((0.12, 0.35), (0.03, 0.65)):
        x = np.sort(rng.uniform(-20, width + 20, 9))
        peaks = y - depth * height - rng.uniform(0, 0.14, 9) * height
        _polygon(
            image,
            np.vstack([
                np.stack([x, peaks], axis=1),
                [(width + 60, peaks[-1]), (width + 60, height), (-60, height),
                 (-60, peaks[0])]
            ]), _mix(glow, (92, 112, 150), tone))
    _ridge(rng, image, y, 0.015 * height, (226, 232, 242))
    for x in rng.uniform(0, width, 4):
        h = _between(rng, 0.08, 0.2) * height
        _polygon(image, [(x - 0.3 * h, y + 4), (x, y - h),
                         (x + 0.3 * h, y + 4)], (64, 96, 96))
    _weave(rng, image[int(y) + 6:], "cloud", 0.12)
    return image, horizon


def _tiles(rng, height, width):
    """Paint a tiled floor or wall."""
    a = _soft_colour(rng, 170, 245)
    b, size = _mix(a, _soft_colour(rng, 90, 250), _between(rng, 0.15,
                                                           0.9)), int(
                                                               rng.integers(
                                                                   18, 56))
    rows, columns = height // size + 1, width // size + 1
    check = (np.add.outer(np.arange(rows), np.arange(columns)) % 2)[..., None]
    image = np.where(check, np.array(a), np.array(b)).astype(np.uint8)
    image = cv2.resize(image, (columns * size, rows * size),
                       interpolation=cv2.INTER_NEAREST)
    grout = _mix(a, (120, 116, 112), 0.5)
    image[::size], image[:, ::size] = grout, grout
    image = np.ascontiguousarray(image[:height, :width])
    _weave(rng, image, "cloud", 0.12)
    return image, None


_BACKGROUNDS = {
    "train": (_meadow, _meadow, _living_room, _living_room, _wallpaper,
              _smooth, _haze, _blanket),
    "val": (_beach, _snow, _bricks, _planks, _lights, _tiles)
}


_IMAGE_SIZES = ((256, 256), (240, 320), (320, 240), (256, 288), (288, 256),
                (256, 320))
_COUNT_ODDS = (0.04, 0.42, 0.26, 0.14, 0.07, 0.04, 0.03)   # of 0 to 6 animals
_DISTRACTOR_ODDS = (0.4, 0.35, 0.18, 0.07)   # of 0 to 3 other things
_LARGEST = (
    0.8, 0.66, 0.56, 0.46, 0.4, 0.36)   # side of an animal, by their count
_SMALLEST = 0.08
_DIFFICULT_UNDER = 0.4   # visible part of the mask
_MIN_VISIBLE = 4   # pixels of a side under which nobody could label an object
_SOLID = 127   # coverage from which a pixel belongs to an object


@dataclass
class _Sprite:
    """A rendered drawing and its place; a distractor has no name."""
    image: np.ndarray
    mask: np.ndarray
    x: int
    y: int
    depth: float
    name: str = None
    pose: str = "Unspecified"

    @property
    def box(self):
        h, w = self.mask.shape
        return self.x, self.y, self.x + w, self.y + h


def _coverage(box, sprites):
    """Sum how much of a box other sprites' boxes cover."""
    x0, y0, x1, y1 = box
    shared = 0
    for other in sprites:
        u0, v0, u1, v1 = other.box
        shared += max(0,
                      min(x1, u1) - max(x0, u0)) * max(
                          0,
                          min(y1, v1) - max(y0, v0))
    return shared / ((x1 - x0) * (y1 - y0))


def _find_place(rng, w, h, height, width, ground, sprites):
    """Choose where a sprite goes: mostly free, inside, and on the ground."""
    spill = rng.random() < 0.15
    best, least = (0, 0), np.inf
    for _ in range(1 if rng.random() < 0.2 else 4):
        if spill:   # the centre stays inside
            x, y = _between(rng, 0, width) - w / 2, _between(rng, 0,
                                                             height) - h / 2
        else:
            x, y = _between(rng, 0, max(width - w, 1)), _between(
                rng, 0, max(height - h, 1))
        if ground is not None:   # feet on the ground, large things nearer
            far = min(ground * height + 0.3 * h, height)
            if y + h < far:
                y = _between(rng, far, height) - h
        covered = _coverage((x, y, x + w, y + h), sprites)
        if covered < least:
            best, least = (round(x), round(y)), covered
    return best


def _animal_sprite(rng, height, width, largest, ground, light, sprites):
    """Draw one cat or dog somewhere in a scene."""
    species = _pick(rng, ("cat", "dog"))
    pose = _POSES[_draw_index(rng, _POSE_ODDS)]
    shapes = pose(rng, _draw_coat(rng, species), species)
    wild = rng.random() < 0.12
    mirror = rng.random() < 0.5
    turn = _turn(rng.normal(0, 0.5 if wild else 0.1), 1, mirror)
    turn = turn @ np.diag(rng.normal(1, 0.06, 2))
    size = min(height,
               width) * _SMALLEST * (largest / _SMALLEST)**(rng.random()**0.65)
    image, mask = _render(shapes, size, light, turn)
    if rng.random() < 0.1:   # out of focus
        image, mask = (cv2.blur(a, (3, 3)) for a in (image, mask))
    free = wild or pose is _face
    x, y = _find_place(rng, mask.shape[1], mask.shape[0], height, width,
                       None if free else ground, sprites)
    view = ("Right" if mirror else "Left") if pose in (_standing,
                                                       _lying) else "Frontal"
    return _Sprite(image, mask, x, y, y + mask.shape[0], species, view)


def _distractor_sprite(rng, height, width, ground, light, sprites):
    """Draw a thing: anywhere, or in front of an animal."""
    shapes = _pick(rng, _DISTRACTORS)(rng)
    turn = _turn(rng.normal(0, 0.15), 1, rng.random() < 0.5)
    if sprites and rng.random() < 0.45:
        target = _pick(rng, sprites)
        h, w = target.mask.shape
        image, mask = _render(shapes,
                              max(h, w) * _between(rng, 0.4, 0.8), light, turn,
                              False)
        x = target.x + _between(rng, -0.1, 1.1) * w - mask.shape[1] / 2
        y = target.y + h * _between(rng, 0.9, 1.15) - mask.shape[0]
        return _Sprite(image, mask, round(x), round(y), target.depth + 1)
    size = min(height, width) * _between(rng, 0.08, 0.36)
    image, mask = _render(shapes, size, light, turn, False)
    x, y = _find_place(rng, mask.shape[1], mask.shape[0], height, width,
                       ground, sprites)
    return _Sprite(image, mask, x, y, y + mask.shape[0])


def _clip(sprite, height, width):
    """Return the slices of the scene and of the sprite where they meet."""
    x0, y0, x1, y1 = sprite.box
    u0, v0, u1, v1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    return (slice(v0, max(v1, v0)), slice(u0, max(
        u1, u0)), slice(v0 - y0,
                        max(v1, v0) - y0), slice(u0 - x0,
                                                 max(u1, u0) - x0))


def _paste(image, owners, sprite, number, light):
    """Put a sprite and its shadow into the scene, in place."""
    rows, columns, own_rows, own_columns = _clip(sprite, *owners.shape)
    area = image[rows, columns]
    if area.size == 0:
        return
    paint, mask = sprite.image[own_rows, own_columns], sprite.mask[own_rows,
                                                                   own_columns]
    _throw_shadow_on_ground(image, sprite, light)
    rest = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(paint, 3)),
                        cv2.COLOR_GRAY2RGB)
    cv2.multiply(area, rest, dst=rest, scale=1 / 255)
    cv2.add(rest, cv2.cvtColor(paint, cv2.COLOR_RGBA2RGB), dst=area)
    owners[rows, columns][mask > _SOLID] = number


def _throw_shadow_on_ground(image, sprite, light):
    """Darken the ground under a sprite, softly."""
    h, w = sprite.mask.shape
    pad = max(2, min(h, w) // 12)
    soft = cv2.resize(sprite.mask, (w // 2 + 1, h // 2 + 1),
                      interpolation=cv2.INTER_AREA)
    soft = cv2.copyMakeBorder(soft, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    soft = cv2.blur(soft, (pad + 1, pad + 1))
    soft = cv2.resize(soft, (w + 4 * pad, h + 4 * pad))
    soft = cv2.addWeighted(soft, -0.38, soft, 0, 255)
    shadow = _Sprite(None, soft, round(sprite.x - 2 * pad - pad * light[0]),
                     round(sprite.y - 2 * pad - 0.8 * pad * light[1]), 0)
    rows, columns, own_rows, own_columns = _clip(shadow, *image.shape[:2])
    area = image[rows, columns]
    if area.size:
        soft = cv2.cvtColor(soft[own_rows, own_columns], cv2.COLOR_GRAY2RGB)
        cv2.multiply(area, soft, dst=area, scale=1 / 255)


def _finish(rng, image, light):
    """Light, blur and grain: what a camera adds."""
    height, width = image.shape[:2]
    tint = rng.normal(1, 0.025, 3) * _between(rng, 0.9, 1.12)
    slope = _between(rng, 0, 0.14)
    corners = [[1 - slope * (x * light[0] + y * light[1]) for x in (-1, 1)]
               for y in (-1, 1)]
    glow = np.clip(np.array(corners)[::-1, ::-1, None] * tint * 190, 0,
                   255).astype(np.uint8)
    image = cv2.multiply(image,
                         cv2.resize(glow, (width, height)),
                         scale=1 / 190)
    if rng.random() < 0.12:
        image = cv2.GaussianBlur(image, (0, 0), _between(rng, 0.5, 1.3))
    if rng.random() < 0.6:
        x, y = rng.integers(0, _TEXTURE_SIZE, 2).tolist()
        grain = cv2.merge([
            _crop(_texture("grain"), height, width, x + 37 * c, y)
            for c in range(3)
        ])
        k = _between(rng, 0.06, 0.34)
        image = cv2.addWeighted(image, 1, grain, k, -128 * k)
    return image


@dataclass
class ToyObject:
    """What an annotation says of one animal.

    `box` is (xmin, ymin, xmax, ymax) in pixels, 1-based and inclusive, as in
    VOC.
    """
    name: str
    pose: str
    truncated: int
    difficult: int
    box: tuple


def _annotate(sprite, owners, number):
    """Describe an animal's visible part, or return None if there is none."""
    visible = np.equal(owners, number).view(np.uint8)
    x, y, w, h = cv2.boundingRect(visible)
    if min(w, h) < _MIN_VISIBLE:
        return None
    height, width = owners.shape
    rows, columns, own_rows, own_columns = _clip(sprite, height, width)
    inside = cv2.countNonZero((sprite.mask[own_rows, own_columns]
                               > _SOLID).view(np.uint8))
    full = cv2.countNonZero((sprite.mask > _SOLID).view(np.uint8))
    shown = cv2.countNonZero(visible)
    return ToyObject(sprite.name, sprite.pose, int(inside < full),
                     int(shown < _DIFFICULT_UNDER * full),
                     (x + 1, y + 1, x + w, y + h))


def draw_toy_scene(rng, split="train"):
    """Draw one image of cats and dogs.

    Arguments:
        rng: numpy.random.Generator, or a seed.
        split: "train" or "val": they have different backgrounds.

    Returns:
        image: (H, W, 3) uint8, RGB.
        objects: list of ToyObject, from back to front.
        owners: (H, W) uint8, the number (from 1) of the sprite that each
            pixel shows; 0 is the background.

    Raises:
        ValueError: an unknown split.
    """
    if split not in _BACKGROUNDS:
        raise ValueError(f"split must be one of {list(_BACKGROUNDS)}, "
                         f"not {split!r}")
    rng = np.random.default_rng(rng)
    image, sprites, light = _compose(rng, split)
    owners = np.zeros(image.shape[:2], np.uint8)
    for number, sprite in enumerate(sprites, 1):
        _paste(image, owners, sprite, number, light)
    objects = [
        _annotate(sprite, owners, number)
        for number, sprite in enumerate(sprites, 1) if sprite.name
    ]
    return _finish(rng, image, light), [o for o in objects if o], owners


def _compose(rng, split):
    """Choose a background and sprites, sorted from back to front."""
    height, width = _pick(rng, _IMAGE_SIZES)
    image, ground = _pick(rng, _BACKGROUNDS[split])(rng, height, width)
    angle = _between(rng, -2.4, -0.7)   # light comes from above
    light = (math.cos(angle), math.sin(angle))
    sprites = []
    count = _draw_index(rng, _COUNT_ODDS)
    for _ in range(count):
        sprites.append(
            _animal_sprite(rng, height, width, _LARGEST[count - 1], ground,
                           light, sprites))
    animals = list(sprites)
    for _ in range(_draw_index(rng, _DISTRACTOR_ODDS)):
        sprites.append(
            _distractor_sprite(rng, height, width, ground, light, animals))
    return image, sorted(sprites, key=lambda s: s.depth), light


_JPEG_QUALITY = 90
_CLASSES = ("cat", "dog")
_SPLITS = ("train", "val")
_PARTIAL = ".partial"   # how the folder ends while it is being written
_LEFTOVER_AGE = 3600   # seconds after which such a folder is nobody's
_STAMP = "toy.json"   # the arguments a complete set was made with
_DRAWING_VERSION = 1   # raise it when the pictures of a seed change

_ANNOTATION = """<annotation>
\t<folder>{folder}</folder>
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


def _write_example(folder, name, image, objects):
    """Write one image and its annotation in VOC's layout."""
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR),
                           (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY))
    (folder / "JPEGImages" / f"{name}.jpg").write_bytes(jpeg.tobytes())
    height, width = image.shape[:2]
    text = _ANNOTATION.format(folder="toy_voc",
                              name=name,
                              width=width,
                              height=height,
                              objects="".join(map(_OBJECT.format, objects)))
    (folder / "Annotations" / f"{name}.xml").write_text(text)


def _write_lists(folder, members):
    """Write ImageSets/Main: a list a split, and one a split and class."""
    lists = {
        f"{split}.txt": [name for name, _ in members[split]]
        for split in _SPLITS
    }
    lists["trainval.txt"] = sorted(lists["train.txt"] + lists["val.txt"])
    for split in _SPLITS:
        for c in _CLASSES:
            lists[f"{c}_{split}.txt"] = [
                f"{name} {1 if c in classes else -1:2d}"
                for name, classes in members[split]
            ]
    for name, lines in lists.items():
        path = folder / "ImageSets" / "Main" / name
        path.write_text("".join(line + "\n" for line in lines))


def _write_split(folder, split, count, seed):
    """Draw and write one split; return its (name, classes shown) pairs."""
    members = []
    for i in tqdm(range(count), desc=f"drawing {split}", unit="image"):
        rng = np.random.default_rng([seed, _SPLITS.index(split), i])
        image, objects, _ = draw_toy_scene(rng, split)
        name = f"toy_{split}_{i:06d}"
        _write_example(folder, name, image, objects)
        members.append((name, {o.name for o in objects}))
    return members


def _check_count(name, value):
    if isinstance(value,
                  bool) or not isinstance(value,
                                          (int, np.integer)) or value < 0:
        raise ValueError(
            f"{name} must be an integer of at least 0, not {value!r}")
    return int(value)


def _is_made(root, stamp):
    """Tell whether root holds the set already; refuse any other content."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return False
    try:
        made = json.loads((root / _STAMP).read_text())
    except (OSError, ValueError):
        raise FileExistsError(f"root {str(root)!r} exists and is no toy set; "
                              "choose another folder or remove it") from None
    if made != stamp:
        raise FileExistsError(
            f"root {str(root)!r} holds a toy set made with {made}, "
            f"not {stamp}; choose another folder or remove it")
    return True


def _write_set(folder, num_train, num_val, seed):
    """Draw and write a whole data set into a new folder."""
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / part).mkdir(parents=True)
    members = {"train": _write_split(folder, "train", num_train, seed),
               "val": _write_split(folder, "val", num_val, seed)}
    _write_lists(folder, members)


def _remove_leftovers(target):
    """Remove what runs that were killed long ago left beside the target."""
    for folder in target.parent.glob(f".{target.name}.*{_PARTIAL}"):
        if time.time() - folder.stat().st_mtime > _LEFTOVER_AGE:
            shutil.rmtree(folder, ignore_errors=True)


def make_toy_voc(root, num_train, num_val, seed=0):
    """Draw a data set of cats and dogs in the layout of VOC's devkit.

    Image i of a split depends on (seed, split, i) alone: a larger set holds
    the smaller one. Nothing is at root before the last file is written.

    Arguments:
        root: folder to make. A complete set that was made with the same
            arguments is kept.
        num_train, num_val: numbers of images, at least 0.
        seed: integer of at least 0.

    Returns:
        root, as it was given.

    Raises:
        ValueError: a bad number or seed.
        FileExistsError: root holds anything else than that set.
    """
    counts = {"num_train": _check_count("num_train", num_train),
              "num_val": _check_count("num_val", num_val),
              "seed": _check_count("seed", seed)}
    stamp, target = {**counts, "drawing": _DRAWING_VERSION}, Path(root)
    if _is_made(target, stamp):
        return root
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(target)
    folder = target.with_name(f".{target.name}.{os.getpid()}{_PARTIAL}")
    try:
        _write_set(folder, **counts)
        (folder / _STAMP).write_text(json.dumps(stamp))
        folder.replace(target)
    except OSError:
        if not _is_made(target, stamp):   # by another process, meanwhile
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return root
