"""The stored network in a file of ONNX, written without PyTorch and MXNet."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.onnx.calibration import DRAWN, calibration_inputs
from d2l_ssd.onnx.files import open_content, write_onnx
from d2l_ssd.onnx.precision import CALIBRATED
from d2l_ssd.predictors import STORED_CLASSES, Predictor
from d2l_ssd.results import load_results
from d2l_ssd.weight_names import mxnet_to_torch


def write_stored(path: str | os.PathLike, precision: str) -> float:
    """Write the stored network; return how far rounding moves its outputs.

    It is compared with itself in float32: `d2l-ssd export stored` compares it
    with PyTorch.

    Args:
        path: of the file, see `write_onnx`.
        precision: one of PRECISIONS.
    """
    weights = mxnet_to_torch(load_results().weights)
    exact = predictor_of_weights(weights, STORED_CLASSES, ModelSettings())
    images = None
    if precision in CALIBRATED:
        images = calibration_inputs(DRAWN, exact.settings)
    return write_onnx(path, exact, weights, precision, images)


def predictor_of_weights(
    weights: Mapping[str, np.ndarray],
    classes: tuple[str, ...],
    settings: ModelSettings,
) -> Predictor:
    """Return a network that onnxruntime runs, and that is in no file.

    Args:
        weights: PyTorch's names to arrays, see `make_model`.
        classes: names of the K classes.
        settings: input size, anchors and normalization of the training.
    """
    from d2l_ssd.onnx.graph import make_model

    run = open_content(make_model(weights, {}).SerializeToString())
    return Predictor(
        tuple(classes), settings, lambda X: tuple(run(X)), "these weights"
    )
