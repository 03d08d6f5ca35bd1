"""What is each part of the recipe worth? Train from the draft up, rung by rung.

    python benchmarks/ladder.py --all
    python benchmarks/ladder.py --rung draft --rung order

A rung is the one before it with one part changed: the lowest is the draft of
this book's SSD as it stood, the highest the recipe of chapters 2 to 5. All see
the same images in the same order for the same number of steps, begin with the
same weights where their networks are the same, and are judged alike on the same
validation images. A rung that is in the folder's ladder.json is not trained
again, so that a killed run goes on where it was.
"""

import argparse
import platform
import time
from dataclasses import asdict, dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Callable

import cv2
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from tqdm import tqdm

from d2l_ssd import results
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.data import InputDataset, random_flip
from d2l_ssd.augmentation import augment_detection, learning_rate_at
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.torch_ssd import (
    MAX_GRADIENT_NORM,
    TargetDataset,
    TorchSSD,
    TrainOptions,
    _device,
    _finite,
    _optimizer,
    _summary,
    evaluate_torch,
    open_data,
    square_anchors,
    square_maps,
    torch_detection_loss,
    torch_hard_negative_mask,
)

NUM_CLASSES = 2

# The draft's parts, and what takes their place


def draft_network():
    """Build the draft's: maps as they are, and no ReLU after the last norm."""
    net = TorchSSD(NUM_CLASSES)
    net.backbone.norms = nn.ModuleList([nn.Identity(), nn.Identity()])
    net.backbone.stages[2][-1] = nn.Identity()
    return net


def book_network():
    return TorchSSD(NUM_CLASSES)


DRAFT_SIZES = (0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 0.1)


def draft_anchors(image_size):
    """Make anchors (A, 4) of the draft's sizes."""
    return ssd_anchors(square_maps(image_size), DRAFT_SIZES)


def map_first(predictions, image_size):
    """Reorder (B, A, C) as if the maps' rows had been joined on axis 0."""
    anchors = [4 * height * width for height, width in square_maps(image_size)]
    rows = [part.flatten(0, 1) for part in predictions.split(anchors, dim=1)]
    return torch.cat(rows).view_as(predictions)


def image_first(predictions, image_size):
    return predictions


def one_class(class_targets):
    return class_targets.clamp(max=1)


def all_classes(class_targets):
    return class_targets


def random_negatives(class_logits, class_targets):
    """Choose 5 background anchors per positive at random, (B, A) bool."""
    # Those that random numbers find hardest
    return torch_hard_negative_mask(
        torch.randn_like(class_logits), class_targets, ratio=5, minimum=0
    )


def mean_loss(negatives, class_logits, offsets, class_targets, offset_targets):
    """Average cross-entropy over anchors and L1 over offsets: two scalars.

    Arguments: negatives, chooses background anchors (B, A); the others as for
    torch_detection_loss.
    """
    positive = class_targets > 0
    chosen = positive | negatives(class_logits, class_targets)
    cross_entropy = F.cross_entropy(
        class_logits[chosen], class_targets[chosen], reduction="sum"
    )
    distance = (offsets - offset_targets)[positive].abs().sum()
    class_loss = cross_entropy / chosen.sum().clamp(min=1)
    return class_loss, distance / (4 * positive.sum()).clamp(min=1)


@dataclass(frozen=True)
class Steps:
    """How a gradient becomes a step."""

    optimizer: Callable  # of a network
    rate: Callable  # of step and num_steps: the rate in units of the peak
    max_norm: float = inf  # of a gradient


def constant_rate(step, num_steps):
    return 1.0


def sgd(rate, **options):
    return lambda net: torch.optim.SGD(net.parameters(), rate, **options)


def adam(net):
    return _optimizer(net, TrainOptions())


DRAFT_STEPS = Steps(sgd(0.05), constant_rate)
ADAM_STEPS = Steps(adam, constant_rate)
BOOK_STEPS = Steps(
    adam, lambda step, n: learning_rate_at(step, n, 1.0), MAX_GRADIENT_NORM
)


@dataclass(frozen=True)
class Rung:
    """What one training consists of."""

    name: str
    change: str
    network: Callable = draft_network  # ()
    order: Callable = map_first  # of predictions and image_size
    classes: Callable = one_class  # of class targets
    anchors: Callable = draft_anchors  # of image_size
    ious: tuple = (0.7, 0.3)  # an anchor is positive from, background below
    loss: Callable = partial(mean_loss, random_negatives)
    steps: Steps = DRAFT_STEPS
    augment: Callable = random_flip  # as in InputDataset


def _rungs(*changes):
    """Climb from the draft: each rung has all that the one before has."""
    rungs = [Rung("draft", "the draft as it stood")]
    for change in changes:
        rungs.append(replace(rungs[-1], **change))
    return {rung.name: rung for rung in rungs}


RUNGS = _rungs(
    {
        "name": "order",
        "change": "predictions image first, like the targets",
        "order": image_first,
    },
    {
        "name": "classes",
        "change": "a class for cats and one for dogs",
        "classes": all_classes,
    },
    {
        "name": "network",
        "change": "every map normalised, then ReLU, before its heads",
        "network": book_network,
    },
    {
        "name": "anchors",
        "change": "sizes from 0.08, by best possible IoU",
        "anchors": square_anchors,
    },
    {
        "name": "matching",
        "change": "positive from an IoU of 0.5 on, all others background",
        "ious": (0.5, 0.5),
    },
    {
        "name": "Adam",
        "change": "Adam in the place of SGD, with weight decay",
        "steps": ADAM_STEPS,
    },
    {
        "name": "negatives",
        "change": "the 3 hardest per positive, not 5 at random",
        "loss": partial(mean_loss, torch_hard_negative_mask),
    },
    {
        "name": "loss",
        "change": "smooth L1; both sums divided by the positives",
        "loss": torch_detection_loss,
    },
    {
        "name": "schedule",
        "change": "warm-up, cosine, clipping",
        "steps": BOOK_STEPS,
    },
    {
        "name": "augmentation",
        "change": "light, zoom-out and crop besides the flip",
        "augment": augment_detection,
    },
)


@dataclass(frozen=True)
class Budget:
    """What all trainings have in common."""

    image_size: int = 128
    epochs: int = 3
    batch_size: int = 8
    seed: int = 0


def targets_of(images, rung, budget):
    """Return a TargetDataset of a rung's anchors and augmentation."""
    size = budget.image_size
    inputs = InputDataset(images, size, size, rung.augment, budget.seed)
    return TargetDataset(inputs, rung.anchors(size), *rung.ious)


def train(rung, images, budget):
    """Train a rung's network; return it and its images/s."""
    torch.manual_seed(budget.seed)
    device = _device()
    net = rung.network().to(device, memory_format=torch.channels_last)
    optimizer = rung.steps.optimizer(net)
    peak = optimizer.defaults["lr"]
    sampler = EpochSampler(len(images), budget.seed)
    loader = DataLoader(
        targets_of(images, rung, budget),
        budget.batch_size,
        sampler=sampler,
        drop_last=True,
    )
    num_steps = budget.epochs * len(loader)
    start = time.perf_counter()
    bar = tqdm(_batches(loader, budget.epochs), rung.name, num_steps, unit="batch")
    for step, (*batch, names) in enumerate(bar):
        for group in optimizer.param_groups:
            group["lr"] = peak * rung.steps.rate(step, num_steps)
        losses = losses_of(rung, net, [part.to(device) for part in batch])
        optimizer.zero_grad()
        sum(losses).backward()
        nn.utils.clip_grad_norm_(net.parameters(), rung.steps.max_norm)
        optimizer.step()
        values = _finite(torch.stack(losses).detach(), names)
        bar.set_postfix(loss=f"{sum(values):.3f}")
    seconds = time.perf_counter() - start
    return net, num_steps * budget.batch_size / seconds


def _batches(loader, epochs):
    """Yield the batches of all epochs."""
    for epoch in range(epochs):
        loader.sampler.set_epoch(epoch)
        yield from loader


def losses_of(rung, net, batch):
    """Compute a rung's two losses on X, class targets and offset targets."""
    X, class_targets, offset_targets = batch
    net.train()
    with torch.autocast(X.device.type, torch.bfloat16):
        predictions = net(X.to(memory_format=torch.channels_last))
    logits, offsets = (
        rung.order(part.float(), X.shape[-1]) for part in predictions
    )
    return rung.loss(
        logits, offsets, rung.classes(class_targets), offset_targets
    )


def judge(rung, net, images, image_size):
    """Return mAP@.5 and mAP@[.5:.95], one image after the other being read."""
    anchors = rung.anchors(image_size)
    _, evaluation = evaluate_torch(net, images, image_size, 0, anchors)
    return _summary(evaluation)


def climb(rungs, names, folder, table_name, budget, made, data):
    """Train and judge rungs, but for those that the table has already.

    Arguments:
        rungs: dict of names to Rung, in the table's order.
        names: of those to train.
        folder, table_name: of the table.
        budget: Budget.
        made: dict of what else the table says of all its rows.
        data: training and validation set.

    Returns:
        The table.
    """
    train_set, val_set = data
    counts = {"num_train": len(train_set), "num_val": len(val_set)}
    made = {**asdict(budget), **counts, **made}
    table = results.read_table(folder, table_name)
    table = table or {"made": made, "rows": []}
    if table["made"] != made:
        raise ValueError(
            f"{table_name}.json was made with {table['made']}, not {made}: "
            "remove it, or name another folder"
        )
    finished = {row["name"]: row for row in table["rows"]}
    for name in names:
        if name not in finished:
            finished[name] = measure(rungs[name], train_set, val_set, budget)
        # A table may hold rungs of both benchmarks
        order = {name: place for place, name in enumerate(rungs)}
        table["rows"] = sorted(
            finished.values(), key=lambda row: order.get(row["name"], -1)
        )
        results.write_table(folder, table_name, table)
    return table


def measure(rung, train_set, val_set, budget):
    """Train and judge a rung; return its row of the table."""
    net, speed = train(rung, train_set, budget)
    return {
        "name": rung.name,
        "change": rung.change,
        **judge(rung, net, val_set, budget.image_size),
        "parameters": sum(p.numel() for p in net.parameters()),
        "images_per_second": round(speed, 1),
    }


def show(table):
    for row in table["rows"]:
        print("{name:16}{map50:8.3f}{map:8.3f}  {change}".format(**row))


def main(rungs, table_name, doc):
    """Run the command line of a benchmark of rungs; show its table."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true")
    which.add_argument("--rung", action="append", choices=list(rungs))
    for name, value in asdict(Budget()).items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=int, default=value)
    parser.add_argument("--root", help="VOC folder; else the toy data set")
    parser.add_argument("--folder", default=Path(results.__file__).parent)
    parser.add_argument("--table", default=table_name, choices=results.TABLES)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hardware", help="a text for the table")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(args.threads)
    budget = Budget(**{name: getattr(args, name) for name in asdict(Budget())})
    cpu = f"{platform.machine()} CPU, {args.threads} thread(s)"
    gpu = torch.cuda.is_available() and torch.cuda.get_device_name()
    hardware = args.hardware or gpu or cpu
    made = {"hardware": hardware, "torch": torch.__version__}
    data = open_data(args.root, all_images=True)
    names = args.rung or list(rungs)
    show(climb(rungs, names, args.folder, args.table, budget, made, data))


if __name__ == "__main__":
    main(RUNGS, "ladder", __doc__)
