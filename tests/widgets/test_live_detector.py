"""LiveDetector: the recorded path, and what it says in a live kernel."""

import numpy as np
import pytest
from helpers.live import CAT_ANCHOR, DOG_ANCHOR, make_predictor

from d2l_ssd.widgets import LiveDetector


@pytest.fixture(scope="module")
def explorer():
    return LiveDetector(make_predictor())


def rows_of(explorer):
    return np.frombuffer(explorer.view.recorded, "<f4").reshape(-1, 8)


def test_the_path_is_recorded(explorer):
    view, rows = explorer.view, rows_of(explorer)
    steps = len(view.path)
    assert len(view.hidden) == steps == len(explorer.curve)
    for step in range(steps):
        own = rows[rows[:, 0] == step]
        np.testing.assert_array_equal(own[:, 1], [1, 0])
        np.testing.assert_array_equal(own[:, 3], [DOG_ANCHOR, CAT_ANCHOR])
        assert own[0, 2] == pytest.approx(0.9)
    anchors = explorer.predictor.settings.anchors()
    boxes = np.clip(anchors[[DOG_ANCHOR, CAT_ANCHOR]], 0, 1)
    np.testing.assert_allclose(rows[:2, 4:], boxes, atol=1e-6)


def test_the_record_is_what_the_picture_gives(explorer):
    view, rows = explorer.view, rows_of(explorer)
    start = view.objects
    for step in (0, 12):
        objects = [dict(one) for one in start]
        objects[view.mover].update(zip("xy", view.path[step]))
        view.objects = objects
        (cat,) = rows[(rows[:, 0] == step) & (rows[:, 1] == 0)]
        view.score_threshold = 0.05
        found = dict(zip(explorer.detections.classes, explorer.detections[1]))
        assert found[0] == pytest.approx(cat[2], abs=1e-6)
    view.objects = start


def test_the_picture_follows_the_controls(explorer):
    before = explorer.picture.astype(int)
    explorer.controls["light"].value = 0.5
    explorer.view.light = 0.5  # the browser would link them
    assert explorer.picture.mean() == pytest.approx(before.mean() / 2, rel=0.02)
    explorer.view.light = 1.0
    view = explorer.view
    view.order = view.order[::-1]
    assert abs(explorer.picture.astype(int) - before).max() > 0
    view.order = view.order[::-1]
    np.testing.assert_array_equal(explorer.picture, before)


def test_a_state_travels_lightly(explorer):
    view = explorer.view
    data = sum(map(len, [*view.sprites, *view.places, view.recorded]))
    assert data < 400_000
    assert len(view._esm) < 45_000


def test_a_network_without_cats_is_refused():
    with pytest.raises(ValueError, match="predictor must know cats"):
        LiveDetector(make_predictor(("cow", "dog")))
    with pytest.raises(ValueError, match="input of 256 x 256"):
        LiveDetector(make_predictor(image_size=128))


def test_the_static_picture(explorer):
    figure = explorer.draw_static()
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[0] == "0 % hidden" and "hidden" in titles[2]
    assert figure.axes[3].get_ylabel() == "score"
