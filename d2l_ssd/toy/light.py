# Generated from book/toy.ipynb (`make save`); do not edit.
"""Masks, light and shadow: what OpenCV does with the shape of a piece.

Light is a direction (x, y) of length 1 that points towards its source.
"""

import cv2
import numpy as np

SUBPIXEL = 4  # fraction bits of the coordinates given to OpenCV


def fill(image, outline, color, parts=1, fraction_bits=SUBPIXEL):
    """Fill an outline's parts with smooth edges."""
    pieces = [*outline.reshape(parts, -1, 2)]
    cv2.fillPoly(image, pieces, color, cv2.LINE_AA, fraction_bits)


def blend(target, paint, mask):
    """Cover `target` with `paint` where `mask` is set, in place."""
    mask = cv2.merge([mask] * target.shape[2])
    paint = cv2.multiply(paint, mask, scale=1 / 255)
    rest = cv2.multiply(target, cv2.bitwise_not(mask), scale=1 / 255)
    cv2.add(rest, paint, dst=target)


def shade_volume(mask, volume, thick, light):
    """Shade a mask as a soft volume, brightest on the lit side."""
    h, w = mask.shape
    step = max(1.0, thick / 12)
    size = round(w / step) + 1, round(h / step) + 1
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    small = cv2.blur(small, (7, 7), borderType=cv2.BORDER_CONSTANT)
    x, y = light
    towards = np.array([[1 / step, 0, -1.6 * x], [0, 1 / step, -1.6 * y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    soft = cv2.warpAffine(small, towards, (w, h), flags=flags)
    return cv2.addWeighted(soft, volume, soft, 0, 255 * (1 - 0.85 * volume))


def throw_shadow(shade, mask, x, y, strength, light):
    """Darken what is already drawn beside and under a new mask."""
    h, w = mask.shape
    pad = max(2, min(h, w) // 10)
    soft = cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT)
    soft = cv2.blur(soft, (2 * pad + 1, 2 * pad + 1))
    soft = cv2.addWeighted(soft, -strength, soft, 0, 255)
    x = round(x - pad - 0.5 * pad * light[0])
    y = round(y - pad - pad * light[1])
    target = shade[max(y, 0) : y + h + 2 * pad, max(x, 0) : x + w + 2 * pad]
    soft = soft[max(-y, 0) :, max(-x, 0) :]
    soft = soft[: target.shape[0], : target.shape[1]]
    if soft.size:
        cv2.multiply(target, soft, dst=target, scale=1 / 255)
