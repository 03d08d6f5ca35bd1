# Generated from book/inference.ipynb (`make save`); do not edit.
"""What a detector returns and a metric judges."""

from typing import NamedTuple

import numpy as np


class Detections(NamedTuple):
    """The N detections of one image, best first."""

    boxes: np.ndarray  # (N, 4) float32 corners in [0, 1]
    scores: np.ndarray  # (N,) float32 probabilities
    classes: np.ndarray  # (N,) int64, counted from 0 as in labels
