"""Tables beside the results."""

import pytest

from d2l_ssd.results import (
    TABLES,
    load_results,
    write_results,
    write_table,
)
from d2l_ssd.results.tables import run_values, to_markdown

RUNS = [{"seed": 0, "ap50": 0.5, "ap": 0.25}]
TABLE = {"made": {}, "parts": [], "rows": [{"name": "naive", "runs": RUNS}]}


def test_table_is_loaded_and_survives_new_weights(stored, written):
    write_table(stored, "ablation", TABLE)
    assert load_results(stored).ablation == TABLE
    write_results(stored, **written)
    assert load_results(stored).ablation == TABLE


def test_table_may_be_written_first(tmp_path, written):
    write_table(tmp_path, "baselines", TABLE)
    with pytest.raises(FileNotFoundError, match="weights.npz"):
        load_results(tmp_path).weights  # noqa: B018
    assert load_results(tmp_path).baselines == TABLE
    write_results(tmp_path, **written)
    assert load_results(tmp_path).baselines == TABLE


def test_old_names_of_columns_become_todays(tmp_path):
    rows = [{"name": "naive", "map50": 0.5, "map": 0.25}]
    write_table(tmp_path, "ablation", {"made": {}, "rows": rows})
    assert load_results(tmp_path).ablation["rows"] == [
        {"name": "naive", "ap50": 0.5, "ap": 0.25}
    ]


def test_a_row_is_a_line(tmp_path):
    table = {"made": {}, "rows": [{"runs": [1, 2]}, {"runs": []}]}
    write_table(tmp_path, "ablation", table)
    lines = (tmp_path / "ablation.json").read_text().splitlines()
    assert '  {"runs": [1, 2]},' in lines


@pytest.mark.parametrize("name", TABLES)
def test_missing_table_names_its_command(stored, name):
    loaded = load_results(stored)
    with pytest.raises(
        FileNotFoundError, match=f"no {name}.json.*-m benchmarks"
    ):
        getattr(loaded, name)


@pytest.mark.parametrize("name", TABLES)
def test_the_packages_own_tables(name):
    table = getattr(load_results(), name)
    made = table["made"]
    assert made.get("num_test", made.get("num_val")) == 500
    for row in table["rows"]:
        scores = (run_values(row, name) for name in ("ap", "ap50"))
        for ap, ap50 in zip(*scores, strict=True):
            assert 0 <= ap <= ap50 <= 1


def test_changed_table_is_named(stored):
    write_table(stored, "ablation", {"made": {}, "rows": []})
    (stored / "ablation.json").write_text('{"rows": [{}]}')
    with pytest.raises(ValueError, match="ablation.json.*corrupt"):
        load_results(stored).ablation  # noqa: B018


def test_a_new_table_does_not_hide_a_damaged_file(stored):
    (stored / "card.md").write_text("another")
    write_table(stored, "ablation", TABLE)
    with pytest.raises(ValueError, match="card.md.*corrupt"):
        load_results(stored).card  # noqa: B018


def test_unknown_table(tmp_path):
    with pytest.raises(ValueError, match="name must be one of .*'steps'"):
        write_table(tmp_path, "steps", {})


class TestToMarkdown:
    made = dict(epochs=3, num_train=2000, image_size=128, num_val=500, seed=0)
    row = dict(name="naive", change="first", parameters=11_529_776)

    def table(self, **row):
        return {"made": self.made, "rows": [{**self.row, **row}]}

    def test_one_seed(self):
        lines = to_markdown(self.table(ap50=0.5, ap=0.25)).splitlines()
        assert lines[0] == (
            "3 epochs of 2,000 images of 128 × 128 pixels, 1 seed, judged on "
            "500 validation images:"
        )
        assert lines[-1] == "| naive | 0.500 | 0.250 | first | 11.5 |"

    def test_several_seeds_and_test_images(self):
        runs = [{"ap50": a, "ap": b} for a, b in ((0.5, 0.25), (0.6, 0.25))]
        table = self.table(runs=runs)
        table["made"] = {**self.made, "num_test": 300}
        text = to_markdown(table)
        assert "2 seeds, judged on 300 test images:" in text
        assert "| 0.550 ± 0.071 | 0.250 ± 0.000 |" in text

    def test_some_rows_wait_for_their_other_seeds(self):
        run = {"ap50": 0.5, "ap": 0.25}
        tables = self.table(runs=[run]), self.table(runs=[run] * 3)
        text = to_markdown(*tables)
        assert "1–3 seeds" in text
        assert "| 0.500 | 0.250 |" in text

    def test_rows_of_all_tables_stand_in_one(self):
        tables = self.table(ap50=0.5, ap=0.25), self.table(ap50=0.75, ap=0.5)
        rows = to_markdown(*tables).splitlines()[-2:]
        assert [row.split(" | ")[1] for row in rows] == ["0.500", "0.750"]

    def test_made_in_different_ways(self):
        other = {"made": {**self.made, "epochs": 6}, "rows": []}
        with pytest.raises(ValueError, match="same way.*3 epochs.*6 epochs"):
            to_markdown(self.table(ap50=0.5, ap=0.25), other)
