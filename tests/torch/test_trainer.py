"""A training run: it survives a kill, and depends on its options alone."""

import shutil
import signal
import subprocess
import sys
from dataclasses import fields, replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.torch_runs import OPTIONS, Images, make_run, train

import d2l_ssd.mxnet
from d2l_ssd.checkpoints import (
    ModelSettings,
    checkpoint_path,
    save_checkpoint,
)
from d2l_ssd.commands.train import OWN_OPTIONS
from d2l_ssd.data import random_flip
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.files import locked_folder
from d2l_ssd.label_checks import check_enough
from d2l_ssd.safetensors import pack_tensors
from d2l_ssd.torch import (
    Processes,
    TrainOptions,
    evaluate,
    get_weights,
    load_trained,
    new_network,
    summarize,
    train_detection,
    trainer,
)
from d2l_ssd.torch.beginnings import begin_with_run
from d2l_ssd.torch.checking import check_data, check_run
from d2l_ssd.torch.loaders import training_loader
from d2l_ssd.torch.runs import (
    gallery_path,
    read_galleries,
    read_run,
)

SPLITS = "train", "val"

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
    options = "--epochs 4 --batch-size 4 --image-size 64x64 --anchors default"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, moment, "train", *options.split()]
        + ["--precision", "float32", "--num-workers", "1"]
        + [toy, "--out", tmp_path],
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
    keys = "epoch image_size num_images num_steps class_loss localization_loss"
    keys = {*keys.split(), "learning_rate", "seconds", "images_per_second"}
    # MXNet's is always one
    keys.add("processes")
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

    monkeypatch.setattr(trainer, "_epoch_row", look)
    with pytest.raises(InterruptedError):
        train(run)
    assert begun_with.keys() == weights.keys()
    for name in weights:
        assert torch.equal(begun_with[name], weights[name]), name


def test_init_from_a_run_that_is_not_there(sets, tmp_path):
    run = make_run(sets, tmp_path / "second", init_from=str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="no checkpoint"):
        train_detection(new_network(2, 0), run)


def test_last_epochs_are_only_flipped(sets, tmp_path):
    run = make_run(sets, tmp_path, num_epochs=3, flip_only=1)
    augment = run.options.augment(0)
    whole = training_loader(sets[0], 64, 4, 0, 0, augment=augment)
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


@pytest.mark.parametrize("use", [read_run, load_trained, "going on", "init"])
def test_weights_that_are_not_finite_are_refused(sets, tmp_path, use):
    """No training writes any, but a file may come from elsewhere."""
    folder = tmp_path / "spoiled"
    net, _ = train(make_run(sets, folder, num_epochs=1))
    with torch.no_grad():
        net.output.offset_heads[1].bias[2] = float("inf")
    spoiled = pack_tensors(get_weights(net))
    changes = {"net": spoiled, "average": spoiled}
    checkpoint = replace(read_run(folder)[1], **changes)
    save_checkpoint(checkpoint_path(folder), checkpoint)
    message = "spoiled/checkpoint.zip: weights must be .*offset_heads.1.bias"
    with pytest.raises(ValueError, match=message):
        if use == "going on":
            train(make_run(sets, folder, num_epochs=1))
        elif use == "init":
            begin_with_run(new_network(2, 0), folder, ("cat", "dog"))
        else:
            use(folder)


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
        ({"num_epochs": 0}, "num_epochs must be .* of 1 or more, got 0"),
        ({"num_epochs": 2.5}, "num_epochs must be a whole number .* got 2.5"),
        ({"num_epochs": True}, "num_epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be .* of 1 or more, got 0"),
        ({"learning_rate": -1.0}, "learning_rate must be .* above 0, got -1.0"),
        ({"learning_rate": float("nan")}, "learning_rate .* above 0, got nan"),
        ({"learning_rate": float("inf")}, "learning_rate .* above 0, got inf"),
        ({"learning_rate": "fast"}, "learning_rate must be a number"),
        ({"max_norm": 0}, "max_norm must be a number above 0, got 0"),
        ({"weight_decay": -1.0}, "weight_decay .* of 0 or more, got -1.0"),
        ({"seed": -1}, "seed must be .* of 0 or more, got -1"),
        ({"flip_only": 31}, "flip_only must be at most num_epochs 30, got 31"),
        ({"image_sizes": [100]}, "image_sizes must be .* multiple of 32.* 100"),
        ({"image_sizes": []}, "image_sizes must name at least one size"),
        ({"image_sizes": 64}, r"image_sizes must be a list .* write \[64\]"),
        (
            {"image_sizes": [32, 64], "num_epochs": 1},
            "at most one per epoch of 1",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_bad_options(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainOptions(**changes)


def test_what_is_known_of_the_images_is_no_option():
    known = TrainOptions(photograph_size=(480, 640))
    assert known.settings.photograph_size == (480, 640)
    assert known.as_dict() == TrainOptions().as_dict()


def test_every_option_of_the_command_line_has_a_help_text():
    for field in fields(TrainOptions):
        if field.name not in OWN_OPTIONS:
            assert field.metadata["help"], field.name


def test_targets_do_not_depend_on_the_workers(sets):
    batches = [
        list(training_loader(sets[0], 64, 4, 7, num_workers))
        for num_workers in (0, 2)
    ]
    assert len(batches[0]) == 2
    for a, b in zip(*batches):
        assert a[3] == b[3]
        assert all(torch.equal(x, y) for x, y in zip(a[:3], b[:3]))


class TestGoingOn:
    def test_a_failed_validation_loses_no_epoch(
        self, sets, unbroken, tmp_path, monkeypatch, capsys
    ):
        """The epoch is saved before; what is missing is made up for."""

        def fail(*_):
            raise ValueError("a bad image")

        with monkeypatch.context() as patch:
            patch.setattr(trainer, "_validate", fail)
            with pytest.raises(ValueError, match="a bad image"):
                train(make_run(sets, tmp_path, evaluate_every=1))
        assert [row["epoch"] for row in read_run(tmp_path)[1].history] == [1]
        assert not gallery_path(tmp_path, 1).exists()

        _, history = train(make_run(sets, tmp_path, evaluate_every=1))
        assert "going on after epoch 1 of 4" in capsys.readouterr().out
        assert all("ap" in row for row in history)
        assert len(read_galleries(tmp_path, history)) == 4
        losses = [[r["class_loss"] for r in h] for h in (history, unbroken[1])]
        assert losses[0] == losses[1]

    def test_finished_run_says_so(self, sets, tmp_path, capsys):
        train(make_run(sets, tmp_path, num_epochs=1))
        capsys.readouterr()
        train(make_run(sets, tmp_path, num_epochs=1))
        text = capsys.readouterr().out
        assert text == "all 1 epochs of this run are done\n"

    @pytest.mark.parametrize("change", ["fewer", "other names", "other labels"])
    def test_other_images_are_refused(self, sets, tmp_path, change):
        """By a finished run as well, whose AP would be taken for theirs."""
        train(make_run(sets, tmp_path, num_epochs=1))
        images = Images.of(sets[0])
        if change == "fewer":
            images.items, images.ids = images.items[1:], images.ids[1:]
        elif change == "other names":
            images.ids[0] = "another"
        else:
            images.items[0][1][0, 1:5] = 0.25, 0.25, 0.5, 0.75
        run = make_run([images, sets[1]], tmp_path, num_epochs=1)
        with pytest.raises(ValueError, match="checkpoint.zip is of a run with"):
            train(run)

    def test_other_validation_images_are_refused(self, sets, tmp_path):
        train(make_run(sets, tmp_path, num_epochs=1))
        fewer = Images.of(sets[1])
        fewer.items, fewer.ids = fewer.items[1:], fewer.ids[1:]
        run = make_run([sets[0], fewer], tmp_path, num_epochs=1)
        with pytest.raises(ValueError, match="4 validation images, not 3"):
            train(run)

    def test_a_checkpoint_without_validation_images_goes_on(
        self, sets, tmp_path
    ):
        """Those of earlier versions have none."""
        _, history = train(make_run(sets, tmp_path, num_epochs=1))
        checkpoint = read_run(tmp_path)[1]
        data = {k: v for k, v in checkpoint.data.items() if k != "val"}
        save_checkpoint(
            checkpoint_path(tmp_path), replace(checkpoint, data=data)
        )
        assert train(make_run(sets, tmp_path, num_epochs=1))[1] == history

    def test_same_images_of_another_kind_are_accepted(self, sets, tmp_path):
        _, history = train(make_run(sets, tmp_path, num_epochs=1))
        again = make_run([Images.of(sets[0]), sets[1]], tmp_path, num_epochs=1)
        assert train(again)[1] == history

    def test_other_num_epochs_are_advised(self, sets, tmp_path):
        train(make_run(sets, tmp_path / "a", num_epochs=1))
        advice = f"--out NEW --init {tmp_path / 'a'}"
        with pytest.raises(ValueError, match=f"num_epochs 1, not 2.*{advice}"):
            train(make_run(sets, tmp_path / "a", num_epochs=2))

    def test_folder_in_use(self, sets, tmp_path):
        with locked_folder(tmp_path, "folder"):
            with pytest.raises(ValueError, match="in use by another process"):
                train(make_run(sets, tmp_path))


def test_a_folder_at_home():
    assert checkpoint_path("~/run") == Path.home() / "run/checkpoint.zip"


class TestRemembers:
    def test_how_it_saw_images(self, sets, tmp_path):
        run = make_run(sets, tmp_path, num_epochs=2, image_sizes=[32, 64])
        net, _ = train(run)
        trained, checkpoint = read_run(tmp_path)
        assert net.settings == trained.settings == ModelSettings(64)
        assert checkpoint.model == ModelSettings(64).as_dict()
        assert checkpoint.data["images"] == 10

    def test_evaluation_gives_what_training_printed(self, sets, tmp_path):
        """At the size of the training, which nobody has named."""
        net, history = train(make_run(sets, tmp_path))
        trained = load_trained(tmp_path)
        assert trained.image_size == 64 and trained.classes == ("cat", "dog")
        for judged in (net, trained.net):
            _, evaluation = evaluate(judged, sets[1], num_workers=0)
            scores = summarize(evaluation)
            for name in ("ap50", "ap"):
                assert scores[name] == pytest.approx(history[-1][name])


class TestChecksBeforeTheFirstStep:
    """The network is as it was, and the folder has no checkpoint."""

    @pytest.fixture
    def refuses(self, sets, tmp_path):
        def refuse(message, train_set=None, val_set=None, classes=2, **more):
            changed = [train_set or sets[0], val_set or sets[1]]
            run = replace(make_run(changed, tmp_path / "run"), **more)
            net = new_network(classes, 0)
            before = [p.clone() for p in net.parameters()]
            with pytest.raises(ValueError, match=message):
                train_detection(net, run)
            assert all(map(torch.equal, net.parameters(), before))
            assert not checkpoint_path(tmp_path / "run").exists()

        return refuse

    @pytest.mark.parametrize(
        "value, message",
        [
            ({"evaluate_every": 0}, "evaluate_every must be 1 or more, got 0"),
            ({"num_workers": -1}, "num_workers must be 0 or more, got -1"),
            ({"num_workers": 1.5}, "num_workers must be a whole number"),
            ({"processes": Processes(0, 3)}, "4 images for 3 processes"),
            ({"classes": 3}, r"2 classes .*\(cat, dog\), got one for 3"),
            (
                {"options": replace(OPTIONS, image_sizes=[32], batch_size=1)},
                "a process must have two images or more .* 32 x 32",
            ),
        ],
        ids=str,
    )
    def test_settings(self, refuses, value, message):
        if "processes" in value:
            # As all processes see it; nobody is asked
            run = make_run([range(9), range(9)], "none", value["processes"])
            with pytest.raises(ValueError, match=message):
                check_run(new_network(2, 0), run)
        else:
            refuses(message, **value)

    @pytest.mark.parametrize(
        "change, message",
        [
            ({"classes": {"cat", "dog"}}, "^train_set: classes must be a list"),
            ({"ids": ["one"]}, "^train_set must have one name .*got 1 for"),
        ],
        ids=["classes without an order", "names for some images"],
    )
    def test_names(self, refuses, sets, change, message):
        changed = Images.of(sets[0])
        vars(changed).update(change)
        refuses(message, train_set=changed)

    def test_a_frozen_network(self, sets, tmp_path):
        net = new_network(2, 0).requires_grad_(False)
        with pytest.raises(
            ValueError, match=r"all are frozen: .*_grad_\(True\)"
        ):
            train_detection(net, make_run(sets, tmp_path / "run"))

    def test_other_order_of_classes(self, refuses, sets):
        turned = Images.of(sets[1])
        turned.classes = ("dog", "cat")
        refuses("same classes in the same order", val_set=turned)

    @pytest.mark.parametrize("which", ["train_set", "val_set"])
    @pytest.mark.parametrize(
        "row, message",
        [
            ([0, 10, 10, 60, 40, 0], "fractions of the image"),
            ([2, 0.1, 0.1, 0.5, 0.5, 0], "classes 0 to 1, got 2.*cat, dog"),
            ([0.5, 0.1, 0.1, 0.5, 0.5, 0], "classes 0 to 1, got 0.5"),
            ([0, 0.5, 0.1, 0.5, 0.5, 0], "positive width and height"),
            ([0, 0.5, 0.1, 0.2, 0.5, 0], "xmax >= xmin"),
            ([0, -1.5, 0.1, 0.2, 0.5, 0], "fractions of the image"),
            ([0, float("nan"), 0.1, 0.2, 0.5, 0], "finite"),
        ],
        ids=[
            "pixels", "class", "half a class", "line", "inverted", "outside",
            "nan",
        ],
    )  # fmt: skip
    def test_labels(self, refuses, sets, which, row, message):
        dataset = Images.of(sets[which == "val_set"])
        dataset.items[3] = dataset.items[3][0], np.array([row], np.float32)
        refuses(f"image '{dataset.ids[3]}': .*{message}", **{which: dataset})

    def test_all_bad_labels_at_once(self, refuses, sets):
        dataset = Images.of(sets[0])
        for k in (2, 5):
            rows = np.array([[0, 0.5, 0.1, 0.5, 0.5, 0]], np.float32)
            dataset.items[k] = dataset.items[k][0], rows
        first, second = dataset.ids[2], dataset.ids[5]
        message = f"(?s)2 images have .*'{first}'.*'{second}'.*cat, dog"
        refuses(message, train_set=dataset)

    def test_boxes_divided_twice(self, sets):
        dataset = Images.of(sets[0])
        dataset.items = [
            (image, rows * [1, *[0.01] * 4, 1]) for image, rows in dataset.items
        ]
        with pytest.warns(UserWarning, match="half of the objects.*divided"):
            check_data(make_run([dataset, sets[1]], "none"))

    def test_no_object(self, refuses, sets):
        empty = Images.of(sets[0])
        empty.items = [(image, np.zeros((0, 6))) for image, _ in empty.items]
        refuses("10 training images show no object", train_set=empty)

    def test_a_class_that_never_occurs(self, refuses, sets):
        few = [Images.of(dataset) for dataset in sets]
        for dataset in few:
            dataset.classes = ("cat", "dog", "bird")
        refuses("no object is a 'bird'; there are .* cat, dog", *few, classes=3)

    def test_a_class_that_only_validation_shows(self, sets):
        cats, dogs = np.zeros((1, 6)), np.ones((1, 6))
        with pytest.warns(UserWarning, match="is a 'dog'.*objects of: cat"):
            check_enough({0: cats}, {0: dogs}, ("cat", "dog"))

    def test_a_network_of_the_other_framework(self, sets, tmp_path):
        run = make_run(sets, tmp_path)
        net = d2l_ssd.mxnet.SSD(2)
        for function in (
            lambda: train_detection(net, run),
            lambda: evaluate(net, sets[1]),
        ):
            message = "net must be a network of d2l_ssd.torch.* got d2l_ssd.mx"
            with pytest.raises(ValueError, match=message):
                function()

    def test_images_in_both_lists(self, sets, toy):
        """Files are known by their path, others by their name and labels."""
        run = make_run([sets[0], sets[0]], "none")
        with pytest.warns(UserWarning, match="10 validation images are .*, …"):
            check_data(run)
        copy = Images.of(sets[0])
        copy.items, copy.ids = copy.items[:2], copy.ids[:2]
        run = make_run([Images.of(sets[0]), copy], "none")
        with pytest.warns(UserWarning, match=f"too good|better.*{copy.ids[1]}"):
            check_data(run)

    def test_no_image_in_both_lists(self, sets, recwarn):
        check_data(make_run(sets, "none"))
        others = Images.of(sets[1])
        others.ids = list(sets[0].ids[:4])  # numbered as the training images
        check_data(make_run([Images.of(sets[0]), others], "none"))
        assert not recwarn.list

    def test_all_bad_files_at_once(self, refuses, toy, tmp_path):
        root = tmp_path / "toy"
        shutil.copytree(toy, root)
        broken = [VOCDetection(root, s, all_images=True) for s in SPLITS]
        for dataset in broken:
            dataset.image_path(1).write_bytes(b"no image")
        names = "(?s)" + ".*".join(dataset.ids[1] for dataset in broken)
        refuses(names, *broken)


def test_images_are_counted(sets, tmp_path, monkeypatch):
    """A batch that is not full has as many images as it has."""
    monkeypatch.setattr(trainer.time, "perf_counter", count(0, 2).__next__)
    run = make_run(sets, tmp_path, num_epochs=1, batch_size=100)
    row = train(run)[1][0]
    assert row["images_per_second"] * row["seconds"] == pytest.approx(10)


def test_zero_localization_loss_is_a_warning(sets, tmp_path, monkeypatch):
    losses = lambda *_: np.array([[1.0, 0.0]])  # noqa: E731
    monkeypatch.setattr(trainer, "_take_steps", losses)
    with pytest.warns(UserWarning, match="exactly 0.*fractions of the image"):
        train(make_run(sets, tmp_path, num_epochs=1))


def test_nothing_counts_in_validation(sets, tmp_path, recwarn, capsys):
    val_set = Images.of(sets[1])
    val_set.items = [(image, np.zeros((0, 6))) for image, _ in val_set.items]
    _, (row,) = train(make_run([sets[0], val_set], tmp_path, num_epochs=1))
    assert row["ap"] is None and row["ap50"] is None
    assert (
        (tmp_path / "history.csv")
        .read_text()
        .splitlines()[0]
        .endswith("ap50,ap")
    )
    assert "AP50 –" in capsys.readouterr().out
    assert not [w for w in recwarn if w.category is RuntimeWarning]


def test_one_line_per_epoch(sets, tmp_path, capsys):
    train(make_run(sets, tmp_path, num_epochs=2))
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1/2  loss ") and "AP" not in first
    assert last.startswith("epoch 2/2  loss ") and "AP50 0." in last
