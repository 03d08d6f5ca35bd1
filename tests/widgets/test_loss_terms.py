"""The loss in NumPy against the losses that train: PyTorch's and MXNet's."""

import math

import numpy as np
import pytest
from helpers.explorers import random_gallery

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.targets import ssd_targets
from d2l_ssd.widgets.base import MAP_SHAPES
from d2l_ssd.widgets.loss_terms import (
    AnchorLosses,
    anchor_losses,
    choose_negatives,
    scatter,
    sum_losses,
)

ANCHORS = ssd_anchors(MAP_SHAPES)


def make_case(seed, num_truths=4):
    """Make an image's labels (M, 6), log-probabilities (A, 3) and offsets."""
    truths, probs, offsets, _ = random_gallery(np.random.default_rng(seed), 3)
    image = [len(rows) for rows in truths].index(num_truths)
    return truths[image], np.log(probs[image]), offsets[image]


def torch_loss(logits, offsets, classes, targets):
    torch = pytest.importorskip("torch")
    from d2l_ssd.torch import DetectionLoss, hard_negative_mask

    logits, offsets, targets = map(torch.tensor, (logits, offsets, targets))
    classes = torch.tensor(classes).long()
    mask = hard_negative_mask(logits, classes)
    losses = DetectionLoss()(logits, offsets, classes, targets)
    return mask.numpy(), [loss.item() for loss in losses]


def mxnet_loss(logits, offsets, classes, targets):
    mxnet = pytest.importorskip("d2l_ssd.mxnet")
    from mxnet import np as mnp

    arrays = [mnp.array(a) for a in (logits, offsets, classes, targets)]
    mask = mxnet.hard_negative_mask(arrays[0], arrays[2])
    losses = mxnet.DetectionLoss()(*arrays)
    return mask.asnumpy().astype(bool), [float(loss) for loss in losses]


@pytest.mark.parametrize("framework", [torch_loss, mxnet_loss])
@pytest.mark.parametrize("seed, num_truths", [(0, 4), (1, 8), (2, 4), (3, 0)])
def test_is_the_loss_that_trains(framework, seed, num_truths):
    truths, logits, offsets = make_case(seed, num_truths)
    classes, targets = ssd_targets(truths[None], ANCHORS)
    mask, expected = framework(logits[None], offsets[None], classes, targets)
    probs = np.exp(logits.astype(np.float64))
    probs /= probs.sum(axis=1, keepdims=True)
    losses = anchor_losses(probs, offsets, truths, ANCHORS)
    chosen = choose_negatives(losses.classification, losses.classes, 3)
    np.testing.assert_array_equal(chosen, mask[0])
    terms = sum_losses(losses, chosen | (losses.classes > 0))
    by = max(terms.num_positives, 1)
    actual = (terms.positive + terms.negative) / by, terms.localization / by
    np.testing.assert_allclose(actual, expected, rtol=1e-5)
    assert terms.loss == pytest.approx(sum(expected), rel=1e-5)


LOSSES = np.array([0.5, 3.0, 0.1, 2.0, 9.0, 1.0])
CLASSES = np.array([0, 0, 0, 0, 1, 0])  # the fifth is positive


@pytest.mark.parametrize(
    "ratio, minimum, expected",
    [
        pytest.param(1, 0, [1], id="one per positive"),
        pytest.param(2, 0, [1, 3], id="two per positive"),
        pytest.param(0, 0, [], id="none"),
        pytest.param(1, 3, [1, 3, 5], id="the minimum"),
        pytest.param(100, 0, [0, 1, 2, 3, 5], id="no more than there are"),
        pytest.param(math.inf, 0, [0, 1, 2, 3, 5], id="all"),
    ],
)
def test_the_hardest_count(ratio, minimum, expected):
    chosen = choose_negatives(LOSSES, CLASSES, ratio, minimum=minimum)
    assert np.flatnonzero(chosen).tolist() == expected


def test_of_equal_losses_the_first_count():
    chosen = choose_negatives(np.ones(6), CLASSES, 2, minimum=0)
    assert np.flatnonzero(chosen).tolist() == [0, 1]


def test_random_ones_do_not_ask_for_the_loss():
    chosen = choose_negatives(LOSSES, CLASSES, 2, False, minimum=0)
    other = choose_negatives(-LOSSES, CLASSES, 2, False, minimum=0)
    np.testing.assert_array_equal(chosen, other)
    assert chosen.sum() == 2 and not chosen[4]


def test_random_ones_are_spread():
    first = np.argsort(-scatter(5380))[:538]
    counts = np.histogram(first, bins=10, range=(0, 5380))[0]
    assert counts.min() > 30 and len(set(scatter(5380))) == 5380


def test_sums_by_positives_or_by_all_anchors():
    losses = AnchorLosses(CLASSES, LOSSES, np.array([0, 0, 0, 0, 0.5, 0]))
    counted = np.array([False, True, False, False, True, False])
    terms = sum_losses(losses, counted)
    assert terms == (1, 1, 9.0, 3.0, 0.5, 12.5)
    assert sum_losses(losses, counted, 6).loss == pytest.approx(12.5 / 6)


def test_a_probability_of_0_costs_infinitely_much():
    truths, logits, offsets = make_case(0)
    probs = np.exp(logits)
    losses = anchor_losses(probs, offsets, truths, ANCHORS)
    positive = np.flatnonzero(losses.classes)[0]
    probs[positive] = [1, 0, 0]
    losses = anchor_losses(probs, offsets, truths, ANCHORS)
    assert np.isinf(losses.classification[positive])
