"""Writing stored results, each file as a whole or not at all."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.detections import Detections
from d2l_ssd.files import replacing, write_text
from d2l_ssd.results.arrays import (
    Arrays,
    Candidates,
    pack_candidates,
    pack_detections,
    pack_replay,
)
from d2l_ssd.results.stored import load_results
from d2l_ssd.results.sums import write_sums
from d2l_ssd.results.tables import TABLES
from d2l_ssd.results.weights import INT8_MAX, compress_weights

FILES = (
    "weights.npz",
    "predictions.npz",
    "candidates.npz",
    "replay.npz",
    "history.json",
    "card.md",
)
TEST_FILES = ("test_predictions.npz", "test_candidates.npz")


def write_results(
    folder: str | os.PathLike,
    weights: Arrays,
    ids: Sequence[str],
    detections: Sequence[Detections],
    candidates: Sequence[Candidates],
    gallery: tuple[np.ndarray, np.ndarray],
    history: Sequence[dict],
    replay: Sequence[Sequence[Detections]],
    card: str,
    wide_steps: int = INT8_MAX,
) -> None:
    """Write the files that `load_results` reads; tables in folder stay.

    What other weights predicted on test images goes: `write_test_predictions`
    comes after.

    Args:
        folder: made where it is missing.
        weights: dict of MXNet's structural names to float arrays. They are
            stored rounded, see `round_weights`.
        ids: names of the N validation images.
        detections: their N Detections.
        candidates: their N Candidates, see `find_candidates`.
        gallery: class_probs (G, A, K+1) and offsets (G, A, 4) of the first G
            images, those of the replay.
        history: dicts, one per epoch.
        replay: lists of G Detections, one per epoch.
        card: the model card, Markdown.
        wide_steps: of the weights as they are stored, see `compress_weights`.
    """
    folder = Path(folder)
    _write_arrays(folder / "weights.npz", compress_weights(weights, wide_steps))
    _write_predictions(folder, "", ids, detections, candidates, gallery)
    _write_arrays(folder / "replay.npz", pack_replay(replay))
    write_text(
        folder / "history.json", json.dumps(list(history), indent=1) + "\n"
    )
    write_text(folder / "card.md", card)
    for name in TEST_FILES:
        (folder / name).unlink(missing_ok=True)
    _write_sums(folder)


def weights_size(weights: Arrays, wide_steps: int = INT8_MAX) -> int:
    """Return the size in bytes of the file that `write_results` makes of weights.

    Args:
        weights, wide_steps: as for `write_results`.
    """
    file = io.BytesIO()
    np.savez_compressed(file, **compress_weights(weights, wide_steps))
    return len(file.getvalue())


def write_test_predictions(
    folder: str | os.PathLike,
    ids: Sequence[str],
    detections: Sequence[Detections],
    candidates: Sequence[Candidates],
) -> None:
    """Add what the stored weights predict on the test images.

    Args:
        folder: of the results.
        ids: names of the N test images.
        detections: their N Detections.
        candidates: their N Candidates.
    """
    folder = Path(folder)
    _, num_anchors, num_scores = load_results(
        folder
    ).predictions.class_probs.shape
    gallery = (
        np.zeros((0, num_anchors, num_scores)),
        np.zeros((0, num_anchors, 4)),
    )
    _write_predictions(folder, "test_", ids, detections, candidates, gallery)
    _write_sums(folder)


def _write_predictions(
    folder: Path,
    prefix: str,
    ids: Sequence[str],
    detections: Sequence[Detections],
    candidates: Sequence[Candidates],
    gallery: tuple[np.ndarray, np.ndarray],
) -> None:
    class_probs, offsets = gallery
    predictions = {
        "ids": np.array(ids),
        "gallery_ids": np.array(ids[: len(class_probs)], dtype=str),
        "class_probs": class_probs.astype(np.float16),
        "offsets": offsets.astype(np.float16),
        **pack_detections(detections),
    }
    _write_arrays(folder / f"{prefix}predictions.npz", predictions)
    _write_arrays(
        folder / f"{prefix}candidates.npz", pack_candidates(candidates)
    )


def _write_sums(folder: Path) -> None:
    tables = (f"{name}.json" for name in TABLES)
    write_sums(folder, [*FILES, *TEST_FILES, *tables])


def _write_arrays(path: Path, arrays: Arrays) -> None:
    with replacing(path) as partial:
        np.savez_compressed(partial, **arrays)
