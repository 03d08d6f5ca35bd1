"""Weights in fewer bits: what is stored, and what is computed with."""

import numpy as np
import pytest
from onnx import TensorProto, checker, numpy_helper

from d2l_ssd.onnx.files import open_content
from d2l_ssd.onnx.weights import (
    as_halves,
    as_integers,
    convolutions,
    store_weights,
)


def tensors(model):
    return {tensor.name: tensor for tensor in model.graph.initializer}


@pytest.mark.parametrize(
    "store, suffix, kind, bits",
    [
        (as_halves, ".float16", TensorProto.FLOAT16, 16),
        (as_integers, ".int8", TensorProto.INT8, 8),
    ],
    ids=["float16", "int8"],
)
def test_a_file_has_as_many_bits_as_it_says(model, store, suffix, kind, bits):
    before = model.ByteSize()
    weights = [node.input[1] for node in convolutions(model.graph)]
    store_weights(model, store)
    checker.check_model(model)
    kept = tensors(model)
    assert all(kept[name + suffix].data_type == kind for name in weights)
    assert not kept.keys() & set(weights)
    assert model.ByteSize() == pytest.approx(before * bits / 32, rel=0.02)


@pytest.mark.parametrize("store", [as_halves, as_integers])
def test_the_network_computes_nearly_the_same(model, inputs, store):
    exact = open_content(model.SerializeToString())(inputs)
    store_weights(model, store)
    rounded = open_content(model.SerializeToString())(inputs)
    for ours, theirs in zip(rounded, exact):
        assert 0 < abs(ours - theirs).mean() < 0.05 * abs(theirs).mean()


def test_integers_have_a_scale_per_output_channel():
    weight = np.array([1.27, -0.5, 0, 12.7], np.float32).reshape(2, 2, 1, 1)
    stored, node = as_integers("layer", weight)
    np.testing.assert_array_equal(
        stored["layer.int8"].ravel(), [127, -50, 0, 127]
    )
    np.testing.assert_allclose(stored["layer.scale"], [0.01, 0.1])
    assert list(node.input) == ["layer.int8", "layer.scale"]
    assert list(node.output) == ["layer"]
    assert [a.i for a in node.attribute if a.name == "axis"] == [0]


def test_biases_and_normalization_keep_their_bits(model, weights):
    store_weights(model, as_integers)
    kept = tensors(model)
    for name in weights.keys() & kept.keys():
        assert weights[name].ndim == 1
        np.testing.assert_array_equal(
            numpy_helper.to_array(kept[name]), weights[name]
        )
