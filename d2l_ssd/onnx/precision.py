"""How exactly a file of ONNX keeps a network: four precisions to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import onnx

    from d2l_ssd.onnx.activations import Open


def largest(differences: np.ndarray) -> float:
    """Return the largest of all differences; NaN if there is one."""
    return float(np.max(differences))


def typical(differences: np.ndarray) -> float:
    """Return the root mean square of differences."""
    return float(np.sqrt(np.mean(np.square(differences, dtype=float))))


class Precision(NamedTuple):
    """A precision: what a file holds, and how far its outputs may be off.

    Args:
        holds: in words.
        measure: function of all differences that says how far off they are.
        tolerance: the most that it may be, relative for outputs over 1.
        how: what `measure` is, in words.
    """

    holds: str
    measure: Callable[[np.ndarray], float]
    tolerance: float
    how: str


# Rounding moves a few outputs far: there the typical one has to be right
ON_AVERAGE = "on average (root mean square)"
PRECISIONS = {
    "float32": Precision("weights as trained", largest, 1e-4, "at most"),
    "float16": Precision(
        "weights in 16 bits, computed in 32", typical, 0.01, ON_AVERAGE
    ),
    "int8-weights": Precision(
        "weights in 8 bits, computed in 32", typical, 0.05, ON_AVERAGE
    ),
    "int8": Precision(
        "weights and maps in 8 bits, computed with integers",
        typical,
        0.15,
        ON_AVERAGE,
    ),
}
FLOAT32 = "float32"
CALIBRATED = {"int8"}  # need images


def check_precision(precision: str, images: np.ndarray | None) -> Precision:
    """Return a precision by its name.

    Raises:
        ValueError: there is no such precision, or it needs images.
    """
    if precision not in PRECISIONS:
        raise ValueError(
            f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}"
        )
    if precision in CALIBRATED and (images is None or not len(images)):
        raise ValueError(
            f"precision {precision} needs images, which show what numbers the "
            "maps will hold: see calibration_inputs"
        )
    return PRECISIONS[precision]


def reduce_precision(
    model: onnx.ModelProto,
    precision: str,
    images: np.ndarray | None,
    open_model: Open,
) -> onnx.ModelProto:
    """Return a model in another precision.

    Args:
        model: in float32, as `make_model` builds it.
        precision: one of PRECISIONS.
        images: (N, 3, H, W) float32 inputs to calibrate with; those of
            CALIBRATED need them.
        open_model: see `find_ranges`.
    """
    from d2l_ssd.onnx.activations import find_ranges, quantize_activations
    from d2l_ssd.onnx.folding import fold_batch_norm
    from d2l_ssd.onnx.weights import as_halves, as_integers, store_weights

    check_precision(precision, images)
    if precision == FLOAT32:
        return model
    reduced = fold_batch_norm(model)
    if precision == "float16":
        store_weights(reduced, as_halves)
        return reduced
    calibrated = precision in CALIBRATED  # before weights are rounded
    ranges = find_ranges(reduced, images, open_model) if calibrated else {}
    store_weights(reduced, as_integers)
    if calibrated:
        quantize_activations(reduced, ranges)
    return reduced
