"""What the playground asks: a mission, a hidden bug, a comparison, the tour."""

import re
import shutil
from pathlib import Path

import pytest
from explorer_page import VENDOR, settle
from playground_page import (
    PHONE,
    button,
    data,
    open_playground,
    said,
    train,
    wait_for,
)

MISSIONS = (
    Path(__file__).resolve().parents[2]
    / "book"
    / "_static"
    / "playground_missions.json"
)


@pytest.fixture
def open_page(browser, tmp_path):
    """Return what opens a playground beside the file of missions."""
    (tmp_path / "_static").mkdir()
    shutil.copy(MISSIONS, tmp_path / "_static")

    def opener(address="", **options):
        return open_playground(browser, tmp_path, address=address, **options)

    return opener


def panel(page, section):
    return page.locator(f".d2l-pg-panel[data-section={section}]")


def hash_of(page):
    page.wait_for_timeout(500)
    return page.evaluate("location.hash")


class TestMissions:
    def test_a_prediction_comes_before_the_run(self, open_page):
        with open_page("#n=500") as page:
            button(page, "Missions").click()
            page.get_by_role("button", name="A quarter of the anchors").click()
            card = panel(page, "missions")
            lock = button(page, "Lock in my prediction")
            assert lock.is_disabled()
            card.get_by_label("I don’t know").check()
            lock.click()
            assert card.get_by_label("AP50 halves").is_disabled()
            assert data(page)["phase"] == "ready"
            assert not card.get_by_text("Lesson:").is_visible()
            button(page, "Run (about 10 s)").click()
            chips = page.locator(".d2l-pg-chip").all_text_contents()
            assert chips == ["1 size per map ✕", "ratios 1 ✕"]
            wait_for(page, "d.phase === 'finished'", 120)
            assert card.get_by_text("You said: I don’t know").is_visible()
            rows = card.locator("tr.d2l-pg-own")
            ap50 = rows.first.locator("td").nth(1).text_content()
            assert ap50 == f"{float(data(page)['ap50']):.2f}"
            gray = page.get_by_text("Previous run (gray): baseline, seed 1")
            gray.wait_for(timeout=120000)
            assert rows.count() == 2

    def test_back_leaves_a_mission(self, open_page):
        with open_page() as page:
            button(page, "Missions").click()
            hash_of(page)
            page.get_by_role("button", name="Learning rates").click()
            assert hash_of(page).endswith("open=missions&mission=rates")
            page.go_back()
            page.get_by_role("button", name="The mirror").wait_for()
            assert hash_of(page).endswith("open=missions")

    def test_a_link_opens_a_mission(self, open_page):
        with open_page("#iou=0.7&force=0&mission=forcing") as page:
            card = panel(page, "missions")
            card.get_by_text("What does force-match buy").wait_for()


class TestGame:
    def test_the_bug_is_a_secret_until_it_is_found(self, open_page):
        with open_page() as page:
            button(page, "Find the bug").click()
            page.get_by_role("button", name="Level 1").click()
            look = page.get_by_role("button", name="Boxes in the picture")
            assert look.is_disabled()
            wait_for(page, "Number(d.count) >= 2000", 120)
            look.click()
            page.get_by_text("Judged by the scenes").wait_for(timeout=20000)
            address = hash_of(page)
            assert re.search(r"&open=bug&game=[0-9a-f]{6}$", address)
            assert "bug=" not in address.replace("open=bug", "")
            self.check_nothing_tells(page)
            board = panel(page, "bug")
            board.get_by_label("Your guess").select_option("onevariance")
            button(page, "Name it").click()
            board.get_by_text("speaks against it").wait_for(timeout=30000)
            self.check_nothing_tells(page)
            button(page, "Give up").click()
            board.get_by_text("The shortest path:").wait_for(timeout=30000)
            assert board.locator("ol li").count() >= 1
            bug = re.search(r"&bug=(\w+)", hash_of(page)).group(1)
            assert bug in ("variances", "logits", "nonms", "pixels")

    @staticmethod
    def check_nothing_tells(page):
        names = [
            "variances forgotten",
            "logits taken for scores",
            "NMS off",
            "labels in pixels",
        ]
        tree = page.locator(".d2l-playground").aria_snapshot()
        chosen = re.sub(r"- option .*", "", tree)
        labels = page.locator(".d2l-playground [aria-label]").evaluate_all(
            "nodes => nodes.map(node => node.ariaLabel).join()"
        )
        for name in names:
            assert name not in chosen + labels + said(page)

    def test_a_code_opens_the_same_game(self, open_page):
        with open_page("#seed=3&game=2") as page:
            wait_for(page, "d.phase === 'training'")
            assert page.get_by_text("Level 2. First let it train").is_visible()
            code = re.search("game=(.*)", hash_of(page)).group(1)
            assert len(code) == 6


class TestCompare:
    def test_two_settings_on_the_same_seeds(self, open_page):
        with open_page("#n=500") as page:
            button(page, "Compare").click()
            place = panel(page, "compare")
            assert button(page, "Run both").is_disabled()
            place.get_by_label("What differs").select_option("force")
            assert "b.force=0&open=compare&seeds=10" in hash_of(page)
            button(page, "Run both").click()
            place.get_by_text("One run against one").wait_for(timeout=60000)
            button(page, "Is it luck? Ten seeds each").click()
            place.get_by_text(re.compile("of 2 pairs")).wait_for(timeout=60000)
            assert place.locator(".d2l-pg-dots").count() == 3
            assert data(page)["count"] == "0"
            button(page, "Stop").click()
            assert not button(page, "Stop").is_visible()

    def test_a_link_sets_both_sides(self, open_page):
        with open_page("#a.loc=0.1&b.loc=10&seeds=10") as page:
            place = panel(page, "compare")
            note = place.get_by_text("A: localization × 0.1. B: localization")
            assert note.is_visible()
            fields = place.locator("input[type=number]")
            values = fields.evaluate_all("nodes => nodes.map(n => n.value)")
            assert values == ["0.1", "10"]


class TestTour:
    def test_six_cards(self, open_page):
        with open_page("#tour=1") as page:
            card = page.get_by_role("region", name="Tour")
            assert card.get_by_text("Press Train.").is_visible()
            train(page)
            card.get_by_text("Boxes settle").wait_for()
            assert said(page)
            card.get_by_text("The dashed line").wait_for(timeout=60000)
            button(page, "Next").click()
            targets = button(page, "Targets")
            assert targets.get_attribute("aria-pressed") == "true"
            button(page, "Preview 0.7").click()
            button(page, "Next").click()
            button(page, "Forget them").click()
            wait_for(page, "Number(d.ap50) < 0.1")
            button(page, "Next").click()
            wait_for(page, "Number(d.ap50) > 0.4")
            assert data(page)["run"] == "1"
            page.keyboard.press("Escape")
            assert not card.is_visible()


class TestPlaces:
    def test_a_phone(self, open_page):
        with open_page("#mission=quarter", options=PHONE) as page:
            for name in "Missions", "Find the bug", "Compare":
                if name != "Missions":
                    button(page, name).tap()
                settle(page)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width == 375

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_axe_finds_nothing(self, open_page, theme):
        with open_page("#mission=quarter&b.force=0") as page:
            page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            axe = VENDOR.parents[2] / "node_modules" / "axe-core" / "axe.min.js"
            page.evaluate(axe.read_text())
            button(page, "Tour, 90 s").click()
            for name in "Missions", "Find the bug", "Compare":
                button(page, name).click()
                page.wait_for_timeout(300)
                found = page.evaluate("axe.run('.d2l-playground')")
                problems = [
                    (one["id"], one["nodes"][0]["html"])
                    for one in found["violations"]
                ]
                assert problems == []
