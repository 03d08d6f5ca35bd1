"""Several processes that share work: who they are, what they tell each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from d2l_ssd.workers import portable

TIMEOUT = 1800  # seconds that processes wait for one another
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

    def share(self, stop: int, start: int = 0) -> range:
        """Return which of the items start to stop - 1 are this process's."""
        return range(start + self.rank, stop, self.world_size)


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


def broadcast(value: T, processes: Processes, source: int = 0) -> T:
    """Return the value of one process, the first by default, in all of them."""
    if processes.world_size == 1:
        return value
    from torch import distributed  # who is alone may not have it

    values = [value]
    distributed.broadcast_object_list(values, src=source)
    return values[0]


def gather(value: T, processes: Processes) -> list[T]:
    """Return every process's value, ordered by rank, in all of them."""
    if processes.world_size == 1:
        return [value]
    from torch import distributed

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


def gather_shards(items: list[T], processes: Processes) -> list[T]:
    """Put the results for all processes' shards into the data set's order."""
    shards = gather(items, processes)
    whole: list = [None] * sum(map(len, shards))
    for rank, part in enumerate(shards):
        whole[rank :: processes.world_size] = part
    return whole
