"""Ideas in the book's network, with half its channels, on larger images."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.ablation import data as ablation_data
from benchmarks.ablation.data import Images
from benchmarks.ablation.network import BOOK_WIDTH, WIDTH
from benchmarks.ablation.recipe import FULL
from benchmarks.ablation.replacements import default_init
from benchmarks.beyond.detecting import select
from benchmarks.beyond.ideas import Distributions, TwoHeads
from benchmarks.beyond.ssd import Detector, K
from benchmarks.photographs.data import open_photographs
from d2l_ssd.anchors import RATIOS
from d2l_ssd.data import InputDataset, stack_batch, to_input
from d2l_ssd.detections import Detections
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inspection.anchor_fit import suggest_sizes
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.torch import SSDBackbone, WeightAverage
from d2l_ssd.torch.prediction import judge, summarize


class Both(TwoHeads, Distributions):
    """Edges as distributions, and no NMS."""


class BookNetwork(Detector):
    """A detector with the book's four maps, with half their channels."""

    channels = tuple(c * WIDTH // BOOK_WIDTH for c in SSDBackbone.channels)
    ratios = RATIOS

    def make_stages(self) -> nn.ModuleList:
        """Return the book's backbone as one stage."""
        return nn.ModuleList([default_init().backbone])

    def maps(self, X: Tensor) -> list[Tensor]:
        """Compute the four maps of images (B, 3, H, W)."""
        (backbone,) = self.stages
        return backbone(X)


class Place(NamedTuple):
    """Images of one kind, and how long detectors train on them.

    Args:
        height, width: of the inputs, in pixels.
        batch_size, num_epochs: of a training.
    """

    height: int
    width: int
    batch_size: int
    num_epochs: int


PLACES = {
    "animals": Place(96, 96, 8, 3),  # as in the ablation
    "cells": Place(256, 320, 8, 20),
}


def open_place(name: str, data: Path) -> tuple[Images, Images]:
    """Read training and test images into memory.

    Args:
        name: "animals", drawn where they are missing, or "cells", of BCCD, whose
            folder D2L_SSD_BCCD names.
        data: folder of the drawn images.
    """
    if name == "animals":
        budget = ablation_data.Budget()
        root = ablation_data.draw(budget, data)
        return tuple(
            ablation_data.open_images(root, split, budget.image_size)
            for split in ("train", "test")
        )
    side = round(ablation_data.DETAIL * PLACES[name].height)
    return tuple(
        Images(open_photographs(None, split), side)
        for split in ("trainval", "test")
    )


def enlarge(
    kind: type[Detector], place: Place, boxes: np.ndarray
) -> type[Detector]:
    """Return an idea in the book's network, with anchors that fit boxes (M, 4)."""
    size = place.height, place.width
    shapes = tuple(feature_map_shapes(*size))
    own = {"map_shapes": shapes, "sizes": suggest_sizes(boxes, *size)}
    bases = () if kind is Detector else (kind,)
    return type(kind.__name__, (*bases, BookNetwork), own)


def train(
    kind: type[Detector],
    options: dict,
    images: Images,
    place: Place,
    seed: int,
) -> Detector:
    """Train an enlarged idea with the book's recipe.

    Args:
        kind: of `enlarge`.
        options: numbers of the class.
        images: of the training.
        place: what they are.
        seed: of first weights, order, and augmentation.

    Returns:
        The detector with the running mean of its weights.
    """
    torch.manual_seed(seed)
    net = kind(**options)
    average = WeightAverage(net, FULL.average)
    optimizer = FULL.optimizer(net)
    highest = optimizer.defaults["lr"]
    num_steps = place.num_epochs * (len(images) // place.batch_size)
    for step, (X, labels) in enumerate(batches(images, place, seed)):
        for group in optimizer.param_groups:
            group["lr"] = highest * FULL.rate(step, num_steps)
        loss = sum(net.loss(net(X), labels))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), FULL.max_norm)
        optimizer.step()
        average.update(net)
    return average.net


def batches(
    images: Images, place: Place, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield inputs and labels (B, M, 6) of all epochs, augmented."""
    inputs = InputDataset(images, place.height, place.width, FULL.augment, seed)
    loader = DataLoader(
        inputs,
        place.batch_size,
        sampler=EpochSampler(len(inputs), seed),
        collate_fn=stack_batch,
        drop_last=True,
    )
    for epoch in range(place.num_epochs):
        loader.sampler.set_epoch(epoch)
        for X, labels in loader:
            yield torch.from_numpy(X), torch.from_numpy(labels)


@torch.inference_mode()
def detect_image(net: Detector, image: np.ndarray, place: Place) -> Detections:
    """Detect in an image (H, W, 3), as the idea uses NMS."""
    X = torch.from_numpy(to_input(image, place.height, place.width))[None]
    scores, boxes = (part[0].numpy() for part in net.decode(net(X)))
    return select(scores, boxes, net.nms_iou)


def measure(
    kind: type[Detector],
    options: dict,
    sets: tuple[Images, Images],
    place: Place,
    seed: int,
) -> dict:
    """Train and judge an idea with one seed; return what its file holds."""
    start = time.perf_counter()
    images, test = sets
    net = train(
        enlarge(kind, place, images.boxes), options, images, place, seed
    )
    seconds = time.perf_counter() - start
    found = [detect_image(net, image, place) for image, _ in test.samples]
    labels = [rows for _, rows in test.samples]
    return {
        "seed": seed,
        **summarize(judge(found, labels, K)),
        "seconds": round(seconds, 1),
        "images_per_second": round(place.num_epochs * len(images) / seconds, 1),
    }
