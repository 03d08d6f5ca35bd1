"""Calls of a reader's function: with copies, a time limit, and no surprises."""

from __future__ import annotations

import contextlib
import ctypes
import linecache
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


class OutOfTime(BaseException):
    """Raised inside a call that takes too long; no `except Exception` stops it."""


AGAIN = 0.2  # seconds until a call that goes on is interrupted again
PATIENCE = 8  # seconds of waiting that count as one of computing


class Stopwatch:
    """Measures computing time: a busy machine is not the function's fault."""

    def __init__(self) -> None:
        self.computed, self.started = time.process_time(), time.monotonic()

    def seconds(self) -> float:
        """Return the seconds computed, or a part of those that went by."""
        waited = (time.monotonic() - self.started) / PATIENCE
        return max(time.process_time() - self.computed, waited)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside the `with` block after some computing time.

    Raises:
        OutOfTime: the time is over.
    """
    in_main = threading.current_thread() is threading.main_thread()
    limit = _alarm if in_main and hasattr(signal, "setitimer") else _watcher
    with limit(seconds):
        yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt the main thread with a signal, even while it sleeps."""

    watch = Stopwatch()

    def stop(*_: Any) -> None:
        if watch.seconds() >= seconds:
            raise OutOfTime

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _watcher(seconds: float) -> Iterator[None]:
    """Interrupt this thread from another one: for Windows, and other threads."""
    done = threading.Event()
    target = ctypes.c_ulong(threading.get_ident())
    interrupt, watch = ctypes.pythonapi.PyThreadState_SetAsyncExc, Stopwatch()

    def look() -> None:
        while not done.wait(AGAIN):
            if watch.seconds() >= seconds:
                interrupt(target, ctypes.py_object(OutOfTime))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def copied(value: Any) -> Any:
    """Copy an argument, with the arrays in it."""
    if isinstance(value, np.ndarray):
        return value.copy()
    return [copied(v) for v in value] if isinstance(value, list) else value


def same(a: Any, b: Any) -> bool:
    """Tell whether two arguments are equal, with the arrays in them."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return np.shape(a) == np.shape(b) and bool(np.all(np.asarray(a) == b))


def call_quietly(function: Callable, arguments: tuple) -> Any:
    """Call a function without NumPy's warnings about 0 / 0 and the like."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*arguments)


def as_array(value: Any) -> np.ndarray:
    """Make a NumPy array of lists, and of MXNet's and PyTorch's arrays."""
    if hasattr(value, "asnumpy"):
        return value.asnumpy()
    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, (list, tuple)):
        value = [as_array(v) for v in value]
    return np.asarray(value)


def say_error(error: BaseException, function: Callable) -> str:
    """Say what a function raised, and in which of its lines."""
    text = f"raises {type(error).__name__}: {error}".rstrip(": ")
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code and f.filename == code.co_filename]
    if own:
        line = linecache.getline(own[-1].filename, own[-1].lineno).strip()
        text += f" (line {own[-1].lineno}{f': {line}' if line else ''})"
    return text
