"""IoUExplorer in a real browser: a guess first, then boxes that move."""

import json

import numpy as np
import pytest
from explorer_page import PHONE, open_explorer, pixels, press, settle, table
from helpers.explorers import random_images

from d2l_ssd.widgets import IoUExplorer


@pytest.fixture
def explorer():
    [image] = random_images(np.random.default_rng(0), 1, 256, 256)
    return IoUExplorer(image, [0.3, 0.4, 0.7, 0.7])


@pytest.fixture
def page(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


def boxes_of(page):
    settle(page)
    return json.loads(page.locator(".d2l-view").get_attribute("data-boxes"))


def reveal(page):
    page.get_by_role("button", name="Show the result").click()
    settle(page)


def check_measures(page, explorer):
    """Compare the table with what Python measures of the boxes on the page."""
    explorer.view.boxes = boxes_of(page)
    shown = table(page, "Both boxes", "value")[:, 0]
    np.testing.assert_allclose(shown, explorer.measures, rtol=1e-6)
    solved = page.locator(".d2l-view").get_attribute("data-solved")
    assert solved == str(explorer.solved).lower()


def drag(page, start, way):
    """Drag from a point of the image by some pixels of it."""
    place = page.locator(".d2l-iou canvas").bounding_box()
    scale = place["width"] / 256
    x, y = place["x"] + start[0] * scale, place["y"] + start[1] * scale
    page.mouse.move(x, y)
    page.mouse.down()
    for share in (0.5, 1):
        page.mouse.move(x + way[0] * scale * share, y + way[1] * scale * share)
    page.mouse.up()
    settle(page)


def swipe_up(page, start, way):
    """Move a finger from a point of the image by some pixels of it."""
    place = page.locator(".d2l-iou canvas").bounding_box()
    scale = place["width"] / 256
    x, y = place["x"] + start[0] * scale, place["y"] + start[1] * scale
    client = page.context.new_cdp_session(page)
    for share in (0, 0.2, 0.6, 1, None):
        points = [{"x": x, "y": y - (share or 0) * way * scale}]
        kind = {0: "touchStart", None: "touchEnd"}.get(share, "touchMove")
        touch = {
            "type": kind,
            "touchPoints": points if share is not None else [],
        }
        client.send("Input.dispatchTouchEvent", touch)


def test_numbers_are_shown_after_a_guess(page, explorer):
    verdict = page.locator(".d2l-why").nth(1)
    assert "A good fit? Guess" in verdict.text_content()
    text = page.locator(".d2l-view").inner_text()
    assert "0.39" not in text and "?" in text
    before = pixels(page), pixels(page, 1)
    press(page, "Your guess", "ArrowLeft", times=5)
    assert pixels(page, 1) != before[1]  # the guess has moved
    reveal(page)
    assert "You guessed 0.65: 0.2" in verdict.text_content()
    assert pixels(page) != before[0]
    check_measures(page, explorer)
    guesses = table(page, "What you have guessed", "guess", "iou", "giou")
    measures = explorer.measures
    expected = [[0.65, measures.iou, measures.giou]]
    np.testing.assert_allclose(guesses, expected)


def test_keys_move_boxes_and_sides(page, explorer):
    reveal(page)
    boxes = np.array(boxes_of(page))
    page.locator(".d2l-offers button").last.focus()
    page.keyboard.press("Tab")  # the prediction
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    boxes[4:] += [10, -1, 10, -1]
    assert boxes_of(page) == boxes.tolist()
    page.keyboard.press("Tab")  # its left side
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")  # which is not its way
    boxes[4] -= 10
    assert boxes_of(page) == boxes.tolist()
    outline = "document.activeElement.matches(':focus-visible')"
    assert page.evaluate(outline)
    press(page, "Ground truth, lower side", "ArrowDown", times=2)
    boxes[3] += 2
    assert boxes_of(page) == boxes.tolist()
    side = page.get_by_role("slider", name="Ground truth, lower side")
    assert side.get_attribute("aria-valuenow") == str(boxes[3])
    check_measures(page, explorer)
    change = page.locator(".d2l-why").first.text_content()
    assert change.startswith("Last move: intersection")


def test_keys_that_are_no_arrows_keep_their_meaning(page):
    before = boxes_of(page)
    page.get_by_role("slider", name="Prediction, left side").focus()
    for key in ("Control+ArrowRight", "a", "Home"):
        page.keyboard.press(key)
    assert boxes_of(page) == before


def test_a_mouse_moves_boxes_sides_and_corners(page, explorer):
    reveal(page)
    x0, y0, x1, y1 = boxes_of(page)[4:]
    drag(page, ((x0 + x1) / 2, (y0 + y1) / 2), (-12, 20))
    x0, y0, x1, y1 = x0 - 12, y0 + 20, x1 - 12, y1 + 20
    assert boxes_of(page)[4:] == [x0, y0, x1, y1]
    drag(page, (x1, y0), (15, -30))
    x1, y0 = x1 + 15, y0 - 30
    assert boxes_of(page)[4:] == [x0, y0, x1, y1]
    drag(page, (x0, (y0 + y1) / 2), (-500, 9))  # the border stops it
    assert boxes_of(page)[4:] == [0, y0, x1, y1]
    check_measures(page, explorer)
    drag(page, (250, 5), (-40, 40))  # nothing is there
    assert boxes_of(page)[4:] == [0, y0, x1, y1]


def test_cases_have_their_own_guesses(page, explorer):
    for case in explorer.view.cases:
        button = page.get_by_role("button", name=case["name"], exact=True)
        button.click()
        assert boxes_of(page) == case["boxes"]
        assert button.get_attribute("aria-pressed") == "true"
        reveal(page)
        check_measures(page, explorer)
    rows = table(page, "What you have guessed", "iou")
    assert len(rows) == len(explorer.view.cases)
    page.get_by_role("button", name="Inside", exact=True).click()
    assert page.get_by_role("button", name="Show the result").is_disabled()


def test_the_task_is_marked(page, explorer):
    reveal(page)
    conditions = page.locator(".d2l-task li")
    assert [t[0] for t in conditions.all_text_contents()] == ["○", "○", "✓"]
    truth, prediction = boxes_of(page)[:4], boxes_of(page)[4:]
    high = truth[3] - truth[1]
    # Right above each other, then the ground truth 1.6 times as high
    drag(
        page,
        ((prediction[0] + prediction[2]) / 2, prediction[1] + high / 2),
        (truth[0] - prediction[0], truth[1] - prediction[1] - 10),
    )
    middle = (truth[0] + truth[2]) / 2
    drag(page, (middle, truth[3]), (0, round(0.6 * high)))
    check_measures(page, explorer)
    assert explorer.solved
    assert page.locator(".d2l-solved").text_content() == "Solved!"


def test_on_a_phone_and_in_the_dark(browser, explorer, tmp_path):
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        page.get_by_role("button", name="Show the result").tap()
        settle(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        touch = "node => getComputedStyle(node).touchAction"
        for box in page.locator(".d2l-iou-box").all():
            assert box.evaluate(touch) == "none"
        frame = page.locator(".d2l-iou").evaluate(touch)
        assert frame == "pan-y pinch-zoom"
        before = pixels(page, 1)
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert pixels(page, 1) != before
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        assert pixels(page, 1) == before


@pytest.mark.parametrize("where", ["on a box", "beside the boxes"])
def test_a_finger_moves_a_box_and_beside_it_the_page(
    browser, explorer, tmp_path, where
):
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        x0, y0, x1, y1 = boxes_of(page)[4:]
        on_box = where == "on a box"
        middle = (x0 + x1) / 2, (y0 + y1) / 2
        swipe_up(page, middle if on_box else (245, 100), 60)
        page.wait_for_timeout(300)  # a scroll comes with the next frames
        up = 60 if on_box else 0
        assert boxes_of(page)[4:] == [x0, y0 - up, x1, y1 - up]
        assert (page.evaluate("scrollY") > 0) == (not on_box)


def test_every_control_has_a_name(page):
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [role=application], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent
            && !node.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []
