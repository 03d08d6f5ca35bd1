"""What a training step with MXNet needs beside its loss."""

from __future__ import annotations

import math
from collections.abc import Sequence

import mxnet as mx
from mxnet import gluon, nd

from d2l_ssd.mxnet.batch_checks import is_finite
from d2l_ssd.mxnet.checking import likely_cause


def device_of(net: gluon.Block) -> mx.Context:
    """Return the device that holds a network's parameters."""
    return next(iter(net.collect_params().values())).list_ctx()[0]


def gradient_norm(net: gluon.Block) -> float:
    """Compute the Euclidean norm of all gradients together.

    MXNet's `clip_global_norm` does not work with its NumPy interface.
    """
    params = net.collect_params().values()
    # One operator for all of them; it is older than MXNet's NumPy interface
    gradients = [
        param.grad().as_nd_ndarray()
        for param in params
        if param.grad_req != "null"
    ]
    squares = nd.multi_sum_sq(*gradients, num_arrays=len(gradients))
    return math.sqrt(squares.asnumpy().sum())


def finite_losses(net: gluon.Block, X, Y, losses: Sequence) -> list[float]:
    """Return a batch's losses as floats.

    Args:
        net: the network that computed them.
        X, Y: the batch.
        losses: class loss and localization loss, scalars of MXNet's.

    Raises:
        FloatingPointError: an image or a loss is not finite. Names the likely
            cause.
    """
    # A ReLU makes 0 of a NaN, but the running averages would become NaN
    healthy = is_finite(X)
    class_loss, localization_loss = (float(loss) for loss in losses)
    if not (healthy and math.isfinite(class_loss + localization_loss)):
        raise FloatingPointError(
            f"class loss {class_loss}, localization loss {localization_loss} and "
            f"images must be finite; {likely_cause(net, X, Y)}"
        )
    return [class_loss, localization_loss]


def finite_norm(net: gluon.Block, X, Y, losses: Sequence[float]) -> float:
    """Return the norm of a batch's gradient.

    Args:
        net: the network that holds the gradients.
        X, Y: the batch.
        losses: class loss and localization loss, for the message.

    Raises:
        FloatingPointError: the norm is not finite. Names the likely cause.
    """
    norm = gradient_norm(net)
    if not math.isfinite(norm):
        raise FloatingPointError(
            f"class loss {losses[0]}, localization loss {losses[1]} and gradient "
            f"norm {norm} must be finite; {likely_cause(net, X, Y)}"
        )
    return norm
