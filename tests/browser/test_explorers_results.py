"""The explorers of results in a real browser: they show what Python computes."""

import json

import numpy as np
import pytest
from explorer_page import PHONE, open_explorer, pixels, press, settle, table
from helpers.explorers import (
    LAYERS,
    count_epoch,
    random_gallery,
    random_images,
    random_layers,
    random_replay,
)

from d2l_ssd.boxes import pairwise_iou
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.inference import predict_ssd
from d2l_ssd.widgets import (
    DetectionExplorer,
    FeatureMapExplorer,
    TrainingReplay,
)
from d2l_ssd.widgets.detection_explorer import candidate_rows


@pytest.fixture(scope="module")
def detection_gallery():
    """Twelve images, their labels, and outputs with many candidates."""
    rng = np.random.default_rng(3)
    images = random_images(rng, 12)
    truths, *outputs = random_gallery(rng, 12, confidence=6)
    return images, truths, *outputs


@pytest.fixture
def detection_page(browser, detection_gallery, tmp_path):
    explorer = DetectionExplorer(*detection_gallery, image=2)
    with open_explorer(browser, explorer, tmp_path) as page:
        yield page


# --------------------------------------------------------- DetectionExplorer


def expected_rows(detections, truths, evaluation, classes=(0, 1)):
    """Objects, right, wrong, precision, recall, AP: of each class and of all."""
    rows = []
    for label in classes:
        of_class = [
            Detections(*(column[d.classes == label] for column in d))
            for d in detections
        ]
        kinds = np.concatenate(
            [detection_kinds(d, t) for d, t in zip(of_class, truths)]
        )
        correct = np.sum(kinds == "correct")
        wrong = np.sum((kinds != "correct") & (kinds != "ignored"))
        objects = evaluation.num_truths[label]
        rows.append([objects, correct, wrong])
    rows = np.array([*rows, np.sum(rows, axis=0)], dtype=float)
    with np.errstate(invalid="ignore"):
        precision = rows[:, 1] / rows[:, 1:].sum(axis=1)
    ap = evaluation.ap[list(classes), 0]
    columns = rows, precision, rows[:, 1] / rows[:, 0], [*ap, ap.mean()]
    return np.column_stack(columns)


def check_detections(
    page, gallery, score=0.3, nms_iou=0.45, image=2, classes=(0, 1)
):
    """Compare every number shown with predict_ssd's and the evaluation's."""
    _, truths, *outputs = gallery
    evaluation = evaluate_detections(
        predict_ssd(*outputs, 0.01, nms_iou), truths, 2
    )
    found = [
        Detections(*(c[np.isin(d.classes, classes)] for c in d))
        for d in predict_ssd(*outputs, score, nms_iou)
    ]
    names = "objects", "correct", "wrong", "precision", "recall", "ap"
    shown = table(page, "All 12 images", *names)
    expected = expected_rows(found, truths, evaluation, classes)
    np.testing.assert_allclose(shown, expected, atol=1e-9)
    view = page.locator(".d2l-view")
    assert int(view.get_attribute("data-kept")) == len(found[image].scores)
    kinds = detection_kinds(found[image], truths[image])
    tiles = page.locator(".d2l-tiles")
    counts = truths[image][np.isin(truths[image][:, 0], classes)]
    right = np.sum(kinds == "correct")
    assert int(tiles.get_attribute("data-correct")) == right
    missed = np.sum(counts[:, 5] == 0) - right
    assert int(tiles.get_attribute("data-missed")) == missed
    wrong = np.sum(~np.isin(kinds, ["correct", "ignored"]))
    assert int(tiles.get_attribute("data-wrong")) == wrong
    return found[image], kinds


def test_detection_explorer_unmoved(detection_page, detection_gallery):
    found, kinds = check_detections(detection_page, detection_gallery)
    scores = table(detection_page, "Boxes on this image", "score")[:8, 0]
    np.testing.assert_allclose(scores, found.scores[:8], atol=1e-6)
    said = detection_page.locator("table", has_text="Boxes on this image")
    assert (
        said.locator("tr[data-kind]").first.get_attribute("data-kind")
        == (kinds[0])
    )


def test_score_threshold_follows_the_keys(detection_page, detection_gallery):
    before = pixels(detection_page), pixels(detection_page, 1)
    press(detection_page, "Score from", "ArrowLeft", times=17)
    check_detections(detection_page, detection_gallery, score=0.13)
    after = pixels(detection_page), pixels(detection_page, 1)
    assert before[0] != after[0] and before[1] != after[1]
    press(detection_page, "Score from", "End")
    check_detections(detection_page, detection_gallery, score=0.99)
    press(detection_page, "Score from", "Home")
    check_detections(detection_page, detection_gallery, score=0.01)


def test_nms_follows_the_keys(detection_page, detection_gallery):
    press(detection_page, "Score from", "ArrowLeft", times=20)
    before = pixels(detection_page), pixels(detection_page, 1)
    press(detection_page, "NMS IoU", "ArrowRight", times=30)
    check_detections(detection_page, detection_gallery, 0.1, nms_iou=0.75)
    press(detection_page, "NMS IoU", "End")
    check_detections(detection_page, detection_gallery, 0.1, nms_iou=1)
    after = pixels(detection_page), pixels(detection_page, 1)
    assert before[0] != after[0] and before[1] != after[1]
    press(detection_page, "NMS IoU", "Home")
    check_detections(detection_page, detection_gallery, 0.1, nms_iou=0.1)


def test_classes_and_images(detection_page, detection_gallery):
    page = detection_page
    page.get_by_role("combobox", name="Image").select_option(index=0)
    check_detections(page, detection_gallery, image=0)
    page.get_by_role("checkbox", name="cat").uncheck()
    check_detections(page, detection_gallery, image=0, classes=(1,))
    page.get_by_role("button", name="Image 5", exact=True).click()
    check_detections(page, detection_gallery, image=4, classes=(1,))
    control = page.get_by_role("combobox", name="Image")
    assert control.evaluate("select => select.selectedIndex") == 4
    page.get_by_role("checkbox", name="dog").uncheck()
    settle(page)
    assert "0 boxes" in picture_name(page)


def picture_name(page):
    settle(page)
    return page.get_by_role("img").first.get_attribute("aria-label")


def iou_with_anchor(gallery, image, found, rank):
    """Return the IoU of a detection with the anchor that it comes from."""
    rows = candidate_rows(*gallery[2:])[image]
    boxes, anchors = rows[:, 2:6], rows[:, 6:]
    own = np.abs(boxes - found.boxes[rank]).sum(axis=1).argmin()
    return pairwise_iou(boxes[own : own + 1], anchors[own : own + 1]).item()


def test_asking_about_a_box(detection_page, detection_gallery):
    page = detection_page
    page.get_by_role("combobox", name="Image").select_option(index=4)
    found, kinds = check_detections(page, detection_gallery, image=4)
    why, picture = page.locator(".d2l-why"), page.locator(".d2l-picture")
    before = pixels(page)
    picture.focus()
    for rank in range(2):
        picture.press("ArrowRight")
        settle(page)
        assert f"Box {rank + 1} of {len(kinds)}" in why.inner_text()
        assert f"score {found.scores[rank]:.2f}" in why.inner_text()
        overlap = iou_with_anchor(detection_gallery, 4, found, rank)
        assert f"dashed anchor: IoU {overlap:.2f}" in why.inner_text()
    assert pixels(page) != before
    picture.press("Escape")
    assert pixels(page) == before
    # The smallest box holds a point that no smaller box can hold
    areas = np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
    x, y = (
        found.boxes[areas.argmin(), :2] + found.boxes[areas.argmin(), 2:]
    ) / 2
    box = picture.bounding_box()
    # 64 x 48 pixels in the middle of a square
    y = 0.125 + 0.75 * y
    picture.hover(position={"x": x * box["width"], "y": y * box["height"]})
    settle(page)
    assert f"Box {areas.argmin() + 1} of" in why.inner_text()


def test_dragging_on_the_curve_moves_the_threshold(
    detection_page, detection_gallery
):
    chart = detection_page.locator(".d2l-chart")
    box = chart.bounding_box()
    chart.scroll_into_view_if_needed()
    slider = detection_page.get_by_role("slider", name="Score from")
    for place in (0.15, 0.5):
        chart.click(
            position={"x": box["width"] * place, "y": box["height"] * 0.2}
        )
        settle(detection_page)
        score = float(slider.get_attribute("aria-valuetext"))
        assert score != 0.3
        check_detections(detection_page, detection_gallery, score=score)


def test_detections_on_a_phone(browser, detection_gallery, tmp_path):
    explorer = DetectionExplorer(*detection_gallery, image=1, compact=True)
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        check_detections(page, detection_gallery, image=1)
        page.locator(".d2l-picture").tap(position={"x": 160, "y": 160})
        assert page.evaluate("document.documentElement.scrollWidth") == 375


# ------------------------------------------------------------ TrainingReplay


@pytest.fixture(scope="module")
def replay_data():
    """Eight images and a run of nine epochs."""
    rng = np.random.default_rng(5)
    images = random_images(rng, 8, 64, 48)
    return images, *random_replay(rng, num_epochs=9, count=8)


@pytest.fixture
def replay_page(browser, replay_data, tmp_path):
    with open_explorer(browser, TrainingReplay(*replay_data), tmp_path) as page:
        yield page


def check_replay(page, data, epoch, score=0.3):
    """Compare the tiles and the table of all epochs with Python's counts."""
    _, truths, replay, _ = data
    counts = [count_epoch(found, truths, score) for found in replay]
    expected = [
        [c["correct"], c["wrong"], c["objects"] - c["correct"]] for c in counts
    ]
    names = "correct", "wrong", "missed"
    np.testing.assert_array_equal(table(page, "Epochs", *names), expected)
    tiles = page.locator(".d2l-tiles")
    shown = [int(tiles.get_attribute(f"data-{name}")) for name in names]
    assert shown == expected[epoch - 1]
    assert f"After epoch {epoch} of {len(replay)}" in picture_name(page)


def test_replay_unmoved(replay_page, replay_data):
    check_replay(replay_page, replay_data, epoch=9)


def test_epoch_follows_the_keys(replay_page, replay_data):
    before = [pixels(replay_page, number) for number in range(3)]
    press(replay_page, "Epoch", "ArrowLeft", times=6)
    check_replay(replay_page, replay_data, epoch=3)
    after = [pixels(replay_page, number) for number in range(3)]
    assert all(a != b for a, b in zip(before, after))
    press(replay_page, "Score from", "ArrowRight", times=30)
    check_replay(replay_page, replay_data, epoch=3, score=0.6)


def test_play_goes_through_the_epochs(replay_page, replay_data):
    button = replay_page.get_by_role("button", name="Play")
    button.click()
    view = replay_page.locator(".d2l-view")
    for epoch in (1, 2):
        replay_page.wait_for_function(
            "([node, epoch]) => node.dataset.epoch == epoch",
            arg=[view.element_handle(), epoch],
        )
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    epoch = int(view.get_attribute("data-epoch"))
    check_replay(replay_page, replay_data, epoch)
    slider = replay_page.get_by_role("slider", name="Epoch")
    assert slider.get_attribute("aria-valuetext") == f"{epoch}"
    # One step before the end it goes on to the end, and stops there
    press(replay_page, "Epoch", "End")
    press(replay_page, "Epoch", "ArrowLeft")
    button.click()
    settle(replay_page)
    check_replay(replay_page, replay_data, epoch=9)
    assert button.get_attribute("aria-pressed") == "false"


def test_a_click_on_a_chart_goes_to_its_epoch(replay_page, replay_data):
    for chart in replay_page.locator(".d2l-chart").all():
        box = chart.bounding_box()
        chart.click(position={"x": 3, "y": box["height"] / 2})
        check_replay(replay_page, replay_data, epoch=1)
        chart.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
        check_replay(replay_page, replay_data, epoch=9)


def test_replay_on_a_phone(browser, replay_data, tmp_path):
    explorer = TrainingReplay(*replay_data, epoch=2)
    with open_explorer(browser, explorer, tmp_path, **PHONE) as page:
        check_replay(page, replay_data, epoch=2)
        chart = page.locator(".d2l-chart").last
        box = chart.bounding_box()
        chart.tap(position={"x": box["width"] - 3, "y": box["height"] / 2})
        check_replay(page, replay_data, epoch=9)
        assert page.evaluate("document.documentElement.scrollWidth") == 375


# -------------------------------------------------------- FeatureMapExplorer


@pytest.fixture
def feature_map_page(browser, tmp_path):
    rng = np.random.default_rng(8)
    [image] = random_images(rng, 1, 64)
    explorer = FeatureMapExplorer(image, random_layers(rng), layer=1)
    with open_explorer(browser, explorer, tmp_path) as page:
        page.explorer = explorer
        yield page


def check_cell(page, layer, channel, row, column):
    """Compare value and receptive field of the cell shown with Python's."""
    settle(page)
    shown = page.locator(".d2l-view").evaluate("node => ({...node.dataset})")
    assert (int(shown["row"]), int(shown["column"])) == (row, column)
    maps = page.explorer.kept[layer][1][channel - 1]
    step = np.ptp([*maps.ravel(), 0]) / 255
    assert abs(float(shown["value"]) - maps[row, column]) <= 0.51 * step
    name, cells, _, side, stride, offset = LAYERS[layer]
    low = np.array([column, row]) * stride + offset + 0.5 - side / 2
    np.testing.assert_allclose(
        json.loads(shown["field"]), [*low, *(low + side)]
    )
    number = page.explorer.kept[layer][0][channel - 1]
    said = page.get_by_role("img").nth(1).get_attribute("aria-label")
    assert said.startswith(f"{name}, channel {number}: row {row + 1}")


def test_feature_maps_unmoved(feature_map_page):
    check_cell(feature_map_page, 1, 1, 4, 4)
    shown = table(feature_map_page, "Layers", "field", "stride")
    np.testing.assert_array_equal(shown, [row[3:5] for row in LAYERS])


def test_layers_and_channels_follow_the_keys(feature_map_page):
    page = feature_map_page
    before = [pixels(page, number) for number in range(3)]
    press(page, "Channel", "ArrowRight", times=3)
    check_cell(page, 1, 4, 4, 4)
    press(page, "Layer", "ArrowLeft")
    check_cell(page, 0, 4, 9, 9)  # the cell under the middle of the old one
    after = [pixels(page, number) for number in range(3)]
    assert all(a != b for a, b in zip(before, after))
    press(page, "Layer", "End")
    check_cell(page, 3, 4, 0, 0)


def test_pointer_and_keys_choose_a_cell(feature_map_page):
    page = feature_map_page
    for frame in page.locator(".d2l-picture").all():
        box = frame.bounding_box()
        # Row 2 and column 7 of 8, counted from 0
        place = {"x": box["width"] * 7.5 / 8, "y": box["height"] * 2.5 / 8}
        frame.hover(position=place)
        check_cell(page, 1, 1, 2, 7)
        frame.focus()
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft"):
            frame.press(key)
        check_cell(page, 1, 1, 3, 5)


def test_a_small_picture_chooses_its_channel(feature_map_page):
    overview = feature_map_page.locator(".d2l-overview")
    box = overview.bounding_box()
    # The second row's third of eight
    place = {"x": box["width"] * 2.5 / 8, "y": box["height"] * 0.75}
    overview.click(position=place)
    check_cell(feature_map_page, 1, 11, 4, 4)
    slider = feature_map_page.get_by_role("slider", name="Channel")
    assert slider.get_attribute("aria-valuetext") == "11"


# ------------------------------------------------------------ all


PAGES = ["detection_page", "replay_page", "feature_map_page"]


@pytest.mark.parametrize("page_name", PAGES)
def test_every_control_has_a_name(request, page_name):
    page = request.getfixturevalue(page_name)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], [contenteditable], select, input, button, canvas")]
          .filter((node) => !node.ariaLabel && !node.labels?.[0]?.textContent
              && !(node.matches("button") && node.textContent))
          .map((node) => node.outerHTML)"""
    )
    assert unnamed == []


@pytest.mark.parametrize("page_name", PAGES)
def test_the_theme_is_followed(request, page_name):
    page = request.getfixturevalue(page_name)
    # Each one's last canvas has lines or ground in the theme's colors
    last = page.locator(".d2l-view canvas").count() - 1
    before = pixels(page, last)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert pixels(page, last) != before
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert pixels(page, last) == before
