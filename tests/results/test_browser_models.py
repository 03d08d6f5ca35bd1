"""The table of the files for browsers: what it says, and how it is made."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from d2l_ssd.onnx import PRECISIONS
from d2l_ssd.results.browser_models import (
    browser_models_markdown,
    load_browser_models,
    read_browser_models,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.browser import models  # noqa: E402

MOST_BYTES = 12e6  # of what the page loads
MOST_LOST = 0.005  # of COCO AP
STAMP = {"weights": "abc", "split": "test", "num_images": 2}


class TestTable:
    @pytest.fixture(scope="class")
    def table(self):
        return load_browser_models()

    def test_is_of_the_stored_weights(self, table):
        content = models.WEIGHTS.read_bytes()
        assert table["made"]["weights"] == hashlib.sha256(content).hexdigest()
        assert table["made"]["num_images"] == 500

    def test_has_a_row_per_precision(self, table):
        assert [row["precision"] for row in table["rows"]] == list(PRECISIONS)
        for row in table["rows"]:
            kind = PRECISIONS[row["precision"]]
            assert row["holds"] == kind.holds
            assert 0 < row["difference"] <= kind.tolerance
            assert 0 < row["ap"] < row["ap50"] < 1
            assert row["gzipped"] < row["bytes"]

    def test_eight_bits_are_small_and_cost_next_to_nothing(self, table):
        exact, _, *small = table["rows"]
        for row in small:
            assert row["bytes"] <= MOST_BYTES
            assert row["ap"] > exact["ap"] - MOST_LOST

    def test_integers_are_faster(self, table):
        exact, *_, integers = table["rows"]
        for kind in "milliseconds", "browser_milliseconds":
            assert integers[kind] < 0.8 * exact[kind]


def write_parts(folder, stamp=STAMP, names=PRECISIONS):
    """Write figures as the benchmark leaves them."""
    for i, name in enumerate(names):
        row = {"precision": name, "bytes": 10**6 * i, "ap": 0.5}
        text = json.dumps({"made": stamp, "row": row})
        (folder / f"{name}.json").write_text(text)
    times = dict.fromkeys(PRECISIONS, 10.0)
    about = {
        "made": STAMP,
        "rounds": 3,
        "processor": "fast",
        "onnxruntime": "1",
        "milliseconds": times,
        "browser_milliseconds": {**times, "int8": 5.0},
    }
    (folder / "times.json").write_text(json.dumps(about))


class TestGathering:
    def test_rows_get_their_times(self, tmp_path):
        write_parts(tmp_path)
        models.gather(tmp_path, tmp_path)
        table = read_browser_models(tmp_path / "browser_models.json")
        assert [row["precision"] for row in table["rows"]] == list(PRECISIONS)
        assert table["rows"][-1]["browser_milliseconds"] == 5
        assert table["rows"][-1]["milliseconds"] == 10
        assert table["made"]["weights"] == "abc"
        assert table["made"]["processor"] == "fast"

    def test_a_missing_file_names_the_command(self, tmp_path):
        write_parts(tmp_path, names=["float32"])
        with pytest.raises(
            FileNotFoundError, match="float16.json is missing: run `python -m"
        ):
            models.gather(tmp_path, tmp_path)

    def test_figures_of_other_weights_are_no_table(self, tmp_path):
        write_parts(tmp_path, {**STAMP, "weights": "old"})
        with pytest.raises(ValueError, match="of different weights or images"):
            models.gather(tmp_path, tmp_path)
        assert not (tmp_path / "browser_models.json").exists()

    def test_what_is_measured_is_kept_until_weights_are_new(self, tmp_path):
        write_parts(tmp_path)
        path = tmp_path / "int8.json"
        assert models._is_measured(path, STAMP)
        assert not models._is_measured(path, {**STAMP, "weights": "new"})
        assert not models._is_measured(tmp_path / "int4.json", STAMP)


def test_markdown():
    row = {
        "precision": "int8", "bytes": 11_640_000, "gzipped": 9_567_000,
        "ap50": 0.9158, "ap": 0.7129, "milliseconds": 19.5,
        "browser_milliseconds": 106.2,
    }  # fmt: skip
    text = browser_models_markdown({"rows": [row]})
    assert text.splitlines()[-1] == (
        "| int8 | 11.6 MB | 9.6 MB | 0.916 | 0.713 | 20 ms | 106 ms |"
    )


def test_command_explains_itself():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.browser.models", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "--gather" in run.stdout
