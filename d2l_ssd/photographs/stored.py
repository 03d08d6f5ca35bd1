"""A network that was trained on BCCD, stored in a small form with its card.

weights.npz         8 bits per weight or less, see `d2l_ssd.results.weights`
run.json            classes, options, settings and history of its training
test.npz            what the stored weights find on the test images
candidates.npz      what they say of the anchors of the first of them
card.md             how it was made, and how good it is
SHA256SUMS          of these files

`python tools/store_photographs.py RUN` writes them.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.checkpoints import (
    CHECKPOINT,
    Checkpoint,
    ModelSettings,
    read_checkpoint,
    save_checkpoint,
)
from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.results.arrays import (
    Arrays,
    Candidates,
    pack_candidates,
    pack_detections,
    unpack_candidates,
    unpack_detections,
)
from d2l_ssd.results.stored import Predictions
from d2l_ssd.results.sums import read_sums, read_verified, write_sums
from d2l_ssd.results.weights import (
    FEW_STEPS,
    compress_weights,
    expand_weights,
    round_weights,
)
from d2l_ssd.safetensors import pack_tensors, unpack_tensors

FOLDER = resources.files("d2l_ssd.photographs") / "network"
WEIGHTS, RUN, CARD = "weights.npz", "run.json", "card.md"
TEST, CANDIDATES = "test.npz", "candidates.npz"
GALLERY = 12  # test images whose raw outputs are stored


class StoredNetwork:
    """A stored network, see `load_stored_network`.

    An attribute reads its file when it is first asked for. Each raises
    FileNotFoundError if the file is missing and ValueError if it is not the one
    that was stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sums = read_sums(folder)

    @cached_property
    def weights(self) -> Arrays:
        """Float32 arrays by PyTorch's names."""
        return expand_weights(self._arrays(WEIGHTS))

    @cached_property
    def run(self) -> dict:
        """What a checkpoint says of its run: options, classes, history, model."""
        return json.loads(self._read(RUN))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes."""
        return tuple(self.run["classes"])

    @property
    def history(self) -> list[dict]:
        """One row per epoch of the training."""
        return self.run["history"]

    @property
    def settings(self) -> ModelSettings:
        """How the network sees an image."""
        return ModelSettings.from_dict(self.run["model"])

    @cached_property
    def card(self) -> str:
        """The model card, Markdown."""
        return self._read(CARD).decode()

    @cached_property
    def test(self) -> Predictions:
        """What the stored weights predict on the test images.

        Candidates are those of the first GALLERY images alone: there are no raw
        outputs for the others.
        """
        arrays = self._arrays(TEST)
        found = unpack_candidates(self._arrays(CANDIDATES))
        ids = tuple(arrays["ids"].tolist())
        num_anchors, num_classes = (
            len(self.settings.anchors()),
            len(self.classes),
        )
        gallery = (
            np.zeros((0, num_anchors, num_classes + 1), dtype=np.float32),
            np.zeros((0, num_anchors, 4), dtype=np.float32),
        )
        detections = unpack_detections(arrays)
        return Predictions(ids, detections, found, (), *gallery)

    def unpack(self, folder: str | os.PathLike) -> Path:
        """Write the network as the folder of a run, for all that takes one.

        Args:
            folder: made where it is missing.

        Returns:
            The folder.
        """
        folder = Path(folder).expanduser()
        checkpoint = Checkpoint(
            self.run["options"],
            self.run["classes"],
            self.history,
            pack_tensors(self.weights),
            b"",  # nothing goes on with a stored network
            self.run["model"],
            self.run["data"],
        )
        save_checkpoint(folder / CHECKPOINT, checkpoint)
        write_text(folder / CARD, self.card)
        return folder

    def _read(self, name: str) -> bytes:
        return read_verified(self.folder, name, self._sums)

    def _arrays(self, name: str) -> Arrays:
        with np.load(io.BytesIO(self._read(name)), allow_pickle=False) as file:
            return dict(file)


def load_stored_network(
    folder: str | os.PathLike | None = None,
) -> StoredNetwork:
    """Open the network that was trained on BCCD.

    Args:
        folder: where `store_network` wrote one; the package's own if None.

    Raises:
        FileNotFoundError: there is none in the folder.
    """
    return StoredNetwork(FOLDER if folder is None else Path(folder))


def round_checkpoint(path: str | os.PathLike) -> tuple[Checkpoint, Arrays]:
    """Return a run's checkpoint, and its weights as they will be stored.

    Args:
        path: of the checkpoint.

    Returns:
        The Checkpoint, and float32 weights by PyTorch's names: their running
        mean if the run has one.
    """
    checkpoint = read_checkpoint(path)
    weights = unpack_tensors(checkpoint.average or checkpoint.net)
    return checkpoint, round_weights(weights, FEW_STEPS)


def store_network(
    folder: str | os.PathLike,
    checkpoint: Checkpoint,
    weights: Arrays,
    ids: Sequence[str],
    detections: Sequence[Detections],
    candidates: Sequence[Candidates],
    card: Callable[[int], str],
) -> None:
    """Write what `load_stored_network` reads.

    Args:
        folder: made where it is missing.
        checkpoint: of the run.
        weights: see `round_checkpoint`.
        ids: names of the N test images.
        detections, candidates: N of each, of these weights.
        card: makes the model card, Markdown, given the size of the weights'
            file in bytes.
    """
    folder = Path(folder)
    run = {
        name: getattr(checkpoint, name)
        for name in ("options", "classes", "history", "model", "data")
    }
    write_text(folder / RUN, json.dumps(run, indent=1) + "\n")
    tests = {"ids": np.array(ids), **pack_detections(detections)}
    for name, arrays in (
        (WEIGHTS, compress_weights(weights, FEW_STEPS)),
        (TEST, tests),
        (CANDIDATES, pack_candidates(candidates[:GALLERY])),
    ):
        with replacing(folder / name) as partial:
            np.savez_compressed(partial, **arrays)
    write_text(folder / CARD, card((folder / WEIGHTS).stat().st_size))
    write_sums(folder, (WEIGHTS, RUN, CARD, TEST, CANDIDATES))
