"""LossExplorer in a real browser: a guess, then the sums that Python computes."""

import numpy as np
import pytest
from explorer_page import open_explorer, pixels, press, settle
from helpers.explorers import random_gallery, random_images

from d2l_ssd.widgets import LossExplorer
from d2l_ssd.widgets.loss_explorer import MINING_RATIOS

PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True}


def make_explorer():
    rng = np.random.default_rng(5)
    truths, *outputs, _ = random_gallery(rng, 3)
    return LossExplorer(random_images(rng, 3, 64, 64), truths, *outputs)


@pytest.fixture
def explorer():
    """The explorer as the page has it; what is done to one is not to the other."""
    return make_explorer()


@pytest.fixture
def page(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


def state(page):
    settle(page)
    return page.locator(".d2l-view").evaluate("node => ({...node.dataset})")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def guess(page, name="over 99 %"):
    button(page, f"I guess {name}").click()
    settle(page)


def choose(page, name, index):
    page.get_by_role("combobox", name=name).select_option(index=index)
    settle(page)


def check_terms(page, explorer):
    """Compare the sums that are shown with Python's."""
    data, terms = state(page), explorer.terms
    assert int(data["numNegatives"]) == terms.num_negatives
    for name in ("positive", "negative", "localization", "loss"):
        expected = pytest.approx(getattr(terms, name), rel=1e-4)
        assert float(data[name]) == expected, name


def test_nothing_is_told_before_a_guess(page):
    data = state(page)
    assert (data["negative"], data["loss"], data["share"]) == ("", "", "")
    said = page.locator(".d2l-loss-said").text_content()
    assert said.startswith("Predict first")
    assert not button(page, "Anchor that pays less").is_visible()
    frame = page.get_by_role("application")
    before = data["selected"]
    frame.focus()
    frame.press("ArrowRight")
    frame.click(position={"x": 200, "y": 200})
    assert state(page)["selected"] == before
    cells = page.locator("table", has_text="Who pays what").locator("td")
    assert "?" in cells.all_text_contents()


def test_the_sums_are_those_of_python(page, explorer):
    before = pixels(page)
    guess(page)
    assert pixels(page) != before
    check_terms(page, explorer)
    for trait, name, index in (
        ("divisor", "Divide by", 1),
        ("image", "Image", 3 - explorer.view.image),
        ("pick", "Negatives", 1),
        ("network", "Network", 1),
    ):
        choose(page, name, index)
        setattr(explorer.view, trait, index)
        if button(page, "I guess over 99 %").is_visible():
            guess(page)
        check_terms(page, explorer)


def test_the_slider_mines(page, explorer):
    guess(page)
    for steps, ratio in ((1, 100), (4, 3), (3, 0)):
        press(page, "Mining ratio", "ArrowLeft", times=steps)
        explorer.view.mining = MINING_RATIOS.index(ratio)
        check_terms(page, explorer)


def test_keys_go_from_the_anchor_that_pays_most_to_others(page, explorer):
    guess(page)
    losses = explorer.anchor_losses(explorer.view.image)
    paid = losses.classification + losses.localization
    order = np.argsort(-paid, kind="stable")
    assert page.evaluate("document.activeElement.getAttribute('role')") == (
        "application"
    )
    assert int(state(page)["selected"]) == order[0]
    for key, place in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert int(state(page)["selected"]) == order[place]
    button(page, "Anchor that pays more").click()
    assert int(state(page)["selected"]) == order[0]
    named = page.locator(".d2l-loss-chooser span").text_content()
    assert named.endswith(f"pays {paid[order[0]]:.2f}")
    assert button(page, "Anchor that pays more").is_disabled()


def test_the_task_is_solved_with_one_negative_per_positive(page, explorer):
    choose(page, "Network", 1)
    guess(page)
    task = page.locator(".d2l-loss-task")
    assert task.text_content().startswith("Your task")
    explorer.view.network = 1
    assert explorer.terms.num_positives >= 8
    press(page, "Mining ratio", "ArrowLeft", times=7)
    explorer.view.mining = MINING_RATIOS.index(1)
    check_terms(page, explorer)
    assert state(page)["solved"] == "true"
    assert task.text_content().startswith("Solved")
    press(page, "Mining ratio", "ArrowRight")
    assert state(page)["solved"] == "false"


def test_another_image_asks_again(page, explorer):
    guess(page)
    first = explorer.view.image
    choose(page, "Image", 3 - first)
    assert state(page)["loss"] == ""
    choose(page, "Image", first)
    assert state(page)["loss"] != ""  # of this one the guess is known


def test_on_a_phone_and_in_the_dark(browser, tmp_path):
    explorer = make_explorer()
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        button(page, "I guess 50 to 90 %").tap()
        check_terms(page, explorer)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        chosen = set()
        for x, y in ((60, 60), (180, 300), (300, 180)):
            frame = page.get_by_role("application")
            frame.tap(position={"x": x, "y": y})
            chosen.add(state(page)["selected"])
        assert len(chosen) == 3
        ink = "node => getComputedStyle(node).color"
        light = page.locator(".d2l-loss-said").evaluate(ink)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        settle(page)
        assert page.locator(".d2l-loss-said").evaluate(ink) != light


def test_every_control_has_a_name(page):
    guess(page)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
