"""Files of ONNX: what they hold, who computes the same, what is refused."""

import json
import math
import os
import subprocess
import sys

import mxnet as mx
import numpy as np
import onnx
import pytest
from helpers.torch_runs import images
from mxnet import npx

import d2l_ssd.mxnet
from d2l_ssd.inference import predict_ssd
from d2l_ssd.onnx import description_path, open_onnx, write_onnx
from d2l_ssd.onnx.files import KEY, describe
from d2l_ssd.onnx.graph import make_model
from d2l_ssd.predictors import (
    STORED,
    load_network,
    load_predictor,
    predictor_of,
)
from d2l_ssd.results import load_results
from d2l_ssd.torch import get_weights

npx.set_np()


@pytest.fixture(scope="module")
def path(tmp_path_factory, predictor, weights):
    """The network's file; tests only read it."""
    path = tmp_path_factory.mktemp("exported") / "net.onnx"
    assert write_onnx(path, predictor, weights) <= 1e-4
    return path


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The file of the stored weights."""
    path = tmp_path_factory.mktemp("stored") / "animals.onnx"
    trained = load_network(STORED)
    predictor = predictor_of(trained, STORED)
    write_onnx(path, predictor, get_weights(trained.net))
    return path


def assert_close(ours, theirs, tolerance=1e-4):
    for name, a, b in zip(("class_probs", "offsets"), ours, theirs):
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(
            a, b, rtol=tolerance, atol=tolerance, err_msg=name
        )


@pytest.mark.parametrize(
    "shape", [(1, 64, 96), (5, 64, 96), (2, 32, 32), (1, 128, 64)], ids=str
)
def test_onnxruntime_computes_what_pytorch_does(path, predictor, shape):
    batch, height, width = shape
    X = images(batch, 3, height, width)
    assert_close(load_predictor(path)(X), predictor(X))


def test_onnxruntime_computes_what_mxnet_does(stored):
    """With the stored weights, which the package keeps under MXNet's names."""
    net = d2l_ssd.mxnet.SSD(2)
    net.initialize()
    d2l_ssd.mxnet.load_weights(net, load_results().weights)
    X = images(2, 3, 64, 96)
    logits, offsets = net(mx.np.array(X))
    theirs = npx.softmax(logits).asnumpy(), offsets.asnumpy()
    assert_close(load_predictor(stored)(X), theirs)


def test_file_tells_all_that_its_user_must_know(path, predictor):
    opened = load_predictor(path)
    assert opened.classes == predictor.classes
    assert opened.settings == predictor.settings
    assert opened.origin == f"the file {path}"


def test_the_same_text_is_in_the_file_and_beside_it(path, predictor):
    (entry,) = onnx.load(path).metadata_props
    beside = description_path(path).read_text(encoding="utf-8")
    assert description_path(path).name == "net.onnx.json"
    assert entry.key == KEY and entry.value == describe(predictor)
    assert json.loads(beside) == json.loads(entry.value)
    assert "白血球" in beside


def test_weights_are_stored_as_they_are(path, weights):
    kept = {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(path).graph.initializer
    }
    counters = {n for n in weights if n.endswith("num_batches_tracked")}
    assert weights.keys() - counters <= kept.keys()
    for name in weights.keys() & kept.keys():
        np.testing.assert_array_equal(kept[name], weights[name], name)


def boxes_by_the_description(about, offsets):
    """Decode offsets (A, 4) as the words in the JSON say, box by box."""
    height, width = about["image_size"]
    maps = [(height // s, width // s) for s in (8, 16, 32)] + [(1, 1)]
    boxes, rows = [], iter(offsets)
    for (m, n), sizes, ratios in zip(maps, about["sizes"], about["ratios"]):
        pairs = [(sizes[0], r) for r in ratios] + [(sizes[1], ratios[0])]
        for i in range(m):
            for j in range(n):
                for size, ratio in pairs:
                    x, y, w, h = next(rows) * about["variances"]
                    side = size * min(height, width)
                    aw = side * math.sqrt(ratio) / width
                    ah = side / math.sqrt(ratio) / height
                    x, y = (j + 0.5) / n + x * aw, (i + 0.5) / m + y * ah
                    w, h = aw * math.exp(w) / 2, ah * math.exp(h) / 2
                    boxes.append([x - w, y - h, x + w, y + h])
    return np.clip(boxes, 0, 1)


def test_the_description_is_enough_to_find_boxes(path, predictor):
    about = json.loads(description_path(path).read_text(encoding="utf-8"))
    rng = np.random.default_rng(3)
    offsets = rng.normal(size=(len(predictor.settings.anchors()), 4)).astype(
        np.float32
    )
    boxes = boxes_by_the_description(about, offsets)
    probs = np.zeros((1, len(offsets), 4), np.float32)
    probs[..., 1] = 1  # in the anchors' order, as all scores are equal
    (found,) = predict_ssd(
        probs, offsets[None], predictor.settings.anchors(), 0.5, 1, None, None
    )
    visible = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) > 1e-6
    np.testing.assert_allclose(found.boxes, boxes[visible], atol=1e-5)


def test_a_file_that_computes_something_else_is_not_written(
    tmp_path, predictor, weights
):
    path = tmp_path / "net.onnx"
    path.write_text("old")
    other = {**weights, "output.offset_heads.3.bias": np.ones(16, np.float32)}
    with pytest.raises(
        ValueError, match="was not written: .*the run my run by"
    ):
        write_onnx(path, predictor, other)
    assert [file.name for file in tmp_path.iterdir()] == ["net.onnx"]
    assert path.read_text() == "old"


@pytest.mark.parametrize(
    "name", ["backbone.norms.1.0.running_var", "output.class_heads.0.bias"]
)
def test_weights_of_another_network_are_refused(weights, name):
    other = {n: a for n, a in weights.items() if n != name}
    with pytest.raises(ValueError, match=f"those of an SSD .*lack {name}"):
        make_model(other, {})


def text_file(content, model):
    return b"This is a text"


def cut_file(content, model):
    return content[: len(content) // 2]


def empty_file(content, model):
    return b""


def without_metadata(content, model):
    del model.metadata_props[:]
    return model.SerializeToString()


def changed(**changes):
    """Return a function that changes entries of the metadata."""

    def change(content, model):
        about = json.loads(model.metadata_props[0].value)
        about.update(changes)
        about = {k: v for k, v in about.items() if v is not None}
        model.metadata_props[0].value = json.dumps(about)
        return model.SerializeToString()

    return change


BAD = "metadata of .*bad.onnx is damaged"


@pytest.mark.parametrize(
    "damage, message",
    [
        (text_file, "onnxruntime cannot read .*bad.onnx"),
        (cut_file, "onnxruntime cannot read .*bad.onnx"),
        (empty_file, "onnxruntime cannot read .*bad.onnx"),
        (without_metadata, "says nothing of classes .*`d2l-ssd export`"),
        (changed(classes=None), f"{BAD}.*'classes'"),
        (changed(variances=None), f"{BAD}.*'variances'"),
        (changed(fit="stretch"), f"{BAD}.*fit must be one of.*'stretch'"),
        (changed(image_size=[60, 64]), f"{BAD}.*multiple of 32.*60"),
        (changed(version=2), "version 2 of its metadata.*up to 1: update"),
        (changed(classes=["a", "b"]), "4 columns .* for 2 classes"),
        (changed(variances=[1, 1, 1, 1]), r"variances \[1, 1, 1, 1\], not"),
    ],
    ids=[
        "text",
        "cut off",
        "empty",
        "no metadata",
        "no classes",
        "no variances",
        "unknown fit",
        "impossible size",
        "later version",
        "other classes",
        "other variances",
    ],
)
def test_a_bad_file_is_named(tmp_path, path, damage, message):
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(damage(path.read_bytes(), onnx.load(path)))
    with pytest.raises(ValueError, match=message):
        open_onnx(bad)


def test_a_missing_file_is_named(tmp_path):
    for path in tmp_path / "none.onnx", tmp_path:
        with pytest.raises(FileNotFoundError, match=f"no file {path}"):
            open_onnx(path)


WITHOUT_FRAMEWORKS = """
import sys
for name in "torch", "mxnet", "d2l", "onnx", "matplotlib":
    sys.modules[name] = None  # as if it were not installed
import numpy as np
from d2l_ssd.predictors import load_predictor
predictor = load_predictor(sys.argv[1])
probs, _ = predictor(np.zeros((2, 3, 64, 96), np.float32))
print(probs.shape, *predictor.classes)
"""


def test_neither_pytorch_nor_mxnet_nor_onnx_is_needed(path, predictor):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMEWORKS, path],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    count = len(predictor.settings.anchors())
    assert (
        done.stdout.split("\n")[0]
        == f"(2, {count}, 4) {' '.join(predictor.classes)}"
    )
