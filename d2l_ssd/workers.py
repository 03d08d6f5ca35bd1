"""Worker processes that make batches, and of which no one waits in vain.

The loaders of both frameworks use them. PyTorch's and MXNet's own workers hand
arrays over in /dev/shm, of which a container has 64 MB unless it is asked for
more, and MXNet's wait for ever for a worker that has died.
"""

from __future__ import annotations

import functools
import itertools
import mmap
import multiprocessing
import os
import pickle
import random
import signal
import sys
import traceback
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import cv2
import numpy as np

PREFETCH = 2  # batches that a worker makes ahead
SMALL = 4096  # bytes of an array that is not worth a place of its own
SECONDS = 1.0  # from one look at a silent worker to the next
PATIENCE = 60  # looks until a warning says that a worker is silent
# A forked process has all that this one has; elsewhere systems cannot fork
START_METHOD = "fork" if sys.platform == "linux" else "spawn"
# Errors of files and arguments: their sentence says all, without a traceback
SENTENCES = ValueError, OSError

NO_MEMORY = (
    "no memory for {num_slots} batches of {megabytes:.0f} MB beside the workers' "
    "own ({error}): they come through pipes, which is slower; use fewer workers "
    "(num_workers) or smaller batches"
)
CAUSES = {
    "SIGKILL": "most likely the memory of the machine or container did not "
    "suffice: use fewer workers (num_workers) or smaller batches",
    "SIGBUS": "most likely the shared memory did not suffice: use fewer "
    "workers (num_workers), or give a container more (docker run --shm-size=1g)",
}
ENDED = (
    "the workers of this pass were ended, by an interrupt or by an error in "
    "another pass over the loader: begin a new pass"
)
SILENT = (
    f"a worker process has made no batch for {PATIENCE * SECONDS:.0f} s; if it "
    "never does, interrupt this program: num_workers=0 shows what it waits for"
)
OTHER_CAUSE = "its data set ended it; num_workers=0 shows where"


class WorkerError(RuntimeError):
    """A worker process ended before it had made its batch."""


class WorkerPool:
    """Make batches in worker processes, in the order in which they are asked for.

    Arrays come through memory that the workers inherit from this process: it
    has no name, so no space in /dev/shm is needed. What does not fit comes
    through pipes. An error of make_batch is raised here. The workers end with
    the pool, with `close`, and with this process; the next batches that are
    asked for start new ones.

    Args:
        make_batch: function of keys that returns a batch: arrays, or what can
            be pickled. It is called in the workers.
        num_workers: processes, at least 1.
        batch_bytes: about as much as the arrays of a batch need.
        start: called by each worker before its first batch.
    """

    def __init__(
        self,
        make_batch: Callable[[Sequence], Any],
        num_workers: int,
        batch_bytes: int,
        start: Callable[[], Any] | None = None,
    ) -> None:
        self._job = make_batch, start
        self._size = num_workers, batch_bytes
        self._number = itertools.count()
        self._workers: list[_Worker] = []
        self._stop = None
        self._start()

    def batches(self, keys: Iterable[Sequence]) -> Iterator[Any]:
        """Yield a batch for each item of keys, in their order.

        Raises:
            WorkerError: a worker has died; says of what.
            Exception: what make_batch raised.
        """
        # A process that was forked from the pool's has its own workers, too
        if not self._workers or self._owner != os.getpid():
            self._start()
        # Its own list: an error in another pass may end these workers
        workers, keys, waiting = self._workers, iter(keys), deque()

        def ask(batch_keys: Sequence) -> tuple[_Worker, int]:
            number = next(self._number)
            worker = workers[number % len(workers)]
            worker.ask(number, batch_keys)
            return worker, number

        try:
            ahead = PREFETCH * len(workers)
            waiting.extend(map(ask, itertools.islice(keys, ahead)))
            while waiting:
                worker, number = waiting.popleft()
                batch = self._receive(workers, worker, number)
                waiting.extend(map(ask, itertools.islice(keys, 1)))
                yield batch
        finally:
            for worker, number in waiting:
                worker.forget(number)

    def _receive(
        self, workers: list[_Worker], worker: _Worker, number: int
    ) -> Any:
        """Return a batch that was asked for, or raise what became of it."""
        try:
            for other in workers:  # a death is told before its batch is due
                other.check()
            batch, error, report = worker.receive(number)
        except BaseException:
            self.close()  # a worker is dead, or a message was read by half
            raise
        if error is None:
            return batch
        raise error from None if isinstance(error, SENTENCES) else report

    def close(self) -> None:
        """End the workers at once."""
        self._workers = []
        if self._stop is not None:
            self._stop()

    def _start(self) -> None:
        num_workers, batch_bytes = self._size
        workers = self._workers = []
        self._owner = os.getpid()
        self._stop = weakref.finalize(self, _end, workers, self._owner)
        slots = _memory(num_workers * PREFETCH, batch_bytes)
        for number in range(num_workers):
            try:
                own = slots[number::num_workers]
                workers.append(_Worker(self._job, own, number))
            except OSError as error:
                self.close()
                raise WorkerError(
                    f"only {number} of {num_workers} worker processes could be "
                    f"started ({error}): use fewer workers (num_workers)"
                ) from None


class _Worker:
    """A worker process, seen from the process that asks it for batches."""

    def __init__(
        self, job: tuple, slots: list[np.ndarray], number: int
    ) -> None:
        context = multiprocessing.get_context(START_METHOD)
        self.slots, self.free = slots, list(range(len(slots)))
        self.replies: dict[int, Any] = {}
        self.forgotten: set[int] = set()
        self.connection, theirs = context.Pipe()
        self.process = context.Process(
            target=_work,
            args=(self.connection, theirs, *job, slots, number),
            daemon=True,
        )
        with _interrupts_held_back():
            self.process.start()
        theirs.close()

    def check(self) -> None:
        """Raise if the worker has ended."""
        if self.connection.closed:
            raise WorkerError(ENDED)
        if not self.process.is_alive():
            raise WorkerError(_cause(self.process))

    def ask(self, number: int, keys: Sequence) -> None:
        """Let the worker make a batch; it makes them one by one."""
        slot = self.free.pop() if self.free else None
        try:
            self.connection.send((number, slot, keys))
        except OSError:
            pass  # it is dead: whoever waits for the batch is told

    def forget(self, number: int) -> None:
        """Drop a batch that was asked for, now or when it comes."""
        if self.replies.pop(number, None) is None:
            self.forgotten.add(number)

    def receive(self, number: int) -> tuple[Any, Exception | None, Exception]:
        """Wait for a batch; return it, or the error and its traceback."""
        while number not in self.replies:
            self._read()
        return self.replies.pop(number)

    def _read(self) -> None:
        """Take the next reply, whichever batch it is."""
        try:
            for looks in itertools.count(1):
                if self.connection.poll(SECONDS):
                    break
                self.check()
                if looks == PATIENCE:
                    warnings.warn(SILENT, stacklevel=5)
            number, slot, sizes, payload, error, report = self.connection.recv()
            arrays = [np.empty(size, np.uint8) for size in sizes]
            if slot is None or sum(sizes) > len(self.slots[slot]):
                for array in arrays:
                    self.connection.recv_bytes_into(array)
            else:
                _copy(arrays, self.slots[slot], into_slot=False)
        except (EOFError, OSError):
            raise WorkerError(_cause(self.process)) from None
        if slot is not None:
            self.free.append(slot)
        if number in self.forgotten:
            self.forgotten.remove(number)
            return
        batch = None if error else pickle.loads(payload, buffers=arrays)
        self.replies[number] = batch, error, _Report(report)


class _Report(Exception):
    """What a worker's traceback said: the cause of the error raised here."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _work(
    ours: Connection,
    connection: Connection,
    make_batch: Callable,
    start: Callable | None,
    slots: list[np.ndarray],
    number: int,
) -> None:
    """Make batches until the process that asks for them is gone."""
    ours.close()  # this copy would hide that the other end is closed
    # Whoever interrupts the training interrupts its process, which ends us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    cv2.setNumThreads(0)  # the workers share the cores already
    # Data sets that draw from these shall not draw the same in all workers
    random.seed(number)
    np.random.seed(number)
    if start is not None:
        start()
    try:
        while True:
            request, slot, keys = connection.recv()
            _reply(
                connection,
                request,
                slot,
                slots,
                functools.partial(make_batch, keys),
            )
    except (EOFError, OSError):
        pass


def _reply(
    connection: Connection,
    request: int,
    slot: int | None,
    slots: list[np.ndarray],
    make: Callable[[], Any],
) -> None:
    """Make a batch and send it, its arrays in a slot if they fit, or the error."""
    payload, buffers, error, report = b"", [], None, ""

    def keep_apart(buffer: pickle.PickleBuffer) -> bool:
        small = buffer.raw().nbytes < SMALL
        if not small:
            buffers.append(buffer)
        return small  # then it is pickled with the rest

    try:
        payload = pickle.dumps(make(), protocol=5, buffer_callback=keep_apart)
    except Exception as raised:
        buffers, report = [], traceback.format_exc()
        error = portable(raised)
    arrays = [np.frombuffer(b.raw(), np.uint8) for b in buffers]
    sizes = [len(array) for array in arrays]
    fits = slot is not None and sum(sizes) <= len(slots[slot])
    if fits:
        _copy(arrays, slots[slot], into_slot=True)
    connection.send((request, slot, sizes, payload, error, report))
    if not fits:
        for array in arrays:
            connection.send_bytes(array)


def _copy(arrays: list[np.ndarray], slot: np.ndarray, into_slot: bool) -> None:
    """Copy arrays of bytes into a slot, one after another, or out of it."""
    start = 0
    for array in arrays:
        part = slot[start : start + len(array)]
        target, source = (part, array) if into_slot else (array, part)
        target[:] = source
        start += len(array)


def portable(error: Exception) -> Exception:
    """Return an error, or one that says the same if it cannot be pickled."""
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")


def _memory(num_slots: int, batch_bytes: int) -> list[np.ndarray]:
    """Return memory that forked processes share with this one, for batches.

    It costs nothing before it is written. Where a process may not have as much,
    a warning is given, and there are no slots; nor where processes are not forked.
    """
    if START_METHOD != "fork":
        return []
    try:
        memory = mmap.mmap(-1, num_slots * batch_bytes)
    except (OSError, ValueError, OverflowError) as error:
        text = NO_MEMORY.format(
            num_slots=num_slots, megabytes=batch_bytes / 1e6, error=error
        )
        warnings.warn(text, stacklevel=4)
        return []
    return list(np.frombuffer(memory, np.uint8).reshape(num_slots, -1))


def _cause(process: Any) -> str:
    """Say how a worker process ended, and most likely why."""
    process.join(SECONDS)
    names = {-number: number.name for number in signal.Signals}
    code, name = process.exitcode, names.get(process.exitcode)
    cause = CAUSES.get(name, OTHER_CAUSE)
    code = f"{code} ({name})" if name else code
    return (
        "a worker process that made batches has ended, with exit code "
        f"{code}: {cause}"
    )


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let no interrupt reach a process that does not yet ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # as on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(workers: list[_Worker], owner: int) -> None:
    """End worker processes, unless this is one of them."""
    if os.getpid() != owner:
        return
    for worker in workers:
        worker.process.kill()
    for worker in workers:
        worker.process.join(PATIENCE * SECONDS)
        worker.connection.close()
