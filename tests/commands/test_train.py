"""`d2l-ssd train`: from a folder of photographs to the folder of a run."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from helpers.commands import QUICK, fails, write_cells

from d2l_ssd import cli
from d2l_ssd.anchors import SIZES
from d2l_ssd.checkpoints import read_checkpoint
from d2l_ssd.commands.arguments import parse_image_size
from d2l_ssd.options import TrainOptions
from d2l_ssd.torch import beginnings, load_trained, new_network
from d2l_ssd.torch.beginnings import (
    begin_with_drawn,
    begin_with_imagenet,
    begin_with_run,
)
from d2l_ssd.torch.runs import read_run


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """A folder in VOC's layout with classes that VOC does not have."""
    return write_cells(tmp_path_factory.mktemp("data") / "cells")


@pytest.fixture(scope="module")
def trained(cells, tmp_path_factory):
    """The folder of a run of one epoch on the cells."""
    folder = tmp_path_factory.mktemp("run")
    cli.main(["train", str(cells), "--out", str(folder), *QUICK])
    return folder


class TestRun:
    def test_holds_all_that_is_needed(self, trained):
        """Classes, anchors, size, options, history, card, no pickle."""
        checkpoint = read_checkpoint(trained / "checkpoint.zip")
        assert checkpoint.classes == ["blue", "red cell"]
        assert checkpoint.settings.image_size == (32, 32)
        assert checkpoint.settings.sizes == SIZES
        assert b"pickle" not in checkpoint.net and checkpoint.net[8:9] == b"{"
        rows = list(csv.DictReader((trained / "history.csv").open()))
        assert [row["epoch"] for row in rows] == ["1"]
        assert rows[0]["image_size"] == "32x32"
        assert float(rows[0]["ap"]) == checkpoint.history[0]["ap"]
        card = (trained / "card.md").read_text()
        assert "blue, red cell" in card and "4 images of train" in card
        values = json.loads(card.partition("```json")[2].partition("```")[0])
        assert values["model"]["image_size"] == [32, 32]

    def test_options_are_those_of_the_training(self):
        args = cli.build_parser().parse_args(["train", "data", "--out", "run"])
        for name, value in TrainOptions().as_dict().items():
            if hasattr(args, name):
                assert getattr(args, name) == value, name

    def test_anchors_and_input_suit_the_images(self, cells, tmp_path, capsys):
        options = "--epochs 1 --batch-size 2 --val-split none".split()
        cli.main(["train", str(cells), "--out", str(tmp_path), *options])
        settings = load_trained(tmp_path).settings
        said = capsys.readouterr().out
        assert f"inputs of {settings.width}x{settings.height}" in said
        assert settings.sizes != SIZES
        assert len(settings.photograph_size) == 2
        assert f"{settings.sizes[0][0]:.3g}" in said
        assert "ap" not in read_run(tmp_path)[1].history[0]
        assert "not judged" in (tmp_path / "card.md").read_text()

    def test_classes_can_be_chosen(self, cells, tmp_path):
        options = ["--classes", "red cell", *QUICK]
        cli.main(["train", str(cells), "--out", str(tmp_path), *options])
        assert read_run(tmp_path)[1].classes == ["red cell"]

    def test_both_splits(self, cells, tmp_path):
        options = ["--train-split", "train+val", "--val-split", "none", *QUICK]
        cli.main(["train", str(cells), "--out", str(tmp_path), *options])
        assert read_run(tmp_path)[1].history[0]["num_images"] == 8

    def test_padded_images(self, cells, tmp_path):
        options = ["--fit", "pad", "--class-weights", "balanced", *QUICK]
        cli.main(["train", str(cells), "--out", str(tmp_path), *options])
        assert load_trained(tmp_path).settings.fit == "pad"


class TestImageSize:
    @pytest.mark.parametrize(
        "text, size",
        [("416x320", (320, 416)), ("64X32", (32, 64)), ("256", (256, 256))],
    )
    def test_is_width_and_height(self, text, size):
        assert parse_image_size(text) == size

    @pytest.mark.parametrize("text", ["", "x", "4x", "1x2x3", "-32", "32.0"])
    def test_other_texts(self, text):
        with pytest.raises(Exception, match="must be WxH in pixels"):
            parse_image_size(text)


class TestMistakes:
    @pytest.mark.parametrize(
        "changes, message",
        [
            ("--precision int8", "invalid choice: 'int8'"),
            ("--image-size 100x64", "multiple of 32, got 100"),
            ("--epochs many", "argument --epochs: invalid"),
            ("--evaluate-every 0", "--evaluate-every must be 1 or more, got 0"),
            ("--num-workers -1", "--num-workers must be 0 or more, got -1"),
            ("--flip-only 2", "--flip-only must be at most --epochs 1, got 2"),
            ("--image-size 32,64", "at most one per epoch of 1"),
            ("--learning-rate nan", "--learning-rate must be .* got nan"),
            ("--average 1", "average must be .* less than 1, got 1"),
            ("--classes green", "green.*there are 'blue', 'red cell'"),
            ("--init nowhere", "there is no run in nowhere"),
            ("--train-split trian", "trian"),
            ("--out FILE", "--out must be a folder, and .* is a file"),
            ("--out /proc/run", "can be written to, and /proc/run is not"),
        ],
    )
    def test_are_explained_in_a_sentence(
        self, capsys, cells, tmp_path, changes, message
    ):
        (tmp_path / "file").write_text("")
        changes = changes.replace("FILE", str(tmp_path / "file")).split()
        options = "train", cells, "--out", tmp_path / "run", *QUICK
        assert re.search(message, fails(capsys, *options, *changes))
        assert not list(tmp_path.rglob("checkpoint.zip"))

    def test_bad_file_is_named_before_the_training(
        self, capsys, cells, tmp_path
    ):
        root = tmp_path / "cells"
        shutil.copytree(cells, root)
        (root / "JPEGImages" / "val2.jpg").write_bytes(b"not a picture")
        options = "train", root, "--out", tmp_path / "run", *QUICK
        assert "val2.jpg" in fails(capsys, *options)
        assert not (tmp_path / "run" / "checkpoint.zip").exists()

    def test_folder_of_something_else(self, capsys, cells, tmp_path):
        (tmp_path / "letter.txt").write_text("")
        message = fails(capsys, "train", cells, "--out", tmp_path, *QUICK)
        assert "holds letter.txt: name another one" in message
        assert len(list(tmp_path.iterdir())) == 1

    def test_run_in_the_place_of_data(self, capsys, cells, trained, tmp_path):
        options = "--out", tmp_path / "new", *QUICK
        assert "is a run" in fails(capsys, "train", trained, *options)

    def test_other_labels_are_named_before_what_they_suggest(
        self, capsys, tmp_path
    ):
        root = write_cells(tmp_path / "cells")
        options = "train", root, "--out", tmp_path / "run", *QUICK[:-2]
        cli.main(list(map(str, options)))
        capsys.readouterr()
        path = next((root / "Annotations").glob("train*.xml"))
        path.write_text(re.sub("<xmax>.*?<", "<xmax>12<", path.read_text()))
        assert "other labels of the same" in fails(capsys, *options)

    def test_usage_is_one_sentence(self, capsys):
        message = fails(capsys, "train", "--epochs", "many")
        assert message.count("\n") == 1 and "train --help" in message

    def test_another_run_in_the_folder(self, capsys, cells, trained):
        options = "train", cells, "--out", trained, *QUICK
        message = fails(capsys, *options, "--seed", "1")
        assert "seed 0, not 1" in message and "--init" in message


class TestInit:
    def test_classes_in_another_order_keep_their_weights(self, trained):
        theirs, net = read_run(trained)[0], new_network(2, 5)
        said = begin_with_run(net, trained, ["red cell", "blue"])
        assert "in another order" in said
        X = torch.randn(1, 3, 64, 64)
        with torch.inference_mode():
            (a, a_offsets), (b, b_offsets) = theirs(X), net.eval()(X)
        torch.testing.assert_close(a[..., [0, 2, 1]], b)
        torch.testing.assert_close(a_offsets, b_offsets)

    def test_new_and_forgotten_classes_are_named(self, trained):
        net = new_network(3, 5)
        said = begin_with_run(net, trained, ["blue", "green", "violet"])
        assert "new are green, violet," in said
        assert said.endswith("it forgets red cell")

    def test_drawn_animals_give_the_backbone(self):
        net, anew = new_network(3, 5), new_network(3, 5)
        assert "new heads" in begin_with_drawn(net)
        stored, anew = load_trained().net.state_dict(), anew.state_dict()
        for name, tensor in net.state_dict().items():
            source = anew if name.startswith("output.") else stored
            if not name.endswith("num_batches_tracked"):
                assert torch.equal(tensor, source[name]), name

    def test_filters_from_imagenet(self):
        """Weights with torchvision's names and shapes, made here."""
        net = new_network(3, 5)
        begin_with_imagenet(net, make_resnet(np.random.default_rng(0)))
        state = net.state_dict()
        for name, number in (
            ("backbone.stages.0.1.weight", 1),
            ("backbone.stages.0.5.1.conv2.weight", 2),
            ("backbone.stages.2.0.0.downsample.weight", 3),
            ("backbone.stages.1.0.bn2.running_var", 4),
        ):
            assert (state[name] == number).all(), name
        assert (state["backbone.stages.1.0.bn1.weight"] == 1).all()

    def test_no_network(self, monkeypatch, capsys, cells, tmp_path):
        monkeypatch.setenv("TORCH_HOME", str(tmp_path / "cache"))
        monkeypatch.setattr(
            beginnings, "RESNET_URL", "http://127.0.0.1:9/resnet18.pth"
        )
        options = "train", cells, "--out", tmp_path / "run", *QUICK
        message = fails(capsys, *options, "--init", "imagenet")
        assert "cannot be downloaded" in message and "--init drawn" in message


def make_resnet(rng):
    """Return weights with the names and shapes of torchvision's ResNet-18."""
    weights = {"conv1.weight": torch.full((64, 3, 7, 7), 1.0)}
    for kind in ("weight", "bias", "running_mean", "running_var"):
        weights[f"bn1.{kind}"] = torch.from_numpy(
            rng.uniform(size=64).astype(np.float32)
        )
    channels = 64
    for stage, width in enumerate((64, 128, 256, 512), start=1):
        for block in range(2):
            name = f"layer{stage}.{block}"
            first = torch.full((width, channels, 3, 3), 2.0)
            weights[f"{name}.conv1.weight"] = first
            weights[f"{name}.conv2.weight"] = torch.full(
                (width, width, 3, 3), 2.0
            )
            for bn in ("bn1", "bn2"):
                for kind in ("weight", "bias", "running_mean", "running_var"):
                    weights[f"{name}.{bn}.{kind}"] = torch.full((width,), 4.0)
            if channels != width:
                weights[f"{name}.downsample.0.weight"] = torch.full(
                    (width, channels, 1, 1), 3.0
                )
            channels = width
    return {**weights, "fc.weight": torch.zeros(1000, 512)}


class TestTwoProcesses:
    LAUNCH = "-m torch.distributed.run --standalone --nproc-per-node 2"

    def run(self, cells, folder, *options):
        return subprocess.run(
            [sys.executable, *self.LAUNCH.split(), "-m", "d2l_ssd", "train"]
            + [cells, "--out", folder, *QUICK, *options],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def test_say_a_mistake_once(self, cells, tmp_path):
        done = self.run(cells, tmp_path, "--classes", "green")
        assert done.returncode != 0
        assert done.stderr.count("d2l-ssd: error: ") == 1

    def test_train_to_the_end(self, cells, tmp_path):
        """The first one judges and writes; the other one does not fail."""
        done = self.run(cells, tmp_path, "--batch-size", "4")
        assert done.returncode == 0, done.stderr
        # Once for the epoch, once at the end, and not by the other process
        assert done.stdout.count("AP50 ") == 2
        (row,) = read_run(tmp_path)[1].history
        assert row["epoch"] == 1 and "ap" in row
