import numpy as np
import pytest

from d2l_ssd.datasets.bad_boxes import find_bad_boxes

TINY = 1e-9  # too small for the float32 of labels


@pytest.mark.parametrize(
    "box, kind",
    [
        ((0, 0, 1, 1), None),
        ((-0.01, 0, 1.01, 1), None),
        ((-0.02, 0, 1, 1), "outside box"),
        ((0, 0, 1, 1.02), "outside box"),
        ((0.5, 0.5, 0.4, 0.6), "inverted box"),
        ((0.5, 0.5, 0.6, 0.4), "inverted box"),
        ((0.5, 0.5, 0.5, 0.6), "empty box"),
        ((0.5, 0.5, 0.5 + TINY, 0.6), "empty box"),
        ((-0.01, 0, -0.005, 1), "empty box"),
        ((1.5, 0.5, 1.5, 0.6), "empty box"),
        ((1.5, 0.5, 1.6, 0.6), "outside box"),
        ((np.nan,) * 4, None),
    ],
)
def test_kinds(box, kind):
    boxes = np.array([(0.1, 0.1, 0.2, 0.2), box])
    bad = find_bad_boxes(boxes, 0.01, ["first", "second"])
    assert {n: problem.kind for n, problem in bad.items()} == (
        {1: kind} if kind else {}
    )
    assert all(problem.text.startswith("second ") for problem in bad.values())


def test_no_boxes():
    assert find_bad_boxes(np.zeros((0, 4)), 0.01, []) == {}
