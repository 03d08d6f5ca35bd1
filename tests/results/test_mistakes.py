"""What wrong inputs cost the stored weights: the table, and how it is made."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from d2l_ssd.data import to_input
from d2l_ssd.results.mistakes import load_mistakes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.mistakes import mistakes  # noqa: E402

IMAGE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)


@pytest.fixture(scope="module")
def table():
    return load_mistakes()


class TestTable:
    def test_has_every_row(self, table):
        assert list(table) == list(mistakes.ROWS)
        for name, row in table.items():
            assert row["change"] == mistakes.ROWS[name].change
            assert 0 <= row["ap"] <= row["ap50"] <= 1

    @pytest.mark.parametrize("name", ["bgr", "half", "divided"])
    def test_other_colors_cost(self, table, name):
        assert table[name]["ap"] < table["none"]["ap"] - 0.03

    def test_what_nobody_notices(self, table):
        for name in ("bgr", "half"):
            assert table[name]["ap"] > 8 / 9 * table["none"]["ap"]

    def test_anchors_belong_to_pixels(self, table):
        for size, least, most in ((320, 1.02, 0.5), (512, 0.9, 0.05)):
            best = table[f"{size}pixels"]["ap"]
            assert best > least * table["none"]["ap"]
            assert table[f"{size}fractions"]["ap"] < most * best


class TestInputs:
    X = to_input(IMAGE, 32, 32)

    def test_bgr(self):
        expected = to_input(IMAGE[..., ::-1], 32, 32)
        np.testing.assert_allclose(
            mistakes.exchange_colors(self.X), expected, atol=1e-5
        )

    def test_half(self):
        expected = IMAGE.transpose(2, 0, 1) / 127.5 - 1
        np.testing.assert_allclose(mistakes.half(self.X), expected, atol=1e-5)

    def test_only_divided(self):
        expected = IMAGE.transpose(2, 0, 1) / 255
        np.testing.assert_allclose(
            mistakes.only_divided(self.X), expected, atol=1e-5
        )


def test_command_explains_itself():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.mistakes.mistakes", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "--split" in run.stdout
