"""What can be known of a training before its first step, and seen after it."""

import warnings

import numpy as np
import pytest

from d2l_ssd.detections import Detections
from d2l_ssd.health import (
    answer_distance,
    check_health,
    company_matters,
    error_arrows,
    find_bad_labels,
    ignore_classes,
    know_nothing_loss,
    measure_health,
    round_trip,
)
from d2l_ssd.targets import decode_offsets, ssd_targets

# Four quarters of the image, and the whole
ANCHORS = np.array(
    [
        [0, 0, 0.5, 0.5],
        [0.5, 0, 1, 0.5],
        [0, 0.5, 0.5, 1],
        [0.5, 0.5, 1, 1],
        [0, 0, 1, 1],
    ],
    dtype=np.float32,
)
CAT = [0, 0, 0, 0.5, 0.5, 0]  # the first anchor
DOG = [1, 0.5, 0.5, 1, 1, 0]  # the fourth
PADDING = [-1] * 6


def labels_of(*images):
    """Return an array (M, 6) per image."""
    return [np.array(rows, dtype=np.float32).reshape(-1, 6) for rows in images]


class TestKnowNothingLoss:
    @pytest.mark.parametrize(
        "num_classes, ratio, expected",
        [(1, 3, 2.249), (3, 3, 3.348), (20, 3, 5.245), (3, 1, 2.485)],
    )
    def test_by_hand(self, num_classes, ratio, expected):
        assert know_nothing_loss(num_classes, ratio) == pytest.approx(
            expected, abs=1e-3
        )

    def test_no_constant_prediction_is_better(self):
        rng = np.random.default_rng(0)
        for p in rng.dirichlet([3, 1, 1], size=200):
            loss = -3 * np.log(p[0]) - np.log(p[1:]).mean()
            assert loss >= know_nothing_loss(2)


BAD = {
    "pixels": ([0, 10, 20, 30, 40, 0], "pixels"),
    "class": ([2, 0, 0, 0.5, 0.5, 0], "classes 0 to 1, got 2"),
    "no area": ([0, 0.5, 0, 0.5, 1, 0], "positive width and height"),
    "inside out": ([0, 0.5, 0, 0.2, 1, 0], "xmax >= xmin"),
    "NaN": ([0, np.nan, 0, 0.2, 1, 0], "finite"),
}


class TestBadLabels:
    @pytest.mark.parametrize("kind", BAD)
    def test_is_found_and_named(self, kind):
        row, message = BAD[kind]
        labels = labels_of([CAT], [CAT, row], [])
        assert list(find_bad_labels(labels, 2)) == [1]
        with pytest.raises(ValueError, match=f"^image 1: .*{message}"):
            check_health(labels, ANCHORS, 2)

    def test_good_ones_are_not(self):
        assert find_bad_labels(labels_of([CAT, PADDING], [DOG], []), 2) == {}

    def test_all_are_named_at_once(self):
        row, _ = BAD["no area"]
        labels = labels_of(*[[row]] * 3, [CAT], *[[row]] * 4)
        names = [f"{k}.xml" for k in "abcdefgh"]
        with pytest.raises(ValueError, match="^7 images have") as error:
            check_health(labels, ANCHORS, 2, names)
        named = [name for name in names if name in str(error.value)]
        assert named == ["a.xml", "b.xml", "c.xml", "e.xml", "f.xml"]


class TestHealth:
    def test_counts_by_hand(self):
        # The cat is an anchor; the other box is forced: its IoU is 0.25 at most
        tiny = [1, 0, 0, 0.25, 0.25, 0]
        narrow = [1, 0.5, 0.5, 0.9, 1, 0]  # an IoU of 0.8 with an anchor
        labels = labels_of([CAT, PADDING], [], [narrow, tiny])
        health = measure_health(labels, ANCHORS, 3)
        assert health.objects.tolist() == [1, 2, 0]
        assert health.positives == 1
        assert health.reached == pytest.approx(2 / 3)
        assert health.typical == pytest.approx(0.8)

    def test_boxes_divided_twice_are_a_warning(self):
        labels = labels_of([CAT], [DOG])
        for rows in labels:
            rows[:, 1:5] /= 48
        with pytest.warns(
            UserWarning, match="IoU of at most 0.00.*divided .* once"
        ):
            check_health(labels, ANCHORS, 2)

    @pytest.mark.parametrize("labels", [[], [PADDING]], ids=["empty", "padded"])
    def test_images_without_objects(self, labels):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert check_health(labels_of(labels), ANCHORS, 2).positives == 0

    def test_rows_of_five_columns(self):
        rows = np.array([CAT[:5], DOG[:5]])
        assert check_health([rows], ANCHORS, 2).objects.tolist() == [1, 1]

    def test_many_images_are_sampled(self, monkeypatch):
        monkeypatch.setattr("d2l_ssd.health.SAMPLE", 3)
        health = check_health(labels_of(*[[CAT]] * 10), ANCHORS, 2)
        assert health.objects.tolist() == [3, 0]


def by_place(X):
    """Predict for the four quarters: the mean of each, and of the whole."""
    a, b = np.split(X.mean(axis=1), 2, axis=1)
    parts = [half for row in (a, b) for half in np.split(row, 2, axis=2)]
    means = [part.mean(axis=(1, 2)) for part in parts]
    return np.stack([*means, 0 * means[0]], axis=1)[..., None]


X = np.random.default_rng(1).normal(size=(3, 3, 10, 10))


class TestPredictions:
    def test_company_does_not_matter(self):
        assert company_matters(by_place, X) == 0

    def test_company_matters(self):
        def normalized(X):  # a batch normalization in training mode
            return by_place(X - X.mean(axis=0))

        assert company_matters(normalized, X) >= 0.8

    def test_the_answer_is_near(self):
        distance = answer_distance(by_place, X, ANCHORS, count=1)
        assert distance == pytest.approx(np.hypot(0.15, 0.15))

    def test_the_answer_is_elsewhere(self):
        def reordered(X):
            return by_place(X)[:, [3, 1, 2, 0, 4]]

        distance = answer_distance(reordered, X, ANCHORS, count=1)
        assert distance == pytest.approx(np.hypot(0.65, 0.65))


class TestRoundTrip:
    labels = np.array([[CAT, DOG], [DOG, PADDING]], dtype=np.float32)

    def test_everything_comes_back(self):
        classes, offsets = ssd_targets(self.labels, ANCHORS)
        boxes = decode_offsets(ANCHORS, offsets)
        np.testing.assert_allclose(
            round_trip(self.labels, classes, boxes), 1, atol=1e-5
        )

    def test_half_of_the_size_is_lost(self):
        classes, _ = ssd_targets(self.labels, ANCHORS)
        boxes = np.tile(ANCHORS, (2, 1, 1))
        boxes[..., 2] -= (boxes[..., 2] - boxes[..., 0]) / 2
        np.testing.assert_allclose(
            round_trip(self.labels, classes, boxes), 0.5, atol=1e-5
        )

    def test_an_object_without_an_anchor(self):
        classes, offsets = ssd_targets(self.labels, ANCHORS)
        boxes = decode_offsets(ANCHORS, offsets)
        trip = round_trip(self.labels, 0 * classes, boxes)
        assert trip.tolist() == [0, 0, 0]


def found(*boxes, scores=None, classes=None):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    count = len(boxes)
    return Detections(
        boxes,
        np.array(scores or [0.9] * count, np.float32),
        np.array(classes or [0] * count),
    )


class TestArrows:
    def test_shift_and_size(self):
        detections = [found([0.1, 0.2, 0.6, 0.7], [0, 0, 1, 0.5])]
        arrows = error_arrows(detections, labels_of([CAT, DOG]))
        expected = [[0.1, 0.2, 0, 0], [0.25, 0, np.log(2), 0]]
        np.testing.assert_allclose(arrows, expected, atol=1e-6)

    def test_doubtful_ones_and_images_without_objects_do_not_count(self):
        box = [0.1, 0.2, 0.6, 0.7]
        detections = [found(box, scores=[0.3]), found(box), found()]
        labels = labels_of([CAT], [PADDING], [CAT])
        assert error_arrows(detections, labels).shape == (0, 4)


def test_ignoring_classes():
    detections = [found([0, 0, 1, 1], [0, 0, 0.5, 1], classes=[1, 2])]
    labels = labels_of([DOG, PADDING])
    ignored, rows = ignore_classes(detections, labels)
    assert ignored[0].classes.tolist() == [0, 0]
    assert rows[0][:, 0].tolist() == [0, -1]
    assert labels[0][0, 0] == 1, "the labels given stay as they were"
