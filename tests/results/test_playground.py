"""The playground's stored table."""

import numpy as np
import pytest

from d2l_ssd.results import load_playground_table


@pytest.fixture(scope="module")
def table():
    return load_playground_table()


def test_one_number_per_seed(table):
    seeds = len(table[""]["ap50"])
    assert seeds >= 5
    for setting, columns in table.items():
        for name, values in columns.items():
            assert values.shape == (seeds,), (setting, name)


def test_baseline_learns(table):
    assert np.nanmin(table[""]["ap50"]) > 0.8
    assert np.nanmean(table["n=12000"]["ap50"]) > 0.92


@pytest.mark.parametrize("bug", ["variances", "collapsed", "axis0"])
def test_bugs_cost_what_the_chapter_says(table, bug):
    assert np.nanmax(table[f"bug={bug}"]["ap50"]) < 0.2


@pytest.mark.parametrize("bug", ["collapsed", "easiest", "nonegatives"])
def test_loss_is_lower_with_some_bugs(table, bug):
    honest = np.nanmin(table[""]["classLoss"])
    assert np.nanmax(table[f"bug={bug}"]["classLoss"]) < honest
