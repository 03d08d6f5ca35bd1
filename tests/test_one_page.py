"""SSD on one page: its few lines against the package, and against the playground."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from helpers.javascript import TESTS, node
from mxnet import np as mnp

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.inference import predict_ssd, softmax
from d2l_ssd.mxnet import DetectionLoss
from d2l_ssd.safetensors import load_tensors, save_tensors
from d2l_ssd.shapes import draw_shapes
from d2l_ssd.targets import ssd_targets

NOTEBOOK = Path(__file__).parent.parent / "book" / "one_page.ipynb"
SCRIPT = TESTS / "engine" / "answer.mjs"
FIRST_UNSEEN, BATCH = 1000, 8
LONGEST_CELL = 25


def code_cells():
    """Return the chapter's visible cells of code."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code"
        and "remove-cell" not in cell.metadata.get("tags", [])
    ]


@pytest.fixture(scope="module")
def page():
    """Run the chapter's cells as one module, with a short training."""
    names = {"__name__": "one_page"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("D2L_SSD_QUICK", "1")
        for source in code_cells():
            exec(source, names)
    return SimpleNamespace(**names)


@pytest.fixture(scope="module")
def predictions(page):
    """Predictions near the targets of 20 scenes, with errors of all kinds."""
    rng = np.random.default_rng(0)
    classes, offsets = page.make_targets(page.test_labels[:20])
    logits = rng.normal(0, 1.5, (*classes.shape, page.K + 1))
    logits[..., 0] += 4
    logits += 5 * (classes[..., None] == np.arange(page.K + 1))
    offsets = offsets + rng.normal(0, 0.7, offsets.shape)
    return np.concatenate([logits, offsets], axis=-1).astype(np.float32)


@pytest.fixture(scope="module")
def found(page, predictions):
    """The page's detections of these predictions."""
    logits, offsets = np.split(predictions, [page.K + 1], axis=-1)
    return list(map(page.select, softmax(logits), page.decode(offsets)))


def test_no_cell_is_too_long():
    assert max(len(cell.splitlines()) for cell in code_cells()) <= LONGEST_CELL


def test_anchors(page):
    shapes = [(side, side) for side in page.SIZES]
    expected = ssd_anchors(
        shapes, list(page.SIZES.values()), [(1, 2, 0.5)] * len(shapes)
    )
    np.testing.assert_allclose(page.anchors, expected, atol=1e-7)


def test_targets(page):
    classes, offsets = page.make_targets(page.test_labels)
    expected_classes, expected_offsets = ssd_targets(
        page.test_labels, page.anchors
    )
    np.testing.assert_array_equal(classes, expected_classes)
    np.testing.assert_allclose(offsets, expected_offsets, atol=1e-4)


def test_targets_of_scenes_without_objects(page):
    classes, offsets = page.make_targets(np.full((2, 4, 6), -1, np.float32))
    assert not classes.any()
    assert not offsets.any()


def test_loss(page, predictions):
    targets = map(mnp.array, page.make_targets(page.test_labels[:20]))
    predictions, targets = mnp.array(predictions), list(targets)
    split = predictions[..., : page.K + 1], predictions[..., page.K + 1 :]
    for loss, expected in zip(
        page.detection_loss(predictions, *targets),
        DetectionLoss()(*split, *targets),
    ):
        assert float(loss) == pytest.approx(float(expected), rel=1e-5)


def test_detections(page, predictions, found):
    logits, offsets = np.split(predictions, [page.K + 1], axis=-1)
    expected = predict_ssd(
        softmax(logits), offsets, page.anchors, top_k=100, max_detections=None
    )
    for rows, detections in zip(found, expected):
        for label in range(page.K):
            own, its = rows[:, 0] == label, detections.classes == label
            np.testing.assert_array_equal(rows[own, 5], detections.scores[its])
            np.testing.assert_allclose(
                rows[own, 1:5], detections.boxes[its], atol=1e-6
            )


def test_average_precision(page, found):
    labels = page.test_labels[: len(found)]
    detections = [
        Detections(
            rows[:, 1:5].astype(np.float32),
            rows[:, 5].astype(np.float32),
            rows[:, 0].astype(np.int64),
        )
        for rows in found
    ]
    expected = evaluate_detections(
        detections, list(labels), page.K, method="coco"
    ).ap[:, 0]
    own = [page.average_precision(k, found, labels) for k in range(page.K)]
    assert 0.2 < min(own) < max(own) < 1
    np.testing.assert_allclose(own, expected, atol=1e-9)


def test_training_changes_the_network_and_lowers_the_loss(page):
    first, last = (
        page.history[:8].sum(1).mean(),
        page.history[-8:].sum(1).mean(),
    )
    assert last < first


def test_playground_answers_alike_with_its_weights(page, tmp_path):
    weights, out = page.get_weights(page.net), tmp_path / "out.safetensors"
    save_tensors(tmp_path / "in.safetensors", weights)
    run = [node(), SCRIPT, tmp_path / "in.safetensors", out, str(FIRST_UNSEEN)]
    subprocess.run(run, check=True)
    images, _ = draw_shapes(0, FIRST_UNSEEN, BATCH)
    own = page.net(page.to_input(images)).asnumpy()
    np.testing.assert_allclose(
        own, load_tensors(out)["outputs"], rtol=1e-4, atol=1e-5
    )
    back = load_tensors(f"{out}.weights")
    assert list(back) == list(weights)
    for name, values in weights.items():
        np.testing.assert_array_equal(back[name], values, err_msg=name)


def test_takes_weights_of_the_playground(page, tmp_path):
    out = tmp_path / "step.safetensors"
    run = [node(), SCRIPT.with_name("one_step.mjs"), out, '{"steps": 3}']
    subprocess.run(run, check=True)
    weights = load_tensors(f"{out}.weights")
    net = page.make_network(seed=9)
    page.set_weights(net, weights)
    run = [node(), SCRIPT, f"{out}.weights", out, str(FIRST_UNSEEN)]
    subprocess.run(run, check=True)
    images, _ = draw_shapes(0, FIRST_UNSEEN, BATCH)
    own = net(page.to_input(images)).asnumpy()
    np.testing.assert_allclose(
        own, load_tensors(out)["outputs"], rtol=1e-4, atol=1e-5
    )
