"""What surrounds a training loop with MXNet, so that the loop can be short.

A run is checked before its first step, goes on where a killed one stopped, shows
its progress, and says in which batch something went wrong.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

import numpy as np
from mxnet import gluon
from tqdm import tqdm

from d2l_ssd.mxnet.checking import (
    check_options,
    check_passed,
    check_training,
    naming_batch,
    warn_of_zeros,
)
from d2l_ssd.mxnet.state import load_state, save_state


class NamedBatches:
    """One pass over a loader; an error in its `with` block names the batch.

    Args:
        loader: loader or list of X (B, 3, H, W) and Y (B, M, 6).
        epoch: from 0; None for validation.
    """

    def __init__(self, loader: Sequence, epoch: int | None = None) -> None:
        self._loader, self._epoch = loader, epoch
        self._name = "val_iter" if epoch is None else "train_iter"
        self._batch = None  # that the block is working on

    def __enter__(self) -> NamedBatches:
        return self

    def __exit__(self, kind, error, trace) -> None:
        named = isinstance(error, (ValueError, FloatingPointError))
        if named and self._batch is not None:
            with naming_batch(self._loader, self._epoch, self._batch):
                raise error

    def __iter__(self) -> Iterator:
        return self.over(self._loader)

    def over(self, batches) -> Iterator:
        """Pass over the loader's batches, as something like tqdm gives them."""
        last = None
        for last, (X, Y) in enumerate(batches):
            self._batch = last
            yield X, Y
            self._batch = None
        check_passed(self._name, last)


class TrainingRun:
    """A training: its checks, its checkpoint, its history.

    Use it in a `with` block, which lets errors name epoch, batch and, if the
    loader knows them, images.

    Attributes:
        history: a dict for each epoch, with epoch (from 1), class_loss and
            localization_loss (means over the epoch's steps), val_class_loss and
            val_localization_loss, learning_rate (its last), images_per_second
            and seconds (of training).
        num_steps: of the whole training.

    Args:
        net: an initialized SSD.
        train_iter, val_iter: loaders or lists of batches. A train_iter that
            shuffles needs `set_epoch(epoch)`, so that a run that goes on gets
            the images of its epoch.
        num_epochs, learning_rate, weight_decay, max_norm: options of the
            training, which a checkpoint remembers.
        checkpoint: path of a file that is written after every epoch and read at
            the start, or None.

    Raises:
        ValueError: an option is out of range, the network is not initialized,
            or images or labels cannot be right (see `check_training`).
    """

    def __init__(
        self,
        net: gluon.Block,
        train_iter: Sequence,
        val_iter: Sequence,
        num_epochs: int,
        learning_rate: float,
        weight_decay: float,
        max_norm: float,
        checkpoint: str | os.PathLike | None = None,
    ) -> None:
        check_options(num_epochs, learning_rate, weight_decay, max_norm)
        seen, *self._images = check_training(net, train_iter, val_iter)
        self._net, self._train_iter = net, train_iter
        self._checkpoint = checkpoint
        self._options = {
            "num_epochs": num_epochs,
            "num_batches": len(train_iter),
            "learning_rate": learning_rate,
            "weight_decay": weight_decay,
            "max_norm": max_norm,
            **seen,
        }
        self.num_steps = num_epochs * len(train_iter)
        self.history = []

    def __enter__(self) -> TrainingRun:
        self._batches = None
        return self

    def __exit__(self, *error) -> None:
        if self._batches is not None:
            self._batches.__exit__(*error)

    def epochs(self, trainer: gluon.Trainer) -> Iterator[int]:
        """Resume a run that has a checkpoint; yield the epochs that are left.

        Raises:
            ValueError: the checkpoint is damaged, or of another run.
        """
        self._trainer = trainer
        self.history = load_state(
            self._checkpoint, self._net, trainer, self._options, *self._images
        )
        yield from range(len(self.history), self._options["num_epochs"])

    def batches(self, epoch: int) -> Iterator[tuple]:
        """Yield step (from 0, of the whole training), X and Y of an epoch.

        Orders and augmentation depend only on the loader's seed and the epoch.
        """
        if hasattr(self._train_iter, "set_epoch"):
            self._train_iter.set_epoch(epoch)
        self._losses, num_images, start = [], 0, time.perf_counter()
        self._batches = NamedBatches(self._train_iter, epoch)
        first = epoch * len(self._train_iter)
        with tqdm(
            self._train_iter, desc=f"epoch {epoch + 1}", unit="batch"
        ) as self._bar:
            steps = enumerate(self._batches.over(self._bar), first)
            for step, (X, Y) in steps:
                yield step, X, Y
                num_images += len(X)
        seconds = time.perf_counter() - start
        self._speed = {
            "images_per_second": num_images / seconds,
            "seconds": seconds,
        }

    def log(self, losses: Sequence[float]) -> None:
        """Keep and show a step's class loss and localization loss."""
        self._losses.append(losses)
        self._bar.set_postfix(loss=f"{sum(losses):.2f}")

    def finish_epoch(self, val_losses: Sequence[float]) -> None:
        """Add a row to the history, and write the checkpoint.

        Args:
            val_losses: class loss and localization loss of the validation
                images.
        """
        class_loss, localization_loss = np.mean(self._losses, axis=0).tolist()
        val_class_loss, val_localization_loss = val_losses
        row = {
            "epoch": len(self.history) + 1,
            "class_loss": class_loss,
            "localization_loss": localization_loss,
            "val_class_loss": val_class_loss,
            "val_localization_loss": val_localization_loss,
            "learning_rate": self._trainer.learning_rate,
            **self._speed,
        }
        warn_of_zeros(row)
        self.history.append(row)
        save_state(
            self._checkpoint, self._net, self._trainer, self._options,
            self.history, *self._images,
        )  # fmt: skip
