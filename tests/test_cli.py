"""The command line: what it offers, and how it ends."""

import re
import signal
import subprocess
import sys
import warnings

import pytest
from helpers.commands import QUICK, fails, run_program, write_cells

from d2l_ssd import cli
from d2l_ssd.commands import train
from d2l_ssd.torch.runs import read_run


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """A folder in VOC's layout with classes that VOC does not have."""
    return write_cells(tmp_path_factory.mktemp("data") / "cells")


class TestHelp:
    @pytest.mark.parametrize("command", cli.COMMANDS)
    def test_every_option_is_explained(self, capsys, command):
        with pytest.raises(SystemExit) as stopped:
            cli.main([command, "--help"])
        assert stopped.value.code == 0
        text = capsys.readouterr().out
        assert "examples:" in text and f"d2l-ssd {command}" in text
        options = re.findall(
            r"^  (?:-h, )?(--[\w-]+)(.*(?:\n {6}.*)*)", text, re.M
        )
        assert "--help" in {name for name, _ in options}
        for name, rest in options:
            assert re.search(r"\w+ \w+", rest), name

    def test_needs_no_framework(self):
        """Whoever asks for help may not have installed one yet."""
        code = (
            "import sys; from d2l_ssd import cli; cli.build_parser(); "
            "heavy = {'torch', 'mxnet', 'onnx', 'onnxruntime', 'matplotlib'}; "
            "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True
        )
        assert (done.returncode, done.stderr.strip()) == (0, "")

    def test_module_and_script_are_the_same(self):
        done = subprocess.run(
            [sys.executable, "-m", "d2l_ssd", "--help"],
            capture_output=True,
            text=True,
        )
        assert done.stdout.startswith("usage: d2l-ssd")
        for name in cli.COMMANDS:
            assert f"\n    {name} " in done.stdout


class TestMistakes:
    def test_no_command(self, capsys):
        assert "required: COMMAND" in fails(capsys)

    def test_warnings_are_one_line(self, capsys, recwarn):
        with cli._short_warnings():
            shown = warnings.formatwarning("odd", UserWarning, "a.py", 3)
        assert shown == "d2l-ssd: warning: odd\n"
        assert warnings.formatwarning("odd", UserWarning, "a.py", 3) != shown

    def test_our_own_errors_keep_their_traceback(self, monkeypatch):
        def fail(*_, **__):
            raise TypeError("a defect")

        monkeypatch.setattr(train, "open_dataset", fail)
        with pytest.raises(TypeError, match="a defect"):
            cli.main(["train", "somewhere", "--out", "run"])

    def test_pytorch_is_missing(self, capsys, monkeypatch, cells, tmp_path):
        monkeypatch.setitem(sys.modules, "torch", None)
        for name in [n for n in sys.modules if n.startswith("d2l_ssd.torch")]:
            monkeypatch.delitem(sys.modules, name)
        message = fails(capsys, "train", cells, "--out", tmp_path, *QUICK)
        assert "pip install 'd2l_ssd[torch]'" in message


class TestStopped:
    """A signal ends a run cleanly, and says how to go on."""

    @pytest.mark.parametrize(
        "number, status",
        [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
        ids=["Ctrl-C", "SIGTERM"],
    )
    def test_after_an_epoch(self, cells, tmp_path, number, status):
        options = [*QUICK, "--epochs", 10000]
        process = run_program("train", cells, "--out", tmp_path, *options)
        # It prints a line when an epoch is saved
        while not process.stdout.readline().startswith("epoch 1/"):
            assert process.poll() is None, process.stderr.read()
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

        monkeypatch.setattr(train, "make_plan", stop)
        with pytest.raises(SystemExit) as stopped:
            cli.main(["train", str(cells), "--out", str(tmp_path)])
        assert stopped.value.code == 130
        message = capsys.readouterr().err
        assert message == (
            "d2l-ssd: stopped before the end of the first epoch: nothing is "
            "kept\n"
        )
