# Generated from book/evaluation.ipynb (`make save`); do not edit.
"""What kinds of errors a detector makes."""

import numpy as np

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.checks import PADDING, as_judged_image, check_fraction
from d2l_ssd.evaluation import match_judged

ERROR_KINDS = ("duplicate", "classification", "localization", "background")


def detection_kinds(detections, truths, iou_threshold=0.5, background_iou=0.1):
    """Name each detection: "correct", "ignored" or one of ERROR_KINDS, (N,).

    Args:
        detections: Detections of N rows, of one image.
        truths: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult].
        iou_threshold, background_iou: floats in (0, 1].
    """
    check_fraction(iou_threshold=iou_threshold, background_iou=background_iou)
    detections, truths = as_judged_image(detections, truths)
    truths = truths[truths[:, 0] != PADDING]
    thresholds = np.array([iou_threshold])
    (match,) = match_judged(detections, truths, thresholds, "area")
    iou = pairwise_iou(detections.boxes, truths[:, 1:5])
    same_class = detections.classes[:, None] == truths[:, 0]
    own = np.where(same_class, iou, 0).max(axis=1, initial=0)
    other = np.where(same_class, 0, iou).max(axis=1, initial=0)
    tests = {  # the first that is true gives the name
        "ignored": np.append(truths[:, 5] > 0, False)[match],
        "correct": match >= 0,
        "duplicate": own >= iou_threshold,
        "classification": other >= iou_threshold,
        "localization": own >= background_iou,
    }
    return np.select(list(tests.values()), list(tests), "background")
