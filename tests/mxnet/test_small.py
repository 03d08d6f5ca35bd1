"""The small detector whose parts a chapter breaks."""

from dataclasses import replace

import numpy as np
import pytest

from d2l_ssd.mxnet.small import (
    BATCH,
    Parts,
    Run,
    ap_small,
    detect_small,
    flip_scenes,
    new_small_network,
    predictor,
    prepare,
    small_anchors,
    train_small,
    training_scenes,
)
from d2l_ssd.shapes import draw_shapes


@pytest.fixture(scope="module")
def run():
    return train_small(Parts(), scenes=1600)


def test_anchors():
    anchors = small_anchors()
    assert anchors.shape == (756, 4)
    sides = anchors[:, 2:] - anchors[:, :2]
    np.testing.assert_allclose(sides[[0, 3, -1]], [[0.17] * 2, [0.26] * 2, [0.84] * 2], atol=1e-6)  # fmt: skip
    double = small_anchors(2)
    np.testing.assert_allclose(double[:, 2:] - double[:, :2], 2 * sides, 1e-5)


def test_weights_depend_on_the_seed_alone():
    images, _ = draw_shapes(0, 0, 2)
    outputs = [
        predictor(train_run)(prepare(images))
        for train_run in (
            train_small(Parts(), seed=seed, scenes=BATCH) for seed in (3, 3, 4)
        )
    ]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert np.abs(outputs[0] - outputs[2]).max() > 0.01


def test_a_fresh_network_says_background():
    scores = np.exp(predictor_of_new()(prepare(draw_shapes(0, 0, 4)[0])))
    assert (scores[..., :4].argmax(axis=-1) == 0).mean() > 0.9


def predictor_of_new():
    return predictor(Run(new_small_network(0), Parts(), np.zeros((0, 2))))


def test_both_losses_fall(run):
    assert run.losses.shape == (100, 2)
    assert run.losses[-5:].sum() < 0.9 * run.losses[:5].sum()


def test_two_scenes_are_learned_by_heart():
    run = train_small(Parts(), scenes=1600, fixed=2)
    images, labels = draw_shapes(1, 0, 2)
    assert run.losses[-5:, 0].mean() < 0.1
    assert ap_small(detect_small(run, images), labels) > 0.9


def test_scenes_are_fresh():
    seen = []

    def keep(images):
        seen.append(images.copy())
        return prepare(images)

    train_small(replace(Parts(), prepare=keep), scenes=4 * BATCH)
    images = np.concatenate(seen)
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == 4 * BATCH


def test_half_of_the_scenes_are_flipped():
    images, labels = training_scenes(Parts(), seed=1, number=40)
    plain, plain_labels = draw_shapes(1, 0, 40)
    flipped, flipped_labels = flip_scenes(plain, plain_labels)
    same = [(a == b).all() for a, b in zip(images, plain)]
    assert 8 <= sum(same) <= 32
    for k, as_drawn in enumerate(same):
        pair = (plain, plain_labels) if as_drawn else (flipped, flipped_labels)
        np.testing.assert_array_equal(images[k], pair[0][k])
        np.testing.assert_array_equal(labels[k], pair[1][k])


def test_flipped_boxes_are_around_flipped_shapes():
    _, labels = draw_shapes(2, 0, 5)
    _, flipped = flip_scenes(np.zeros((5, 48, 48, 3), np.uint8), labels)
    objects = labels[..., 0] >= 0
    np.testing.assert_allclose(
        flipped[objects][:, [1, 3]], 1 - labels[objects][:, [3, 1]], atol=1e-6
    )
    np.testing.assert_array_equal(flipped[~objects], labels[~objects])


@pytest.mark.parametrize("part", ["prepare_in_use", "read"])
def test_parts_of_use_are_used(run, part):
    def fault(*given):
        raise KeyError(part)

    images, _ = draw_shapes(0, 0, 2)
    broken = run._replace(parts=replace(run.parts, **{part: fault}))
    with pytest.raises(KeyError, match=part):
        detect_small(broken, images)
