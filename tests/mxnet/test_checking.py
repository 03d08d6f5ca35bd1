"""What cannot be right is said before the first step, and what it was after."""

import warnings

import numpy
import pytest
from helpers.tiny_ssd import (
    ShuffledBatches,
    make_batches,
    make_images,
    make_net,
    parameters_of,
)
from helpers.voc import CAT, DOG, write_voc
from mxnet import autograd, init, np, npx

from d2l_ssd.mxnet import SSD, load_data_voc_detection
from d2l_ssd.mxnet import training as mxnet_training
from d2l_ssd.mxnet.checking import check_training, likely_cause
from d2l_ssd.mxnet.training import (
    DetectionLoss,
    train_detection,
    validation_loss,
)

npx.set_np()


@pytest.fixture
def never(monkeypatch):
    """Fail as soon as a step begins."""

    def step(*arguments):
        pytest.fail("a step was taken")

    monkeypatch.setattr(mxnet_training, "train_step", step)


def changed(place, value, num_batches=3):
    """Batches of two images; one label of the last image is another."""
    batches = make_batches(num_batches)
    batches[-1][1][1, 0][place] = value
    return batches


BOX = slice(1, 5)
WRONG = {
    "pixels": (BOX, np.array([10, 20, 30, 40]), "fractions .*pixels"),
    "a class that the network lacks": (0, 2, "classes 0 to 1, got 2"),
    "half a class": (0, 0.5, "class"),
    "class -2": (0, -2, "class"),
    "no width": (BOX, np.array([0.2, 0.1, 0.2, 0.4]), "width and height"),
    "the wrong way round": (
        BOX,
        np.array([0.5, 0.1, 0.2, 0.4]),
        "xmax >= xmin",
    ),
    "NaN": (2, numpy.nan, "finite"),
    "infinite": (3, numpy.inf, "finite"),
}


class TestBeforeTheFirstStep:
    @pytest.mark.parametrize("name", ["train_iter", "val_iter"])
    @pytest.mark.parametrize("wrong", WRONG)
    def test_labels(self, never, name, wrong):
        place, value, message = WRONG[wrong]
        arguments = {"train_iter": make_batches(), "val_iter": make_batches()}
        arguments[name] = changed(place, value)
        message = f"^{name}, batch 3, image 1: labels .*{message}"
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(), **arguments, num_epochs=1)

    def test_all_bad_labels_are_named_at_once(self, never):
        batches = make_batches()
        for _, Y in batches[::2]:
            Y[1, 0, 1:5] = np.array([0.2, 0.1, 0.2, 0.4])
        message = "(?s)^2 images have .*batch 1, image 1.*batch 3, image 1"
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(), batches, make_batches(), 1)

    def test_boxes_divided_twice_are_a_warning(self):
        batches = make_batches()
        for _, Y in batches:
            Y[:, :, 1:5] /= 100
        with pytest.warns(UserWarning, match="half of the objects.*divided"):
            check_training(make_net(num_classes=1), batches, batches)

    def test_no_object_at_all(self, never):
        X, Y = make_images(4, [0] * 4)
        with pytest.raises(ValueError, match="no object .*nothing to learn"):
            train_detection(make_net(), [(X, Y)], make_batches(), 1)

    def test_validation_without_objects_is_a_warning(self):
        X, Y = make_images(2, [0, 0])
        with pytest.warns(
            UserWarning, match="val_localization_loss is exactly"
        ):
            history = train_detection(make_net(), make_batches(), [(X, Y)], 1)
        assert history[0]["val_localization_loss"] == 0

    def test_a_class_that_never_occurs_is_a_warning(self):
        with pytest.warns(UserWarning, match="no object of class 1, .*class 0"):
            train_detection(make_net(), make_batches(), make_batches(), 1)

    @pytest.mark.parametrize("value", [0.0, 1.0], ids=["class 0", "class 1"])
    def test_all_is_well(self, value):
        net = make_net(num_classes=1 if value == 0 else 2)
        batches = changed(0, value)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_training(net, batches, tuple(batches))

    def test_a_network_that_is_not_initialized(self, never):
        batches = make_batches()
        with pytest.raises(ValueError, match="net must be initialized.*init"):
            train_detection(SSD(num_classes=2), batches, batches, 1)

    def test_a_network_of_which_a_part_is_not(self, never):
        net, batches = SSD(num_classes=2), make_batches()
        net.backbone.initialize(init.Xavier())
        with pytest.raises(ValueError, match="net must be initialized"):
            train_detection(net, batches, batches, 1)

    @pytest.mark.parametrize(
        "batch, message",
        [
            pytest.param(
                (np.zeros((2, 3, 48, 32)), np.zeros((2, 1, 6)) - 1),
                "height .*32, got 48",
                id="no multiple of 32",
            ),
            pytest.param(
                (np.zeros((2, 3, 32, 32)), np.zeros((1, 1, 6)) - 1),
                "X has 2 images",
                id="labels of fewer images",
            ),
            pytest.param(
                (np.zeros((2, 32, 32, 3)), np.zeros((2, 1, 6)) - 1),
                "shape",
                id="colors last",
            ),
            pytest.param(
                (np.zeros((0, 3, 32, 32)), np.zeros((0, 1, 6))),
                "an image or more",
                id="no image",
            ),
            pytest.param((np.zeros((2, 3, 32, 32)),), "unpack", id="no labels"),
            pytest.param(
                (np.zeros((2, 3, 32, 32)), [[-1] * 6]), "got list", id="list"
            ),
        ],
    )
    def test_batches_of_other_shapes(self, never, batch, message):
        message = f"^val_iter, batch 2 must be X .* and Y .*{message}"
        val_iter = [*make_batches(1), batch]
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(), make_batches(), val_iter, 1)

    @pytest.mark.parametrize("width", [4, 7])
    def test_labels_of_another_width(self, never, width):
        X, _ = make_images(2)
        val_iter = [(X, np.zeros((2, 1, width)))]
        with pytest.raises(ValueError, match="val_iter, batch 1.*5 or 6"):
            train_detection(make_net(), make_batches(), val_iter, 1)

    def test_an_iterator_is_no_loader(self, never):
        batches = make_batches()
        with pytest.raises(ValueError, match="train_iter .*got list_iterator"):
            train_detection(make_net(), iter(batches), batches, 1)

    @pytest.mark.parametrize(
        "option",
        [
            {"weight_decay": -1e-4},
            {"weight_decay": numpy.nan},
            {"learning_rate": numpy.nan},
            {"learning_rate": numpy.inf},
            {"max_norm": numpy.nan},
            {"weight_decay": "0.1"},
            {"num_epochs": 1.5},
            {"num_epochs": 2.0},
        ],
        ids=str,
    )
    def test_options(self, never, option):
        batches = make_batches()
        (name,) = option
        with pytest.raises(ValueError, match=f"^{name} must be"):
            train_detection(
                make_net(), batches, batches, **{"num_epochs": 1, **option}
            )


@pytest.fixture
def folder(tmp_path):
    """A folder of four training images and two validation images."""
    for split, count in ("train", 4), ("val", 2):
        images = {f"{split}{i}": [(CAT, DOG)[i % 2]] for i in range(count)}
        write_voc(tmp_path / "voc", images, split)
    return tmp_path / "voc"


def load(folder, classes=("cat", "dog"), size=32, batch_size=2, **options):
    return load_data_voc_detection(
        batch_size, size, size, classes, folder, num_workers=0, **options
    )


class TestFiles:
    def test_all_bad_files_are_named_at_once(self, never, folder):
        for name in ("train1", "val0"):
            path = folder / "JPEGImages" / f"{name}.jpg"
            path.write_bytes(path.read_bytes()[:200])
        with pytest.raises(ValueError, match="(?s)train1.jpg.*val0.jpg"):
            train_detection(make_net(), *load(folder), 1)

    def test_a_network_for_another_number_of_classes(self, never, folder):
        message = r"train_iter has 2 classes \(cat, dog\).*num_classes=2"
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(num_classes=3), *load(folder), 1)

    def test_loaders_with_classes_in_another_order(self, never, folder):
        train_iter, _ = load(folder)
        _, val_iter = load(folder, ("dog", "cat"))
        with pytest.raises(ValueError, match="same classes in the same order"):
            train_detection(make_net(), train_iter, val_iter, 1)

    @pytest.fixture
    def loaders(self, folder):
        """Loaders of images without annotations that can be read alone."""
        train_iter, val_iter = load(folder)
        dataset = train_iter.dataset
        train_iter.dataset = [dataset[i] for i in range(len(dataset))]
        return train_iter, val_iter

    def test_labels_of_any_data_set(self, never, loaders):
        loaders[0].dataset[3][1][0, 1:5] *= 100
        with pytest.raises(ValueError, match="^train_iter: image 3: .*pixels"):
            train_detection(make_net(), *loaders, 1)

    def test_images_of_any_data_set(self, never, loaders):
        image, labels = loaders[0].dataset[3]
        loaders[0].dataset[3] = image / 255, labels
        with pytest.raises(ValueError, match="^image 3: image must be uint8"):
            train_detection(make_net(), *loaders, 1)

    def test_classes_without_an_order(self, never, folder):
        train_iter, val_iter = load(folder)
        train_iter.dataset.classes = {"cat", "dog"}
        with pytest.raises(
            ValueError, match="^train_iter: classes must be a list"
        ):
            train_detection(make_net(), train_iter, val_iter, 1)

    def test_a_loss_that_is_not_finite_names_the_files(
        self, folder, monkeypatch
    ):
        ssd_batch = mxnet_training.ssd_batch
        monkeypatch.setattr(
            mxnet_training,
            "ssd_batch",
            lambda net, X, Y: ssd_batch(net, X * numpy.nan, Y),
        )
        train_iter, val_iter = load(folder)
        with pytest.raises(FloatingPointError) as error:
            train_detection(make_net(), train_iter, val_iter, 1)
        for index in train_iter.batch_indices(0, 0):
            path = train_iter.dataset.image_path(index)
            assert str(path) in str(error.value)


class TestDuringTheTraining:
    """What no check beforehand can know."""

    @pytest.mark.parametrize("wrong", ["pixels", "NaN"])
    def test_labels_of_other_loaders(self, wrong):
        place, value, _ = WRONG[wrong]
        loader = ShuffledBatches(changed(place, value))
        message = r"^epoch 1, batch \d \(images \[4, 5\]\): image 1: labels"
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(), loader, make_batches(), 1)

    def test_objects_that_never_come_are_a_warning(self):
        X, Y = make_images(4, [0] * 4)
        loader = ShuffledBatches([(X[:2], Y[:2]), (X[2:], Y[2:])])
        with pytest.warns(UserWarning, match="^localization_loss is exactly 0"):
            train_detection(make_net(), loader, make_batches(), 1)

    @pytest.mark.parametrize("name", ["train_iter", "val_iter"])
    def test_a_loader_that_gives_its_batches_once(self, name):
        class Once:
            def __init__(self, batches):
                self.length, self.rest = len(batches), iter(batches)

            def __len__(self):
                return self.length

            def __iter__(self):
                return self.rest

        loaders = {"train_iter": make_batches(), "val_iter": make_batches()}
        loaders[name] = Once(make_batches())
        message = f"^{name} must give at least one batch in every epoch"
        with pytest.raises(ValueError, match=message):
            train_detection(make_net(), **loaders, num_epochs=2)

    def test_validation_loss_of_nothing(self):
        with pytest.raises(ValueError, match="^val_iter must give"):
            validation_loss(make_net(), [], DetectionLoss())

    def test_validation_loss_must_be_finite(self):
        batches = make_batches()
        batches[1][0][0, 0, 3, 3] = numpy.nan
        message = "^validation, batch 2: class loss .*finite; its images hold"
        with pytest.raises(FloatingPointError, match=message):
            validation_loss(make_net(), batches, DetectionLoss())

    def test_a_step_that_is_not_finite_spares_the_running_averages(self):
        net, batches = make_net(), make_batches()
        net(batches[0][0])
        before = parameters_of(net)
        bad = [(X * numpy.nan, Y) for X, Y in batches]
        with pytest.raises(FloatingPointError):
            train_detection(net, bad, batches, 1)
        for a, b in zip(before, parameters_of(net)):
            numpy.testing.assert_array_equal(a, b)

    def test_a_broken_list_of_batches_names_the_cause(self):
        batches = make_batches()
        for (X, Y), words in (
            ((batches[0][0] * numpy.nan, batches[0][1]), "images hold values"),
            ((batches[0][0], batches[0][1] * numpy.inf), "labels hold values"),
            ((batches[0][0] * 255, batches[0][1]), "to_input, or lower"),
            (batches[0], "lower learning_rate"),
        ):
            net = make_net()
            net(batches[0][0])
            assert words in likely_cause(net, X, Y)

    def test_a_broken_network_is_a_cause(self):
        net, (X, Y) = make_net(), make_batches()[0]
        net(X)
        net.output.class_heads[0].bias.set_data(np.zeros(12) + numpy.nan)
        cause = likely_cause(net, X, Y)
        assert "bias is not finite already" in cause


@pytest.mark.parametrize("scope", [autograd.record, autograd.train_mode])
def test_validation_is_in_the_mode_of_use(scope):
    """And the mode afterwards is that of before."""
    net, batches = make_net(), make_batches()
    expected = validation_loss(net, batches, DetectionLoss())
    with scope():
        modes = autograd.is_recording(), autograd.is_training()
        losses = validation_loss(net, batches, DetectionLoss())
        assert (autograd.is_recording(), autograd.is_training()) == modes
    assert losses == pytest.approx(expected)
    assert not autograd.is_training()
