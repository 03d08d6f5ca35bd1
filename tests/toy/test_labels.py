"""Flags and boxes of an animal, with squares for animals."""

import cv2
import numpy as np
import pytest

from d2l_ssd.toy.labels import annotate
from d2l_ssd.toy.sprites import Sprite, paste


def square(x, y, side=20, name="cat"):
    mask = np.full((side, side), 255, np.uint8)
    return Sprite(cv2.merge([mask] * 4), mask, x, y, 0, name)


CASES = {  # x, y, what covers it, (truncated, difficult, box)
    "free": (10, 10, None, (0, 0, (11, 11, 30, 30))),
    "in the corner": (0, 0, None, (0, 0, (1, 1, 20, 20))),
    "one pixel outside": (-1, 10, None, (1, 0, (1, 11, 19, 30))),
    "60 % outside": (88, 10, None, (1, 0, (89, 11, 96, 30))),
    "65 % outside": (89, 10, None, (1, 1, (90, 11, 96, 30))),
    "60 % hidden": (10, 10, (10, 2), (0, 0, (11, 23, 30, 30))),
    "65 % hidden": (10, 10, (10, 3), (0, 1, (11, 24, 30, 30))),
    "one row hidden": (10, 10, (10, -9), (0, 0, (11, 12, 30, 30))),
    "three rows left": (10, 10, (10, 7), None),
    "wholly hidden": (10, 10, (10, 10), None),
    "wholly outside": (200, 10, None, None),
}


@pytest.mark.parametrize("x, y, cover, expected", CASES.values(), ids=CASES)
def test_flags_by_hand(x, y, cover, expected):
    owners = np.zeros((64, 96), np.uint8)
    image = np.zeros((64, 96, 3), np.uint8)
    sprite = square(x, y)
    paste(image, owners, sprite, 1, (0, -1))
    if cover:
        paste(image, owners, square(*cover), 2, (0, -1))
    found = annotate(sprite, owners, 1)
    if expected is None:
        assert found is None
    else:
        assert (found.truncated, found.difficult, found.box) == expected
