"""LossExplorer: what counts at its settings, and where it starts."""

import numpy as np
import pytest
from helpers.explorers import random_gallery, random_images

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.results import load_results
from d2l_ssd.widgets import LossExplorer
from d2l_ssd.widgets.loss_explorer import MINING_RATIOS


@pytest.fixture
def gallery():
    """Three images with 0, 4 and 8 objects, and outputs for them."""
    rng = np.random.default_rng(5)
    truths, probs, offsets, _ = random_gallery(rng, 3)
    return random_images(rng, 3, 48, 48), truths, probs, offsets


@pytest.fixture
def explorer(gallery):
    return LossExplorer(*gallery)


def share(terms):
    return terms.negative / (terms.negative + terms.positive)


def test_starts_where_background_pays_most(gallery, explorer):
    shares = [share(LossExplorer(*gallery, image=i).terms) for i in (1, 2)]
    assert explorer.view.image == 1 + int(np.argmax(shares))
    assert MINING_RATIOS[explorer.view.mining] == float("inf")
    assert explorer.terms.num_negatives + explorer.terms.num_positives == 5380


def test_mining_leaves_the_rest_out(explorer):
    everything = explorer.terms
    explorer.view.mining = MINING_RATIOS.index(3)
    mined = explorer.terms
    assert mined.num_negatives == max(3 * mined.num_positives, 8)
    assert mined.negative < everything.negative
    assert mined.positive == everything.positive
    explorer.view.pick = 1
    assert explorer.terms.num_negatives == mined.num_negatives
    assert explorer.terms.negative < mined.negative


def test_a_network_that_knows_nothing_pays_ln_3_everywhere(explorer):
    explorer.view.network = 1
    terms = explorer.terms
    assert terms.negative == pytest.approx(terms.num_negatives * np.log(3))
    assert terms.positive == pytest.approx(terms.num_positives * np.log(3))
    explorer.view.mining = MINING_RATIOS.index(1)
    assert explorer.terms.num_positives >= 8
    assert share(explorer.terms) == pytest.approx(0.5)


def test_the_divisor_changes_the_loss_alone(explorer):
    before = explorer.terms
    explorer.view.divisor = 1
    after = explorer.terms
    assert after[:-1] == before[:-1]
    assert after.loss * 5380 == pytest.approx(before.loss * before[0])


def test_rounded_probabilities_are_scaled(gallery):
    images, truths, probs, offsets = gallery
    half = LossExplorer(images, truths, probs / 2, offsets, image=1).terms
    whole = LossExplorer(images, truths, probs, offsets, image=1).terms
    assert half.negative == pytest.approx(whole.negative)


def test_the_book_has_an_image_on_which_background_pays_most():
    stored = load_results().predictions
    images = random_images(np.random.default_rng(0), 1)
    anchors = ssd_anchors(feature_map_shapes(256, 256))
    (found,) = predict_ssd(
        stored.class_probs[8:9], stored.offsets[8:9], anchors, 0.5
    )
    assert len(found.boxes) == 1  # the animal of toy_val_000008
    truths = [[[found.classes[0], *found.boxes[0], 0]]]
    outputs = stored.class_probs[8:9], stored.offsets[8:9]
    terms = LossExplorer(images, truths, *outputs).terms
    assert 0 < terms.num_positives < 10
    assert share(terms) > 0.5


def test_a_sure_object_makes_no_warning(gallery, recwarn):
    images, truths, probs, offsets = gallery
    classes = LossExplorer(*gallery).anchor_losses(1).classes
    sure = np.eye(probs.shape[-1])[classes]
    probs[1][classes > 0] = sure[classes > 0]
    LossExplorer(images, truths, probs, offsets, image=1)
    assert not [w for w in recwarn if w.category is RuntimeWarning]


@pytest.mark.parametrize(
    "change, message",
    [
        pytest.param(
            lambda i, t, p, o: (i[:2], t, p, o), "got 2, 3 and 3", id="lengths"
        ),
        pytest.param(
            lambda i, t, p, o: (i, t, p[:, :-1], o),
            r"class_probs must have the shape \(3, 5380, 3\)",
            id="anchors",
        ),
        pytest.param(
            lambda i, t, p, o: (i, t, p, o[..., :3]),
            r"offsets must have the shape \(3, 5380, 4\)",
            id="offsets",
        ),
        pytest.param(
            lambda i, t, p, o: (i, t, np.eye(3)[np.full((3, 5380), 0)], o),
            "image 1 must be above 0",
            id="candidates",
        ),
    ],
)
def test_rejects_what_does_not_fit(gallery, change, message):
    with pytest.raises(ValueError, match=message):
        LossExplorer(*change(*gallery))
