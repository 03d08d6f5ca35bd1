"""LiveDetector with the site's own files: load, move, detect, compare with Python."""

import numpy as np
import pytest
from explorer_page import settle
from helpers.live import make_predictor
from live_page import (
    DETECTOR,
    load,
    open_live,
    state,
    wait_for_rest,
    wait_for_results,
    write_live_page,
)

from d2l_ssd.data import to_input
from d2l_ssd.inference import predict_ssd
from d2l_ssd.predictors import load_predictor
from d2l_ssd.widgets import LiveDetector

PHONE = {"viewport": {"width": 375, "height": 740}, "has_touch": True}
# Keeps the canvases that are read: the scene is one of them
KEEP = """(() => {
    window.contexts = [];
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, options) {
        const context = get.call(this, kind, options);
        if (options?.willReadFrequently) window.contexts.push(context);
        return context;
    };
})()"""
# Opaque everywhere: the others hold single sprites
SCENE = """() => {
    const all = window.contexts
        .filter(({canvas}) => canvas.width === 256)
        .map((context) => context.getImageData(0, 0, 256, 256).data);
    return [...all.find((data) => data.every((v, k) => k % 4 < 3 || v === 255))];
}"""


@pytest.fixture(scope="module")
def explorer():
    return LiveDetector(make_predictor())


@pytest.fixture(scope="module")
def folder(explorer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    write_live_page(explorer, folder)
    return folder


@pytest.fixture(scope="module")
def predictor():
    return load_predictor(DETECTOR / "ssd.onnx")


@pytest.fixture
def page(browser, folder):
    with open_live(browser, folder) as page:
        yield page


def boxes(page):
    """Read the table of boxes: class, score, anchor, and four corners."""
    settle(page)
    rows = page.locator(".d2l-live-boxes tbody tr").evaluate_all(
        "rows => rows.map(({dataset: {label, score, anchor, box}}) =>"
        " [label, score, anchor, ...box.split(' ')].map(Number))"
    )
    return np.array(rows).reshape(-1, 7)


def objects(page):
    return page.locator(".d2l-view").evaluate(
        "node => JSON.parse(node.dataset.objects)"
    )


def select(page, name):
    page.get_by_role("button", name=f"Select: {name}", exact=True).click()


def check_against_python(page, predictor):
    """Compare the boxes with those that Python finds in the same pixels."""
    wait_for_rest(page)
    pixels = np.array(page.evaluate(SCENE), np.uint8).reshape(256, 256, 4)
    outputs = predictor(to_input(pixels[..., :3], 256, 256)[None])
    anchors = predictor.settings.anchors()
    found = predict_ssd(*outputs, anchors, score_threshold=0.5)[0]
    shown = boxes(page)
    assert len(shown) > 0
    np.testing.assert_array_equal(shown[:, 0], found.classes)
    np.testing.assert_allclose(shown[:, 1], found.scores, atol=1e-3)
    np.testing.assert_allclose(shown[:, 3:], found.boxes, atol=1e-3)


def test_nothing_is_loaded_before_it_is_asked_for(page, explorer):
    data = state(page)
    assert (data["phase"], data["source"]) == ("idle", "recorded")
    assert not [url for url in page.requests if "detector" in url]
    assert not [url for url in page.requests if "ort" in url.split("/")]
    button = page.locator(".d2l-live-load")
    assert f"{explorer.view.megabytes} MB" in button.text_content()
    shown = boxes(page)
    rows = np.frombuffer(explorer.view.recorded, "<f4").reshape(-1, 8)
    np.testing.assert_allclose(shown, rows[:2][rows[:2, 2] >= 0.5][:, 1:])


def test_the_size_that_is_told_is_that_of_the_files(page, explorer):
    load(page)
    urls = [
        url for url in page.requests if "detector/" in url or "/ort/" in url
    ]
    sizes = [
        int(page.request.head(url).headers["content-length"]) for url in {*urls}
    ]
    assert len(sizes) == 4
    assert sum(sizes) == pytest.approx(1e6 * explorer.view.megabytes, rel=0.07)


def test_the_path_is_shown_after_a_guess(page, explorer):
    slider = page.get_by_role("slider", name="Raise the kennel")
    assert slider.is_disabled()
    page.get_by_role("button", name="Show what happens").click()
    slider.focus()
    for step in (1, 2):
        slider.press("ArrowRight")
        data = state(page)
        assert data["step"] == str(step) and data["source"] == "recorded"
        share, score = explorer.curve[step]
        assert float(data["share"]) == pytest.approx(share, abs=1e-4)
        assert float(data["score"]) == pytest.approx(score, abs=1e-4)
        x, y = explorer.view.path[step]
        kennel = objects(page)[explorer.view.mover]
        assert (kennel["x"], kennel["y"]) == (x, y)


def test_the_network_finds_what_python_finds(browser, folder, predictor):
    with open_live(browser, folder, script=KEEP) as page:
        load(page)
        check_against_python(page, predictor)
        cat = boxes(page)[boxes(page)[:, 0] == 0][0]
        drag(page, (0.5, 0.65), (0.7, 0.6))
        check_against_python(page, predictor)
        moved = boxes(page)[boxes(page)[:, 0] == 0][0]
        np.testing.assert_allclose(
            moved[3:] - cat[3:], [0.2, -0.05, 0.2, -0.05], atol=0.06
        )
        assert not [u for u in page.requests if not is_own(page, u)]


def is_own(page, url):
    return url.startswith((page.address, "blob:", "data:"))


def drag(page, start, end):
    box = page.locator(".d2l-view .d2l-picture").bounding_box()
    points = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"])
        for x, y in (start, end)
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=5)
    page.mouse.up()
    settle(page)


def test_keys_do_what_a_hand_does(page):
    load(page)
    wait_for_rest(page)
    select(page, "cat")
    before, frame = objects(page)[1], page.locator(".d2l-picture")
    count = int(state(page)["results"])
    frame.focus()
    for key in ("ArrowLeft", "ArrowUp", "+", "]"):
        frame.press(key)
    settle(page)
    after = objects(page)[1]
    assert after["x"] == pytest.approx(before["x"] - 1 / 32)
    assert after["y"] == pytest.approx(before["y"] - 1 / 32)
    assert after["size"] > before["size"] and after["angle"] == 6
    wait_for_results(page, count + 1)
    wait_for_rest(page)
    assert 0 in boxes(page)[:, 0]
    frame.press("h")
    wait_for_rest(page)
    assert 0 not in boxes(page)[:, 0]
    assert page.get_by_role("button", name="Show", exact=True).is_visible()


def test_touch_moves_and_turns(browser, folder):
    with open_live(browser, folder, **PHONE) as page:
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide == 375
        page.locator(".d2l-picture").scroll_into_view_if_needed()
        touch = page.context.new_cdp_session(page)
        before, scroll = objects(page)[1], page.evaluate("scrollY")
        touch_drag(page, touch, (0.5, 0.65), (0.4, 0.45))
        after = objects(page)[1]
        assert after["x"] == pytest.approx(before["x"] - 0.1, abs=0.02)
        assert after["y"] == pytest.approx(before["y"] - 0.2, abs=0.02)
        assert page.evaluate("scrollY") == scroll
        touch_drag(page, touch, (0.9, 0.75), (0.9, 0.35))  # beside all objects
        assert objects(page)[1] == after
        assert page.evaluate("scrollY") > scroll


def touch_drag(page, touch, start, end):
    box = page.locator(".d2l-picture").bounding_box()
    way = np.linspace(start, end, 8)
    for number, (x, y) in enumerate(way):
        point = {
            "x": box["x"] + x * box["width"],
            "y": box["y"] + y * box["height"],
        }
        kind = "touchMove" if number else "touchStart"
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]}
        )
        page.wait_for_timeout(30)
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    page.wait_for_timeout(100)
    settle(page)
