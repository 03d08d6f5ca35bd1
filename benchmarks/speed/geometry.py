"""Compare targets and inference with MXNet's and d2l's, in one process.

    python benchmarks/speed/geometry.py

Prints the median, the fastest and the slowest time of each, and the ratio of
medians to ours. The functions take turns, so that a machine that slows down for
a while slows all of them. Exits with 1 if a bound does not hold: our targets
must be made at least 7 times as fast as MXNet's operator makes them, and our
detections take at most 5 times as long as its other operator, both in C++.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))

import statistics
import sys
import time

import d2l_ssd.mxnet  # noqa: F401  (MXNet, mended)

# isort: split
import numpy as np
from d2l import mxnet as d2l
from mxnet import nd, npx
from mxnet import np as mnp

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd, softmax
from d2l_ssd.targets import ssd_targets

npx.set_np()

ANCHORS = ssd_anchors(feature_map_shapes(256, 256))
BATCH, MOST_TRUTHS, CLASSES = 32, 8, 2
TARGETS, DETECTIONS = "npx.multibox_target (C++)", "MultiBoxDetection (C++)"
# The least that MXNet's time must be in units of ours
MINIMUM_RATIOS = {TARGETS: 7, DETECTIONS: 1 / 5}
ROUNDS = 15
SLOW, SLOW_ROUNDS = 0.5, 1  # functions over so many seconds run fewer times


def random_labels(rng):
    """Make labels (B, M, 6) of 1 to 8 objects per image, padded at the end."""
    labels = np.full((BATCH, MOST_TRUTHS, 6), -1, dtype=np.float32)
    for rows in labels:
        count = rng.integers(1, MOST_TRUTHS + 1)
        low = rng.uniform(0, 0.7, (count, 2))
        high = low + rng.uniform(0.08, 0.3, (count, 2))
        kind = rng.integers(0, CLASSES, (count, 1))
        rows[:count] = np.hstack([kind, low, high, np.zeros((count, 1))])
    return labels


def target_makers(rng):
    """Return a title, and the functions that make targets of one batch."""
    labels = random_labels(rng)
    anchors = mnp.array(ANCHORS)[None]
    mx_labels = mnp.array(labels[:, :, :5])
    scores = mnp.zeros((BATCH, CLASSES + 1, len(ANCHORS)))
    count = int((labels[:, :, 0] >= 0).sum())
    title = (
        f"targets of {BATCH} images, {len(ANCHORS):,} anchors, {count} objects"
    )
    return title, {
        "ssd_targets": lambda: ssd_targets(labels, ANCHORS),
        TARGETS: lambda: npx.multibox_target(anchors, mx_labels, scores),
        "d2l.multibox_target": lambda: d2l.multibox_target(anchors, mx_labels),
    }


def detectors(rng):
    """Return a title, and the functions that detect on one image."""
    logits = rng.normal(0, 0.5, (1, len(ANCHORS), CLASSES + 1))
    probs = softmax(logits.astype(np.float32))
    offsets = rng.normal(0, 0.5, (1, len(ANCHORS), 4)).astype(np.float32)
    arrays = [probs.transpose(0, 2, 1), offsets.reshape(1, -1), ANCHORS[None]]
    legacy = [nd.array(array) for array in arrays]
    modern = [mnp.array(array) for array in arrays]
    title = f"detections of an untrained network, one image, {len(ANCHORS):,} anchors"
    return title, {
        "predict_ssd": lambda: predict_ssd(probs, offsets, ANCHORS),
        DETECTIONS: lambda: nd.contrib.MultiBoxDetection(
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


def measure(functions):
    """Time all functions in turn; the slow ones fewer times."""
    times = {name: [] for name in functions}
    first = {name: seconds(function) for name, function in functions.items()}
    for i in range(ROUNDS):
        for name, function in functions.items():
            if first[name] < SLOW or i < SLOW_ROUNDS:
                times[name].append(seconds(function))
    return times


def report(title, times):
    """Print a table; return the ratio of each median to the first one."""
    medians = {name: statistics.median(t) for name, t in times.items()}
    ours = next(iter(medians.values()))
    header = "".join(f"{name:>9}" for name in ("median", "min", "max", "ratio"))
    print(f"\n{title}\n{'':28}{header}  (ms)")
    for name, values in times.items():
        row = [1000 * t for t in (medians[name], min(values), max(values))]
        cells = "".join(f"{cell:9.2f}" for cell in row)
        print(f"{name:28}{cells}{medians[name] / ours:9.1f}")
    return {name: median / ours for name, median in medians.items()}


def main():
    """Measure, and return the bounds that do not hold, as a text."""
    failures = []
    for make in (target_makers, detectors):
        title, functions = make(np.random.default_rng(0))
        ratios = report(title, measure(functions))
        failures += [
            f"{name} took {ratios[name]:.2f} times as long as ours, not {least:.2f}"
            for name, least in MINIMUM_RATIOS.items()
            if name in ratios and ratios[name] < least
        ]
    return "; ".join(failures)


if __name__ == "__main__":
    sys.exit(main() or 0)
