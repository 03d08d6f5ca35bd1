"""Histograms: every value in its bar."""

import re

import numpy as np

from d2l_ssd.inspection.charts import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    count_histogram,
    log_histogram,
)


def bars_of(svg):
    """Return (x, height, text) of each bar."""
    pattern = r'class="bar" x="([\d.]+)".*?height="([\d.]+)"><title>([^<]+)<'
    return [
        (float(x), float(h), text) for x, h, text in re.findall(pattern, svg)
    ]


class TestCounts:
    def test_whole_numbers(self):
        svg = count_histogram(np.array([0, 0, 3, 3, 3, 3]), "t", "u")
        bars = bars_of(svg)
        assert [text for _, _, text in bars] == ["0: 2", "3: 4"]
        assert bars[1][1] == 2 * bars[0][1]
        assert bars[0][0] == LEFT + 0.5

    def test_large_numbers_share_bars(self):
        svg = count_histogram(np.array([0, 99]), "t", "u")
        assert [text for *_, text in bars_of(svg)] == [
            "0 to 3: 1",
            "96 to 99: 1",
        ]

    def test_nothing(self):
        assert bars_of(count_histogram(np.zeros(0, int), "t", "u")) == []


class TestLogarithms:
    def test_ends_hold_what_is_beyond(self):
        values = np.array([0.001, 1, 10, 10, 1e6])
        svg = log_histogram(values, "t", "u", (0.1, 100), marks=[1, 1000])
        bars = bars_of(svg)
        assert sum(int(text.split(": ")[1]) for *_, text in bars) == 5
        assert bars[0][0] == LEFT + 0.5
        assert svg.count('class="mark"') == 1

    def test_the_middle_is_in_the_middle(self):
        svg = log_histogram(np.ones(3), "t", "u", (0.01, 100), marks=[1])
        x = float(re.search(r'class="mark" d="M([\d.]+)', svg)[1])
        assert x == (LEFT + WIDTH - RIGHT) / 2

    def test_ticks_are_round_and_few(self):
        svg = log_histogram(np.ones(3), "t", "u", (0.5, 100))
        ticks = re.findall(r'y="\d+">([\d.]+)</text>', svg.split("</rect>")[-1])
        assert ticks == ["1", "3", "10", "30", "100"]

    def test_names_are_escaped(self):
        assert "<b>" not in log_histogram(np.ones(1), "<b>", "<b>", (0.1, 10))


def test_bars_stay_inside():
    svg = log_histogram(np.ones(50), "t", "u", (0.1, 10))
    ((_, height, _),) = bars_of(svg)
    assert 0 < height < HEIGHT
