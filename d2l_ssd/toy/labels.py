# Generated from book/toy.ipynb (`make save`); do not edit.
"""Labels: what an annotation says of an animal."""

from dataclasses import dataclass

import cv2
import numpy as np

from d2l_ssd.toy.sprites import SOLID, meeting_slices

_DIFFICULT_UNDER = 0.4  # visible part of the mask
_MIN_VISIBLE = 4  # pixels of a side under which nobody could label an object


@dataclass
class ToyObject:
    """What an annotation says of one animal."""

    name: str  # "cat" or "dog"
    pose: str  # "Frontal", "Left" or "Right"
    truncated: int  # 1: part of it lies outside the image
    difficult: int  # 1: most of it cannot be seen
    box: tuple  # (xmin, ymin, xmax, ymax), pixels, 1-based, inclusive, as VOC's


def annotate(sprite, owners, number):
    """Describe an animal's visible part, or return None if there is none."""
    visible = np.equal(owners, number).view(np.uint8)
    x, y, w, h = cv2.boundingRect(visible)
    if min(w, h) < _MIN_VISIBLE:
        return None
    _, _, *inside = meeting_slices(sprite.box, *owners.shape)
    solid = sprite.mask > SOLID
    full = cv2.countNonZero(solid.view(np.uint8))
    inside = np.count_nonzero(solid[tuple(inside)])
    shown = cv2.countNonZero(visible)
    return ToyObject(
        name=sprite.name,
        pose=sprite.pose,
        truncated=int(inside < full),
        difficult=int(shown < _DIFFICULT_UNDER * full),
        box=(x + 1, y + 1, x + w, y + h),
    )
