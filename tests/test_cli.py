"""The command line: what it offers, what it does, what it says of mistakes."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from helpers.voc import write_voc

from d2l_ssd import cli
from d2l_ssd.options import TrainOptions
from d2l_ssd.results import load_results
from d2l_ssd.torch.runs import read_run

QUICK = "--num-epochs 1 --batch-size 2 --image-sizes 32 --num-workers 0".split()
RED, BLUE = ("red cell", (3, 3, 30, 18), {}), ("blue", (1, 1, 20, 20), {})


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """A folder in VOC's layout with classes that VOC does not have."""
    root = tmp_path_factory.mktemp("data") / "cells"
    kinds = [[RED], [BLUE], [RED, BLUE], [BLUE]]
    for split in ("train", "val"):
        names = [f"{split}{i}" for i in range(4)]
        write_voc(root, dict(zip(names, kinds)), split, classes=())
    return root


@pytest.fixture(scope="module")
def trained(cells, tmp_path_factory):
    """The folder of a run of one epoch on the cells."""
    folder = tmp_path_factory.mktemp("run")
    cli.main(["train", "--root", str(cells), "--folder", str(folder), *QUICK])
    return folder


def fails(capsys, *arguments):
    """Return what a command line says before it ends with status 2."""
    with pytest.raises(SystemExit) as stopped:
        cli.main(list(map(str, arguments)))
    assert stopped.value.code == 2
    message = capsys.readouterr().err
    assert "Traceback" not in message
    return message


def class_names(table):
    """Return the first column of a table of classes."""
    return [row.split("|")[1].strip() for row in table.splitlines()[2:]]


class TestHelp:
    @pytest.mark.parametrize("command", ["train", "evaluate", "export"])
    def test_every_option_is_explained(self, capsys, command):
        with pytest.raises(SystemExit) as stopped:
            cli.main([command, "--help"])
        assert stopped.value.code == 0
        text = capsys.readouterr().out
        options = re.findall(
            r"^  (?:-h, )?(--[\w-]+)(.*(?:\n {6}.*)*)", text, re.M
        )
        assert {"--help", "--root", "--folder"} <= {name for name, _ in options}
        for name, rest in options:
            assert re.search(r"\w+ \w+|run", rest), name

    def test_training_has_all_options_and_their_defaults(self):
        args = cli.build_parser().parse_args(["train"])
        for name, value in TrainOptions().as_dict().items():
            assert getattr(args, name) == value, name

    def test_needs_neither_framework(self):
        """Whoever asks for help may not have installed one yet."""
        code = (
            "import sys; from d2l_ssd import cli; cli.build_parser(); "
            "sys.exit(bool({'torch', 'mxnet'} & set(sys.modules)))"
        )
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0

    def test_module_and_script_are_the_same(self):
        done = subprocess.run(
            [sys.executable, "-m", "d2l_ssd", "--help"],
            capture_output=True,
            text=True,
        )
        assert done.stdout.startswith("usage: d2l-ssd")


class TestClasses:
    def test_come_from_the_data_set(self, trained):
        assert read_run(trained)[1].classes == ["blue", "red cell"]

    @pytest.mark.filterwarnings("ignore:.*passed over. 'blue'")
    def test_can_be_chosen(self, cells, tmp_path, capsys):
        cli.main(
            ["train", "--root", str(cells), "--folder", str(tmp_path), *QUICK]
            + ["--classes", "red cell"]
        )
        assert read_run(tmp_path)[1].classes == ["red cell"]
        capsys.readouterr()
        cli.main(
            ["evaluate", "--root", str(cells), "--folder", str(tmp_path)]
            + ["--num-workers", "0"]
        )
        assert class_names(capsys.readouterr().out) == ["red cell", "mean"]

    def test_are_remembered_by_the_run(self, trained, cells, capsys):
        arguments = "--num-workers", "0", "--root", str(cells)
        cli.main(["evaluate", "--folder", str(trained), *arguments])
        names = class_names(capsys.readouterr().out)
        assert names == ["blue", "red cell", "mean"]

    def test_are_in_the_model_card(self, trained, cells, tmp_path):
        texts = [f"--{name}=some" for name in ("data", "command", "hardware")]
        cli.main(
            ["export", "--folder", str(trained), "--target", str(tmp_path)]
            + ["--num-workers", "0", "--root", str(cells), *texts]
        )
        assert "**Classes**: blue, red cell" in load_results(tmp_path).card


class TestMistakes:
    @pytest.mark.parametrize(
        "arguments, message",
        [
            (["train", "--root", "nothing"], "root must be .*JPEGImages"),
            (["train", "--precision", "int8"], "precision must be one of"),
            (
                ["train", "--image-sizes", "100"],
                "image_sizes: .*multiple of 32",
            ),
            (
                ["train", "--num-epochs", "many"],
                "argument --num-epochs: invalid",
            ),
            (["evaluate", "--folder", "nothing"], "no checkpoint.*nothing"),
            (["export", "--folder", "run"], "required: --target"),
            ([], "required: COMMAND"),
        ],
        ids=lambda value: "-".join(value) if isinstance(value, list) else "",
    )
    def test_are_explained_in_a_sentence(
        self, capsys, monkeypatch, tmp_path, arguments, message
    ):
        monkeypatch.chdir(tmp_path)
        assert re.search(message, fails(capsys, *arguments))

    def test_unknown_class(self, capsys, cells, tmp_path):
        options = "--root", cells, "--folder", tmp_path, "--classes", "green"
        message = fails(capsys, "train", *options, *QUICK)
        assert "green" in message and message.startswith("d2l-ssd: error: ")

    def test_another_run_in_the_folder(self, capsys, cells, trained):
        options = "--root", cells, "--folder", trained, *QUICK
        message = fails(capsys, "train", *options, "--seed", "1")
        assert "seed 0, not 1" in message

    @pytest.mark.parametrize("num_workers", [0, 1])
    def test_damaged_image(self, capsys, cells, trained, tmp_path, num_workers):
        root = tmp_path / "cells"
        shutil.copytree(cells, root)
        (root / "JPEGImages" / "val2.jpg").write_bytes(b"not a picture")
        options = "--root", root, "--folder", trained
        workers = "--num-workers", num_workers
        message = fails(capsys, "evaluate", *options, *workers)
        assert re.match("d2l-ssd: error: .*val2.jpg", message)
        assert message.count("\n") == 1

    def test_pytorch_is_missing(self, capsys, monkeypatch, trained):
        monkeypatch.setitem(sys.modules, "torch", None)
        for name in [n for n in sys.modules if n.startswith("d2l_ssd.torch")]:
            monkeypatch.delitem(sys.modules, name)
        message = fails(capsys, "evaluate", "--folder", trained)
        assert "pip install 'd2l_ssd[torch]'" in message


def test_two_processes_train_to_the_end(cells, tmp_path):
    """The first one judges and writes; the other one does not fail."""
    launch = "-m torch.distributed.run --standalone --nproc-per-node 2"
    done = subprocess.run(
        [sys.executable, *launch.split(), "-m", "d2l_ssd", "train"]
        + ["--root", cells, "--folder", tmp_path, *QUICK]
        + ["--batch-size", "4"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("AP50 ") == 1
    (row,) = read_run(tmp_path)[1].history
    assert row["epoch"] == 1 and "ap" in row
