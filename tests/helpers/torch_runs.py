"""Small training runs, alone and in several processes."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import distributed, multiprocessing

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.processes import gather
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch import (
    Processes,
    Run,
    TrainOptions,
    get_weights,
    new_network,
    together,
    train_detection,
)
from d2l_ssd.torch.distributed import naming_loss

OPTIONS = TrainOptions(
    num_epochs=4, batch_size=4, image_sizes=[64], precision="float32"
)


def make_run(sets, folder, processes=None, evaluate_every=5, **changes):
    """Return a Run of four epochs of 64 x 64 images, or with other options."""
    return Run(
        *sets,
        folder,
        replace(OPTIONS, **changes),
        processes or Processes(),
        num_workers=0,
        evaluate_every=evaluate_every,
    )


def train(run):
    """Train a new network; return it and the history."""
    net = new_network(len(run.train_set.classes), run.options.seed)
    history = train_detection(net, run)
    return net, history


def images(*shape):
    """Return noise (B, 3, H, W) float32."""
    return np.random.default_rng(2).normal(size=shape).astype(np.float32)


def make_batch(num_images=3, side=64):
    """Inputs and targets, one image being all background."""
    rng = np.random.default_rng(4)
    corners = rng.uniform(0, 0.5, (num_images, 2, 2))
    boxes = np.concatenate(
        [corners, corners + rng.uniform(0.1, 0.5, corners.shape)], 2
    )
    classes = rng.integers(0, 2, (num_images, 2, 1))
    labels = np.concatenate([classes, boxes, 0 * classes], 2).astype(np.float32)
    labels[-1, :, 0] = -1
    anchors = ssd_anchors(feature_map_shapes(side, side))
    classes, offsets = ssd_targets(labels, anchors)
    return images(num_images, 3, side, side), classes.astype(np.int64), offsets


def run_processes(function, folder, *arguments, world_size=2):
    """Call function(processes, *arguments) in processes that know each other.

    They meet at a file, not at a port that another program may take.
    """
    multiprocessing.spawn(
        _join,
        (function, f"file://{folder}/meeting", world_size, arguments),
        nprocs=world_size,
    )


def _join(rank, function, meeting, world_size, arguments):
    torch.set_num_threads(1)
    names = [name for _, name in socket.if_nameindex()]
    os.environ["GLOO_SOCKET_IFNAME"] = next(
        name for name in names if name.startswith("lo")
    )
    distributed.init_process_group(
        "gloo", init_method=meeting, rank=rank, world_size=world_size
    )
    function(Processes(rank, world_size, rank), *arguments)
    distributed.destroy_process_group()


def train_and_report(processes, sets, folders, report, evaluate_every=5):
    """Train in a folder of this process's own; write weights and history."""
    run = make_run(sets, folders[processes.rank], processes, evaluate_every)
    net, history = train(run)
    torch.save(
        (get_weights_as_tensors(net), history), f"{report}{processes.rank}"
    )


def fail_in_the_second(processes, error, report):
    """Raise an error in one process; write what each one hears of it."""

    def fail():
        if processes.rank == 1:
            raise error

    try:
        together(fail, processes)
    except Exception as heard:
        Path(f"{report}{processes.rank}").write_text(repr(heard))


def lose_the_second(processes, report):
    """End one process; write what the other one hears of it."""
    if processes.rank == 1:
        return
    try:
        with naming_loss():
            # Its connection closes some time after its end
            while True:
                gather("still there", processes)
    except ConnectionError as heard:
        Path(f"{report}{processes.rank}").write_text(str(heard))


def get_weights_as_tensors(net):
    return {n: torch.from_numpy(a) for n, a in get_weights(net).items()}


class Images:
    """A data set in memory, which a test may change."""

    def __init__(self, items, ids, classes):
        self.items, self.ids, self.classes = items, ids, classes

    @classmethod
    def of(cls, dataset):
        """Return a copy of another data set."""
        items = [dataset[i] for i in range(len(dataset))]
        return cls(items, list(dataset.ids), dataset.classes)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


class MeetingSet:
    """A data set whose images can be read in all processes at once only."""

    def __init__(self, dataset, barrier):
        self.dataset, self.barrier = dataset, barrier
        self.ids, self.classes = dataset.ids, dataset.classes
        self.annotation = dataset.annotation

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, index):
        self.barrier.wait(timeout=300)
        return self.dataset[index]
