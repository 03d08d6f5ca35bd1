"""What does a training gain from more processes, and what do they send?

    python -m benchmarks.speed.processes [--size 256] [--batch-size 16] [--store]

One, two, and four processes share a batch, each with one thread of a CPU, on the
loopback: a step of `train_step` in each, without loading. The table shows medians
over the steps, and the bytes that the loopback's counter has seen per step, those
of all processes together. With --store it becomes what the chapter shows. On fewer
cores than processes, the processes wait for one another: the machine must be quiet.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import torch
from torch import distributed, multiprocessing, nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from benchmarks.processor import processor_name
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.files import write_text
from d2l_ssd.options import TrainOptions
from d2l_ssd.processes import Processes
from d2l_ssd.results import PROCESSES
from d2l_ssd.torch import (
    DetectionLoss,
    detection_optimizer,
    new_network,
    train_step,
)
from d2l_ssd.torch.normalization import synchronize_batch_norm

NUM_CLASSES = 2
WORLD_SIZES = 1, 2, 4
WARM_UP = 2  # steps that are not measured
POSITIVES = 10  # of an image: about what the drawn animals have
LOOPBACK = Path("/sys/class/net/lo/statistics/tx_bytes")


def make_share(arguments: argparse.Namespace, processes: Processes) -> list:
    """Return a process's share of a batch: noise, and a few positives."""
    count = arguments.batch_size // processes.world_size
    anchors = ssd_anchors(feature_map_shapes(arguments.size, arguments.size))
    classes = torch.zeros(count, len(anchors), dtype=torch.int64)
    classes[:, :POSITIVES] = 1
    X = torch.randn(count, 3, arguments.size, arguments.size)
    return [X, classes, torch.zeros(count, len(anchors), 4)]


def make_network(processes: Processes, synchronized: bool) -> nn.Module:
    """Return a network as `train_detection` makes it."""
    net = new_network(NUM_CLASSES, seed=0).to(memory_format=torch.channels_last)
    if processes.world_size == 1:
        return net
    if synchronized:
        synchronize_batch_norm(net, processes)
    return DistributedDataParallel(net, gradient_as_bucket_view=True)


def sent() -> int:
    """Return the bytes that were sent on the loopback; 0 where nobody counts."""
    return int(LOOPBACK.read_text()) if LOOPBACK.exists() else 0


def time_steps(step: partial, count: int) -> Iterator[tuple[float, int]]:
    """Yield seconds and bytes of each step after the warm-up."""
    for number in range(WARM_UP + count):
        before, start = sent(), time.perf_counter()
        step()
        distributed.barrier()
        if number >= WARM_UP:
            yield time.perf_counter() - start, sent() - before


def work(
    rank: int,
    meeting: str,
    world_size: int,
    synchronized: bool,
    arguments: argparse.Namespace,
) -> None:
    """Measure in one of several processes; the first one writes the medians."""
    torch.set_num_threads(1)
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    distributed.init_process_group(
        "gloo",
        init_method=f"file://{meeting}",
        rank=rank,
        world_size=world_size,
        timeout=timedelta(minutes=10),
    )
    processes, options = Processes(rank, world_size, rank), TrainOptions()
    net = make_network(processes, synchronized)
    step = partial(
        train_step,
        net,
        detection_optimizer(net, options.learning_rate, options.weight_decay),
        DetectionLoss(options.localization_weight, None, processes),
        make_share(arguments, processes),
        options.max_norm,
        options.precision,
    )
    medians = [*map(statistics.median, zip(*time_steps(step, arguments.steps)))]
    if processes.is_first:
        Path(f"{meeting}.json").write_text(json.dumps(medians))
    distributed.destroy_process_group()


def measure(
    world_size: int, synchronized: bool, arguments: argparse.Namespace
) -> dict:
    """Return a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"{folder}/meeting"
        settings = meeting, world_size, synchronized, arguments
        multiprocessing.spawn(work, settings, nprocs=world_size)
        seconds, size = json.loads(Path(f"{meeting}.json").read_text())
    return {
        "processes": world_size,
        "sync_batch_norm": synchronized,
        "step_seconds": round(seconds, 4),
        "images_per_second": round(arguments.batch_size / seconds, 2),
        "bytes_per_step": int(size),
    }


def measure_all(arguments: argparse.Namespace) -> dict:
    """Return the whole table, and what it depends on."""
    settings = [(size, False) for size in WORLD_SIZES]
    settings += [(size, True) for size in WORLD_SIZES if size > 1]
    rows = [measure(*pair, arguments) for pair in tqdm(settings, leave=False)]
    parameters = sum(
        p.numel() for p in new_network(NUM_CLASSES, seed=0).parameters()
    )
    return {
        "made": {
            "image_size": arguments.size,
            "batch_size": arguments.batch_size,
            "steps": arguments.steps,
            "precision": TrainOptions.precision,
            "cores": os.cpu_count(),
            "hardware": processor_name(),
            "torch": torch.__version__,
        },
        "gradient_bytes": 4 * parameters,  # float32, in any precision
        "rows": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=256, help="pixels")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument(
        "--store", action="store_true", help="write the package's table"
    )
    arguments = parser.parse_args()
    table = measure_all(arguments)
    for row in table["rows"]:
        synchronized = "synchronized" if row["sync_batch_norm"] else ""
        print(
            f"{row['processes']} process(es) {synchronized:13}"
            f"{row['step_seconds'] * 1000:8.0f} ms per step"
            f"{row['images_per_second']:8.1f} images/s"
            f"{row['bytes_per_step'] / 1e6:8.1f} MB per step"
        )
    if arguments.store:
        write_text(PROCESSES, json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
