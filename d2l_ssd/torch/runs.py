"""A training run's folder: its checkpoint, its history, its detections.

checkpoint.zip      all that the run needs to go on (see `d2l_ssd.checkpoints`)
history.json        one row per epoch
gallery-0001.npz    after each epoch, the detections on the first images
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from d2l_ssd.checkpoints import (
    Checkpoint,
    ModelSettings,
    check_same_data,
    check_same_run,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.results import load_results, pack_detections, unpack_detections
from d2l_ssd.torch.checks import check_finite
from d2l_ssd.torch.distributed import ALONE, Processes, broadcast, together
from d2l_ssd.torch.model import SSD
from d2l_ssd.torch.weights import get_weights, load_weights, mxnet_to_torch

STORED_CLASSES = "cat", "dog"  # of the stored results
CHECKPOINT = "checkpoint.zip"
CLASS_HEADS = "output.class_heads."  # what their weights' names begin with
ADVICE = (
    "use the same settings to go on with it. A new run may have others and "
    "begin with its weights: --folder new --init-from {folder}"
)


@dataclass(frozen=True)
class Trained:
    """A trained network, and what its user must know of the training.

    Args:
        net: an SSD in evaluation mode; `predict` and `evaluate` use its
            `settings` as well.
        classes: names of the classes.
        settings: image size, anchors and normalization of the training.
    """

    net: SSD
    classes: tuple[str, ...]
    settings: ModelSettings

    @property
    def image_size(self) -> int:
        """Side of the last training images, in pixels."""
        return self.settings.image_size


def checkpoint_path(folder: str | os.PathLike) -> Path:
    """Return where a run's checkpoint is; a folder may be named by it."""
    return _run_folder(folder) / CHECKPOINT


def _run_folder(folder: str | os.PathLike) -> Path:
    folder = Path(folder).expanduser()
    return folder.parent if folder.name == CHECKPOINT else folder


def save_run(
    folder: str | os.PathLike,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    options: TrainOptions,
    classes: Sequence[str],
    data: dict,
    history: list[dict],
) -> None:
    """Write a run's checkpoint and its history.

    Args:
        folder: of the run.
        net: an SSD with its `settings`.
        optimizer: of its parameters.
        options, classes: of the run.
        data: `fingerprint` of the images.
        history: one row per epoch.
    """
    checkpoint = Checkpoint(
        options.as_dict(),
        list(classes),
        history,
        _to_bytes(net.state_dict()),
        _to_bytes(optimizer.state_dict()),
        net.settings.as_dict(),
        data,
    )
    save_checkpoint(checkpoint_path(folder), checkpoint)
    path = _run_folder(folder) / "history.json"
    write_text(path, json.dumps(history, indent=1))


def resume_run(
    folder: str | os.PathLike,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    options: TrainOptions,
    classes: Sequence[str],
    data: dict,
    processes: Processes = ALONE,
) -> list[dict]:
    """Give a network and its optimizer the state that a run's folder holds.

    Only the first process reads the folder, and tells the others: they may be
    on machines that do not have it.

    Args:
        folder, options, classes: of the run.
        net, optimizer: that shall go on.
        data: `fingerprint` of the images; counts in the first process.
        processes: which one this is.

    Returns:
        The run's history; empty, with nothing loaded, where there is none.

    Raises:
        ValueError: the checkpoint is damaged or holds weights that are not
            finite, or it is of a run with other options, classes or images.
    """
    path = checkpoint_path(folder)

    def read() -> Checkpoint | None:
        if not processes.is_first or not path.exists():
            return None
        checkpoint = read_checkpoint(path)
        advice = ADVICE.format(folder=path.parent)
        settings = options.as_dict(), list(classes)
        check_same_run(path, checkpoint, *settings, advice)
        check_same_data(path, checkpoint, data)
        return checkpoint

    checkpoint = broadcast(together(read, processes), processes)
    if checkpoint is None:
        return []
    net.load_state_dict(_weights(checkpoint, path))
    optimizer.load_state_dict(_from_bytes(checkpoint.optimizer, path))
    return checkpoint.history


def read_run(folder: str | os.PathLike) -> tuple[SSD, Checkpoint]:
    """Return the network that a run has trained, and the run's checkpoint.

    The network's `settings` are the checkpoint's.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ValueError: the checkpoint is damaged, or its weights are not finite.
    """
    path = checkpoint_path(folder)
    checkpoint = read_checkpoint(path)
    net = SSD(len(checkpoint.classes))
    net.load_state_dict(_weights(checkpoint, path))
    net.settings = checkpoint.settings
    return net.to(memory_format=torch.channels_last).eval(), checkpoint


def load_trained(folder: str | os.PathLike | None = None) -> Trained:
    """Return a trained network, and how it was trained.

    Args:
        folder: of a run; None for the stored results.
    """
    if folder is not None:
        net, checkpoint = read_run(folder)
        return Trained(net, tuple(checkpoint.classes), net.settings)
    net = SSD(len(STORED_CLASSES))
    load_weights(net, mxnet_to_torch(load_results().weights))
    net.settings = ModelSettings()
    net = net.to(memory_format=torch.channels_last).eval()
    return Trained(net, STORED_CLASSES, net.settings)


def begin_with(
    net: nn.Module, folder: str | os.PathLike, classes: Sequence[str]
) -> str:
    """Give a network the weights of another run.

    If that one knows other classes, or the same in another order, the heads of
    the classes stay as they are.

    Args:
        net: an SSD.
        folder: of the other run.
        classes: of the network.

    Returns:
        What was done, for the user.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ValueError: the checkpoint is damaged, or its network is another one.
    """
    trained, checkpoint = read_run(folder)
    weights = get_weights(trained)
    if checkpoint.classes == list(classes):
        load_weights(net, weights)
        return f"begins with the weights of {folder}"
    ours = get_weights(net).items()
    weights |= {n: array for n, array in ours if n.startswith(CLASS_HEADS)}
    load_weights(net, weights)
    return (
        f"begins with the weights of {folder}, but for the heads of the classes: "
        f"that run knows {', '.join(checkpoint.classes)}, this one "
        f"{', '.join(classes)}"
    )


def save_gallery(
    folder: str | os.PathLike, epoch: int, detections: list[Detections]
) -> None:
    """Write an epoch's detections, the epochs being counted from 1."""
    with replacing(gallery_path(folder, epoch)) as partial:
        np.savez(partial, **pack_detections(detections))


def read_galleries(
    folder: str | os.PathLike, history: list[dict]
) -> list[list[Detections]]:
    """Read the detections of every epoch of a history.

    Raises:
        FileNotFoundError: those of an epoch are missing.
        ValueError: a file is damaged.
    """
    galleries = []
    for row in history:
        path = gallery_path(folder, row["epoch"])
        try:
            with np.load(path) as arrays:
                galleries.append(unpack_detections(arrays))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"{path} is missing, the detections after epoch {row['epoch']}: "
                "copy the run's whole folder, not its checkpoint alone"
            ) from None
        except (zipfile.BadZipFile, EOFError, KeyError, ValueError) as error:
            raise ValueError(f"{path} is damaged ({error})") from None
    return galleries


def gallery_path(folder: str | os.PathLike, epoch: int) -> Path:
    """Return where an epoch's detections are."""
    return _run_folder(folder) / f"gallery-{epoch:04d}.npz"


def _weights(checkpoint: Checkpoint, path: Path) -> dict:
    """Return a checkpoint's weights; raise ValueError if they are spoiled."""
    weights = _from_bytes(checkpoint.net, path)
    try:
        check_finite(weights)
    except ValueError as error:
        raise ValueError(f"the checkpoint {path}: {error}") from None
    return weights


def _to_bytes(state: dict) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def _from_bytes(content: bytes, path: Path) -> dict:
    # PyTorch's files are zip archives; MXNet's are not
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise ValueError(
            f"the checkpoint {path} is not of a training with PyTorch: name "
            "another folder"
        )
    return torch.load(io.BytesIO(content), "cpu", weights_only=True)
