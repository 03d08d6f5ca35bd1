"""What a training run checks before its first step."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from torch import nn

from d2l_ssd.checkpoints import as_image_size, fingerprint_sets
from d2l_ssd.datasets import check_files
from d2l_ssd.health import check_health
from d2l_ssd.label_checks import (
    check_enough,
    check_names,
    image_name,
    image_names,
    read_labels,
    warn_of_shared_images,
)
from d2l_ssd.options import check_running
from d2l_ssd.processes import broadcast, together
from d2l_ssd.torch.checks import LONE_CELL, STRIDE, check_network

if TYPE_CHECKING:
    from d2l_ssd.torch.trainer import Run


def check_run(net: nn.Module, run: Run) -> None:
    """Raise ValueError for settings that do not fit each other: costs nothing.

    Args:
        net: the SSD to train.
        run: what it shall be trained on, and how.
    """
    check_network(net)
    if not any(weights.requires_grad for weights in net.parameters()):
        raise ValueError(
            "net must have weights that can be trained, and all are frozen: "
            "call net.requires_grad_(True)"
        )
    batch_size, world_size = run.options.batch_size, run.processes.world_size
    if batch_size % world_size:
        raise ValueError(
            "batch_size must be a multiple of the number of processes, got "
            f"{batch_size} images for {world_size} processes"
        )
    check_running(run.num_workers, run.evaluate_every)
    _check_set("train_set", run.train_set, world_size)
    if run.val_set is not None:
        _check_set("val_set", run.val_set, world_size)
    _check_classes(net, run)
    # A set that is smaller than a batch makes one smaller batch
    count = min(batch_size, len(run.train_set)) // world_size
    sizes = map(as_image_size, run.options.image_sizes)
    if count == 1 and (STRIDE, STRIDE) in sizes:
        found = f"{count} of {len(run.train_set)}"
        raise ValueError(LONE_CELL.format(name="a process", found=found))


def _check_set(name: str, dataset: Sequence, world_size: int) -> None:
    if len(dataset) < world_size:
        raise ValueError(
            f"{name} must have an image for each of {world_size} "
            f"process(es), got {len(dataset)}"
        )
    if not hasattr(dataset, "classes"):
        raise ValueError(
            f"{name} must have `classes`, the names of its classes: give it "
            "that attribute"
        )
    if name == "train_set" and not hasattr(dataset, "ids"):
        raise ValueError(
            f"{name} must have `ids`, the names of its images: give it that "
            "attribute"
        )
    check_names(name, dataset)


def _check_classes(net: nn.Module, run: Run) -> None:
    classes = list(run.train_set.classes)
    if run.val_set is not None and list(run.val_set.classes) != classes:
        raise ValueError(
            "train_set and val_set must have the same classes in the same "
            f"order, got {classes} and {list(run.val_set.classes)}"
        )
    count = getattr(getattr(net, "output", None), "num_classes", len(classes))
    if count != len(classes):
        raise ValueError(
            f"net must be made for the {len(classes)} classes of train_set "
            f"({', '.join(classes)}), got one for {count}: "
            f"new_network({len(classes)}, seed)"
        )


def check_data(run: Run) -> dict:
    """Raise ValueError for files and labels that no training can use.

    Args:
        run: whose images to check; every annotation and image file is read.

    Returns:
        See `fingerprint_sets`.
    """
    sets = [run.train_set, *([] if run.val_set is None else [run.val_set])]
    check_files(*sets)
    labels = [read_labels(dataset) for dataset in sets]
    for found, dataset in zip(labels, sets):
        _check_labels(found, run.train_set.classes, dataset, run)
    check_enough(labels[0], labels[-1], run.train_set.classes)
    if run.val_set is not None:
        names = [image_names(*pair) for pair in zip(sets, labels)]
        warn_of_shared_images(*names)
    return fingerprint_sets(sets, labels)


def check_machines(run: Run) -> dict:
    """Check the images that each machine has; return their fingerprint."""
    processes = run.processes

    def check() -> dict | None:
        return None if processes.local_rank else check_data(run)

    data = together(check, processes)
    first = broadcast(data, processes)

    def compare() -> None:
        if data not in (None, first):
            raise ValueError(
                f"process {processes.rank} on {socket.gethostname()} must have "
                "the images and labels of the first process, and has others: "
                "copy the same data set to all machines"
            )

    together(compare, processes)
    return first


def _check_labels(
    labels: dict[int, np.ndarray],
    classes: Sequence[str],
    dataset: Sequence,
    run: Run,
) -> None:
    """Raise ValueError for labels that cannot be learned; names the images."""
    anchors = run.options.settings.anchors()
    names = [image_name(dataset, number) for number in labels]
    try:
        check_health(list(labels.values()), anchors, len(classes), names)
    except ValueError as error:
        raise ValueError(
            f"{error}; the classes are {', '.join(classes)}"
        ) from None
