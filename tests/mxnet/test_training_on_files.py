"""The loop with the loader of files: order, augmentation and images' numbers."""

import numpy
import pytest
from helpers.tiny_ssd import make_net, parameters_of

from d2l_ssd.augmentation import augment_detection
from d2l_ssd.data import load_data_toy
from d2l_ssd.mxnet import training
from d2l_ssd.mxnet.training import ssd_batch, train_detection


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return str(tmp_path_factory.mktemp("data") / "toy")


def make_loaders(root):
    """Loaders of 12 and 4 drawn images, in batches of 4."""
    return load_data_toy(
        4, 32, 32, 12, 4, root, augment=augment_detection, num_workers=0
    )


class Stopped(Exception):
    """What ends a training between two of its steps."""


def test_training_goes_on_with_the_images_of_its_epoch(
    root, tmp_path, monkeypatch
):
    path = tmp_path / "run.checkpoint"
    unbroken = make_net()
    history = train_detection(unbroken, *make_loaders(root), 3)
    calls = []

    def stop_in_the_last_epoch(*arguments):
        calls.append(arguments)
        # 3 training batches and 1 validation batch per epoch
        if len(calls) == 2 * (3 + 1) + 2:
            raise Stopped
        return ssd_batch(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(training, "ssd_batch", stop_in_the_last_epoch)
        with pytest.raises(Stopped):
            train_detection(make_net(), *make_loaders(root), 3, checkpoint=path)
    resumed = make_net(seed=9)
    again = train_detection(resumed, *make_loaders(root), 3, checkpoint=path)
    for key in ("class_loss", "localization_loss", "val_class_loss"):
        assert [r[key] for r in again] == [r[key] for r in history]
    for a, b in zip(parameters_of(resumed), parameters_of(unbroken)):
        numpy.testing.assert_array_equal(a, b)


def test_loss_that_is_not_finite_names_the_images(root, monkeypatch):
    train_iter, val_iter = make_loaders(root)
    calls = []

    def broken_batch(net, X, Y):
        calls.append(X)
        return ssd_batch(net, X * numpy.nan if len(calls) == 2 else X, Y)

    monkeypatch.setattr(training, "ssd_batch", broken_batch)
    images = sorted(train_iter.batch_indices(0, 1))
    assert len(images) == 4
    with pytest.raises(FloatingPointError) as error:
        train_detection(make_net(), train_iter, val_iter, 1)
    expected = f"epoch 1, batch 2 (images {images}): class loss"
    assert str(error.value).startswith(expected)
