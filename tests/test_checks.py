"""What every check accepts, and what it says of anything else."""

import re

import numpy as np
import pytest
from helpers.judging import LEFT, PADDING, RIGHT, found, truth
from PIL import Image

from d2l_ssd import checks

GOOD = np.array([[0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5]], np.float32)


class TestBoxes:
    @pytest.mark.parametrize(
        "boxes, dtype",
        [
            (GOOD, np.float32),
            (GOOD.astype(np.float64), np.float64),
            (GOOD.astype(int), np.float64),
            (GOOD.astype(np.float16), np.float32),
            (GOOD.tolist(), np.float64),
            ([0, 0, 1, 1], np.float64),
        ],
        ids=["float32", "float64", "integers", "half", "list", "one box"],
    )
    def test_become_floats(self, boxes, dtype):
        array = checks.as_boxes(boxes, "boxes")
        assert array.dtype == dtype
        np.testing.assert_array_equal(array, boxes)

    def test_floats_are_not_copied(self):
        assert checks.as_boxes(GOOD, "boxes") is GOOD

    @pytest.mark.parametrize(
        "boxes, shape",
        [
            (1.0, r"\(\)"),
            ([1, 2, 3], r"\(3,\)"),
            (np.zeros((4, 5)), r"\(4, 5\)"),
        ],
        ids=["a number", "three numbers", "five columns"],
    )
    def test_bad_shapes(self, boxes, shape):
        with pytest.raises(ValueError, match=rf"^anchors must .*got {shape}"):
            checks.as_boxes(boxes, "anchors")

    @pytest.mark.parametrize("shape", [(4,), (2, 3, 4)])
    def test_box_list_has_two_axes(self, shape):
        assert checks.as_boxes(np.zeros(shape), "a").shape == shape
        with pytest.raises(ValueError, match=r"^a must have shape \(N, 4\)"):
            checks.as_box_list(np.zeros(shape), "a")


class TestCorners:
    @pytest.mark.parametrize("boxes", [GOOD, np.zeros((0, 4))])
    def test_boxes_without_area_are_boxes(self, boxes):
        checks.check_corners(boxes, "boxes")

    @pytest.mark.parametrize(
        "bad",
        [[0.5, 0.0, 0.1, 1.0], [0.0, 0.5, 1.0, 0.1]],
        ids=["x", "y"],
    )
    def test_the_first_bad_box_is_shown(self, bad):
        boxes = np.array([[0, 0, 1, 1], bad, [3, 3, 2, 2]])
        with pytest.raises(ValueError) as error:
            checks.check_corners(boxes, "truths")
        assert str(error.value).startswith("truths must have")
        assert str(error.value).endswith(f"got {bad}")

    @pytest.mark.parametrize("column", range(4))
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, -1e300])
    def test_numbers_are_finite(self, column, bad):
        boxes = GOOD.astype(np.float64)
        boxes[1, column] = bad
        with pytest.raises(
            ValueError, match=f"^a must be finite .*got {re.escape(str(bad))}"
        ):
            checks.check_corners(boxes, "a")


class TestPositive:
    def test_numbers_and_lists(self):
        checks.check_positive(a=1, b=0.1, c=[1, 2], d=np.ones((2, 2)))

    @pytest.mark.parametrize("value", [0, -1, [], [1, 0], np.nan, True, [True]])
    def test_bad_values(self, value):
        with pytest.raises(ValueError, match="^b must be positive, got"):
            checks.check_positive(a=1, b=value)


class TestClasses:
    def test_names(self):
        assert checks.check_class_names(["cat", "dog"]) == ("cat", "dog")

    @pytest.mark.parametrize(
        "names, message",
        [
            ("cat", "list of names, got 'cat'"),
            ([], r"list of names, got \[\]"),
            (["cat", "dog", "cat"], "must not repeat"),
        ],
        ids=["one string", "none", "a name twice"],
    )
    def test_bad_names(self, names, message):
        with pytest.raises(ValueError, match=message):
            checks.check_class_names(names)

    def test_numbers(self):
        checks.check_classes(np.array([0, 1, 1]), 2, "labels")
        checks.check_classes(np.array([]), 2, "labels")

    @pytest.mark.parametrize("padding", [False, True])
    def test_padding_is_spoken_of_where_there_may_be_some(self, padding):
        with pytest.raises(ValueError) as error:
            checks.check_classes(np.array([-2]), None, "classes", padding)
        assert ("padding" in str(error.value)) == padding

    @pytest.mark.parametrize("bad", [-1, 2, 0.5, np.nan])
    def test_bad_numbers(self, bad):
        with pytest.raises(ValueError, match=rf"^labels .*0 to 1, got {bad}"):
            checks.check_classes(np.array([0, bad, 7]), 2, "labels")


class TestNumbers:
    @pytest.mark.parametrize(
        "values, advice",
        [
            (GOOD.astype(object), r"convert it with boxes\.astype\(float\)"),
            (GOOD.astype(str), "make numbers of texts"),
            (np.array(["cat", 0.5], object), "give a class by its index"),
            ([[1, 2], [3]], "rows have the same length"),
            ({"boxes": GOOD}, "pass an array or a list, not a dict"),
            (None, "pass an array or a list, not a NoneType"),
        ],
        ids=[
            "a table's",
            "texts",
            "names among numbers",
            "ragged",
            "a dict",
            "None",
        ],
    )
    def test_arrays_of_something_else(self, values, advice):
        with pytest.raises(ValueError, match=f"^boxes must be .*: .*{advice}"):
            checks.as_boxes(values, "boxes")

    def test_offsets_of_a_training_that_diverged(self):
        probs, offsets = np.full((1, 2, 2), 0.5), np.full((1, 2, 4), 1e16)
        message = "^image 0: offsets must be finite .*diverged.*learning_rate"
        with pytest.raises(ValueError, match=message):
            checks.as_outputs(probs, offsets, [[0, 0, 1, 1]] * 2)

    questions = {
        "a count": lambda value: checks.as_count(value, "n"),
        "a limit": lambda value: checks.as_limit(value, "n"),
        "a fraction": lambda value: checks.check_fraction(n=value),
        "a rate": lambda value: checks.as_rate(value, "n"),
        "an amount": lambda value: checks.as_amount(value, "n", 0, 1),
    }

    @pytest.mark.parametrize("question", questions)
    @pytest.mark.parametrize(
        "value",
        [True, np.True_, np.array(True), "1", b"1", [1], np.nan, {}, 1j],
    )
    def test_what_is_no_number(self, question, value):
        with pytest.raises(ValueError, match="^n must be .*number.*, got"):
            self.questions[question](value)

    @pytest.mark.parametrize("question", questions)
    @pytest.mark.parametrize(
        "value", [1, 1.0, np.float16(1), np.int8(1), np.array(1)], ids=repr
    )
    def test_numbers_of_every_type(self, question, value):
        assert self.questions[question](value) in (1, None)

    def test_iou_thresholds_are_no_bools(self):
        with pytest.raises(ValueError, match="got True and True"):
            checks.check_match_ious(True, True)
        with pytest.raises(ValueError, match="^iou_thresholds must be"):
            checks.as_iou_thresholds([True])

    def test_no_limit(self):
        assert checks.as_limit(None, "n") is None
        assert checks.as_limit(10**30, "n") >= 10**9


class TestIouThresholds:
    def test_become_an_array(self):
        thresholds = checks.as_iou_thresholds((0.5, 1))
        assert thresholds.dtype == np.float64
        assert thresholds.tolist() == [0.5, 1]

    @pytest.mark.parametrize("bad", [0.5, (), (0.5, 0), (1.1,), (np.nan,)])
    def test_bad_ones_are_named(self, bad):
        with pytest.raises(ValueError, match="^iou_thresholds must be"):
            checks.as_iou_thresholds(bad)
        with pytest.raises(ValueError, match="^background_iou must be"):
            checks.as_iou_thresholds(bad, "background_iou")


class TestJudgedImages:
    def test_arrays_are_float64(self):
        detections, truths = checks.as_judged_image(
            found((0.9, 1, LEFT)), truth((0, RIGHT)).tolist()
        )
        assert detections.boxes.dtype == truths.dtype == np.float64
        assert detections.boxes.tolist() == [list(LEFT)]
        assert truths.tolist() == [[0, *RIGHT, 0]]

    def test_padding_has_no_class_to_check(self):
        images = checks.as_judged_images(
            [found(), found((0.9, 0, LEFT))],
            [truth(PADDING), truth()],
            num_classes=1,
        )
        assert [len(rows) for _, rows in images] == [0, 0]

    def test_without_a_number_of_classes_any_class_will_do(self):
        images = [found((0.9, 7, LEFT))], [truth((9, LEFT))]
        assert len(checks.as_judged_images(*images)) == 1
        with pytest.raises(ValueError, match="image 0: detections.*got 7"):
            checks.as_judged_images(*images, num_classes=7)

    @pytest.mark.parametrize(
        "detections, message",
        [
            (found((0.9, 0, LEFT))._replace(scores=[]), "scores"),
            (found((0.9, 0, LEFT))._replace(classes=[0, 1]), "classes"),
            (found((np.inf, 0, LEFT)), "finite"),
            (found((0.9, 0, (1, 0, 0, 1))), "xmax"),
        ],
        ids=["scores missing", "too many classes", "infinite", "inverted"],
    )
    def test_the_image_is_named(self, detections, message):
        good = found((0.9, 0, LEFT))
        with pytest.raises(
            ValueError, match=f"^image 1: detections.*{message}"
        ):
            checks.as_judged_images([good, detections], [truth(), truth()])

    def test_lengths_must_match(self):
        with pytest.raises(
            ValueError, match="one entry per image, got 2 and 1"
        ):
            checks.as_judged_images([found()] * 2, [truth()])


def test_class_names_in_a_set_have_no_order():
    with pytest.raises(ValueError, match="order gives"):
        checks.check_class_names({"cat", "dog"})


class TestLabelsBesideTheImage:
    """As the data reader, which takes no object that cannot be seen."""

    @pytest.mark.parametrize(
        "box",
        [
            (-0.5, 0.1, -0.1, 0.5),
            (-0.5, 0.1, 0, 0.5),
            (0.1, -0.5, 0.5, -0.1),
            (1.1, 0.1, 1.5, 0.5),
            (1, 0.1, 1.5, 0.5),
            (0.1, 1.1, 0.5, 1.5),
        ],
    )
    def test_are_refused(self, box):
        rows = truth((0, LEFT), (0, box))
        with pytest.raises(ValueError, match="^labels must .* into the image"):
            checks.as_labels(rows)
        with pytest.raises(ValueError, match="^image 1: labels must .* into"):
            checks.as_label_batch([rows[:1], rows[1:]])

    @pytest.mark.parametrize(
        "box", [(-0.5, 0, 0.1, 1), (0.9, 0.9, 1.5, 1.5), (1, 0, 1, 1)]
    )
    def test_a_part_or_an_edge_inside_will_do(self, box):
        assert len(checks.as_labels(truth((0, box)))) == 1

    def test_padding_lies_anywhere(self):
        rows = truth((0, LEFT), (-1, (5, 5, 6, 6)))
        assert len(checks.as_labels(rows)) == 2


class TestPillowsImages:
    def test_colors_and_gray(self):
        for mode in "RGB", "L":
            image = Image.new(mode, (4, 2), "white")
            assert (checks.as_image(image) == np.full((2, 4, 3), 255)).all()

    @pytest.mark.parametrize("mode", ["P", "1", "HSV", "YCbCr", "LAB", "CMYK"])
    def test_numbers_that_are_no_colors(self, mode):
        image = Image.new(mode, (4, 2))
        message = rf"^image must .*got {mode}: .*image\.convert\('RGB'\)"
        with pytest.raises(ValueError, match=message):
            checks.as_image(image)


def test_an_image_that_opencv_could_not_read():
    with pytest.raises(
        ValueError, match="^image must .*got None, .*read_image"
    ):
        checks.as_image(None)
