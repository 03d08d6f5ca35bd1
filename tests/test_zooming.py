"""Random changes to training images that their objects allow."""

import numpy as np
import pytest

from d2l_ssd.augmentation import augment_detection
from d2l_ssd.zooming import Augmentation, flip_upside_down, random_zoom

BOX = [0.25, 0.5, 0.5, 0.75]


def marked(height=48, width=64):
    """An image whose only object is its only white rectangle."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    image[24:36, 16:32] = 255
    return image, np.array([[0, *BOX, 0]], dtype=np.float32)


def white_box(image):
    """The rectangle of white pixels, in units of the image."""
    ys, xs = np.nonzero(image.min(axis=2) > 200)
    height, width = image.shape[:2]
    return [
        xs.min() / width, ys.min() / height,
        (xs.max() + 1) / width, (ys.max() + 1) / height,
    ]  # fmt: skip


def test_box_stays_on_its_object():
    rng, kept, sides = np.random.default_rng(0), 0, []
    for _ in range(50):
        image, labels = random_zoom(*marked(), rng)
        sides.append(image.shape[0] / 48)
        assert image.shape[1] / image.shape[0] == pytest.approx(4 / 3, abs=0.1)
        for row in labels:
            np.testing.assert_allclose(row[1:5], white_box(image), atol=1e-6)
            kept += 1
    assert kept > 25 and min(sides) < 0.65 and max(sides) > 1.2


def test_flip_upside_down():
    image, labels = flip_upside_down(*marked())
    np.testing.assert_allclose(labels[0, 1:5], [0.25, 0.25, 0.5, 0.5])
    np.testing.assert_allclose(white_box(image), labels[0, 1:5])


@pytest.mark.parametrize(
    "flips, count", [("none", 1), ("horizontal", 2), ("both", 4)]
)
def test_flips_are_those_allowed(flips, count):
    rng, change = np.random.default_rng(0), Augmentation("none", flips)
    boxes = {tuple(change(*marked(), rng)[1][0, 1:5]) for _ in range(60)}
    assert len(boxes) == count


def test_the_papers_kind_is_the_training_chapters():
    ours, theirs = (np.random.default_rng(5) for _ in range(2))
    for _ in range(20):
        a = Augmentation("ssd")(*marked(), ours)
        b = augment_detection(*marked(), theirs)
        for mine, its in zip(a, b):
            np.testing.assert_array_equal(mine, its)
