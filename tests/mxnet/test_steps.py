"""The gradient's norm, and what is not finite."""

import math

import numpy
import pytest
from helpers.tiny_ssd import make_batches, make_net
from mxnet import autograd, np

from d2l_ssd.mxnet.steps import finite_losses, finite_norm, gradient_norm
from d2l_ssd.mxnet.training import DetectionLoss, ssd_batch


def backward(net, X, Y, factor=1.0):
    """Compute the gradient of a batch's loss, times a factor."""
    with autograd.record():
        total = factor * sum(DetectionLoss()(*ssd_batch(net, X, Y)))
    total.backward()


def test_gradient_norm_agrees_with_numpy():
    net, (X, Y) = make_net(), make_batches()[0]
    backward(net, X, Y)
    squares = [
        (p.grad().asnumpy().astype(float) ** 2).sum()
        for p in net.collect_params().values()
        if p.grad_req != "null"
    ]
    assert gradient_norm(net) == pytest.approx(sum(squares) ** 0.5, rel=1e-4)


def test_finite_losses_are_floats():
    net, (X, Y) = make_net(), make_batches()[0]
    losses = finite_losses(net, X, Y, [np.array(1.5), np.array(2.0)])
    assert losses == [1.5, 2.0] and type(losses[0]) is float


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_loss_that_is_not_finite(bad):
    net, (X, Y) = make_net(), make_batches()[0]
    net(X)
    with pytest.raises(FloatingPointError, match=f"loss {bad} and images must"):
        finite_losses(net, X, Y, [np.array(1.0), np.array(bad)])


def test_image_that_is_not_finite_is_found_though_its_loss_is():
    net, (X, Y) = make_net(), make_batches()[0]
    net(X)
    X[0, 0, 0, 0] = numpy.nan
    with pytest.raises(FloatingPointError, match="images hold values"):
        finite_losses(net, X, Y, [np.array(1.0), np.array(1.0)])


def test_gradient_that_is_not_finite():
    net, (X, Y) = make_net(), make_batches()[0]
    backward(net, X, Y)
    assert finite_norm(net, X, Y, [1.0, 2.0]) == gradient_norm(net)
    backward(net, X, Y, factor=math.inf)
    with pytest.raises(
        FloatingPointError, match="loss 2.0 and gradient norm (inf|nan) must"
    ):
        finite_norm(net, X, Y, [1.0, 2.0])
