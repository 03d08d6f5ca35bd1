"""Several processes that train one network: who they are, what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import distributed, nn
from torch.utils.data import Subset

from d2l_ssd.workers import portable

LOST = (
    "another process of this training has ended, or cannot be reached: its own "
    "message says why; start all of them again with torchrun to go on"
)
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
    """Read which process this is from the environment that torchrun sets.

    Raises:
        ValueError: a variable is missing or wrong; names it.
    """
    world_size = _variable(environ, "WORLD_SIZE", 1, least=1)
    if world_size > 1 and "RANK" not in environ:
        raise ValueError(
            f"WORLD_SIZE is {world_size} in the environment, and RANK is not set: "
            "start the processes with torchrun, or unset WORLD_SIZE"
        )
    rank = _variable(environ, "RANK")
    if rank >= world_size:
        raise ValueError(
            f"RANK must be below WORLD_SIZE, which is {world_size}, in the "
            f"environment, got {rank}: start the processes with torchrun, or "
            "unset RANK"
        )
    return Processes(rank, world_size, _variable(environ, "LOCAL_RANK"))


def _variable(
    environ: Mapping[str, str], name: str, default: int = 0, least: int = 0
) -> int:
    """Return a whole number of the environment."""
    text = environ.get(name, str(default))
    # Of other digits than ASCII's, int() knows many
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ValueError(
            f"{name} must be a whole number of {least} or more in the "
            f"environment, got {text!r}: torchrun sets it, or unset it"
        )
    return int(text)


def use_device(processes: Processes) -> torch.device:
    """Take this process's GPU, or the CPU where there is none."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    if processes.local_rank >= (count := torch.cuda.device_count()):
        raise ValueError(
            f"LOCAL_RANK must be below the number of GPUs here, {count}, got "
            f"{processes.local_rank}: start {count} processes per machine"
        )
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
    with naming_loss():
        distributed.init_process_group()
        # After an error we do not wait for the others: torchrun ends them
        yield
    distributed.destroy_process_group()


@contextmanager
def naming_loss() -> Iterator[None]:
    """Turn PyTorch's error about a process that has ended into a sentence.

    Raises:
        ConnectionError: one has ended; its `is_shared` is True, see `together`.
    """
    try:
        yield
    except RuntimeError as error:
        # Gloo's errors have no type of their own
        if not (
            isinstance(error, distributed.DistError) or "gloo" in str(error)
        ):
            raise
        lost = ConnectionError(LOST)
        lost.is_shared = True
        raise lost from None


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
    except Exception as raised:
        error = portable(raised)
    errors = [e for e in gather(error, processes) if e is not None]
    if not errors:
        return value
    errors[0].is_shared = True
    raise errors[0]


def mean_count(count: torch.Tensor, processes: Processes) -> torch.Tensor:
    """Return a count's mean over the processes, as if it were at least 1 in all.

    A sum of losses divided by it is one process's share: the mean of all shares
    is the loss of the images of all processes together. Gradients need nothing
    else, as DistributedDataParallel takes their mean.

    Args:
        count: a whole number (), of this process's images.
        processes: which one this is.
    """
    if processes.world_size > 1:
        count = count.clone()
        distributed.all_reduce(count)
    return count.clamp(min=1) / processes.world_size


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
