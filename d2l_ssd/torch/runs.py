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
from pathlib import Path

import numpy as np
import torch
from torch import nn

from d2l_ssd.checkpoints import (
    Checkpoint,
    check_same_run,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.results import load_results, pack_detections, unpack_detections
from d2l_ssd.torch.distributed import ALONE, Processes, broadcast
from d2l_ssd.torch.model import SSD
from d2l_ssd.torch.weights import get_weights, load_weights, mxnet_to_torch

STORED_CLASSES = "cat", "dog"  # of the stored results


def checkpoint_path(folder: str | os.PathLike) -> Path:
    """Return where a run's checkpoint is."""
    return Path(folder) / "checkpoint.zip"


def save_run(
    folder: str | os.PathLike,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    options: TrainOptions,
    classes: Sequence[str],
    history: list[dict],
) -> None:
    """Write a run's checkpoint and its history."""
    checkpoint = Checkpoint(
        options.as_dict(),
        list(classes),
        history,
        _to_bytes(net.state_dict()),
        _to_bytes(optimizer.state_dict()),
    )
    save_checkpoint(checkpoint_path(folder), checkpoint)
    write_text(Path(folder) / "history.json", json.dumps(history, indent=1))


def resume_run(
    folder: str | os.PathLike,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    options: TrainOptions,
    classes: Sequence[str],
    processes: Processes = ALONE,
) -> list[dict]:
    """Give a network and its optimizer the state that a run's folder holds.

    Only the first process reads the folder, and tells the others: they may be
    on machines that do not have it.

    Returns:
        The run's history; empty, with nothing loaded, where there is none.

    Raises:
        ValueError: the checkpoint is damaged, or of a run with other options
            or classes.
    """
    path, checkpoint = checkpoint_path(folder), None
    if processes.is_first and path.exists():
        checkpoint = read_checkpoint(path)
    checkpoint = broadcast(checkpoint, processes)
    if checkpoint is None:
        return []
    check_same_run(path, checkpoint, options.as_dict(), list(classes))
    net.load_state_dict(_from_bytes(checkpoint.net, path))
    optimizer.load_state_dict(_from_bytes(checkpoint.optimizer, path))
    return checkpoint.history


def read_run(folder: str | os.PathLike) -> tuple[SSD, Checkpoint]:
    """Return the network that a run has trained, and the run's checkpoint.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ValueError: the checkpoint is damaged.
    """
    path = checkpoint_path(folder)
    checkpoint = read_checkpoint(path)
    net = SSD(len(checkpoint.classes))
    net.load_state_dict(_from_bytes(checkpoint.net, path))
    return net.to(memory_format=torch.channels_last).eval(), checkpoint


def load_trained(
    folder: str | os.PathLike | None = None,
) -> tuple[SSD, tuple[str, ...]]:
    """Return a trained network and the names of its classes.

    Args:
        folder: of a run; None for the stored results.
    """
    if folder is not None:
        net, checkpoint = read_run(folder)
        return net, tuple(checkpoint.classes)
    net = SSD(len(STORED_CLASSES))
    load_weights(net, mxnet_to_torch(load_results().weights))
    return net.to(memory_format=torch.channels_last).eval(), STORED_CLASSES


def begin_with(net: nn.Module, folder: str | os.PathLike) -> None:
    """Give a network the weights of another run.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ValueError: the checkpoint is damaged, or has another number of classes.
    """
    trained, checkpoint = read_run(folder)
    try:
        load_weights(net, get_weights(trained))
    except ValueError as error:
        raise ValueError(
            f"init_from: the run in {folder} knows the classes "
            f"{', '.join(checkpoint.classes)}. {error}"
        ) from None


def save_gallery(
    folder: str | os.PathLike, epoch: int, detections: list[Detections]
) -> None:
    """Write an epoch's detections, the epochs being counted from 1."""
    with replacing(_gallery_path(folder, epoch)) as partial:
        np.savez(partial, **pack_detections(detections))


def read_galleries(
    folder: str | os.PathLike, history: list[dict]
) -> list[list[Detections]]:
    """Read the detections of every epoch of a history."""
    galleries = []
    for row in history:
        with np.load(_gallery_path(folder, row["epoch"])) as arrays:
            galleries.append(unpack_detections(arrays))
    return galleries


def _gallery_path(folder: str | os.PathLike, epoch: int) -> Path:
    return Path(folder) / f"gallery-{epoch:04d}.npz"


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
