"""The loss, one step and the loop with MXNet."""

import math

import numpy
import pytest
from helpers.tiny_ssd import (
    ShuffledBatches,
    make_batches,
    make_images,
    make_net,
    parameters_of,
)
from mxnet import autograd, gluon, np, npx

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.feature_maps import feature_map_shapes
from d2l_ssd.inference import predict_ssd
from d2l_ssd.mxnet import training
from d2l_ssd.mxnet.steps import gradient_norm
from d2l_ssd.mxnet.training import (
    DetectionLoss,
    detection_trainer,
    hard_negative_mask,
    ssd_batch,
    train_detection,
    train_step,
    validation_loss,
)
from d2l_ssd.schedule import learning_rate_at

npx.set_np()


def logits_of_background(probabilities, num_classes=1):
    """Logits (B, A, K+1) whose softmax gives the background these."""
    p = numpy.array(probabilities)
    columns = [p, *[(1 - p) / num_classes] * num_classes]
    return np.array(numpy.log(numpy.stack(columns, axis=-1)), dtype="float32")


def targets_of(rows):
    return np.array(rows, dtype="int32")


# Hard negatives


@pytest.mark.parametrize(
    "background, targets, ratio, minimum, chosen",
    [
        pytest.param(
            [0.1, 0.9, 0.2, 0.6], [1, 0, 0, 0], 1, 0, [2], id="one per positive"
        ),
        pytest.param(
            [0.1, 0.9, 0.2, 0.6],
            [1, 0, 0, 0],
            2,
            0,
            [2, 3],
            id="two per positive",
        ),
        pytest.param(
            [0.1, 0.9, 0.2, 0.6],
            [1, 0, 0, 0],
            5,
            0,
            [1, 2, 3],
            id="all there are",
        ),
        pytest.param(
            [0.5, 0.5, 0.4, 0.3],
            [2, 1, 0, 0],
            1,
            0,
            [2, 3],
            id="positives of any class",
        ),
        pytest.param(
            [0.5, 0.01, 0.6, 0.7],
            [1, -1, 0, 0],
            1,
            0,
            [2],
            id="never an ignored one",
        ),
        pytest.param(
            [0.1, 0.9, 0.2, 0.6],
            [0, 0, 0, 0],
            3,
            0,
            [],
            id="no positive, no minimum",
        ),
        pytest.param(
            [0.1, 0.9, 0.2, 0.6], [0, 0, 0, 0], 3, 2, [0, 2], id="no positive"
        ),
        pytest.param(
            [0.1, 0.9, 0.2, 0.6],
            [1, 0, 0, 0],
            1,
            2,
            [2, 3],
            id="minimum over ratio",
        ),
        pytest.param([0.1, 0.9], [1, 1], 3, 8, [], id="nothing but positives"),
    ],
)
def test_hard_negative_mask(background, targets, ratio, minimum, chosen):
    mask = hard_negative_mask(
        logits_of_background([background], num_classes=2),
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


def test_hard_negatives_of_an_image_without_objects_are_at_least_a_few():
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


def test_localization_weight_weighs_the_localization_loss_only():
    logits, targets = logits_of_background([[0.5]]), targets_of([[1]])
    arguments = logits, np.ones((1, 1, 4)) * 0.5, targets, np.zeros((1, 1, 4))
    losses = DetectionLoss(localization_weight=3)(*arguments)
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
    class_loss = localization_loss = 0.0
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
        localization_loss += numpy.where(
            distance < 1, distance**2 / 2, distance - 0.5
        ).sum()
    count = max((targets > 0).sum(), 1)
    return class_loss / count, localization_loss / count


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
    """Say of each image whether its best detection is its animal."""
    anchors = ssd_anchors(feature_map_shapes(64, 64))
    logits, offsets = net(X)
    found = predict_ssd(
        npx.softmax(logits).asnumpy(), offsets.asnumpy(), anchors
    )
    return [
        len(d.boxes) > 0
        and d.classes[0] == row[0]
        and box_iou(d.boxes[:1], row[None, 1:5])[0, 0] > 0.6
        for d, row in zip(found, Y.asnumpy()[:, 0])
    ]


def map_by_map(predictions):
    """Put (B, A, C) in the order of a naive SSD: maps joined on axis 0."""
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


# One step


def test_running_averages_follow_from_the_first_layer_on():
    net = make_net()
    X, Y = make_batches()[0]
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


@pytest.mark.parametrize("max_norm", [0.5, 1e6])
def test_step_clips_the_gradient(max_norm):
    net = make_net()
    X, Y = make_batches()[0]
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


# Validation


@pytest.mark.parametrize(
    "num_objects",
    [
        pytest.param([1] * 8, id="one object each"),
        pytest.param([1, 0, 4, 2, 0, 0, 1, 6], id="no object to six"),
        pytest.param([0] * 7 + [1], id="one object in all"),
    ],
)
def test_validation_loss_does_not_depend_on_the_batch_size(num_objects):
    net = make_net()
    X, Y = make_images(8, num_objects)
    found = {
        size: validation_loss(
            net,
            [(X[i : i + size], Y[i : i + size]) for i in range(0, 8, size)],
            DetectionLoss(),
        )
        for size in (1, 4, 7, 8)
    }
    whole = [float(part) for part in DetectionLoss()(*ssd_batch(net, X, Y))]
    for size, losses in found.items():
        assert losses == pytest.approx(whole, rel=1e-4), size


def test_validation_loss_without_any_object():
    X, Y = make_images(3, [0, 0, 0])
    batches = [(X[i : i + 1], Y[i : i + 1]) for i in range(3)]
    net = make_net()
    class_loss, localization_loss = validation_loss(
        net, batches, DetectionLoss()
    )
    whole = DetectionLoss()(*ssd_batch(net, X, Y))
    assert class_loss == pytest.approx(float(whole[0]), rel=1e-4)
    assert localization_loss == 0


def test_validation_changes_nothing():
    net = make_net()
    batches = make_batches()
    net(batches[0][0])
    before = parameters_of(net)
    validation_loss(net, batches, DetectionLoss())
    for a, b in zip(before, parameters_of(net)):
        numpy.testing.assert_array_equal(a, b)


# The loop


def test_training_lowers_the_loss_and_says_so():
    batches = make_batches()
    history = train_detection(
        make_net(), batches, batches, 6, learning_rate=5e-3
    )
    assert [row["epoch"] for row in history] == [1, 2, 3, 4, 5, 6]
    first, last = (
        row["class_loss"] + row["localization_loss"]
        for row in (history[0], history[-1])
    )
    assert last < 0.7 * first
    assert set(history[0]) == {
        "epoch",
        "class_loss",
        "localization_loss",
        "val_class_loss",
        "val_localization_loss",
        "learning_rate",
        "images_per_second",
        "seconds",
    }


def test_each_step_has_the_rate_of_its_number(monkeypatch):
    rates = []

    def step(net, trainer, *arguments):
        rates.append(trainer.learning_rate)
        return [1.0, 1.0]

    monkeypatch.setattr(training, "train_step", step)
    batches = make_batches(10)
    train_detection(make_net(), batches, batches[:1], 2, 1e-3)
    expected = [learning_rate_at(n, 20, 1e-3) for n in range(20)]
    assert rates == pytest.approx(expected)
    assert max(rates) == pytest.approx(1e-3)


def test_history_ends_with_the_last_steps_rate():
    batches = make_batches(3)
    history = train_detection(make_net(), batches, batches, 2, 1e-3)
    # 6 steps, no warm-up: steps 2 and 5 are the last of their epochs
    for row, step in zip(history, (2, 5)):
        cosine = (1 + math.cos(math.pi * step / 6)) / 2
        assert row["learning_rate"] == pytest.approx(1e-3 * cosine)


def test_loader_is_told_its_epoch():
    told = []

    class Loader(ShuffledBatches):
        def set_epoch(self, epoch):
            told.append(epoch)
            super().set_epoch(epoch)

    batches = make_batches(2)
    train_detection(make_net(), Loader(batches), batches, 3)
    assert told == [0, 1, 2]


def broken_batches(number):
    """Three batches, one of which has an image with a NaN."""
    batches = make_batches()
    batches[number][0][0, 0, 3, 3] = numpy.nan
    return batches


def test_loss_that_is_not_finite_names_the_batch():
    message = "^epoch 1, batch 2: class loss .* must be finite.* learning_rate"
    with pytest.raises(FloatingPointError, match=message):
        train_detection(make_net(), broken_batches(1), make_batches(), 1)


def test_loss_that_is_not_finite_names_the_images():
    loader = ShuffledBatches(broken_batches(1))
    loader.set_epoch(0)
    broken = [numpy.isnan(X.asnumpy()).any() for X, _ in loader]
    place = broken.index(True) + 1
    message = rf"^epoch 1, batch {place} \(images \[2, 3\]\): class loss"
    with pytest.raises(FloatingPointError, match=message):
        train_detection(make_net(), loader, make_batches(), 1)


def test_step_that_is_not_finite_spares_the_weights():
    net = make_net()
    X, Y = broken_batches(0)[0]
    net(X)
    learned = [p for p in net.collect_params().values() if p.grad_req != "null"]
    before = [p.data().asnumpy() for p in learned]
    trainer = detection_trainer(net, 1e-3, 1e-4)
    with pytest.raises(FloatingPointError):
        train_step(net, trainer, DetectionLoss(), X, Y, 10)
    for p, values in zip(learned, before):
        numpy.testing.assert_array_equal(p.data().asnumpy(), values)


@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param(
            {"train_iter": []}, "train_iter must have at least one", id="train"
        ),
        pytest.param(
            {"val_iter": []}, "val_iter must have at least one", id="val"
        ),
        pytest.param(
            {"num_epochs": 0}, "num_epochs must be positive, got 0", id="epochs"
        ),
        pytest.param(
            {"learning_rate": -1}, "learning_rate must be positive", id="rate"
        ),
        pytest.param(
            {"max_norm": 0}, "max_norm must be positive, got 0", id="norm"
        ),
    ],
)
def test_bad_arguments_raise(changes, message):
    batches = make_batches(1)
    arguments = {"train_iter": batches, "val_iter": batches, "num_epochs": 1}
    with pytest.raises(ValueError, match=message):
        train_detection(make_net(), **{**arguments, **changes})
