"""A training that was killed goes on as if it had not been."""

import dataclasses
import io
import os
import signal
import subprocess
import sys

import numpy
import pytest
import torch
from helpers import killed_training
from helpers.tiny_ssd import make_batches, make_net, parameters_of
from helpers.voc import CAT, DOG, write_voc

from d2l_ssd.checkpoints import read_checkpoint, save_checkpoint
from d2l_ssd.mxnet import load_data_voc_detection
from d2l_ssd.mxnet.state import load_state, save_state
from d2l_ssd.mxnet.training import detection_trainer, train_detection

MEASURED = {"images_per_second", "seconds"}


def without_times(history):
    """Leave out what differs from run to run."""
    return [
        {key: value for key, value in row.items() if key not in MEASURED}
        for row in history
    ]


def assert_same_parameters(one, two):
    for a, b in zip(parameters_of(one), parameters_of(two)):
        numpy.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def unbroken():
    """The network and history of a training that nothing stops."""
    return killed_training.train(checkpoint=None)


@pytest.mark.parametrize("moment", killed_training.MOMENTS)
def test_killed_run_goes_on_to_the_same_result(tmp_path, unbroken, moment):
    path = tmp_path / "run.checkpoint"
    killed = subprocess.run(
        [sys.executable, killed_training.__file__, str(path), moment],
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = read_checkpoint(path).history
    assert len(done) == (2 if moment == "after the rename" else 1)
    # Another seed: what counts is the checkpoint's
    net, history = killed_training.train(path, seed=9)
    assert without_times(history) == without_times(unbroken[1])
    assert_same_parameters(net, unbroken[0])
    assert history[: len(done)] == done  # times and all: not trained again


def test_finished_run_is_not_trained_again(tmp_path):
    path = tmp_path / "run.checkpoint"
    batches = make_batches()
    first = make_net()
    history = train_detection(first, batches, batches, 2, checkpoint=path)
    net = make_net(seed=9)
    assert train_detection(net, batches, batches, 2, checkpoint=path) == history
    assert_same_parameters(net, first)
    assert os.listdir(tmp_path) == ["run.checkpoint"]


def test_no_path_and_no_file_load_nothing(tmp_path):
    net = make_net()
    net(make_batches()[0][0])
    trainer = detection_trainer(net, 1e-3, 1e-4)
    before = parameters_of(net)
    save_state(None, net, trainer, {}, [])
    for path in (None, tmp_path / "none"):
        assert load_state(path, net, trainer, {}) == []
    for a, b in zip(before, parameters_of(net)):
        numpy.testing.assert_array_equal(a, b)
    assert os.listdir(tmp_path) == []


@pytest.fixture
def checkpoint(tmp_path):
    """The checkpoint of a training of one epoch with two batches."""
    path = tmp_path / "run.checkpoint"
    batches = make_batches(2)
    train_detection(make_net(), batches, batches, 1, checkpoint=path)
    return path


@pytest.mark.parametrize(
    "changes, message",
    [
        pytest.param(
            {"learning_rate": 0.1}, "learning_rate 0.001, not 0.1", id="rate"
        ),
        pytest.param(
            {"weight_decay": 0}, "weight_decay 0.0001, not 0", id="decay"
        ),
        pytest.param({"max_norm": 1.0}, "max_norm 10.0, not 1.0", id="norm"),
        pytest.param({"num_epochs": 2}, "num_epochs 1, not 2", id="epochs"),
        pytest.param(
            {"train_iter": make_batches(3)}, "num_batches 2, not 3", id="data"
        ),
    ],
)
def test_checkpoint_of_another_run_raises(checkpoint, changes, message):
    batches = make_batches(2)
    arguments = {"train_iter": batches, "val_iter": batches, "num_epochs": 1}
    with pytest.raises(ValueError, match=f"run.checkpoint is.*{message}"):
        train_detection(
            make_net(), **{**arguments, **changes}, checkpoint=checkpoint
        )


def test_checkpoint_of_another_network_raises(checkpoint):
    batches = make_batches(2)
    with pytest.raises(
        ValueError, match="run.checkpoint does not fit.*classes"
    ):
        train_detection(
            make_net(num_classes=3), batches, batches, 1, checkpoint=checkpoint
        )


def test_damaged_checkpoint_is_named(checkpoint):
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    batches = make_batches(2)
    with pytest.raises(ValueError, match="run.checkpoint is damaged"):
        train_detection(make_net(), batches, batches, 1, checkpoint=checkpoint)


# What a run was shown


@pytest.fixture
def folder(tmp_path):
    """A folder of four training images and two validation images."""
    for split, count in ("train", 4), ("val", 2):
        images = {f"{split}{i}": [(CAT, DOG)[i % 2]] for i in range(count)}
        write_voc(tmp_path / "voc", images, split)
    return tmp_path / "voc"


def train_on(folder, path, size=32, classes=("cat", "dog"), **options):
    """Train one epoch; return the history."""
    loaders = load_data_voc_detection(
        2, size, size, classes, folder, num_workers=0, **options
    )
    return train_detection(make_net(), *loaders, 1, checkpoint=path)


class TestARunThatIsComplete:
    def test_is_found_again(self, folder, tmp_path):
        path = tmp_path / "run.checkpoint"
        history = train_on(folder, path)
        assert train_on(folder, path) == history
        checkpoint = read_checkpoint(path)
        assert checkpoint.classes == ["cat", "dog"]
        assert checkpoint.data["images"] == 4

    def test_knows_its_image_size(self, folder, tmp_path):
        path = tmp_path / "run.checkpoint"
        train_on(folder, path)
        message = r"run.checkpoint is .*input_sizes \[\[32, 32\]\], not \[\[64"
        with pytest.raises(ValueError, match=message):
            train_on(folder, path, size=64)

    def test_knows_the_order_of_its_classes(self, folder, tmp_path):
        path = tmp_path / "run.checkpoint"
        train_on(folder, path)
        message = r"classes \['cat', 'dog'\], not \['dog', 'cat'\]"
        with pytest.raises(ValueError, match=message):
            train_on(folder, path, classes=("dog", "cat"))

    @pytest.mark.parametrize("split", ["train", "val"])
    def test_knows_its_images(self, folder, tmp_path, split):
        path = tmp_path / "run.checkpoint"
        train_on(folder, path)
        names = {"train": "abcd", "val": "ef"}[split]
        write_voc(folder, {n: [CAT, DOG] for n in names}, split)
        images = {"train": "training", "val": "validation"}[split]
        message = f"with {images} images of other names"
        with pytest.raises(ValueError, match=f"run.checkpoint is.*{message}"):
            train_on(folder, path)

    @pytest.mark.parametrize(
        "change, message",
        [
            ({"seed": 7}, "seed 0, not 7"),
            ({"augment": None}, "augment 'random_flip', not None"),
        ],
        ids=["seed", "augmentation"],
    )
    def test_knows_how_its_batches_are_made(
        self, folder, tmp_path, change, message
    ):
        path = tmp_path / "run.checkpoint"
        train_on(folder, path)
        with pytest.raises(ValueError, match=message):
            train_on(folder, path, **change)

    @pytest.mark.parametrize("what", ["pixels", "labels"])
    def test_knows_its_batches(self, tmp_path, what):
        path, batches = tmp_path / "run.checkpoint", make_batches(2)
        train_detection(make_net(), batches, batches, 1, checkpoint=path)
        others = make_batches(2)
        if what == "pixels":
            others[1][0][1, 0, 0, 0] += 1
        else:
            others[1][1][1, 0, 3] += 0.1
        with pytest.raises(ValueError, match="run.checkpoint is of a run"):
            train_detection(make_net(), others, batches, 1, checkpoint=path)


def test_checkpoint_of_an_earlier_version_goes_on(folder, tmp_path):
    path = tmp_path / "run.checkpoint"
    history = train_on(folder, path)
    kept = read_checkpoint(path)
    options = {
        name: value
        for name, value in kept.options.items()
        if name not in ("input_sizes", "batch_size", "seed", "augment")
    }
    old = dataclasses.replace(kept, options=options, classes=[], data={})
    save_checkpoint(path, old)
    assert train_on(folder, path) == history


# What is no checkpoint of such a run


def resume(path):
    batches = make_batches(2)
    return train_detection(make_net(), batches, batches, 1, checkpoint=path)


def test_a_folder_is_no_checkpoint(tmp_path):
    with pytest.raises(ValueError, match="is a folder: name a file in it"):
        resume(tmp_path)


def test_a_path_below_a_file_is_refused_before_the_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        ValueError, match="cannot be written: .*file is not a folder"
    ):
        resume(tmp_path / "file" / "more" / "run.checkpoint")


def test_checkpoint_of_pytorch(checkpoint):
    kept = read_checkpoint(checkpoint)
    buffer = io.BytesIO()
    torch.save({"weight": torch.zeros(3)}, buffer)
    save_checkpoint(
        checkpoint, dataclasses.replace(kept, net=buffer.getvalue())
    )
    with pytest.raises(ValueError, match="is of a training with PyTorch"):
        resume(checkpoint)


@pytest.mark.parametrize("part", ["net", "optimizer"])
@pytest.mark.parametrize("size", [0, 100, -100], ids="none some most".split())
def test_damaged_part_of_a_checkpoint(checkpoint, part, size):
    kept = read_checkpoint(checkpoint)
    content = getattr(kept, part)[:size]
    save_checkpoint(checkpoint, dataclasses.replace(kept, **{part: content}))
    net, batches = make_net(seed=9), make_batches(2)
    net(batches[0][0])
    before = parameters_of(net)
    with pytest.raises(ValueError, match="run.checkpoint is damaged"):
        train_detection(net, batches, batches, 1, checkpoint=checkpoint)
    for a, b in zip(before, parameters_of(net)):
        numpy.testing.assert_array_equal(a, b)
