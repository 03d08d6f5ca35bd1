"""Compare targets and inference with MXNet's and d2l's, in one process.

    python benchmarks/geometry.py

Prints the median, the fastest and the slowest time of each, and the ratio of
medians to ours. The functions take turns, so that a machine that slows down for
a while slows all of them.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))

import statistics
import time

import d2l_ssd  # noqa: F401  (before MXNet)

# isort: split
import numpy as np
from d2l import mxnet as d2l
from mxnet import nd, npx
from mxnet import np as mnp

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.inference import predict_ssd, softmax
from d2l_ssd.targets import ssd_targets

npx.set_np()

ANCHORS = ssd_anchors([(32, 32), (16, 16), (8, 8), (1, 1)])
BATCH, MOST_TRUTHS, CLASSES = 32, 8, 2


def random_labels(rng):
    """Make labels (B, M, 6) of 1 to 8 truths an image, padded at the end."""
    labels = np.full((BATCH, MOST_TRUTHS, 6), -1, dtype=np.float32)
    for rows in labels:
        count = rng.integers(1, MOST_TRUTHS + 1)
        low = rng.uniform(0, 0.7, (count, 2))
        high = low + rng.uniform(0.08, 0.3, (count, 2))
        kind = rng.integers(0, CLASSES, (count, 1))
        rows[:count] = np.hstack([kind, low, high, np.zeros((count, 1))])
    return labels


def target_makers(rng):
    labels = random_labels(rng)
    anchors = mnp.array(ANCHORS)[None]
    mx_labels = mnp.array(labels[:, :, :5])
    scores = mnp.zeros((BATCH, CLASSES + 1, len(ANCHORS)))
    count = int((labels[:, :, 0] >= 0).sum())
    title = f"targets of a batch of {BATCH}, {len(ANCHORS):,} anchors, {count} truths"
    return title, {
        "ssd_targets": lambda: ssd_targets(labels, ANCHORS),
        "npx.multibox_target (C++)": lambda: npx.multibox_target(
            anchors, mx_labels, scores
        ),
        "d2l.multibox_target": lambda: d2l.multibox_target(anchors, mx_labels),
    }


def detectors(rng):
    logits = rng.normal(0, 0.5, (1, len(ANCHORS), CLASSES + 1))
    probs = softmax(logits.astype(np.float32))
    offsets = rng.normal(0, 0.5, (1, len(ANCHORS), 4)).astype(np.float32)
    arrays = [probs.transpose(0, 2, 1), offsets.reshape(1, -1), ANCHORS[None]]
    legacy = [nd.array(array) for array in arrays]
    modern = [mnp.array(array) for array in arrays]
    title = f"detections of an untrained network, one image, {len(ANCHORS):,} anchors"
    return title, {
        "predict_ssd": lambda: predict_ssd(probs, offsets, ANCHORS),
        "MultiBoxDetection (C++)": lambda: nd.contrib.MultiBoxDetection(
            *legacy, threshold=0.01, nms_threshold=0.45, nms_topk=400
        ),
        "d2l.multibox_detection": lambda: d2l.multibox_detection(
            *modern, nms_threshold=0.45, pos_threshold=0.01
        ),
    }


def seconds(function):
    start = time.perf_counter()
    function()
    npx.waitall()
    return time.perf_counter() - start


def measure(functions, rounds=15, slow=0.5, slow_rounds=3):
    """Time all functions in turn; those over `slow` seconds fewer times."""
    times = {name: [] for name in functions}
    first = {name: seconds(function) for name, function in functions.items()}
    for i in range(rounds):
        for name, function in functions.items():
            if first[name] < slow or i < slow_rounds:
                times[name].append(seconds(function))
    return times


def report(title, times):
    ours = statistics.median(next(iter(times.values())))
    print(
        f"\n{title}\n{'':28}{'median':>9}{'min':>9}{'max':>9}{'ratio':>9}  (ms)"
    )
    for name, values in times.items():
        median = statistics.median(values)
        row = [1000 * t for t in (median, min(values), max(values))]
        cells = "".join(f"{cell:9.2f}" for cell in row)
        print(f"{name:28}{cells}{median / ours:9.1f}")


if __name__ == "__main__":
    for make in (target_makers, detectors):
        title, functions = make(np.random.default_rng(0))
        report(title, measure(functions))
