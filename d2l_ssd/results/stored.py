"""Stored results: each file is read when it is first asked for."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.detections import Detections
from d2l_ssd.results.arrays import (
    Arrays,
    Candidates,
    unpack_candidates,
    unpack_detections,
    unpack_replay,
)
from d2l_ssd.results.history import rename_keys
from d2l_ssd.results.sums import SUMS, read_sums, read_verified
from d2l_ssd.results.tables import parse_table
from d2l_ssd.results.weights import expand_weights


@dataclass(frozen=True)
class Predictions:
    """What the stored weights predict on the validation or the test images."""

    ids: tuple[str, ...]  # of the N images
    detections: list[Detections]  # N
    candidates: list[Candidates]  # of the first M, all N in the book's results
    gallery_ids: tuple[str, ...]  # of the first G images; no test images
    class_probs: np.ndarray  # (G, A, K+1) float32, of the gallery
    offsets: np.ndarray  # (G, A, 4) float32

    def outputs_for(
        self, names: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return raw outputs for some images, from their stored candidates.

        Args:
            names: n of the ids.

        Returns:
            class_probs (n, A, K+1) and offsets (n, A, 4), float32. Anchors that
            are no candidates are background, with offsets of 0.

        Raises:
            KeyError: no predictions are stored for an image of that name.
        """
        candidates = dict(zip(self.ids, self.candidates))
        _, num_anchors, num_scores = self.class_probs.shape
        class_probs = np.zeros((len(names), num_anchors, num_scores), "f4")
        class_probs[:, :, 0] = 1
        offsets = np.zeros((len(names), num_anchors, 4), "f4")
        for i, name in enumerate(names):
            if name not in candidates:
                raise KeyError(f"no stored predictions for image {name!r}")
            found = candidates[name]
            class_probs[i, found.anchors] = found.class_probs
            offsets[i, found.anchors] = found.offsets
        return class_probs, offsets


class Results:
    """The stored results of a folder, see `load_results`.

    An attribute reads and verifies its file when it is first asked for, and
    keeps what it read. Each raises FileNotFoundError if its file is missing and
    ValueError if the file is not the one that was stored.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sums = read_sums(folder)

    @cached_property
    def weights(self) -> Arrays:
        """Float32 arrays by MXNet's structural names."""
        return self._parse(
            "weights.npz", lambda data: expand_weights(_parse_arrays(data))
        )

    @cached_property
    def predictions(self) -> Predictions:
        """What these weights predict on the validation images."""
        return self._predictions("")

    @cached_property
    def test(self) -> Predictions:
        """What they predict on the test images, for figures that are reported."""
        return self._predictions("test_")

    @cached_property
    def history(self) -> list[dict]:
        """One dict per epoch of the training."""
        return self._parse(
            "history.json", lambda data: rename_keys(json.loads(data))
        )

    @cached_property
    def replay(self) -> list[list[Detections]]:
        """One list of the gallery's Detections per epoch."""
        return self._parse(
            "replay.npz", lambda data: unpack_replay(_parse_arrays(data))
        )

    @cached_property
    def card(self) -> str:
        """The model card, Markdown: how all this was made."""
        return self._parse("card.md", bytes.decode)

    @cached_property
    def ablation(self) -> dict:
        """What each part of the recipe is worth."""
        return self._table("ablation")

    @cached_property
    def baselines(self) -> dict:
        """Other detectors, trained as in the ablation."""
        return self._table("baselines")

    def _predictions(self, prefix: str) -> Predictions:
        candidates = self._parse(f"{prefix}candidates.npz", _parse_candidates)
        return self._parse(
            f"{prefix}predictions.npz",
            lambda data: _parse_predictions(data, candidates),
        )

    def _parse(self, name: str, parse: Callable):
        """Return parse(content) of a file; errors name it."""
        content = read_verified(self.folder, name, self._sums)
        try:
            return parse(content)
        except (
            Exception
        ) as error:  # NumPy's and zipfile's errors are many kinds
            raise ValueError(
                f"{self.folder / name} is damaged, though {SUMS} agrees with it "
                f"({error}): write the results again"
            ) from error

    def _table(self, name: str) -> dict:
        if f"{name}.json" not in self._sums:
            folder = "baselines" if name == "baselines" else "ablation"
            raise FileNotFoundError(
                f"the stored results have no {name}.json in {SUMS}: in the "
                f"repository, run `python -m benchmarks.{folder}.{folder} --all "
                "--gather`"
            )
        return self._parse(f"{name}.json", parse_table)


def _parse_arrays(content: bytes) -> Arrays:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def _parse_candidates(content: bytes) -> list[Candidates]:
    return unpack_candidates(_parse_arrays(content))


def _parse_predictions(
    content: bytes, candidates: list[Candidates]
) -> Predictions:
    arrays = _parse_arrays(content)
    return Predictions(
        tuple(arrays["ids"].tolist()),
        unpack_detections(arrays),
        candidates,
        tuple(arrays["gallery_ids"].tolist()),
        arrays["class_probs"].astype(np.float32),
        arrays["offsets"].astype(np.float32),
    )


def load_results(folder: str | os.PathLike | None = None) -> Results:
    """Open stored results.

    Args:
        folder: where `write_results` wrote them; the package's own if None.

    Returns:
        Results with the attributes weights, predictions, test, history, replay, card,
        ablation and baselines. Each is read when it is first asked for.

    Raises:
        FileNotFoundError: there are no results in the folder.
    """
    if folder is None:
        return Results(resources.files("d2l_ssd.results"))
    return Results(Path(folder).expanduser())
