"""The stored network's file, as the page gets it: without a framework."""

import os
import subprocess
import sys
from pathlib import Path

import detector_files
import numpy as np
import pytest

from d2l_ssd.onnx.stored import write_stored
from d2l_ssd.predictors import load_predictor
from d2l_ssd.toy import draw_toy_scene

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 12e6  # that the page may ask for
WITHOUT_FRAMEWORKS = """
import sys
for name in "torch", "mxnet", "d2l", "matplotlib":
    sys.modules[name] = None  # as if it were not installed
import detector_files
from pathlib import Path
detector_files.write_files(Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "detector"
    path = [str(ROOT), str(ROOT / "tools")]
    subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMEWORKS, folder],
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )
    return folder


def test_the_page_has_two_files(folder):
    names = sorted(file.name for file in folder.iterdir())
    assert names == [detector_files.FILE, f"{detector_files.FILE}.json"]
    assert (folder / detector_files.FILE).stat().st_size <= MOST_BYTES


def test_they_are_the_same_whenever_they_are_written(folder, tmp_path):
    again = detector_files.write_files(tmp_path)
    assert again.read_bytes() == (folder / again.name).read_bytes()


def test_it_finds_what_the_stored_network_finds(folder):
    image, objects, _ = draw_toy_scene(np.random.default_rng(5), "test")
    from d2l_ssd.detecting import detect

    found, expected = (
        detect(load_predictor(where), [image])[0]
        for where in (folder / detector_files.FILE, "stored")
    )
    assert len(expected) >= 1
    np.testing.assert_array_equal(found.classes, expected.classes)
    np.testing.assert_allclose(found.boxes, expected.boxes, atol=0.02)
    np.testing.assert_allclose(found.scores, expected.scores, atol=0.05)


def test_float32_is_the_stored_network(tmp_path):
    path = tmp_path / "net.onnx"
    assert write_stored(path, "float32") <= 1e-4
    X = np.random.default_rng(0).normal(size=(1, 3, 64, 64)).astype("f4")
    for ours, theirs in zip(load_predictor(path)(X), load_predictor()(X)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
