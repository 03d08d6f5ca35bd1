"""What every explorer has: controls that are linked, and a picture without script."""

import json
import re
import subprocess

import numpy as np
import pytest
from helpers.explorers import (
    random_boxes,
    random_gallery,
    random_images,
    random_layers,
    random_replay,
    random_truths,
)
from helpers.ideas import make_ideas
from helpers.javascript import node
from helpers.live import make_predictor
from helpers.recipes import make_table

from d2l_ssd.widgets import (
    AnchorExplorer,
    DetectionExplorer,
    FeatureMapExplorer,
    IoUExplorer,
    LiveDetector,
    LossExplorer,
    MatchingExplorer,
    NMSExplorer,
    RecipeExplorer,
    TargetExplorer,
    TrainingReplay,
)
from d2l_ssd.widgets.base import BUNDLES, WIDGET_VIEW, read_bundle


def make_labeled(kind):
    """Make an explorer of two images; the second has no object."""
    rng = np.random.default_rng(1)
    labels = np.full((2, 4, 6), -1, np.float32)
    labels[0, :3, 0] = 0, 1, 1
    labels[0, :3, 1:5] = random_boxes(rng, 3)
    return kind(random_images(rng, 2, 32, 48), labels)


def make_detections():
    rng = np.random.default_rng(1)
    return DetectionExplorer(random_images(rng, 3), *random_gallery(rng, 3))


def make_nms():
    rng = np.random.default_rng(1)
    return NMSExplorer(random_images(rng, 3), *random_gallery(rng, 3))


def make_loss():
    rng = np.random.default_rng(1)
    truths, *outputs, _ = random_gallery(rng, 3)
    return LossExplorer(random_images(rng, 3), truths, *outputs)


def make_replay():
    rng = np.random.default_rng(2)
    return TrainingReplay(random_images(rng, 3), *random_replay(rng))


def make_feature_maps():
    rng = np.random.default_rng(0)
    [image] = random_images(rng, 1, 64)
    return FeatureMapExplorer(image, random_layers(rng), layer=1)


def make_matching():
    rng = np.random.default_rng(3)
    labels = [random_truths(rng, count) for count in (3, 2)]
    anchors = [random_boxes(rng, count) for count in (60, 4)]
    names = [("a", "b", "c"), ("d", "e")]
    images = random_images(rng, 2, 48, 48)
    return MatchingExplorer(images, labels, anchors, names)


def make_iou():
    [image] = random_images(np.random.default_rng(4), 1)
    return IoUExplorer(image, [0.25, 0.25, 0.75, 0.75])


MAKERS = {
    "anchors": lambda: make_labeled(AnchorExplorer),
    "targets": lambda: make_labeled(TargetExplorer),
    "detections": make_detections,
    "nms": make_nms,
    "loss": make_loss,
    "ideas": make_ideas,
    "replay": make_replay,
    "feature maps": make_feature_maps,
    "IoU": make_iou,
    "matching": make_matching,
    "recipe": lambda: RecipeExplorer(make_table()),
    "live": lambda: LiveDetector(make_predictor()),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def explorer(request):
    return request.param()


def test_every_control_is_linked_to_its_trait(explorer):
    linked = {(link.source[0], link.target[1]): link for link in explorer.links}
    for trait, control in explorer.controls.items():
        link = linked[control, trait]
        assert link.target[0] is explorer.view
        value = getattr(control, link.source[1])
        assert value == getattr(explorer.view, trait)


def test_every_control_is_shown(explorer):
    shown, open_boxes = set(), [explorer]
    while open_boxes:
        for child in open_boxes.pop().children:
            shown.add(child)
            open_boxes += [child] if hasattr(child, "children") else []
    assert shown >= {explorer.view, *explorer.controls.values()}


def test_value_says_what_the_controls_say(explorer):
    traits = {name: getattr(explorer.view, name) for name in explorer.controls}
    assert explorer.value == traits


def test_value_follows_the_view():
    explorer = make_labeled(TargetExplorer)
    seen = []
    explorer.observe(lambda change: seen.append(change.new), "value")
    explorer.view.image = 1
    assert explorer.value["image"] == 1
    assert seen == [explorer.value]


def test_static_picture_is_small_and_reproducible(explorer):
    png = explorer.static_picture()
    assert png.startswith(b"\x89PNG") and len(png) < 150_000
    assert png == explorer.static_picture()


def test_what_a_cell_stores(explorer, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, raw=False: shown.append(data)
    )
    explorer._ipython_display_()
    widget, page = shown
    assert widget["text/plain"] == type(explorer).__name__
    assert widget[WIDGET_VIEW]["model_id"] == explorer.model_id
    assert page.data.startswith("<noscript")
    assert widget["image/png"] in page.data


def test_state_is_plain_numbers(explorer):
    state = explorer.view.get_state()
    json.dumps(state, default=lambda value: len(memoryview(value)))


BUNDLED = sorted(path.name for path in BUNDLES.glob("*.js"))


def test_there_is_a_bundle_for_each_explorer():
    sources = BUNDLES.parent.glob("*.js")
    assert BUNDLED == sorted(path.name for path in sources)
    assert len(BUNDLED) == len(MAKERS) + 2  # the playground, the page to teach


@pytest.mark.parametrize("name", BUNDLED)
class TestBundle:
    def test_has_what_anywidget_calls(self, name):
        module = (BUNDLES / name).as_uri()
        script = f"(await import('{module}')).default.render.call"
        run = [node(), "--input-type=module", "-e", script]
        assert subprocess.run(run, capture_output=True).returncode == 0

    def test_imports_nothing(self, name):
        # But what is named by a variable: a text that became a module
        names = r"\bimport\b\s*(\(\s*)?[{\"'`]"
        assert re.search(names, read_bundle(name)) is None, name

    def test_says_that_it_is_generated(self, name):
        assert read_bundle(name).startswith("/* Generated by tools/bundle.mjs")
