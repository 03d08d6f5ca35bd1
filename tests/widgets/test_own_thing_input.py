"""What the widget that is taught one thing takes from Python, and what it refuses."""

import math

import numpy as np
import pytest

from d2l_ssd.widgets import OwnThing
from d2l_ssd.widgets.own_thing_input import MAX_PICTURES, SETTINGS

BOX = [0.25, 0.5, 0.5, 0.75]


def plain(height=30, width=40):
    return np.full((height, width, 3), (200, 100, 50), np.uint8)


class TestWrongInput:
    @pytest.mark.parametrize(
        ("picture", "sentence"),
        [
            (plain(), "pictures must be pairs"),
            ((plain(),), "pictures must be pairs"),
            ((plain().astype(float) / 255, []), "image must be uint8"),
            ((plain()[..., :2], []), "image must have shape"),
            ((np.zeros((9, 9, 4), np.uint8), []), r"alpha with \[..., :3\]"),
            ((plain()[:0], []), "empty image"),
            (
                (plain(), BOX),
                r"boxes must have shape \(M, 4\).*a single box is",
            ),
            ((plain(), [[0, *BOX], [1, 2]]), "boxes must"),
            ((plain(), [[-1, *BOX]]), "class -1.*the first class is 0"),
            ((plain(), [[3, *BOX]]), "labels must have classes 0 to 0"),
            ((plain(), [[40, 10, 80, 20]]), "fractions"),
            ((plain(), [[0.5, 0.5, 0.4, 0.6]]), "xmin"),
            ((plain(), [[0.5, 0.5, 0.5, 0.6]]), "area"),
            ((plain(), [[math.nan] * 4]), "finite"),
        ],
        ids=[
            "an image alone",
            "a tuple of one",
            "floats",
            "two colors",
            "alpha",
            "no pixel",
            "one box as a row",
            "ragged rows",
            "padding with a box",
            "unknown class",
            "pixels",
            "corners exchanged",
            "no area",
            "not a number",
        ],
    )
    def test_says_which_picture(self, picture, sentence):
        fine = plain(), [BOX]
        with pytest.raises(ValueError, match=rf"^picture 1: .*{sentence}"):
            OwnThing([fine, picture])

    def test_too_many_pictures(self):
        one = plain(4, 4), []
        OwnThing([one] * MAX_PICTURES)
        with pytest.raises(ValueError, match="at most 60 pictures, got 61"):
            OwnThing([one] * (MAX_PICTURES + 1))

    @pytest.mark.parametrize(
        ("classes", "sentence"),
        [
            ("mug", "must be a list of names"),
            ([], "must be a list of names"),
            (["mug", "mug"], "must not repeat"),
            ([*"abcd"], "must have 1 to 3 names, got 4"),
            (["mug", " "], "must not have an empty name"),
            (None, "must be a list of names, got None"),
            (iter(["mug"]), "must be a list of names"),
            ([1, 2], "must be names, got 1"),
        ],
        ids="text none twice four empty None iterator numbers".split(),
    )
    def test_names(self, classes, sentence):
        with pytest.raises(ValueError, match=sentence):
            OwnThing(classes=classes)

    @pytest.mark.parametrize(
        "pictures",
        [np.zeros((2, 8, 8, 3), np.uint8), 3, iter([]), "mug.jpg", {}],
        ids=["array", "number", "iterator", "text", "dict"],
    )
    def test_no_list_of_pictures(self, pictures):
        with pytest.raises(ValueError, match="list of pairs .*, got "):
            OwnThing(pictures)

    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            ({"augments": False}, "unknown setting 'augments'"),
            ([1], "settings must be a dict"),
            ({"lr": "fast"}, "lr must be a number from .* got 'fast'"),
            ({"lr": -1}, "lr must be a number"),
            ({"lr": True}, "lr must be a number"),
            ({"seed": 1.5}, "seed must be a whole number"),
            ({"augment": "no"}, "augment must be True or False, got 'no'"),
            ({"flip": 1}, "flip must be True or False"),
            ({"neg": "some"}, 'neg must be a number .*or "all"'),
            ({"appear": 0.4, "stay": 0.5}, "stay must be at most appear, 0.4"),
            ({"nms": math.nan}, "finite"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_settings(self, settings, sentence):
        with pytest.raises(ValueError, match=sentence):
            OwnThing(settings=settings)

    def test_a_setting_of_later(self):
        widget = OwnThing()
        with pytest.raises(ValueError, match="lr must be a number"):
            widget.settings = {"lr": "fast"}

    def test_every_switch_and_number_can_be_set(self):
        given = dict.fromkeys("augment paste flip small force".split(), False)
        given |= {"seed": 0, "minneg": 8, "neg": 2, "iou": 0.4, "nms": 0.3}
        given |= {"appear": 0.9, "stay": 0.9, "loc": 1, "lr": 0.003}
        assert given.keys() == SETTINGS
        assert OwnThing(settings=given).settings == given
