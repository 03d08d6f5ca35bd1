"""From a data set to detections and average precision, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import (
    COCO_IOU_THRESHOLDS,
    Evaluation,
    evaluate_detections,
)
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.torch.distributed import ALONE, Processes, gather_shards, shard
from d2l_ssd.torch.loaders import prediction_loader

BATCH_SIZE = 16


class Outputs(NamedTuple):
    """What a network says of a batch, and what is there."""

    class_probs: np.ndarray  # (B, A, K+1) float32
    offsets: np.ndarray  # (B, A, 4) float32
    labels: list[np.ndarray]  # B arrays (M, 6)


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode; at the end, back as it was."""
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


@torch.inference_mode()
def predict_batches(
    net: nn.Module,
    dataset: Sequence,
    image_size: int = 256,
    batch_size: int = BATCH_SIZE,
    num_workers: int = 2,
) -> Iterator[Outputs]:
    """Run a network over a data set; yield its outputs batch by batch.

    Raw outputs are large: those of a whole data set may not fit into memory.

    Args:
        net: an SSD, on any device; its mode is the same afterward.
        dataset: item i is (image, labels).
        image_size: side of the inputs in pixels, a multiple of 32.
        batch_size: images per batch.
        num_workers: processes that make batches; 0 makes them in this one.
    """
    device = next(net.parameters()).device
    loader = prediction_loader(dataset, image_size, batch_size, num_workers)
    with evaluating(net):
        for X, labels in loader:
            X = X.to(device, memory_format=torch.channels_last)
            logits, offsets = net(X)
            class_probs = logits.float().softmax(dim=-1)
            yield Outputs(
                class_probs.cpu().numpy(), offsets.float().cpu().numpy(), labels
            )


def predict(
    net: nn.Module,
    dataset: Sequence,
    image_size: int = 256,
    num_workers: int = 2,
    anchors: np.ndarray | None = None,
    processes: Processes = ALONE,
) -> tuple[list[Detections], list[np.ndarray]]:
    """Detect on a data set; several processes share its images.

    Args:
        net, dataset, image_size, num_workers: as for `predict_batches`.
        anchors: (A, 4) corners; SSD's own if None.
        processes: which one this is.

    Returns:
        One Detections and the labels (M, 6) of every image, in all processes.
    """
    if anchors is None:
        anchors = ssd_anchors(feature_map_shapes(image_size, image_size))
    results = []
    for class_probs, offsets, labels in predict_batches(
        net, shard(dataset, processes), image_size, num_workers=num_workers
    ):
        results += zip(predict_ssd(class_probs, offsets, anchors), labels)
    results = gather_shards(results, processes)
    return [found for found, _ in results], [labels for _, labels in results]


def evaluate(
    net: nn.Module,
    dataset: Sequence,
    image_size: int = 256,
    num_workers: int = 2,
    anchors: np.ndarray | None = None,
) -> tuple[list[Detections], Evaluation]:
    """Detect on a data set and compute the average precision.

    Args:
        net, image_size, num_workers, anchors: as for `predict`.
        dataset: item i is (image, labels); has `classes`.

    Returns:
        One Detections per image, and the Evaluation at COCO's IoU thresholds.
    """
    detections, labels = predict(net, dataset, image_size, num_workers, anchors)
    return detections, judge(detections, labels, len(dataset.classes))


def judge(
    detections: list[Detections], labels: list[np.ndarray], num_classes: int
) -> Evaluation:
    """Evaluate detections at COCO's IoU thresholds."""
    return evaluate_detections(
        detections, labels, num_classes, COCO_IOU_THRESHOLDS
    )


def summarize(evaluation: Evaluation) -> dict[str, float]:
    """Return a history's `ap50` and `ap`: at IoU 0.5, and over all thresholds."""
    return {
        "ap50": float(np.nanmean(evaluation.ap[:, 0])),
        "ap": evaluation.mean_ap,
    }
