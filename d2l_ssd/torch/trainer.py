"""A training run that survives a kill, on one or on several processes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Subset
from tqdm import tqdm

from d2l_ssd.options import TrainOptions
from d2l_ssd.torch.distributed import (
    ALONE,
    Processes,
    broadcast,
    gather,
    share_buffers,
    use_device,
)
from d2l_ssd.torch.loaders import training_loader
from d2l_ssd.torch.model import SSD
from d2l_ssd.torch.prediction import judge, predict, summarize
from d2l_ssd.torch.runs import begin_with, resume_run, save_gallery, save_run
from d2l_ssd.torch.training import (
    DetectionLoss,
    autocast,
    detection_optimizer,
    epoch_rates,
    train_epoch,
)

GALLERY = 12  # validation images whose detections are kept after every epoch
RECENT = 50  # steps whose mean loss the progress bar shows


@dataclass(frozen=True)
class Run:
    """What a training run needs and what it does not depend on."""

    train_set: Sequence  # item i is (image, labels); has `classes` and `ids`
    val_set: Sequence
    folder: str | os.PathLike  # of the checkpoint, see `d2l_ssd.torch.runs`
    options: TrainOptions
    processes: Processes = ALONE
    num_workers: int = 2  # processes that make batches
    evaluate_every: int = 5  # epochs from one average precision to the next
    compile: bool = False  # whether torch.compile makes kernels


def new_network(num_classes: int, seed: int) -> SSD:
    """Return an SSD whose weights depend on the seed alone; seeds PyTorch."""
    torch.manual_seed(seed)
    return SSD(num_classes)


def train_detection(net: nn.Module, run: Run) -> list[dict]:
    """Train a network; go on where a killed run stopped.

    After every epoch the checkpoint and the history are written, and what the
    network detects on the first validation images.

    Args:
        net: an SSD; it is trained in place.
        run: what to train it on, and how.

    Returns:
        The history, one row per epoch: epoch, image_size, num_images,
        class_loss, localization_loss, learning_rate (its last), seconds,
        images_per_second; and, every `evaluate_every` epochs and at the end,
        ap50 and ap.

    Raises:
        ValueError: the options do not fit the data or the processes, or are
            not those of the run's checkpoint.
        FloatingPointError: a loss is not finite; names epoch and images.
    """
    _check_run(run)
    options, processes = run.options, run.processes
    net.to(use_device(processes), memory_format=torch.channels_last)
    optimizer = detection_optimizer(
        net, options.learning_rate, options.weight_decay
    )
    classes = run.train_set.classes
    history = resume_run(
        run.folder, net, optimizer, options, classes, processes
    )
    if options.init_from and not history and processes.is_first:
        begin_with(net, options.init_from)
    forward = _forward(net, run)
    for epoch, loader in _epochs(run, len(history)):
        row = _train_epoch(forward, optimizer, loader, epoch, run)
        row |= _validate(net, epoch, run)
        history.append(broadcast(row, processes))
        if processes.is_first:
            save_run(run.folder, net, optimizer, options, classes, history)
    return history


def _check_run(run: Run) -> None:
    batch_size, world_size = run.options.batch_size, run.processes.world_size
    if batch_size % world_size:
        raise ValueError(
            "batch_size must be a multiple of the number of processes, got "
            f"{batch_size} images for {world_size} processes"
        )
    for name in ("train_set", "val_set"):
        if len(getattr(run, name)) < world_size:
            raise ValueError(
                f"{name} must have an image for each of {world_size} "
                f"process(es), got {len(getattr(run, name))}"
            )


def _forward(net: nn.Module, run: Run) -> nn.Module:
    """Return what makes a step's predictions: parallel, compiled if asked."""
    if run.processes.world_size > 1:
        # Gives all processes the first one's weights, and averages gradients
        net = DistributedDataParallel(net, gradient_as_bucket_view=True)
    return torch.compile(net) if run.compile else net


def _epochs(run: Run, first: int) -> Iterator[tuple[int, DataLoader]]:
    """Yield the epochs from `first` on, each with its loader."""
    options, made_for, loader = run.options, None, None
    for epoch in range(first, options.num_epochs):
        size, augment = options.image_size(epoch), options.augment(epoch)
        # Worker processes live as long as their loader
        if made_for != (size, augment):
            made_for = size, augment
            loader = training_loader(
                run.train_set,
                size,
                options.batch_size,
                options.seed,
                run.num_workers,
                augment,
                run.processes,
            )
        loader.sampler.set_epoch(epoch)
        yield epoch, loader


def _train_epoch(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    loader: DataLoader,
    epoch: int,
    run: Run,
) -> dict:
    """Train one epoch with progress shown; return its row of the history."""
    options = run.options
    rates = epoch_rates(
        epoch, options.num_epochs, len(loader), options.learning_rate
    )
    steps = train_epoch(
        net,
        optimizer,
        DetectionLoss(),
        loader,
        rates,
        options.max_norm,
        options.precision,
    )
    start = time.perf_counter()
    losses = _take_steps(steps, len(loader), epoch, run)
    seconds = time.perf_counter() - start
    class_loss, localization_loss = losses.mean(axis=0).tolist()
    return {
        "epoch": epoch + 1,
        "image_size": options.image_size(epoch),
        "num_images": len(run.train_set),
        "class_loss": class_loss,
        "localization_loss": localization_loss,
        "learning_rate": rates[-1],
        "seconds": seconds,
        "images_per_second": len(loader) * options.batch_size / seconds,
    }


def _take_steps(
    steps: Iterator[list[float]], num_steps: int, epoch: int, run: Run
) -> np.ndarray:
    """Take an epoch's steps; return each process's mean losses (P, 2)."""
    losses, start = [], time.perf_counter()
    try:
        with _progress_bar(num_steps, epoch, run.processes) as bar:
            for loss in steps:
                losses.append(loss)
                seconds = time.perf_counter() - start
                speed = len(losses) * run.options.batch_size / seconds
                recent = np.sum(losses[-RECENT:], axis=1).mean()
                bar.set_postfix(
                    {"loss": f"{recent:.3f}", "images/s": f"{speed:.1f}"}
                )
                bar.update()
    except FloatingPointError as error:
        raise FloatingPointError(f"epoch {epoch + 1}: {error}") from None
    return np.stack(gather(np.mean(losses, axis=0), run.processes))


def _progress_bar(num_steps: int, epoch: int, processes: Processes) -> tqdm:
    # Not False: TQDM_DISABLE shall have its say
    silence = {} if processes.is_first else {"disable": True}
    return tqdm(total=num_steps, desc=f"epoch {epoch + 1}", **silence)


def _validate(net: nn.Module, epoch: int, run: Run) -> dict[str, float]:
    """Detect on the gallery, and now and then on all; return the AP if so.

    All processes take part. If one did it alone, the others would wait for it
    in the next step, and a long validation would exceed their time limit.
    """
    options, processes = run.options, run.processes
    last = epoch + 1 == options.num_epochs
    due = last or (epoch + 1) % run.evaluate_every == 0
    images = run.val_set
    if not due:
        images = Subset(images, range(min(GALLERY, len(images))))
    share_buffers(net, processes)
    device = next(net.parameters()).device
    with autocast(device, options.precision):
        detections, labels = predict(
            net,
            images,
            options.image_size(epoch),
            run.num_workers,
            processes=processes,
        )
    if not processes.is_first:
        return {}
    save_gallery(run.folder, epoch + 1, detections[:GALLERY])
    num_classes = len(run.train_set.classes)
    return summarize(judge(detections, labels, num_classes)) if due else {}
