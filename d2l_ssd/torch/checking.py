"""What a training run checks before its first step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import nn

from d2l_ssd.checkpoints import fingerprint
from d2l_ssd.datasets import check_files
from d2l_ssd.label_checks import check_enough, check_labels, read_labels

if TYPE_CHECKING:
    from d2l_ssd.torch.trainer import Run


def check_run(net: nn.Module, run: Run) -> None:
    """Raise ValueError for settings that do not fit each other: costs nothing.

    Args:
        net: the SSD to train.
        run: what it shall be trained on, and how.
    """
    batch_size, world_size = run.options.batch_size, run.processes.world_size
    if batch_size % world_size:
        raise ValueError(
            "batch_size must be a multiple of the number of processes, got "
            f"{batch_size} images for {world_size} processes"
        )
    for name, least in (("num_workers", 0), ("evaluate_every", 1)):
        value = getattr(run, name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{name} must be a whole number, got {value!r}")
        if value < least:
            raise ValueError(f"{name} must be {least} or more, got {value}")
    for name in ("train_set", "val_set"):
        _check_set(name, getattr(run, name), world_size)
    _check_classes(net, run)


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


def _check_classes(net: nn.Module, run: Run) -> None:
    classes = list(run.train_set.classes)
    if list(run.val_set.classes) != classes:
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
        The `fingerprint` of the training images.
    """
    train_set, val_set = run.train_set, run.val_set
    check_files(train_set, val_set)
    labels = [read_labels(dataset) for dataset in (train_set, val_set)]
    for found, dataset in zip(labels, (train_set, val_set)):
        check_labels(found, train_set.classes, dataset)
    check_enough(*labels, train_set.classes)
    whole = len(labels[0]) == len(train_set)
    return fingerprint(train_set.ids, labels[0].values() if whole else None)
