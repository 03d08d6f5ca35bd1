"""Explorers in a real browser: what they show is what Python computes."""

import json

import numpy as np
import pytest
from explorer_page import (
    PHONE,
    open_explorer,
    pixels,
    press,
    settle,
    state,
    table,
)

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.targets import encode_offsets, match_anchors
from d2l_ssd.widgets import AnchorExplorer, TargetExplorer
from d2l_ssd.widgets.anchor_explorer import NAIVE_SIZES
from d2l_ssd.widgets.base import MAP_SHAPES


def random_truths(rng, count):
    size = np.exp(rng.uniform(np.log(0.08), np.log(0.8), count))
    stretch = np.exp(rng.uniform(-0.3, 0.3, count))
    extent = np.minimum(0.95, np.stack([size * stretch, size / stretch], -1))
    low = rng.uniform(size=(count, 2)) * (1 - extent)
    return np.concatenate([low, low + extent], -1).astype(np.float32)


@pytest.fixture(scope="module")
def gallery():
    """Four images (the last one empty), their labels, and 1,500 truths."""
    rng = np.random.default_rng(7)
    images = rng.integers(90, 160, (4, 64, 64, 3)).astype(np.uint8)
    labels = []
    for count in (3, 5, 1, 0):
        rows = np.full((6, 6), -1, np.float32)  # padded, as a loader has them
        rows[:count, 0] = np.arange(count) % 2
        rows[:count, 1:5] = random_truths(rng, count)
        labels.append(rows)
    return list(images), labels, random_truths(rng, 1500)


def truths_of(labels, image):
    rows = labels[image]
    return rows[rows[:, 0] >= 0][:, 1:5]


@pytest.fixture
def anchor_page(browser, gallery, tmp_path):
    with open_explorer(browser, AnchorExplorer(*gallery), tmp_path) as page:
        map_control = page.get_by_role("combobox", name="Map")
        map_control.select_option(label="16 × 16 cells")
        yield page


@pytest.fixture
def target_page(browser, gallery, tmp_path):
    explorer = TargetExplorer(*gallery[:2])
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


# ------------------------------------------------------------ AnchorExplorer


def check_anchor_numbers(page, gallery, sizes, ratios, image=0):
    """Compare both tables with what Python makes of these sizes and ratios."""
    _, labels, all_truths = gallery
    anchors = ssd_anchors(MAP_SHAPES, sizes, [ratios] * len(MAP_SHAPES))
    shown = table(page, "Best IoU of any anchor", "iou", "anchor")
    best = best_possible_iou(anchors, truths_of(labels, image))
    np.testing.assert_allclose(shown[:, 0], best, atol=1e-5)
    bins = table(page, "Objects of the data set", "objects", "reached")
    side = np.sqrt(np.prod(all_truths[:, 2:] - all_truths[:, :2], axis=1))
    bin_of = np.minimum(7, (side * 10).astype(int))
    reached = best_possible_iou(anchors, all_truths) >= 0.5
    objects = np.bincount(bin_of, minlength=8)
    expected = np.stack([objects, np.bincount(bin_of[reached], minlength=8)])
    np.testing.assert_array_equal(bins, expected.T)


def shown_sizes(page):
    settle(page)
    return json.loads(page.locator(".d2l-view").get_attribute("data-sizes"))


def test_anchor_explorer_unmoved(anchor_page, gallery):
    check_anchor_numbers(anchor_page, gallery, SIZES, RATIOS[0])


def test_anchor_sizes_follow_the_keys(anchor_page, gallery):
    before = pixels(anchor_page), pixels(anchor_page, 1)
    press(anchor_page, "First size", "ArrowRight", times=20)
    press(anchor_page, "Second size", "ArrowLeft", times=3)
    sizes = [list(pair) for pair in SIZES]
    sizes[1] = [round(sizes[1][0] + 0.2, 2), round(sizes[1][1] - 0.03, 2)]
    assert shown_sizes(anchor_page) == sizes
    check_anchor_numbers(anchor_page, gallery, sizes, RATIOS[0])
    after = pixels(anchor_page), pixels(anchor_page, 1)
    assert before[0] != after[0] and before[1] != after[1]


def test_every_map_keeps_its_sizes(anchor_page, gallery):
    press(anchor_page, "First size", "ArrowRight", times=2)
    map_control = anchor_page.get_by_role("combobox", name="Map")
    map_control.select_option(label="8 × 8 cells")
    press(anchor_page, "Second size", "ArrowRight")
    map_control.select_option(label="16 × 16 cells")
    sizes = [list(pair) for pair in SIZES]
    sizes[1][0] = round(sizes[1][0] + 0.02, 2)
    sizes[2][1] = round(sizes[2][1] + 0.01, 2)
    assert shown_sizes(anchor_page) == sizes
    slider = anchor_page.get_by_role("slider", name="First size")
    assert slider.get_attribute("aria-valuetext") == f"{sizes[1][0]:g}"
    check_anchor_numbers(anchor_page, gallery, sizes, RATIOS[0])


def test_naive_sizes_miss_the_small_and_back(anchor_page, gallery):
    preset = anchor_page.get_by_role("combobox", name="Sizes")
    preset.select_option(index=1)
    check_anchor_numbers(anchor_page, gallery, NAIVE_SIZES, RATIOS[0])
    reached = table(anchor_page, "Objects of the data set", "reached")
    assert reached[1] == 0  # nothing from 0.1 to 0.2
    press(anchor_page, "First size", "ArrowLeft")
    assert preset.evaluate("select => select.selectedIndex") == 2  # your own
    preset.select_option(index=0)
    check_anchor_numbers(anchor_page, gallery, SIZES, RATIOS[0])


def test_ratios_and_images(anchor_page, gallery):
    anchor_page.get_by_role("checkbox", name="3:1").check()
    anchor_page.get_by_role("checkbox", name="1:2").uncheck()
    check_anchor_numbers(anchor_page, gallery, SIZES, (1, 2, 3))
    anchor_page.get_by_role("combobox", name="Image").select_option(index=1)
    check_anchor_numbers(anchor_page, gallery, SIZES, (1, 2, 3), image=1)
    anchor_page.get_by_role("combobox", name="Image").select_option(index=3)
    assert "no object" in picture_name(anchor_page)
    for name in ("1:1", "2:1", "3:1"):
        anchor_page.get_by_role("checkbox", name=name).uncheck()
    assert table(anchor_page, "Objects of", "reached").sum() == 0


def picture_name(page):
    settle(page)
    return page.get_by_role("img").first.get_attribute("aria-label")


def test_hover_and_arrow_keys_choose_a_cell(anchor_page):
    before = pixels(anchor_page)
    picture = anchor_page.locator(".d2l-picture")
    box = picture.bounding_box()
    # Row 3 and column 11 of 16, counted from 1
    picture.hover(
        position={
            "x": box["width"] * 10.5 / 16,
            "y": box["height"] * 2.5 / 16,
        }
    )
    assert "row 3, column 11" in picture_name(anchor_page)
    assert pixels(anchor_page) != before
    picture.focus()
    for key in ("ArrowDown", "ArrowLeft", "ArrowLeft"):
        picture.press(key)
    assert "row 4, column 9" in picture_name(anchor_page)


def test_a_tap_chooses_a_cell_on_a_phone(browser, gallery, tmp_path):
    explorer = AnchorExplorer(*gallery)
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        page.locator(".d2l-picture").tap(position={"x": 1, "y": 1})
        assert "row 1, column 1:" in picture_name(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 375


# ------------------------------------------------------------ TargetExplorer


def check_targets(page, gallery, pos_iou, neg_iou, image=0):
    """Compare counts and the selected anchor's offsets with Python's."""
    truths = truths_of(gallery[1], image)
    anchors = ssd_anchors(MAP_SHAPES)
    matches = match_anchors(anchors, truths, pos_iou, neg_iou)
    counts = [len(a) for a in np.split(anchors, MAP_ENDS[:-1])]
    assert sum(counts) == 5380
    per_map = [
        [(part >= 0).sum(), (part == -2).sum(), (part == -1).sum()]
        for part in np.split(matches, MAP_ENDS[:-1])
    ]
    shown = table(page, "Anchors by map", "positive", "ignored", "background")
    np.testing.assert_array_equal(shown[:-1], per_map)
    np.testing.assert_array_equal(shown[-1], np.sum(per_map, axis=0))
    if not (matches >= 0).any():
        return None
    offsets_table = page.locator(".d2l-offsets")
    anchor = int(offsets_table.get_attribute("data-anchor"))
    truth = int(offsets_table.get_attribute("data-truth"))
    assert matches[anchor] == truth
    expected = encode_offsets(anchors[anchor], truths[truth])
    offsets = table(page, "Its offsets", "offset")[:, 0]
    np.testing.assert_allclose(offsets, expected, atol=1e-4)
    return anchor


MAP_ENDS = np.cumsum([4 * height * width for height, width in MAP_SHAPES])


def test_target_explorer_unmoved(target_page, gallery):
    check_targets(target_page, gallery, 0.5, 0.4)


def test_thresholds_follow_the_keys(target_page, gallery):
    before = pixels(target_page)
    press(target_page, "Positive from", "ArrowRight", times=7)
    press(target_page, "Ignored from", "ArrowLeft", times=12)
    check_targets(target_page, gallery, 0.57, 0.28)
    assert pixels(target_page) != before


def test_thresholds_push_each_other(target_page, gallery):
    press(target_page, "Positive from", "ArrowLeft", times=15)
    check_targets(target_page, gallery, 0.35, 0.35)
    press(target_page, "Ignored from", "ArrowRight", times=20)
    check_targets(target_page, gallery, 0.55, 0.55)
    slider = target_page.get_by_role("slider", name="Positive from")
    assert slider.get_attribute("aria-valuetext") == "0.55"


def test_going_through_the_positive_anchors(target_page, gallery):
    first = check_targets(target_page, gallery, 0.5, 0.4)
    before = pixels(target_page), pixels(target_page, 1)
    target_page.get_by_role("button", name="Next positive").click()
    second = check_targets(target_page, gallery, 0.5, 0.4)
    assert second > first
    after = pixels(target_page), pixels(target_page, 1)
    assert before[0] != after[0] and before[1] != after[1]
    picture = target_page.locator(".d2l-picture")
    picture.focus()
    picture.press("ArrowLeft")
    assert check_targets(target_page, gallery, 0.5, 0.4) == first
    target_page.get_by_role("button", name="Previous positive").click()
    assert check_targets(target_page, gallery, 0.5, 0.4) < first


def test_a_click_selects_the_nearest_positive_anchor(target_page, gallery):
    anchors = ssd_anchors(MAP_SHAPES)
    matches = match_anchors(anchors, truths_of(gallery[1], 0), 0.5, 0.4)
    picture = target_page.locator(".d2l-picture")
    box = picture.bounding_box()
    for wanted in np.flatnonzero(matches >= 0)[[0, -1]]:
        x, y = (anchors[wanted, :2] + anchors[wanted, 2:]) / 2
        picture.click(position={"x": x * box["width"], "y": y * box["height"]})
        chosen = check_targets(target_page, gallery, 0.5, 0.4)
        # A cell's anchors share their center; their dots stand around it
        distance = np.abs(anchors[chosen] - anchors[wanted]).reshape(2, 2)
        assert np.all(distance.mean(axis=0) < 0.15)
        assert matches[chosen] >= 0


def test_maps_and_an_image_without_objects(target_page, gallery):
    map_control = target_page.get_by_role("combobox", name="Map")
    map_control.select_option(index=2)
    chosen = check_targets(target_page, gallery, 0.5, 0.4)
    assert chosen is None or MAP_ENDS[0] <= chosen < MAP_ENDS[1]
    target_page.get_by_role("combobox", name="Image").select_option(index=3)
    check_targets(target_page, gallery, 0.5, 0.4, image=3)
    assert target_page.get_by_text("No positive anchor here.").is_visible()
    assert target_page.get_by_role("button", name="Next").is_disabled()


# ------------------------------------------------------------ both


@pytest.fixture(params=["anchor_page", "target_page"])
def any_page(request):
    return request.getfixturevalue(request.param)


def test_every_control_has_a_name(any_page):
    unnamed = any_page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent)
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []


def test_the_theme_is_followed(any_page):
    before = pixels(any_page, 1)
    any_page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert pixels(any_page, 1) != before
    root = any_page.locator(".d2l-explorer")
    assert root.evaluate("node => getComputedStyle(node).color") == (
        "rgb(230, 237, 243)"
    )
    any_page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert pixels(any_page, 1) == before


def test_a_press_that_moves_nothing_draws_nothing(any_page):
    """Sliders change the page's style while they are held, and scrolling its class."""
    before = state(any_page)["drawings"]
    any_page.locator("[role=slider]").first.hover()
    any_page.mouse.down()
    any_page.evaluate("document.documentElement.classList.add('scrolled')")
    settle(any_page)
    any_page.mouse.up()
    assert state(any_page)["drawings"] == before
