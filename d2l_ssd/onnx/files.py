"""Write a trained network to a file of ONNX, and open it again.

A file holds the network and, as metadata, all that its user must know of the
training: classes, anchors, normalization, input size. The same text lies beside
it in a file of JSON, for programs that do not read metadata.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.files import replacing, write_text
from d2l_ssd.onnx.precision import (
    FLOAT32,
    Precision,
    check_precision,
    reduce_precision,
)
from d2l_ssd.predictors import Predictor
from d2l_ssd.targets import VARIANCES

if TYPE_CHECKING:
    import onnxruntime

DESCRIPTION_SUFFIX = ".json"
KEY = "d2l_ssd"  # of the metadata
VERSION = 1  # of what it holds
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


def describe(predictor: Predictor, precision: str = FLOAT32) -> str:
    """Say as JSON how a network's input is made and its outputs are read."""
    settings = predictor.settings
    about = {
        "version": VERSION,
        "precision": precision,
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
    precision: str = FLOAT32,
    images: np.ndarray | None = None,
) -> float:
    """Write a network to a file, which is there whole and right or not at all.

    Args:
        path: of the file; beside it, `description_path(path)` is written.
        predictor: the network as it is run now, to compare with.
        weights: its weights, PyTorch's names to arrays.
        precision: one of PRECISIONS.
        images: (N, 3, H, W) float32 inputs, see `calibration_inputs`; "int8"
            needs them.

    Returns:
        How far the file's outputs, which onnxruntime computes, are from the
        predictor's: as that precision's `measure` says.

    Raises:
        ValueError: by more than its tolerance, or the precision is unknown or
            needs images.
    """
    from d2l_ssd.onnx.graph import make_model

    allowed = check_precision(precision, images)
    about = describe(predictor, precision)
    model = reduce_precision(
        make_model(weights, {KEY: about}), precision, images, open_content
    )
    content = model.SerializeToString()
    difference = allowed.measure(_differences(predictor, content, images))
    _check(path, predictor, difference, allowed)
    with replacing(path) as partial:
        partial.write_bytes(content)
    write_text(description_path(path), about + "\n")
    return difference


def _check(
    path: str | os.PathLike,
    predictor: Predictor,
    difference: float,
    allowed: Precision,
) -> None:
    """Raise ValueError for outputs that are too far from the predictor's."""
    if not difference <= allowed.tolerance:  # NaN, too
        raise ValueError(
            f"{path} was not written: onnxruntime's outputs differ from those "
            f"of {predictor.origin} by {difference:.2g} {allowed.how}, and "
            f"{allowed.tolerance:g} is allowed; try another version of "
            "onnxruntime or, if it is not float32, another precision"
        )


def description_path(path: str | os.PathLike) -> Path:
    """Return where the description of an ONNX file is: FILE.onnx.json."""
    path = Path(path)
    return path.with_name(path.name + DESCRIPTION_SUFFIX)


def _differences(
    predictor: Predictor, content: bytes, images: np.ndarray | None
) -> np.ndarray:
    """Compare outputs for some images or noise, relative to 1 or their size."""
    session, differences = _open_session(content, CPU), []
    for X in _checked_inputs(predictor, images):
        for ours, theirs in zip(predictor(X), _run(session, X)):
            scale = np.maximum(abs(ours), 1)
            differences.append((abs(theirs - ours) / scale).ravel())
    return np.concatenate(differences)


def _checked_inputs(
    predictor: Predictor, images: np.ndarray | None
) -> Iterator[np.ndarray]:
    """Yield batches to compare with; of noise where there are no images."""
    settings, rng = predictor.settings, np.random.default_rng(0)
    for count in CHECKED_BATCHES:
        shape = count, 3, settings.height, settings.width
        noise = rng.normal(size=shape).astype(np.float32)
        yield noise if images is None else images[:count]


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


def open_content(content: bytes) -> Callable[[np.ndarray], list[np.ndarray]]:
    """Return the function of a model that is in no file yet."""
    session = _open_session(content, CPU)
    return lambda X: session.run(None, {session.get_inputs()[0].name: X})


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
