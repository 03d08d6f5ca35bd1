"""Small pictures: which part of an image they show, and where the boxes are."""

import re

import numpy as np
import pytest
from helpers.bad_voc import encoded

from d2l_ssd.datasets.labeled_folder import Folder, sample_without_objects
from d2l_ssd.images import survey_image
from d2l_ssd.inspection.findings import Finding
from d2l_ssd.inspection.pictures import Picture
from d2l_ssd.inspection.thumbnails import draw_finding

WIDTH, HEIGHT = 400, 200


def draw(tmp_path, box, rows=(0,)):
    """Draw a finding on one box in pixels; return the SVG and its view."""
    path = tmp_path / "x.png"
    path.write_bytes(encoded(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))
    boxes = np.array([box]) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
    sample = sample_without_objects("x", path, path)
    sample = sample._replace(classes=np.array([0]), boxes=boxes)
    folder = Folder("voc", tmp_path, ("cat",), {"x": sample}, {})
    picture = Picture(survey_image(path, 64)[0], None)
    svg = draw_finding(
        Finding("k", "t", path, "x", rows), folder, {"x": picture}
    )
    view = re.search(r'viewBox="([^"]+)"', svg)[1]
    return svg, [float(number) for number in view.split()]


class TestView:
    def test_whole_image_without_an_object(self, tmp_path):
        svg, view = draw(tmp_path, [10, 10, 40, 40], rows=())
        assert view == [0, 0, WIDTH, HEIGHT]
        assert 'class="box" x="10.0" y="10.0" width="30.0"' in svg

    def test_a_quarter_around_a_small_object(self, tmp_path):
        _, view = draw(tmp_path, [200, 100, 202, 102])
        assert view == [151, 76, 100, 50]

    def test_never_beyond_the_image(self, tmp_path):
        _, view = draw(tmp_path, [396, 0, 400, 4])
        assert view == [300, 0, 100, 50]

    def test_but_where_a_box_is(self, tmp_path):
        svg, view = draw(tmp_path, [350, 50, 450, 150])
        assert view == [0, 0, 450, 200]
        assert 'x="350.0" y="50.0" width="100.0" height="100.0"' in svg

    def test_on_the_other_sides_too(self, tmp_path):
        _, view = draw(tmp_path, [-50, -20, 50, 150])
        assert view == [-50, -20, 450, 220]

    def test_far_outside_it_ends(self, tmp_path):
        _, view = draw(tmp_path, [350, 50, 9000, 150])
        assert view == [0, 0, 600, 200]

    def test_inverted_boxes_are_drawn(self, tmp_path):
        svg, _ = draw(tmp_path, [50, 10, 20, 40])
        assert 'class="odd" x="20.0" y="10.0" width="30.0"' in svg

    def test_what_is_no_number_is_not(self, tmp_path):
        svg, view = draw(tmp_path, [np.nan, 10, 20, 40])
        assert view == [0, 0, WIDTH, HEIGHT] and "odd" not in svg


@pytest.mark.parametrize(
    "finding", [Finding("k", "t"), Finding("k", "t", id="y")]
)
def test_no_picture_without_an_image(tmp_path, finding):
    assert draw_finding(finding, Folder("voc", tmp_path, (), {}, {}), {}) == ""
