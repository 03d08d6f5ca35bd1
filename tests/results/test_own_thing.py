"""The stored table of the page "Teach it your own thing"."""

import json
from importlib import resources

import numpy as np
import pytest

from d2l_ssd.results import load_own_thing_table, own_thing


@pytest.fixture(scope="module")
def table():
    return load_own_thing_table()


def test_columns_have_a_row_per_seed(table):
    file = resources.files("d2l_ssd.results") / own_thing.OWN_THING_TABLE
    seeds = len(json.loads(file.read_text(encoding="utf-8"))["seeds"])
    for row, columns in table.items():
        assert columns["ap50"].shape == (seeds, len(own_thing.SECONDS)), row
        assert columns["things"].shape == (seeds,), row


def test_numbers_are_possible(table):
    for row, columns in table.items():
        ap50, hits = columns["ap50"], columns["hits"]
        assert np.nanmin(ap50) >= 0 and np.nanmax(ap50) <= 1, row
        assert np.nanmin(hits) >= 0, row
        assert np.nanmax(hits - columns["things"][:, None]) <= 0, row


def test_what_was_not_measured_is_nan(tmp_path, monkeypatch):
    rows = {"mug": {"ap50": [[0.5, None], None], "things": [100, None]}}
    stored = {"seeds": [1, 2], "rows": rows}
    (tmp_path / own_thing.OWN_THING_TABLE).write_text(json.dumps(stored))
    monkeypatch.setattr(own_thing.resources, "files", lambda _: tmp_path)
    columns = load_own_thing_table()["mug"]
    np.testing.assert_array_equal(
        columns["ap50"], [[0.5, np.nan], [np.nan, np.nan]]
    )
    np.testing.assert_array_equal(columns["things"], [100, np.nan])
