"""The stored results of a long training: weights, predictions, history, card.

`python -m d2l_ssd.torch_ssd export` writes them, `load_results` reads them. All
arrays are in .npz files without pickle; SHA256SUMS holds every file's hash. The
benchmarks ladder.py and peers.py add their tables with `write_table`.
"""

import hashlib
import io
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from d2l_ssd.detections import Detections

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Candidates:
    """What a network says of an image's anchors that are not mere background.

    `predict_ssd(class_probs[None], offsets[None], all_anchors[anchors])` makes
    detections of them.
    """

    anchors: np.ndarray  # (n,) int64, numbers of the anchors
    class_probs: np.ndarray  # (n, K+1) float32
    offsets: np.ndarray  # (n, 4) float32


@dataclass(frozen=True)
class Predictions:
    """What the stored weights predict on the validation images, by their ids."""

    ids: tuple  # of the N validation images
    detections: list  # N Detections
    candidates: list  # N Candidates
    gallery_ids: tuple  # of the G first validation images
    class_probs: np.ndarray  # (G, A, K+1) float32, of the gallery
    offsets: np.ndarray  # (G, A, 4) float32

    def outputs_for(self, names):
        """Put some images' candidates where they are among all anchors.

        Arguments:
            names: n ids of validation images.

        Returns:
            class_probs (n, A, K+1) and offsets (n, A, 4), float32. Anchors that
            are no candidates are background, with offsets of 0.

        Raises:
            KeyError: there is no such validation image.
        """
        candidates = dict(zip(self.ids, self.candidates))
        _, num_anchors, num_scores = self.class_probs.shape
        shape = len(names), num_anchors
        class_probs = np.zeros((*shape, num_scores), np.float32)
        class_probs[:, :, 0] = 1
        offsets = np.zeros((*shape, 4), np.float32)
        for i, name in enumerate(names):
            found = candidates[name]
            class_probs[i, found.anchors] = found.class_probs
            offsets[i, found.anchors] = found.offsets
        return class_probs, offsets


@dataclass(frozen=True)
class Results:
    """What `load_results` returns."""

    weights: dict  # MXNet's structural names -> float32 arrays
    predictions: Predictions
    history: list  # one dict an epoch
    replay: list  # one list of the gallery's Detections an epoch
    card: str  # Markdown: how all this was made
    tables: dict  # name -> what `write_table` wrote

    @property
    def ladder(self):
        """What benchmarks/ladder.py measured: {"made": dict, "rows": list}."""
        return self._table("ladder")

    @property
    def peers(self):
        """What benchmarks/peers.py measured, in the ladder's form."""
        return self._table("peers")

    @property
    def longer(self):
        """What both measured in longer trainings, in the ladder's form."""
        return self._table("longer")

    @property
    def larger(self):
        """What both measured on larger images, in the ladder's form."""
        return self._table("larger")

    def _table(self, name):
        if name not in self.tables:
            raise FileNotFoundError(
                f"the stored results have no {name}.json in {SUMS}; "
                "benchmarks/ladder.py and peers.py write it"
            )
        return self.tables[name]


def load_results(folder=None):
    """Read and verify the stored results.

    Arguments:
        folder: where `write_results` wrote them; the package's own if None.

    Returns:
        Results. Asking them for a table that was never written raises
        FileNotFoundError.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file differs from the one that was stored.
    """
    folder = resources.files(__name__) if folder is None else Path(folder)
    sums = _read_sums(folder)
    for name in _FILES:
        if name not in sums:
            raise FileNotFoundError(f"missing file: {name} is not in {SUMS}")
    files = {name: _read_verified(folder, name, sums) for name in sums}
    arrays = {
        name: _read_arrays(content)
        for name, content in files.items()
        if name.endswith(".npz")
    }
    predictions = arrays["predictions.npz"]
    return Results(
        _as_float32(arrays["weights.npz"]),
        Predictions(
            tuple(predictions["ids"].tolist()),
            unpack_detections(predictions),
            _unpack_candidates(arrays["candidates.npz"]),
            tuple(predictions["gallery_ids"].tolist()),
            predictions["class_probs"].astype(np.float32),
            predictions["offsets"].astype(np.float32),
        ),
        json.loads(files["history.json"]),
        _unpack_replay(arrays["replay.npz"]),
        files["card.md"].decode(),
        {
            name: json.loads(files[f"{name}.json"])
            for name in TABLES
            if f"{name}.json" in files
        },
    )


_FILES = (
    "weights.npz",
    "predictions.npz",
    "candidates.npz",
    "replay.npz",
    "history.json",
    "card.md",
)
TABLES = "ladder", "peers", "longer", "larger"


def write_results(
    folder, weights, ids, detections, outputs, history, replay, card
):
    """Write the files that `load_results` reads; tables in folder stay.

    Arguments:
        folder: made where it is missing.
        weights: dict of MXNet's structural names to float arrays. Those of
            convolutions are rounded to float16, the few others (batch
            normalisation, biases) stay float32.
        ids: names of the N validation images.
        detections: their N Detections.
        outputs: their class_probs (N, A, K+1) and offsets (N, A, 4). Of the
            first G images, those of the replay, all are stored; of the
            others the candidates.
        history: list of dicts, one an epoch.
        replay: list of lists of G Detections, one list an epoch.
        card: Markdown text.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    gallery = slice(len(replay[0]))
    class_probs, offsets = outputs
    np.savez_compressed(folder / "weights.npz", **round_weights(weights))
    np.savez_compressed(
        folder / "predictions.npz",
        ids=np.array(ids),
        gallery_ids=np.array(ids[gallery]),
        class_probs=class_probs[gallery].astype(np.float16),
        offsets=offsets[gallery].astype(np.float16),
        **pack_detections(detections),
    )
    np.savez_compressed(
        folder / "candidates.npz", **_pack_candidates(class_probs, offsets)
    )
    np.savez_compressed(folder / "replay.npz", **_pack_replay(replay))
    (folder / "history.json").write_text(json.dumps(history, indent=1) + "\n")
    (folder / "card.md").write_text(card)
    tables = [f"{name}.json" for name in TABLES]
    _write_sums(folder, [*_FILES, *tables])


def write_table(folder, name, table):
    """Write a table beside the results, as a whole or not at all.

    Arguments: folder, made where it is missing; name, one of TABLES; table,
    what JSON can hold.
    """
    if name not in TABLES:
        raise ValueError(f"name must be one of {TABLES}, got {name!r}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _replace_text(folder / f"{name}.json", json.dumps(table, indent=1) + "\n")
    known = _read_sums(folder) if (folder / SUMS).exists() else {}
    # A hash of what we did not write is none of our business
    _write_sums(folder, [f"{name}.json"], known)


def read_table(folder, name):
    """Read a table to go on with it; None if there is none yet.

    Its hash is not asked for: a kill may come between table and hash.
    """
    path = Path(folder) / f"{name}.json"
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from None


def round_weights(weights):
    """Round the convolutions' weights to float16; keep the others as float32."""
    return {
        name: array.astype(np.float16 if array.ndim == 4 else np.float32)
        for name, array in weights.items()
    }


def pack_detections(detections):
    """Put N Detections end to end: a dict of arrays for np.savez.

    Boxes become uint16: 65,535 steps from 0 to 1, finer than float16 has.
    """
    boxes = np.concatenate([d.boxes for d in detections])
    return {
        "counts": np.array([len(d.scores) for d in detections]),
        "boxes": np.round(np.clip(boxes, 0, 1) * 65535).astype(np.uint16),
        "scores": np.concatenate([d.scores for d in detections]).astype(
            np.float32
        ),
        "classes": np.concatenate([d.classes for d in detections]).astype(
            np.uint8
        ),
    }


def unpack_detections(arrays):
    """Cut what `pack_detections` made into N Detections again."""
    boxes = arrays["boxes"].astype(np.float32) / 65535
    columns = boxes, arrays["scores"], arrays["classes"].astype(np.int64)
    return [Detections(*rows) for rows in _cut(arrays["counts"], *columns)]


MIN_PROBABILITY = 0.01  # of a candidate's likeliest class


def _pack_candidates(class_probs, offsets):
    kept = class_probs[:, :, 1:].max(axis=2) >= MIN_PROBABILITY  # (N, A)
    return {
        "counts": kept.sum(axis=1),
        "anchors": np.nonzero(kept)[1].astype(np.uint16),
        # Not float16, in which all that is nearly certain is equally so: NMS and
        # AP go by the order of the scores
        "class_probs": class_probs[kept].astype(np.float32),
        "offsets": offsets[kept].astype(np.float16),
    }


def _unpack_candidates(arrays):
    columns = (
        arrays["anchors"].astype(np.int64),
        arrays["class_probs"].astype(np.float32),
        arrays["offsets"].astype(np.float32),
    )
    return [Candidates(*rows) for rows in _cut(arrays["counts"], *columns)]


def _cut(counts, *columns):
    """Cut columns of equal length into pieces of so many rows, side by side."""
    ends = np.cumsum(counts)[:-1]
    return zip(*(np.split(column, ends) for column in columns))


def _pack_replay(replay):
    packed = pack_detections([d for epoch in replay for d in epoch])
    return {"epochs": np.array(len(replay)), **packed}


def _unpack_replay(arrays):
    detections = unpack_detections(arrays)
    size = len(detections) // max(int(arrays["epochs"]), 1)
    return [
        detections[start : start + size]
        for start in range(0, len(detections), size)
    ]


def _read_arrays(content):
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def _as_float32(arrays):
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def _write_sums(folder, names, known=None):
    """Write the hashes of files that are there, and the known ones."""
    sums = {
        name: _sha256((folder / name).read_bytes())
        for name in names
        if (folder / name).exists()
    }
    rows = sorted({**(known or {}), **sums}.items())
    text = "".join(f"{digest}  {name}\n" for name, digest in rows)
    _replace_text(folder / SUMS, text)


def _replace_text(path, text):
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(text)
    os.replace(partial, path)


def _sha256(content):
    return hashlib.sha256(content).hexdigest()


def _read_sums(folder):
    """Return a dict of file names to SHA-256."""
    try:
        rows = (folder / SUMS).read_text().splitlines()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"no stored results: {folder / SUMS} is missing"
        ) from None
    return dict(reversed(row.split()) for row in rows)


def _read_verified(folder, name, sums):
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"missing file: {folder / name}") from None
    if _sha256(content) != sums[name]:
        raise ValueError(
            f"{folder / name} ({len(content):,} bytes) is corrupt: its SHA-256 "
            f"is not the one in {SUMS}; get the file again"
        )
    return content
