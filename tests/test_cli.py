"""The command line: what it offers, what it does, what it says of mistakes."""

import os
import re
import shutil
import signal
import subprocess
import sys
import warnings

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


def class_names(text):
    """Return the first column of a table of classes."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def mean_scores(text):
    """Return the AP50 and AP of a table's last row."""
    (row,) = [r for r in text.splitlines() if r.startswith("| mean")]
    return [cell.strip() for cell in row.split("|")[2:4]]


def run_program(*arguments, **options):
    """Return a process that runs the command line, its output caught."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-m", "d2l_ssd", *map(str, arguments)]
    return subprocess.Popen(command, **pipes, **options)


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
            (["train", "--precision", "int8"], "invalid choice: 'int8'"),
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

    @pytest.mark.parametrize(
        "changes, message",
        [
            ("--evaluate-every 0", "evaluate_every must be 1 or more, got 0"),
            ("--num-workers -1", "num_workers must be 0 or more, got -1"),
            ("--flip-only 2", "flip_only must be at most num_epochs 1, got 2"),
            ("--image-sizes 32 64", "at most one per epoch of 1"),
            ("--learning-rate nan", "learning_rate must be .* got nan"),
            ("--folder FILE", "folder must be a folder, and .* is a file"),
            ("--folder /proc/run", "can be written to, and /proc/run is not"),
        ],
    )
    def test_settings(self, capsys, cells, tmp_path, changes, message):
        (tmp_path / "file").write_text("")
        changes = changes.replace("FILE", str(tmp_path / "file")).split()
        options = "--root", cells, "--folder", tmp_path / "run", *QUICK
        assert re.search(message, fails(capsys, "train", *options, *changes))
        assert not list(tmp_path.rglob("checkpoint.zip"))

    def test_bad_file_is_named_before_the_training(
        self, capsys, cells, tmp_path
    ):
        root = tmp_path / "cells"
        shutil.copytree(cells, root)
        (root / "JPEGImages" / "val2.jpg").write_bytes(b"not a picture")
        options = "--root", root, "--folder", tmp_path / "run", *QUICK
        assert "val2.jpg" in fails(capsys, "train", *options)
        assert not (tmp_path / "run" / "checkpoint.zip").exists()

    def test_stored_weights_know_two_classes(self, capsys, cells):
        message = fails(capsys, "evaluate", "--root", cells)
        assert "The stored weights know cat and dog; --folder" in message

    def test_run_of_other_classes_needs_a_root(self, capsys, trained):
        message = fails(capsys, "evaluate", "--folder", trained)
        assert "knows blue, red cell" in message and "--root" in message

    def test_damaged_checkpoint(self, capsys, cells, tmp_path):
        (tmp_path / "checkpoint.zip").write_bytes(b"PK")
        options = "--root", cells, "--folder", tmp_path
        message = fails(capsys, "evaluate", *options)
        assert "is damaged" in message and "take a copy" in message

    def test_warnings_are_one_line(self, capsys, recwarn):
        with cli._short_warnings():
            shown = warnings.formatwarning("odd", UserWarning, "a.py", 3)
        assert shown == "d2l-ssd: warning: odd\n"
        assert warnings.formatwarning("odd", UserWarning, "a.py", 3) != shown

    def test_our_own_errors_keep_their_traceback(self, monkeypatch):
        def fail(*_):
            raise TypeError("a defect")

        monkeypatch.setattr(cli, "VOCDetection", fail)
        with pytest.raises(TypeError, match="a defect"):
            cli.main(["evaluate", "--root", "somewhere"])

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


class TestEvaluate:
    def test_gives_what_training_printed(self, cells, trained, capsys):
        """At the size of the training: 32 pixels, not 256."""
        row = read_run(trained)[1].history[-1]
        arguments = "--num-workers", "0", "--root", str(cells)
        for folder in trained, trained / "checkpoint.zip":
            cli.main(["evaluate", "--folder", str(folder), *arguments])
            text = capsys.readouterr().out
            expected = [f"{row[name]:.3f}" for name in ("ap50", "ap")]
            assert mean_scores(text) == expected
            assert "4 images of val, 32 x 32, as in training" in text

    @pytest.mark.parametrize(
        "option, kept",
        [
            ([], "kept in pixels"),
            (["--scale-anchors"], "scaled with the image"),
        ],
        ids=["pixels", "fractions"],
    )
    def test_says_what_else_was_used(
        self, cells, trained, capsys, option, kept
    ):
        cli.main(
            ["evaluate", "--folder", str(trained), "--root", str(cells)]
            + ["--num-workers", "0", "--image-size", "64", *option]
        )
        text = capsys.readouterr().out
        assert f"64 x 64 (trained at 32 x 32; anchors {kept})" in text

    def test_another_split(self, cells, trained, capsys):
        cli.main(
            ["evaluate", "--folder", str(trained), "--root", str(cells)]
            + ["--num-workers", "0", "--split", "train"]
        )
        assert "4 images of train" in capsys.readouterr().out


class TestStopped:
    """A signal ends a run cleanly, and says how to go on."""

    @pytest.mark.parametrize(
        "number, status",
        [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
        ids=["Ctrl-C", "SIGTERM"],
    )
    def test_after_an_epoch(self, cells, tmp_path, number, status):
        process = run_program(
            "train", "--root", cells, "--folder", tmp_path, *QUICK,
            "--num-epochs", 10000,
        )  # fmt: skip
        # It prints a line when an epoch is saved
        process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate()
        assert process.returncode == status
        assert "Traceback" not in errors
        epochs = len(read_run(tmp_path)[1].history)
        last = errors.splitlines()[-1]
        assert last.endswith(
            f"stopped; run the same command again to go on after epoch {epochs}"
        )
        assert not list(tmp_path.glob(".partial-*"))

    def test_before_an_epoch(self, capsys, cells, tmp_path, monkeypatch):
        def stop(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(cli, "_open_run", stop)
        with pytest.raises(SystemExit) as stopped:
            cli.main(["train", "--folder", str(tmp_path)])
        assert stopped.value.code == 130
        message = capsys.readouterr().err
        assert message == (
            "d2l-ssd: stopped before the end of the first epoch\n"
        )


def test_two_processes_say_a_mistake_once(cells, tmp_path):
    launch = "-m torch.distributed.run --standalone --nproc-per-node 2"
    done = subprocess.run(
        [sys.executable, *launch.split(), "-m", "d2l_ssd", "train"]
        + ["--root", cells, "--folder", tmp_path, *QUICK]
        + ["--classes", "green"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode != 0
    assert done.stderr.count("d2l-ssd: error: ") == 1


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
    # Once for the epoch, once at the end, and not by the other process
    assert done.stdout.count("AP50 ") == 2
    (row,) = read_run(tmp_path)[1].history
    assert row["epoch"] == 1 and "ap" in row
