# Generated from book/training.ipynb (`make save`); do not edit.
"""The learning rate, step by step."""

import math

from d2l_ssd.checks import check_positive


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
        ValueError: step or warmup_steps is negative, or num_steps or
            max_learning_rate is not positive.
    """
    check_positive(num_steps=num_steps, max_learning_rate=max_learning_rate)
    for name, value in (("step", step), ("warmup_steps", warmup_steps)):
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, got {value}")
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return max_learning_rate * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return max_learning_rate * (1 + math.cos(math.pi * min(progress, 1))) / 2
