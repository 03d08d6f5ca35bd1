"""The widget that is taught one thing: what Python gives to the page, and gets."""

import io
import json
import math
import re

import numpy as np
import pytest
from ipywidgets.embed import dependency_state, embed_data
from PIL import Image

from d2l_ssd.widgets import OwnThing
from d2l_ssd.widgets.base import BUNDLES
from d2l_ssd.widgets.own_thing import LONGEST_SIDE
from d2l_ssd.widgets.own_thing_input import (
    MAX_CLASSES,
    MAX_PICTURES,
    SETTINGS,
)

STATIC = BUNDLES.parent
BOX = [0.25, 0.5, 0.5, 0.75]


def state_of(widget):
    """Return the widget's state as a stored page has it."""
    state = dependency_state([widget], drop_defaults=False)
    data = embed_data([widget], drop_defaults=False, state=state)
    return data["manager_state"]["state"][widget.model_id]["state"]


def plain(height=30, width=40, color=(200, 100, 50)):
    return np.full((height, width, 3), color, np.uint8)


def floats(data):
    return np.frombuffer(data, "<f4").tolist()


class TestPictures:
    def test_without_pictures_the_page_begins_empty(self):
        state = state_of(OwnThing())
        for name in "pictures", "truths", "difficult", "labels", "history":
            assert state[name] == [], name
        assert state["classes"] == ["thing"] and state["settings"] == {}

    def test_pixels_travel_as_jpeg(self):
        [jpeg] = OwnThing([(plain(), [BOX])]).pictures
        picture = Image.open(io.BytesIO(jpeg))
        assert picture.format == "JPEG" and picture.size == (40, 30)
        sent = np.asarray(picture, int)
        assert np.abs(sent - plain()).max() <= 3

    @pytest.mark.parametrize(
        ("shape", "size"),
        [
            ((10, LONGEST_SIDE), (LONGEST_SIDE, 10)),
            ((4 * LONGEST_SIDE, 64), (16, LONGEST_SIDE)),
            ((1, 2 * LONGEST_SIDE), (LONGEST_SIDE, 1)),
        ],
        ids=["as large as can be", "large", "thin"],
    )
    def test_large_pictures_are_sent_smaller(self, shape, size):
        [jpeg] = OwnThing([(plain(*shape), [])]).pictures
        assert Image.open(io.BytesIO(jpeg)).size == size

    def test_gray_images_are_taken(self):
        [jpeg] = OwnThing([(np.zeros((8, 8), np.uint8), [])]).pictures
        assert Image.open(io.BytesIO(jpeg)).mode == "RGB"

    @pytest.mark.parametrize(
        ("truth", "rows", "difficult"),
        [
            ([BOX], [0, *BOX], [0]),
            ([[1, *BOX]], [1, *BOX], [0]),
            ([[1, *BOX, 1]], [1, *BOX], [1]),
            ([[1, *BOX, 0], [-1] * 6], [1, *BOX], [0]),
            ([[-0.5, 0.5, 0.5, 1.25]], [0, 0, 0.5, 0.5, 1], [0]),
            ([], [], []),
            (np.zeros((0, 4)), [], []),
        ],
        ids=[
            "boxes",
            "labels",
            "difficult",
            "padding",
            "over the border",
            "nothing",
            "no boxes",
        ],
    )
    def test_boxes_and_labels(self, truth, rows, difficult):
        widget = OwnThing([(plain(), truth)], ["mug", "pen"])
        assert floats(widget.truths[0]) == rows
        assert floats(widget.difficult[0]) == difficult

    def test_the_caller_keeps_its_labels(self):
        labels = np.array([[0, -0.5, 0.5, 0.5, 1.25, 0]])
        before = labels.copy()
        OwnThing([(plain(), labels)])
        assert (labels == before).all()

    def test_labels_may_be_a_tensor(self):
        torch = pytest.importorskip("torch")
        widget = OwnThing([(plain(), torch.tensor([BOX]))])
        assert floats(widget.truths[0]) == [0, *BOX]


class TestSettings:
    def test_they_travel_to_the_page(self):
        given = {"augment": False, "neg": math.inf, "seed": np.int64(3)}
        settings = state_of(OwnThing(settings=given))["settings"]
        assert json.loads(json.dumps(settings, allow_nan=False)) == {
            "augment": False,
            "neg": "all",
            "seed": 3,
        }

    def test_the_caller_keeps_its_settings(self):
        settings = {"augment": False}
        OwnThing(settings=settings).settings = {"paste": False}
        assert settings == {"augment": False}


class TestWhatComesBack:
    def test_labels_as_the_package_has_them(self):
        widget = OwnThing()
        widget.labels = [
            {
                "name": "photo 1",
                "classes": [1, 0],
                "boxes": [*BOX, 0, 0, 1, 1],
                "difficult": [0, 1],
                "kept_back": False,
            },
            {"name": "2", "classes": [], "boxes": [], "difficult": []},
        ]
        truth = widget.ground_truth
        assert list(truth) == ["photo 1", "2"]
        assert truth["photo 1"].tolist() == [[1, *BOX, 0], [0, 0, 0, 1, 1, 1]]
        assert truth["2"].shape == (0, 6)
        assert {rows.dtype for rows in truth.values()} == {np.dtype("f4")}

    def test_no_picture_is_lost_where_a_name_comes_twice(self):
        widget = OwnThing()
        one = {"name": "camera-1", "classes": [], "boxes": [], "difficult": []}
        widget.labels = [one] * 3
        names = [*widget.ground_truth]
        assert names == ["camera-1", "camera-1 (2)", "camera-1 (3)"]

    def test_pixels_of_the_page_have_no_way_back(self):
        """Who reads them on the page may be on another machine than the kernel."""
        source = "".join(
            path.read_text() for path in sorted(STATIC.glob("own/*.js"))
        )
        written = set(re.findall(r"\.set\(\s*[\"'](\w+)[\"']", source))
        assert written and "pictures" not in written
        assert written <= {*OwnThing.class_trait_names(sync=True)}


class TestStaticPicture:
    def test_it_shows_the_pictures_with_their_boxes(self):
        pictures = [(plain(), [BOX, [0, 0, 1, 1]]), (plain(20, 20), [])]
        figure = OwnThing(pictures).draw_static()
        assert [len(ax.patches) for ax in figure.axes] == [2, 0]
        assert figure.axes[1].images[0].get_array().shape == (20, 20, 3)

    def test_it_shows_a_few_of_many(self):
        figure = OwnThing([(plain(), [])] * 9).draw_static()
        assert len(figure.axes) == 4

    def test_without_pictures_it_shows_a_mug_in_its_boxes(self):
        figure = OwnThing().draw_static()
        assert len(figure.axes) == 3
        for ax in figure.axes:
            box = ax.patches[-1]
            assert box.get_linestyle() == "--"
            (left, low), (right, high) = box.get_bbox().get_points()
            assert 0 <= left < right <= 1 and 0 <= low < high <= 1

    def test_it_is_small(self):
        assert 1_000 < len(OwnThing().static_picture()) < 40_000


class TestSources:
    """Python and JavaScript say the same."""

    def test_settings(self):
        source = (STATIC / "own_engine" / "settings.js").read_text()
        keys = set(re.findall(r'^    key: "(\w+)"', source, re.M))
        assert keys == SETTINGS

    def test_most_pictures_and_things(self):
        source = "".join(
            path.read_text() for path in sorted(STATIC.glob("own*/*.js"))
        )
        for value, name in (
            (MAX_PICTURES, "MAX_PICTURES"),
            (MAX_CLASSES, "MAX_CLASSES"),
            (LONGEST_SIDE, "LONGEST_SIDE"),
        ):
            said = re.findall(rf"const {name} = (\d+)", source)
            assert said == [str(value)], name
