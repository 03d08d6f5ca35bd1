"""Writing stored results, each file as a whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.results.arrays import (
    Arrays,
    pack_candidates,
    pack_detections,
    pack_replay,
)
from d2l_ssd.results.sums import write_sums
from d2l_ssd.results.tables import TABLES
from d2l_ssd.results.weights import compress_weights

FILES = (
    "weights.npz",
    "predictions.npz",
    "candidates.npz",
    "replay.npz",
    "history.json",
    "card.md",
)


def write_results(
    folder: str | os.PathLike,
    weights: Arrays,
    ids: Sequence[str],
    detections: Sequence[Detections],
    outputs: tuple[np.ndarray, np.ndarray],
    history: Sequence[dict],
    replay: Sequence[Sequence[Detections]],
    card: str,
) -> None:
    """Write the files that `load_results` reads; tables in folder stay.

    Args:
        folder: made where it is missing.
        weights: dict of MXNet's structural names to float arrays. They are
            stored rounded, see `round_weights`.
        ids: names of the N validation images.
        detections: their N Detections.
        outputs: their class_probs (N, A, K+1) and offsets (N, A, 4). Of the
            first G images, those of the replay, all are stored; of the others
            the candidates.
        history: dicts, one per epoch.
        replay: lists of G Detections, one per epoch.
        card: the model card, Markdown.
    """
    folder = Path(folder)
    gallery = slice(len(replay[0]))
    class_probs, offsets = outputs
    _write_arrays(folder / "weights.npz", compress_weights(weights))
    predictions = {
        "ids": np.array(ids),
        "gallery_ids": np.array(ids[gallery]),
        "class_probs": class_probs[gallery].astype(np.float16),
        "offsets": offsets[gallery].astype(np.float16),
        **pack_detections(detections),
    }
    _write_arrays(folder / "predictions.npz", predictions)
    candidates = pack_candidates(class_probs, offsets)
    _write_arrays(folder / "candidates.npz", candidates)
    _write_arrays(folder / "replay.npz", pack_replay(replay))
    write_text(
        folder / "history.json", json.dumps(list(history), indent=1) + "\n"
    )
    write_text(folder / "card.md", card)
    write_sums(folder, [*FILES, *(f"{name}.json" for name in TABLES)])


def _write_arrays(path: Path, arrays: Arrays) -> None:
    with replacing(path) as partial:
        np.savez_compressed(partial, **arrays)
