"""Convolutions that compute with integers: static quantization of activations.

Between layers, a number x of a map becomes the integer round(x / scale) + zero
point, from 0 to 255, with one scale and zero point per map. They come from the
smallest and largest number that calibration images bring there. A pair of nodes,
QuantizeLinear and DequantizeLinear, marks such a map; a runtime that finds pairs
before and after a convolution computes it with integers.

The heads keep float32 inputs: they cost little, and their outputs are the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from d2l_ssd.onnx.weights import SCALES, convolutions, put_before

HEADS = "output."  # begins the names of their layers
BATCH_SIZE = 4  # calibration images at once
LEVELS = 255  # steps between the smallest and the largest number
QUANTIZED, RESTORED = ".quantized", ".restored"
# A model's content to the function that computes its outputs
Open = Callable[[bytes], Callable[[np.ndarray], list[np.ndarray]]]
Ranges = dict[str, tuple[float, float]]


def find_ranges(
    model: onnx.ModelProto, X: np.ndarray, open_model: Open
) -> Ranges:
    """Measure what numbers images bring to the maps that will be integers.

    Args:
        model: in float32, with batch normalization folded.
        X: (N, 3, H, W) float32, inputs like those that it will see.
        open_model: function of a model's content that returns one of its inputs,
            which returns its outputs.

    Returns:
        From a map's name to its smallest and its largest number.
    """
    names = quantized_maps(model.graph)
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    del watched.graph.output[:]
    watched.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        for name in names
    )
    run, ranges = open_model(watched.SerializeToString()), {}
    for start in range(0, len(X), BATCH_SIZE):
        for name, values in zip(names, run(X[start : start + BATCH_SIZE])):
            low, high = ranges.get(name, (0.0, 0.0))
            ranges[name] = min(low, values.min()), max(high, values.max())
    return ranges


def quantized_maps(graph: onnx.GraphProto) -> list[str]:
    """Return the names of the maps before and after the backbone's convolutions.

    Where only a ReLU follows, it is computed with the convolution: the map is
    the one after it.
    """
    uses = Counter(name for node in graph.node for name in node.input)
    relus = {n.input[0]: n.output[0] for n in graph.node if n.op_type == "Relu"}
    names = {}  # a set that keeps its order
    for node in _backbone(graph):
        after = node.output[0]
        if after in relus and uses[after] == 1:
            after = relus[after]
        names.update(dict.fromkeys([node.input[0], after]))
    return list(names)


def _backbone(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return the convolutions that are not in the heads."""
    return [n for n in convolutions(graph) if not n.name.startswith(HEADS)]


def quantize_activations(model: onnx.ModelProto, ranges: Ranges) -> None:
    """Let the backbone's convolutions compute with integers.

    Args:
        model: its weights are stored `as_integers`; it is changed.
        ranges: see `find_ranges`.
    """
    graph, scales = model.graph, {}
    for name, (low, high) in ranges.items():
        scales[name] = np.float32(max(high - low, 1e-6) / LEVELS)
        zero_point = np.uint8(np.round(-low / scales[name]))
        _insert_pair(graph, name, scales[name], zero_point)
    for node in _backbone(graph):
        if len(node.input) == 3:
            scale = scales[node.input[0].removesuffix(RESTORED)]
            _quantize_bias(graph, node, scale)


def _insert_pair(
    graph: onnx.GraphProto, name: str, scale: np.float32, zero_point: np.uint8
) -> None:
    """Let all that uses a map take it from a pair of nodes behind it."""
    for node in graph.node:
        node.input[:] = [
            name + RESTORED if n == name else n for n in node.input
        ]
    constants = {f"{name}.scale": scale, f"{name}.zero_point": zero_point}
    _keep(graph, constants)
    place = 1 + next(
        i for i, node in enumerate(graph.node) if name in node.output
    )
    for kind, before, after in (
        ("DequantizeLinear", name + QUANTIZED, name + RESTORED),
        ("QuantizeLinear", name, name + QUANTIZED),
    ):
        node = helper.make_node(kind, [before, *constants], [after], after)
        graph.node.insert(place, node)


def _quantize_bias(
    graph: onnx.GraphProto, node: onnx.NodeProto, scale: np.float32
) -> None:
    """Turn a bias into integers of the size of the sums that it is added to."""
    arrays = {t.name: t for t in graph.initializer}
    weight, bias = node.input[1:]
    scales = numpy_helper.to_array(arrays[weight + SCALES]) * scale
    values = numpy_helper.to_array(arrays[bias])
    graph.initializer.remove(arrays[bias])
    constants = {
        f"{bias}.int32": np.round(values / scales).astype(np.int32),
        f"{bias}.scale": scales,
    }
    _keep(graph, constants)
    restored = helper.make_node(
        "DequantizeLinear", list(constants), [bias], f"{bias}.restored", axis=0
    )
    put_before(graph, [restored])


def _keep(
    graph: onnx.GraphProto, arrays: dict[str, np.ndarray | np.generic]
) -> None:
    """Store arrays in a graph."""
    graph.initializer.extend(
        numpy_helper.from_array(np.asarray(array), name)
        for name, array in arrays.items()
    )
