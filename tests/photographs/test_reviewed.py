"""What was seen in false alarms on BCCD's test images."""

import numpy as np

from d2l_ssd.photographs import load_labels
from d2l_ssd.photographs.labels import CLASSES
from d2l_ssd.photographs.reviewed import (
    add_unlabeled,
    count_reviewed,
    load_reviewed,
)

REVIEWED = load_reviewed()
NAME = next(iter(REVIEWED))
SOME = REVIEWED[NAME]
EMPTY = np.zeros((0, 6), dtype=np.float32)


def test_all_are_of_test_images():
    tests = {row.name for row in load_labels() if row.split == "test"}
    assert REVIEWED.keys() <= tests
    for boxes, classes, is_cell in REVIEWED.values():
        assert len(boxes) == len(classes) == len(is_cell) > 0
        assert set(classes) <= set(CLASSES)
        assert (boxes >= 0).all() and (boxes <= 1).all()
        assert (boxes[:, 2:] > boxes[:, :2]).all()


def test_unlabeled_cells_are_difficult():
    labels = np.float32([[1, 0.1, 0.1, 0.2, 0.2, 0]])
    added = add_unlabeled(labels, NAME, CLASSES)
    cells = SOME.is_cell.sum()
    assert added.shape == (1 + cells, 6) and added.dtype == np.float32
    np.testing.assert_array_equal(added[0], labels[0])
    assert (added[1:, 5] == 1).all()
    np.testing.assert_array_equal(added[1:, 1:5], SOME.boxes[SOME.is_cell])


def test_classes_in_another_order():
    added = add_unlabeled(EMPTY, NAME, CLASSES[::-1])
    expected = [
        CLASSES[::-1].index(name)
        for name in np.array(SOME.classes)[SOME.is_cell]
    ]
    assert added[:, 0].tolist() == expected


def test_image_that_nobody_looked_at():
    labels = np.float32([[1, 0.1, 0.1, 0.2, 0.2, 0]])
    assert add_unlabeled(labels, "elsewhere", CLASSES) is labels
    assert count_reviewed(labels[:, 1:5], "elsewhere") == (0, 0, 1)


def test_counts_by_what_was_seen():
    elsewhere = np.float32([[0, 0, 0.001, 0.001]])
    moved = SOME.boxes + 0.004  # another network's boxes are a little off
    cells = int(SOME.is_cell.sum())
    none = len(SOME.boxes) - cells
    boxes = np.concatenate([moved, elsewhere])
    assert count_reviewed(boxes, NAME) == (cells, none, 1)
    assert count_reviewed(boxes[:0], NAME) == (0, 0, 0)


def test_some_show_no_cell():
    seen = np.concatenate([one.is_cell for one in REVIEWED.values()])
    assert 0 < (~seen).sum() < seen.sum()
