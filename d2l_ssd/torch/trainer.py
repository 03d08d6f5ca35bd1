"""A training run that survives a kill, on one or on several processes."""

from __future__ import annotations

import functools
import math
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import Subset

from d2l_ssd.checkpoints import checkpoint_path
from d2l_ssd.detections import Detections
from d2l_ssd.files import locked_folder
from d2l_ssd.options import TrainOptions
from d2l_ssd.processes import ALONE, Processes, broadcast, gather, together
from d2l_ssd.torch.averaging import WeightAverage
from d2l_ssd.torch.beginnings import begin_with
from d2l_ssd.torch.checking import check_machines, check_run
from d2l_ssd.torch.checks import check_finite_weights
from d2l_ssd.torch.copies import keeps_copy, share_newest
from d2l_ssd.torch.distributed import naming_loss, share_buffers, use_device
from d2l_ssd.torch.epochs import (
    detection_optimizer,
    epoch_rates,
    train_epoch,
)
from d2l_ssd.torch.loaders import training_loader
from d2l_ssd.torch.model import SSD
from d2l_ssd.torch.normalization import synchronize_batch_norm
from d2l_ssd.torch.objective import make_loss
from d2l_ssd.torch.prediction import judge, predict, summarize
from d2l_ssd.torch.progress import format_epoch, progress_bar
from d2l_ssd.torch.runs import (
    gallery_path,
    load_tensors,
    resume_run,
    save_gallery,
    save_run,
)
from d2l_ssd.torch.training import DetectionLoss

GALLERY = 12  # validation images whose detections are kept after every epoch
RECENT = 50  # steps whose mean loss the progress bar shows
NO_POSITIVES = (
    "epoch {epoch}: the localization loss is exactly 0, as no anchor was matched "
    "with an object: check that the training images show objects, and that their "
    "boxes are in fractions of the image, 0 to 1"
)
# The loss is that of the whole batch with any number of processes
CHANGED = (
    ", on {now} process(es) and no longer on {before}: batches stay the same, but "
    "each process normalizes its own share of them unless --sync-batch-norm was set"
)


@dataclass(frozen=True)
class Run:
    """What to train on, where to keep it, and how.

    Args:
        train_set: item i is (image, labels); has `classes` and `ids`.
        val_set: item i is (image, labels); has the same `classes`. None for a
            training that is not judged.
        folder: of the checkpoint, see `d2l_ssd.torch.runs`.
        options: what the result depends on, besides the images.
        processes: which one this is.
        num_workers: processes that make batches.
        evaluate_every: epochs from one average precision to the next.
        compile: whether torch.compile makes kernels.
    """

    train_set: Sequence
    val_set: Sequence | None
    folder: str | os.PathLike
    options: TrainOptions
    processes: Processes = ALONE
    num_workers: int = 2
    evaluate_every: int = 5
    compile: bool = False


def new_network(num_classes: int, seed: int) -> SSD:
    """Return an SSD whose weights depend on the seed alone; seeds PyTorch."""
    torch.manual_seed(seed)
    return SSD(num_classes)


def train_detection(net: nn.Module, run: Run) -> list[dict]:
    """Train a network; go on where a killed run stopped.

    After every epoch the checkpoint and the history are written, and what the
    network detects on the first validation images. A run whose epochs are all
    done returns at once. Files and labels are checked before the first step.

    Args:
        net: an SSD; it is trained in place. Its `settings` say then how, and
            its weights are their running mean, if the options ask for one.
        run: what to train it on, and how.

    Returns:
        The history, one row per epoch: epoch, image_size, num_images,
        num_steps, processes, class_loss, localization_loss, learning_rate (its
        last), seconds, images_per_second; and, every `evaluate_every` epochs and at the end,
        ap50 and ap, None where no object counts.

    Raises:
        OSError: the folder cannot be written to.
        ValueError: the options do not fit the network, the data or the
            processes; files or labels are bad; the folder is in use; options,
            classes or images are not those of the run's checkpoint.
        FloatingPointError: a loss or a gradient is not finite; names epoch,
            images and the likely cause.
        ConnectionError: another process of this training has ended.
    """
    together(lambda: check_run(net, run), run.processes)
    folder = checkpoint_path(run.folder).parent
    with naming_loss(), ExitStack() as stack:

        def lock() -> None:
            if run.processes.is_first:
                stack.enter_context(locked_folder(folder, "folder"))

        together(lock, run.processes)
        data = check_machines(run)
        keeps = keeps_copy(folder, run.processes)
        share_newest(folder, keeps, run.processes)
        return _train(net, run, data, keeps)


def _train(net: nn.Module, run: Run, data: dict, keeps: bool) -> list[dict]:
    """Train a network on data that are checked.

    Args:
        net, run: as for `train_detection`.
        data: fingerprint of the images.
        keeps: whether this process writes the run's files, see `keeps_copy`.
    """
    options, processes = run.options, run.processes
    net.settings = options.settings
    net.to(use_device(processes), memory_format=torch.channels_last)
    optimizer = detection_optimizer(
        net, options.learning_rate, options.weight_decay
    )
    identity = options, run.train_set.classes, data
    history, mean = resume_run(run.folder, net, optimizer, *identity, processes)
    num_done = len(history)
    _begin(net, run, history)
    average = _average(net, run, history, mean)

    def save(
        rows: list[dict],
        gallery: list[Detections] | None = None,
        finished: bool = False,
    ) -> None:
        if not keeps:
            return
        if gallery is not None:
            save_gallery(run.folder, rows[-1]["epoch"], gallery)
        # What nobody goes on with takes a quarter of the space
        state = (None, None) if finished else (average, optimizer)
        save_run(run.folder, net, *state, *identity, rows)

    judged = average.net if average else net
    pending = broadcast(_is_pending(run, history), processes)
    if pending:
        _finish_epoch(judged, run, history, save)
    forward = _forward(net, run)
    device = use_device(processes)
    loss = make_loss(options, run.train_set, device, processes)
    for epoch, loader in _epochs(run, num_done):
        row = _epoch_row(forward, optimizer, loss, loader, epoch, run, average)
        together(functools.partial(check_finite_weights, net, epoch), processes)
        history.append(broadcast(row, processes))
        if keeps:
            gallery_path(run.folder, epoch + 1).unlink(missing_ok=True)
        share_buffers(net, processes)
        share_buffers(judged, processes)
        # Whatever goes wrong from here on, the epoch is not lost
        together(functools.partial(save, history), processes)
        _finish_epoch(judged, run, history, save)
        _say(run, format_epoch(history, options.num_epochs))
    net.load_state_dict(judged.state_dict())
    if pending or num_done < options.num_epochs:
        together(functools.partial(save, history, finished=True), processes)
    return history


def _average(
    net: nn.Module, run: Run, history: list[dict], mean: dict | None
) -> WeightAverage | None:
    """Return the running mean of a network's weights, as far as it is."""
    decay = run.options.average
    if not decay:
        return None
    steps = sum(row["num_steps"] for row in history)
    average = WeightAverage(net, decay, steps)
    average.net.settings = net.settings
    if mean is not None:
        load_tensors(average.net, mean)
    return average


def _finish_epoch(
    net: nn.Module, run: Run, history: list[dict], save: Callable
) -> None:
    """Validate after the last epoch of a history, and save what comes out."""
    scores, gallery = _validate(net, history[-1], run)
    history[-1] |= scores
    together(functools.partial(save, history, gallery), run.processes)


def _begin(net: nn.Module, run: Run, history: list[dict]) -> None:
    """Begin with another run's weights if asked; say where the run stands."""
    options, total = run.options, run.options.num_epochs
    if len(history) == total:
        _say(run, f"all {total} epochs of this run are done")
    elif history:
        before, now = history[-1].get("processes"), run.processes.world_size
        changed = CHANGED.format(now=now, before=before)
        _say(
            run,
            f"going on after epoch {len(history)} of {total}"
            + (changed if before not in (None, now) else ""),
        )
    elif options.init_from:

        def begin() -> None:
            if run.processes.is_first:
                classes = run.train_set.classes
                _say(run, begin_with(net, options.init_from, classes))

        together(begin, run.processes)


def _say(run: Run, text: str) -> None:
    if run.processes.is_first:
        print(text, flush=True)


def _is_due(run: Run, epoch: int) -> bool:
    """Say whether the average precision is computed after an epoch, from 1."""
    last = epoch == run.options.num_epochs
    return run.val_set is not None and (last or epoch % run.evaluate_every == 0)


def _is_pending(run: Run, history: list[dict]) -> bool:
    """Say whether a kill came between the last epoch and its validation."""
    if not run.processes.is_first or not history or run.val_set is None:
        return False
    if "ap" in history[-1]:
        return False
    epoch = history[-1]["epoch"]
    return _is_due(run, epoch) or not gallery_path(run.folder, epoch).exists()


def _forward(net: nn.Module, run: Run) -> nn.Module:
    """Return what makes a step's predictions: parallel, compiled if asked."""
    if run.processes.world_size > 1:
        if run.options.sync_batch_norm:
            synchronize_batch_norm(net, run.processes)
        # Gives all processes the first one's weights, and averages gradients
        net = DistributedDataParallel(net, gradient_as_bucket_view=True)
    return torch.compile(net) if run.compile else net


def _epochs(run: Run, first: int) -> Iterator[tuple[int, Iterable]]:
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
                options.settings,
                options.scale_anchors,
            )
        loader.sampler.set_epoch(epoch)
        yield epoch, loader


def _epoch_row(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: DetectionLoss,
    loader: Iterable,
    epoch: int,
    run: Run,
    average: WeightAverage | None,
) -> dict:
    """Train one epoch with progress shown; return its row of the history."""
    options = run.options
    rates = epoch_rates(
        epoch, options.num_epochs, len(loader), options.learning_rate
    )
    # A last batch that is not full is left out, unless it is the only one
    num_images = min(len(loader) * options.batch_size, len(run.train_set))
    start = time.perf_counter()
    max_norm, precision = options.max_norm, options.precision
    steps = train_epoch(
        net, optimizer, loss, loader, rates, max_norm, precision, average
    )
    losses = _take_steps(steps, len(rates), epoch, run)
    seconds = time.perf_counter() - start
    class_loss, localization_loss = losses.mean(axis=0).tolist()
    if localization_loss == 0 and run.processes.is_first:
        warnings.warn(NO_POSITIVES.format(epoch=epoch + 1), stacklevel=2)
    return {
        "epoch": epoch + 1,
        "image_size": options.image_size(epoch),
        "num_images": len(run.train_set),
        "num_steps": len(rates),
        "processes": run.processes.world_size,
        "class_loss": class_loss,
        "localization_loss": localization_loss,
        "learning_rate": rates[-1],
        "seconds": seconds,
        "images_per_second": num_images / seconds,
    }


def _take_steps(
    steps: Iterable[list[float]], num_steps: int, epoch: int, run: Run
) -> np.ndarray:
    """Take an epoch's steps; return each process's mean losses (P, 2)."""
    losses = []
    try:
        with progress_bar(num_steps, epoch, run.processes) as bar:
            for loss in steps:
                losses.append(loss)
                recent = np.sum(losses[-RECENT:], axis=1).mean()
                bar.set_postfix(loss=f"{recent:.3f}")
                bar.update()
    except FloatingPointError as error:
        raise FloatingPointError(f"epoch {epoch + 1}: {error}") from None
    return np.stack(gather(np.mean(losses, axis=0), run.processes))


def _validate(
    net: nn.Module, row: dict, run: Run
) -> tuple[dict, list[Detections] | None]:
    """Detect on the gallery, and now and then on all; return the AP if so.

    The detections on the gallery are returned as well; None if there is none.

    All processes take part. If one did it alone, the others would wait for it
    in the next step, and a long validation would exceed their time limit.
    """
    if run.val_set is None:
        return {}, None
    processes, due = run.processes, _is_due(run, row["epoch"])
    images = run.val_set
    if not due:
        images = Subset(images, range(min(GALLERY, len(images))))
    size = row["image_size"]
    # In float32, as whoever uses the network computes
    detections, labels = predict(
        net,
        images,
        size,
        run.num_workers,
        # As in training: the anchors of each size are its own
        net.settings.anchors(size, run.options.scale_anchors),
        processes,
        "validation",
    )

    def score() -> dict:
        if not (due and processes.is_first):
            return {}
        num_classes = len(run.train_set.classes)
        scores = summarize(judge(detections, labels, num_classes))
        # JSON has no NaN
        return {
            name: None if math.isnan(value) else value
            for name, value in scores.items()
        }

    scores = broadcast(together(score, processes), processes)
    return scores, detections[:GALLERY]
