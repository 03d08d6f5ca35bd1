"""Small training runs, alone and in several processes."""

import os
import socket
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
from torch import distributed, multiprocessing
from torch.nn.parallel import DistributedDataParallel

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.processes import gather
from d2l_ssd.targets import ssd_targets
from d2l_ssd.torch import (
    DetectionLoss,
    Processes,
    Run,
    TrainOptions,
    get_weights,
    new_network,
    together,
    train_detection,
    trainer,
)
from d2l_ssd.torch.distributed import naming_loss
from d2l_ssd.torch.normalization import synchronize_batch_norm

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


def run_processes(
    function, folder, *arguments, world_size=2, apart=False, timeout=120
):
    """Call function(processes, *arguments) in processes that know each other.

    They meet at a file, not at a port that another program may take.

    Args:
        function: of a module, so that a new process can import it.
        folder: for the file.
        arguments: of the function.
        world_size: number of processes.
        apart: whether each is the first one of a machine of its own.
        timeout: seconds after which one that does not answer is given up.
    """
    meeting = Path(folder) / "meeting"
    meeting.unlink(missing_ok=True)
    settings = f"file://{meeting}", world_size, apart, timeout
    multiprocessing.spawn(
        _join, (function, settings, arguments), nprocs=world_size
    )


def _join(rank, function, settings, arguments):
    meeting, world_size, apart, timeout = settings
    torch.set_num_threads(1)
    names = [name for _, name in socket.if_nameindex()]
    os.environ["GLOO_SOCKET_IFNAME"] = next(
        name for name in names if name.startswith("lo")
    )
    distributed.init_process_group(
        "gloo",
        init_method=meeting,
        rank=rank,
        world_size=world_size,
        timeout=timedelta(seconds=timeout),
    )
    function(Processes(rank, world_size, 0 if apart else rank), *arguments)
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


def hang_in_the_second(processes, report, seconds):
    """Let one process sleep; write what the other one hears of it, and when."""
    gather("here", processes)
    start = time.monotonic()
    if processes.rank == 1:
        time.sleep(seconds)
        return
    try:
        with naming_loss():
            gather("still there", processes)
    except ConnectionError as heard:
        waited = time.monotonic() - start
        Path(report).write_text(f"{waited:.1f}\n{heard}")


def train_with_options(processes, sets, folder, report, changes):
    """Train with other options; the first process writes net and history."""
    net, history = train(make_run(sets, folder, processes, **changes))
    if processes.is_first:
        torch.save((get_weights_as_tensors(net), history), report)


def train_until(processes, sets, folders, last):
    """Train three epochs, but stop after an earlier one."""
    run = make_run(sets, folders[processes.rank], processes, num_epochs=3)
    begin = trainer._epochs

    def epochs(run, first):
        for number, loader in begin(run, first):
            if number == last:
                raise InterruptedError
            yield number, loader

    trainer._epochs = epochs
    try:
        train(run)
    except InterruptedError:
        pass


def train_on_other_images(processes, sets, folder, report):
    """Train on a set that lacks an image in the second process."""
    train_set = Images.of(sets[0])
    if processes.rank == 1:
        train_set.items.pop()
        train_set.ids.pop()
    run = make_run([train_set, sets[1]], f"{folder}{processes.rank}", processes)
    try:
        train(run)
    except ValueError as heard:
        Path(f"{report}{processes.rank}").write_text(str(heard))


def gradients_of_a_share(processes, report):
    """Write the gradients of one process's share of a batch, by hand.

    Batch normalization uses its running statistics, as shares have others.
    """
    net = new_network(2, 0).eval()
    parallel = net
    if processes.world_size > 1:
        parallel = DistributedDataParallel(net)
    X, *targets = (
        torch.from_numpy(part)[processes.rank :: processes.world_size]
        for part in make_batch(4)
    )
    loss = DetectionLoss(1.5, processes=processes)
    losses = loss(*parallel(X), *targets)
    sum(losses).backward()
    if processes.is_first:
        torch.save([p.grad for p in net.parameters()], report)


def losses_of_steps(processes, report):
    """Write the batch's losses in three steps of gradient descent."""
    net = new_network(2, 0).train()
    synchronize_batch_norm(net, processes)
    parallel = net
    if processes.world_size > 1:
        parallel = DistributedDataParallel(net)
    loss = DetectionLoss(1.5, processes=processes)
    optimizer = torch.optim.SGD(net.parameters(), 1e-3)
    X, *targets = (
        torch.from_numpy(part)[processes.rank :: processes.world_size]
        for part in make_batch(4)
    )
    curve = []
    for _ in range(3):
        losses = loss(*parallel(X), *targets)
        optimizer.zero_grad()
        sum(losses).backward()
        optimizer.step()
        shares = gather(torch.stack(losses).detach(), processes)
        curve.append(sum(shares) / len(shares))
    if processes.is_first:
        torch.save(torch.stack(curve), report)


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
