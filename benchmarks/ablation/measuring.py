"""Training and judging settings, all with the same budget; their table."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from benchmarks.ablation.settings import Setting
from d2l_ssd import results
from d2l_ssd.data import InputDataset
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.torch import TargetDataset, evaluate, summarize, train_epoch
from d2l_ssd.torch.distributed import ALONE, use_device


@dataclass(frozen=True)
class Budget:
    """What all trainings have in common."""

    image_size: int = 128
    num_epochs: int = 3
    batch_size: int = 8
    seed: int = 0


def targets_of(
    images: Sequence, setting: Setting, budget: Budget
) -> TargetDataset:
    """Return the inputs and targets of a setting's anchors and augmentation."""
    size = budget.image_size
    inputs = InputDataset(images, size, size, setting.augment, budget.seed)
    return TargetDataset(inputs, setting.anchors(size), *setting.ious)


def loss_of(setting: Setting, image_size: int) -> Callable:
    """Return a setting's loss, with its order of predictions and its classes."""

    def loss(class_logits, offsets, class_targets, offset_targets):
        return setting.loss(
            setting.order(class_logits, image_size),
            setting.order(offsets, image_size),
            setting.classes(class_targets),
            offset_targets,
        )

    return loss


def train(
    setting: Setting, images: Sequence, budget: Budget
) -> tuple[nn.Module, float]:
    """Train a setting's network; return it and its images per second."""
    torch.manual_seed(budget.seed)
    net = setting.network()
    net.to(use_device(ALONE), memory_format=torch.channels_last)
    steps, loss = setting.steps, loss_of(setting, budget.image_size)
    optimizer = steps.optimizer(net)
    maximum = optimizer.defaults["lr"]
    loader = DataLoader(
        targets_of(images, setting, budget),
        budget.batch_size,
        sampler=EpochSampler(len(images), budget.seed),
        drop_last=True,
    )
    num_steps = budget.num_epochs * len(loader)
    start = time.perf_counter()
    with tqdm(total=num_steps, desc=setting.name, unit="batch") as bar:
        for epoch in range(budget.num_epochs):
            loader.sampler.set_epoch(epoch)
            first = epoch * len(loader)
            rates = [
                maximum * steps.rate(first + step, num_steps)
                for step in range(len(loader))
            ]
            for losses in train_epoch(
                net, optimizer, loss, loader, rates, steps.max_norm
            ):
                bar.set_postfix(loss=f"{sum(losses):.3f}")
                bar.update()
    seconds = time.perf_counter() - start
    return net, num_steps * budget.batch_size / seconds


def measure(
    setting: Setting, train_set: Sequence, test_set: Sequence, budget: Budget
) -> dict:
    """Train and judge a setting; return its row of the table."""
    net, speed = train(setting, train_set, budget)
    size = budget.image_size
    _, evaluation = evaluate(net, test_set, size, 0, setting.anchors(size))
    return {
        "name": setting.name,
        "change": setting.change,
        **summarize(evaluation),
        "parameters": sum(p.numel() for p in net.parameters()),
        "images_per_second": round(speed, 1),
    }


def measure_all(
    settings: dict[str, Setting],
    names: Iterable[str],
    folder: str | os.PathLike,
    table_name: str,
    made: dict,
    measure_one: Callable[[Setting], dict],
) -> dict:
    """Measure settings, but for those that the table has already.

    Args:
        settings: by name, in the table's order.
        names: of those to measure.
        folder, table_name: of the table.
        made: what all rows have in common.
        measure_one: returns a setting's row.

    Returns:
        The table.

    Raises:
        ValueError: the table is of trainings with something else in common.
    """
    table = results.read_table(folder, table_name)
    table = table or {"made": made, "rows": []}
    if table["made"] != made:
        raise ValueError(
            f"{table_name}.json was made with {table['made']}, not {made}: "
            "remove it, or name another folder"
        )
    finished = {row["name"]: row for row in table["rows"]}
    # A table may hold settings of both benchmarks
    order = {name: place for place, name in enumerate(settings)}
    for name in names:
        if name not in finished:
            finished[name] = measure_one(settings[name])
        table["rows"] = sorted(
            finished.values(), key=lambda row: order.get(row["name"], -1)
        )
        results.write_table(folder, table_name, table)
    return table
