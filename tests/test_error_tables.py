"""Confusion, recall by size, scores of images: by hand."""

import numpy as np
import pytest
from helpers.judging import LEFT, PADDING, RIGHT, SMALL, TOP_LEFT, found, truth

from d2l_ssd.error_tables import (
    confusion_matrix,
    image_scores,
    recall_by_size,
)


class TestConfusionMatrix:
    def test_by_hand(self):
        detections = [
            found((0.9, 1, LEFT), (0.8, 1, RIGHT), (0.4, 0, LEFT)),
            found((0.9, 0, LEFT), (0.8, 0, RIGHT), (0.7, 1, SMALL)),
        ]
        truths = [
            truth((0, LEFT), (1, RIGHT), (0, SMALL)),
            truth((0, LEFT), (1, RIGHT, 1), PADDING),
        ]
        assert confusion_matrix(detections, truths, 2).tolist() == [
            [1, 1, 1],  # cat: one right, one called dog, one missed
            [0, 1, 0],
            [0, 1, 0],  # a dog where there is nothing
        ]

    def test_score_threshold_is_reached_by_an_equal_score(self):
        detections, truths = [found((0.5, 0, LEFT))], [truth((0, LEFT))]
        counts = confusion_matrix(detections, truths, 1, score_threshold=0.5)
        assert counts.tolist() == [[1, 0], [0, 0]]

    def test_without_images(self):
        assert confusion_matrix([], [], 2).tolist() == [[0, 0, 0]] * 3


class TestRecallBySize:
    def test_by_hand(self):
        detections = [
            found((0.9, 0, SMALL), (0.9, 0, RIGHT), (0.2, 0, TOP_LEFT))
        ]
        whole = (0, 0, 1, 1)
        truths = [
            truth(
                (0, SMALL),
                (0, TOP_LEFT),
                (0, RIGHT),
                (0, LEFT, 1),
                (0, whole),
                PADDING,
            )
        ]
        # Sizes 0.25, 0.5, 0.71, difficult, 1 (outside the bins), padding
        hits, total = recall_by_size(detections, truths, [0.25, 0.5, 0.75, 1])
        assert (hits.tolist(), total.tolist()) == ([1, 1, 0], [1, 2, 0])

    def test_without_images(self):
        hits, total = recall_by_size([], [], [0, 0.5, 1])
        assert (hits.tolist(), total.tolist()) == ([0, 0], [0, 0])


class TestImageScores:
    def test_by_hand(self):
        detections = [
            found((0.9, 0, LEFT), (0.8, 0, SMALL)),
            found((0.4, 0, LEFT)),
            found(),
            found((0.9, 0, LEFT)),
            found((0.9, 0, RIGHT)),
        ]
        truths = [
            truth((0, LEFT), (0, RIGHT)),  # one hit, one false, one missed
            truth((0, LEFT)),  # not confident enough
            truth(),
            truth(),
            truth((0, RIGHT, 1)),
        ]
        scores = image_scores(detections, truths)
        np.testing.assert_allclose(scores, [0.5, 0, 1, 0, 1])


ANALYSES = {
    "confusion_matrix": lambda d, t: confusion_matrix(d, t, 2),
    "recall_by_size": lambda d, t: recall_by_size(d, t, [0, 1]),
    "image_scores": image_scores,
}


class TestBadInput:
    @pytest.mark.parametrize("analysis", ANALYSES.values(), ids=ANALYSES)
    @pytest.mark.parametrize(
        "detections, truths, message",
        [
            ([found()], [], "one entry per image, got 1 and 0"),
            (
                [found(), found((np.nan, 0, LEFT))],
                [truth(), truth()],
                "image 1: detections.*finite",
            ),
            (
                [found((0.1, 0, (0.5, 0, 0, 1)))],
                [truth()],
                "image 0: detections.*xmax",
            ),
            ([found()], [truth()[:, :5]], r"image 0: truths.*\(0, 5\)"),
        ],
        ids=["lengths", "NaN score", "inverted box", "5 columns"],
    )
    def test_is_named_as_by_evaluate_detections(
        self, analysis, detections, truths, message
    ):
        with pytest.raises(ValueError, match=message):
            analysis(detections, truths)

    def test_unknown_class(self):
        with pytest.raises(ValueError, match="image 0: truths.* 0 to 1, got 2"):
            confusion_matrix([found()], [truth((2, LEFT))], 2)
        with pytest.raises(ValueError, match="image 0: detections.*got -1"):
            confusion_matrix([found((0.9, -1, LEFT))], [truth()], 2)


class TestRefused:
    """What evaluate_detections refuses, its sisters refuse too."""

    sisters = {
        "confusion_matrix": lambda *sets, **o: confusion_matrix(*sets, 2, **o),
        "recall_by_size": lambda *sets, **o: recall_by_size(
            *sets, [0, 1, 2], **o
        ),
        "image_scores": image_scores,
    }
    good = found((0.9, 0, LEFT))

    @pytest.mark.parametrize("sister", sisters)
    @pytest.mark.parametrize(
        "detections, truths, message",
        [
            ([good], [truth((0, LEFT))] * 3, "got 1 and 3"),
            (good, [truth((0, LEFT))] * 3, r"pass \[detections\]"),
            (
                [good, good._replace(scores=[np.nan])],
                [truth((0, LEFT))] * 2,
                "image 1: detections.scores",
            ),
            ([good._replace(classes=[-1])], [truth((0, LEFT))], "image 0"),
            ([good], [truth((0.5, LEFT))], "image 0: truths"),
            ([good], [truth((0, LEFT, 3))], "image 0: truths .*difficult"),
        ],
        ids=[
            "images without detections",
            "one image",
            "NaN",
            "class -1",
            "half a class",
            "difficult is no flag",
        ],
    )
    def test_sets(self, sister, detections, truths, message):
        with pytest.raises(ValueError, match=message):
            self.sisters[sister](detections, truths)

    @pytest.mark.parametrize("sister", sisters)
    @pytest.mark.parametrize("name", ["score_threshold", "iou_threshold"])
    @pytest.mark.parametrize("bad", [45, -1, np.nan])
    def test_thresholds(self, sister, name, bad):
        with pytest.raises(ValueError, match=f"^{name} must"):
            self.sisters[sister]([], [], **{name: bad})

    @pytest.mark.parametrize("edges", [[0], [1, 0], [0, np.nan], 3])
    def test_edges_rise(self, edges):
        with pytest.raises(ValueError, match="^edges must"):
            recall_by_size([], [], edges)


class TestPadding:
    """A row of class -1 is no object, whatever else it holds."""

    rows = np.array([[0, *RIGHT, 0], [-1, *LEFT, 0], [-1, np.nan, 0, 0, 0, 0]])
    detections = found((0.9, 0, LEFT))

    def test_is_nothing_to_be_found(self):
        matrix = confusion_matrix([self.detections], [self.rows], 1)
        assert matrix.tolist() == [[0, 1], [1, 0]]

    def test_has_no_size_and_no_score(self):
        hits, total = recall_by_size([self.detections], [self.rows], [0, 1])
        assert (hits.tolist(), total.tolist()) == ([0], [1])
        assert image_scores([self.detections], [self.rows]).tolist() == [0]


class TestScoreThreshold:
    """Of scores that may be anything, as evaluate_detections takes them."""

    analyses = {
        "confusion_matrix": lambda found, rows, least: confusion_matrix(
            found, rows, 1, score_threshold=least
        ).tolist(),
        "image_scores": lambda found, rows, least: image_scores(
            found, rows, score_threshold=least
        ).tolist(),
    }
    expected = {"confusion_matrix": [[1, 0], [0, 0]], "image_scores": [1]}

    @pytest.mark.parametrize("analysis", analyses)
    @pytest.mark.parametrize(
        "scores, least",
        [((255, 3), 128), ((2.5, -4), 0), ((-1, -3), -2), ((0.9, 0.1), 0.5)],
        ids=["whole numbers", "logits", "negative logits", "probabilities"],
    )
    def test_is_in_their_range(self, analysis, scores, least):
        images = [found(*[(s, 0, LEFT) for s in scores])], [truth((0, LEFT))]
        counts = self.analyses[analysis](*images, least)
        assert counts == self.expected[analysis]

    @pytest.mark.parametrize("analysis", analyses)
    @pytest.mark.parametrize("least", [50, -0.1, np.inf, True, "0.5", None])
    def test_is_refused_outside(self, analysis, least):
        images = [found((0.9, 0, LEFT))], [truth((0, LEFT))]
        with pytest.raises(ValueError, match="^score_threshold must be in"):
            self.analyses[analysis](*images, least)


class TestEdgesAreInTheBoxesUnit:
    fractions = [found((0.9, 0, LEFT))], [truth((0, LEFT))]

    @pytest.mark.parametrize("edges", [(0, 32, 96, 1e5), (32, 96)])
    def test_pixels_for_fractions(self, edges):
        with pytest.raises(ValueError, match="^edges must be in fractions"):
            recall_by_size(*self.fractions, edges)

    def test_fractions_for_pixels(self):
        boxes = [found((0.9, 0, (0, 0, 90, 90)))], [truth((0, (0, 0, 90, 90)))]
        with pytest.raises(ValueError, match="^edges must be in pixels"):
            recall_by_size(*boxes, (0, 0.1, 1))
        assert recall_by_size(*boxes, (0, 32, 96))[0].tolist() == [0, 1]

    @pytest.mark.parametrize("last", [1, 2, 1e5, np.inf])
    def test_the_last_may_be_as_large_as_it_likes(self, last):
        found_ones, _ = recall_by_size(*self.fractions, (0, 0.5, last))
        assert found_ones.tolist() == [0, 1]


def test_a_table_of_too_many_classes():
    with pytest.raises(ValueError, match="^num_classes must be at most"):
        confusion_matrix([found()], [truth()], 10**9)
