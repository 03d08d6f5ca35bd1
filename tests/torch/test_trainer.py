"""A training run: it survives a kill, and depends on its options alone."""

import signal
import subprocess
import sys
from dataclasses import fields

import pytest
import torch
from helpers.torch_runs import OPTIONS, make_run, train

from d2l_ssd.data import random_flip
from d2l_ssd.torch import TrainOptions, new_network, train_detection, trainer
from d2l_ssd.torch.loaders import training_loader
from d2l_ssd.torch.runs import checkpoint_path, read_galleries, read_run

# Trains by the command line, where neither MXNet nor d2l can be imported, and
# kills itself when it comes to save the second epoch
KILLED = """
import os, signal, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mxnet", "d2l"):
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Block())
from d2l_ssd import cli
from d2l_ssd.torch import trainer

moment, *arguments = sys.argv[1:]
save_run = trainer.save_run

def save_and_die(*args):
    second = len(args[-1]) == 2
    if second and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    save_run(*args)
    if second:
        os.kill(os.getpid(), signal.SIGKILL)

trainer.save_run = save_and_die
cli.main(arguments)
"""


@pytest.fixture(scope="module")
def unbroken(sets, tmp_path_factory):
    """The network and the history of a run that nobody stopped."""
    return train(make_run(sets, tmp_path_factory.mktemp("unbroken")))


@pytest.mark.parametrize("moment, epochs", [("before", 1), ("after", 2)])
def test_killed_run_ends_like_an_unbroken_one(
    toy, sets, unbroken, tmp_path, moment, epochs
):
    options = "--num-epochs 4 --batch-size 4 --image-sizes 64 --all-images"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment, "train", *options.split()]
        + ["--precision", "float32", "--num-workers", "1"]
        + ["--root", toy, "--folder", tmp_path],
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(read_run(tmp_path)[1].history) == epochs

    net, history = train(make_run(sets, tmp_path))
    for key in ("epoch", "class_loss", "localization_loss", "learning_rate"):
        assert [row[key] for row in history] == [r[key] for r in unbroken[1]]
    for a, b in zip(
        net.state_dict().values(), unbroken[0].state_dict().values()
    ):
        assert torch.equal(a, b)
    assert not list(tmp_path.rglob(".partial-*"))


def test_finished_run_is_left_as_it_is(sets, tmp_path):
    _, history = train(make_run(sets, tmp_path, num_epochs=1))
    before = checkpoint_path(tmp_path).read_bytes()
    _, again = train(make_run(sets, tmp_path, num_epochs=1))
    assert again == history
    assert checkpoint_path(tmp_path).read_bytes() == before


def test_history_has_the_keys_of_both_trainings(unbroken):
    first, *_, last = unbroken[1]
    keys = "epoch image_size num_images class_loss localization_loss"
    keys = {*keys.split(), "learning_rate", "seconds", "images_per_second"}
    assert set(first) == keys
    assert set(last) == keys | {"ap50", "ap"}
    assert (first["epoch"], first["image_size"], first["num_images"]) == (
        1,
        64,
        10,
    )


def test_detections_of_every_epoch_are_kept(sets, tmp_path):
    _, history = train(make_run(sets, tmp_path, num_epochs=2))
    assert [len(g) for g in read_galleries(tmp_path, history)] == [4, 4]


def test_begins_with_the_weights_of_another_run(sets, tmp_path, monkeypatch):
    first, _ = train(make_run(sets, tmp_path / "first", num_epochs=1))
    weights = {n: t.clone() for n, t in first.state_dict().items()}
    run = make_run(sets, tmp_path / "second", init_from=str(tmp_path / "first"))
    begun_with = {}

    def look(net, *_):
        begun_with.update({n: t.clone() for n, t in net.state_dict().items()})
        raise InterruptedError

    monkeypatch.setattr(trainer, "_train_epoch", look)
    with pytest.raises(InterruptedError):
        train(run)
    assert begun_with.keys() == weights.keys()
    for name in weights:
        assert torch.equal(begun_with[name], weights[name]), name


@pytest.mark.parametrize(
    "num_classes, message",
    [
        (2, "no checkpoint"),
        (3, "(?s)init_from: the run.*cat, dog.*same number"),
    ],
    ids=["no such run", "other classes"],
)
def test_init_from_a_run_that_cannot_be(sets, tmp_path, num_classes, message):
    name = "none"
    if num_classes != 2:
        name = "first"
        train(make_run(sets, tmp_path / name, num_epochs=1))
    run = make_run(sets, tmp_path / "second", init_from=str(tmp_path / name))
    with pytest.raises((FileNotFoundError, ValueError), match=message):
        train_detection(new_network(num_classes, 0), run)


def test_last_epochs_are_only_flipped(sets, tmp_path):
    run = make_run(sets, tmp_path, num_epochs=3, flip_only=1)
    whole = training_loader(sets[0], 64, 4, 0, 0)
    flipped = training_loader(sets[0], 64, 4, 0, 0, augment=random_flip)
    for epoch, loader in trainer._epochs(run, 1):
        expected = whole if epoch == 1 else flipped
        expected.sampler.set_epoch(epoch)
        for a, b in zip(loader, expected, strict=True):
            assert a[3] == b[3] and torch.equal(a[0], b[0])
    assert epoch == 2


def test_image_sizes_share_the_epochs(sets, tmp_path):
    run = make_run(sets, tmp_path, num_epochs=3, image_sizes=[32, 64])
    epochs = trainer._epochs(run, 0)
    sides = [next(iter(loader))[0].shape[-1] for _, loader in epochs]
    assert sides == [32, 32, 64]


def test_loader_is_made_once_for_epochs_that_agree(sets, tmp_path):
    run = make_run(sets, tmp_path, flip_only=2)
    loaders = [loader for _, loader in trainer._epochs(run, 0)]
    assert loaders[0] is loaders[1] and loaders[2] is loaders[3]
    assert loaders[1] is not loaders[2]


def test_other_options_than_the_checkpoint(sets, tmp_path):
    train(make_run(sets, tmp_path, num_epochs=1))
    with pytest.raises(ValueError, match="learning_rate 0.001, not 0.5"):
        train(make_run(sets, tmp_path, num_epochs=1, learning_rate=0.5))


def test_damaged_checkpoint(sets, tmp_path):
    train(make_run(sets, tmp_path, num_epochs=1))
    path = checkpoint_path(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="checkpoint.zip is damaged"):
        train(make_run(sets, tmp_path, num_epochs=1))


def test_checkpoint_of_the_other_framework(sets, tmp_path):
    from d2l_ssd.checkpoints import Checkpoint, save_checkpoint

    checkpoint = Checkpoint(OPTIONS.as_dict(), ["cat", "dog"], [], b"MX", b"MX")
    save_checkpoint(checkpoint_path(tmp_path), checkpoint)
    with pytest.raises(ValueError, match="is not of a training with PyTorch"):
        train(make_run(sets, tmp_path))


def test_nan_names_epoch_and_images(sets, tmp_path):
    net = new_network(2, 0)
    with torch.no_grad():
        net.output.class_heads[0].bias.fill_(float("nan"))
    with pytest.raises(
        FloatingPointError, match="epoch 1.*nan.*images .*train_"
    ):
        train_detection(net, make_run(sets, tmp_path))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"precision": "int8"}, "precision must be .*bfloat16.*'int8'"),
        ({"num_epochs": 0}, "num_epochs must be positive, got 0"),
        ({"batch_size": 0}, "batch_size must be positive, got 0"),
        ({"learning_rate": -1.0}, "learning_rate must be positive, got -1.0"),
        ({"weight_decay": -1.0}, "weight_decay must not be negative, got -1.0"),
        ({"image_sizes": [100]}, "image_sizes: .* multiple of 32.* 100"),
        ({"image_sizes": []}, "image_sizes must name at least one size"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_bad_options(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainOptions(**changes)


def test_every_option_has_a_help_text():
    assert all(field.metadata["help"] for field in fields(TrainOptions))


def test_batch_must_be_shared_equally(sets, tmp_path):
    from d2l_ssd.torch import Processes

    run = make_run(sets, tmp_path, Processes(0, 3))
    with pytest.raises(
        ValueError, match="multiple .* 4 images for 3 processes"
    ):
        train_detection(new_network(2, 0), run)


def test_targets_do_not_depend_on_the_workers(sets):
    batches = [
        list(training_loader(sets[0], 64, 4, 7, num_workers))
        for num_workers in (0, 2)
    ]
    assert len(batches[0]) == 2
    for a, b in zip(*batches):
        assert a[3] == b[3]
        assert all(torch.equal(x, y) for x, y in zip(a[:3], b[:3]))
