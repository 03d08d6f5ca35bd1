"""The network as a graph of ONNX, written node by node from its weights.

It is the graph of `d2l_ssd.torch.model`, with the softmax inside. Batch size,
height and width are free. Written here rather than traced, it needs neither
PyTorch nor its exporters, and is the same whichever version they have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17  # of 2022: any runtime of the last years knows it
FORMAT_VERSION = 8  # of the file, the one that came with that opset
INPUT, OUTPUTS = "images", ("class_probs", "offsets")
EPSILON = 1e-5  # of batch normalization
NUM_CHANNELS = 3
# Two residual blocks per stage: their layer, and the first one's stride
STAGES = (
    [("backbone.stages.0.5", 1), ("backbone.stages.0.6", 2)],
    [("backbone.stages.1", 2)],
    [("backbone.stages.2.0", 2)],
)
OFFSET_BIAS = "output.offset_heads.0.bias"  # four per anchor of a cell
CLASS_BIAS = "output.class_heads.0.bias"  # one per anchor and class


def make_model(
    weights: Mapping[str, np.ndarray], metadata: Mapping[str, str]
) -> onnx.ModelProto:
    """Build the ONNX model of an SSD.

    Args:
        weights: PyTorch's names to arrays, see `d2l_ssd.torch.get_weights`.
        metadata: texts by name that the file shall hold.

    Raises:
        ValueError: the weights are not those of an SSD.
    """
    try:
        graph = _make_graph(_Nodes(weights))
    except KeyError as error:
        raise ValueError(
            f"weights must be those of an SSD with PyTorch's names, and lack "
            f"{error.args[0]}: see get_weights"
        ) from None
    model = helper.make_model(
        graph,
        producer_name="d2l_ssd",
        ir_version=FORMAT_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    helper.set_model_props(model, dict(metadata))
    checker.check_model(model)
    return model


def _make_graph(nodes: _Nodes) -> onnx.GraphProto:
    """Connect inputs, backbone, heads and outputs."""
    rows = _add_heads(nodes, _add_backbone(nodes, INPUT))
    nodes.add("Softmax", [nodes.join(rows["class"])], OUTPUTS[0], axis=-1)
    nodes.add("Identity", [nodes.join(rows["offset"])], OUTPUTS[1])
    shapes = {
        INPUT: ("batch", NUM_CHANNELS, "height", "width"),
        OUTPUTS[0]: ("batch", "anchors", nodes.num_columns["class"]),
        OUTPUTS[1]: ("batch", "anchors", nodes.num_columns["offset"]),
    }
    values = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    }
    return helper.make_graph(
        nodes.nodes,
        "SSD",
        [values[INPUT]],
        [values[name] for name in OUTPUTS],
        [numpy_helper.from_array(a, n) for n, a in nodes.constants.items()],
    )


def _add_backbone(nodes: _Nodes, X: str) -> list[str]:
    """Add the backbone; return the names of its four maps, fine to coarse."""
    X = nodes.normalize(X, "backbone.stages.0.0")
    X = nodes.convolve(X, "backbone.stages.0.1", stride=2)
    X = nodes.activate(nodes.normalize(X, "backbone.stages.0.2"))
    X = nodes.add(
        "MaxPool",
        [X],
        "backbone.stages.0.4",
        kernel_shape=[3, 3],
        strides=[2, 2],
        pads=[1, 1, 1, 1],
    )
    maps = []
    for stage in STAGES:
        for layer, stride in stage:
            X = _add_block(nodes, X, f"{layer}.0", stride)
            X = _add_block(nodes, X, f"{layer}.1", 1)
        maps.append(X)
    X = nodes.activate(nodes.normalize(X, "backbone.stages.2.1"))
    maps[-1:] = X, nodes.add("GlobalMaxPool", [X], "backbone.stages.3")
    for i in range(2):
        X = nodes.normalize(maps[i], f"backbone.norms.{i}.0")
        maps[i] = nodes.activate(X)
    return maps


def _add_block(nodes: _Nodes, X: str, layer: str, stride: int) -> str:
    """Add a residual block, as `ResidualBlock` computes it."""
    Y = nodes.activate(nodes.normalize(X, f"{layer}.bn1"))
    if f"{layer}.downsample.weight" in nodes.weights:
        X = nodes.convolve(Y, f"{layer}.downsample", stride)
    Y = nodes.convolve(Y, f"{layer}.conv1", stride)
    Y = nodes.activate(nodes.normalize(Y, f"{layer}.bn2"))
    Y = nodes.convolve(Y, f"{layer}.conv2")
    return nodes.add("Add", [Y, X], layer)


def _add_heads(nodes: _Nodes, maps: Sequence[str]) -> dict[str, list[str]]:
    """Add the heads; return the names of each map's rows of predictions."""
    rows = {kind: [] for kind in nodes.num_columns}
    for kind, columns in nodes.num_columns.items():
        for i, X in enumerate(maps):
            X = nodes.convolve(X, f"output.{kind}_heads.{i}")
            rows[kind].append(nodes.to_rows(X, columns))
    return rows


class _Nodes:
    """The nodes of a graph and the arrays that they use.

    Args:
        weights: PyTorch's names to arrays.
    """

    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self.weights, self.nodes, self.constants = weights, [], {}
        num_anchors = len(weights[OFFSET_BIAS]) // 4  # of a cell
        self.num_columns = {
            "class": len(weights[CLASS_BIAS]) // num_anchors,
            "offset": 4,
        }

    def add(self, kind: str, inputs: list[str], name: str, **attributes) -> str:
        """Add a node; return the name of its only output, the node's own."""
        node = helper.make_node(kind, inputs, [name], name, **attributes)
        self.nodes.append(node)
        return name

    def use(self, name: str, array: np.ndarray | None = None) -> str:
        """Keep a weight, or another array, in the file; return its name."""
        array = self.weights[name] if array is None else array
        self.constants[name] = np.ascontiguousarray(array)
        return name

    def convolve(self, X: str, layer: str, stride: int = 1) -> str:
        """Add a convolution that keeps or divides a map's size."""
        inputs = [X, self.use(f"{layer}.weight")]
        if f"{layer}.bias" in self.weights:
            inputs.append(self.use(f"{layer}.bias"))
        pad = self.weights[f"{layer}.weight"].shape[-1] // 2
        return self.add(
            "Conv", inputs, layer, strides=[stride] * 2, pads=[pad] * 4
        )

    def normalize(self, X: str, layer: str) -> str:
        """Add a batch normalization; one without scale and shift gets 1 and 0."""
        mean = self.weights[f"{layer}.running_mean"]
        learned = f"{layer}.weight" in self.weights
        fixed = None if learned else np.ones_like(mean)
        inputs = [X, self.use(f"{layer}.weight", fixed)]
        fixed = None if learned else np.zeros_like(mean)
        inputs.append(self.use(f"{layer}.bias", fixed))
        inputs += [
            self.use(f"{layer}.running_{name}") for name in ("mean", "var")
        ]
        return self.add("BatchNormalization", inputs, layer, epsilon=EPSILON)

    def activate(self, X: str) -> str:
        """Add a ReLU."""
        return self.add("Relu", [X], f"{X}.relu")

    def to_rows(self, X: str, columns: int) -> str:
        """Turn (B, anchors * columns, H, W) into (B, H * W * anchors, columns)."""
        last = self.add("Transpose", [X], f"{X}.last", perm=[0, 2, 3, 1])
        # 0 stands for the input's own: the batch size
        shape = np.array([0, -1, columns], dtype=np.int64)
        shape = self.use(f"{X}.shape", shape)
        return self.add("Reshape", [last, shape], f"{X}.rows")

    def join(self, rows: list[str]) -> str:
        """Join the rows of all maps."""
        return self.add("Concat", rows, f"{rows[0]}.all", axis=1)
