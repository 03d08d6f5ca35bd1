"""Detections and ground truth of one image, written by hand."""

import numpy as np

from d2l_ssd.detections import Detections

LEFT = (0, 0, 0.5, 1)
RIGHT = (0.5, 0, 1, 1)
TOP_LEFT = (0, 0, 0.5, 0.5)  # IoU 0.5 with LEFT
SMALL = (0, 0, 0.25, 0.25)  # IoU 0.125 with LEFT, all of it inside
CENTER = (0.25, 0, 0.75, 1)  # IoU 1/3 with LEFT and with RIGHT
PADDING = (-1, (-1, -1, -1, -1), -1)


def found(*rows):
    """Detections of rows (score, class, box)."""
    boxes = np.array([box for _, _, box in rows], np.float32).reshape(-1, 4)
    scores = np.array([score for score, _, _ in rows], np.float32)
    return Detections(boxes, scores, np.array([k for _, k, _ in rows], int))


def truth(*rows):
    """Ground truth of rows (class, box) or (class, box, difficult)."""
    rows = [(k, *box, *(difficult or [0])) for k, box, *difficult in rows]
    return np.array(rows, np.float32).reshape(-1, 6)
