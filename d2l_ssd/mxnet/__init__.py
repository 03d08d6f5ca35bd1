"""SSD with MXNet 1.9.1: the network, its training, its loaders.

Importing this package imports MXNet, and first gives it what it needs on today's
Python and NumPy (see `d2l_ssd.compat`).
"""

from d2l_ssd.compat import prepare_mxnet

prepare_mxnet()

from d2l_ssd.mxnet.loaders import (  # noqa: E402
    load_data_toy,
    load_data_voc_detection,
)
from d2l_ssd.mxnet.model import (  # noqa: E402
    SSD,
    SSDBackbone,
    SSDOutput,
    detection_backbone,
)
from d2l_ssd.mxnet.prediction import detect  # noqa: E402
from d2l_ssd.mxnet.training import (  # noqa: E402
    DetectionLoss,
    hard_negative_mask,
    ssd_batch,
    train_detection,
)
from d2l_ssd.mxnet.weights import get_weights, load_weights  # noqa: E402

__all__ = [
    "SSD",
    "DetectionLoss",
    "SSDBackbone",
    "SSDOutput",
    "detect",
    "detection_backbone",
    "get_weights",
    "hard_negative_mask",
    "load_data_toy",
    "load_data_voc_detection",
    "load_weights",
    "ssd_batch",
    "train_detection",
]
