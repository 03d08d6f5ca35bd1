"""Batch normalization folded: fewer nodes, the same numbers."""

from collections import Counter

import numpy as np
import onnx
import pytest
from onnx import checker

from d2l_ssd.onnx.files import open_content


def kinds(model):
    return Counter(node.op_type for node in model.graph.node)


@pytest.mark.parametrize("shape", [(2, 3, 64, 96), (1, 3, 32, 64)], ids=str)
def test_computes_the_same(model, folded, shape):
    X = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    runs = (open_content(m.SerializeToString()) for m in (model, folded))
    for before, after in zip(*(run(X) for run in runs)):
        np.testing.assert_allclose(after, before, rtol=1e-4, atol=1e-4)


def test_only_what_follows_a_convolution_goes(model, folded):
    """The first layer of each of eight blocks, the input's and a map's stay."""
    before, after = kinds(model), kinds(folded)
    assert before["BatchNormalization"] - after["BatchNormalization"] == 9
    assert after["Conv"] == before["Conv"]
    inner = [n for n in folded.graph.node if n.op_type == "BatchNormalization"]
    assert not any(node.name.endswith("bn2") for node in inner)


def test_the_model_stays_as_it_is(model, folded):
    assert kinds(model)["BatchNormalization"] > 12
    checker.check_model(model)


def test_the_file_holds_no_weight_that_nothing_uses(folded):
    checker.check_model(folded)
    used = {name for node in folded.graph.node for name in node.input}
    assert {tensor.name for tensor in folded.graph.initializer} <= used


def test_a_convolution_that_something_else_uses_stays(model):
    from d2l_ssd.onnx.folding import fold_batch_norm

    stem = "backbone.stages.0.1"
    output = onnx.helper.make_tensor_value_info(
        "other", onnx.TensorProto.FLOAT, None
    )
    model.graph.node.append(onnx.helper.make_node("Relu", [stem], ["other"]))
    model.graph.output.append(output)
    names = {node.name for node in fold_batch_norm(model).graph.node}
    assert "backbone.stages.0.2" in names
