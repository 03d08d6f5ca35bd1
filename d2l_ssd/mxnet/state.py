"""The state of a training with MXNet: to a checkpoint and back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from mxnet import gluon, npx

from d2l_ssd.checkpoints import (
    Checkpoint,
    check_same_run,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.mxnet.weights import load_weights

# An MXNet training knows how many classes there are, not what they are called
CLASSES: list[str] = []


def save_state(
    path: str | os.PathLike | None,
    net: gluon.Block,
    trainer: gluon.Trainer,
    options: dict,
    history: list[dict],
) -> None:
    """Write all that a training needs to go on to one file.

    Args:
        path: of the checkpoint; None writes nothing.
        net: whose weights and running averages to keep.
        trainer: whose optimizer's state to keep.
        options: what must be the same when the training goes on.
        history: one row per epoch.
    """
    if path is None:
        return
    net_bytes = _written_by(net.save_parameters)
    optimizer_bytes = _written_by(trainer.save_states)
    save_checkpoint(
        path,
        Checkpoint(options, CLASSES, history, net_bytes, optimizer_bytes),
    )


def load_state(
    path: str | os.PathLike | None,
    net: gluon.Block,
    trainer: gluon.Trainer,
    options: dict,
) -> list[dict]:
    """Give a network and its trainer the state that a checkpoint holds.

    Args:
        path: of the checkpoint, or None.
        net, trainer: made as they were when the training began.
        options: those of the training.

    Returns:
        The history; empty, with nothing loaded, where there is no checkpoint.

    Raises:
        ValueError: the file is damaged, or of a training with other options or
            another network.
    """
    if path is None or not Path(path).exists():
        return []
    checkpoint = read_checkpoint(path)
    check_same_run(path, checkpoint, options, CLASSES)
    weights = _read_from(checkpoint.net, npx.load)
    try:
        load_weights(net, {name: a.asnumpy() for name, a in weights.items()})
    except ValueError as error:
        raise ValueError(
            f"the checkpoint {path} does not fit the network: {error}"
        ) from None
    _read_from(checkpoint.optimizer, trainer.load_states)
    return checkpoint.history


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
