"""A network that trains in milliseconds, and batches to train it on."""

import functools
from unittest import mock

import mxnet as mx
import numpy
from mxnet import init, np, npx
from mxnet.gluon import nn

from d2l_ssd.mxnet import model

npx.set_np()

SIZE = 32


def tiny_backbone(channels):
    """Eleven layers with ResNet-18's strides, but only a few channels."""
    net = nn.HybridSequential()
    net.add(nn.BatchNorm(scale=False, center=False))
    net.add(nn.Conv2D(channels, 3, 2, 1), nn.BatchNorm(), nn.Activation("relu"))
    net.add(nn.MaxPool2D(3, 2, 1), nn.Conv2D(channels, 3, 1, 1))
    net.add(*(nn.Conv2D(2 * channels, 3, 2, 1) for _ in range(3)))
    net.add(nn.BatchNorm(), nn.Activation("relu"))
    return net


def make_net(seed=0, channels=4, num_classes=2):
    """Make an initialized SSD on a tiny backbone."""
    mx.random.seed(seed)
    backbone = functools.partial(tiny_backbone, channels)
    with mock.patch.object(model, "detection_backbone", backbone):
        net = model.SSD(num_classes=num_classes)
    net.initialize(init.Xavier())
    return net


def make_images(count, num_objects=None, seed=0):
    """Make X (count, 3, 32, 32), Y (count, M, 6): bright squares on noise.

    Args:
        count: of images.
        num_objects: squares of each image; None for one each.
        seed: of places and noise.
    """
    num_objects = [1] * count if num_objects is None else num_objects
    rng = numpy.random.default_rng(seed)
    X = rng.normal(0, 0.1, size=(count, 3, SIZE, SIZE))
    Y = numpy.full((count, max(num_objects), 6), -1.0)
    for image, labels, objects in zip(X, Y, num_objects):
        for row in labels[:objects]:
            x, y = rng.integers(0, SIZE // 2, size=2)
            image[:, y : y + SIZE // 2, x : x + SIZE // 2] += 2
            corner = numpy.array([x, y]) / SIZE
            row[:] = [0, *corner, *(corner + 0.5), 0]
    return np.array(X, dtype="float32"), np.array(Y, dtype="float32")


def make_batches(num_batches=3, batch_size=2):
    """Make a list of batches of images with one object each."""
    X, Y = make_images(num_batches * batch_size)
    starts = range(0, len(X), batch_size)
    return [(X[i : i + batch_size], Y[i : i + batch_size]) for i in starts]


def parameters_of(net):
    """Copy a network's parameters, in their order."""
    return [p.data().asnumpy() for p in net.collect_params().values()]


class ShuffledBatches:
    """Batches that are shuffled anew in each epoch, as a loader's are."""

    def __init__(self, batches):
        self.batches, self.epoch = batches, None

    def set_epoch(self, epoch):
        """Choose the order of the next pass."""
        self.epoch = epoch

    def batch_indices(self, epoch, batch):
        """Return the images of a batch, numbered through the batches."""
        first = 2 * self._order(epoch)[batch]
        return [first + 1, first]  # no loader promises an order

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        return (self.batches[i] for i in self._order(self.epoch))

    def _order(self, epoch):
        return numpy.random.default_rng(epoch).permutation(len(self)).tolist()
