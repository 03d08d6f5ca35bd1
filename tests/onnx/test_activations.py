"""Maps as integers: which, in what range, and what is computed with them."""

from collections import Counter

import numpy as np
import onnxruntime
import pytest
from onnx import checker, load, numpy_helper

from d2l_ssd.onnx.activations import (
    find_ranges,
    quantize_activations,
    quantized_maps,
)
from d2l_ssd.onnx.files import open_content
from d2l_ssd.onnx.weights import as_integers, store_weights


@pytest.fixture
def ranges(folded, inputs):
    return find_ranges(folded, inputs, open_content)


@pytest.fixture
def quantized(folded, ranges):
    store_weights(folded, as_integers)
    quantize_activations(folded, ranges)
    checker.check_model(folded)
    return folded


def constant(model, name):
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    return numpy_helper.to_array(tensors[name])


def test_a_range_holds_every_number_and_zero(folded, ranges, inputs):
    few = find_ranges(folded, inputs[:1], open_content)
    assert list(ranges) == quantized_maps(folded.graph)
    for name, (low, high) in ranges.items():
        assert low <= few[name][0] <= 0 <= few[name][1] <= high
    low, high = ranges["backbone.stages.0.0"]  # of the input, normalized
    assert low < -1 and high > 1


def test_maps_after_a_relu_begin_at_zero(ranges):
    relus = [name for name in ranges if name.endswith(".relu")]
    assert len(relus) == 17
    assert all(ranges[name][0] == 0 for name in relus)


def test_heads_are_left_alone(folded):
    assert not any("output" in name for name in quantized_maps(folded.graph))


def test_scale_and_zero_point(quantized, ranges):
    for name, (low, high) in ranges.items():
        scale = constant(quantized, f"{name}.scale")
        zero = constant(quantized, f"{name}.zero_point")
        assert zero.dtype == np.uint8
        steps = (np.array([low, high]) / scale + zero).round()
        assert steps.tolist() in ([0, 255], [1, 256], [-1, 254])


def test_onnxruntime_computes_the_backbone_with_integers(quantized, tmp_path):
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(
        quantized.SerializeToString(),
        options,
        providers=["CPUExecutionProvider"],
    )
    kinds = Counter(
        node.op_type for node in load(tmp_path / "optimized.onnx").graph.node
    )
    assert kinds["QLinearConv"] == 20
    assert kinds["Conv"] == 8  # those of the heads


def test_the_network_computes_nearly_the_same(model, quantized, inputs):
    exact = open_content(model.SerializeToString())(inputs)
    rounded = open_content(quantized.SerializeToString())(inputs)
    for ours, theirs in zip(rounded, exact):
        difference = np.sqrt(((ours - theirs) ** 2).mean())
        assert 0 < difference < 0.1 * theirs.std()


def test_a_map_of_zeros_is_no_division_by_zero(folded, ranges):
    store_weights(folded, as_integers)
    with np.errstate(all="raise"):
        quantize_activations(folded, dict.fromkeys(ranges, (0.0, 0.0)))
    checker.check_model(folded)
    X = np.zeros((1, 3, 32, 32), np.float32)
    outputs = open_content(folded.SerializeToString())(X)
    assert all(np.isfinite(output).all() for output in outputs)
