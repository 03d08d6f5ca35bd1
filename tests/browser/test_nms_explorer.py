"""NMSExplorer in a real browser: a guess, then the steps that Python lists."""

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
)
from helpers.explorers import random_gallery, random_images

from d2l_ssd.evaluation import match_detections
from d2l_ssd.widgets import NMSExplorer


def make_explorer():
    rng = np.random.default_rng(15)
    images = random_images(rng, 3)
    return NMSExplorer(images, *random_gallery(rng, 3), score_threshold=0.5)


@pytest.fixture
def explorer():
    """The explorer as the page has it; what is done to one is not to the other."""
    return make_explorer()


@pytest.fixture
def page(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


def guess(page, number=2):
    button(page, f"I guess {number}").click()
    settle(page)


def check_step(page, explorer, number):
    """Compare a step that is shown with Python's."""
    data = state(page)
    steps = explorer.steps
    assert [int(data["step"]), int(data["steps"])] == [number, len(steps)]
    step = steps[number - 1]
    assert int(data["tested"]) == step.tested
    assert float(data["iou"]) == pytest.approx(step.iou, abs=1e-7)
    decided = {}
    for kept, tested, _, removed in steps[:number]:
        if tested < 0:
            decided[kept] = -1
        elif removed:
            decided[tested] = kept
    shown = page.locator(".d2l-nms-boxes tbody tr").evaluate_all(
        "rows => rows.map(({dataset}) => [dataset.fate, Number(dataset.by)])"
    )
    for rank, (fate, by) in enumerate(shown):
        expected = "waiting"
        if rank in decided:
            expected = "kept" if decided[rank] < 0 else "removed"
        assert (fate, by) == (expected, decided.get(rank, -1))


def test_nothing_is_told_before_a_guess(page, explorer):
    data = state(page)
    assert (data["step"], data["kept"], data["tested"]) == ("0", "", "")
    assert page.locator(".d2l-why").text_content().startswith("Predict first")
    assert all(
        button(page, name).is_disabled()
        for name in ("Previous step", "Next step ›", "Play", "To the end")
    )
    frame = page.get_by_role("application")
    frame.focus()
    frame.press("ArrowRight")
    assert state(page)["step"] == "0"
    assert (
        len(explorer.candidates.scores)
        == page.locator(".d2l-nms-boxes tbody tr").count()
    )


def test_the_steps_are_those_of_python(page, explorer):
    before = pixels(page)
    guess(page)
    assert page.evaluate("document.activeElement.textContent") == "Next step ›"
    for number in range(1, 5):
        page.keyboard.press("Enter")  # the focus is on the next step
        check_step(page, explorer, number)
        assert pixels(page) != before
        before = pixels(page)
    button(page, "Previous step").click()
    check_step(page, explorer, 3)
    button(page, "To the end").click()
    check_step(page, explorer, len(explorer.steps))
    assert int(state(page)["kept"]) == len(explorer.detections.scores)


def test_keys_move_by_steps_and_by_kept_boxes(page, explorer):
    guess(page)
    frame = page.get_by_role("application")
    frame.focus()
    for key, number in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        frame.press(key)
        check_step(page, explorer, number)
    kept = [k + 1 for k, step in enumerate(explorer.steps) if step.tested < 0]
    assert len(kept) > 2, "the gallery must have several kept boxes"
    frame.press("ArrowDown")
    check_step(page, explorer, kept[1])
    frame.press("ArrowDown")
    check_step(page, explorer, kept[2])
    frame.press("ArrowUp")
    check_step(page, explorer, kept[1])
    frame.press("End")
    check_step(page, explorer, len(explorer.steps))
    frame.press("Home")
    assert state(page)["step"] == "0"


def test_the_threshold_moves_the_end(page, explorer):
    guess(page)
    slider = page.get_by_role("slider", name="Step", exact=True)
    slider.focus()
    slider.press("End")
    check_step(page, explorer, len(explorer.steps))
    press(page, "NMS IoU", "ArrowRight", times=20)
    explorer.view.nms_iou = 0.65
    check_step(page, explorer, len(explorer.steps))
    ending = page.locator(".d2l-nms-ending").text_content()
    assert ending.startswith(str(len(explorer.detections.scores)))


def test_the_task_is_solved_at_the_best_threshold(page, explorer):
    guess(page)
    button(page, "To the end").click()
    task = page.locator(".d2l-task")
    assert state(page)["solved"] == "false"
    assert task.text_content().startswith("Your task")
    found = []
    for hundredths in range(10, 101):
        explorer.view.nms_iou = hundredths / 100
        missed = np.setdiff1d(before_nms(explorer), after_nms(explorer))
        found.append((len(missed), len(explorer.detections.scores)))
    best = 10 + found.index(min(found))
    assert best != 45
    key = "ArrowRight" if best > 45 else "ArrowLeft"
    press(page, "NMS IoU", key, times=abs(best - 45))
    assert state(page)["solved"] == "true"
    assert task.text_content().startswith("Solved")


def before_nms(explorer):
    return matched(explorer, explorer.candidates)


def after_nms(explorer):
    return matched(explorer, explorer.detections)


def matched(explorer, found):
    truths = explorer.truths[explorer.view.image]
    rows = match_detections(found, truths)[0]
    rows = rows[rows >= 0]
    return rows[truths[rows, 5] == 0]


def test_another_image_asks_again(page, explorer):
    guess(page)
    button(page, "Next step ›").click()
    other = (explorer.view.image + 1) % 3
    page.get_by_role("combobox", name="Image").select_option(index=other)
    data = state(page)
    assert (data["step"], data["kept"]) == ("0", "")
    page.get_by_role("combobox", name="Image").select_option(
        index=explorer.view.image
    )
    assert state(page)["kept"] != ""  # of this one the guess is known


def test_playing_goes_on_by_itself(page):
    guess(page)
    button(page, "Play").click()
    page.wait_for_function(
        "document.querySelector('.d2l-view').dataset.step >= 2"
    )
    button(page, "Pause").click()
    step = state(page)["step"]
    page.wait_for_timeout(1600)
    assert state(page)["step"] == step


def check_taps(page, explorer):
    """A tap on a box goes to the step that decided it."""
    numbers = set()
    for x in (60, 180, 300):
        for y in (60, 180, 300):
            page.get_by_role("application").tap(position={"x": x, "y": y})
            numbers.add(int(state(page)["step"]))
    assert len(numbers) > 1
    for number in numbers:
        step = explorer.steps[number - 1]
        assert step.tested < 0 or step.removed
    check_step(page, explorer, int(state(page)["step"]))


def test_on_a_phone_and_in_the_dark(browser, tmp_path):
    explorer = make_explorer()
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        button(page, "I guess 2").tap()
        button(page, "Next step ›").tap()
        check_step(page, explorer, 1)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        wide = page.locator(".d2l-nms-boxes").evaluate(
            "table => table.getBoundingClientRect().right"
        )
        assert wide <= 375 - 12
        check_taps(page, explorer)
        light = page.locator(".d2l-note").first.evaluate(
            "node => getComputedStyle(node).color"
        )
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        settle(page)
        dark = page.locator(".d2l-note").first.evaluate(
            "node => getComputedStyle(node).color"
        )
        assert dark != light


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
