"""Arguments that several commands have."""

import argparse

import pytest
from helpers.commands import fails

from d2l_ssd import cli
from d2l_ssd.commands.arguments import (
    parse_image_sizes,
    parse_names,
    parse_size,
)


class TestParseSize:
    @pytest.mark.parametrize(
        "text, size", [("640x480", (480, 640)), ("9X8", (8, 9)), ("7", (7, 7))]
    )
    def test_good(self, text, size):
        assert parse_size(text) == size

    @pytest.mark.parametrize("text", ["", "x", "3x", "0x9", "1x2x3", "a", "-3"])
    def test_bad(self, text):
        with pytest.raises(
            argparse.ArgumentTypeError, match="WxH in pixels, as in 640x480"
        ):
            parse_size(text)


class TestOrder:
    @pytest.fixture
    def run(self, tmp_path):
        """A folder that looks like a run's."""
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "checkpoint.zip").write_bytes(b"")
        return tmp_path / "run"

    @pytest.mark.parametrize(
        "command, usage",
        [
            ("evaluate DATA RUN", "evaluate RUN DATA"),
            ("detect DATA RUN", "detect RUN IMAGE"),
            ("export new.onnx RUN", "export RUN FILE.onnx"),
            ("train RUN --init DATA --out new", "train DATA --init RUN"),
        ],
    )
    def test_swapped(self, capsys, tmp_path, run, command, usage):
        (tmp_path / "data").mkdir()
        places = {"DATA": tmp_path / "data", "RUN": run}
        words = [places.get(word, word) for word in command.split()]
        message = fails(capsys, *words)
        assert f"{run} is a run and has to come first" in message
        assert usage in message

    def test_run_is_no_data(self, capsys, run):
        assert "is a run of `train`" in fails(capsys, "check", run)

    def test_names_and_sizes_have_commas(self):
        assert parse_names("red cell, blue,") == ["red cell", "blue"]
        assert parse_image_sizes("64x32,96") == [(32, 64), (96, 96)]


class TestPlaces:
    """Where nothing can be written, no work begins."""

    @pytest.fixture(autouse=True)
    def no_work(self, monkeypatch):
        def work(*_, **__):
            raise AssertionError("the work has begun")

        for name in (
            "inspection.inspecting.inspect_dataset",
            "commands.evaluate.load_predictor",
            "commands.detect.load_predictor",
            "commands.detect.find_images",
            "commands.export.load_network",
            "commands.train.open_dataset",
        ):
            monkeypatch.setattr(f"d2l_ssd.{name}", work)

    @pytest.mark.parametrize(
        "command",
        [
            "check DATA --report PLACE",
            "train DATA --out PLACE",
            "evaluate stored DATA --json PLACE",
            "detect stored DATA --out PLACE",
            "export stored PLACE.onnx",
        ],
        ids=lambda command: command.partition(" ")[0],
    )
    def test_is_said_first(self, capsys, tmp_path, command):
        (tmp_path / "file").touch()
        place = tmp_path / "file" / "new"
        words = [
            word.replace("PLACE", str(place)).replace("DATA", str(tmp_path))
            for word in command.split()
        ]
        message = fails(capsys, *words)
        assert "must be a f" in message and str(place) in message


@pytest.mark.parametrize(
    "said, shown",
    [
        ("num_epochs must be 1 or more", "--epochs must be 1 or more"),
        ("folder must be a folder", "--out must be a folder"),
        ("seed must be a number", "--seed must be a number"),
        ("image_size must", "--image-size must"),
        ("runs/num_epochs/a.jpg: no image", "runs/num_epochs/a.jpg: no image"),
        ("the folder must be", "the folder must be"),
    ],
)
def test_arguments_are_called_as_on_the_command_line(said, shown):
    assert cli.in_options(said) == shown
