"""TrainingReplay: what it shows of a history, epoch by epoch."""

import numpy as np
import pytest
from helpers.explorers import random_images, random_replay

from d2l_ssd.widgets import TrainingReplay


@pytest.fixture
def replay():
    rng = np.random.default_rng(2)
    return TrainingReplay(random_images(rng, 3), *random_replay(rng))


def test_starts_at_the_end(replay):
    expected = {"epoch": 5, "score_threshold": 0.3, "playing": False}
    assert replay.value == expected
    assert replay.controls["epoch"].max == 5


def test_detections_follow_epoch_and_threshold(replay):
    replay.view.epoch, replay.view.score_threshold = 2, 0.5
    assert len(replay.detections) == 3
    for ours, stored in zip(replay.detections, replay.replay[1]):
        assert len(ours.scores) == np.sum(stored.scores >= 0.5)


def test_only_the_images_given_travel(replay):
    for epoch in replay.view.detections:
        rows = np.frombuffer(epoch, "<f4").reshape(-1, 7)
        assert set(rows[:, 0]) <= {0, 1, 2}
        assert rows[:, 2].min() >= np.float32(0.05)


def test_losses_of_the_training_and_ap(replay):
    assert replay.view.losses == {
        "class_loss": [5, 2.5, 5 / 3, 1.25, 1],
        "localization_loss": [2, 1, 2 / 3, 0.5, 0.4],
    }
    assert replay.view.ap50 == [None] * 4 + [0.75]


def test_rejects_another_number_of_epochs(replay):
    with pytest.raises(ValueError, match="got 4 and 5"):
        TrainingReplay(
            replay.images, replay.truths, replay.replay[1:], [{}] * 5
        )
