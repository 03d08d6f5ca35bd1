"""The state of a training with MXNet: to a checkpoint and back."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mxnet import MXNetError, gluon, npx

from d2l_ssd.checkpoints import (
    Checkpoint,
    check_same_data,
    check_same_run,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.mxnet.checking import OF_IMAGES
from d2l_ssd.mxnet.weights import infer_shapes, load_weights


def save_state(
    path: str | os.PathLike | None,
    net: gluon.Block,
    trainer: gluon.Trainer,
    options: dict,
    history: list[dict],
    classes: Sequence[str] = (),
    data: dict | None = None,
) -> None:
    """Write all that a training needs to go on to one file.

    Args:
        path: of the checkpoint; None writes nothing.
        net: whose weights and running averages to keep.
        trainer: whose optimizer's state to keep.
        options: what must be the same when the training goes on.
        history: one row per epoch.
        classes: names of the classes, where they are known.
        data: the images' `fingerprint`, where they are known.
    """
    if path is None:
        return
    net_bytes = _written_by(net.save_parameters)
    optimizer_bytes = _written_by(trainer.save_states)
    checkpoint = Checkpoint(
        options,
        list(classes),
        history,
        net_bytes,
        optimizer_bytes,
        data=data or {},
    )
    save_checkpoint(path, checkpoint)


def load_state(
    path: str | os.PathLike | None,
    net: gluon.Block,
    trainer: gluon.Trainer,
    options: dict,
    classes: Sequence[str] = (),
    data: dict | None = None,
) -> list[dict]:
    """Give a network and its trainer the state that a checkpoint holds.

    Args:
        path: of the checkpoint, or None.
        net, trainer: made as they were when the training began.
        options, classes, data: those of the training, see `save_state`.

    Returns:
        The history; empty, with nothing loaded, where there is no checkpoint.

    Raises:
        ValueError: the path cannot be a checkpoint's, or the file is damaged,
            or of a training with other options, classes or images, with
            another network, or with PyTorch. The network stays as it was.
    """
    if path is None:
        return []
    check_path(path)
    if not Path(path).exists():
        return []
    checkpoint = read_checkpoint(path)
    # PyTorch's files are zip archives; MXNet's are not
    if zipfile.is_zipfile(io.BytesIO(checkpoint.net)):
        raise ValueError(
            f"the checkpoint {path} is of a training with PyTorch: name another "
            "path, or go on with d2l_ssd.torch"
        )
    _check_same(path, checkpoint, options, classes, data)
    infer_shapes(net)  # the trainer needs them
    try:
        weights = _read_from(checkpoint.net, npx.load)
        # Before the network's, which stay as they are if this is damaged
        _read_from(checkpoint.optimizer, trainer.load_states)
    except (
        MXNetError, pickle.UnpicklingError, EOFError, AttributeError,
        ImportError, IndexError, KeyError, TypeError, ValueError,
    ) as error:  # fmt: skip
        raise ValueError(
            f"the checkpoint {path} is damaged ({str(error).strip()}): remove "
            "it to begin the training again"
        ) from None
    try:
        load_weights(net, {name: a.asnumpy() for name, a in weights.items()})
    except ValueError as error:
        raise ValueError(
            f"the checkpoint {path} does not fit the network: {error}"
        ) from None
    return checkpoint.history


def _check_same(
    path: str | os.PathLike,
    checkpoint: Checkpoint,
    options: dict,
    classes: Sequence[str],
    data: dict | None,
) -> None:
    """Raise ValueError unless a checkpoint is of the same run.

    What a checkpoint does not tell of its images, as those of earlier versions
    did not, is not compared.
    """
    options = {
        name: value
        for name, value in options.items()
        if name in checkpoint.options or name not in OF_IMAGES
    }
    classes = list(classes) if checkpoint.classes else []
    check_same_run(path, checkpoint, options, classes)
    if data:
        check_same_data(path, checkpoint, data)


def check_path(path: str | os.PathLike) -> None:
    """Raise ValueError where no checkpoint can be written, or is one."""
    path = Path(path)
    if path.is_dir():
        raise ValueError(
            f"checkpoint must be the path of a file, and {path} is a folder: "
            f"name a file in it, such as {path / 'run.checkpoint'}"
        )
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ValueError(
            f"checkpoint {path} cannot be written: {folder} is not a folder that "
            "can be written to; name another path"
        )


# MXNet reads and writes files only


def _written_by(save: Callable) -> bytes:
    """Return what `save(path)` writes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        save(str(path))
        return path.read_bytes()


def _read_from(content: bytes, load: Callable):
    """Return what `load(path)` returns for a file of that content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state"
        path.write_bytes(content)
        return load(str(path))
