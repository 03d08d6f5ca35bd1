"""Loss, augmentation, schedule and a loop that learns, stops and goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mxnet import autograd, gluon, np, npx

from d2l_ssd.mxnet import training
from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.inference import predict_ssd
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.augmentation import (
    augment_detection,
    learning_rate_at,
    random_iou_crop,
    random_photometric,
    random_zoom_out,
)
from d2l_ssd.mxnet.training import (
    DetectionLoss,
    detection_trainer,
    gradient_norm,
    hard_negative_mask,
    ssd_batch,
    train_detection,
    train_step,
)

npx.set_np()

sys.path.insert(0, str(Path(__file__).parent))
from training_run import make_net, tiny_batches, toy_loaders  # noqa: E402


def logits_of_background(probabilities):
    """Logits (B, A, 2) whose softmax gives the background these."""
    p = numpy.array(probabilities)
    return np.array(
        numpy.log(numpy.stack([p, 1 - p], axis=-1)), dtype="float32"
    )


def targets_of(rows):
    return np.array(rows, dtype="int32")


# Hard negatives


MASK_CASES = {
    # name: (p(background), targets, ratio, minimum, chosen)
    "one a positive": ([0.1, 0.9, 0.2, 0.6], [1, 0, 0, 0], 1, 0, [2]),
    "two a positive": ([0.1, 0.9, 0.2, 0.6], [1, 0, 0, 0], 2, 0, [2, 3]),
    "all there are": ([0.1, 0.9, 0.2, 0.6], [1, 0, 0, 0], 5, 0, [1, 2, 3]),
    "any class is positive": ([0.5, 0.5, 0.4, 0.3], [2, 1, 0, 0], 1, 0, [2, 3]),
    "never an ignored one": ([0.5, 0.01, 0.6, 0.7], [1, -1, 0, 0], 1, 0, [2]),
    "no positive, no minimum": ([0.1, 0.9, 0.2, 0.6], [0, 0, 0, 0], 3, 0, []),
    "no positive": ([0.1, 0.9, 0.2, 0.6], [0, 0, 0, 0], 3, 2, [0, 2]),
    "minimum over ratio": ([0.1, 0.9, 0.2, 0.6], [1, 0, 0, 0], 1, 2, [2, 3]),
    "nothing but positives": ([0.1, 0.9], [1, 1], 3, 8, []),
}


@pytest.mark.parametrize("case", MASK_CASES)
def test_hard_negative_mask(case):
    background, targets, ratio, minimum, chosen = MASK_CASES[case]
    mask = hard_negative_mask(
        logits_of_background([background]),
        targets_of([targets]),
        ratio,
        minimum,
    )
    assert numpy.flatnonzero(mask[0].asnumpy()).tolist() == chosen


def test_hard_negatives_are_chosen_image_by_image():
    background = [[0.1, 0.2, 0.3, 0.4], [0.9, 0.8, 0.99, 0.7]]
    targets = [[1, 0, 0, 0], [1, 1, 0, 0]]
    mask = hard_negative_mask(
        logits_of_background(background), targets_of(targets), 1, 0
    ).asnumpy()
    assert mask.astype(int).tolist() == [[0, 1, 0, 0], [0, 0, 1, 1]]


def test_hard_negatives_of_an_image_without_truths_are_at_least_a_few():
    targets = targets_of(numpy.zeros((2, 50)))
    logits = np.array(numpy.random.default_rng(0).normal(size=(2, 50, 3)))
    assert hard_negative_mask(logits, targets).asnumpy().sum(
        axis=1
    ).tolist() == [8, 8]


# Loss


def test_loss_of_the_hand_worked_example():
    logits = logits_of_background([[0.1, 0.9, 0.2, 0.6, 0.8, 0.01]])
    targets = targets_of([[1, 0, 0, 0, 0, -1]])
    offset_targets = numpy.zeros((1, 6, 4), dtype="float32")
    offset_targets[0, 0] = 0.5, -2, 0, 1
    offset_targets[0, 1:] = 100  # no positive, no matter
    losses = DetectionLoss()(
        logits, np.zeros((1, 6, 4)), targets, np.array(offset_targets)
    )
    # -ln .9 - ln .9 - ln .2 - ln .6 - ln .8; .125 + 1.5 + 0 + .5
    assert float(losses[0]) == pytest.approx(2.554128, abs=1e-5)
    assert float(losses[1]) == pytest.approx(2.125)


def test_loss_is_divided_by_the_positives_of_the_batch():
    logits = logits_of_background([[0.5] * 4, [0.5] * 4])
    targets = targets_of([[1, 1, 1, 0], [1, 0, 0, 0]])
    offsets = np.ones((2, 4, 4)) * 0.5
    losses = DetectionLoss()(logits, offsets, targets, np.zeros((2, 4, 4)))
    # 8 anchors count with ln 2 each, 4 positives with 4 * .125
    assert float(losses[0]) == pytest.approx(8 * numpy.log(2) / 4, abs=1e-5)
    assert float(losses[1]) == pytest.approx(0.5)


def test_offset_weight_weighs_the_offsets_only():
    logits, targets = logits_of_background([[0.5]]), targets_of([[1]])
    arguments = logits, np.ones((1, 1, 4)) * 0.5, targets, np.zeros((1, 1, 4))
    losses = DetectionLoss(offset_weight=3)(*arguments)
    assert float(losses[0]) == pytest.approx(numpy.log(2), abs=1e-5)
    assert float(losses[1]) == pytest.approx(1.5)


def test_loss_without_positives_is_finite():
    logits, targets = logits_of_background([[0.5, 0.8]]), targets_of([[0, 0]])
    losses = DetectionLoss()(
        logits, np.ones((1, 2, 4)), targets, np.zeros((1, 2, 4))
    )
    assert float(losses[0]) == pytest.approx(-numpy.log(0.4), abs=1e-5)
    assert float(losses[1]) == 0


def numpy_loss(logits, offsets, targets, offset_targets):
    """The same losses by loops, without MXNet."""
    class_loss = offset_loss = 0.0
    for scores, moved, classes, wanted in zip(
        logits, offsets, targets, offset_targets
    ):
        probs = numpy.exp(scores) / numpy.exp(scores).sum(axis=1, keepdims=True)
        losses = -numpy.log(probs[numpy.arange(len(classes)), classes.clip(0)])
        positive = numpy.flatnonzero(classes > 0)
        negative = sorted(
            numpy.flatnonzero(classes == 0), key=lambda i: -losses[i]
        )
        chosen = negative[: max(3 * len(positive), 8)]
        class_loss += losses[positive].sum() + losses[chosen].sum()
        distance = abs(moved - wanted)[positive]
        offset_loss += numpy.where(
            distance < 1, distance**2 / 2, distance - 0.5
        ).sum()
    count = max((targets > 0).sum(), 1)
    return class_loss / count, offset_loss / count


@pytest.mark.parametrize("seed", range(5))
def test_loss_agrees_with_numpy(seed):
    rng = numpy.random.default_rng(seed)
    logits, offsets = rng.normal(size=(3, 40, 4)), rng.normal(size=(3, 40, 4))
    targets = rng.choice([-1, 0, 0, 0, 0, 0, 0, 1, 2, 3], size=(3, 40))
    wanted = rng.normal(size=(3, 40, 4))
    losses = DetectionLoss()(
        np.array(logits),
        np.array(offsets),
        targets_of(targets),
        np.array(wanted),
    )
    expected = numpy_loss(logits, offsets, targets, wanted)
    numpy.testing.assert_allclose(
        [float(part) for part in losses], expected, rtol=1e-4
    )


def test_only_chosen_anchors_get_a_gradient():
    logits = logits_of_background([[0.1] + [0.9] * 20 + [0.2]])
    targets = targets_of([[1] + [0] * 20 + [-1]])
    offsets = np.ones((1, 22, 4))
    for array in (logits, offsets):
        array.attach_grad()
    with autograd.record():
        total = sum(
            DetectionLoss()(logits, offsets, targets, np.zeros((1, 22, 4)))
        )
    total.backward()
    moved = (logits.grad != 0).asnumpy().any(axis=2)[0]
    assert moved[0] and not moved[-1]
    assert moved[1:-1].sum() == 8
    assert (offsets.grad != 0).asnumpy().any(axis=2)[0].tolist() == [True] + [
        False
    ] * 21


# Order: two different images at once


def two_images():
    """Two images, a large red animal of class 0 and a blue one of class 1."""
    boxes = numpy.array([[0.05, 0.1, 0.5, 0.6], [0.5, 0.4, 0.95, 0.9]])
    X = numpy.zeros((2, 3, 64, 64), dtype="float32")
    Y = numpy.zeros((2, 1, 6), dtype="float32")
    for image, (x0, y0, x1, y1) in enumerate((boxes * 64).astype(int)):
        X[image, 2 * image, y0:y1, x0:x1] = 3
        Y[image, 0] = [image, *boxes[image], 0]
    return np.array(X), np.array(Y)


def learn(X, Y, reorder=lambda predictions: predictions):
    """Train a small SSD on one batch until it knows it by heart."""
    net = make_net(channels=16)
    net.hybridize(static_alloc=True)
    trainer, loss = detection_trainer(net, 5e-3, 0), DetectionLoss()
    for _ in range(60):
        with autograd.record():
            logits, offsets, *targets = ssd_batch(net, X, Y)
            total = sum(loss(reorder(logits), reorder(offsets), *targets))
        total.backward()
        trainer.step(max(gradient_norm(net) / 10, 1))
    assert float(total) < 1  # the wrong order is learned by heart, too
    return net


def finds(net, X, Y):
    """Say of each image whether its best detection is its truth."""
    anchors = ssd_anchors(feature_map_shapes(64, 64))
    logits, offsets = net(X)
    found = predict_ssd(
        npx.softmax(logits).asnumpy(), offsets.asnumpy(), anchors
    )
    return [
        len(d.boxes) > 0
        and d.classes[0] == truth[0]
        and box_iou(d.boxes[:1], truth[None, 1:5])[0, 0] > 0.6
        for d, truth in zip(found, Y.asnumpy()[:, 0])
    ]


def map_by_map(predictions):
    """Put (B, A, C) in the order of the draft: maps joined on axis 0."""
    cells = [4 * h * w for h, w in feature_map_shapes(64, 64)]
    maps = np.split(predictions, numpy.cumsum(cells)[:-1].tolist(), axis=1)
    rows = [part.reshape(-1, part.shape[-1]) for part in maps]
    return np.concatenate(rows).reshape(predictions.shape)


def test_two_images_at_once_each_learn_their_own():
    X, Y = two_images()
    assert finds(learn(X, Y), X, Y) == [True, True]


def test_two_images_at_once_show_the_wrong_order():
    X, Y = two_images()
    assert finds(learn(X, Y, map_by_map), X, Y) != [True, True]


# Schedule


def test_learning_rate():
    rates = [learning_rate_at(step, 100, peak=0.1) for step in range(101)]
    assert rates[:3] == pytest.approx([0.01, 0.02, 0.03])  # a tenth warms up
    assert rates[9] == rates[10] == max(rates) == pytest.approx(0.1)
    assert rates[55] == pytest.approx(0.05)  # half-way down the cosine
    assert rates[100] == 0
    assert all(a > b for a, b in zip(rates[10:], rates[11:]))


@pytest.mark.parametrize("num_steps", [1, 2, 9])
def test_learning_rate_of_few_steps_begins_at_the_peak(num_steps):
    assert learning_rate_at(0, num_steps, peak=0.3) == pytest.approx(0.3)


# Augmentation


def painted(height, width, box):
    """An image that is red in the box and black elsewhere, and its labels."""
    image = numpy.zeros((height, width, 3), dtype=numpy.uint8)
    x0, y0, x1, y1 = box
    image[y0:y1, x0:x1] = 255, 0, 0
    scale = [width, height, width, height]
    labels = numpy.array(
        [[1, *numpy.divide(box, scale), 0]], dtype=numpy.float32
    )
    return image, labels


GEOMETRIC = {
    "zoom out": lambda *arguments: random_zoom_out(*arguments, probability=1),
    "crop": lambda *arguments: random_iou_crop(*arguments, probability=1),
    "all": augment_detection,
}


@pytest.mark.parametrize("name", ["zoom out", "crop"])
def test_boxes_follow_the_pixels(name):
    seen = 0
    for seed in range(100):
        rng = numpy.random.default_rng(seed)
        image, labels = GEOMETRIC[name](*painted(60, 80, (20, 12, 60, 44)), rng)
        ys, xs = numpy.nonzero((image == (255, 0, 0)).all(axis=-1))
        if len(labels) == 0:
            continue
        height, width = image.shape[:2]
        seen += (height, width) != (60, 80)
        expected = [
            xs.min() / width,
            ys.min() / height,
            (xs.max() + 1) / width,
            (ys.max() + 1) / height,
        ]
        numpy.testing.assert_allclose(labels[0, 1:5], expected, atol=1e-5)
    assert seen > 50  # otherwise nothing was tested


corners = st.tuples(*[st.floats(0, 1, width=32)] * 4)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(corners, max_size=5),
    st.integers(0, 2**32),
    st.tuples(st.integers(8, 90), st.integers(8, 90)),
    st.sampled_from(sorted(GEOMETRIC)),
)
def test_augmentation_keeps_boxes_valid(boxes, seed, size, name):
    rows = [
        [i % 2, min(a, c), min(b, d), max(a, c), max(b, d), i == 0]
        for i, (a, b, c, d) in enumerate(boxes)
    ]
    labels = numpy.array(rows, dtype=numpy.float32).reshape(-1, 6)
    image = numpy.full((*size, 3), 99, dtype=numpy.uint8)
    before = image.copy(), labels.copy()
    rng = numpy.random.default_rng(seed)
    new_image, new_labels = GEOMETRIC[name](image, labels, rng)
    assert new_image.dtype == numpy.uint8 and new_image.size > 0
    assert new_labels.dtype == numpy.float32 and new_labels.shape[1] == 6
    assert len(new_labels) <= len(labels)
    found = new_labels[:, 1:5]
    assert (found >= 0).all() and (found <= 1).all()
    assert (found[:, 2:] >= found[:, :2]).all()
    numpy.testing.assert_array_equal(image, before[0])
    numpy.testing.assert_array_equal(labels, before[1])


def test_crop_overlaps_an_object_well_enough(monkeypatch):
    from d2l_ssd import recipe

    monkeypatch.setattr(recipe, "CROP_MIN_IOUS", (0.7,))
    cropped = 0
    for seed in range(60):
        rng = numpy.random.default_rng(seed)
        image, labels = painted(60, 80, (10, 10, 60, 50))
        new_image, new_labels = random_iou_crop(
            image, labels, rng, probability=1
        )
        if new_image.shape == image.shape:
            continue
        cropped += 1
        red = (image == (255, 0, 0)).all(axis=-1).sum()
        both = (new_image == (255, 0, 0)).all(axis=-1).sum()
        window = new_image.shape[0] * new_image.shape[1]
        assert both / (red + window - both) > 0.65  # 0.7 but for whole pixels
    assert cropped > 10


@pytest.mark.parametrize("name", sorted(GEOMETRIC))
def test_augmentation_repeats_with_its_seed(name):
    image = numpy.random.default_rng(0).integers(
        0, 256, (40, 50, 3), dtype="uint8"
    )
    labels = numpy.array([[0, 0.1, 0.2, 0.7, 0.9, 0]], dtype="float32")
    one, two = (
        GEOMETRIC[name](image, labels, numpy.random.default_rng(3))
        for _ in range(2)
    )
    for a, b in zip(one, two):
        numpy.testing.assert_array_equal(a, b)


def test_images_without_objects_are_augmented():
    image, labels = painted(40, 50, (0, 0, 10, 10))
    for seed in range(20):
        rng = numpy.random.default_rng(seed)
        assert augment_detection(image, labels[:0], rng)[1].shape == (0, 6)


def test_photometric_changes_the_light_only():
    image = numpy.random.default_rng(0).integers(
        0, 256, (40, 50, 3), dtype="uint8"
    )
    labels = numpy.array([[0, 0.1, 0.2, 0.7, 0.9, 0]], dtype="float32")
    rng = numpy.random.default_rng(1)
    changed, same = random_photometric(image, labels, rng)
    assert changed.shape == image.shape and (changed != image).mean() > 0.5
    numpy.testing.assert_array_equal(same, labels)
    still, _ = random_photometric(image, labels, rng, 0, 0, 0, 0)
    # There and back through HSV, in whole numbers
    assert abs(still.astype(int) - image).max() <= 6


# One step


def test_running_averages_follow_from_the_first_layer_on():
    net = make_net()
    X, Y = tiny_batches()[0]
    X = X + 2  # far from the averages that layer 0 begins with
    trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0})
    for _ in range(60):
        train_step(net, trainer, DetectionLoss(), X, Y, 10)
    first = net.backbone.stages[0][0]
    for average, expected in (
        (first.running_mean, X.mean(axis=(0, 2, 3))),
        (first.running_var, X.var(axis=(0, 2, 3))),
    ):
        numpy.testing.assert_allclose(
            average.data().asnumpy(), expected.asnumpy(), rtol=0.02
        )


def test_gradient_norm_agrees_with_numpy():
    net = make_net()
    X, Y = tiny_batches()[0]
    with autograd.record():
        total = sum(DetectionLoss()(*ssd_batch(net, X, Y)))
    total.backward()
    squares = [
        (p.grad().asnumpy().astype(float) ** 2).sum()
        for p in net.collect_params().values()
        if p.grad_req != "null"
    ]
    assert gradient_norm(net) == pytest.approx(sum(squares) ** 0.5, rel=1e-4)


@pytest.mark.parametrize("max_norm", [0.5, 1e6])
def test_step_clips_the_gradient(max_norm):
    net = make_net()
    X, Y = tiny_batches()[0]
    net(X)
    params = [p for p in net.collect_params().values() if p.grad_req != "null"]
    before = [p.data().asnumpy() for p in params]
    trainer = gluon.Trainer(params, "sgd", {"learning_rate": 0.01})
    train_step(net, trainer, DetectionLoss(), X, Y, max_norm)
    moved = sum(
        ((p.data().asnumpy() - b) ** 2).sum() for p, b in zip(params, before)
    )
    length = min(gradient_norm(net), max_norm)
    assert moved**0.5 == pytest.approx(0.01 * length, rel=1e-3)


def test_decay_is_for_weights_only():
    net = make_net()
    detection_trainer(net, 1e-3, 0.1)
    for name, param in net.collect_params().items():
        assert param.wd_mult == (1 if name.endswith("weight") else 0), name


# The loop


def same_history(a, b):
    keys = set(a[0]) - {"images_per_second"}
    return [[log[k] for k in keys] for log in a] == [
        [log[k] for k in keys] for log in b
    ]


def test_training_lowers_the_loss_and_says_so():
    net = make_net()
    batches = tiny_batches()
    history = train_detection(net, batches, batches, 6, learning_rate=5e-3)
    assert [log["epoch"] for log in history] == [1, 2, 3, 4, 5, 6]
    first, last = (
        h["class_loss"] + h["offset_loss"] for h in (history[0], history[-1])
    )
    assert last < 0.7 * first
    assert set(history[0]) == {
        "epoch",
        "class_loss",
        "offset_loss",
        "val_class_loss",
        "val_offset_loss",
        "learning_rate",
        "images_per_second",
    }


def run_script(folder, *arguments):
    script = Path(__file__).with_name("training_run.py")
    return subprocess.run(
        [sys.executable, str(script), str(folder), *arguments],
        env={**os.environ, "TQDM_DISABLE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    done = run_script(folder, "never")
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "history.json").read_text()), numpy.load(
        folder / "weights.npz"
    )


@pytest.mark.parametrize("moment", ["batch", "while writing", "after writing"])
def test_killed_run_resumes_to_the_same_result(tmp_path, unbroken, moment):
    killed = run_script(tmp_path, moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / "history.json").exists()
    resumed = run_script(tmp_path, "never")
    assert resumed.returncode == 0, resumed.stderr
    history = json.loads((tmp_path / "history.json").read_text())
    assert same_history(history, unbroken[0])
    weights = numpy.load(tmp_path / "weights.npz")
    assert set(weights) == set(unbroken[1])
    for name in weights:
        numpy.testing.assert_array_equal(weights[name], unbroken[1][name])
    assert resumed.stdout == "resumed\n"  # it did not begin again


def test_finished_run_is_not_trained_again(tmp_path):
    path = tmp_path / "run.checkpoint"
    batches = tiny_batches()
    history = train_detection(make_net(), batches, batches, 2, checkpoint=path)
    net = make_net(seed=9)
    assert train_detection(net, batches, batches, 2, checkpoint=path) == history
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.checkpoint"]


def test_checkpoint_of_other_settings_is_refused(tmp_path):
    path = tmp_path / "run.checkpoint"
    batches = tiny_batches()
    train_detection(make_net(), batches, batches, 1, checkpoint=path)
    with pytest.raises(
        ValueError, match="run.checkpoint is of a run with.*0.001"
    ):
        train_detection(
            make_net(), batches, batches, 1, learning_rate=0.1, checkpoint=path
        )


@pytest.mark.parametrize("kept", [0, 10, 0.5])
def test_damaged_checkpoint_is_named(tmp_path, kept):
    path = tmp_path / "run.checkpoint"
    batches = tiny_batches()
    train_detection(make_net(), batches, batches, 1, checkpoint=path)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else kept])
    with pytest.raises(ValueError, match="run.checkpoint is damaged"):
        train_detection(make_net(), batches, batches, 1, checkpoint=path)


def test_loss_that_is_not_a_number_names_the_batch_and_spares_the_weights():
    net = make_net()
    batches = tiny_batches()
    bad = batches[1][0].copy()
    bad[0, 0, 3, 3] = numpy.nan
    broken = [batches[0], (bad, batches[1][1])]
    train_detection(net, batches[:1], batches, 1)
    learned = [p for p in net.collect_params().values() if p.grad_req != "null"]
    after_good = None
    original = training.train_step

    def watched(*arguments):
        nonlocal after_good
        after_good = [p.data().asnumpy() for p in learned]
        return original(*arguments)

    training.train_step = watched
    try:
        with pytest.raises(
            FloatingPointError, match="epoch 1, batch 2: class loss"
        ):
            train_detection(net, broken, batches, 1)
    finally:
        training.train_step = original
    for p, values in zip(learned, after_good):
        numpy.testing.assert_array_equal(p.data().asnumpy(), values)


def test_loss_that_is_not_a_number_names_the_images(tmp_path, monkeypatch):
    train_iter, val_iter = toy_loaders(tmp_path)
    order = [index for keys in train_iter._batch_sampler for _, index in keys]
    calls = []

    def broken_batch(net, X, Y):
        calls.append(X)
        return ssd_batch(net, X * numpy.nan if len(calls) == 2 else X, Y)

    monkeypatch.setattr(training, "ssd_batch", broken_batch)
    with pytest.raises(FloatingPointError) as error:
        train_detection(make_net(), train_iter, val_iter, 1)
    assert "epoch 1, batch 2" in str(error.value)
    assert f"images {sorted(order[4:8])} of the data set" in str(error.value)


@pytest.mark.parametrize("empty", ["train_iter", "val_iter"])
def test_empty_data_is_refused(empty):
    loaders = {
        "train_iter": tiny_batches(),
        "val_iter": tiny_batches(),
        empty: [],
    }
    with pytest.raises(
        ValueError, match=f"{empty} must give at least one batch"
    ):
        train_detection(make_net(), **loaders, num_epochs=1)
