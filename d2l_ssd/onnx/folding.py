"""Batch normalization, folded into the convolution before it.

In use it only scales and shifts each channel: so do other weights of the
convolution, and a bias.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
from onnx import numpy_helper


def fold_batch_norm(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model that computes the same with fewer nodes.

    A batch normalization goes where its input comes from a convolution without
    bias, and nothing else uses that.

    Args:
        model: as `make_model` builds it.
    """
    folded = onnx.ModelProto()
    folded.CopyFrom(model)
    graph = folded.graph
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    uses = Counter(name for node in graph.node for name in node.input)
    made_by = {node.output[0]: node for node in graph.node}
    for norm in list(graph.node):
        before = made_by.get(norm.input[0])
        if norm.op_type == "BatchNormalization" and _is_foldable(before, uses):
            _fold(before, norm, arrays)
            graph.node.remove(norm)
    kept = {name for node in graph.node for name in node.input}
    del graph.initializer[:]
    graph.initializer.extend(
        numpy_helper.from_array(array, name)
        for name, array in arrays.items()
        if name in kept
    )
    return folded


def _is_foldable(node: onnx.NodeProto | None, uses: Counter) -> bool:
    """Tell whether a node is a convolution that can take a normalization."""
    if node is None or node.op_type != "Conv":
        return False
    return len(node.input) == 2 and uses[node.output[0]] == 1


def _fold(
    convolution: onnx.NodeProto,
    norm: onnx.NodeProto,
    arrays: dict[str, np.ndarray],
) -> None:
    """Let a convolution compute what a normalization makes of its output."""
    (epsilon,) = (a.f for a in norm.attribute if a.name == "epsilon")
    scale, shift, mean, variance = (arrays[name] for name in norm.input[1:])
    factor = scale / np.sqrt(variance + epsilon)  # one per output channel
    weight, bias = convolution.input[1], f"{convolution.name}.bias"
    arrays[weight] = arrays[weight] * factor[:, None, None, None]
    arrays[bias] = shift - mean * factor
    convolution.input.append(bias)
    convolution.output[0] = norm.output[0]
