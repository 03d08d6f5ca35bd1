"""The playground's widget: what Python gives to the page."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from ipywidgets.embed import dependency_state, embed_data

from d2l_ssd.widgets import Playground
from d2l_ssd.widgets.base import BUNDLES
from d2l_ssd.widgets.playground import SETTINGS, SHOWN

ENGINE = BUNDLES.parent / "engine"
BOOK = Path(__file__).resolve().parents[2] / "book"


def state_of(widget):
    """Return the widget's state as a stored page has it."""
    state = dependency_state([widget], drop_defaults=False)
    data = embed_data([widget], drop_defaults=False, state=state)
    return data["manager_state"]["state"][widget.model_id]["state"]


class TestPlayground:
    def test_settings_travel_to_the_page(self):
        widget = Playground({"iou": 0.7, "force": False})
        state = state_of(widget)
        assert state["settings"] == {"iou": 0.7, "force": False}
        assert state["compact"] is False
        assert state["history"] == [] and state["found"] == []

    @pytest.mark.parametrize("value", [math.inf, "all"])
    def test_all_negatives_can_be_written_as_json(self, value):
        state = state_of(Playground({"neg": value}))
        text = json.dumps(state["settings"], allow_nan=False)
        assert json.loads(text) == {"neg": "all"}

    def test_the_caller_keeps_its_settings(self):
        settings = {"neg": math.inf}
        Playground(settings).settings = {"iou": 0.6}
        assert settings == {"neg": math.inf}

    @pytest.mark.parametrize("name", ["learning_rate", "_esm", ""])
    def test_an_unknown_setting_is_refused(self, name):
        with pytest.raises(ValueError, match=f"unknown setting {name!r}"):
            Playground({name: 1})

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_a_number_that_is_not_finite_is_refused(self, value):
        with pytest.raises(ValueError, match="lr must be finite, got"):
            Playground({"lr": value})

    def test_numpy_values_can_be_written_as_json(self):
        given = {"seed": np.int64(3), "maps": np.array([12, 6])}
        text = json.dumps(state_of(Playground(given))["settings"])
        assert json.loads(text) == {"seed": 3, "maps": [12, 6]}

    def test_the_small_form(self):
        assert state_of(Playground(compact=True))["compact"] is True

    def test_the_bundle_holds_the_kernels_and_no_import(self):
        code = state_of(Playground())["_esm"]
        assert "AGFzbQ" in code  # WebAssembly's first bytes in base64
        assert "import " not in code.split("export")[-1]

    def test_detections_come_back_as_detections(self):
        widget = Playground()
        widget.found = [
            {"boxes": [0, 0, 0.5, 0.5], "scores": [0.9], "classes": [2]},
            {"boxes": [], "scores": [], "classes": []},
        ]
        first, second = widget.detections
        assert first.boxes.shape == (1, 4) and first.classes.tolist() == [2]
        assert second.boxes.shape == (0, 4)


class TestStaticPicture:
    def test_it_shows_the_scenes_of_the_page(self):
        figure = Playground().draw_static()
        assert len(figure.axes) == 3
        for ax in figure.axes:
            assert ax.images[0].get_array().shape == (48, 48, 3)
            assert len(ax.patches) >= 3

    def test_it_is_small(self):
        assert 1_000 < len(Playground().static_picture()) < 60_000


class TestSources:
    """Python and JavaScript say the same."""

    def test_settings(self):
        source = (ENGINE / "settings.js").read_text()
        keys = set(re.findall(r'^    key: "(\w+)"', source, re.M))
        assert keys | {"bug"} == SETTINGS

    def test_scenes_shown(self):
        source = (ENGINE / "session.js").read_text()
        shown = re.search(r"SHOWN = \[(.*)\]", source)[1]
        assert tuple(map(int, shown.split(", "))) == SHOWN


def test_missions_lead_to_chapters():
    text = (BOOK / "_static" / "playground_missions.json").read_text()
    for mission in json.loads(text)["missions"]:
        name = mission["topic"].replace(" ", "_")
        assert (BOOK / f"{name}.ipynb").exists(), mission["id"]
