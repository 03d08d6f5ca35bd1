"""Mapping in threads, with few results waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def threaded(
    function: Callable[[Any], Any],
    items: Iterable,
    workers: int,
    ahead: int | Callable[[Any], int],
) -> Iterator:
    """Map in threads, in order, with few results waiting.

    Args:
        function: of an item.
        items: to be taken one by one, in this thread.
        workers: threads.
        ahead: results that may wait for the caller, beside the one it has; or a
            function that says so, given the last result.
    """
    waiting, most = deque(), 1 if callable(ahead) else ahead
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                while len(waiting) > most:
                    result = waiting.popleft().result()
                    most = ahead(result) if callable(ahead) else ahead
                    yield result
                    del result
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
