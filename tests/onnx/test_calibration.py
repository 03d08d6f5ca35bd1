"""Images to calibrate with: which, and how they are made ready."""

import cv2
import numpy as np
import pytest

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.data import to_input
from d2l_ssd.onnx.calibration import DRAWN, calibration_inputs
from d2l_ssd.toy import make_toy_voc

SETTINGS = ModelSettings((64, 96))


@pytest.fixture
def folder(tmp_path):
    """Eleven images, each of one gray."""
    for i in range(11):
        gray = np.full((64, 48, 3), 20 * i, np.uint8)
        cv2.imwrite(str(tmp_path / f"{i:02d}.png"), gray)
    return tmp_path


def grays(X, settings=SETTINGS):
    """Return each input's gray in the middle, from 0 to 255."""
    middle = X[:, 0, 32, 48] * settings.std[0] + settings.mean[0]
    return (255 * middle).round().astype(int).tolist()


def test_images_are_taken_evenly(folder):
    X = calibration_inputs(folder, SETTINGS, count=3)
    assert X.shape == (3, 3, 64, 96) and X.dtype == np.float32
    assert grays(X) == [0, 100, 200]


def test_all_are_taken_where_there_are_few(folder):
    assert grays(calibration_inputs(folder, SETTINGS)) == [*range(0, 201, 20)]


def test_images_are_fitted_as_for_the_network(folder):
    settings = ModelSettings((64, 96), fit="pad")
    X = calibration_inputs(folder, settings, count=2)
    assert abs(X[:, :, 32, 2]).max() < 0.02  # the border has the mean color
    assert grays(X) == [0, 200]


def test_drawn_images_are_the_first_training_images(tmp_path):
    make_toy_voc(tmp_path / "toy", 2, 0, num_test=0)
    drawn = calibration_inputs(DRAWN, SETTINGS, count=2)
    written = calibration_inputs(tmp_path / "toy", SETTINGS)
    assert drawn.shape == written.shape
    assert abs(drawn - written).mean() < 0.05  # JPEG


def test_always_the_same(folder):
    first, second = (calibration_inputs(DRAWN, SETTINGS, 1) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (
        first[0].shape == to_input(np.zeros((9, 9, 3), np.uint8), 64, 96).shape
    )


def test_an_empty_folder(tmp_path):
    with pytest.raises(ValueError, match="no JPEG, PNG"):
        calibration_inputs(tmp_path, SETTINGS)
