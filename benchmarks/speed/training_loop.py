"""How much of the bare network's speed is left in the training loop?

    python benchmarks/speed/training_loop.py [--size 256] [--batch-size 16]

"Bare" is forward, backward and update on one batch that is ready, with a fixed
gradient: no targets, no loss. "Loop" is what `train_detection` does with every
batch: images from disk, augmentation, targets, loss, clipping, schedule. The two
take turns on the same network, so that both see the same machine; the table
shows medians over the rounds.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count()))
# A thread that waits must not keep a processor from the loader's processes
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from itertools import chain, islice, repeat  # noqa: E402

import d2l_ssd.mxnet  # noqa: E402, F401  (MXNet, mended)

# isort: split
from d2l import mxnet as d2l  # noqa: E402
from mxnet import autograd, init, npx  # noqa: E402

from d2l_ssd.augmentation import augment_detection  # noqa: E402
from d2l_ssd.data import load_data_toy, random_flip  # noqa: E402
from d2l_ssd.mxnet.model import SSD  # noqa: E402
from d2l_ssd.mxnet.training import (  # noqa: E402
    DetectionLoss,
    detection_trainer,
    train_step,
)
from d2l_ssd.schedule import learning_rate_at  # noqa: E402

npx.set_np()

LEARNING_RATE = 1e-3
MAX_NORM = 10.0
NUM_STEPS = 1000  # of the training whose beginning is measured
# Vanishing steps: the weights stay good for the loop
BARE_LEARNING_RATE = 1e-12


def bare_speed(net, trainer, X, num_batches):
    """Images/s of forward, backward and update on a batch that is ready."""
    X = X.as_in_ctx(d2l.try_gpu())
    trainer.set_learning_rate(BARE_LEARNING_RATE)
    npx.waitall()
    start = time.perf_counter()
    for _ in range(num_batches):
        with autograd.record():
            predictions = net(X)
        autograd.backward(list(predictions))
        trainer.step(len(X))
        npx.waitall()
    return num_batches * len(X) / (time.perf_counter() - start)


def scheduled_step(net, trainer):
    """Return a function of a step's number, X and Y: the loop's body."""
    loss = DetectionLoss()

    def step(number, X, Y):
        rate = learning_rate_at(number, NUM_STEPS, LEARNING_RATE)
        trainer.set_learning_rate(rate)
        return train_step(net, trainer, loss, X, Y, MAX_NORM)

    return step


def loop_speed(step, numbered_batches):
    """Images/s of the loop, the loading included."""
    num_images = 0
    start = time.perf_counter()
    for number, (X, Y) in numbered_batches:
        step(number, X, Y)
        num_images += len(X)
    npx.waitall()
    return num_images / (time.perf_counter() - start)


def numbered(loader):
    """Yield (step number, batch), epoch after epoch."""
    return enumerate(chain.from_iterable(repeat(loader)))


def measure(augment, arguments):
    """Return lists of bare and of loop speeds, one value per round."""
    loader, _ = load_data_toy(
        arguments.batch_size,
        arguments.size,
        arguments.size,
        root=arguments.root,
        augment=augment,
        num_workers=arguments.workers,
    )
    net = SSD(num_classes=2)
    net.initialize(init.Xavier(), ctx=d2l.try_gpu())
    net.hybridize(static_alloc=True)
    trainer = detection_trainer(net, LEARNING_RATE, weight_decay=1e-4)
    step = scheduled_step(net, trainer)
    batches = numbered(loader)
    number, (X, Y) = next(batches)
    step(number, X, Y)  # compiles
    bare, loop = [], []
    for _ in range(arguments.rounds):
        bare.append(bare_speed(net, trainer, X, arguments.batches))
        loop.append(loop_speed(step, islice(batches, arguments.batches)))
    return bare, loop


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=256, help="pixels")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--batches", type=int, default=6, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--root", default="data/toy_voc")
    arguments = parser.parse_args()
    print(
        f"{arguments.size} x {arguments.size} pixels, batches of "
        f"{arguments.batch_size}, {d2l.try_gpu()}, medians of "
        f"{arguments.rounds} rounds"
    )
    print(f"{'augmentation':14}{'bare':>8}{'loop':>8}   images/s{'share':>8}")
    for name, augment in {
        "flip": random_flip,
        "full recipe": augment_detection,
    }.items():
        bare, loop = map(statistics.median, measure(augment, arguments))
        share = loop / bare
        print(f"{name:14}{bare:8.1f}{loop:8.1f}{share:19.1%}")


if __name__ == "__main__":
    main()
