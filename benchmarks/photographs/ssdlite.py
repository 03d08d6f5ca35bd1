"""torchvision's ssdlite320_mobilenet_v3_large, trained as its authors do.

Their reference script trains with SGD, momentum 0.9, weight decay 4e-5, a
cosine to zero from 0.15 for 8 x 24 images per step (here 24: an eighth), a
warm-up in the first epoch, RandomIoUCrop and a flip, in float32.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torchvision import tv_tensors
from torchvision.models.detection import ssdlite320_mobilenet_v3_large
from torchvision.transforms import v2

from benchmarks.photographs.runs import Clock
from d2l_ssd.detections import Detections

BATCH_SIZE = 24
LEARNING_RATE = 0.15 / 8
MOMENTUM = 0.9
WEIGHT_DECAY = 4e-5
WARMUP_FACTOR = 1e-3

AUGMENT = v2.Compose(
    [
        v2.RandomIoUCrop(),
        v2.RandomHorizontalFlip(0.5),
        v2.SanitizeBoundingBoxes(),
        v2.ToDtype(torch.float32, scale=True),
    ]
)


def to_sample(image: np.ndarray, labels: np.ndarray) -> tuple:
    """Turn an image and its labels into what torchvision transforms."""
    height, width = image.shape[:2]
    boxes = labels[:, 1:5] * np.tile([width, height], 2)
    boxes = tv_tensors.BoundingBoxes(
        boxes.astype("f4").reshape(-1, 4),
        format="XYXY",
        canvas_size=(height, width),
    )
    pixels = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
    # Its class 0 is the background
    classes = torch.from_numpy(labels[:, 0].astype(np.int64) + 1)
    return tv_tensors.Image(pixels), {"boxes": boxes, "labels": classes}


def batches(samples: Sequence[tuple]) -> Iterator[tuple[list, list]]:
    """Yield an epoch's batches in a random order, augmented."""
    order = torch.randperm(len(samples)).tolist()
    size = min(BATCH_SIZE, len(samples))
    for start in range(0, len(order) - size + 1, size):
        rows = [AUGMENT(*samples[i]) for i in order[start : start + size]]
        yield [image for image, _ in rows], [target for _, target in rows]


def rate(progress: float, step: int, warmup: int) -> float:
    """Return the learning rate of a step.

    Args:
        progress: how much of the time is over, in [0, 1]; the cosine follows it
            as there is no number of epochs.
        step: from 0.
        warmup: number of steps until the rate is whole.
    """
    start = min(step / max(warmup, 1), 1.0)
    factor = WARMUP_FACTOR + (1 - WARMUP_FACTOR) * start
    return LEARNING_RATE * factor * (1 + math.cos(math.pi * progress)) / 2


def train(
    images: Sequence, num_classes: int, minutes: float, seed: int, threads: int
) -> tuple[torch.nn.Module, int, float]:
    """Train from scratch for some minutes.

    Returns:
        The network, the number of images that it saw, the minutes it took.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    net = ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None, num_classes=num_classes + 1
    ).train()
    optimizer = torch.optim.SGD(
        net.parameters(), LEARNING_RATE, MOMENTUM, weight_decay=WEIGHT_DECAY
    )
    samples = [to_sample(*images[i]) for i in range(len(images))]
    clock, step, seen = Clock(threads), 0, 0
    warmup = max(len(samples) // BATCH_SIZE - 1, 1)
    while True:
        progress = clock.minutes() / minutes  # The rate changes every epoch
        for inputs, targets in batches(samples):
            if clock.minutes() >= minutes:
                return net.eval(), seen, clock.minutes()
            for group in optimizer.param_groups:
                group["lr"] = rate(progress, step, warmup)
            make_step(net, optimizer, inputs, targets)
            step, seen = step + 1, seen + len(inputs)


def make_step(
    net: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    inputs: list[torch.Tensor],
    targets: list[dict],
) -> None:
    """Follow the gradient of the sum of the network's own losses once."""
    loss = sum(net(inputs, targets).values())
    if not torch.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss.item()}")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.inference_mode()
def detect(net: torch.nn.Module, images: Sequence) -> list[Detections]:
    """Find objects with the authors' thresholds, boxes in units of the image."""
    found = []
    for i in range(len(images)):
        pixels, _ = to_sample(*images[i])
        output = net([pixels.float() / 255])[0]
        height, width = pixels.shape[-2:]
        found.append(
            Detections(
                output["boxes"].numpy() / np.float32([width, height] * 2),
                output["scores"].numpy(),
                output["labels"].numpy() - 1,
            )
        )
    return found
