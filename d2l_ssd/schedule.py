# Generated from book/training.ipynb (`make save`); do not edit.
"""The learning rate, step by step."""

import math


def learning_rate_at(step, num_steps, peak=1e-3, warmup_steps=200):
    """Compute the learning rate of a step: linear warm-up, then half a cosine.

    Arguments:
        step: int, from 0.
        num_steps: int, of the whole training.
        peak: the highest rate.
        warmup_steps: until the peak; never more than a tenth of num_steps.

    Returns:
        A float; 0 after the last step. Loshchilov and Hutter, "SGDR:
        stochastic gradient descent with warm restarts" (2017), equation 5.
    """
    warmup_steps = min(warmup_steps, num_steps // 10)
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(num_steps - warmup_steps, 1)
    return peak * (1 + math.cos(math.pi * min(progress, 1))) / 2
