"""`d2l-ssd export`: from a run to a file, and what is refused."""

import json
import re
import sys

import numpy as np
import pytest
from helpers.torch_runs import images

from d2l_ssd import cli
from d2l_ssd.predictors import load_predictor


def run(*words):
    """Run a command line; return its exit status."""
    try:
        cli.main([str(word) for word in words])
    except SystemExit as end:
        return end.code or 0
    return 0


def test_export_of_the_stored_weights(tmp_path, capsys):
    path = tmp_path / "new folder" / "animals.onnx"
    assert run("export", "stored", path) == 0
    out = capsys.readouterr().out
    assert "46.2 MB, float32 (weights as trained), 256x256 input" in out
    assert "classes cat, dog" in out
    assert f"how to use it: {path}.json" in out
    names = sorted(file.name for file in path.parent.iterdir())
    assert names == ["animals.onnx", "animals.onnx.json"]
    X = images(2, 3, 64, 64)
    pairs = zip(load_predictor(path)(X), load_predictor("stored")(X))
    for ours, theirs in pairs:
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_export_with_integers(tmp_path, capsys):
    path = tmp_path / "animals.onnx"
    assert run("export", "stored", path, "--precision", "int8") == 0
    out = capsys.readouterr().out
    assert "11.6 MB, int8 (weights and maps in 8 bits" in out
    assert "on average (root mean square); up to 0.15 is allowed" in out
    about = json.loads((tmp_path / "animals.onnx.json").read_text())
    assert about["precision"] == "int8"


@pytest.mark.parametrize(
    "options, message",
    [
        (["--precision", "int4"], "invalid choice: 'int4'"),
        (["--calibrate", "drawn"], "float32 needs no images: leave it out"),
        (
            ["--precision", "int8", "--calibrate", "nowhere"],
            "no image or folder nowhere: check",
        ),
    ],
    ids=["unknown", "not needed", "no folder"],
)
def test_refused_precision(tmp_path, capfd, options, message):
    assert run("export", "stored", tmp_path / "net.onnx", *options) == 2
    assert re.search(message, capfd.readouterr().err)
    assert not any(tmp_path.iterdir())


def test_a_run_needs_a_folder_to_calibrate_with(tmp_path, capfd):
    words = tmp_path / "run", tmp_path / "net.onnx", "--precision", "int8"
    assert run("export", *words) == 2
    assert "int8 needs --calibrate FOLDER" in capfd.readouterr().err


@pytest.mark.parametrize(
    "where, name, message",
    [
        ("stored", "net.pb", "FILE.onnx must end with .onnx, got .*net.pb"),
        ("stored", "folder.onnx", "must be a file, and .*onnx is a folder"),
        ("old.onnx", "net.onnx", "RUN must be .*old.onnx is exported already"),
        ("no_run", "net.onnx", "there is no checkpoint .*no_run"),
    ],
    ids=["other ending", "a folder", "exported already", "no run"],
)
def test_refused(tmp_path, capfd, where, name, message):
    (tmp_path / "folder.onnx").mkdir()
    where = where if where == "stored" else tmp_path / where
    assert run("export", where, tmp_path / name) == 2
    error = capfd.readouterr().err
    assert error.startswith("d2l-ssd: error: ") and error.count("\n") == 1
    assert re.search(message, error)
    assert not (tmp_path / "net.onnx").exists()


@pytest.mark.parametrize("module", ["onnx", "onnxruntime", "torch"])
def test_what_is_not_installed_is_named(tmp_path, capfd, monkeypatch, module):
    for name in list(sys.modules):
        if name.startswith(("d2l_ssd.onnx", "d2l_ssd.torch")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    assert run("export", "stored", tmp_path / "net.onnx") == 2
    extra = "torch" if module == "torch" else "onnx"
    assert f"pip install 'd2l_ssd[{extra}]'" in capfd.readouterr().err


def test_a_full_disk_leaves_the_old_file(tmp_path, capfd, monkeypatch):
    path = tmp_path / "net.onnx"
    path.write_text("old")

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", no_space)
    assert run("export", "stored", path) == 2
    assert "net.onnx: No space left on device" in capfd.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["net.onnx"]
    assert path.read_text() == "old"
