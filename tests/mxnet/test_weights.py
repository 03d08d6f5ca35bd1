"""Weights of an MXNet network by structural name: all of them or an error."""

import numpy
import pytest
from helpers.tiny_ssd import make_batches, make_net, parameters_of

from d2l_ssd.mxnet import SSD
from d2l_ssd.mxnet.weights import get_weights, load_weights

NAME = "output.class_heads.0.weight"


@pytest.fixture(scope="module")
def weights():
    return get_weights(make_net(seed=1))


def test_names_are_structural(weights):
    assert NAME in weights
    assert "backbone.stages.0.0.running_mean" in weights
    net = make_net()
    assert len(weights) == len(net.collect_params().keys())
    # Names of a second network are those of the first
    assert get_weights(net).keys() == weights.keys()


@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "hybridized"])
def test_network_with_the_weights_predicts_the_same(weights, used, compiled):
    X, _ = make_batches()[0]
    expected = make_net(seed=1)(X)
    net = make_net(seed=2)
    if compiled:
        net.hybridize(static_alloc=True)
    if used:
        net(X)
    load_weights(net, weights)
    for a, b in zip(net(X), expected):
        numpy.testing.assert_allclose(a.asnumpy(), b.asnumpy(), atol=1e-5)
    for name, array in get_weights(net).items():
        numpy.testing.assert_array_equal(array, weights[name])


def test_other_float_types_are_converted(weights):
    net = make_net()
    load_weights(net, {n: a.astype("float64") for n, a in weights.items()})
    assert get_weights(net)[NAME].dtype == numpy.float32


def changed(weights, name, array=None):
    """Copy weights with one array replaced, or left out."""
    weights = {n: a for n, a in weights.items() if n != name}
    return weights if array is None else {**weights, name: array}


@pytest.mark.parametrize(
    "change, message",
    [
        pytest.param(
            lambda w: changed(w, NAME), rf"missing: {NAME}\)", id="missing"
        ),
        pytest.param(
            lambda w: changed(w, "else.weight", numpy.zeros(1)),
            r"unknown: else.weight\)",
            id="unknown",
        ),
        pytest.param(
            lambda w: {"a": numpy.zeros(1)},
            r"missing: .* and \d+ more; unknown: a\)",
            id="of something else",
        ),
        pytest.param(
            lambda w: changed(w, NAME, numpy.zeros((2, 3, 3, 3))),
            rf"{NAME} must have shape \(12, 8, 3, 3\), got \(2, 3, 3, 3\)",
            id="shape",
        ),
        pytest.param(
            lambda w: changed(w, NAME, w[NAME].ravel()),
            rf"{NAME} must have shape \(12, 8, 3, 3\), got \(864,\)",
            id="number of axes",
        ),
        pytest.param(
            lambda w: changed(w, NAME, w[NAME] * numpy.nan),
            f"{NAME} must hold finite numbers",
            id="NaN",
        ),
        pytest.param(
            lambda w: changed(w, NAME, numpy.full(w[NAME].shape, "x")),
            f"{NAME} must hold finite numbers",
            id="text",
        ),
        pytest.param(
            lambda w: {**w, "norm.num_batches_tracked": numpy.zeros(())},
            r"unknown: norm.num_batches_tracked\): convert .*torch_to_mxnet",
            id="of PyTorch",
        ),
        pytest.param(
            lambda w: "weights.npz", "must be a dict .*got str", id="a path"
        ),
    ],
)
def test_wrong_weights_raise_and_change_nothing(weights, change, message):
    net = make_net()
    net(make_batches()[0][0])
    before = parameters_of(net)
    with pytest.raises(ValueError, match=message):
        load_weights(net, change(weights))
    for a, b in zip(before, parameters_of(net)):
        numpy.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("num_classes", [1, 3])
def test_other_number_of_classes(weights, num_classes):
    message = (
        f"weights are for 2 classes, and the network has {num_classes}: .*same "
        r"number of classes, SSD\(num_classes=2\)"
    )
    with pytest.raises(ValueError, match=message):
        load_weights(make_net(num_classes=num_classes), weights)


def test_network_that_is_not_initialized(weights):
    net = SSD(num_classes=2)
    for use in (get_weights, lambda net: load_weights(net, weights)):
        with pytest.raises(ValueError, match="net must be initialized"):
            use(net)


def test_lists_are_weights_too(weights):
    net = make_net()
    load_weights(net, {n: a.tolist() for n, a in weights.items()})
    numpy.testing.assert_array_equal(get_weights(net)[NAME], weights[NAME])
