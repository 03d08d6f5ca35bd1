"""A trained network to predict with, whatever runs it.

`load_predictor` takes the folder of a run, a file of ONNX or the stored weights.
PyTorch is imported when a run predicts first: whatever else is wrong is said before.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from d2l_ssd.checkpoints import (
    ModelSettings,
    as_image_size,
    checkpoint_path,
    read_checkpoint,
)
from d2l_ssd.network_checks import check_image_shape
from d2l_ssd.processes import processes_from

if TYPE_CHECKING:
    from d2l_ssd.torch import Trained

STORED = "stored"  # names the stored weights of the drawn animals
STORED_CLASSES = "cat", "dog"


@dataclass(frozen=True)
class Predictor:
    """A trained network, and what its user must know of the training.

    Args:
        classes: names of the K classes.
        settings: input size, anchors and normalization of the training.
        run: function of inputs X (B, 3, H, W) float32 that returns
            probabilities (B, A, K+1) and offsets (B, A, 4).
        origin: what was loaded, for messages.
    """

    classes: tuple[str, ...]
    settings: ModelSettings
    run: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    origin: str

    def __call__(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict a batch.

        Args:
            X: (B, 3, H, W) float32, normalized as `to_input` does; H and W are
                multiples of 32.

        Returns:
            Probabilities (B, A, K+1) after softmax, class 0 being background,
            and offsets (B, A, 4), both float32.

        Raises:
            ValueError: X has another shape.
        """
        X = np.ascontiguousarray(X, dtype=np.float32)
        check_image_shape(X.shape)
        return self.run(X)


def load_predictor(where: str | os.PathLike = STORED) -> Predictor:
    """Load a trained network to predict with.

    Args:
        where: folder of a run; a file of ONNX that `d2l-ssd export` has
            written; or "stored" for the stored weights of the drawn animals
            ("./stored" is a folder).

    Raises:
        FileNotFoundError: there is no such run or file.
        ModuleNotFoundError: what runs the network is not installed.
        ValueError: it is damaged. That a run's weights are, its first prediction
            says.
    """
    if is_onnx(where):
        from d2l_ssd.onnx import open_onnx

        return open_onnx(where)
    check_installed("torch")
    known = read_settings(where)

    @functools.cache
    def run() -> Callable:
        from d2l_ssd.torch.distributed import use_device

        trained = load_network(where)
        trained.net.to(use_device(processes_from(os.environ)))
        return predictor_of(trained, where).run

    return Predictor(*known, lambda X: run()(X), _origin(where))


def check_installed(*modules: str) -> None:
    """Raise ModuleNotFoundError for what is not installed; import nothing."""
    for name in modules:
        if find_spec(name) is None:
            raise ModuleNotFoundError(f"no module {name}", name=name)


def read_settings(
    where: str | os.PathLike,
) -> tuple[tuple[str, ...], ModelSettings]:
    """Return classes and settings of a run, or of the stored weights.

    Raises:
        FileNotFoundError: there is no such run.
        ValueError: it is damaged.
    """
    if where == STORED:
        return STORED_CLASSES, ModelSettings()
    checkpoint = read_checkpoint(checkpoint_path(where))
    return tuple(checkpoint.classes), checkpoint.settings


def is_onnx(where: str | os.PathLike) -> bool:
    """Tell by its name whether something is a file of ONNX."""
    return os.fspath(where).lower().endswith(".onnx")


def load_network(where: str | os.PathLike) -> Trained:
    """Load a run, or the stored weights, as a network of PyTorch's."""
    from d2l_ssd.torch import load_trained

    return load_trained(None if where == STORED else where)


def predictor_of(trained: Trained, where: str | os.PathLike) -> Predictor:
    """Make a Predictor of a network of PyTorch's that `load_network` loaded."""
    from d2l_ssd.torch.prediction import predict_inputs

    run = functools.partial(predict_inputs, trained.net)
    return Predictor(trained.classes, trained.settings, run, _origin(where))


def _origin(where: str | os.PathLike) -> str:
    return "the stored network" if where == STORED else f"the run {where}"


def at_size(
    predictor: Predictor,
    image_size: int | tuple[int, int],
    scale_anchors: bool = False,
) -> Predictor:
    """Return the same network, for an input of another size.

    Args:
        predictor: a trained network.
        image_size: (height, width) in pixels, or the side of a square.
        scale_anchors: let anchors grow with the input, see
            `ModelSettings.anchors`; otherwise they keep their size in pixels.

    Raises:
        ValueError: no input has that size.
    """
    settings, sides = predictor.settings, as_image_size(image_size)
    scale = min(settings.height, settings.width) / min(sides)
    sizes = settings.sizes
    if not scale_anchors:
        sizes = tuple(tuple(scale * s for s in pair) for pair in sizes)
    changed = replace(settings, image_size=sides, sizes=sizes)
    return replace(predictor, settings=changed)
