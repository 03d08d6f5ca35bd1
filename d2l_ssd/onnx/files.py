"""Write a trained network to a file of ONNX, and open it again.

A file holds the network and, as metadata, all that its user must know of the
training: classes, anchors, normalization, input size. The same text lies beside
it in a file of JSON, for programs that do not read metadata.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.files import replacing, write_text
from d2l_ssd.predictors import Predictor
from d2l_ssd.targets import VARIANCES

if TYPE_CHECKING:
    import onnxruntime

DESCRIPTION_SUFFIX = ".json"
KEY = "d2l_ssd"  # of the metadata
VERSION = 1  # of what it holds
TOLERANCE = 1e-4  # relative, of outputs over 1
CHECKED_BATCHES = 1, 3
CPU = ["CPUExecutionProvider"]
# For people who use the file with programs of their own
HOW = {
    "image_size": "height and width of the input, in pixels",
    "fit": "squeeze: resize the image to that size; pad: first add a border to "
    "give it that size's proportions, in the mean color",
    "input": "(B, 3, height, width) float32, RGB: (value / 255 - mean) / std",
    "outputs": "class_probs (B, A, 1 + classes), background first, and offsets "
    "(B, A, 4) from the A anchors",
    "anchors": "maps of strides 8, 16, 32, and one cell for the whole input; row "
    "by row; in a cell with sizes s1, s2 and ratios r1, r2, r3: (s1, r1), "
    "(s1, r2), (s1, r3), (s2, r1). Center: the cell's. Width: size * sqrt(ratio) * "
    "min(H, W) / W, height: size / sqrt(ratio) * min(H, W) / H, in fractions of "
    "the input's width W and height H",
    "offsets": "[x, y, w, h], first times variances: box center = anchor center + "
    "[x, y] * anchor's width and height; box width and height = exp([w, h]) * "
    "anchor's",
}


def describe(predictor: Predictor) -> str:
    """Say as JSON how a network's input is made and its outputs are read."""
    settings = predictor.settings
    about = {
        "version": VERSION,
        "classes": list(predictor.classes),
        **settings.as_dict(),
        "image_size": [settings.height, settings.width],
        "variances": np.round(VARIANCES.astype(float), 6).tolist(),
        "how": HOW,
    }
    lines = (
        f"{json.dumps(key)}: {_as_json(value)}" for key, value in about.items()
    )
    return "{\n " + ",\n ".join(lines) + "\n}"


def _as_json(value: object) -> str:
    """Return one line of JSON; of a dictionary, one line per entry."""
    indent = 2 if isinstance(value, dict) else None
    return json.dumps(value, ensure_ascii=False, indent=indent)


def write_onnx(
    path: str | os.PathLike,
    predictor: Predictor,
    weights: Mapping[str, np.ndarray],
) -> float:
    """Write a network to a file, which is there whole and right or not at all.

    Args:
        path: of the file; beside it, `description_path(path)` is written.
        predictor: the network as it is run now, to compare with.
        weights: its weights, PyTorch's names to arrays.

    Returns:
        The largest difference of the file's outputs, which onnxruntime
        computes, from the predictor's.

    Raises:
        ValueError: they differ by more than TOLERANCE.
    """
    from d2l_ssd.onnx.graph import make_model

    about = describe(predictor)
    content = make_model(weights, {KEY: about}).SerializeToString()
    difference = _largest_difference(predictor, _open_session(content, CPU))
    if not difference <= TOLERANCE:  # NaN, too
        raise ValueError(
            f"{path} was not written: onnxruntime's outputs differ from those "
            f"of {predictor.origin} by {difference:.2g}, and {TOLERANCE:g} is "
            "allowed; try another version of onnxruntime"
        )
    with replacing(path) as partial:
        partial.write_bytes(content)
    write_text(description_path(path), about + "\n")
    return difference


def description_path(path: str | os.PathLike) -> Path:
    """Return where the description of an ONNX file is: FILE.onnx.json."""
    path = Path(path)
    return path.with_name(path.name + DESCRIPTION_SUFFIX)


def _largest_difference(
    predictor: Predictor, session: onnxruntime.InferenceSession
) -> float:
    """Compare outputs for noise, relative to 1 or, where larger, to their size."""
    rng = np.random.default_rng(0)
    settings, differences = predictor.settings, []
    for count in CHECKED_BATCHES:
        shape = count, 3, settings.height, settings.width
        X = rng.normal(size=shape).astype(np.float32)
        for ours, theirs in zip(predictor(X), _run(session, X)):
            scale = np.maximum(abs(ours), 1)
            differences.append((abs(theirs - ours) / scale).max())
    return float(np.max(differences))


def open_onnx(path: str | os.PathLike) -> Predictor:
    """Open a file that `write_onnx` has written, to run it with onnxruntime.

    Args:
        path: of the file. The one beside it is not needed.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is damaged, or holds another network.
    """
    import onnxruntime

    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}: check the path")
    try:
        session = _open_session(
            os.fspath(path), onnxruntime.get_available_providers()
        )
    except Exception as error:  # onnxruntime's have no other base
        reason = str(error).partition("\n")[0]
        raise ValueError(
            f"onnxruntime cannot read {path} ({reason}): export it again"
        ) from None
    classes, settings = _read_metadata(path, session)
    run = functools.partial(_run, session)
    return Predictor(classes, settings, run, f"the file {path}")


def _open_session(
    model: str | bytes, providers: list[str]
) -> onnxruntime.InferenceSession:
    """Open a model; OMP_NUM_THREADS says how many threads it may use."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdecimal():
        options.intra_op_num_threads = int(threads)
    return onnxruntime.InferenceSession(model, options, providers=providers)


def _run(
    session: onnxruntime.InferenceSession, X: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities and offsets of inputs (B, 3, H, W)."""
    class_probs, offsets = session.run(None, {session.get_inputs()[0].name: X})
    return class_probs, offsets


def _read_metadata(
    path: str | os.PathLike, session: onnxruntime.InferenceSession
) -> tuple[tuple[str, ...], ModelSettings]:
    """Return classes and settings; raise ValueError if they do not fit."""
    text = session.get_modelmeta().custom_metadata_map.get(KEY)
    if text is None:
        raise ValueError(
            f"{path} says nothing of classes and anchors: use a file that "
            "`d2l-ssd export` has written"
        )
    try:
        about = json.loads(text)
        classes, version = tuple(about.pop("classes")), about.pop("version")
        variances = about.pop("variances")
        settings = ModelSettings.from_dict(about)
        settings.anchors()  # are there any?
        columns = session.get_outputs()[0].shape[-1]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"the metadata of {path} is damaged ({error}): export it again"
        ) from None
    if version > VERSION:
        raise ValueError(
            f"{path} has version {version} of its metadata, and this package "
            f"reads up to {VERSION}: update it"
        )
    if columns != len(classes) + 1 or not np.allclose(variances, VARIANCES):
        raise ValueError(
            f"{path} has {columns} columns of probabilities for "
            f"{len(classes)} classes and a background, and variances "
            f"{variances}, not {VARIANCES.tolist()}: export it again"
        )
    return classes, settings
