# Generated from book/training.ipynb (`make save`); do not edit.
"""The learning rate, step by step."""

import math

from d2l_ssd.checks import as_count, as_rate


def learning_rate_at(step, num_steps, max_learning_rate=1e-3, warmup_steps=200):
    """Compute the learning rate of a step: linear warm-up, then half a cosine.

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm
    restarts" (2017), equation 5.

    Args:
        step: int, from 0.
        num_steps: int, of the whole training.
        max_learning_rate: the rate at the end of the warm-up.
        warmup_steps: length of the warm-up; at most a tenth of num_steps.

    Returns:
        A float; 0 after the last step.

    Raises:
        ValueError: step or warmup_steps is no whole number from 0, num_steps
            none from 1, or max_learning_rate is not positive.
    """
    max_learning_rate = as_rate(max_learning_rate, "max_learning_rate")
    num_steps = as_count(num_steps, "num_steps")
    step = as_count(step, "step", 0)
    warmup_steps = as_count(warmup_steps, "warmup_steps", 0)
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return max_learning_rate * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return max_learning_rate * (1 + math.cos(math.pi * min(progress, 1))) / 2
