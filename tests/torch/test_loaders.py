"""PyTorch's batches: the same from any worker, in tensors, without /dev/shm."""

import os
import signal

import numpy as np
import pytest
import torch
from helpers.shared_memory import run_with_small_shared_memory
from helpers.torch_runs import Images
from helpers.voc import CAT, DOG, write_many, write_voc

from d2l_ssd.checkpoints import ModelSettings
from d2l_ssd.data import InputDataset, random_flip
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.torch import Processes
from d2l_ssd.torch.loaders import (
    TargetDataset,
    prediction_loader,
    training_loader,
)
from d2l_ssd.workers import WorkerError


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """13 images, some without an object."""
    root = write_many(tmp_path_factory.mktemp("many") / "voc")
    return VOCDetection(root, "train", all_images=True)


def die(image, labels, rng):
    """End the worker as a system does that is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell_threads(image, labels, rng):
    """Raise what tells the number of PyTorch's threads."""
    raise ValueError(f"{torch.get_num_threads()} thread(s)")


class TestTraining:
    def test_labels_may_be_lists(self):
        image = np.zeros((40, 50, 3), np.uint8)
        dataset = Images(
            [(image, [[0, 0.2, 0.2, 0.6, 0.7, 0]]), (image, [])],
            ["one", "none"],
            ["cat"],
        )
        loader = training_loader(dataset, 64, 2, num_workers=0, augment=None)
        ((_, classes, _, names),) = loader
        found = dict(zip(names, (classes > 0).any(dim=1).tolist()))
        assert found == {"one": True, "none": False}

    def test_batches_are_those_of_torch(self, images):
        targets = TargetDataset(InputDataset(images, 64, 64, random_flip, 3))
        expected = torch.utils.data.DataLoader(
            targets, 4, sampler=EpochSampler(13, 3), drop_last=True
        )
        loader = training_loader(images, 64, 4, 3, 2, random_flip)
        assert len(loader) == len(expected) == 3
        for (*tensors, names), (*others, ids) in zip(loader, expected):
            assert names == ids
            for tensor, other in zip(tensors, others):
                assert tensor.dtype == other.dtype
                assert torch.equal(tensor, other)

    @pytest.mark.parametrize("num_workers", [1, 2])
    def test_workers_change_nothing(self, images, num_workers):
        here, there = (
            training_loader(images, 64, 4, num_workers=n)
            for n in (0, num_workers)
        )
        for epoch in 1, 0:
            for loader in here, there:
                loader.sampler.set_epoch(epoch)
            for (*expected, _), (*got, _) in zip(here, there):
                assert all(map(torch.equal, expected, got))

    def test_fewer_images_than_a_batch(self, images):
        ((X, *_),) = training_loader(images, 32, 99, num_workers=0)
        assert len(X) == 13

    @pytest.mark.parametrize(
        "scale", [True, False], ids=["fractions", "pixels"]
    )
    def test_anchors_of_another_size(self, images, scale):
        """At half the size they keep their fractions, or their pixels."""
        settings = ModelSettings(128)
        loader = training_loader(
            images, 64, 4, 3, 0, None, settings=settings, scale_anchors=scale
        )
        anchors = settings.anchors(64, scale_anchors=scale)
        sides = (anchors[:, 2:] - anchors[:, :2]).min() * 64
        assert sides == pytest.approx(128 * 0.08 / 2**0.5 / (1 + scale))
        expected = TargetDataset(InputDataset(images, 64, 64), anchors)
        X, classes, offsets, names = next(iter(loader))
        for i, name in enumerate(names):
            item = expected[0, images.ids.index(name)]
            assert np.array_equal(classes[i], item[1])
            assert np.array_equal(offsets[i], item[2])

    def test_processes_share_a_batch(self, images):
        loader = training_loader(
            images, 32, 4, num_workers=0, processes=Processes(1, 2)
        )
        assert len(next(iter(loader))[0]) == loader.batch_size == 2

    @pytest.mark.parametrize(
        "changes, message",
        [
            ({"batch_size": 0}, "batch_size must be a whole number .* got 0"),
            (
                {"batch_size": 2.5},
                "batch_size must be a whole number .* got 2.5",
            ),
            ({"num_workers": -1}, "num_workers must be .* got -1"),
            ({"image_size": 100}, "must be a positive multiple of 32, got 100"),
            (
                {"batch_size": 3, "processes": Processes(0, 2)},
                "batch_size must be a multiple .* 3 images for 2 processes",
            ),
        ],
        ids=str,
    )
    def test_arguments_are_checked(self, images, changes, message):
        options = dict(image_size=64, batch_size=4)
        with pytest.raises(ValueError, match=message):
            training_loader(images, **{**options, **changes})

    def test_a_dead_worker_ends_the_pass(self, images):
        loader = training_loader(images, 32, 4, augment=die)
        with pytest.raises(WorkerError, match="SIGKILL.*fewer workers"):
            list(loader)

    def test_workers_start_no_threads_of_torch(self, images):
        loader = training_loader(images, 32, 4, augment=tell_threads)
        with pytest.raises(ValueError, match=r"^1 thread\(s\)$"):
            list(loader)


class TestPrediction:
    @pytest.mark.parametrize("num_workers", [0, 2])
    def test_keeps_order_and_all_images(self, images, num_workers):
        inputs = InputDataset(images, 64, 64)
        loader = prediction_loader(images, 64, 4, num_workers)
        batches = list(loader)
        assert [len(X) for X, _ in batches] == [4, 4, 4, 1]
        assert len(loader) == 4
        pairs = [pair for X, labels in batches for pair in zip(X, labels)]
        for i, (X, labels) in enumerate(pairs):
            np.testing.assert_array_equal(X, inputs[i][0])
            np.testing.assert_array_equal(labels, inputs[i][1])

    def test_an_error_in_a_worker_names_the_file(self, tmp_path):
        write_voc(tmp_path, {"first": [CAT], "second": [DOG]}, "val")
        (tmp_path / "JPEGImages/second.jpg").write_bytes(b"\xff\xd8, no more")
        images = VOCDetection(tmp_path, "val")
        loader = prediction_loader(images, 32, 1, num_workers=1)
        with pytest.raises(ValueError, match=r"second\.jpg: ") as caught:
            list(loader)
        assert "\n" not in str(caught.value)
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize("size", [0, 100])
    def test_image_size_is_checked(self, images, size):
        with pytest.raises(ValueError, match="multiple of 32"):
            prediction_loader(images, size, 4, 0)


def test_no_shared_memory_is_needed(images):
    program = """
import sys
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.torch.loaders import prediction_loader, training_loader
images = VOCDetection(sys.argv[1], "train", all_images=True)
print(sum(len(X) for X, *_ in training_loader(images, 256, 2)))
print(sum(len(X) for X, _ in prediction_loader(images, 256, 2, 4)))
"""
    assert run_with_small_shared_memory(program, images.root) == "12\n13\n"
