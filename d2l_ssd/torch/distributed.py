"""Several processes that train one network: who they are, what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.utils.data import Subset

T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """This process, and how many there are; alone by default."""

    rank: int = 0
    world_size: int = 1
    local_rank: int = 0  # among the processes of this machine

    @property
    def is_first(self) -> bool:
        """Whether this process reads and writes what all have in common."""
        return self.rank == 0


ALONE = Processes()


def processes_from(environ: Mapping[str, str]) -> Processes:
    """Read which process this is from the environment that torchrun sets."""
    return Processes(
        int(environ.get("RANK", "0")),
        int(environ.get("WORLD_SIZE", "1")),
        int(environ.get("LOCAL_RANK", "0")),
    )


def use_device(processes: Processes) -> torch.device:
    """Take this process's GPU, or the CPU where there is none."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", processes.local_rank)
    torch.cuda.set_device(device)
    # Images of few sizes: trying all algorithms once pays
    torch.backends.cudnn.benchmark = True
    return device


@contextmanager
def process_group(processes: Processes) -> Iterator[None]:
    """Join the processes that torchrun started; leave them at the end."""
    if processes.world_size == 1:
        yield
        return
    use_device(processes)
    distributed.init_process_group()
    # After an error we do not wait for the others: torchrun ends them
    yield
    distributed.destroy_process_group()


def broadcast(value: T, processes: Processes) -> T:
    """Return the first process's value, in all of them."""
    if processes.world_size == 1:
        return value
    values = [value]
    distributed.broadcast_object_list(values, src=0)
    return values[0]


def gather(value: T, processes: Processes) -> list[T]:
    """Return every process's value, ordered by rank, in all of them."""
    if processes.world_size == 1:
        return [value]
    values: list = [None] * processes.world_size
    distributed.all_gather_object(values, value)
    return values


def together(function: Callable[[], T], processes: Processes) -> T:
    """Call a function in all processes; if one fails, all of them do.

    So no process waits for one that has ended. The error of the first one that
    failed is raised in all; its `is_shared` is True there, so that it need be
    shown only once.
    """
    if processes.world_size == 1:
        return function()
    value, error = None, None
    try:
        value = function()
    except (OSError, ValueError) as raised:
        error = raised
    errors = [e for e in gather(error, processes) if e is not None]
    if not errors:
        return value
    errors[0].is_shared = True
    raise errors[0]


def shard(dataset: Sequence, processes: Processes) -> Subset:
    """Return a process's share of a data set: every world_size-th item."""
    indices = range(processes.rank, len(dataset), processes.world_size)
    return Subset(dataset, indices)


def gather_shards(items: list[T], processes: Processes) -> list[T]:
    """Put the results for all processes' shards into the data set's order."""
    shards = gather(items, processes)
    whole: list = [None] * sum(map(len, shards))
    for rank, part in enumerate(shards):
        whole[rank :: processes.world_size] = part
    return whole


def share_buffers(net: nn.Module, processes: Processes) -> None:
    """Give all processes the first one's running averages.

    Each has seen other images in its last step. The network that is judged must
    be the one that is saved.
    """
    if processes.world_size > 1:
        for buffer in net.buffers():
            distributed.broadcast(buffer, src=0)
