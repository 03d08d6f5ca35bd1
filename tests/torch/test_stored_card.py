"""The tables of the stored weights' card."""

import numpy as np
import pytest

from d2l_ssd.detections import Detections
from d2l_ssd.torch import evaluation_table, judge
from d2l_ssd.torch.stored_card import Found, best_score, set_tables

CLASSES = "cat", "dog"


def boxes_of(*corners):
    """Rows of class 0 from (xmin, ymin, side), and detections that are sure."""
    boxes = np.array([(x, y, x + s, y + s) for x, y, s in corners], np.float32)
    labels = np.zeros((len(boxes), 6), np.float32)
    labels[:, 1:5] = boxes
    scores = np.linspace(0.9, 0.5, len(boxes)).astype(np.float32)
    return labels, Detections(boxes, scores, np.zeros(len(boxes), int))


def test_table_has_a_row_for_every_class():
    labels, found = boxes_of((0, 0, 0.5), (0.5, 0.5, 0.4))
    labels[1, 0] = found.classes[1] = 1
    rows = evaluation_table(judge([found], [labels], 2), CLASSES).splitlines()
    names = [row.split("|")[1].strip() for row in rows[2:]]
    assert names == ["cat", "dog", "mean"]
    assert [int(row.split("|")[4]) for row in rows[2:]] == [1, 1, 2]


def test_a_class_without_objects_has_a_dash(recwarn):
    labels = [np.array([[0, 0.1, 0.1, 0.5, 0.5, 0]])]
    found = [Detections(labels[0][:, 1:5], np.ones(1), np.zeros(1, int))]
    table = evaluation_table(judge(found, labels, 2), CLASSES)
    assert "| cat | 1.000 | 1.000 | 1 |" in table
    assert "| dog | – | – | 0 |" in table
    assert "| mean | 1.000 | 1.000 | 1 |" in table
    assert table.endswith("No object here counts as dog.")
    table = evaluation_table(judge([], [], 2), CLASSES)
    assert "| mean | – | – | 0 |" in table and not recwarn.list


class TestSet:
    @pytest.fixture
    def found(self):
        """A small object that is found, and a large one that only voting finds."""
        labels, all_found = boxes_of((0, 0, 0.1), (0.3, 0.3, 0.6))
        first = Detections(*(part[:1] for part in all_found))
        return Found([first], [all_found], [labels], [(200, 200)])

    def test_areas_are_apart(self, found):
        table = set_tables(found, ["cat"], "test")
        assert "| NMS | 1.000 | – | 0.000 |" in table
        assert "| voting | 1.000 | – | 1.000 |" in table
        assert "| number of objects | 1 | 0 | 1 |" in table

    def test_says_what_voting_is_worth(self, found):
        table = set_tables(found, ["cat"], "test", ", at night")
        assert "On 1 test images, at night:" in table
        assert "(`vote_iou=0.7`) the means are 1.000 and 1.000.\n" in table


class TestBestScore:
    def test_leaves_out_what_is_false(self):
        labels, found = boxes_of((0, 0, 0.2), (0.4, 0.4, 0.3), (0.7, 0, 0.2))
        score, f1 = best_score(judge([found], [labels[:2]], 1), 0)
        assert (score, f1) == (pytest.approx(0.7), pytest.approx(1))

    def test_nothing_found(self):
        labels, found = boxes_of((0, 0, 0.2))
        evaluation = judge([found], [labels], 2)
        assert np.isnan(best_score(evaluation, 1)).all()
