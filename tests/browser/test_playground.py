"""The playground in a real browser: it trains, and says what it does."""

import re

import pytest
from explorer_page import VENDOR, settle
from pages import LEARNED
from playground_page import (
    DESKTOP,
    NO_WORKERS,
    PHONE,
    button,
    data,
    open_playground,
    said,
    train,
    wait_for,
)


@pytest.fixture
def page(browser, tmp_path):
    with open_playground(browser, tmp_path) as page:
        yield page


class TestTraining:
    def test_it_learns_and_stops_by_itself(self, page):
        train(page)
        wait_for(page, "d.phase === 'finished'")
        assert data(page)["count"] == "6000"
        assert round(float(data(page)["ap50"]), 4) == LEARNED
        train_button = page.locator(".d2l-pg-train:visible")
        assert train_button.text_content() == "+ 6,000 scenes"
        rows = page.locator("table", has_text="Curves of this run")
        assert rows.locator("tbody tr").count() == 12
        label = page.locator("[data-scene='0'] canvas").get_attribute(
            "aria-label"
        )
        assert re.match(r"Scene 1: 4 objects. Found: .*; missed: ", label)
        page.wait_for_timeout(5100)
        assert said(page).startswith("Finished: 6,000 scenes in ")

    def test_it_learns_without_a_worker(self, browser, tmp_path):
        with open_playground(browser, tmp_path, NO_WORKERS) as page:
            train(page)
            wait_for(page, "Number(d.ap50) > 0.5")

    def test_the_same_seed_gives_the_same_curve(self, page):
        values = []
        for _ in range(2):
            train(page)
            wait_for(page, "d.ap50 !== ''")
            train(page)
            values.append(data(page)["ap50"])
            button(page, "Restart (same seed)").click()
            train(page)
            assert data(page)["ap50"] == ""
        assert values[0] == values[1]

    def test_the_page_does_not_move(self, browser, tmp_path):
        script = (
            "window.shift = 0; new PerformanceObserver(list => list.getEntries()"
            ".forEach(entry => window.shift += entry.value))"
            ".observe({type: 'layout-shift', buffered: true})"
        )
        with open_playground(browser, tmp_path, script) as page:
            train(page)
            wait_for(page, "Number(d.count) > 1000")
            assert page.evaluate("window.shift") < 0.01

    def test_it_rests_in_a_hidden_tab(self, page):
        train(page)
        wait_for(page, "Number(d.count) > 100")
        hide = """hidden => {
            Object.defineProperty(document, 'hidden',
                {value: hidden, configurable: true});
            document.dispatchEvent(new Event('visibilitychange'));
        }"""
        page.evaluate(hide, True)
        page.wait_for_timeout(500)
        before = data(page)["count"]
        page.wait_for_timeout(500)
        assert data(page)["count"] == before
        page.evaluate(hide, False)
        wait_for(page, f"Number(d.count) > {before}")


class TestSettings:
    def test_a_setting_of_training_starts_a_new_run(self, page):
        train(page)
        wait_for(page, "d.ap50 !== ''")
        button(page, "Settings").click()
        box = page.locator("[data-key=force] input")
        box.uncheck()
        wait_for(page, "d.run === '2' && Number(d.count) > 0")
        assert page.get_by_text("Previous run (gray): baseline").is_visible()
        page.get_by_role("button", name="force-match off: reset").click()
        wait_for(page, "d.run === '3'")
        assert box.is_checked()

    def test_one_can_be_applied_to_this_run(self, page):
        train(page)
        wait_for(page, "d.ap50 !== ''")
        button(page, "Settings").click()
        page.get_by_label("Apply ⟳ to this run instead").check()
        page.locator("[data-key=force] input").uncheck()
        before = int(data(page)["count"])
        wait_for(page, f"Number(d.count) > {before}")
        assert data(page)["run"] == "1"

    def test_a_bug_of_decoding_changes_at_once(self, page):
        train(page)
        wait_for(page, "Number(d.ap50) > 0.4")
        train(page)
        button(page, "Find the bug").click()
        page.get_by_label("A bug that is on").select_option("variances")
        wait_for(page, "Number(d.ap50) < 0.1")
        assert data(page)["run"] == "1"

    def test_the_last_map_stays_on(self, page):
        button(page, "Settings").click()
        page.get_by_label("12 × 12 (fine)").click()
        page.get_by_label("6 × 6").click()
        page.get_by_label("3 × 3 (coarse)").click()
        assert page.get_by_label("3 × 3 (coarse)").is_checked()
        assert page.get_by_text("The last map stays on").is_visible()

    def test_the_address_holds_the_state(self, browser, tmp_path):
        address = "#iou=0.7&force=0&view=targets&open=settings"
        with open_playground(browser, tmp_path, address=address) as page:
            chips = page.locator(".d2l-pg-chip").all_text_contents()
            assert chips == ["matching IoU 0.7 ✕", "force-match off ✕"]
            assert page.locator(
                "[data-section=settings].d2l-pg-panel"
            ).is_visible()
            button(page, "Reset all").click()
            button(page, "Mistakes").click()
            page.wait_for_timeout(500)
            assert page.evaluate("location.hash") == (
                "#v=1&view=mistakes&open=settings"
            )

    def test_settings_of_python(self, browser, tmp_path):
        settings = {"neg": float("inf")}
        with open_playground(browser, tmp_path, settings=settings) as page:
            assert page.locator(".d2l-pg-chip").text_content() == (
                "all negatives ✕"
            )


class TestReadouts:
    def test_a_number_explains_itself(self, page):
        button(page, "More numbers").click()
        page.get_by_role("button", name="Objects without an anchor").click()
        panel = page.locator(".d2l-pg-panel[data-section=numbers]")
        assert panel.get_by_text("they are taught as background").is_visible()
        link = panel.get_by_role("link", name="Read more")
        assert link.get_attribute("href") == "targets.html"

    def test_weights_are_saved_and_loaded(self, page, tmp_path):
        train(page)
        wait_for(page, "Number(d.ap50) > 0.3")
        train(page)
        button(page, "More numbers").click()
        with page.expect_download() as waiting:
            button(page, "Save the weights").click()
        file = tmp_path / "weights.safetensors"
        waiting.value.save_as(file)
        button(page, "Close Numbers").click()
        button(page, "Another seed").click()
        wait_for(page, "d.run === '2'")
        page.locator("input[type=file]").set_input_files(file)
        page.wait_for_function(
            "document.querySelector('.d2l-pg-say')"
            ".textContent.includes('weights of your file')"
        )

    def test_the_run_before_can_be_hidden(self, page):
        train(page)
        wait_for(page, "d.ap50 !== ''")
        button(page, "Another seed").click()
        button(page, "Compare").click()
        gray = page.get_by_text("Previous run (gray): baseline, seed 1")
        assert gray.is_visible()
        page.get_by_label("1. baseline, seed 1").uncheck()
        settle(page)
        assert gray.count() == 0


class TestOwnScene:
    def test_keys_move_and_turn_a_shape(self, page):
        shape = page.locator(".d2l-pg-shapes button").first
        shape.focus()
        shape.press("ArrowRight")
        shape.press("Shift+ArrowDown")
        shape.press("t")
        label = shape.get_attribute("aria-label")
        assert label.startswith("Your triangle, 14 by 13 pixels at 6, 6.")

    def test_a_drag_is_detected_while_it_trains(self, page):
        train(page)
        wait_for(page, "Number(d.ap50) > 0.4")
        shape = page.locator(".d2l-pg-shapes button").nth(1)
        box = shape.bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 20, box["y"] + 120, steps=10)
        page.mouse.up()
        moved = shape.bounding_box()
        assert moved["y"] - box["y"] == pytest.approx(100, abs=3)
        page.wait_for_timeout(600)
        assert "own=" in page.evaluate("location.hash")

    def test_a_click_on_a_box_looks_inside(self, page):
        train(page)
        wait_for(page, "Number(d.ap50) > 0.5")
        train(page)
        page.locator("[data-scene='0']").click(position={"x": 108, "y": 80})
        softmax = page.locator("table", has_text="From logits to scores")
        softmax.locator("tbody tr").nth(3).wait_for()
        values = softmax.locator("td:nth-child(3)").all_text_contents()
        assert sum(map(float, values)) == pytest.approx(1, abs=0.003)


class TestPlaces:
    def test_everything_is_on_the_first_screen(self, page):
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height <= DESKTOP["height"]
        sides = page.locator(".d2l-pg-scene").evaluate_all(
            "nodes => nodes.map(node => node.getBoundingClientRect().width)"
        )
        assert len(sides) == 4 and min(sides) >= 240

    def test_a_phone(self, browser, tmp_path):
        with open_playground(browser, tmp_path, options=PHONE) as page:
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == 375
            page.locator(".d2l-pg-bar .d2l-pg-train").tap()
            wait_for(page, "d.phase === 'training' && Number(d.count) > 100")
            button(page, "Settings").tap()
            places = ".d2l-pg-panel:not([hidden]) :is(select, .d2l-button)"
            page.locator(places).first.wait_for()
            sizes = page.locator(places).evaluate_all(
                "nodes => nodes.map(node => node.getBoundingClientRect().height)"
            )
            assert min(sizes) >= 44

    def test_the_small_form(self, browser, tmp_path):
        with open_playground(browser, tmp_path, compact=True) as page:
            assert not page.locator(".d2l-pg-tabs").is_visible()
            train(page)
            wait_for(page, "Number(d.count) > 100")

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, page, theme):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        axe = VENDOR.parents[2] / "node_modules" / "axe-core" / "axe.min.js"
        page.evaluate(axe.read_text())
        for name in "Settings", "Find the bug", "Look inside":
            button(page, name).click()
            settle(page)
            found = page.evaluate("axe.run('.d2l-playground')")["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
