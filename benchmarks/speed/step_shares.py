"""Where does the time of a training step go? Measured in one process of torchrun.

    python -m benchmarks.speed.step_shares SETTING.json OUT.json

`benchmarks.speed.time_to_accuracy` writes the settings and starts the processes: what
glibc does with memory, and the number of threads, are decided when a process starts.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path

import torch
from torch.nn.parallel import DistributedDataParallel
from torch.utils.flop_counter import FlopCounterMode

from d2l_ssd.datasets import open_dataset
from d2l_ssd.files import write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.torch import (
    Processes,
    WeightAverage,
    detection_optimizer,
    new_network,
    process_group,
    processes_from,
    training_loader,
)
from d2l_ssd.torch.objective import make_loss

STAGES = "loading", "forward", "loss", "backward", "update"
WARM_UP = 3  # steps that are not counted
SIDE, REPEATS = 2048, 12  # of the matrices whose product is timed


class Steps:
    """A training whose steps are timed stage by stage.

    Args:
        setting: precision, batch_size, channels_last, image_size and data.
        processes: which one this is.
    """

    def __init__(self, setting: dict, processes: Processes) -> None:
        self.setting, options = setting, TrainOptions()
        dataset = open_dataset(setting["data"], "train")
        loader = training_loader(
            dataset, setting["image_size"], setting["batch_size"],
            num_workers=0, augment=options.augment(0), processes=processes,
        )  # fmt: skip
        # Epoch after epoch: a small set has few batches
        self.batches = chain.from_iterable(repeat(loader))
        net = new_network(len(dataset.classes), options.seed)
        self.memory = torch.contiguous_format
        if setting["channels_last"]:
            self.memory = torch.channels_last
        self.net = self.forward_net = net.to(memory_format=self.memory).train()
        if processes.world_size > 1:
            self.forward_net = DistributedDataParallel(net)
        self.optimizer = detection_optimizer(net, options.learning_rate)
        device = torch.device("cpu")
        self.loss = make_loss(options, dataset, device, processes)
        self.max_norm, self.average = options.max_norm, WeightAverage(net)

    def take(self) -> dict[str, float]:
        """Take a step; return the seconds of each of STAGES."""
        seconds, start = {}, time.perf_counter()

        def lap(stage: str) -> None:
            nonlocal start
            now = time.perf_counter()
            seconds[stage], start = now - start, now

        X, classes, offsets, _ = next(self.batches)
        lap("loading")
        predictions = self.predict(X)
        lap("forward")
        losses = self.loss(*(p.float() for p in predictions), classes, offsets)
        lap("loss")
        self.optimizer.zero_grad()
        sum(losses).backward()
        lap("backward")
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.max_norm)
        self.optimizer.step()
        self.average.update(self.net)
        lap("update")
        return seconds

    def predict(self, X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the predictions of a batch (B, 3, H, W)."""
        low = self.setting["precision"] == "bfloat16"
        with torch.autocast("cpu", torch.bfloat16, low):
            return self.forward_net(X.to(memory_format=self.memory))

    def count_operations(self) -> int:
        """Return the floating-point operations of an image's step."""
        size = self.setting["image_size"]
        X = torch.zeros(1, 3, size, size)
        self.net.eval()  # one image has no batch statistics
        with FlopCounterMode(display=False) as counter:
            sum(part.float().sum() for part in self.net(X)).backward()
        self.net.train()
        return counter.get_total_flops()


def measure(setting: dict, processes: Processes) -> dict:
    """Time a setting's steps; return its row.

    Args:
        setting: see `Steps`; `steps` is how many are timed.
        processes: which one this is.
    """
    rate = matrix_rate(setting["precision"])
    steps = Steps(setting, processes)
    operations = steps.count_operations()
    for _ in range(WARM_UP):
        steps.take()
    taken = [steps.take() for _ in range(setting["steps"])]
    seconds = {
        stage: statistics.median(step[stage] for step in taken)
        for stage in STAGES
    }
    whole = sum(seconds.values())
    own = setting["batch_size"] / processes.world_size
    network = seconds["forward"] + seconds["backward"]
    return {
        **setting,
        "processes": processes.world_size,
        "threads": torch.get_num_threads(),
        "images_per_second": setting["batch_size"] / whole,
        "seconds": {stage: round(value, 5) for stage, value in seconds.items()},
        "gigaflops_of_matrices": rate / 1e9,
        "share_of_matrix_rate": own * operations / network / rate,
    }


def matrix_rate(precision: str) -> float:
    """Measure the floating-point operations per second of a matrix product."""
    dtype = torch.bfloat16 if precision == "bfloat16" else torch.float32
    a, b = (torch.randn(SIDE, SIDE).to(dtype) for _ in range(2))
    return 2 * SIDE**3 / min(_seconds(lambda: a @ b) for _ in range(REPEATS))


def _seconds(function: Callable) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main(setting: str, out: str) -> None:
    """Measure the setting of a file, and write its row to another."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))
    processes = processes_from(os.environ)
    with process_group(processes):
        row = measure(json.loads(Path(setting).read_text()), processes)
    if processes.is_first:
        write_text(out, json.dumps(row, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
