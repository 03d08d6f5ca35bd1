"""A training run's folder: its checkpoint, its history, its detections.

::

    checkpoint.zip      all that the run needs to go on, and all that whoever uses
                        the network needs (see `d2l_ssd.checkpoints`); weights are
                        stored as safetensors, and nothing in it is a pickle
    history.csv         one row per epoch
    gallery-0001.npz    after each epoch, the detections on the first images
    card.md             what was trained, on what, and how good it is
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from d2l_ssd.checkpoints import (
    Checkpoint,
    ModelSettings,
    as_image_size,
    check_goes_on,
    checkpoint_path,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.predictors import STORED_CLASSES
from d2l_ssd.processes import ALONE, Processes, broadcast, together
from d2l_ssd.results import load_results, pack_detections, unpack_detections
from d2l_ssd.safetensors import pack_tensors, unpack_tensors
from d2l_ssd.torch.averaging import WeightAverage
from d2l_ssd.torch.checks import check_finite
from d2l_ssd.torch.model import SSD
from d2l_ssd.torch.weights import load_weights
from d2l_ssd.weight_names import mxnet_to_torch


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
    def image_size(self) -> int | tuple[int, int]:
        """Size of the last training inputs, in pixels; see `ModelSettings`."""
        return self.settings.image_size


def save_run(
    folder: str | os.PathLike,
    net: nn.Module,
    average: WeightAverage | None,
    optimizer: torch.optim.Optimizer | None,
    options: TrainOptions,
    classes: Sequence[str],
    data: dict,
    history: list[dict],
) -> None:
    """Write a run's checkpoint and its history.

    Args:
        folder: of the run.
        net: an SSD with its `settings`.
        average: of its weights, if there is one.
        optimizer: of its parameters; None for a run that is finished, and
            whose checkpoint need not be larger than the network.
        options, classes: of the run.
        data: `fingerprint` of the images.
        history: one row per epoch.
    """
    checkpoint = Checkpoint(
        options.as_dict(),
        list(classes),
        history,
        _pack(net.state_dict()),
        pack_optimizer(optimizer) if optimizer else b"",
        net.settings.as_dict(),
        data,
        _pack(average.net.state_dict()) if average else b"",
    )
    save_checkpoint(checkpoint_path(folder), checkpoint)
    write_history(checkpoint_path(folder).with_name("history.csv"), history)


def write_history(path: Path, history: list[dict]) -> None:
    """Write a history as a table in CSV; what a row lacks is an empty cell."""
    columns = dict.fromkeys(name for row in history for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in history:
        height, width = as_image_size(row["image_size"])
        writer.writerow({**row, "image_size": f"{width}x{height}"})
    write_text(path, text.getvalue())


def resume_run(
    folder: str | os.PathLike,
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    options: TrainOptions,
    classes: Sequence[str],
    data: dict,
    processes: Processes = ALONE,
) -> tuple[list[dict], dict | None]:
    """Give a network and its optimizer the state that a run's folder holds.

    Only the first process reads the folder, and tells the others: they may be
    on machines that do not have it.

    Args:
        folder, options, classes: of the run.
        net, optimizer: that shall go on.
        data: `fingerprint` of the images; counts in the first process.
        processes: which one this is.

    Returns:
        The run's history; empty, with nothing loaded, where there is none. And
        the running mean of its weights, None where there is none.

    Raises:
        ValueError: the checkpoint is damaged or holds weights that are not
            finite, or it is of a run with other options, classes or images.
    """
    path = checkpoint_path(folder)

    def read() -> Checkpoint | None:
        if not processes.is_first or not path.exists():
            return None
        checkpoint = read_checkpoint(path)
        check_goes_on(path, checkpoint, options.as_dict(), classes, data)
        return checkpoint

    checkpoint = broadcast(together(read, processes), processes)
    if checkpoint is None:
        return [], None
    _load(net, checkpoint.net, path)
    if checkpoint.optimizer:
        unpack_optimizer(optimizer, _unpack(checkpoint.optimizer, path))
    average = checkpoint.average
    return checkpoint.history, _unpack(average, path) if average else None


def read_run(folder: str | os.PathLike) -> tuple[SSD, Checkpoint]:
    """Return the network that a run has trained, and the run's checkpoint.

    Its weights are their running mean, if the run has one, and its `settings`
    are the checkpoint's.

    Raises:
        FileNotFoundError: the folder has no checkpoint.
        ValueError: the checkpoint is damaged, or its weights are not finite.
    """
    path = checkpoint_path(folder)
    checkpoint = read_checkpoint(path)
    net = SSD(len(checkpoint.classes))
    _load(net, checkpoint.average or checkpoint.net, path)
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
    return checkpoint_path(folder).with_name(f"gallery-{epoch:04d}.npz")


def load_tensors(net: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Give a network weights that were stored as float32; counts are whole."""
    net.load_state_dict(
        {
            name: torch.as_tensor(weights[name]).to(tensor.dtype)
            for name, tensor in net.state_dict().items()
        }
    )


def _load(net: nn.Module, content: bytes, path: Path) -> None:
    """Load a checkpoint's weights; raise ValueError if they are spoiled."""
    weights = _unpack(content, path)
    try:
        check_finite(weights)
        load_tensors(net, weights)
    except (ValueError, KeyError, RuntimeError) as error:
        raise ValueError(f"the checkpoint {path}: {error}") from None


def _pack(state: Mapping[str, torch.Tensor]) -> bytes:
    return pack_tensors({name: t.cpu().numpy() for name, t in state.items()})


def _unpack(content: bytes, path: Path) -> dict[str, np.ndarray]:
    try:
        return unpack_tensors(content)
    except ValueError:
        raise ValueError(
            f"the checkpoint {path} is not of a training with PyTorch, or of an "
            "earlier version of this package: name another folder, or train "
            "again"
        ) from None


def pack_optimizer(optimizer: torch.optim.Optimizer) -> bytes:
    """Return the tensors of an optimizer's state as safetensors."""
    state = optimizer.state_dict()["state"]
    return _pack(
        {f"{i}.{n}": t for i, row in state.items() for n, t in row.items()}
    )


def unpack_optimizer(
    optimizer: torch.optim.Optimizer, tensors: Mapping[str, np.ndarray]
) -> None:
    """Give an optimizer the state that `pack_optimizer` has stored."""
    parameters = [p for g in optimizer.param_groups for p in g["params"]]
    state = {}
    for name, array in tensors.items():
        number, _, kind = name.partition(".")
        tensor = torch.from_numpy(array)
        if tensor.ndim:
            # In the parameter's own order of memory, as fused steps need
            own = torch.empty_like(parameters[int(number)]).detach()
            tensor = own.copy_(tensor)
        state.setdefault(int(number), {})[kind] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
