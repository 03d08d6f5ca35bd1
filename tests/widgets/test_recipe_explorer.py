"""RecipeExplorer: which row of an ablation its switches mean."""

import json

import pytest
from helpers.recipes import PARTS, make_table

from d2l_ssd.widgets import RecipeExplorer


@pytest.fixture
def explorer():
    return RecipeExplorer(make_table())


def test_starts_without_the_part_that_is_missed_least(explorer):
    # The last but one of the way has the same parts as "without average"
    assert explorer.row["name"] == "warm-up"
    assert explorer.row["parts"] == list(PARTS)[:-1]
    assert not explorer.value["on_5"] and explorer.value["on_0"]


def test_says_in_the_picture_what_is_missing(explorer):
    ax = explorer.draw_static().axes[0]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["without average", "the full recipe"]


@pytest.mark.parametrize("name", ["naive", "relu", "full", "without classes"])
def test_starts_at_a_row(name):
    explorer = RecipeExplorer(make_table(), row=name)
    assert explorer.row["name"] == name


def test_starts_at_a_replacement():
    explorer = RecipeExplorer(make_table(), row="sgd")
    assert explorer.controls["instead"].options[2] == "SGD"
    assert explorer.value["instead"] == 2
    assert explorer.row["name"] == "sgd"


def test_switches_choose_a_row(explorer):
    explorer.view.on_5 = True
    assert explorer.row["name"] == "full"
    explorer.view.on_3 = False
    assert explorer.row["name"] == "without anchors"
    explorer.view.on_0 = False  # two parts are off: nobody has trained that
    assert explorer.row is None


def test_a_replacement_was_measured_with_all_parts_only(explorer):
    explorer.view.instead = 1
    assert explorer.row is None
    explorer.view.on_5 = True
    assert explorer.row["name"] == "pooling"


def test_each_switch_says_what_its_part_is(explorer):
    control = explorer.controls["on_3"]
    assert control.description == "anchors"
    assert control.tooltip == "anchors that fit the objects"


def test_a_whole_ablation_is_small():
    parts = {f"part {k}": "what this part says of itself" for k in range(20)}
    view = RecipeExplorer(make_table(parts=parts)).view
    assert len(view.rows) == 43
    assert len(json.dumps([view.rows, view.parts])) < 60_000


def test_losses_that_are_no_numbers_are_gaps():
    table = make_table()
    curve = table["rows"][0]["runs"][1]["curve"]
    curve["class_loss"][3:6] = [float("nan"), float("inf"), None]
    curve["class_loss"][6] = 1.23456
    explorer = RecipeExplorer(table, row="naive")
    losses = explorer.view.rows[0]["class_loss"][1]
    assert losses[3:7] == [None, None, None, 1.23]
    json.dumps(explorer.view.rows, allow_nan=False)
    assert explorer.static_picture().startswith(b"\x89PNG")


def test_rows_that_are_not_trained_yet_are_left_out():
    table = make_table()
    table["rows"][2]["runs"] = []
    view = RecipeExplorer(table).view
    assert "classes" not in [row["name"] for row in view.rows]


def test_longer_trainings_are_left_out():
    table = make_table()
    longer = {**table["rows"][-1], "name": "full-longer", "kind": "longer"}
    table["rows"].append(longer)
    rows = RecipeExplorer(table).view.rows
    assert "full-longer" not in [row["name"] for row in rows]


def test_rejects_a_table_without_the_full_recipe():
    table = make_table()
    table["rows"] = [row for row in table["rows"] if row["name"] != "full"]
    with pytest.raises(ValueError, match=r"benchmarks\.ablation\.ablation"):
        RecipeExplorer(table)


def test_rejects_an_unknown_row():
    with pytest.raises(ValueError, match="got 'nave'"):
        RecipeExplorer(make_table(), row="nave")
