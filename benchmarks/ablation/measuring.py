"""Training and judging one setting with one seed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from benchmarks.ablation.data import Budget, Images
from benchmarks.ablation.recipe import Setting
from d2l_ssd.data import InputDataset
from d2l_ssd.evaluation import COCO_IOU_THRESHOLDS
from d2l_ssd.processes import ALONE
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.torch import WeightAverage, evaluate, summarize, train_epoch
from d2l_ssd.torch.distributed import use_device

CURVE_POINTS = 20
DIGITS = 4  # of the numbers in a curve


class Samples(Dataset):
    """Inputs and targets of a setting, like the package's TargetDataset.

    Item (epoch, i) is X (3, H, W) float32, class targets (A,) int64, offset
    targets (A, 4) float32 and the image's name.
    """

    def __init__(
        self, images: Images, setting: Setting, image_size: int, seed: int
    ) -> None:
        self.setting, self.names = setting, images.ids
        self.anchors = setting.anchors(image_size, images.boxes)
        size = image_size, image_size
        self.inputs = InputDataset(images, *size, setting.augment, seed)

    def __len__(self) -> int:
        return len(self.inputs)

    def __getitem__(self, key: tuple[int, int]) -> tuple:
        X, labels = self.inputs[key]
        classes, offsets = self.setting.targets(labels[None], self.anchors)
        return X, classes[0].astype(np.int64), offsets[0], self.names[key[1]]


def losses_of(
    setting: Setting,
    image_size: int,
    class_logits: torch.Tensor,
    offsets: torch.Tensor,
    class_targets: torch.Tensor,
    offset_targets: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute a setting's losses, with its order of predictions and classes."""
    return setting.loss(
        setting,
        setting.order(class_logits, image_size),
        setting.order(offsets, image_size),
        setting.classes(class_targets),
        offset_targets,
    )


def train(
    setting: Setting,
    images: Images,
    budget: Budget,
    seed: int = 0,
    num_workers: int = 0,
    title: str = "",
) -> tuple[nn.Module, np.ndarray]:
    """Train a setting's network.

    Returns:
        The network that is judged, and the two losses of every step (S, 2).
    """
    torch.manual_seed(seed)
    size = budget.image_size + setting.more
    net = setting.network()
    net.to(use_device(ALONE), memory_format=torch.channels_last)
    average = WeightAverage(net, setting.average) if setting.average else None
    samples = Samples(images, setting, size, seed)
    loader = _loader(samples, budget.batch_size, seed, num_workers)
    num_epochs = setting.times * budget.num_epochs
    with tqdm(desc=title, total=num_epochs * len(loader)) as bar:
        losses = []
        for step in _steps(setting, net, average, loader, size, num_epochs):
            losses.append(step)
            bar.update()
    return average.net if average else net, np.array(losses)


def _loader(
    samples: Samples, batch_size: int, seed: int, num_workers: int
) -> DataLoader:
    """Return what makes batches, in the order of the seed."""
    return DataLoader(
        samples,
        batch_size,
        sampler=EpochSampler(len(samples), seed),
        num_workers=num_workers,
        persistent_workers=num_workers > 0,
        pin_memory=torch.cuda.is_available(),
        drop_last=True,
    )


def _steps(
    setting: Setting,
    net: nn.Module,
    average: WeightAverage | None,
    loader: DataLoader,
    image_size: int,
    num_epochs: int,
) -> Iterator[list[float]]:
    """Make all steps of a training; yield their losses."""
    optimizer = setting.optimizer(net)
    maximum = optimizer.defaults["lr"]
    num_steps = num_epochs * len(loader)
    for epoch in range(num_epochs):
        loader.sampler.set_epoch(epoch)
        first = epoch * len(loader)
        yield from train_epoch(
            net,
            optimizer,
            partial(losses_of, setting, image_size),
            loader,
            [
                maximum * setting.rate(step, num_steps)
                for step in range(first, first + len(loader))
            ],
            setting.max_norm,
            average=average,
        )


def curve(losses: np.ndarray, batch_size: int) -> dict:
    """Make about 20 points of the losses (S, 2) of a training's steps.

    Returns:
        "images", the number seen at the end of each part of the training, and
        the mean "class_loss" and "localization_loss" of that part.
    """
    parts = np.array_split(losses, min(CURVE_POINTS, len(losses)))
    means = np.array([part.mean(axis=0) for part in parts]).round(DIGITS)
    ends = np.cumsum([len(part) for part in parts]) * batch_size
    return {
        "images": ends.tolist(),
        "class_loss": means[:, 0].tolist(),
        "localization_loss": means[:, 1].tolist(),
    }


def scores(
    net: nn.Module, images: Sequence, image_size: int, anchors: np.ndarray
) -> dict[str, float]:
    """Judge a network; return its AP50, AP75 and COCO AP."""
    _, evaluation = evaluate(net, images, image_size, 0, anchors)
    at_75 = np.isclose(COCO_IOU_THRESHOLDS, 0.75).argmax()
    occurs = evaluation.num_truths > 0
    found = summarize(evaluation)
    found["ap75"] = float(evaluation.ap[occurs, at_75].mean())
    return {name: found[name] for name in ("ap50", "ap75", "ap")}


def measure(
    setting: Setting,
    train_set: Images,
    test_set: Images,
    budget: Budget,
    seed: int = 0,
    num_workers: int = 0,
    title: str = "",
) -> tuple[dict, int]:
    """Train and judge a setting with one seed.

    Returns:
        The run, as the table holds it, and the network's number of parameters.
    """
    start = time.perf_counter()
    net, losses = train(setting, train_set, budget, seed, num_workers, title)
    seconds = time.perf_counter() - start
    size = budget.image_size + setting.more
    run = {
        "seed": seed,
        **scores(net, test_set, size, setting.anchors(size, train_set.boxes)),
        "images_per_second": round(
            len(losses) * budget.batch_size / seconds, 1
        ),
        "seconds": round(seconds, 1),
        "curve": curve(losses, budget.batch_size),
    }
    return run, sum(p.numel() for p in net.parameters())
