"""A tiny training that can be killed; test_training.py runs it as a process.

    python training_run.py FOLDER MOMENT

MOMENT is never, batch, while writing or after writing.
"""

import functools
import json
import os
import signal
import sys
from pathlib import Path
from unittest import mock

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("TQDM_DISABLE", "1")

import d2l_ssd  # noqa: E402, F401  (before MXNet)

# isort: split
import mxnet as mx  # noqa: E402
import numpy  # noqa: E402
from mxnet import init, np, npx  # noqa: E402
from mxnet.gluon import nn  # noqa: E402

from d2l_ssd import model, training  # noqa: E402
from d2l_ssd.data import load_data_toy  # noqa: E402

npx.set_np()


def _tiny_backbone(channels):
    """Eleven layers with ResNet-18's strides, but only a few channels."""
    net = nn.HybridSequential()
    net.add(nn.BatchNorm(scale=False, center=False))
    net.add(nn.Conv2D(channels, 3, 2, 1), nn.BatchNorm(), nn.Activation("relu"))
    net.add(nn.MaxPool2D(3, 2, 1), nn.Conv2D(channels, 3, 1, 1))
    net.add(*(nn.Conv2D(2 * channels, 3, 2, 1) for _ in range(3)))
    net.add(nn.BatchNorm(), nn.Activation("relu"))
    return net


def make_net(seed=0, channels=4):
    """Make an SSD that trains in milliseconds."""
    mx.random.seed(seed)
    backbone = functools.partial(_tiny_backbone, channels)
    with mock.patch.object(model, "detection_backbone", backbone):
        net = model.SSD(num_classes=2)
    net.initialize(init.Xavier())
    return net


def tiny_batches(num_batches=3):
    """Make batches of two 32 x 32 images with one bright box each."""
    rng = numpy.random.default_rng(0)
    batches = []
    for _ in range(num_batches):
        X = rng.normal(0, 0.1, size=(2, 3, 32, 32))
        Y = numpy.zeros((2, 1, 6))
        for image, labels in zip(X, Y):
            x, y = rng.integers(0, 16, size=2)
            image[:, y : y + 16, x : x + 16] += 2
            labels[0] = [0, x / 32, y / 32, x / 32 + 0.5, y / 32 + 0.5, 0]
        batches.append(
            (np.array(X, dtype="float32"), np.array(Y, dtype="float32"))
        )
    return batches


def toy_loaders(folder):
    """Make the loaders of 12 + 4 toy images, shuffled and flipped."""
    return load_data_toy(
        4,
        32,
        32,
        num_train=12,
        num_val=4,
        root=str(folder / "toy"),
        num_workers=0,
    )


class _KillingLoader:
    """A loader that kills the process before the second epoch's last batch."""

    def __init__(self, loader):
        self.loader, self.given = loader, 0
        self.set_epoch = loader.set_epoch

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        for batch in self.loader:
            self.given += 1
            if self.given == 2 * len(self):
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch


def _kill_at_second_call(function, after):
    """Wrap a function: its second call kills the process, before or after."""
    calls = []

    def wrapped(*arguments):
        calls.append(arguments)
        if len(calls) == 2 and after:
            function(*arguments)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)

    return wrapped


def main(folder, moment):
    folder = Path(folder)
    train_iter, val_iter = toy_loaders(folder)
    if moment == "batch":
        train_iter = _KillingLoader(train_iter)
    elif moment != "never":
        after = moment == "after writing"
        training.os.replace = _kill_at_second_call(os.replace, after)
    net = make_net()
    path = folder / "run.checkpoint"
    resumed = path.exists()
    history = training.train_detection(
        net, train_iter, val_iter, 3, checkpoint=path
    )
    print("resumed" if resumed else "began")
    weights = {
        str(i): param.data().asnumpy()
        for i, param in enumerate(net.collect_params().values())
    }
    numpy.savez(folder / "weights.npz", **weights)
    (folder / "history.json").write_text(json.dumps(history))


if __name__ == "__main__":
    main(*sys.argv[1:])
