"""Boxes: numbers worked out by hand, properties, and outside oracles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from d2l_ssd.boxes import (
    box_iou,
    centers_to_corners,
    clip_boxes,
    corners_to_centers,
    flip_boxes,
    has_area,
)

A = [0.1, 0.2, 0.5, 0.6]  # 0.4 x 0.4: area 0.16


def random_boxes(rng, count, dtype=np.float32):
    corners = rng.random((count, 2, 2))
    return np.hstack([corners.min(axis=1), corners.max(axis=1)]).astype(dtype)


@st.composite
def box_arrays(draw, max_boxes=6):
    # Multiples of 1/1024: what is equal on paper is equal in float32 too
    shape = draw(st.integers(0, max_boxes)), 2, 2
    corners = draw(arrays(np.int64, shape, elements=st.integers(0, 1024)))
    boxes = np.hstack([corners.min(axis=1), corners.max(axis=1)]) / 1024
    return boxes.astype(np.float32).reshape(-1, 4)


@pytest.mark.parametrize(
    "other, expected",
    [
        pytest.param(A, 1, id="same"),
        pytest.param([0.3, 0.4, 0.7, 0.8], 1 / 7, id="corner: 0.04 / 0.28"),
        pytest.param([0.2, 0.3, 0.4, 0.5], 0.25, id="inside: 0.04 / 0.16"),
        pytest.param([0.1, 0.2, 0.3, 0.6], 0.5, id="left half"),
        pytest.param([0.3, 0.0, 0.4, 1.0], 0.04 / 0.22, id="cross"),
        pytest.param([0.5, 0.2, 0.9, 0.6], 0, id="side by side"),
        pytest.param([0.5, 0.6, 0.9, 0.9], 0, id="corners touch"),
        pytest.param([0.6, 0.7, 0.9, 0.9], 0, id="far in both axes"),
        pytest.param([0.2, 0.7, 0.3, 0.9], 0, id="below"),
        pytest.param([0.3, 0.3, 0.3, 0.5], 0, id="no width"),
    ],
)
def test_iou_by_hand(other, expected):
    assert box_iou([A], [other])[0, 0] == pytest.approx(expected, abs=1e-6)


def test_iou_of_boxes_without_area_is_zero():
    point = [[0.5, 0.5, 0.5, 0.5]]
    assert box_iou(point, point).tolist() == [[0]]


def test_iou_row_is_a_column_is_b():
    iou = box_iou([A, [0, 0, 1, 1]], [A, [0.1, 0.2, 0.3, 0.6], [0.9] * 4])
    np.testing.assert_allclose(iou, [[1, 0.5, 0], [0.16, 0.08, 0]], atol=1e-6)


@pytest.mark.parametrize("n, m", [(0, 3), (3, 0), (0, 0)])
def test_iou_of_nothing_is_empty(n, m):
    iou = box_iou(np.zeros((n, 4), np.float32), np.zeros((m, 4), np.float32))
    assert iou.shape == (n, m)
    assert iou.dtype == np.float32


@pytest.mark.parametrize(
    "dtype, expected",
    [("float32", "float32"), ("float64", "float64"), ("int64", "float64")],
)
def test_iou_keeps_the_float_type(dtype, expected):
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2]], dtype=dtype)
    iou = box_iou(boxes, boxes)
    assert iou.dtype == expected
    np.testing.assert_allclose(iou, [[1, 1 / 3], [1 / 3, 1]], rtol=1e-6)


def test_iou_of_two_float_types_never_exceeds_1():
    boxes = random_boxes(np.random.default_rng(3), 300)
    iou = box_iou(boxes, boxes.astype(np.float64))
    assert iou.dtype == np.float64
    assert iou.max() == 1


def test_iou_leaves_its_arguments_alone():
    a, b = random_boxes(np.random.default_rng(0), 7), np.array([A])
    copies = a.copy(), b.copy()
    box_iou(a, b)
    assert (a == copies[0]).all() and (b == copies[1]).all()


@pytest.mark.parametrize(
    "bad, words",
    [
        pytest.param([[0.5, 0, 0.4, 1]], "xmax >= xmin", id="xmax under xmin"),
        pytest.param([[0, 0.5, 1, 0.4]], "ymax >= ymin", id="ymax under ymin"),
        pytest.param([[0, 0, np.nan, 1]], "nan", id="NaN"),
        pytest.param([[np.nan, 0, 1, 1]], "nan", id="NaN first"),
        pytest.param([[0, 0, 1]], r"\(1, 3\)", id="three numbers"),
        pytest.param([0, 0, 1, 1], r"\(4,\)", id="one box, no list"),
        pytest.param(0.5, r"\(\)", id="a number"),
    ],
)
def test_iou_refuses(bad, words):
    for name, arguments in ("a", (bad, [A])), ("b", ([A], bad)):
        with pytest.raises(ValueError, match=f"^{name} must .*{words}"):
            box_iou(*arguments)


def test_iou_names_the_bad_box_among_good_ones():
    with pytest.raises(ValueError, match=r"\[0.75, 0.0, 0.25, 1.0\]"):
        box_iou([A, [0.75, 0, 0.25, 1], A], [A])


@given(box_arrays(), box_arrays())
def test_iou_is_symmetric_and_between_0_and_1(a, b):
    iou = box_iou(a, b)
    assert (iou == box_iou(b, a).T).all()
    assert ((0 <= iou) & (iou <= 1)).all()


@given(box_arrays())
def test_iou_with_itself_is_1_if_there_is_area(boxes):
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    assert (np.diag(box_iou(boxes, boxes)) == (area > 0)).all()


def test_iou_never_exceeds_1_whatever_the_rounding():
    boxes = random_boxes(np.random.default_rng(1), 300)
    nudged = np.nextafter(boxes, np.float32(2)).astype(np.float32)
    assert box_iou(boxes, nudged).max() <= 1


@given(box_arrays(), box_arrays())
def test_iou_survives_a_flip(a, b):
    assert (box_iou(flip_boxes(a), flip_boxes(b)) == box_iou(a, b)).all()


def test_iou_agrees_with_pycocotools():
    rng = np.random.default_rng(2)
    a, b = random_boxes(rng, 200, float), random_boxes(rng, 100, float)

    def as_coco(boxes):  # x, y, width, height
        return np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])

    expected = coco_mask.iou(as_coco(a), as_coco(b), [0] * len(b))
    np.testing.assert_allclose(box_iou(a, b), expected, atol=1e-12)


def test_conversions_by_hand():
    np.testing.assert_allclose(
        corners_to_centers([A, [0, 0, 1, 0.5]]),
        [[0.3, 0.4, 0.4, 0.4], [0.5, 0.25, 1, 0.5]],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        centers_to_corners([0.3, 0.4, 0.4, 0.2]),
        [0.1, 0.3, 0.5, 0.5],
        rtol=1e-6,
    )


@pytest.mark.parametrize("shape", [(4,), (0, 4), (2, 3, 4)])
def test_conversions_keep_shape_and_type(shape):
    boxes = np.zeros(shape, dtype=np.float32)
    for function in (
        corners_to_centers,
        centers_to_corners,
        clip_boxes,
        flip_boxes,
    ):
        result = function(boxes)
        assert result.shape == shape
        assert result.dtype == np.float32


@pytest.mark.parametrize(
    "function", [corners_to_centers, centers_to_corners, clip_boxes, flip_boxes]
)
def test_conversions_refuse_what_is_no_box(function):
    with pytest.raises(ValueError, match=r"^boxes must .*\(2, 5\)"):
        function(np.zeros((2, 5)))


@given(box_arrays())
def test_centers_and_back(boxes):
    assert (centers_to_corners(corners_to_centers(boxes)) == boxes).all()


def test_clip_by_hand():
    clipped = clip_boxes([[-0.5, 0.25, 1.5, 0.75], [0.1, -1, 0.2, 2]])
    np.testing.assert_allclose(
        clipped, [[0, 0.25, 1, 0.75], [0.1, 0, 0.2, 1]], rtol=1e-6
    )


def test_flip_by_hand():
    np.testing.assert_allclose(
        flip_boxes([0.1, 0.2, 0.4, 0.6]), [0.6, 0.2, 0.9, 0.6], rtol=1e-6
    )


@given(box_arrays())
def test_flip_twice_is_nothing(boxes):
    flipped = flip_boxes(boxes)
    assert (flipped[:, 2:] >= flipped[:, :2]).all()
    assert (flip_boxes(flipped) == boxes).all()


class TestNumberTypes:
    """Whatever holds the numbers, they are the same numbers."""

    boxes = np.array([[0, 0, 300, 200], [100, 0, 400, 200]])  # 200 / 400 shared

    @pytest.mark.parametrize(
        "convert",
        [
            np.float16,
            np.float64,
            np.uint16,
            np.ndarray.tolist,
            lambda boxes: np.repeat(boxes, 2, axis=1)[:, ::2],
            np.asfortranarray,
        ],
        ids=["half", "double", "unsigned", "list", "view", "column by column"],
    )
    def test_iou(self, convert):
        boxes = convert(self.boxes)
        np.testing.assert_allclose(box_iou(boxes, boxes), [[1, 0.5], [0.5, 1]])

    @pytest.mark.parametrize("module", ["torch", "mxnet"])
    def test_arrays_of_frameworks(self, module):
        framework = pytest.importorskip(module)
        make = framework.tensor if module == "torch" else framework.nd.array
        boxes = make(self.boxes.tolist())
        np.testing.assert_allclose(box_iou(boxes, boxes)[0], [1, 0.5])

    def test_a_tensor_that_cannot_be_read_says_how_to_convert_it(self):
        torch = pytest.importorskip("torch")
        boxes = torch.zeros((1, 4), requires_grad=True)
        with pytest.raises(ValueError, match=r"a must .*\.detach\(\)"):
            box_iou(boxes, boxes)


@pytest.mark.parametrize(
    "function, boxes, message",
    [
        (corners_to_centers, [0.5, 0, 0.1, 1], "xmax >= xmin"),
        (centers_to_corners, [0.5, 0.5, -0.1, 1], "0 or more"),
        (clip_boxes, [0, 0, np.nan, 1], "finite"),
        (clip_boxes, [0, 0, np.inf, 1], "finite"),
        (flip_boxes, [10, 20, 300, 200], "pixels"),
        (has_area, [1, 2, 3], "shape"),
    ],
    ids=[
        "corners in the wrong order",
        "a negative width",
        "NaN",
        "infinite",
        "pixels cannot be mirrored",
        "three numbers",
    ],
)
def test_a_bad_box_is_refused(function, boxes, message):
    with pytest.raises(ValueError, match=f"^boxes must .*{message}"):
        function(boxes)


def test_what_is_left_of_a_box_outside_has_no_area():
    boxes = clip_boxes([[0.5, 0, 2, 1], [1.5, 0, 2, 1], [0, -2, 1, -1]])
    assert has_area(boxes).tolist() == [True, False, False]


def test_boxes_too_large_for_an_area_are_refused():
    with pytest.raises(ValueError, match="^a must be finite numbers up to"):
        box_iou([[0, 0, 1e300, 1]], [[0, 0, 1, 1]])


@pytest.mark.parametrize("bad", [(0.8, 0.1, 0.2, 0.9), (0.1, 0.9, 0.2, 0.8)])
def test_inverted_boxes_are_not_flipped(bad):
    with pytest.raises(ValueError, match="^boxes must .*xmax >= xmin"):
        flip_boxes([A, bad])
