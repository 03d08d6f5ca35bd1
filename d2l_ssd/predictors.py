"""A trained network to predict with, whatever runs it.

`load_predictor` takes the folder of a run or the stored weights, and imports
the library that runs the network only then.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.network_checks import check_image_shape

STORED = "stored"  # names the stored weights of the drawn animals


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
        where: folder of a run, or "stored" for the stored weights of the drawn
            animals ("./stored" is a folder).

    Raises:
        FileNotFoundError: there is no such run.
        ValueError: the run's checkpoint is damaged.
    """
    return _load_torch(None if where == STORED else where)


def _load_torch(folder: str | os.PathLike | None) -> Predictor:
    """Load a run, or the stored weights, to predict with PyTorch."""
    from d2l_ssd.torch import load_trained
    from d2l_ssd.torch.prediction import predict_inputs

    trained = load_trained(folder)
    run = functools.partial(predict_inputs, trained.net)
    origin = "the stored weights" if folder is None else f"the run {folder}"
    return Predictor(trained.classes, trained.settings, run, origin)
