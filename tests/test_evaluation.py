"""Evaluation against hand-worked numbers, VOC's rules and pycocotools."""

import numpy as np
import pytest
from helpers.coco import coco_ap
from helpers.judging import (
    CENTER,
    LEFT,
    PADDING,
    RIGHT,
    SMALL,
    TOP_LEFT,
    found,
    truth,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from d2l_ssd.anchors import generate_anchors
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.evaluation import (
    COCO_IOU_THRESHOLDS,
    average_precision,
    evaluate_detections,
    match_detections,
    precision_recall,
)
from d2l_ssd.inference import predict_ssd


def verdicts(detections, truths, method="area", threshold=0.5):
    return match_detections(detections, truths, (threshold,), method)[
        0
    ].tolist()


# Precision, recall, average precision


def test_precision_and_recall_of_five_detections():
    # By score: hit, miss, hit, hit, miss; four objects
    scores = np.array([0.5, 0.9, 0.6, 0.8, 0.7])
    hits = [False, True, True, False, True]
    curve = precision_recall(scores, hits, 4)
    assert curve.scores.tolist() == [0.9, 0.8, 0.7, 0.6, 0.5]
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(curve.recall, [0.25, 0.25, 0.5, 0.75, 0.75])


def test_equal_scores_keep_their_order():
    curve = precision_recall([0.5, 0.5, 0.9], [True, False, False], 1)
    np.testing.assert_allclose(curve.precision, [0, 1 / 2, 1 / 3])


@pytest.mark.parametrize(
    "method, expected",
    [
        ("area", 0.25 * 1 + 0.5 * 0.75),
        # 0, .1, .2 read precision 1; .3 to .7 read 3/4; .8, .9, 1 read 0
        ("voc07", (3 * 1 + 5 * 0.75) / 11),
        # 0 to .25 read 1; .26 to .75 read 3/4
        ("coco", (26 * 1 + 50 * 0.75) / 101),
    ],
)
def test_average_precision_of_five_detections(method, expected):
    precision = [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5]
    recall = [0.25, 0.25, 0.5, 0.75, 0.75]
    assert average_precision(precision, recall, method) == pytest.approx(
        expected, abs=1e-12
    )


@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
@pytest.mark.parametrize("count, expected", [(1, 1.0), (0, 0.0)])
def test_perfect_and_empty_curves(method, count, expected):
    curve = precision_recall([0.5] * count, [True] * count, 1)
    ap = average_precision(curve.precision, curve.recall, method)
    assert ap == expected


def test_voc07_reads_a_recall_that_falls_on_a_point():
    # 3 of 10: read at 0, .1, .2 and .3; also where 0.1 * 3 > 0.3 in floats
    curve = precision_recall([0.9, 0.8, 0.7], [True] * 3, 10)
    ap = average_precision(curve.precision, curve.recall, "voc07")
    assert ap == pytest.approx(4 / 11)


def test_nothing_to_find_has_no_average_precision():
    curve = precision_recall([0.5], [False], 0)
    assert np.isnan(curve.recall).all()
    assert np.isnan(average_precision(curve.precision, curve.recall))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: precision_recall([0.5], [True, False], 1), r"hits.*\(2,\)"),
        (lambda: precision_recall([np.nan], [True], 1), "scores.*nan"),
        (lambda: precision_recall([0.5], [True], -1), "num_truths.*-1"),
        (lambda: average_precision([1], [1, 1]), r"recall.*\(2,\)"),
        (lambda: average_precision([1], [1], "voc12"), "method.*'voc12'"),
    ],
    ids=["shape", "nan", "negative", "curve shape", "method"],
)
def test_bad_curves(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# Matching


@pytest.mark.parametrize("method", ["area", "coco"])
@pytest.mark.parametrize(
    "detections, truths, expected",
    [
        ([], [(0, LEFT)], []),
        ([(0.9, 0, LEFT)], [], [-1]),
        ([(0.9, 0, LEFT)], [(1, LEFT)], [-1]),
        ([(0.9, 0, RIGHT), (0.8, 0, LEFT)], [(0, LEFT), (0, RIGHT)], [1, 0]),
        ([(0.9, 0, LEFT), (0.8, 0, LEFT)], [(0, LEFT)], [0, -1]),
        ([(0.8, 0, LEFT), (0.9, 0, TOP_LEFT)], [(0, LEFT)], [-1, 0]),
        ([(0.9, 0, TOP_LEFT), (0.9, 0, LEFT)], [(0, LEFT)], [0, -1]),
        ([(0.9, 0, CENTER)], [(0, LEFT)], [-1]),
        ([(0.9, 0, LEFT), (0.8, 0, LEFT)], [(0, LEFT, 1)], [0, 0]),
        ([(0.9, 0, LEFT)], [PADDING, (0, LEFT)], [1]),
        ([(0.9, 1, LEFT), (0.8, 0, LEFT)], [(0, LEFT), (1, LEFT)], [1, 0]),
    ],
    ids=[
        "no detections",
        "no truths",
        "other class",
        "two of two",
        "duplicate",
        "best score first, not best IoU",
        "tie of scores: IoU at the threshold, and first",
        "IoU under the threshold",
        "difficult is never used up",
        "padding before",
        "two classes in one place",
    ],
)
def test_matches(method, detections, truths, expected):
    assert verdicts(found(*detections), truth(*truths), method) == expected


def test_one_row_per_threshold():
    detections = found((0.9, 0, TOP_LEFT), (0.8, 0, LEFT))
    matches = match_detections(detections, truth((0, LEFT)), (0.5, 0.55, 1))
    assert matches.tolist() == [[0, -1], [-1, 0], [-1, 0]]


def test_coco_gives_a_second_best_truth_and_voc_does_not():
    truths = truth((0, LEFT), (0, (0.125, 0, 0.625, 1)))
    near_first = (0.0625, 0, 0.5, 1)  # IoU 7/8 with the first, 2/3
    detections = found((0.9, 0, LEFT), (0.8, 0, near_first))
    assert verdicts(detections, truths, "area") == [0, -1]
    assert verdicts(detections, truths, "coco") == [0, 1]


def test_coco_prefers_a_counted_truth_and_voc_the_nearest():
    truths = truth((0, LEFT, 1), (0, TOP_LEFT))
    detections = found((0.9, 0, LEFT), (0.8, 0, LEFT))
    assert verdicts(detections, truths, "area") == [0, 0]
    assert verdicts(detections, truths, "coco") == [1, 0]


def test_of_equal_overlaps_coco_takes_the_last_and_voc_the_first():
    bottom_left = (0, 0.5, 0.5, 1)
    truths = truth((0, TOP_LEFT), (0, bottom_left))
    detections = found((0.9, 0, LEFT), (0.8, 0, TOP_LEFT))
    assert verdicts(detections, truths, "area") == [0, -1]
    assert verdicts(detections, truths, "coco") == [1, 0]
    assert coco_ap([detections], [truths], 1)[0, 0] == 1


def test_a_difficult_truth_is_a_crowd_for_coco_only():
    detections, truths = found((0.9, 0, SMALL)), truth((0, LEFT, 1))
    assert verdicts(detections, truths, "area") == [-1]
    assert verdicts(detections, truths, "coco") == [0]


@pytest.mark.parametrize(
    "detections, truths, thresholds, message",
    [
        (found(), truth()[:, :5], (0.5,), r"truths.*\(0, 5\)"),
        (found((0.9, 0, (0.5, 0, 0, 1))), truth(), (0.5,), "detections.*xmax"),
        (found(), truth((0, (0, 1, 1, np.nan))), (0.5,), "truths.*nan"),
        (found((np.nan, 0, LEFT)), truth(), (0.5,), "scores.*nan"),
        (
            found((0.9, 0, LEFT))._replace(classes=[]),
            truth(),
            (0.5,),
            "classes",
        ),
        (found(), truth(), (0.5, 0), "iou_thresholds.*0"),
        (found(), truth(), (), "iou_thresholds"),
        (found(), truth(), 0.5, "iou_thresholds.*0.5"),
    ],
    ids=[
        "5 columns",
        "inverted box",
        "NaN in a truth",
        "NaN score",
        "lengths differ",
        "threshold 0",
        "no threshold",
        "threshold not in a list",
    ],
)
def test_bad_matching_input(detections, truths, thresholds, message):
    with pytest.raises(ValueError, match=message):
        match_detections(detections, truths, thresholds)


# A set of images


def test_two_images_are_interleaved_by_score():
    # .9 hit, .8 false, .7 hit, .6 duplicate: one of three objects is missed
    detections = [
        found((0.9, 0, LEFT), (0.6, 0, TOP_LEFT)),
        found((0.8, 0, SMALL), (0.7, 0, RIGHT)),
    ]
    truths = [truth((0, LEFT), (0, RIGHT)), truth((0, RIGHT))]
    result = evaluate_detections(detections, truths, 1)
    curve = result.curves[0][0]
    np.testing.assert_allclose(curve.scores, [0.9, 0.8, 0.7, 0.6], rtol=1e-6)
    np.testing.assert_allclose(curve.precision, [1, 1 / 2, 2 / 3, 1 / 2])
    np.testing.assert_allclose(curve.recall, [1 / 3, 1 / 3, 2 / 3, 2 / 3])
    assert result.ap[0, 0] == pytest.approx(1 / 3 + 1 / 3 * 2 / 3)
    assert result.num_truths.tolist() == [3]


def test_of_equal_scores_the_earlier_image_comes_first():
    hit = found((0.5, 0, LEFT)), truth((0, LEFT))
    miss = found((0.5, 0, RIGHT)), truth((0, LEFT))
    for order, expected in (((hit, miss), 0.5), ((miss, hit), 0.25)):
        result = evaluate_detections(*map(list, zip(*order)), 1)
        assert result.mean_ap == pytest.approx(expected)


@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
def test_classes_that_never_occur_are_left_out_of_the_mean(method):
    # Class 0 is found, 1 is not, 2 is only guessed, 3 is only difficult
    detections = [found((0.9, 0, LEFT), (0.9, 2, LEFT), (0.9, 3, LEFT))]
    truths = [truth((0, LEFT), (1, LEFT), (3, RIGHT, 1))]
    result = evaluate_detections(detections, truths, 4, (0.5, 0.75), method)
    expected = [[1, 1], [0, 0], [np.nan, np.nan], [np.nan, np.nan]]
    np.testing.assert_allclose(result.ap, expected)
    assert result.mean_ap == pytest.approx(0.5)
    assert result.num_truths.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(
    "detections, truths, expected",
    [
        ([], [], np.nan),
        ([found()], [truth()], np.nan),
        ([found((0.9, 0, LEFT))], [truth()], np.nan),
        ([found()], [truth((0, LEFT))], 0),
        ([found((0.9, 0, LEFT)), found()], [truth((0, LEFT)), truth()], 1),
    ],
    ids=["no images", "nothing", "no truths", "no detections", "empty image"],
)
def test_nothing_here_or_there(detections, truths, expected):
    for method in ("area", "voc07", "coco"):
        result = evaluate_detections(detections, truths, 1, (0.5,), method)
        assert result.ap.shape == (1, 1)
        np.testing.assert_equal(result.mean_ap, expected)


@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
def test_difficult_truths_neither_count_nor_hurt(method):
    detections = [found((0.9, 0, RIGHT), (0.8, 0, RIGHT), (0.7, 0, LEFT))]
    truths = [truth((0, RIGHT, 1), (0, LEFT))]
    result = evaluate_detections(detections, truths, 1, (0.5,), method)
    assert result.mean_ap == 1
    assert result.curves[0][0].precision.tolist() == [1]


def test_coco_reads_100_detections_of_a_class_in_an_image():
    wrong = [(0.9, 0, SMALL)] * 100
    detections, truths = [found(*wrong, (0.8, 0, LEFT))], [truth((0, LEFT))]
    area = evaluate_detections(detections, truths, 1, (0.5,), "area")
    coco = evaluate_detections(detections, truths, 1, (0.5,), "coco")
    assert area.mean_ap == pytest.approx(1 / 101)
    assert coco.mean_ap == 0


@pytest.mark.parametrize(
    "detections, truths, message",
    [
        ([found()], [], "1 and 0"),
        ([found()] * 2, [truth(), truth((2, LEFT))], "image 1: truths.*2"),
        ([found((0.9, -1, LEFT))], [truth()], "image 0: detections.*-1"),
        ([found((0.9, 0, LEFT))], [truth((0.5, LEFT))], "image 0: truths.*0.5"),
    ],
    ids=["lengths", "unknown class", "negative class", "half a class"],
)
def test_bad_sets(detections, truths, message):
    with pytest.raises(ValueError, match=message):
        evaluate_detections(detections, truths, 2)


# Properties


@st.composite
def data_sets(draw, distinct_scores=True):
    """A small set of images: detections and truths on a coarse grid."""
    seed = draw(st.integers(0, 2**32 - 1))
    return random_set(
        np.random.default_rng(seed),
        num_images=draw(st.integers(1, 4)),
        grid=draw(st.sampled_from([4, 8, None])),
        ties=not distinct_scores,
    )


def random_boxes(rng, count, grid):
    corners = rng.random((count, 2, 2), dtype=np.float32)
    if grid:
        corners = np.round(corners * grid) / grid
    corners.sort(axis=1)
    return corners.reshape(-1, 4).astype(np.float32)


def random_set(rng, num_images=6, num_classes=3, grid=None, ties=True):
    """Ground truth, and detections near it, elsewhere and doubled."""
    detections, truths = [], []
    for _ in range(num_images):
        rows = np.zeros((rng.integers(0, 7), 6), np.float32)
        rows[:, 0] = rng.integers(0, num_classes, len(rows))
        rows[:, 1:5] = random_boxes(rng, len(rows), grid)
        rows[:, 5] = rng.random(len(rows)) < 0.2
        near = rows[rng.integers(0, len(rows), 12)] if len(rows) else rows
        jitter = rng.normal(0, 0.03, (len(near), 4)) * (grid is None)
        boxes = np.sort((near[:, 1:5] + jitter).reshape(-1, 2, 2), axis=1)
        far = random_boxes(rng, rng.integers(0, 8), grid)
        boxes = np.concatenate([boxes.reshape(-1, 4), far]).astype(np.float32)
        classes = rng.integers(0, num_classes, len(boxes))
        kept = rng.random(len(near)) < 0.8
        classes[: len(near)][kept] = near[kept, 0]
        scores = rng.random(len(boxes), dtype=np.float32)
        scores = np.round(scores, 1) if ties else scores
        detections.append(Detections(boxes, scores, classes))
        truths.append(rows)
    return detections, truths


@settings(max_examples=50)
@given(data_sets(distinct_scores=False))
@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
def test_ap_is_a_share_and_recall_never_falls(method, data):
    result = evaluate_detections(*data, 3, (0.3, 0.5, 0.7), method)
    ap = result.ap[result.num_truths > 0]
    assert (ap >= 0).all() and (ap <= 1).all()
    assert np.isnan(result.ap[result.num_truths == 0]).all()
    for row in result.curves:
        for curve in row:
            assert not (np.diff(curve.recall) < 0).any()


@settings(max_examples=40)
@given(data_sets(), st.integers(0, 3))
@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
def test_a_false_positive_below_all_others_changes_nothing(method, data, image):
    detections, truths = data
    before = evaluate_detections(detections, truths, 3, (0.5,), method)
    image %= len(detections)
    boxes, scores, classes = detections[image]
    more = Detections(
        np.vstack([boxes, np.float32([[2, 2, 3, 3]])]),
        np.append(scores, np.float32(-1)),
        np.append(classes, 0),
    )
    changed = detections[:image] + [more] + detections[image + 1 :]
    after = evaluate_detections(changed, truths, 3, (0.5,), method)
    np.testing.assert_allclose(after.ap, before.ap, atol=1e-12)
    # Above all others it cannot help
    first = more._replace(scores=np.append(scores, np.float32(2)))
    changed[image] = first
    worse = evaluate_detections(changed, truths, 3, (0.5,), method)
    assert not (worse.ap > before.ap + 1e-12).any()


@settings(max_examples=40)
@given(data_sets(), st.randoms(use_true_random=False))
@pytest.mark.parametrize("method", ["area", "voc07", "coco"])
def test_the_order_of_images_changes_nothing(method, data, random):
    before = evaluate_detections(*data, 3, (0.5, 0.75), method)
    order = list(range(len(data[0])))
    random.shuffle(order)
    shuffled = [[column[i] for i in order] for column in data]
    after = evaluate_detections(*shuffled, 3, (0.5, 0.75), method)
    np.testing.assert_allclose(after.ap, before.ap, atol=1e-12)


# VOC's rules, written as its development kit's loops


def voc_reference(detections, truths, k, threshold):
    """Area and 11-point AP of class k, by the words of the VOC devkit."""
    entries = [
        (float(score), image, box)
        for image, d in enumerate(detections)
        for box, score, c in zip(d.boxes.astype(float), d.scores, d.classes)
        if c == k
    ]
    entries.sort(key=lambda entry: -entry[0])
    objects = {
        image: [[row[1:5], row[5] == 1, False] for row in rows if row[0] == k]
        for image, rows in enumerate(np.asarray(t, float) for t in truths)
    }
    count = sum(not o[1] for rows in objects.values() for o in rows)
    tp = fp = 0
    points = []
    for _, image, box in entries:
        best, best_overlap = None, -np.inf
        for candidate in objects[image]:
            overlap = voc_overlap(box, candidate[0])
            if overlap > best_overlap:
                best, best_overlap = candidate, overlap
        if best_overlap >= threshold:
            if best[1]:
                continue
            if best[2]:
                fp += 1
            else:
                tp += 1
                best[2] = True
        else:
            fp += 1
        points.append((tp / count if count else np.nan, tp / (tp + fp)))
    return count, area(points), eleven(points, count)


def voc_overlap(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


def area(points):
    total, reached = 0.0, 0.0
    for i, (recall, _) in enumerate(points):
        total += (recall - reached) * max(p for _, p in points[i:])
        reached = recall
    return total


def eleven(points, count):
    # Whole numbers: recall >= t / 10 without rounding
    reads = [
        max(
            (p for r, p in points if round(r * count) * 10 >= t * count),
            default=0,
        )
        for t in range(11)
    ]
    return sum(reads) / 11


@pytest.mark.parametrize("grid", [None, 4, 8])
def test_agrees_with_the_voc_devkit(grid):
    rng = np.random.default_rng(7)
    compared = 0
    for _ in range(40):
        data = random_set(rng, grid=grid)
        results = [
            evaluate_detections(*data, 3, (0.3, 0.5, 0.75), method)
            for method in ("area", "voc07")
        ]
        for t, threshold in enumerate((0.3, 0.5, 0.75)):
            for k in range(3):
                count, *expected = voc_reference(*data, k, threshold)
                assert results[0].num_truths[k] == count
                if count:
                    ours = [result.ap[k, t] for result in results]
                    np.testing.assert_allclose(ours, expected, atol=1e-9)
                    compared += 1
    assert compared > 300


# COCO


@pytest.mark.parametrize("grid", [None, 4, 8])
def test_agrees_with_pycocotools(grid):
    rng = np.random.default_rng(11)
    for _ in range(40):
        data = random_set(rng, grid=grid)
        result = evaluate_detections(*data, 3, COCO_IOU_THRESHOLDS, "coco")
        expected = coco_ap(*data, 3)
        np.testing.assert_allclose(result.ap, expected, atol=1e-9)
        np.testing.assert_allclose(result.mean_ap, np.nanmean(expected))


def test_agrees_with_pycocotools_over_100_detections_an_image():
    rng = np.random.default_rng(5)
    for _ in range(5):
        detections, truths = random_set(rng, num_images=3, num_classes=1)
        detections = [
            Detections(
                np.vstack([d.boxes] * 12),
                rng.random(12 * len(d.scores), dtype=np.float32),
                np.tile(d.classes, 12),
            )
            for d in detections
        ]
        result = evaluate_detections(
            detections, truths, 1, COCO_IOU_THRESHOLDS, "coco"
        )
        expected = coco_ap(detections, truths, 1)
        np.testing.assert_allclose(result.ap, expected, atol=1e-9)


def test_agrees_with_pycocotools_on_decoded_predictions():
    """What predict_ssd makes of a noisy network, truths on some anchors."""
    rng = np.random.default_rng(3)
    anchors = generate_anchors(8, 8, (0.2, 0.4), (1, 2, 0.5))
    logits = rng.normal(0, 1, (20, len(anchors), 4))
    chosen = rng.integers(0, len(anchors), (20, 3))
    classes = rng.integers(0, 3, (20, 3))
    for image in range(20):
        logits[image, chosen[image], classes[image] + 1] += 4
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    offsets = rng.normal(0, 0.5, (20, len(anchors), 4)).astype(np.float32)
    detections = predict_ssd(probs.astype(np.float32), offsets, anchors)
    truths = [
        np.column_stack([k, anchors[a], rng.random(3) < 0.2]).astype(np.float32)
        for k, a in zip(classes, chosen)
    ]
    result = evaluate_detections(
        detections, truths, 3, COCO_IOU_THRESHOLDS, "coco"
    )
    expected = coco_ap(detections, truths, 3)
    np.testing.assert_allclose(result.ap, expected, atol=1e-9)
    assert 0.1 < result.mean_ap < 0.9


class TestRefused:
    @pytest.mark.parametrize(
        "arguments, message",
        [
            (([0.9, 0.8], [True, True], 1), "hits must .* 2 of 1"),
            (([0.9, np.nan], [True, False], 1), "scores must be finite"),
            (([0.9, 0.8], [1, -1], 1), "hits must be True or False"),
            (([0.9, 0.8], [1, 0], 1.5), "num_truths must be a whole number"),
            (([0.9, 0.8], [1, 0], np.nan), "num_truths must be a whole number"),
            (([0.9], [1, 0], 1), "scores and hits"),
        ],
        ids=[
            "more hits than objects",
            "NaN",
            "an ignored detection",
            "half an object",
            "NaN objects",
            "a score missing",
        ],
    )
    def test_curves(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            precision_recall(*arguments)

    def test_unsigned_scores_keep_their_order(self):
        curve = precision_recall(np.array([0, 255], np.uint8), [0, 1], 1)
        assert curve.precision.tolist() == [1, 0.5]

    @pytest.mark.parametrize(
        "precision, recall, message",
        [
            ([1, 1], [1, 2], "recall must be in"),
            ([2, 1], [0.5, 1], "precision must be in"),
            ([1, 1], [1, 0.5], "recall must not fall"),
            ([1, 1], [np.nan, 1], "recall must be in"),
            ([np.nan], [1], "precision must be in"),
        ],
        ids=["twice found", "over 1", "falls", "half NaN", "NaN"],
    )
    def test_averages(self, precision, recall, message):
        with pytest.raises(ValueError, match=message):
            average_precision(precision, recall)

    @pytest.mark.parametrize(
        "detections, message",
        [
            (found((0.9, 0, LEFT)), r"pass \[detections\]"),
            ([[found((0.9, 0, LEFT))]], "^image 0: detections must be the"),
            ([found((0.9, -1, LEFT))], "^image 0: detections.classes"),
            ([found((0.9, 0, (0, 0, np.inf, 1)))], "^image 0: .*finite"),
        ],
        ids=["one image", "a list too deep", "class -1", "infinite"],
    )
    def test_detections(self, detections, message):
        with pytest.raises(ValueError, match=message):
            evaluate_detections(detections, [truth((0, LEFT))], 1)

    @pytest.mark.parametrize(
        "rows, message",
        [
            ([[0, *LEFT, 0.5]], "difficult"),
            ([[0.5, *LEFT, 0]], "classes"),
            ([[-2, *LEFT, 0]], "classes"),
            ([[0, *LEFT]], "shape"),
        ],
        ids=["half difficult", "half a class", "class -2", "five columns"],
    )
    def test_truths(self, rows, message):
        with pytest.raises(ValueError, match=f"^image 0: truths .*{message}"):
            evaluate_detections([found((0.9, 0, LEFT))], [rows], 1)

    def test_two_units(self):
        pixels = truth((0, LEFT)) * [1, 256, 256, 256, 256, 1]
        boxes = found((0.9, 0, LEFT))
        with pytest.raises(ValueError, match="^image 0: truths must .*pixels"):
            evaluate_detections([boxes], [pixels], 1)
        boxes = boxes._replace(boxes=boxes.boxes * 256)
        assert evaluate_detections([boxes], [pixels], 1).mean_ap == 1
        with pytest.raises(
            ValueError, match="^image 0: detections must .*pixels"
        ):
            evaluate_detections([boxes], [truth((0, LEFT))], 1)

    def test_padding_may_hold_anything(self):
        rows = np.array([[0, *LEFT, 0], [-1, np.nan, 9, 0, -5, 3]])
        boxes = found((0.9, 0, LEFT))
        assert evaluate_detections([boxes], [rows], 1).mean_ap == 1
        assert match_detections(boxes, rows).tolist() == [[0]]

    def test_no_object_as_an_empty_list(self):
        result = evaluate_detections([found((0.9, 0, LEFT))], [[]], 1)
        assert result.num_truths.tolist() == [0]


class TestUnits:
    """Fractions on one side and pixels on the other are nobody's boxes."""

    fractions = found((0.9, 0, (0.1, 0.1, 0.5, 0.9)))
    pixels = truth((0, (20, 20, 120, 200)))
    right = truth((0, (0.1, 0.1, 0.5, 0.9)))

    def test_every_image_is_asked(self):
        large = self.fractions._replace(boxes=self.pixels[:, 1:5])
        with pytest.raises(ValueError, match="^image 1: truths .*pixels"):
            evaluate_detections(
                [large, self.fractions], [self.pixels, self.pixels], 1
            )
        with pytest.raises(ValueError, match="^image 2: detections .*pixels"):
            evaluate_detections(
                [self.fractions, large, large],
                [self.right, self.pixels, self.right],
                1,
            )

    def test_boxes_that_were_not_clipped_are_fractions(self):
        over = found((0.9, 0, (-0.05, 0.1, 1.02, 0.9)))
        with pytest.raises(ValueError, match="^image 0: truths .*pixels"):
            evaluate_detections([over], [self.pixels], 1)

    def test_of_one_image(self):
        with pytest.raises(ValueError, match="^truths must .*pixels"):
            match_detections(self.fractions, self.pixels)
        with pytest.raises(ValueError, match="^truths must .*pixels"):
            detection_kinds(self.fractions, self.pixels)

    def test_the_first_pixel_is_no_fraction(self):
        corner = found((0.9, 0, (0, 0, 1, 1)))
        assert evaluate_detections([corner], [self.pixels], 1).mean_ap == 0


class TestManyClasses:
    @pytest.mark.parametrize("num_classes", [10**9, 2**16 + 1])
    def test_too_many(self, num_classes):
        with pytest.raises(ValueError, match="^num_classes must be at most"):
            evaluate_detections([found()], [truth()], num_classes)

    def test_most_do_not_occur(self):
        images = [found((0.9, 7, LEFT))], [truth((7, LEFT), (9, LEFT))]
        result = evaluate_detections(*images, 2**16)
        occurs = np.flatnonzero(~np.isnan(result.ap[:, 0]))
        assert occurs.tolist() == [7, 9]
        assert result.ap[occurs, 0].tolist() == [1, 0]
        assert len(result.curves[8][0].scores) == 0
        assert len(result.curves) == 2**16
