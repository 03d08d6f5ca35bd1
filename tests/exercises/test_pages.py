"""The smallest scene as HTML and SVG."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from d2l_ssd.exercises import EXERCISES, check
from d2l_ssd.exercises.drawing import draw, frame_of
from d2l_ssd.exercises.marks import box, dot, line


def verdict_of(name):
    """Check the exercise's first known mistake."""
    return check(name, next(iter(EXERCISES[name].mistakes.values())))


def page_of(name):
    return verdict_of(name)._repr_html_()


class Tags(HTMLParser):
    """Collects the tags that are open, and fails where they do not nest."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("rect", "circle", "polyline"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_has_a_page(name):
    verdict = verdict_of(name)
    page = verdict._repr_html_()
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert page.count("<figure>") == 2
    for text in ("Expected", "Your answer", "This scene as Python", name):
        assert text in page
    drawings = re.findall("<svg.*?</svg>", page)
    answers = 1 + (verdict.failure.result is not None)
    assert len(drawings) == (answers if EXERCISES[name].draw else 0)
    for drawing in drawings:
        assert ElementTree.fromstring(drawing).get("aria-label")


def test_right_answer_is_one_line():
    page = check("nms", EXERCISES["nms"].answer)._repr_html_()
    assert page.count("<p>") == 1 and "Well done" in page


def test_wrong_numbers_stand_out():
    page = page_of("encode_offsets")
    expected, own = page.split("<figcaption>Your answer")
    assert "class=wrong" not in expected
    assert "class=wrong" in own


def test_only_surplus_rows_stand_out():
    page = check("nms", lambda b, s, t: np.argsort(-s))._repr_html_()
    own = page.split("<figcaption>Your answer")[1]
    assert own.count("<td>") >= 1 and own.count("class=wrong") == 1


def test_text_of_an_error_is_escaped():
    def mine(boxes):
        raise ValueError("<script>alert(1)</script>")

    page = check("clip_boxes", mine)._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_colors_follow_the_page():
    page = page_of("match_anchors")
    assert "html[data-theme=dark]" in page and "currentColor" in page
    drawing = re.findall("<svg.*?</svg>", page)[0]
    assert "#" not in drawing, "a fixed color is not for light and dark"


class TestDrawing:
    def test_frame_holds_what_lies_outside(self):
        assert frame_of([box([-0.5, 0, 1, 1])]).tolist() == [-0.5, 0, 1.5]
        assert frame_of([]).tolist() == [0, 0, 1]

    def test_far_away_does_not_shrink_the_image_to_nothing(self):
        assert frame_of([box([0, 0, 900, 900])])[2] <= 3

    def test_equal_boxes_do_not_hide_each_other(self):
        marks = [box([0, 0, 1, 1]), box([0, 0, 1, 1])]
        drawing = ElementTree.fromstring(
            draw(marks, np.array([0, 0, 1]), "two")
        )
        widths = [float(rect.get("width")) for rect in drawing.iter("rect")]
        assert widths == [240, 240, 232]

    def test_labels_do_not_lie_on_each_other(self):
        marks = [box([0, 0, 1, 1], "one"), box([0, 0, 1, 1], "two")]
        drawing = ElementTree.fromstring(
            draw(marks, np.array([0, 0, 1]), "two")
        )
        heights = [float(text.get("y")) for text in drawing.iter("text")]
        assert abs(heights[0] - heights[1]) >= 16

    def test_all_kinds(self):
        marks = [
            dot([0.5, 0.5], "a"),
            line([[0, 0], [1, 1]]),
            box([0, 0, 0, 0]),
        ]
        drawing = draw(marks, np.array([0, 0, 1]), "three")
        assert drawing.count("<circle") == 2 and "<polyline" in drawing
