# Generated from the chapters in book/ (`make save`); do not edit.
"""Single-shot object detection, saved from the chapters of the SSD book.

Every public name is here, and loads its module when it is first used: an import
of `d2l_ssd` alone needs neither MXNet nor PyTorch.
"""

import importlib

_MODULES = ["anchors", "evaluation", "inference", "targets"]
_MODULE_OF = {
    "BACKGROUND": "targets",
    "COCO_IOU_THRESHOLDS": "evaluation",
    "Detections": "inference",
    "ERROR_KINDS": "evaluation",
    "Evaluation": "evaluation",
    "IGNORED": "targets",
    "MAX_LOG_SCALE": "targets",
    "PrecisionRecall": "evaluation",
    "RATIOS": "anchors",
    "SIZES": "anchors",
    "VARIANCES": "targets",
    "average_precision": "evaluation",
    "batched_nms": "inference",
    "best_possible_iou": "anchors",
    "confusion_matrix": "evaluation",
    "decode_offsets": "targets",
    "detection_kinds": "evaluation",
    "encode_offsets": "targets",
    "evaluate_detections": "evaluation",
    "generate_anchors": "anchors",
    "image_scores": "evaluation",
    "match_anchors": "targets",
    "match_detections": "evaluation",
    "nms": "inference",
    "precision_recall": "evaluation",
    "predict_ssd": "inference",
    "recall_by_size": "evaluation",
    "softmax": "inference",
    "ssd_anchors": "anchors",
    "ssd_targets": "targets",
}


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _MODULE_OF:
        module = importlib.import_module(f"{__name__}.{_MODULE_OF[name]}")
        return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_MODULES, *_MODULE_OF})
