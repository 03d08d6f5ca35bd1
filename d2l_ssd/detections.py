# Generated from book/inference.ipynb (`make save`); do not edit.
"""What detectors give and metrics judge."""

from typing import NamedTuple

import numpy as np


class Detections(NamedTuple):
    """The N detections of one image, best first.

    boxes: (N, 4) float32 corners; scores: (N,) float32 probabilities;
    classes: (N,) int64, counted from 0 as in labels.
    """

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
