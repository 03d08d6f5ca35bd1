"""IdeasExplorer in a real browser: what it shows is what Python counts."""

import numpy as np
import pytest
from explorer_page import (
    PHONE,
    button,
    open_explorer,
    pixels,
    press,
    settle,
    state,
    table,
)
from helpers.ideas import make_ideas

TABLE = "All ideas on image"


@pytest.fixture
def explorer():
    """The explorer as the page has it; what is done to one is not to the other."""
    return make_ideas()


@pytest.fixture
def page(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


def guess(page):
    page.locator(".d2l-offers button").first.click()
    settle(page)


def choose(page, name, index):
    page.get_by_role("combobox", name=name).select_option(index=index)
    settle(page)


def row(page, name):
    return page.locator(".d2l-ideas-table tbody tr", has_text=name)


def check_numbers(page, explorer):
    """Compare the table and the chosen idea's counts with Python's."""
    names = "before", "after", "right", "wrong", "missed"
    shown = table(page, TABLE, "answers", *names)
    expected = [
        [getattr(r, n) for n in ("answers", *names)] for r in explorer.rows
    ]
    np.testing.assert_allclose(shown, expected, rtol=1e-6)
    data, own = state(page), explorer.rows[explorer.view.idea]
    counts = [int(data[name]) for name in ("correct", "wrong", "missed")]
    assert counts == [own.right, own.wrong, own.missed]
    assert int(data["shown"]) == len(explorer.detections.scores)


def test_the_numbers_are_those_of_python(page, explorer):
    guess(page)
    check_numbers(page, explorer)
    view = explorer.view
    page.get_by_role("checkbox", name="NMS").check()
    view.nms = True
    check_numbers(page, explorer)
    press(page, "Score from", "ArrowRight", times=12)
    view.score_threshold = 0.42
    check_numbers(page, explorer)
    for trait, name, index in (("idea", "Idea", 1), ("image", "Image", 0)):
        choose(page, name, index)
        setattr(view, trait, index)
        check_numbers(page, explorer)
    button(page, "Image 3").click()
    view.image = 2
    check_numbers(page, explorer)


def test_nms_changes_the_picture_of_what_is_left_alone(page):
    before = pixels(page), pixels(page, 1)
    nms = page.get_by_role("checkbox", name="NMS")
    nms.focus()
    nms.press("Space")
    assert pixels(page) == before[0] and pixels(page, 1) != before[1]
    heading = page.locator(".d2l-heading").nth(1)
    assert heading.text_content() == "What is left after NMS"


def test_keys_select_an_object_and_show_its_anchors(page, explorer):
    number = explorer.view.image
    idea, count = explorer.ideas[0], len(explorer.truths[number])
    said = page.locator(".d2l-ideas-said").first
    frame = page.get_by_role("application")
    before = pixels(page)
    frame.focus()
    for object in range(count):
        frame.press("ArrowRight")
        assert int(state(page)["selected"]) == object
        own = int(np.sum(idea.matches[number] == object))
        assert f" {object + 1}: {own} predictions answer" in said.text_content()
    assert pixels(page) != before
    choose(page, "Idea", 2)  # the object stays
    assert f" {count}: 1 prediction answers" in said.text_content()
    frame.press("Escape")
    assert state(page)["selected"] == "-1"
    frame.press("ArrowLeft")
    assert int(state(page)["selected"]) == count - 1


def test_a_pointer_selects_the_object_that_it_is_on(page, explorer):
    truths = explorer.truths[explorer.view.image]
    areas = np.prod(truths[:, 3:5] - truths[:, 1:3], axis=1)
    smallest = int(np.argmin(areas))
    frame = page.get_by_role("application")
    box = frame.bounding_box()
    x, y = (truths[smallest, 1:3] + truths[smallest, 3:5]) / 2
    place = box["x"] + x * box["width"], box["y"] + y * box["height"]
    page.mouse.move(*map(float, place))
    assert int(state(page)["selected"]) == smallest
    page.mouse.move(1, 1)
    assert state(page)["selected"] == "-1"


def test_the_task_hides_its_answer_until_there_is_a_guess(page, explorer):
    asked = explorer.view.asked
    task = page.locator(".d2l-task")
    assert task.text_content().startswith("Your task: without NMS, “SSD” has")
    assert row(page, "One-to-one").locator("td").nth(2).text_content() == "?"
    row(page, "One-to-one").click()
    data = state(page)
    assert (data["shown"], data["solved"]) == ("", "false")
    hidden = pixels(page, 1)
    guess(page)
    explorer.view.idea = asked
    check_numbers(page, explorer)
    assert pixels(page, 1) != hidden
    assert state(page)["solved"] == "true"
    assert not page.locator(".d2l-offers").is_visible()


@pytest.mark.parametrize("place", range(4))
def test_the_task_marks_a_guess(page, explorer, place):
    objects = len(explorer.truths[explorer.view.image])
    boxes = explorer.rows[explorer.view.asked].before
    right = int(
        np.searchsorted([objects, objects + 1, 2 * objects + 1], boxes, "right")
    )
    page.locator(".d2l-offers button").nth(place).press("Enter")
    task = page.locator(".d2l-task")
    settle(page)
    assert "Now choose “One-to-one”" in task.text_content()
    assert state(page)["solved"] == "false"
    choose(page, "Idea", explorer.view.asked)
    assert state(page)["solved"] == "true"
    judged = ": right." if place == right else ": not quite."
    assert judged in task.text_content()
    assert f"“One-to-one” has {boxes} box" in task.text_content()


def test_a_row_chooses_its_idea(page, explorer):
    guess(page)
    row(page, "FCOS").click()
    explorer.view.idea = 1
    check_numbers(page, explorer)
    select = page.get_by_role("combobox", name="Idea")
    assert select.evaluate("node => node.selectedIndex") == 1
    assert row(page, "FCOS").text_content().startswith("▸")


def test_on_a_phone_and_in_the_dark(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        truths = explorer.truths[explorer.view.image]
        areas = np.prod(truths[:, 3:5] - truths[:, 1:3], axis=1)
        object = int(np.argmin(areas))
        frame = page.get_by_role("application")
        side = frame.bounding_box()["width"]
        x, y = side * (truths[object, 1:3] + truths[object, 3:5]) / 2
        frame.tap(position={"x": float(x), "y": float(y)})
        assert int(state(page)["selected"]) == object
        page.locator(".d2l-offers button").nth(1).tap()
        row(page, "Queries").tap()
        explorer.view.idea = 3
        check_numbers(page, explorer)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        wide = "node => node.getBoundingClientRect().right"
        assert page.locator(".d2l-ideas-table").evaluate(wide) <= 375 - 12
        ink = "node => getComputedStyle(node).color"
        light = page.locator(".d2l-ideas-said").first.evaluate(ink)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        settle(page)
        assert page.locator(".d2l-ideas-said").first.evaluate(ink) != light


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
