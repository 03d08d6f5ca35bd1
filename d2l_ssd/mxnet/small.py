"""The playground's small detector with MXNet, in parts that can be replaced.

It is the network of *SSD on one page* on scenes of circles, squares and triangles.
Geometry, loss and metrics are the package's own. A chapter breaks one part and
trains again, within seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

import numpy
from mxnet import autograd, gluon, init, np, npx, random

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import flip_boxes
from d2l_ssd.checks import PADDING
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.inference import predict_ssd
from d2l_ssd.mxnet.steps import gradient_norm
from d2l_ssd.mxnet.training import DetectionLoss
from d2l_ssd.shapes import CLASSES, SIZE, draw_shapes
from d2l_ssd.targets import ssd_targets

npx.set_np()

NUM_CLASSES = len(CLASSES)
CELLS = (12, 6, 3)
SIZES = ((0.17, 0.26), (0.38, 0.52), (0.68, 0.84))
RATIOS = ((1, 2, 0.5),) * len(CELLS)
PER_CELL = 4
COLUMNS = NUM_CLASSES + 1 + 4  # of a prediction: logits, then offsets
BATCH, DRAWN, WARM_UP = 16, 256, 50
BACKGROUND_BIAS = 2  # at first, nearly everything is background
SCALE = 3 / 255


def small_anchors(scale: float = 1) -> numpy.ndarray:
    """Return the anchors (756, 4), all sizes times `scale`."""
    sizes = [[scale * size for size in pair] for pair in SIZES]
    return ssd_anchors([(n, n) for n in CELLS], sizes, RATIOS)


class SmallSSD(gluon.nn.HybridBlock):
    """Predict for 756 anchors from images (B, 3, 48, 48).

    Returns:
        (B, 756, 8): K + 1 logits and four offsets per anchor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trunk = gluon.nn.HybridSequential()
        self.heads = gluon.nn.HybridSequential()
        for filters, stride in (16, 2), (24, 2), (24, 1), (32, 2), (48, 2):
            self.trunk.add(gluon.nn.Conv2D(filters, 3, stride, 1))
        for _ in CELLS:
            self.heads.add(gluon.nn.Conv2D(PER_CELL * COLUMNS, 3, 1, 1))

    def hybrid_forward(self, F: Any, X):
        rows = []
        for k, layer in enumerate(self.trunk):
            X = F.npx.relu(layer(X))
            if k >= 2:  # (B, 32, H, W) to (B, H * W * 4, 8)
                Y = self.heads[k - 2](X).transpose(0, 2, 3, 1)
                rows.append(F.npx.reshape(Y, (-2, -1, COLUMNS)))
        return F.np.concatenate(rows, axis=1)


def new_small_network(seed: int) -> SmallSSD:
    """Return an initialized network whose weights depend on the seed alone."""
    net = SmallSSD()
    random.seed(seed)
    net.trunk.initialize(init.Xavier("gaussian", "in", 2))
    net.heads.initialize(init.Xavier("gaussian", "in", 0.1))
    net.hybridize(static_alloc=True)
    net(np.zeros((1, 3, SIZE, SIZE)))  # tells the layers their shapes
    for head in net.heads:
        head.bias.data()[::COLUMNS] = BACKGROUND_BIAS
    return net


def prepare(images: numpy.ndarray) -> numpy.ndarray:
    """Turn images (B, H, W, 3) into inputs (B, 3, H, W) with a mean of 0."""
    X = images - images.mean(axis=(1, 2), keepdims=True)
    return (X.transpose(0, 3, 1, 2) * SCALE).astype(numpy.float32)


def flip_scenes(
    images: numpy.ndarray, labels: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Mirror scenes and their boxes left to right."""
    labels = labels.copy()
    objects = labels[..., 0] != PADDING
    labels[objects, 1:5] = flip_boxes(labels[objects, 1:5])
    return images[:, :, ::-1], labels


def as_predicted(
    scores: numpy.ndarray, offsets: numpy.ndarray, anchors: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Hand to decoding what it should get: scores, offsets and anchors."""
    return scores, offsets, anchors


@dataclass(frozen=True)
class Parts:
    """What a run is made of: `dataclasses.replace` puts in a faulty part.

    Args:
        flip: images and labels to both mirrored; of half of the training scenes.
        prepare: images to inputs, in training.
        prepare_in_use: the same in use.
        targets: labels (B, M, 6) and anchors to class and offset targets.
        forward: the network and X to predictions (B, A, K + 5).
        loss: logits, offsets and both targets to two losses.
        optimizer: a name that MXNet knows.
        learning_rate: the maximum.
        max_norm: longer gradients are shortened to it.
        read: scores, offsets and anchors to those that are decoded.
        anchors: (A, 4).
    """

    flip: Callable = flip_scenes
    prepare: Callable = prepare
    prepare_in_use: Callable = prepare
    targets: Callable = ssd_targets
    forward: Callable = SmallSSD.__call__
    loss: Callable = DetectionLoss()
    optimizer: str = "adam"
    learning_rate: float = 5e-3
    max_norm: float = 5
    read: Callable = as_predicted
    anchors: Any = None

    def all_anchors(self) -> numpy.ndarray:
        """Return the run's anchors (A, 4)."""
        return small_anchors() if self.anchors is None else self.anchors


class Run(NamedTuple):
    """A trained small detector."""

    net: SmallSSD
    parts: Parts
    losses: numpy.ndarray  # (steps, 2): confidence and localization


def train_small(
    parts: Parts, seed: int = 1, scenes: int = 4000, fixed: int = 0
) -> Run:
    """Train on fresh scenes, or on the same few again and again.

    Args:
        parts: what to train with.
        seed: of the weights and of the scenes.
        scenes: how many are seen in all.
        fixed: how many different ones there are; 0 for new ones, always.
    """
    net, losses = new_small_network(seed), []
    trainer = gluon.Trainer(net.collect_params(), parts.optimizer)
    batches = _fixed(parts, seed, fixed) if fixed else _fresh(parts, seed)
    steps = max(1, scenes // BATCH)
    for step, (images, labels) in zip(range(steps), batches):
        decay = (1 + math.cos(math.pi * step / steps)) / 2
        warm = min(1, (step + 1) / WARM_UP)
        trainer.set_learning_rate(parts.learning_rate * decay * warm)
        losses.append(_take_step(net, trainer, parts, images, labels))
    return Run(net, parts, numpy.array(losses))


Scenes = tuple[numpy.ndarray, numpy.ndarray]  # images and labels


def training_scenes(parts: Parts, seed: int, number: int) -> Scenes:
    """Draw scenes as a training sees them: half of them flipped."""
    rng = numpy.random.default_rng(seed)
    return _flip_half(parts, *draw_shapes(seed, 0, number), rng)


def _fresh(parts: Parts, seed: int) -> Iterator[Scenes]:
    """Yield batches of scenes that are all different."""
    rng = numpy.random.default_rng(seed)
    for start in count(0, DRAWN):
        scenes = _flip_half(parts, *draw_shapes(seed, start, DRAWN), rng)
        for first in range(0, DRAWN, BATCH):
            yield tuple(part[first : first + BATCH] for part in scenes)


def _fixed(parts: Parts, seed: int, number: int) -> Iterator[Scenes]:
    """Yield batches drawn from the same few scenes, half of them flipped."""
    rng = numpy.random.default_rng(seed)
    images, labels = draw_shapes(seed, 0, number)
    while True:
        chosen = rng.integers(number, size=BATCH)
        yield _flip_half(parts, images[chosen], labels[chosen], rng)


def _flip_half(
    parts: Parts,
    images: numpy.ndarray,
    labels: numpy.ndarray,
    rng: numpy.random.Generator,
) -> Scenes:
    chosen = rng.random(len(images)) < 0.5
    images[chosen], labels[chosen] = parts.flip(images[chosen], labels[chosen])
    return images, labels


def _take_step(
    net: SmallSSD,
    trainer: gluon.Trainer,
    parts: Parts,
    images: numpy.ndarray,
    labels: numpy.ndarray,
) -> list[float]:
    X = np.array(parts.prepare(images))
    targets = parts.targets(labels, parts.all_anchors())
    with autograd.record():
        Y = parts.forward(net, X)
        logits, offsets = Y[..., :-4], Y[..., -4:]
        losses = parts.loss(logits, offsets, *map(np.array, targets))
        total = losses[0] + losses[1]
    total.backward()
    norm = gradient_norm(net)
    trainer.step(max(1, norm / parts.max_norm))  # divides the gradient by it
    return [float(loss) for loss in losses]


def predictor(run: Run) -> Callable[[numpy.ndarray], numpy.ndarray]:
    """Return a function from inputs (B, 3, H, W) to predictions, all NumPy."""

    def predict(X: numpy.ndarray) -> numpy.ndarray:
        return run.parts.forward(run.net, np.array(X)).asnumpy()

    return predict


def outputs_of(
    run: Run, images: numpy.ndarray, batch: int = 50
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return scores (B, A, K+1) and offsets (B, A, 4) for images."""
    scores, offsets = [], []
    for start in range(0, len(images), batch):
        X = np.array(run.parts.prepare_in_use(images[start : start + batch]))
        Y = run.parts.forward(run.net, X)
        scores.append(npx.softmax(Y[..., :-4]).asnumpy())
        offsets.append(Y[..., -4:].asnumpy())
    return numpy.concatenate(scores), numpy.concatenate(offsets)


def detect_small(run: Run, images: numpy.ndarray) -> list[Detections]:
    """Return one Detections per image."""
    read = run.parts.read(*outputs_of(run, images), run.parts.all_anchors())
    return predict_ssd(*read)


def ap_small(
    found: Sequence[Detections], labels: numpy.ndarray, iou: float = 0.5
) -> float:
    """Compute the mean of the classes' AP at one IoU."""
    return evaluate_detections(found, labels, NUM_CLASSES, (iou,)).mean_ap
