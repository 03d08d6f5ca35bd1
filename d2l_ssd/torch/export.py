"""A run's results as the package stores them, with a card."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from torch import nn

from d2l_ssd.detections import Detections
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results import (
    Candidates,
    find_candidates,
    round_weights,
    weights_size,
    write_results,
    write_test_predictions,
)
from d2l_ssd.results.weights import INT8_MAX
from d2l_ssd.torch.prediction import evaluate, predict_batches
from d2l_ssd.torch.runs import read_galleries, read_run
from d2l_ssd.torch.stored_card import (
    VOTE_IOU,
    Form,
    Found,
    Origin,
    stored_card,
)
from d2l_ssd.torch.weights import get_weights, load_weights
from d2l_ssd.weight_names import mxnet_to_torch, torch_to_mxnet


def export_results(
    folder: str | os.PathLike,
    target: str | os.PathLike,
    val_set: Sequence,
    test_set: Sequence,
    origin: Origin,
    wide_steps: int = INT8_MAX,
    num_workers: int = 0,
    exact: float | None = None,
) -> str:
    """Write a run's results in the form that `load_results` reads.

    All figures are of the weights as they are stored, which is rounded.

    Args:
        folder: of the run.
        target: folder to write.
        val_set, test_set: what to predict on: item i is (image, labels), has
            `ids`.
        origin: for the card.
        wide_steps: see `compress_weights`.
        num_workers: processes that make batches.
        exact: COCO AP of the weights before rounding on `val_set`; measured if
            not given.

    Returns:
        The card.
    """
    net, checkpoint = read_run(folder)
    replay = read_galleries(folder, checkpoint.history)
    if exact is None:
        exact = evaluate(net, val_set, num_workers=num_workers)[1].mean_ap
    weights = torch_to_mxnet(get_weights(net))
    load_weights(net, mxnet_to_torch(round_weights(weights, wide_steps)))
    val, test = (
        _predict(net, images, len(replay[0]), num_workers)
        for images in (val_set, test_set)
    )
    form = Form(weights_size(weights, wide_steps), wide_steps, exact)
    card = stored_card(checkpoint, val.found, test.found, form, origin)
    write_results(
        target,
        weights,
        val_set.ids,
        val.found.detections,
        val.candidates,
        val.gallery,
        checkpoint.history,
        replay,
        card,
        wide_steps,
    )
    write_test_predictions(
        target, test_set.ids, test.found.detections, test.candidates
    )
    return card


def predict_candidates(
    net: nn.Module, dataset: Sequence, num_workers: int = 0
) -> tuple[list[Detections], list[Candidates], list[np.ndarray]]:
    """Predict on images, and keep what explorers need of the raw outputs.

    Args:
        net: an SSD with its `settings`.
        dataset: item i is (image, labels).
        num_workers: processes that make batches.

    Returns:
        For each image its Detections, its Candidates and its labels (M, 6).
    """
    detections, candidates, truths = [], [], []
    anchors = net.settings.anchors()
    for class_probs, offsets, labels in predict_batches(
        net, dataset, num_workers=num_workers
    ):
        detections += predict_ssd(class_probs, offsets, anchors)
        candidates += find_candidates(class_probs, offsets)
        truths += labels
    return detections, candidates, truths


class _Predictions(NamedTuple):
    """What a network says of a set of images."""

    found: Found
    candidates: list[Candidates]
    gallery: tuple[np.ndarray, np.ndarray]  # outputs for the first images


def _predict(
    net: nn.Module, images: Sequence, num_gallery: int, num_workers: int
) -> _Predictions:
    """Predict batch by batch; keep raw outputs of the gallery only."""
    anchors = net.settings.anchors()
    sizes = [images[i][0].shape[:2] for i in range(len(images))]
    found, candidates, first = Found([], [], [], sizes), [], []
    for class_probs, offsets, labels in predict_batches(
        net, images, num_workers=num_workers
    ):
        if len(found.labels) < num_gallery:
            first.append((class_probs, offsets))
        outputs = class_probs, offsets, anchors
        found.labels.extend(labels)
        found.detections.extend(predict_ssd(*outputs))
        found.voted.extend(predict_ssd(*outputs, vote_iou=VOTE_IOU))
        candidates += find_candidates(class_probs, offsets)
    gallery = (np.concatenate(part)[:num_gallery] for part in zip(*first))
    return _Predictions(found, candidates, tuple(gallery))
