"""Time the parts of a detection: the network, decoding, non-maximum suppression.

    python benchmarks/speed/inference.py

Prints a Markdown table of medians in milliseconds per image, on one thread, for the
outputs of the stored weights (the mean of twelve images) and of an untrained network,
with and without a limit of candidates. The chapter on inference shows the table of one
machine.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import time

import d2l_ssd.mxnet  # noqa: F401  (MXNet, mended)

# isort: split
import numpy as np
from mxnet import np as mnp
from mxnet import npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import batched_nms, decode_candidates, softmax
from d2l_ssd.mxnet import SSD, load_weights
from d2l_ssd.results import load_results

npx.set_np()

SIDE, CLASSES, ROUNDS = 256, 2, 15
NMS_IOU = 0.45
TRAINED = ((0.01, 400), (0.3, 400))  # score threshold, limit per class
UNTRAINED = ((0.01, 400), (0.01, None))
ANCHORS = ssd_anchors(feature_map_shapes(SIDE, SIDE))


def milliseconds(function):
    """Return the median time of a call, after one to warm up."""
    function()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def network_time(weights):
    """Time the network on one image, until its outputs are NumPy's."""
    net = SSD(num_classes=CLASSES)
    net.initialize()
    load_weights(net, weights)
    net.hybridize()
    noise = np.random.default_rng(0).normal(size=(1, 3, SIDE, SIDE))
    X = mnp.array(noise.astype(np.float32))
    # MXNet computes in the background: asnumpy waits for the result
    return milliseconds(lambda: [out.asnumpy() for out in net(X)])


def untrained_outputs(count, rng):
    """Return class_probs and offsets of a network that knows nothing."""
    logits = rng.normal(0, 0.5, (count, len(ANCHORS), CLASSES + 1))
    offsets = rng.normal(0, 0.5, (count, len(ANCHORS), 4))
    return softmax(logits.astype(np.float32)), offsets.astype(np.float32)


def geometry_times(class_probs, offsets, threshold, top_k):
    """Return candidates, decoding and NMS per image: a number, two times."""
    outputs = list(zip(class_probs, offsets))

    def decode():
        return [
            decode_candidates(*output, ANCHORS, threshold, top_k)
            for output in outputs
        ]

    found = decode()
    suppress = milliseconds(
        lambda: [batched_nms(*one, NMS_IOU) for one in found]
    )
    count = sum(len(one.scores) for one in found)
    sums = count, milliseconds(decode), suppress
    return [value / len(outputs) for value in sums]


def rows():
    """Yield the lines of the table."""
    results = load_results()
    network = network_time(results.weights)
    yield "| outputs | score from | limit | candidates | network | decoding | NMS |"
    yield "|---|---|---|---|---|---|---|"
    trained = results.predictions.class_probs, results.predictions.offsets
    untrained = untrained_outputs(2, np.random.default_rng(0))
    for name, outputs, settings in (
        ("trained", trained, TRAINED),
        ("untrained", untrained, UNTRAINED),
    ):
        for threshold, top_k in settings:
            times = geometry_times(*outputs, threshold, top_k)
            count, decode, suppress = times
            yield (
                f"| {name} | {threshold} | {top_k or 'none'} | {count:,.0f} | "
                f"{network:.0f} ms | {decode:.1f} ms | {suppress:.1f} ms |"
            )


if __name__ == "__main__":
    for line in rows():
        print(line, flush=True)
