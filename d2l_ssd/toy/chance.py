# Generated from book/toy.ipynb (`make save`); do not edit.
"""Choices: numbers, indices and items drawn from a random generator."""


def between(rng, low, high):
    """Draw a number uniformly (several times faster than rng.uniform)."""
    return low + (high - low) * rng.random()


def draw_index(rng, odds):
    """Draw an index with the given probabilities."""
    left = rng.random()
    for i, share in enumerate(odds):
        left -= share
        if left < 0:
            return i
    return len(odds) - 1


def pick(rng, options):
    """Choose one item of a sequence."""
    return options[int(rng.integers(len(options)))]
