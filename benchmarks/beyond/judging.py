"""How a detector does on scenes: as a whole, by size, with and without NMS."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.beyond.detecting import predict, select
from benchmarks.beyond.ssd import NMS_IOU, OFF, Detector, K
from d2l_ssd.coco_areas import AREAS, evaluate_areas
from d2l_ssd.detections import Detections
from d2l_ssd.shapes import SIZE
from d2l_ssd.torch.prediction import judge, summarize

# COCO calls objects small up to 32 x 32 pixels, and large from 96 x 96 on, of
# photographs about 640 pixels wide. Here, 9 and 27 pixels of 48 take their place.
SMALL_SIDE = 9
SHOWN = 0.3  # score of boxes that are counted
JUDGED_SIZE = SIZE * AREAS["small"][1] ** 0.5 / SMALL_SIDE


def judge_on(
    net: Detector, images: np.ndarray, labels: np.ndarray, whole: bool
) -> dict:
    """Judge a detector on scenes.

    Args:
        images, labels: (B, H, W, 3) and (B, M, 6).
        whole: also by size, and with NMS switched on and off.

    Returns:
        "ap50" and "ap", as the idea uses NMS. If `whole`, also "ap_small",
        "ap_medium", and "ap_large"; "with_nms" and "without_nms", each with
        "ap50", "ap", "boxes" and "milliseconds" of selection per scene; and
        "network_ms" per scene.
    """
    start = time.perf_counter()
    outputs = predict(net, images)
    network_ms = 1e3 * (time.perf_counter() - start) / len(images)
    if not whole:
        return _judge(outputs, labels, net.nms_iou)[0]
    on, found = _judge(outputs, labels, NMS_IOU)
    off, all_found = _judge(outputs, labels, OFF)
    own, found = (on, found) if net.nms_iou < OFF else (off, all_found)
    sizes = [(JUDGED_SIZE, JUDGED_SIZE)] * len(images)
    areas = evaluate_areas(found, labels, sizes, K)
    return {
        **{name: own[name] for name in ("ap50", "ap")},
        **{f"ap_{name}": area.mean_ap for name, area in areas.items()},
        **{"with_nms": on, "without_nms": off, "network_ms": network_ms},
    }


def _judge(
    outputs: tuple[np.ndarray, np.ndarray], labels: np.ndarray, nms_iou: float
) -> tuple[dict[str, float], list[Detections]]:
    """Return scores of what is found in scenes, and what is found."""
    start = time.perf_counter()
    found = [select(*output, nms_iou) for output in zip(*outputs)]
    seconds = time.perf_counter() - start
    measured = {
        **summarize(judge(found, list(labels), K)),
        "boxes": float(np.mean([(d.scores >= SHOWN).sum() for d in found])),
        "milliseconds": 1e3 * seconds / len(found),
    }
    return measured, found
