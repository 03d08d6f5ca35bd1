"""A tiny training that kills its process, to be run as one.

    python killed_training.py CHECKPOINT MOMENT

MOMENT is one of MOMENTS. No signal comes from elsewhere, so that each run dies in
the same place.
"""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import d2l_ssd.mxnet  # noqa: E402, F401  (MXNet, mended)

# isort: split
from helpers.tiny_ssd import (  # noqa: E402
    ShuffledBatches,
    make_batches,
    make_net,
)

from d2l_ssd.mxnet import train_detection  # noqa: E402

NUM_EPOCHS = 3
KILLED_IN = 1  # epoch, from 0
MOMENTS = "in a batch", "before the rename", "after the rename"


def die():
    """End this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


class KillingBatches(ShuffledBatches):
    """Batches that kill the process before the last one of an epoch."""

    def __iter__(self):
        for i, batch in enumerate(super().__iter__()):
            if self.epoch == KILLED_IN and i == len(self) - 1:
                die()
            yield batch


def kill_at_rename(when):
    """Let the rename of epoch KILLED_IN's checkpoint kill the process."""
    rename, calls = os.replace, []

    def replace(*paths):
        calls.append(paths)
        if len(calls) <= KILLED_IN:
            return rename(*paths)
        if when == "after the rename":
            rename(*paths)
        die()

    os.replace = replace


def train(checkpoint, batches=ShuffledBatches, seed=0):
    """Train; return the network and the history."""
    net, val_iter = make_net(seed), make_batches()
    history = train_detection(
        net,
        batches(make_batches()),
        val_iter,
        NUM_EPOCHS,
        checkpoint=checkpoint,
    )
    return net, history


if __name__ == "__main__":
    checkpoint, moment = sys.argv[1:]
    if moment == "in a batch":
        train(checkpoint, KillingBatches)
    else:
        kill_at_rename(moment)
        train(checkpoint)
