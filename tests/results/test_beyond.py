"""The table of what came after SSD."""

import json

import numpy as np
import pytest

from d2l_ssd.results.beyond import (
    beyond_markdown,
    costs_markdown,
    nms_markdown,
    read_beyond_table,
    tuning_markdown,
)


def run(seed, ap):
    """What a training leaves, with numbers that can be told apart."""
    sizes = {"ap_small": 0.1, "ap_medium": 0.2, "ap_large": 0.3}
    ways = {
        "with_nms": {"ap50": 0.9, "ap": ap, "boxes": 5, "milliseconds": 2.0},
        "without_nms": {"ap50": 0.4, "ap": 0.3, "boxes": 70, "milliseconds": 1},
    }
    scores = {"ap50": 0.9, "ap": ap, "network_ms": 0.5, "seconds": 12.0}
    return {"seed": seed, **scores, **sizes, **ways}


@pytest.fixture
def table(tmp_path):
    row = {
        **{"name": "ssd", "change": "SSD", "lines": 0, "uses_nms": True},
        **{"base": None, "parameters": 60_000},
        "options": {"rate": 0.01, "box_weight": 2.0},
        "runs": [run(2, 0.55), run(3, 0.65)],
        "untuned_runs": [run(2, 0.5)],
    }
    better = {**row, "name": "better", "change": "Better", "base": "ssd"}
    better["runs"] = [run(2, 0.6), run(3, 0.68)]
    later = {**row, "name": "later", "runs": [], "untuned_runs": []}
    path = tmp_path / "beyond.json"
    path.write_text(json.dumps({"made": {}, "rows": [row, better, later]}))
    return read_beyond_table(path)


def test_one_number_per_seed(table):
    runs = table["rows"]["ssd"]["runs"]
    np.testing.assert_array_equal(runs["ap"], [0.55, 0.65])
    np.testing.assert_array_equal(runs["without_nms"]["boxes"], [70, 70])
    assert table["rows"]["later"]["runs"] == {}


def test_markdown_has_a_line_per_row_that_is_measured(table):
    text = beyond_markdown(table).replace("\N{NO-BREAK SPACE}", " ")
    *_, first, second = text.split("\n")
    assert "0.600 ± 0.071 |  |" in first
    assert first.endswith("| 0.50 + 2.00 |")
    assert "| +0.040 ± 0.014 |" in second
    *_, line = costs_markdown(table).split("\n")
    assert line == "| Better | ssd | 0 | 60,000 | 12 s |"
    *_, line = tuning_markdown(table).split("\n")
    assert "| 0.500 | 0.600 |" in line and "rate 0.01, box_weight 2" in line
    *_, line = nms_markdown(table).split("\n")
    assert line.endswith("| 5.0 | 70.0 |")


def test_a_missing_table_says_how_to_make_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="make beyond-table"):
        read_beyond_table(tmp_path / "beyond.json")
