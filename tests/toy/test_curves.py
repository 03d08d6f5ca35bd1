"""Outlines, where a drawing is easy to predict."""

import numpy as np

from d2l_ssd.toy.curves import curve, mirror, oval, stroke

SQUARE = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])


def test_curve_goes_through_its_control_points():
    closed = curve(SQUARE)
    assert len(closed) == 5 * len(SQUARE)
    np.testing.assert_allclose(closed[::5], SQUARE, atol=1e-12)


def test_open_curve_ends_at_its_last_point():
    line = curve(SQUARE, closed=False)
    assert len(line) == 5 * (len(SQUARE) - 1) + 1
    np.testing.assert_allclose(line[::5], SQUARE, atol=1e-12)


def test_mirror_doubles_no_point_of_the_axis():
    outline = mirror([(0, -1), (1, 0), (0, 1)])
    assert outline.tolist() == [[0, -1], [1, 0], [0, 1], [-1, 0]]


def test_turned_oval():
    outline = oval(3, 4, 2, 1, angle=np.pi / 2)
    low, high = outline.min(axis=0), outline.max(axis=0)
    np.testing.assert_allclose([low, high], [(2, 2), (4, 6)])


def test_stroke_is_as_wide_as_told():
    outline = stroke([(0, 0), (5, 0), (10, 0)], 0.5)
    low, high = outline.min(axis=0), outline.max(axis=0)
    np.testing.assert_allclose([low[1], high[1]], [-0.5, 0.5])
    assert -0.5 <= low[0] < -0.4 and 10.4 < high[0] <= 10.5
