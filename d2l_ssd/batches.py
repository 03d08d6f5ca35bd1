"""Batches of a data set, made in this process or by workers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from d2l_ssd.checks import as_count
from d2l_ssd.workers import WorkerPool

COLLATED = 2**20  # bytes of a batch besides its inputs: labels, names


class Batches:
    """Give a data set's batches of NumPy arrays, in a sampler's order.

    Every pass asks the sampler anew. The batches and their order do not depend
    on the number of workers.

    Args:
        dataset: anything that has a length and items.
        sampler: yields the keys of the items, and has a length.
        batch_size: items per batch.
        collate: function of a list of items that returns a batch.
        num_workers: processes that make batches; 0 makes them in this one.
        item_bytes: about what an item's arrays need.
        drop_last: leave the last batch out if it is incomplete.
        start: called by each worker before its first batch.

    Raises:
        ValueError: batch_size or num_workers is not a number that can be.
    """

    def __init__(
        self,
        dataset: Sequence,
        sampler: Any,
        batch_size: int,
        collate: Callable[[list], Any],
        num_workers: int,
        item_bytes: int,
        drop_last: bool = False,
        start: Callable[[], Any] | None = None,
    ) -> None:
        batch_size = as_count(batch_size, "batch_size")
        num_workers = as_count(num_workers, "num_workers", 0)
        self.dataset, self.sampler = dataset, sampler
        self.batch_size, self.drop_last = batch_size, drop_last
        self.num_workers = num_workers
        self._make = functools.partial(_make_batch, dataset, collate)
        self._pool = None
        if num_workers > 0:
            batch_bytes = batch_size * item_bytes + COLLATED
            self._pool = WorkerPool(self._make, num_workers, batch_bytes, start)

    def __len__(self) -> int:
        whole, rest = divmod(len(self.sampler), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[Any]:
        keys = self.keys()
        if self._pool is None:
            return map(self._make, keys)
        return self._pool.batches(keys)

    def keys(self) -> Iterator[list]:
        """Return an iterator of the keys of each batch of a pass."""
        keys = iter(self.sampler)
        groups = iter(lambda: list(itertools.islice(keys, self.batch_size)), [])
        return itertools.islice(groups, len(self))

    def close(self) -> None:
        """End the workers, if there are any; the next pass starts new ones."""
        if self._pool is not None:
            self._pool.close()


def _make_batch(dataset: Sequence, collate: Callable, keys: Sequence) -> Any:
    return collate([dataset[key] for key in keys])
