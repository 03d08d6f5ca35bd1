"""A file's weights in fewer bits; what computes with them sees float32.

The convolutions hold nearly all of a network's weights. Theirs are stored in a
smaller form, and a node in front of each turns them back, under the old name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from d2l_ssd.results.weights import quantize

INTEGERS, SCALES, HALVES = ".int8", ".scale", ".float16"
# A weight's name and array to the arrays to store, by name, and the node
Store = Callable[[str, np.ndarray], tuple[dict, onnx.NodeProto]]


def as_halves(
    name: str, weight: np.ndarray
) -> tuple[dict[str, np.ndarray], onnx.NodeProto]:
    """Store a weight as float16.

    Args:
        name: of the weight, which the node gives to its output.
        weight: float32 array.

    Returns:
        Arrays to store, by name, and the node that turns them into the weight.
    """
    stored = {name + HALVES: weight.astype(np.float16)}
    return stored, helper.make_node(
        "Cast", list(stored), [name], f"{name}.restored", to=TensorProto.FLOAT
    )


def as_integers(
    name: str, weight: np.ndarray
) -> tuple[dict[str, np.ndarray], onnx.NodeProto]:
    """Store a weight (C, ...) as 8-bit integers and C scales, see `as_halves`."""
    integers, scales = quantize(weight)
    stored = {name + INTEGERS: integers, name + SCALES: scales}
    return stored, helper.make_node(
        "DequantizeLinear", list(stored), [name], f"{name}.restored", axis=0
    )


def store_weights(model: onnx.ModelProto, store: Store) -> None:
    """Change how the weights of a model's convolutions are stored.

    Args:
        model: with float32 weights; it is changed.
        store: `as_halves` or `as_integers`.
    """
    graph, nodes = model.graph, []
    names = {node.input[1] for node in convolutions(graph)}
    tensors = list(graph.initializer)
    del graph.initializer[:]
    for tensor in tensors:
        if tensor.name not in names:
            graph.initializer.append(tensor)
            continue
        stored, node = store(tensor.name, numpy_helper.to_array(tensor))
        graph.initializer.extend(
            numpy_helper.from_array(array, name)
            for name, array in stored.items()
        )
        nodes.append(node)
    put_before(graph, nodes)


def convolutions(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Yield the convolutions of a graph."""
    return (node for node in graph.node if node.op_type == "Conv")


def put_before(graph: onnx.GraphProto, nodes: list[onnx.NodeProto]) -> None:
    """Add nodes that need none of the others, which the format wants first."""
    others = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *others])
