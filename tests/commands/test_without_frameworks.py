"""An exported network where neither PyTorch nor MXNet is installed."""

import json
import os
import subprocess
import sys

import pytest

from d2l_ssd import cli
from d2l_ssd.toy import make_toy_voc

# As if they were not installed
PROGRAM = """
import sys
for name in "torch", "mxnet", "d2l", "onnx", "matplotlib", "pycocotools":
    sys.modules[name] = None
from d2l_ssd.cli import main
main()
"""


@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    """A folder of drawn animals with 3 validation images."""
    return make_toy_voc(tmp_path_factory.mktemp("data") / "toy", 2, 3, seed=3)


def run(*words, cwd):
    """Run a command line; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
    )
    return done.returncode, done.stdout, done.stderr


def test_evaluate(exported, animals, tmp_path):
    words = "evaluate", exported, animals, "--split", "val"
    status, out, error = run(*words, cwd=tmp_path)
    assert status == 0, error
    assert "| all classes" in out


def test_detect(exported, animals, tmp_path):
    """Onnxruntime finds what PyTorch finds."""
    images = sorted((animals / "JPEGImages").glob("*.jpg"))[:3]
    words = exported, *images, "--out", "found", "--no-pictures"
    status, _, error = run("detect", *words, cwd=tmp_path)
    assert status == 0, error
    words = "stored", *images, "--out", tmp_path / "theirs", "--no-pictures"
    cli.main(["detect", *map(str, words)])
    ours, theirs = (
        json.loads((tmp_path / name / "detections.json").read_text())[
            "annotations"
        ]
        for name in ("found", "theirs")
    )
    assert len(ours) == len(theirs) >= 3
    for a, b in zip(ours, theirs):
        assert a["image_id"] == b["image_id"]
        assert a["score"] == pytest.approx(b["score"], abs=1e-3)
        assert a["bbox"] == pytest.approx(b["bbox"], abs=0.1)


def test_a_run_needs_pytorch(animals, tmp_path):
    words = "evaluate", "stored", animals
    status, _, error = run(*words, cwd=tmp_path)
    assert status == 2
    assert error == (
        "d2l-ssd: error: PyTorch is not installed: pip install 'd2l_ssd[torch]'\n"
    )
