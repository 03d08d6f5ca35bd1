"""Which image comes when: an order for each epoch, from a seed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


class EpochSampler:
    """Yield the (epoch, index) pairs of one epoch, in an order of its own.

    An item draws what it needs at random from (seed, epoch, index), and the
    order depends on the seed and the epoch alone: the same seed gives the same
    batches with any number of worker processes.

    Every iteration gives the pairs of `epoch` and changes nothing: whoever
    loops over epochs calls `set_epoch` before each, like for the samplers of
    `torch.utils.data.distributed`.

    Args:
        length: items of the data set.
        seed: of the orders.
        shuffle: False keeps the data set's order.
        rank: which shard this sampler gives, from 0.
        world_size: number of shards. They have equal lengths and share no
            item; the last length % world_size items of an order are in none.

    Raises:
        ValueError: rank is not one of 0 to world_size - 1, or seed is no whole
            number of 0 or more.
    """

    def __init__(
        self,
        length: int,
        seed: int = 0,
        shuffle: bool = True,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if not 0 <= rank < world_size:
            raise ValueError(
                f"rank must be one of 0 to world_size - 1, got rank {rank} "
                f"and world_size {world_size}"
            )
        try:
            np.random.default_rng([seed, 0])
        except (TypeError, ValueError):
            raise ValueError(
                f"seed must be a whole number of 0 or more, got {seed!r}"
            ) from None
        self.length, self.seed, self.shuffle = length, seed, shuffle
        self.rank, self.world_size = rank, world_size
        self.epoch = 0

    def __len__(self) -> int:
        return self.length // self.world_size

    def __iter__(self) -> Iterator[tuple[int, int]]:
        epoch, order = self.epoch, range(self.length)
        if self.shuffle:
            rng = np.random.default_rng([self.seed, epoch])
            order = rng.permutation(self.length).tolist()
        shard = order[self.rank :: self.world_size][: len(self)]
        return ((epoch, index) for index in shard)

    def set_epoch(self, epoch: int) -> None:
        """Make the following iterations those of an epoch, from 0."""
        self.epoch = epoch
