"""Worker processes: order, errors, deaths, interrupts, and no space in /dev/shm."""

import faulthandler
import functools
import gc
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from d2l_ssd import workers
from d2l_ssd.workers import WorkerError, WorkerPool

SECONDS = 100  # until a test fails that would wait for ever
LARGE = 100_000  # numbers in an array that is handed over in a slot


@pytest.fixture(autouse=True)
def time_limit():
    """Fail a test that waits for ever, and with it a broken guard."""

    def fail(*_):
        # No Exception, which the code under test could catch
        pytest.fail(f"no end within {SECONDS} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def pool():
    """A function that makes a pool; its workers end with the test."""
    pools = []

    def make(function, num_workers=2, batch_bytes=2 * 8 * LARGE):
        pools.append(WorkerPool(function, num_workers, batch_bytes))
        return pools[-1]

    yield make
    for made in pools:
        made.close()


def arrays(keys):
    """Return a batch: arrays large and small, and what is no array."""
    (key,) = keys
    shape = LARGE // 10, 10
    return [
        np.full(shape, key, np.float32),
        np.full(LARGE, key, np.uint8),
        np.full(shape, key, np.uint8)[::2],
        np.full((0, 6), key),
        [np.full(3, key), f"image {key}", None],
    ]


def keys_of(batches):
    """Return the key each batch was made of; they must be whole."""
    found = []
    for large, second, strided, empty, (small, text, none) in batches:
        key = small[0]
        assert second.shape == (LARGE,) and (second == key).all()
        assert large.dtype == np.float32 and (large == key).all()
        assert strided.shape == (LARGE // 20, 10) and (strided == key).all()
        assert empty.shape == (0, 6) and none is None
        assert text == f"image {key}"
        found.append(key)
    return found


def numbers(count):
    return [[i] for i in range(count)]


class TestBatches:
    @pytest.mark.parametrize("num_workers", [1, 2, 3])
    @pytest.mark.parametrize("batch_bytes", [1, 450_000, 4_000_000])
    def test_come_in_order_whether_they_fit_or_not(
        self, pool, num_workers, batch_bytes
    ):
        made = pool(arrays, num_workers, batch_bytes)
        for _ in range(2):
            assert keys_of(made.batches(numbers(11))) == list(range(11))

    def test_come_from_all_workers(self, pool):
        made = pool(lambda keys: os.getpid(), 3)
        assert len(set(made.batches(numbers(3)))) == 3

    def test_that_fit_come_through_no_pipe(self, pool, monkeypatch):
        monkeypatch.setattr(Connection, "recv_bytes_into", None, raising=False)
        made = pool(arrays)
        for _ in range(3):
            assert keys_of(made.batches(numbers(9))) == list(range(9))

    def test_belong_to_the_reader(self, pool):
        batches = [large for large, *_ in pool(arrays).batches(numbers(9))]
        assert [batch.max() for batch in batches] == list(range(9))
        batches[0] += 1  # and may be written

    def test_of_two_passes_at_once(self, pool):
        made = pool(arrays)
        passes = made.batches(numbers(9)), made.batches(numbers(9))
        pairs = list(zip(*passes))
        assert keys_of(itertools.chain(*pairs)) == [
            i for i in range(9) for _ in "ab"
        ]

    def test_after_a_pass_that_was_left(self, pool):
        made = pool(arrays)
        for _ in range(3):
            next(made.batches([[100 + i] for i in range(9)]))
        assert keys_of(made.batches(numbers(4))) == [0, 1, 2, 3]
        assert not any(worker.replies for worker in made._workers)

    def test_of_nothing(self, pool):
        assert list(pool(arrays).batches([])) == []

    def test_without_memory_come_through_pipes(self, pool, monkeypatch):
        def refuse(*_):
            raise OSError(12, "Cannot allocate memory")

        monkeypatch.setattr(workers.mmap, "mmap", refuse)
        with pytest.warns(UserWarning, match="fewer workers"):
            made = pool(arrays)
        assert keys_of(made.batches(numbers(5))) == list(range(5))

    def test_of_processes_that_are_not_forked(self, pool, monkeypatch):
        monkeypatch.setattr(workers, "START_METHOD", "spawn")
        made = pool(np.zeros, 1)
        sizes = [LARGE + i for i in range(4)]
        batches = list(made.batches([[size] for size in sizes]))
        assert [batch.shape for batch in batches] == [(s,) for s in sizes]

    @pytest.mark.parametrize("closes", [False, True])
    def test_of_a_forked_reader_are_its_own(self, pool, closes):
        made = pool(arrays)
        reader = os.fork()
        if reader == 0:
            try:
                if closes:
                    made.close()
                right = keys_of(made.batches(numbers(4))) == [0, 1, 2, 3]
                made.close()
                os._exit(0 if right else 1)
            finally:
                os._exit(2)
        assert keys_of(made.batches(numbers(9))) == list(range(9))
        assert os.waitpid(reader, 0)[1] == 0

    def test_that_are_late_bring_a_warning(self, pool, monkeypatch):
        monkeypatch.setattr(workers, "SECONDS", 0.01)
        monkeypatch.setattr(workers, "PATIENCE", 2)
        waits_for, answer = os.pipe()
        made = pool(lambda keys: os.read(waits_for, 1), num_workers=1)

        def be_warned(message, category, *_):
            assert "num_workers=0" in str(message)
            os.write(answer, b"!")

        with warnings.catch_warnings():
            warnings.simplefilter("always")
            monkeypatch.setattr(warnings, "showwarning", be_warned)
            assert list(made.batches(numbers(1))) == [b"!"]


class Unpicklable(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail(error, keys):
    """Raise an error for key 3."""
    if keys == [3]:
        raise error
    return keys


class TestErrors:
    @pytest.mark.parametrize(
        "error",
        [ValueError("val1.jpg: no image"), FileNotFoundError(2, "gone", "x")],
    )
    def test_of_files_are_raised_as_they_are(self, pool, error):
        made = pool(functools.partial(fail, error))
        passed = made.batches(numbers(9))
        assert [next(passed) for _ in range(3)] == [[0], [1], [2]]
        with pytest.raises(type(error)) as caught:
            next(passed)
        assert str(caught.value) == str(error)
        assert caught.value.__cause__ is None
        # The workers are as good as before
        assert list(made.batches(numbers(3))) == [[0], [1], [2]]

    def test_of_programs_say_where_the_worker_was(self, pool):
        made = pool(functools.partial(fail, TypeError("no number")))
        with pytest.raises(TypeError, match="^no number$") as caught:
            list(made.batches(numbers(9)))
        assert "in fail" in str(caught.value.__cause__)

    def test_that_cannot_be_pickled_are_told(self, pool):
        made = pool(functools.partial(fail, Unpicklable(1, 2)))
        with pytest.raises(RuntimeError, match="Unpicklable: 1 and 2"):
            list(made.batches(numbers(9)))

    def test_of_batches_that_cannot_be_pickled(self, pool):
        made = pool(lambda keys: lambda: keys)
        with pytest.raises(Exception, match="pickle"):
            list(made.batches(numbers(9)))


def leave(way, folder, keys):
    """End the worker at key 3, the first time."""
    marker = Path(folder) / "left"
    if keys == [3] and not marker.exists():
        marker.touch()
        way()
    return keys


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def bus_error():
    faulthandler.disable()  # pytest's, which would report it
    os.kill(os.getpid(), signal.SIGBUS)


WAYS = {
    "exit code 7: its data set": functools.partial(os._exit, 7),
    "exit code 5: its data set": functools.partial(sys.exit, 5),
    r"exit code -9 \(SIGKILL\).*memory.*fewer workers": kill,
    r"exit code -7 \(SIGBUS\).*shared memory.*--shm-size": bus_error,
}


@pytest.mark.parametrize("sentence", WAYS)
def test_a_dead_worker_ends_the_pass(pool, tmp_path, sentence):
    made = pool(functools.partial(leave, WAYS[sentence], tmp_path))
    passed = []
    with pytest.raises(WorkerError, match=sentence):
        passed.extend(made.batches(numbers(9)))
    assert passed == numbers(9)[: len(passed)] and len(passed) <= 3
    # The next pass has new workers
    assert list(made.batches(numbers(9))) == numbers(9)


def test_a_death_is_told_before_the_dead_are_needed(pool):
    others = multiprocessing.active_children()
    passed = pool(arrays).batches(numbers(9))
    next(passed)
    kill_children(others)
    with pytest.raises(WorkerError, match="SIGKILL"):
        next(passed)


def test_a_pass_whose_workers_were_ended_says_so(pool):
    made = pool(arrays)
    passed = made.batches(numbers(9))
    next(passed)
    made.close()
    with pytest.raises(WorkerError, match="begin a new pass"):
        next(passed)


def test_workers_that_cannot_be_started_are_told(monkeypatch):
    before = multiprocessing.active_children()
    fork, forks = os.fork, itertools.count(1)

    def fork_once():
        if next(forks) == 2:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return fork()

    monkeypatch.setattr(os, "fork", fork_once)
    with pytest.raises(WorkerError, match="only 1 of 3 .*fewer workers"):
        WorkerPool(arrays, 3, 1)
    assert multiprocessing.active_children() == before


def test_a_death_is_told_though_the_pipe_is_held(pool):
    """The worker has left a process that still has the worker's end of it."""
    waits_for, answer = os.pipe()

    def leave_a_child(keys):
        if os.fork():
            os._exit(7)
        os.read(waits_for, 1)
        os._exit(0)

    made = pool(leave_a_child, 1)
    try:
        with pytest.raises(WorkerError, match="exit code 7"):
            list(made.batches(numbers(1)))
    finally:
        os.write(answer, b"!")


def kill_children(others):
    """Kill this process's children but the others, and wait for their end."""
    for process in set(multiprocessing.active_children()) - set(others):
        process.kill()
        process.join()


def test_a_death_between_passes_is_told(pool):
    others = multiprocessing.active_children()
    made = pool(arrays)
    keys_of(made.batches(numbers(4)))
    kill_children(others)
    with pytest.raises(WorkerError, match="SIGKILL"):
        keys_of(made.batches(numbers(4)))


def test_workers_end_with_their_pool(pool):
    before = set(multiprocessing.active_children())

    def started():
        return set(multiprocessing.active_children()) - before

    made = WorkerPool(arrays, 2, 1)
    processes = started()
    assert len(processes) == 2
    keys_of(made.batches(numbers(3)))
    next(made.batches(numbers(3)))
    del made
    gc.collect()
    assert not started()
    # Neither running nor a zombie
    assert not any(Path(f"/proc/{p.pid}").exists() for p in processes)


def run(code, *arguments, **options):
    """Start a program of its own session; its output ends with all of it."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parent.parent,
        **options,
    )


STUCK = """
import os
from d2l_ssd.workers import WorkerPool

nothing, _ = os.pipe()

def wait(keys):
    if keys == [3]:
        print("waits", flush=True)
        os.read(nothing, 1)
    return keys

pool = WorkerPool(wait, 2, 1)
print(list(pool.batches([[i] for i in range(9)])))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are not forked")
@pytest.mark.parametrize("whom", ["all", "reader"])
def test_an_interrupt_ends_workers(whom):
    """Control-C goes to all processes of a terminal, a notebook's to one."""
    process = run(STUCK)
    assert process.stdout.readline() == "waits\n"
    send = os.killpg if whom == "all" else os.kill
    send(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGINT and output == ""
    assert errors.count("Traceback") == errors.count("KeyboardInterrupt") == 1


IDLE = """
import os, signal
from d2l_ssd.workers import WorkerPool

pools = [WorkerPool(list, 2, 1) for _ in range(2)]
print([list(pool.batches([[1], [2]])) for pool in pools], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_when_their_reader_is_killed():
    # They hold the pipe that we read: it ends when the last of them does
    output, errors = run(IDLE).communicate(timeout=SECONDS)
    assert output == "[[[1], [2]], [[1], [2]]]\n" and errors == ""


def shared_files():
    """Return the files of /dev/shm that this process has in its memory."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line.split("/dev/shm/")[1] for line in lines if "/dev/shm/" in line}


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_no_file_of_shared_memory_is_used(pool):
    before = shared_files()  # of other programs in this process
    made = pool(lambda keys: (shared_files(), np.ones(LARGE)))
    for files, _ in made.batches(numbers(4)):
        assert files == before == shared_files()
