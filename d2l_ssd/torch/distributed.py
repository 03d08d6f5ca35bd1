"""Several processes that train one network: devices, group, what they share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import distributed, nn
from torch.utils.data import Subset

from d2l_ssd.processes import TIMEOUT, Processes

LOST = (
    "another process of this training has ended, or cannot be reached: its own "
    "message says why; start all of them again with torchrun to go on"
)
HUNG = (
    "another process of this training has not answered {time}: it hangs, it is "
    "far behind, or its network does not work; look what its machine does, and "
    "start all of them again with torchrun to go on"
)


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
def process_group(
    processes: Processes, timeout: float = TIMEOUT
) -> Iterator[None]:
    """Join the processes that torchrun started; leave them at the end.

    Args:
        processes: which one this is.
        timeout: seconds after which a process that does not answer is given
            up. Reading all images before the first epoch is the longest wait.

    Raises:
        ConnectionError: a process has ended, or does not answer.
        ValueError: the timeout is shorter than a second.
    """
    if not timeout >= 1:
        raise ValueError(f"timeout must be 1 second or more, got {timeout}")
    if processes.world_size == 1:
        yield
        return
    use_device(processes)
    with naming_loss():
        distributed.init_process_group(timeout=timedelta(seconds=timeout))
        # After an error we do not wait for the others: torchrun ends them
        yield
    distributed.destroy_process_group()


@contextmanager
def naming_loss() -> Iterator[None]:
    """Turn PyTorch's error about a process that is missing into a sentence.

    Raises:
        ConnectionError: one has ended, or does not answer.
    """
    try:
        yield
    except RuntimeError as error:
        # Gloo's errors have no type of their own
        if not (
            isinstance(error, distributed.DistError) or "gloo" in str(error)
        ):
            raise
        raise ConnectionError(_explain(str(error))) from None


def _explain(error: str) -> str:
    """Say what an error of PyTorch's about another process means."""
    if "timed out" not in error.lower():
        return LOST
    waited = re.search(r"(\d+) ?ms", error)
    time = f"for {int(waited[1]) / 1000:g} seconds" if waited else "in time"
    return HUNG.format(time=time)


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
    return Subset(dataset, processes.share(len(dataset)))


def share_buffers(net: nn.Module, processes: Processes) -> None:
    """Give all processes the first one's running averages.

    Each has seen other images in its last step. The network that is judged must
    be the one that is saved.
    """
    if processes.world_size > 1:
        for buffer in net.buffers():
            distributed.broadcast(buffer, src=0)
