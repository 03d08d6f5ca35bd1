# Generated from book/training.ipynb (`make save`); do not edit.
"""The learning rate, step by step."""

import math

from d2l_ssd.checks import as_count, as_rate


def learning_rate_at(step, num_steps, max_learning_rate=1e-3, warmup_steps=200):
    """Compute the rate of a step: linear warm-up, then half a cosine.

    Args:
        step, num_steps: number of the step, from 0, and of all steps.
        max_learning_rate: the rate at the end of the warm-up.
        warmup_steps: at most a tenth of num_steps.
    """
    max_learning_rate = as_rate(max_learning_rate, "max_learning_rate")
    step = as_count(step, "step", 0)
    num_steps = as_count(num_steps, "num_steps")
    warmup_steps = as_count(warmup_steps, "warmup_steps", 0)
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return max_learning_rate * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return max_learning_rate * (1 + math.cos(math.pi * min(progress, 1))) / 2
