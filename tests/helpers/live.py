"""A network for LiveDetector that is quick, and says what is asked of it."""

import numpy as np

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.predictors import Predictor

CAT_ANCHOR, DOG_ANCHOR = 5267, 5190


def make_predictor(classes=("cat", "dog"), **settings):
    """Make a network that finds a cat the better, the brighter its input is."""
    settings = ModelSettings(**settings)
    count = len(settings.anchors())

    def run(X):
        probs = np.zeros((len(X), count, 3), np.float32)
        probs[:, CAT_ANCHOR, 1] = 1 / (1 + np.exp(-X.mean(axis=(1, 2, 3))))
        probs[:, DOG_ANCHOR, 2] = 0.9
        probs[..., 0] = 1 - probs.sum(axis=2)
        return probs, np.zeros((len(X), count, 4), np.float32)

    return Predictor(classes, settings, run, "a test's network")
