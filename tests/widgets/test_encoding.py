"""Arrays and images as the bytes that travel to the page."""

import io

import numpy as np
import pytest
from PIL import Image

from d2l_ssd.widgets.encoding import (
    clean_labels,
    compress_picture,
    encode_images,
    pack,
    pack_boxes,
    pack_difficult,
)

LABELS = [[1, 0, 0, 1, 1, 0], [0, 0, 0, 0.5, 1, 1], [-1] * 6]


def floats(data):
    return np.frombuffer(data, "<f4").tolist()


def test_arrays_travel_as_rows_of_float32():
    assert floats(pack([[0.5, 1], [2, 3]])) == [0.5, 1, 2, 3]


@pytest.mark.parametrize("dtype, size", [(np.uint8, 1), (np.float32, 4)])
def test_size_of_a_packed_number(dtype, size):
    assert len(pack(np.zeros((2, 3), np.int64), dtype)) == 6 * size


@pytest.mark.parametrize("columns", [5, 6])
def test_padding_stays_behind(columns):
    [rows] = clean_labels([LABELS], columns)
    np.testing.assert_array_equal(rows, np.array(LABELS[:2])[:, :columns])


def test_labels_in_two_traits():
    rows = clean_labels([LABELS], 6)
    assert floats(pack_boxes(rows)[0]) == LABELS[0][:5] + LABELS[1][:5]
    assert floats(pack_difficult(rows)[0]) == [0, 1]


def test_images_keep_size_and_color():
    image = np.full((24, 40, 3), (200, 100, 50), np.uint8)
    [data] = encode_images([image])
    decoded = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    assert decoded.shape == image.shape
    assert np.abs(decoded.astype(int) - image).max() < 8


def test_a_compressed_picture_has_few_colors():
    rng = np.random.default_rng(0)
    file = io.BytesIO()
    noise = rng.integers(0, 255, (32, 32, 3)).astype(np.uint8)
    Image.fromarray(noise).save(file, "png")
    small = compress_picture(file.getvalue())
    assert small == compress_picture(file.getvalue())
    assert len(Image.open(io.BytesIO(small)).getcolors()) <= 128
