"""Augmentation moves boxes with pixels and changes the light."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2l_ssd import augmentation
from d2l_ssd.augmentation import (
    augment_detection,
    random_iou_crop,
    random_photometric,
    random_zoom_out,
)
from d2l_ssd.data import random_flip


def painted(height, width, box):
    """An image that is red in the box and black elsewhere, and its labels."""
    image = np.zeros((height, width, 3), dtype=np.uint8)
    x0, y0, x1, y1 = box
    image[y0:y1, x0:x1] = 255, 0, 0
    scale = [width, height, width, height]
    labels = np.array([[1, *np.divide(box, scale), 0]], dtype=np.float32)
    return image, labels


GEOMETRIC = {
    "zoom out": lambda *arguments: random_zoom_out(*arguments, probability=1),
    "crop": lambda *arguments: random_iou_crop(*arguments, probability=1),
    "all": augment_detection,
}


@pytest.mark.parametrize("name", ["zoom out", "crop"])
def test_boxes_follow_the_pixels(name):
    seen = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        image, labels = GEOMETRIC[name](*painted(60, 80, (20, 12, 60, 44)), rng)
        ys, xs = np.nonzero((image == (255, 0, 0)).all(axis=-1))
        if len(labels) == 0:
            continue
        height, width = image.shape[:2]
        seen += (height, width) != (60, 80)
        expected = [
            xs.min() / width,
            ys.min() / height,
            (xs.max() + 1) / width,
            (ys.max() + 1) / height,
        ]
        np.testing.assert_allclose(labels[0, 1:5], expected, atol=1e-5)
    assert seen > 50  # otherwise nothing was tested


corners = st.tuples(*[st.floats(0, 1, width=32)] * 4)
sides = st.integers(1, 90)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(corners, max_size=5),
    st.integers(0, 2**32),
    st.tuples(sides, sides),
    st.sampled_from([(), (1,), (3,)]),
    st.sampled_from(sorted(GEOMETRIC)),
)
def test_augmentation_keeps_boxes_valid(boxes, seed, size, planes, name):
    """Whatever the image is: of one pixel, a line, gray; and so are new boxes."""
    rows = [
        [i % 2, min(a, c), min(b, d), max(a, c), max(b, d), i == 0]
        for i, (a, b, c, d) in enumerate(boxes)
    ]
    labels = np.array(rows, dtype=np.float32).reshape(-1, 6)
    image = np.full((*size, *planes), 99, dtype=np.uint8)
    before = image.copy(), labels.copy()
    rng = np.random.default_rng(seed)
    new_image, new_labels = GEOMETRIC[name](image, labels, rng)
    assert new_image.dtype == np.uint8 and new_image.size > 0
    assert new_image.ndim == 3 and new_image.shape[2] == 3
    assert new_labels.dtype == np.float32 and new_labels.shape[1] == 6
    assert len(new_labels) <= len(labels)
    found = new_labels[:, 1:5]
    assert (found >= 0).all() and (found <= 1).all()
    assert (found[:, 2:] >= found[:, :2]).all()
    if new_labels is not labels and new_image.shape[:2] != size:
        assert (found[:, 2:] > found[:, :2]).all()
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(labels, before[1])


@pytest.mark.parametrize("name", ["zoom out", "crop"])
def test_boxes_that_lose_their_area_are_dropped(name):
    box = [0.3, 0.2, np.nextafter(np.float32(0.3), 1, dtype=np.float32), 0.8]
    labels = np.array([[0, *box, 0], [1, 0.1, 0.1, 0.9, 0.9, 0]], np.float32)
    dropped = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        image = np.zeros((50, 60, 3), np.uint8)
        new_image, rows = GEOMETRIC[name](image, labels, rng)
        if new_image is image:
            continue
        assert (rows[:, 3:5] > rows[:, 1:3]).all()
        dropped += len(rows) < 2
    assert dropped > 0


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (2, 3)], ids=str)
def test_windows_of_tiny_images_hold_a_pixel(size):
    labels = np.array([[0, 0, 0, 0.5, 0.6, 0]], np.float32)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        image = np.zeros((*size, 3), np.uint8)
        new_image, _ = random_iou_crop(image, labels, rng, probability=1)
        assert new_image.size > 0


def test_padding_is_no_object_to_crop():
    labels = np.full((3, 6), -1, np.float32)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        image = np.zeros((50, 60, 3), np.uint8)
        new_image, _ = random_iou_crop(image, labels, rng, probability=1)
        assert new_image.shape == image.shape


RGB = np.zeros((8, 8, 3), np.uint8)
ONE = np.array([[0, 0.1, 0.2, 0.7, 0.9, 0]], np.float32)


@pytest.mark.parametrize("step", [augment_detection, *GEOMETRIC.values()])
@pytest.mark.parametrize(
    "image, labels, message",
    [
        pytest.param(RGB[..., [0, 0, 0, 0]], ONE, "image", id="alpha"),
        pytest.param(RGB[..., :2], ONE, "image", id="two planes"),
        pytest.param(RGB[0, 0, 0], ONE, "image", id="one number"),
        pytest.param(RGB[:0], ONE, "image", id="no pixel"),
        pytest.param(RGB / 255, ONE, "image", id="floats"),
        pytest.param(RGB, ONE * 100, "labels", id="pixels"),
        pytest.param(RGB, ONE * np.nan, "labels", id="NaN"),
        pytest.param(RGB, ONE[:, :4], "labels", id="four columns"),
        pytest.param(RGB, ONE[0], "labels", id="one row"),
    ],
)
def test_wrong_images_and_labels_raise(step, image, labels, message):
    for seed in range(5):  # not only where chance changes something
        with pytest.raises(ValueError, match=f"^{message}"):
            step(image, labels, np.random.default_rng(seed))


@pytest.mark.parametrize(
    "step, option",
    [
        (random_zoom_out, {"probability": 30}),
        (random_zoom_out, {"probability": np.nan}),
        (random_zoom_out, {"max_zoom": 0.5}),
        (random_zoom_out, {"max_zoom": np.inf}),
        (random_iou_crop, {"probability": -0.1}),
        (random_iou_crop, {"trials": 0}),
        (random_iou_crop, {"trials": 1.5}),
    ],
    ids=str,
)
def test_options_out_of_range_raise(step, option):
    (name,) = option
    with pytest.raises(ValueError, match=f"^{name} must be"):
        step(RGB, ONE, np.random.default_rng(0), **option)


def test_photometric_makes_three_planes_of_a_gray_image():
    gray, labels = np.full((4, 5), 128, np.uint8), ONE
    rng = np.random.default_rng(0)
    image, _ = random_photometric(gray, labels, rng)
    again, _ = random_photometric(
        np.dstack([gray] * 3), labels, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(image, again)


def test_crop_overlaps_an_object_well_enough(monkeypatch):
    monkeypatch.setattr(augmentation, "CROP_MIN_IOUS", (0.7,))
    cropped = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        image, labels = painted(60, 80, (10, 10, 60, 50))
        new_image, new_labels = random_iou_crop(
            image, labels, rng, probability=1
        )
        if new_image.shape == image.shape:
            continue
        cropped += 1
        red = (image == (255, 0, 0)).all(axis=-1).sum()
        both = (new_image == (255, 0, 0)).all(axis=-1).sum()
        window = new_image.shape[0] * new_image.shape[1]
        assert both / (red + window - both) > 0.65  # 0.7 but for whole pixels
    assert cropped > 10


@pytest.mark.parametrize("name", sorted(GEOMETRIC))
def test_augmentation_repeats_with_its_seed(name):
    image = np.random.default_rng(0).integers(
        0, 256, (40, 50, 3), dtype="uint8"
    )
    labels = np.array([[0, 0.1, 0.2, 0.7, 0.9, 0]], dtype="float32")
    one, two = (
        GEOMETRIC[name](image, labels, np.random.default_rng(3))
        for _ in range(2)
    )
    for a, b in zip(one, two):
        np.testing.assert_array_equal(a, b)


def test_images_without_objects_are_augmented():
    image, labels = painted(40, 50, (0, 0, 10, 10))
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert augment_detection(image, labels[:0], rng)[1].shape == (0, 6)


def test_photometric_changes_the_light_only():
    image = np.random.default_rng(0).integers(
        0, 256, (40, 50, 3), dtype="uint8"
    )
    labels = np.array([[0, 0.1, 0.2, 0.7, 0.9, 0]], dtype="float32")
    rng = np.random.default_rng(1)
    changed, same = random_photometric(image, labels, rng)
    assert changed.shape == image.shape and (changed != image).mean() > 0.5
    np.testing.assert_array_equal(same, labels)
    still, _ = random_photometric(image, labels, rng, 0, 0, 0, 0)
    # There and back through HSV, in whole numbers
    assert abs(still.astype(int) - image).max() <= 6


# How much: the defaults are part of the recipe


def flat(level, size=64):
    """An image of one gray level, without objects."""
    image = np.full((size, size, 3), level, dtype=np.uint8)
    return image, np.zeros((0, 6), dtype=np.float32)


def test_brightness_and_contrast_are_limited():
    # At level 128 contrast changes nothing, 32 levels are all that brightness does
    changes = [
        random_photometric(*flat(128, 2), np.random.default_rng(seed))[0]
        .astype(int)
        .mean()
        - 128
        for seed in range(300)
    ]
    assert -33 <= min(changes) < -28 and 28 < max(changes) <= 33
    dark = [
        random_photometric(
            *flat(28, 2), np.random.default_rng(seed), brightness=0
        )[0].mean()
        for seed in range(300)
    ]
    # 100 levels below the middle, times 0.7 to 1.3
    assert -1 <= min(dark) < 3 and 53 < max(dark) <= 59


def test_hue_turns_by_at_most_12():
    red = np.array([[[255, 0, 0]]], dtype=np.uint8)
    turns = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        changed, _ = random_photometric(red, None, rng, 12, 0, 0, 0)
        hue = int(cv2.cvtColor(changed, cv2.COLOR_RGB2HSV)[0, 0, 0])
        turns.append((hue + 90) % 180 - 90)
    assert (min(turns), max(turns)) == (-12, 12)
    assert set(turns) == set(range(-12, 13))


def test_saturation_changes_by_at_most_40_percent():
    pink = np.array([[[200, 100, 100]]], dtype=np.uint8)  # saturation 128
    found = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        changed, _ = random_photometric(pink, None, rng, 0, 0.4, 0, 0)
        found.append(int(cv2.cvtColor(changed, cv2.COLOR_RGB2HSV)[0, 0, 1]))
    assert 74 <= min(found) < 82 and 174 < max(found) <= 181


def test_zoom_out_of_three_in_ten_images_up_to_two_and_a_half_times():
    sides = [
        random_zoom_out(*flat(0), np.random.default_rng(seed))[0].shape[0] / 64
        for seed in range(1000)
    ]
    assert 0.25 < np.mean(np.array(sides) > 1) < 0.35
    assert 2.4 < max(sides) <= 2.52


def test_crop_of_half_of_the_images(monkeypatch):
    monkeypatch.setattr(augmentation, "CROP_MIN_IOUS", (0,))  # always fits
    cropped = []
    for seed in range(2000):
        image, labels = painted(60, 80, (5, 5, 75, 55))
        rng = np.random.default_rng(seed)
        new_image, _ = random_iou_crop(image, labels, rng)
        cropped.append(new_image is not image)
    assert 0.47 < np.mean(cropped) < 0.53


def test_windows_have_sides_from_0_3_and_ratios_up_to_2(monkeypatch):
    windows = []
    monkeypatch.setattr(
        augmentation,
        "crop",
        lambda image, labels, window: windows.append(window),
    )
    monkeypatch.setattr(augmentation, "CROP_MIN_IOUS", (0,))
    labels = np.array([[0, 0.3, 0.3, 0.7, 0.7, 0]], dtype=np.float32)
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        random_iou_crop(flat(0)[0], labels, rng, probability=1)
    windows = np.array(windows)
    assert len(windows) > 900
    assert windows.min() >= 0 and windows.max() <= 1
    width, height = (windows[:, 2:] - windows[:, :2]).T
    area = width * height
    assert 0.08 < area.min() < 0.11 and area.max() <= 1  # 0.3 squared: 0.09
    ratio = width / height
    assert 0.5 <= ratio.min() < 0.52 and 1.9 < ratio.max() <= 2


ALL = [
    augment_detection,
    random_flip,
    random_iou_crop,
    random_photometric,
    random_zoom_out,
]


@pytest.mark.parametrize("function", ALL, ids=lambda f: f.__name__)
@pytest.mark.parametrize("rng", [None, 0, np.random.RandomState(0)])
def test_rng_must_draw(function, rng):
    with pytest.raises(ValueError, match="^rng must .*default_rng"):
        function(*painted(60, 80, (20, 12, 60, 44)), rng)


@pytest.mark.parametrize(
    "option",
    [
        {"hue": -1},
        {"hue": 1.5},
        {"saturation": -0.1},
        {"contrast": np.nan},
        {"brightness": "32"},
        {"contrast": True},
    ],
    ids=str,
)
def test_amounts_of_light(option):
    (name,) = option
    image, labels = painted(60, 80, (20, 12, 60, 44))
    with pytest.raises(ValueError, match=f"^{name} must"):
        random_photometric(image, labels, np.random.default_rng(0), **option)


@pytest.mark.parametrize("max_zoom", [0.5, 11, "2", None, np.inf])
def test_max_zoom(max_zoom):
    image, labels = painted(60, 80, (20, 12, 60, 44))
    with pytest.raises(ValueError, match="^max_zoom must be a number from 1"):
        random_zoom_out(
            image, labels, np.random.default_rng(0), max_zoom=max_zoom
        )
