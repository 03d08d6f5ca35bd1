"""Commands that several processes share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from d2l_ssd.processes import TIMEOUT, Processes, processes_from


@contextmanager
def sharing(
    environ: Mapping[str, str], timeout: float = TIMEOUT
) -> Iterator[Processes]:
    """Join the processes that torchrun started, and give this one's place.

    Who is alone needs no PyTorch.

    Args:
        environ: the environment.
        timeout: see `d2l_ssd.torch.process_group`.
    """
    processes = processes_from(environ)
    if processes.world_size == 1:
        yield processes
        return
    from d2l_ssd.torch.distributed import process_group

    with process_group(processes, timeout):
        yield processes
