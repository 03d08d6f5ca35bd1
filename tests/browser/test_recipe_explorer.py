"""RecipeExplorer in a real browser: a guess first, then what was measured."""

import numpy as np
import pytest
from explorer_page import PHONE, open_explorer, pixels, press, settle, table
from helpers.recipes import make_table

from d2l_ssd.widgets import RecipeExplorer


@pytest.fixture(scope="module")
def ablation():
    return make_table()


@pytest.fixture
def page(browser, ablation, tmp_path):
    with open_explorer(browser, RecipeExplorer(ablation), tmp_path) as page:
        yield page


def state(page):
    settle(page)
    data = page.locator(".d2l-view").evaluate("node => ({...node.dataset})")
    return data["row"], data["shown"] == "true"


def reveal(page):
    page.get_by_role("button", name="Show the result").click()


def check_seen(page, ablation, names):
    """Compare the table of what was seen with the means over seeds."""
    shown = table(page, "What you have seen", "ap50", "ap")
    rows = {row["name"]: row for row in ablation["rows"]}
    expected = [
        [
            np.mean([run[m] for run in rows[name]["runs"]])
            for m in ("ap50", "ap")
        ]
        for name in names
    ]
    np.testing.assert_allclose(shown, expected, atol=1e-4)


def test_a_row_is_shown_after_a_guess(page, ablation):
    assert state(page) == ("warm-up", False)
    verdict = page.locator(".d2l-why")
    assert verdict.text_content().startswith("Predict first")
    check_seen(page, ablation, ["full"])
    before = [pixels(page, k) for k in range(3)]
    press(page, "Your guess", "ArrowRight", times=3)
    assert pixels(page, 0) != before[0]  # the guess has moved
    reveal(page)
    assert state(page) == ("warm-up", True)
    assert "You said 0.53" in verdict.text_content()
    check_seen(page, ablation, ["full", "warm-up"])
    assert all(pixels(page, k) != before[k] for k in range(3))
    press(page, "Your guess", "ArrowRight")  # what was said stays said
    assert "You said 0.53" in verdict.text_content()


def test_a_combination_without_a_row_offers_the_nearest(page):
    anchors = page.get_by_role("checkbox", name="anchors")
    anchors.focus()
    anchors.press("Space")
    assert state(page) == ("", False)
    button = page.get_by_role("button", name="Show the result")
    assert button.is_disabled()
    offers = page.locator(".d2l-offers button")
    # Without warm-up it is a row of the way
    texts = ["warm-up off", "anchors on", "average on"]
    assert offers.all_text_contents() == texts
    offers.nth(2).click()
    assert state(page) == ("without anchors", False)
    assert page.get_by_role("checkbox", name="average").is_checked()
    assert offers.count() == 0 and button.is_enabled()


def test_going_through_the_rows_and_a_replacement(page, ablation):
    page.get_by_role("button", name="Next row").click()
    assert state(page) == ("full", True)
    page.get_by_role("combobox", name="Replaced").select_option(label="SGD")
    assert state(page) == ("sgd", False)
    reveal(page)
    check_seen(page, ablation, ["full", "sgd"])
    page.get_by_role(
        "button", name="Next row"
    ).click()  # from the last, the first
    assert state(page) == ("naive", False)
    assert not page.get_by_role("checkbox", name="order").is_checked()


def test_on_a_phone_and_in_the_dark(browser, ablation, tmp_path):
    explorer = RecipeExplorer(ablation)
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        page.get_by_role("button", name="Show the result").tap()
        assert state(page) == ("warm-up", True)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        before = pixels(page, 2)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert pixels(page, 2) != before
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        assert pixels(page, 2) == before


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
