"""Precisions: what each may cost, and what is refused."""

import json

import numpy as np
import pytest

from d2l_ssd.onnx import PRECISIONS, description_path, write_onnx
from d2l_ssd.onnx.precision import check_precision, largest, typical
from d2l_ssd.predictors import load_predictor

SHARES = {"float32": 1, "float16": 1 / 2, "int8-weights": 1 / 4, "int8": 1 / 4}


@pytest.mark.parametrize("precision", PRECISIONS)
def test_file_is_written_and_opened(
    tmp_path, predictor, weights, inputs, precision
):
    path = tmp_path / "net.onnx"
    difference = write_onnx(path, predictor, weights, precision, inputs)
    assert 0 < difference <= PRECISIONS[precision].tolerance
    size = 4 * sum(array.size for array in weights.values())
    assert path.stat().st_size == pytest.approx(
        SHARES[precision] * size, rel=0.02
    )
    about = json.loads(description_path(path).read_text(encoding="utf-8"))
    assert about["precision"] == precision
    opened = load_predictor(path)
    assert opened.settings == predictor.settings
    scores, others = opened(inputs)[0], predictor(inputs)[0]
    assert typical(scores - others) < 0.05


@pytest.mark.parametrize("precision", ["float16", "int8-weights"])
def test_no_images_are_needed_without_integers(
    tmp_path, predictor, weights, precision
):
    write_onnx(tmp_path / "net.onnx", predictor, weights, precision)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_another_networks_outputs_are_refused(
    tmp_path, predictor, weights, inputs, precision
):
    changed = {"output.class_heads.0.bias": np.arange(16, dtype=np.float32)}
    with pytest.raises(ValueError, match="was not written.*is allowed"):
        write_onnx(
            tmp_path / "net.onnx",
            predictor,
            {**weights, **changed},
            precision,
            inputs,
        )
    assert not any(tmp_path.iterdir())


def test_unknown_precision():
    with pytest.raises(ValueError, match="one of float32, .*got 'int4'"):
        check_precision("int4", None)


@pytest.mark.parametrize("images", [None, np.zeros((0, 3, 32, 32), "f4")])
def test_integers_need_images(images):
    with pytest.raises(ValueError, match="int8 needs images"):
        check_precision("int8", images)


def test_measures():
    differences = np.array([0.0, 3, 4, 0])
    assert largest(differences) == 4
    assert typical(differences) == 2.5
    assert np.isnan(largest(np.array([0, np.nan])))
