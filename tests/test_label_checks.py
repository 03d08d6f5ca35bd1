"""What is asked of any data set before a training, whatever its framework."""

import numpy as np
import pytest
from helpers.torch_runs import Images

from d2l_ssd.label_checks import check_names, read_labels

IMAGE = np.zeros((20, 40, 3), np.uint8)
ROW = [0, 0.25, 0.25, 0.5, 0.75, 0]


def set_of(*items, ids=None, classes=("cat",)):
    """Return a data set in memory."""
    return Images(
        items, ids or [f"view {i}" for i in range(len(items))], classes
    )


class TestReadLabels:
    @pytest.mark.parametrize(
        "nothing", [[], np.zeros((0, 6)), np.zeros((0, 5))]
    )
    def test_an_image_without_objects_has_no_rows(self, nothing):
        labels = read_labels(set_of((IMAGE, [ROW]), (IMAGE, nothing)))
        assert [len(rows) for rows in labels.values()] == [1, 0]
        assert [int(rows[:, 0].sum()) for rows in labels.values()] == [0, 0]

    @pytest.mark.parametrize(
        "item, message",
        [
            (
                (IMAGE, [ROW], {"id": 7}),
                r"pairs \(image, labels\), got a tuple of 3",
            ),
            (IMAGE, r"pairs \(image, labels\), got ndarray"),
            ((IMAGE / 255.0, [ROW]), "image must be uint8 from 0 to 255"),
            ((IMAGE.transpose(2, 0, 1), [ROW]), "colors first: move"),
            ((None, [ROW]), r"image must have shape \(H, W, 3\)"),
            ((IMAGE, {"boxes": [ROW[1:5]], "labels": [1]}), "labels must be"),
            ((IMAGE, [ROW[1:5]]), r"labels must have shape \(M, 5 or 6\)"),
        ],
        ids=[
            "three things",
            "an image alone",
            "floats",
            "colors first",
            "no image",
            "a dict",
            "boxes alone",
        ],
    )
    def test_bad_items_are_named(self, item, message):
        with pytest.raises(ValueError, match=f"^image 'view 1': .*{message}"):
            read_labels(set_of((IMAGE, [ROW]), item))


class TestNames:
    @pytest.mark.parametrize("classes", ["cat", {"cat", "dog"}, ("cat", "cat")])
    def test_classes_are_different_names_in_order(self, classes):
        with pytest.raises(ValueError, match="^train_set: classes must"):
            check_names("train_set", set_of((IMAGE, [ROW]), classes=classes))

    def test_every_image_has_a_name(self):
        dataset = set_of((IMAGE, [ROW]), (IMAGE, [ROW]), ids=["one"])
        with pytest.raises(ValueError, match="^val_set .*got 1 for 2 images"):
            check_names("val_set", dataset)

    def test_names_are_not_needed(self):
        check_names("train_iter", [(IMAGE, [ROW])])
