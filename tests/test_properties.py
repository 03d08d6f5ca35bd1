"""Whatever a public function is given: a sentence, or what its docstring says.

Arguments are drawn from good ones and from bad ones of every kind: NaN, infinities,
empty, huge, of another type, shape or order. A ValueError is a sentence; any other
exception, and a result that breaks the docstring, is a failure.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from d2l_ssd import (
    anchors,
    augmentation,
    boxes,
    data,
    error_analysis,
    error_tables,
    evaluation,
    inference,
    plotting,
    schedule,
    targets,
)
from d2l_ssd.detections import Detections

SIDES = (0, 1, 3)
DTYPES = ("float16", "float32", "float64", "int64", "int8", "uint8", "bool")
ODD = (
    np.nan,
    np.inf,
    -np.inf,
    1e300,
    -1e300,
    1e20,
    3e38,
    -1,
    0,
    1,
    2,
    256,
    0.5,
)

numbers = st.one_of(
    st.sampled_from(ODD), st.floats(0, 1, width=32), st.integers(-3, 300)
)
things = st.sampled_from(
    [None, "boxes", b"", {}, [[1, 2], [3]], [None], 1j, True, 10**30]
)


@st.composite
def odd_arrays(draw):
    """An array of any shape, type and content."""
    shape = draw(st.lists(st.sampled_from((0, 1, 2, 3, 4, 6)), max_size=3))
    size = int(np.prod(shape))
    values = draw(st.lists(numbers, min_size=size, max_size=size))
    with np.errstate(all="ignore"):
        array = np.array(values, float).reshape(shape)
        return array.astype(draw(st.sampled_from(DTYPES)))


@st.composite
def styled(draw, array):
    """The same numbers as an array of another type, a view or a list."""
    style = draw(st.sampled_from(("same", "half", "double", "list", "view")))
    if style == "half":
        return array.astype(np.float16)
    if style == "double":
        return array.astype(np.float64)
    if style == "list":
        return array.tolist()
    return np.repeat(array, 2, axis=0)[::2] if style == "view" else array


@st.composite
def good_boxes(draw, count=None):
    """Boxes (N, 4) with an area, in fractions of the image."""
    count = draw(st.sampled_from(SIDES)) if count is None else count
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    low = rng.uniform(0, 0.7, (count, 2))
    high = low + rng.uniform(0.05, 0.3, (count, 2))
    return np.concatenate([low, high], axis=1).astype(np.float32)


@st.composite
def spoiled(draw, array):
    """The same array with one number replaced."""
    array = np.array(array, np.float64)
    if array.size:
        array.flat[draw(st.integers(0, array.size - 1))] = draw(numbers)
    return array


def maybe(strategy):
    """Mostly good arguments, so that bad ones come one at a time."""
    return st.one_of(
        strategy.flatmap(styled),
        strategy.flatmap(styled),
        strategy.flatmap(spoiled),
        odd_arrays(),
        things,
    )


def arrays_of(*shape, low=0, high=1, whole=False):
    def make(seed):
        values = np.random.default_rng(seed).uniform(low, high, shape)
        return np.floor(values) if whole else values.astype(np.float32)

    return st.integers(0, 99).map(make)


thresholds = st.one_of(st.floats(0.05, 1), numbers, things)
limits = st.one_of(st.none(), st.integers(1, 9), numbers, things)


@st.composite
def good_labels(draw, count=2):
    rows = np.zeros((count, 6), np.float32)
    rows[:, 0] = np.arange(count) % 2
    rows[:, 1:5] = draw(good_boxes(count))
    if draw(st.booleans()):
        rows[-1:] = -1
    return rows


@st.composite
def detections(draw):
    count = draw(st.sampled_from(SIDES))
    good = Detections(
        draw(good_boxes(count)),
        draw(arrays_of(count)),
        draw(arrays_of(count, high=2, whole=True)).astype(np.int64),
    )
    if draw(st.integers(0, 2)):
        return good
    column = draw(st.sampled_from(Detections._fields))
    return good._replace(**{column: draw(maybe(st.just(good[1])))})


def finite(array, shape=None, low=-np.inf, high=np.inf):
    array = np.asarray(array)
    assert np.isfinite(array).all()
    assert (array >= low).all() and (array <= high).all()
    assert shape is None or array.shape == shape


def ious(result, a, b):
    finite(result, (len(a), len(b)), 0, 1)


def same_shape(result, array, *_):
    finite(result, np.shape(array) if len(np.shape(array)) else None)


def indices(result, boxes, scores, *_):
    assert result.dtype == np.int64 and len(set(result.tolist())) == len(result)
    assert set(result.tolist()) <= set(range(len(boxes)))
    scores = np.asarray(scores, np.float64)
    assert (np.diff(scores[result]) <= 0).all()


def predictions(result, probs, *_):
    assert len(result) == len(probs)
    for found in result:
        assert found.boxes.dtype == found.scores.dtype == np.float32
        assert found.classes.dtype == np.int64
        finite(found.boxes, (len(found.scores), 4), 0, 1)
        assert (found.boxes[:, 2:] > found.boxes[:, :2]).all()
        assert (np.diff(found.scores) <= 0).all()


def training_targets(result, labels, anchors, *_):
    classes, offsets = result
    shape = (len(labels), len(anchors))
    assert classes.dtype == np.int32 and offsets.dtype == np.float32
    finite(classes, shape, -1)
    finite(offsets, (*shape, 4))
    assert (offsets[classes <= 0] == 0).all()


def matches(result, anchors, truths, *_):
    assert result.dtype == np.int64
    finite(result, (len(anchors),), -2, len(truths) - 1)


def curve(result, scores, *_):
    finite(result.precision, (len(scores),), 0, 1)
    if not np.isnan(result.recall).any():
        finite(result.recall, (len(scores),), 0, 1)


def average(result, *_):
    assert np.isnan(result) or -1e-9 <= result <= 1 + 1e-9


def counts(result, *_):
    for part in result if isinstance(result, tuple) else (result,):
        assert part.dtype == np.int64 and (part >= 0).all()


def evaluated(result, *_):
    assert ((result.ap >= 0) & (result.ap <= 1) | np.isnan(result.ap)).all()


def kinds(result, found, *_):
    assert result.shape == (len(found.scores),)


def image_and_labels(result, *_):
    image, labels = result
    assert image.dtype == np.uint8 and image.ndim == 3 and image.size
    objects = labels[labels[:, 0] != -1]
    finite(objects[:, 1:5], None, -1, 2)
    assert (objects[:, 3:5] >= objects[:, 1:3]).all()


def network_input(result, image, height, width):
    assert result.dtype == np.float32
    finite(result, (3, height, width))


def learning_rate(result, step, num_steps, most, warmup_steps):
    assert 0 <= result <= most * (1 + 1e-9)


def generated(result, *_):
    assert result.dtype == np.float32 and result.shape[1] == 4
    finite(result)
    assert (result[:, 2:] > result[:, :2]).all()


BOXES = maybe(good_boxes())
THREE = maybe(good_boxes(3))
SCORES = maybe(arrays_of(3))
CLASSES = maybe(arrays_of(3, high=2, whole=True))
PROBS = maybe(arrays_of(2, 3, 3))
OFFSETS = maybe(arrays_of(2, 3, 4, low=-30, high=30))
LABELS = maybe(st.lists(good_labels(), min_size=2, max_size=2).map(np.stack))
IMAGES = st.one_of(
    maybe(arrays_of(5, 7, 3, high=255).map(lambda x: x.astype(np.uint8))),
    arrays_of(5, 7, high=255).map(lambda x: x.astype(np.uint8)),
)
ONE = maybe(good_labels())
FOUND = st.one_of(detections(), detections(), things)
SET = st.one_of(st.lists(FOUND, min_size=2, max_size=2), FOUND)
TRUTHS = st.one_of(st.lists(ONE, min_size=2, max_size=2), LABELS)
LISTS = st.one_of(st.lists(st.floats(0.05, 2), max_size=3), numbers, things)
METHOD = st.sampled_from(["area", "voc07", "coco", "", None])
COUNT = st.one_of(st.just(2), st.integers(-1, 4), things)
AMOUNT = st.one_of(st.floats(0, 2), numbers, things)
RNG = st.one_of(st.integers(0, 99).map(np.random.default_rng), things)
STEP = st.one_of(st.integers(0, 300), numbers, things)
SIDE = st.one_of(st.integers(1, 9), st.sampled_from([0, -1, 2.5, None, "8"]))

FUNCTIONS = [
    (boxes.box_iou, (BOXES, BOXES), ious),
    (boxes.clip_boxes, (BOXES,), same_shape),
    (boxes.flip_boxes, (BOXES,), same_shape),
    (boxes.has_area, (BOXES,), lambda result, *_: None),
    (boxes.corners_to_centers, (BOXES,), same_shape),
    (boxes.centers_to_corners, (BOXES,), same_shape),
    (anchors.generate_anchors, (SIDE, SIDE, LISTS, LISTS), generated),
    (
        anchors.ssd_anchors,
        (
            st.one_of(st.just([(2, 2), (1, 1)]), st.lists(LISTS), things),
            st.one_of(st.lists(LISTS, max_size=3), LISTS),
            st.one_of(st.lists(LISTS, max_size=3), LISTS),
        ),
        generated,
    ),
    (
        anchors.best_possible_iou,
        (BOXES, BOXES),
        lambda result, _, truths: finite(result, (len(truths),), 0, 1),
    ),
    (targets.match_anchors, (BOXES, BOXES, thresholds, thresholds), matches),
    (
        targets.encode_offsets,
        (THREE, THREE),
        finite_offsets := (lambda result, a, b: finite(result)),
    ),
    (
        targets.decode_offsets,
        (THREE, maybe(arrays_of(3, 4, low=-99, high=99))),
        finite_offsets,
    ),
    (
        targets.ssd_targets,
        (LABELS, THREE, st.just(0.5), thresholds),
        training_targets,
    ),
    (
        inference.softmax,
        (PROBS,),
        lambda result, logits: finite(result, np.shape(logits), 0, 1),
    ),
    (inference.nms, (THREE, SCORES, thresholds), indices),
    (inference.batched_nms, (THREE, SCORES, CLASSES, thresholds), indices),
    (
        inference.vote_boxes,
        (THREE, SCORES, CLASSES, maybe(st.just(np.array([0, 2]))), thresholds),
        lambda result, b, s, c, kept, t: finite(result, (len(kept), 4)),
    ),
    (
        inference.predict_ssd,
        (PROBS, OFFSETS, THREE, thresholds, thresholds, limits, limits)
        + (st.one_of(st.none(), thresholds),),
        predictions,
    ),
    (
        evaluation.precision_recall,
        (SCORES, maybe(st.just(np.array([1, 0, 1]))), COUNT),
        curve,
    ),
    (
        evaluation.average_precision,
        (
            SCORES,
            maybe(st.just(np.array([0, 0.5, 1]))),
            METHOD,
        ),
        average,
    ),
    (
        evaluation.match_detections,
        (FOUND, ONE, maybe(st.just(np.array([0.5, 0.75]))), METHOD),
        lambda result, *_: finite(result, None, -1),
    ),
    (
        evaluation.evaluate_detections,
        (SET, TRUTHS, COUNT, maybe(st.just(np.array([0.5]))), METHOD),
        evaluated,
    ),
    (
        error_analysis.detection_kinds,
        (FOUND, ONE, thresholds, thresholds),
        kinds,
    ),
    (
        error_tables.confusion_matrix,
        (SET, TRUTHS, COUNT, thresholds, thresholds),
        counts,
    ),
    (
        error_tables.recall_by_size,
        (SET, TRUTHS, maybe(st.just(np.array([0, 0.5, 1]))), thresholds)
        + (thresholds,),
        counts,
    ),
    (
        error_tables.image_scores,
        (SET, TRUTHS, thresholds, thresholds),
        lambda result, *_: finite(result, None, 0, 1),
    ),
    (data.flip, (IMAGES, ONE), image_and_labels),
    (
        data.crop,
        (IMAGES, ONE, maybe(good_boxes(1).map(lambda b: b[0]))),
        image_and_labels,
    ),
    (data.random_flip, (IMAGES, ONE, RNG), lambda result, *_: None),
    (
        augmentation.random_photometric,
        (IMAGES, ONE, RNG, AMOUNT, AMOUNT, AMOUNT, AMOUNT),
        lambda result, *_: result[0].dtype == np.uint8 or 1 / 0,
    ),
    (
        augmentation.random_zoom_out,
        (IMAGES, ONE, RNG, thresholds, st.one_of(st.floats(1, 3), AMOUNT)),
        image_and_labels,
    ),
    (
        augmentation.random_iou_crop,
        (IMAGES, ONE, RNG, thresholds, COUNT),
        image_and_labels,
    ),
    (augmentation.augment_detection, (IMAGES, ONE, RNG), image_and_labels),
    (
        schedule.learning_rate_at,
        (STEP, STEP, st.one_of(st.just(0.1), numbers, things), STEP),
        learning_rate,
    ),
    (
        plotting.to_image,
        (maybe(arrays_of(3, 5, 4, low=-2, high=2)),),
        lambda result, *_: result.dtype == np.uint8 or 1 / 0,
    ),
    (
        data.stack_batch,
        (st.lists(st.tuples(maybe(arrays_of(3, 2, 2)), ONE), max_size=2),),
        lambda result, *_: result[0].ndim == 4 or 1 / 0,
    ),
    (data.to_input, (IMAGES, SIDE, SIDE), network_input),
    (
        data.pad_labels,
        (TRUTHS,),
        lambda result, labels: result.shape[0] == len(labels) or 1 / 0,
    ),
]


@pytest.mark.parametrize(
    "function, arguments, holds",
    FUNCTIONS,
    ids=[function.__name__ for function, _, _ in FUNCTIONS],
)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(draws=st.data())
def test_a_sentence_or_what_the_docstring_says(
    draws, function, arguments, holds
):
    drawn = [draws.draw(argument) for argument in arguments]
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            result = function(*drawn)
    except ValueError as error:
        assert len(str(error)) > 20, "no sentence"
        assert "got" in str(error), error
        return
    holds(result, *drawn)
