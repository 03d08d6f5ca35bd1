"""What trainings on photographs have reached: the file, and its tables."""

import json

import numpy as np
import pytest

from d2l_ssd.results import load_photographs_tables
from d2l_ssd.results.photographs import (
    baselines_markdown,
    question_markdown,
    read_photographs_tables,
)


def row(change, ap, **changes):
    return {
        "change": change,
        "seeds": [0, 1],
        "ap50": [0.9, 0.8],
        "ap": ap,
        "ap_small": [None, None],
        "classes": {"Platelets": {"ap50": [0.5, 0.5], "ap": [0.25, 0.35]}},
        "minutes": [7.0, 8.0],
        "images_seen": [4000, 4000],
        **changes,
    }


@pytest.fixture
def tables(tmp_path):
    path = tmp_path / "photographs.json"
    rows = {"a": row("first", [0.5, 0.6]), "b": row("other", [0.4, 0.4])}
    content = {
        "made": {},
        "questions": {"q": {"question": "?", "rows": ["b", "missing", "a"]}},
        "rows": rows,
        "baselines": {"ours": row("ours", [0.25])},
    }
    path.write_text(json.dumps(content))
    return read_photographs_tables(path)


def test_numbers_are_arrays(tables):
    found = tables["rows"]["a"]
    assert found["ap"].mean() == pytest.approx(0.55)
    assert np.isnan(found["ap_small"]).all()
    assert found["classes"]["Platelets"]["ap"].tolist() == [0.25, 0.35]
    assert found["seeds"] == [0, 1] and found["change"] == "first"


def with_spaces(table):
    """Write a table's no-break spaces as others, to be read here."""
    return table.replace("\N{NO-BREAK SPACE}", " ")


def test_numbers_have_no_line_breaks(tables):
    assert "550\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}0" in question_markdown(
        tables, "q"
    )


def test_question_in_its_order_without_what_is_missing(tables):
    *_, first, second = with_spaces(question_markdown(tables, "q")).splitlines()
    assert first == (
        "| other | 0.850 ± 0.071 | 0.400 ± 0.000 | 0.300 ± 0.071 | 7.5 | 4,000 |"
    )
    assert second.startswith("| first | 0.850 ± 0.071 | 0.550 ± 0.071 |")


def test_one_seed_has_no_spread(tables):
    table = with_spaces(baselines_markdown(tables))
    assert "| ours | 0.850 ± 0.071 | 0.250 |" in table


def test_the_packages_own_table():
    tables = load_photographs_tables()
    assert list(tables["questions"]) == ["start", "anchors", "size", "weights"]
    for found in [*tables["rows"].values(), *tables["baselines"].values()]:
        assert len(found["seeds"]) == len(found["ap"]) >= 1
        assert (found["ap"] <= found["ap50"]).all()
        assert set(found["classes"]) == {"Platelets", "RBC", "WBC"}
