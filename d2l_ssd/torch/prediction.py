"""From a data set to detections and average precision, batch by batch."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import (
    COCO_IOU_THRESHOLDS,
    Evaluation,
    evaluate_detections,
)
from d2l_ssd.inference import predict_ssd
from d2l_ssd.processes import ALONE, Processes, gather_shards, together
from d2l_ssd.torch.checks import check_network, check_num_classes
from d2l_ssd.torch.distributed import shard
from d2l_ssd.torch.loaders import prediction_loader

BATCH_SIZE = 16
PATIENCE = 3  # seconds, after which a progress bar is shown


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


def settings_of(net: nn.Module) -> ModelSettings:
    """Return how a network sees an image: as its training did, if it says so.

    `train_detection` and `read_run` give a network its `settings`.
    """
    return getattr(net, "settings", ModelSettings())


@torch.inference_mode()
def predict_batches(
    net: nn.Module,
    dataset: Sequence,
    image_size: int | tuple[int, int] | None = None,
    batch_size: int = BATCH_SIZE,
    num_workers: int = 2,
) -> Iterator[Outputs]:
    """Run a network over a data set; yield its outputs batch by batch.

    Raw outputs are large: those of a whole data set may not fit into memory.

    Args:
        net: an SSD, on any device; its mode is the same afterward.
        dataset: item i is (image, labels).
        image_size: of the inputs in pixels, (height, width) or the side of
            square ones, multiples of 32; None for that of the network's
            training, or 256 if it does not say.
        batch_size: images per batch.
        num_workers: processes that make batches; 0 makes them in this one.
    """
    check_network(net)
    settings = settings_of(net)
    if image_size is None:
        image_size = settings.image_size
    loader = prediction_loader(
        dataset, image_size, batch_size, num_workers, settings.fit
    )
    with evaluating(net):
        for X, labels in loader:
            yield Outputs(*predict_inputs(net, X), labels)


@torch.inference_mode()
def predict_inputs(
    net: nn.Module, X: torch.Tensor | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Run a network, in the mode that it is in, over one batch.

    Args:
        net: an SSD, on any device.
        X: (B, 3, H, W), normalized.

    Returns:
        Probabilities (B, A, K+1) and offsets (B, A, 4), float32.
    """
    weights = next(net.parameters())
    X = torch.as_tensor(X).to(
        weights.device,
        weights.dtype,  # a network may be in half precision
        memory_format=torch.channels_last,
    )
    logits, offsets = net(X)
    class_probs = logits.float().softmax(dim=-1)
    return class_probs.cpu().numpy(), offsets.float().cpu().numpy()


def predict(
    net: nn.Module,
    dataset: Sequence,
    image_size: int | tuple[int, int] | None = None,
    num_workers: int = 2,
    anchors: np.ndarray | None = None,
    processes: Processes = ALONE,
    title: str = "prediction",
) -> tuple[list[Detections], list[np.ndarray]]:
    """Detect on a data set; several processes share its images.

    Args:
        net, dataset, image_size, num_workers: as for `predict_batches`.
        anchors: (A, 4) corners; those of the network's training if None, of
            the same sides in pixels, see `ModelSettings.anchors`.
        processes: which one this is.
        title: of the progress bar, which a long prediction has.

    Returns:
        One Detections and the labels (M, 6) of every image, in all processes.
    """
    check_network(net)
    if anchors is None:
        anchors = settings_of(net).anchors(image_size)
    images = shard(dataset, processes)
    batches = predict_batches(net, images, image_size, num_workers=num_workers)
    # Not False: TQDM_DISABLE shall have its say
    silence = {} if processes.is_first else {"disable": True}
    with tqdm(
        total=len(images), desc=title, delay=PATIENCE, leave=False, **silence
    ) as bar:
        results = together(
            functools.partial(_detect, batches, anchors, bar), processes
        )
    results = gather_shards(results, processes)
    return [found for found, _ in results], [labels for _, labels in results]


def _detect(
    batches: Iterator[Outputs], anchors: np.ndarray, bar: tqdm
) -> list[tuple]:
    """Return the Detections and the labels of each image of the batches."""
    results = []
    for class_probs, offsets, labels in batches:
        found = predict_ssd(class_probs, offsets, anchors)
        results += zip(found, labels)
        bar.update(len(labels))
    return results


def evaluate(
    net: nn.Module,
    dataset: Sequence,
    image_size: int | tuple[int, int] | None = None,
    num_workers: int = 2,
    anchors: np.ndarray | None = None,
    processes: Processes = ALONE,
) -> tuple[list[Detections], Evaluation]:
    """Detect on a data set and compute the average precision.

    Args:
        net, image_size, num_workers, anchors, processes: as for `predict`.
        dataset: item i is (image, labels); has `classes`.

    Returns:
        One Detections per image, and the Evaluation at COCO's IoU thresholds.

    Raises:
        ValueError: the data set has not as many classes as the network.
    """
    check_num_classes(net, dataset.classes, "dataset")
    detections, labels = predict(
        net, dataset, image_size, num_workers, anchors, processes, "evaluation"
    )
    return detections, judge(detections, labels, len(dataset.classes))


def judge(
    detections: list[Detections], labels: list[np.ndarray], num_classes: int
) -> Evaluation:
    """Evaluate detections as COCO does: its IoU thresholds, 101 recalls."""
    return evaluate_detections(
        detections, labels, num_classes, COCO_IOU_THRESHOLDS, "coco"
    )


def summarize(evaluation: Evaluation) -> dict[str, float]:
    """Return a history's `ap50` and `ap`: at IoU 0.5, and over all thresholds.

    Means over the classes that occur; NaN if none does.
    """
    occurring = evaluation.ap[evaluation.num_truths > 0, 0]
    ap50 = float(occurring.mean()) if occurring.size else float("nan")
    return {"ap50": ap50, "ap": evaluation.mean_ap}


def format_score(value: float | None) -> str:
    """Format an average precision; a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.3f}"


def format_scores(row: Mapping[str, float | None]) -> str:
    """Format the `ap50` and `ap` of a history's row."""
    ap50, ap = format_score(row["ap50"]), format_score(row["ap"])
    return f"AP50 {ap50}, COCO AP {ap}"
