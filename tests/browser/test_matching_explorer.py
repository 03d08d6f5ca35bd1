"""MatchingExplorer in a real browser: guess, go on step by step, solve the task."""

import numpy as np
import pytest
from explorer_page import (
    PHONE,
    button,
    open_explorer,
    pixels,
    press,
    settle,
    table,
)

from d2l_ssd.boxes import box_iou
from d2l_ssd.targets import BACKGROUND, match_anchors
from d2l_ssd.widgets import MatchingExplorer

ANCHORS = np.float32(
    [[0, 0, 0.4, 0.4], [0.3, 0, 0.7, 0.4], [0.5, 0, 0.9, 0.4], [0, 0.6, 0.4, 1]]
)
# The chapter's A and B, which want the same anchor, and a small C
ABC = np.float32(
    [[0.32, 0, 0.72, 0.4], [0.25, 0, 0.7, 0.4], [0.1, 0.7, 0.3, 0.9]]
)
NAMES = ("striped cat", "black dog", "small cat")


@pytest.fixture
def explorer():
    rng = np.random.default_rng(7)
    images = rng.integers(90, 160, (2, 64, 64, 3)).astype(np.uint8)
    labels = [
        np.column_stack([np.zeros(len(boxes)), boxes])
        for boxes in (ABC, ABC[1:])
    ]
    names = [NAMES, NAMES[1:]]
    return MatchingExplorer(images, labels, [ANCHORS, ANCHORS], names)


@pytest.fixture
def page(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


def guess(page, text="none"):
    page.get_by_role("button", name=f"Guess: {text}").click()
    settle(page)


def sentence(page):
    settle(page)
    return page.locator(".d2l-says").text_content()


def state(page):
    settle(page)
    data = page.locator(".d2l-view").evaluate("node => ({...node.dataset})")
    return int(data["step"]), data["solved"] == "true"


def shown_matches(page):
    """Return what the table says of each anchor; NaN while it is open."""
    return table(page, "IoU of each anchor", "match")[:, 0]


def test_the_table_has_the_ious_of_python(page):
    names = [f"iou{truth}" for truth in range(3)]
    shown = table(page, "IoU of each anchor", *names)
    np.testing.assert_allclose(shown, box_iou(ANCHORS, ABC), atol=1e-7)
    heads = page.locator(".d2l-matching th").all_text_contents()
    assert heads == ["Anchor", *NAMES, "Learns"]


def test_nothing_is_decided_before_a_guess(page):
    assert "Which anchor will the small cat get?" in sentence(page)
    for name in ("Previous step", "Next step", "Start again", "To the end"):
        assert button(page, name).is_disabled()
    page.locator(".d2l-picture").press("ArrowRight")
    assert state(page) == (0, False)
    assert np.isnan(shown_matches(page)).all()
    assert page.locator(".d2l-task").text_content() == ""


def test_step_by_step(page, explorer):
    guess(page)
    assert page.locator(".d2l-guesses").is_hidden()
    before = pixels(page), pixels(page, 1)
    expected = np.full(len(ANCHORS), np.nan)
    for number, step in enumerate(explorer.steps, start=1):
        button(page, "Next step").click()
        expected[step.anchor] = step.truth if step.positive else BACKGROUND
        assert state(page)[0] == number
        np.testing.assert_array_equal(shown_matches(page), expected)
        assert f"nchor {step.anchor + 1}" in sentence(page)
        after = pixels(page), pixels(page, 1)
        assert before[0] != after[0] and before[1] != after[1]
        before = after
    button(page, "Next step").click()
    assert sentence(page).startswith("3 of 4 anchors are positive")
    assert button(page, "Next step").is_disabled()
    np.testing.assert_array_equal(
        shown_matches(page), match_anchors(ANCHORS, ABC)
    )
    own = table(page, "What each object gets", "best", "own", "more")
    np.testing.assert_array_equal(own, [[1, 1, 0], [1, 2, 0], [3, 3, 0]])


def test_a_chosen_pair_crosses_out_its_row_and_column(page):
    guess(page)
    button(page, "Next step").click()
    settle(page)
    cells = page.locator(".d2l-matching tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(1, 4)"
        ".map(cell => getComputedStyle(cell).textDecorationLine))"
    )
    gone = np.array(cells) == "line-through"
    expected = np.zeros((4, 3), bool)
    expected[1], expected[:, 0], expected[1, 0] = True, True, False
    np.testing.assert_array_equal(gone, expected)


def test_by_keyboard_alone(page):
    picture = page.locator(".d2l-picture")
    picture.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "Enter"):
        picture.press(key)
    settle(page)
    assert page.locator(".d2l-guesses").is_hidden()  # guessed: anchor 4
    assert "You said anchor 4" in sentence(page)
    picture.press("ArrowRight")
    picture.press("ArrowRight")
    picture.press("ArrowLeft")
    assert state(page)[0] == 1
    picture.press("End")
    assert state(page)[0] == 5
    assert sentence(page).endswith("You said anchor 4: right.")
    picture.press("Home")
    assert state(page)[0] == 0


def test_the_focus_stays_where_it_is_of_use(page):
    button = page.get_by_role("button", name="Guess: anchor 1")
    button.focus()
    button.press("Enter")
    settle(page)
    focused = "document.activeElement.ariaLabel"
    assert page.evaluate(focused) == "Next step"
    for _ in range(5):
        page.keyboard.press("Enter")
        settle(page)
    assert state(page)[0] == 5
    assert page.evaluate(focused) == "Previous step"


def test_the_task_is_solved_without_rule_1(page, explorer):
    guess(page)
    button(page, "To the end").click()
    page.get_by_role("checkbox").uncheck()
    explorer.view.forced = False
    task = page.locator(".d2l-task")
    settle(page)
    assert (
        "no anchor learns the black dog or the small cat" in task.text_content()
    )
    assert "teach the black dog and the small cat" in sentence(page)
    press(page, "Positive from", "ArrowLeft", times=28)
    assert state(page) == (5, False)
    press(page, "Positive from", "ArrowLeft")  # 0.21: B takes anchor 0
    assert state(page) == (5, True)
    assert task.text_content().startswith("✓ Solved: 0.21")
    explorer.view.pos_iou = 0.21
    np.testing.assert_array_equal(shown_matches(page), explorer.matches)
    press(page, "Positive from", "ArrowLeft")
    assert state(page) == (5, False)
    page.get_by_role("checkbox").check()
    assert task.text_content().startswith("Your task")


def test_each_image_asks_anew(page):
    guess(page)
    button(page, "To the end").click()
    rule_1 = page.get_by_role("checkbox")
    rule_1.uncheck()
    press(page, "Positive from", "ArrowLeft", times=5)
    page.get_by_role("combobox", name="Image").select_option(index=1)
    settle(page)
    slider = page.get_by_role("slider", name="Positive from", exact=True)
    assert rule_1.is_checked()
    assert slider.get_attribute("aria-valuetext") == "0.5"
    assert "Which anchor will the small cat get?" in sentence(page)
    assert button(page, "Next step").is_disabled()
    heads = page.locator(".d2l-matching th").all_text_contents()
    assert heads == ["Anchor", *NAMES[1:], "Learns"]
    guess(page, "anchor 4")
    button(page, "To the end").click()
    np.testing.assert_array_equal(
        shown_matches(page), match_anchors(ANCHORS, ABC[1:])
    )
    page.get_by_role("combobox", name="Image").select_option(index=0)
    assert sentence(page).startswith("You said none.")


def test_pointing_at_a_row_shows_its_anchor(page):
    before = pixels(page, 1)
    page.locator(".d2l-matching tbody tr").nth(2).hover()
    assert pixels(page, 1) != before
    label = page.get_by_role("img").nth(1).get_attribute("aria-label")
    assert label == "Close-up of anchor 3 and the small cat: IoU 0.00."


def test_on_a_phone_and_in_the_dark(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        page.get_by_role("button", name="Guess: none").tap()
        button(page, "To the end").tap()
        assert state(page)[0] == 5
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        for table_box in page.locator("table").all():
            box = table_box.bounding_box()
            assert box["x"] + box["width"] <= 375 - 12
        text = page.locator(".d2l-says")
        color = "node => getComputedStyle(node).color"
        light = text.evaluate(color)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        settle(page)
        assert text.evaluate(color) != light
        picture = page.locator(".d2l-picture")
        touch = picture.evaluate("node => getComputedStyle(node).touchAction")
        assert touch == "pan-y pinch-zoom"


def test_in_forced_colors_chosen_cells_are_still_marked(
    browser, explorer, tmp_path
):
    options = {"forced_colors": "active"}
    with open_explorer(browser, explorer, tmp_path, **options) as page:
        guess(page)
        for _ in range(2):
            button(page, "Next step").click()
        settle(page)
        styles = page.locator(".d2l-chosen").evaluate_all(
            "nodes => nodes.map(node => getComputedStyle(node).outlineStyle)"
        )
        assert styles == ["solid", "solid"]


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
