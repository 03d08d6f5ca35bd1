"""MXNet's batches: the data set's, in an order from the seed, by any worker."""

import os
import signal

import cv2
import numpy as np
import pytest
from helpers.shared_memory import run_with_small_shared_memory
from helpers.voc import CAT, DOG, write_many, write_voc
from mxnet import npx

from d2l_ssd.data import InputDataset, random_flip, stack_batch, to_input
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.mxnet import loaders
from d2l_ssd.mxnet.loaders import load_data_toy, load_data_voc_detection
from d2l_ssd.sampling import EpochSampler
from d2l_ssd.workers import WorkerError


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder of 13 training and 5 validation images, some without object."""
    return write_many(tmp_path_factory.mktemp("many") / "voc")


@pytest.fixture(autouse=True)
def numpy_arrays():
    npx.set_np()


def darken(image, labels, rng):
    """An augmentation of our own; workers must be able to get at it."""
    return image // 2, labels[rng.permutation(len(labels))]


def tell_threads(image, labels, rng):
    """Raise what tells the number of OpenCV's threads."""
    raise ValueError(f"{cv2.getNumThreads()} thread(s)")


def die(image, labels, rng):
    """End the worker as a system does that is out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def batches(loader, epochs=1):
    return [
        (X.asnumpy(), Y.asnumpy()) for _ in range(epochs) for X, Y in loader
    ]


class TestLoaders:
    def test_shapes_order_and_padding(self, many):
        train, val = load_data_voc_detection(
            4, 32, 64, root=many, all_images=True, num_workers=0
        )
        assert len(train) == 3 and len(val) == 2
        shapes = [(X.shape, Y.shape) for X, Y in batches(val)]
        assert shapes == [
            ((4, 3, 32, 64), (4, 3, 6)),
            ((1, 3, 32, 64), (1, 1, 6)),
        ]
        Y = batches(val)[0][1]
        assert Y[:, :, 0].tolist() == [
            [0, -1, -1],
            [0, 1, 1],
            [-1, -1, -1],
            [-1, -1, -1],
        ]

    def test_items_are_those_of_the_data_set(self, many):
        _, val = load_data_voc_detection(3, 32, 64, root=many, num_workers=0)
        X, Y = batches(val)[0]
        dataset = VOCDetection(many, "val")
        for i in range(3):
            image, labels = dataset[i]
            np.testing.assert_array_equal(X[i], to_input(image, 32, 64))
            np.testing.assert_array_equal(Y[i, : len(labels)], labels)

    @pytest.mark.parametrize("augment", [random_flip, darken, None])
    def test_workers_change_nothing(self, many, augment):
        def load(num_workers):
            loaders = load_data_voc_detection(
                4,
                32,
                32,
                root=many,
                augment=augment,
                seed=5,
                num_workers=num_workers,
                all_images=True,
            )
            return [b for loader in loaders for b in batches(loader, epochs=2)]

        here, workers = load(0), load(2)
        assert len(here) == len(workers) == 10
        for expected, got in zip(here, workers):
            np.testing.assert_array_equal(got[0], expected[0])
            np.testing.assert_array_equal(got[1], expected[1])

    def test_epochs_and_seeds_differ(self, many):
        def load(seed):
            train, _ = load_data_voc_detection(
                13, 32, 32, root=many, seed=seed, num_workers=0, all_images=True
            )
            return [X for X, _ in batches(train, epochs=2)]

        first, second = load(0)
        assert (first != second).any() and (first != load(1)[0]).any()

    def test_validation_is_not_augmented(self, many):
        options = dict(root=many, num_workers=0)
        plain = load_data_voc_detection(4, 32, 32, augment=None, **options)[1]
        other = load_data_voc_detection(4, 32, 32, augment=darken, **options)[1]
        np.testing.assert_array_equal(
            batches(plain)[0][0], batches(other)[0][0]
        )

    def test_fewer_images_than_a_batch(self, many):
        train, _ = load_data_voc_detection(
            99, 32, 32, root=many, num_workers=0, all_images=True
        )
        assert batches(train)[0][0].shape == (13, 3, 32, 32)

    def test_an_error_in_a_worker_names_the_file(self, tmp_path):
        for split in "train", "val":
            write_voc(tmp_path, {f"{split}1": [CAT, DOG]}, split)
        (tmp_path / "JPEGImages/val1.jpg").write_bytes(b"\xff\xd8, no more")
        _, val = load_data_voc_detection(
            1, 32, 32, root=tmp_path, num_workers=1
        )
        with pytest.raises(ValueError, match=r"val1\.jpg: not a JPEG"):
            batches(val)

    def test_workers_start_no_threads_of_opencv(self, many):
        threads = cv2.getNumThreads()
        try:
            cv2.setNumThreads(4)
            options = dict(root=many, augment=tell_threads, num_workers=1)
            train, _ = load_data_voc_detection(4, 32, 32, **options)
            assert cv2.getNumThreads() == 4
            with pytest.raises(ValueError, match=r"^1 thread\(s\)$"):
                batches(train)
        finally:
            cv2.setNumThreads(threads)

    @pytest.mark.parametrize("batch_size", [0, -1])
    def test_batch_size_is_checked(self, many, batch_size):
        with pytest.raises(
            ValueError, match="^batch_size must be a whole number"
        ):
            load_data_voc_detection(batch_size, 32, 32, root=many)

    @pytest.mark.parametrize(
        "changes, message",
        [
            (
                {"batch_size": 2.5},
                "batch_size must be a whole number .* got 2.5",
            ),
            ({"num_workers": -1}, "num_workers must be .* got -1"),
            ({"num_workers": 0.5}, "num_workers must be .* got 0.5"),
            ({"height": 100}, "height must be a positive multiple of 32"),
            ({"width": 0}, "width must be a positive multiple of 32"),
            ({"classes": "/a/folder"}, "classes must be a list of names"),
            ({"classes": []}, "classes must be a list of names"),
        ],
        ids=str,
    )
    def test_arguments_are_checked_before_a_download(
        self, monkeypatch, changes, message
    ):
        monkeypatch.delattr(loaders, "download_voc2012")
        options = dict(batch_size=4, height=32, width=32)
        with pytest.raises(ValueError, match=message):
            load_data_voc_detection(**{**options, **changes})

    def test_say_what_they_load(self, many):
        options = dict(root=many, num_workers=0, all_images=True)
        for loader, count in zip(
            load_data_voc_detection(4, 32, 64, **options), (13, 5)
        ):
            assert loader.classes == ("cat", "dog")
            assert (loader.height, loader.width) == (32, 64)
            assert len(loader.dataset.ids) == count
        plain = InputDataset([(None, None)], 32, 32)
        assert loaders.BatchLoader(plain, 1, False, 0).classes is None

    def test_a_dead_worker_ends_the_pass(self, many):
        train, _ = load_data_voc_detection(
            4, 32, 32, root=many, augment=die, num_workers=2
        )
        with pytest.raises(WorkerError, match="SIGKILL.*fewer workers"):
            batches(train)

    def test_no_shared_memory_is_needed(self, many):
        program = """
import sys
from d2l_ssd.mxnet import load_data_voc_detection
loaders = load_data_voc_detection(2, 256, 256, root=sys.argv[1])
print([sum(len(X) for X, _ in loader) for loader in loaders])
"""
        printed = run_with_small_shared_memory(program, many)
        assert printed == "[8, 3]\n"

    def test_classes_may_be_those_of_the_folder(self, many):
        _, val = load_data_voc_detection(
            5, 32, 32, classes=None, root=many, num_workers=0, all_images=True
        )
        assert batches(val)[0][1][:, :, 0].max() == 1

    def test_no_root_means_voc2012(self, many, monkeypatch):
        monkeypatch.setattr(loaders, "download_voc2012", lambda: many)
        train, val = load_data_voc_detection(4, 32, 32, num_workers=0)
        assert len(train) == 2 and len(val) == 1

    def test_torch_loader_gives_the_same_batches(self, many):
        import torch

        train, _ = load_data_voc_detection(
            4, 32, 32, root=many, num_workers=0, all_images=True
        )
        dataset = VOCDetection(many, "train", all_images=True)
        inputs = InputDataset(dataset, 32, 32, random_flip)
        loader = torch.utils.data.DataLoader(
            inputs,
            4,
            sampler=EpochSampler(len(inputs)),
            collate_fn=stack_batch,
            drop_last=True,
        )
        for (X, Y), (X2, Y2) in zip(batches(train), loader):
            np.testing.assert_array_equal(X, X2)
            np.testing.assert_array_equal(Y, Y2)

    def test_toy_keeps_images_without_animals(self, tmp_path):
        root = tmp_path / "toy"
        train, val = load_data_toy(
            2, 64, 64, num_train=24, num_val=2, root=root, num_workers=0
        )
        assert len(VOCDetection(root, "train")) < 24
        assert len(train) == 12 and len(val) == 1
        X, Y = batches(val)[0]
        assert X.shape == (2, 3, 64, 64) and Y.shape[::2] == (2, 6)


class TestEpochs:
    @pytest.fixture(params=[0, 2], ids=["no worker", "two workers"])
    def load(self, many, request):
        """A function that makes the same training loader again and again."""

        def load():
            return load_data_voc_detection(
                4, 32, 32, root=many, num_workers=request.param, all_images=True
            )[0]

        return load

    @staticmethod
    def same(passes, others):
        return all(
            (X == X2).all() and (Y == Y2).all()
            for (X, Y), (X2, Y2) in zip(passes, others, strict=True)
        )

    def test_every_pass_is_the_next_epoch(self, load):
        loader = load()
        passes = [batches(loader) for _ in range(3)]
        assert loader.epoch == 3
        assert not self.same(passes[0], passes[1])
        for epoch, expected in enumerate(passes):
            resumed = load()
            resumed.set_epoch(epoch)
            assert self.same(batches(resumed), expected)

    def test_an_unfinished_pass_counts(self, load):
        loader, whole = load(), load()
        next(iter(loader))
        batches(whole)
        assert self.same(batches(loader), batches(whole))

    def test_set_epoch_goes_back(self, load):
        loader = load()
        first = batches(loader)
        loader.set_epoch(0)
        assert self.same(batches(loader), first)

    def test_two_passes_at_once_are_two_epochs(self, load):
        loader, after = load(), load()
        expected = [batches(after), batches(after)]
        a, b = iter(loader), iter(loader)
        both = [(next(a), next(b)) for _ in range(3)]
        for passed, want in zip(zip(*both), expected):
            passed = [(X.asnumpy(), Y.asnumpy()) for X, Y in passed]
            assert self.same(passed, want)

    def test_batch_indices_say_which_images_a_batch_holds(self, many, load):
        loader = load()
        images = VOCDetection(many, "train", all_images=True)
        for batch, (_, Y) in enumerate(batches(loader)):
            rows = [y[y[:, 0] >= 0, 0].tolist() for y in Y]
            indices = loader.batch_indices(0, batch)
            expected = [images[i][1][:, 0].tolist() for i in indices]
            assert rows == expected
        assert loader.epoch == 1  # asking changes nothing
        orders = [loader.batch_indices(epoch, 0) for epoch in range(2)]
        assert orders[0] != orders[1]
