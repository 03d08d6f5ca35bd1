"""Checks of arguments that go together, one entry for each image."""

from __future__ import annotations

from collections.abc import Iterable, Sized


def check_same_length(**arguments: Sized) -> None:
    """Raise ValueError, with the arguments' names, for different lengths."""
    lengths = [len(argument) for argument in arguments.values()]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"{_in_words(arguments)} must have the same length, got "
            f"{_in_words(lengths)}"
        )


def _in_words(values: Iterable) -> str:
    """Write two or more values as a list in a sentence."""
    *others, last = map(str, values)
    return f"{', '.join(others)} and {last}"
