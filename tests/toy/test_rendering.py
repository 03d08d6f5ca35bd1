"""Rendering: a drawing has the size that was asked for."""

import cv2
import numpy as np
import pytest

from d2l_ssd.toy.coats import draw_coat
from d2l_ssd.toy.poses import pick_pose
from d2l_ssd.toy.rendering import render


@pytest.mark.parametrize("species", ["cat", "dog"])
@pytest.mark.parametrize("size", [21, 60, 79, 80, 200])
def test_drawings_have_the_size_asked_for(size, species):
    rng = np.random.default_rng(size)
    coat, pose = draw_coat(rng, species), pick_pose(rng)
    image, mask = render(pose(rng, coat, species), size, (-0.6, -0.8))
    assert image.shape == (*mask.shape, 4)
    x, y, w, h = cv2.boundingRect((mask > 127).view(np.uint8))
    assert abs(max(w, h) - size) <= 3
    assert x > 0 and y > 0  # nothing cut off by its own board
    assert x + w < mask.shape[1] and y + h < mask.shape[0]
