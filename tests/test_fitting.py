"""Images that fit an input, and boxes that find back."""

import numpy as np
import pytest

from d2l_ssd.fitting import (
    FITS,
    boxes_to_image,
    boxes_to_input,
    fit_sample,
)

LABELS = np.array([[1, 0.25, 0.5, 0.75, 1, 0]], dtype=np.float32)


def image(height, width):
    return np.zeros((height, width, 3), dtype=np.uint8)


def test_padding_keeps_proportions():
    padded, labels = fit_sample(image(100, 200), LABELS, 64, 64, "pad")
    assert padded.shape == (200, 200, 3)
    # 50 pixels of border above and below
    np.testing.assert_allclose(
        labels[0], [1, 0.25, 0.5, 0.75, 0.75, 0], atol=1e-6
    )


def test_squeezing_leaves_all_to_resizing():
    squeezed, labels = fit_sample(image(100, 200), LABELS, 64, 64, "squeeze")
    assert squeezed.shape == (100, 200, 3) and labels is LABELS


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("shape", [(101, 203), (203, 101), (64, 64), (7, 90)])
@pytest.mark.parametrize("size", [(64, 64), (320, 416), (416, 320)])
def test_boxes_find_back(fit, shape, size):
    rng = np.random.default_rng(0)
    low = rng.uniform(0, 0.5, (20, 2))
    boxes = np.concatenate([low, low + rng.uniform(0.1, 0.5, (20, 2))], axis=1)
    labels = np.zeros((20, 6), dtype=np.float32)
    labels[:, 1:5] = boxes
    _, fitted = fit_sample(image(*shape), labels, *size, fit)
    inside = boxes_to_input(labels[:, 1:5], shape, *size, fit)
    np.testing.assert_allclose(inside, fitted[:, 1:5], atol=1e-6)
    back = boxes_to_image(inside, shape, *size, fit)
    np.testing.assert_allclose(back, boxes, atol=1e-5)
    assert back.dtype == np.float32


def test_what_lies_in_the_border_is_clipped():
    box = np.array([[0, 0, 1, 1]], dtype=np.float32)
    np.testing.assert_array_equal(
        boxes_to_image(box, (100, 200), 64, 64, "pad"), box
    )


def test_unknown_fit():
    with pytest.raises(ValueError, match="fit must be .*squeeze, pad.*'crop'"):
        fit_sample(image(4, 4), LABELS, 32, 32, "crop")
