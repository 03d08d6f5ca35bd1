# Generated from book/training.ipynb (`make save`); do not edit.
"""The learning rate, step by step."""

import math


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
    """
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return max_learning_rate * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return max_learning_rate * (1 + math.cos(math.pi * min(progress, 1))) / 2
