"""Mistakes are said before PyTorch is imported, which takes seconds."""

import json
import subprocess
import sys

import pytest
from helpers.commands import write_cells
from PIL import Image

from d2l_ssd.checkpoints import Checkpoint, ModelSettings, save_checkpoint
from d2l_ssd.safetensors import pack_tensors

# Whoever imports PyTorch fails, but whoever asks whether it is there
PROGRAM = """
import contextlib, importlib.machinery, io, json, sys

class Refuse:
    def find_spec(self, name, *_):
        if name == "torch":
            return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        raise AssertionError("PyTorch is imported")

    def exec_module(self, module):
        pass

sys.meta_path.insert(0, Refuse())
from d2l_ssd import cli

def said(words):
    with contextlib.redirect_stderr(io.StringIO()) as text:
        try:
            cli.main(words)
        except SystemExit as end:
            return f"{end.code} {text.getvalue()}"
        except AssertionError as error:
            return str(error)
    return "0"

json.dump([said(words) for words in json.load(sys.stdin)], sys.stdout)
"""
MISTAKES = {
    "train nowhere --out new": "data set not found: nowhere",
    "train RUN --out new": "is a run",
    "train CELLS --out CELLS": "--out must be a new folder, or that of a run",
    "train CELLS --out BROKEN": "checkpoint.zip is damaged",
    "train CELLS --out RUN": "is of a run with classes",
    "train CELLS --out new --init nowhere": "there is no run in nowhere",
    "train CELLS --out new --init BROKEN": "checkpoint.zip is damaged",
    "train CELLS --out new --classes green": "no object in",
    "train CELLS --out new --train-split x": "split must be one of train, val",
    "train CELLS --out new --val-split x": "split must be one of train, val",
    "train CELLS --out new --flip-only 999": "--flip-only must be at most",
    # Before the data are read, too
    "train nowhere --out new --epochs 0": "--epochs must be",
    "train nowhere --out new --epochs 1 --image-size 32,64": "at most one per",
    "train nowhere --out new --batch-size 0": "--batch-size must be",
    "train nowhere --out new --seed -1": "--seed must be a whole number of 0",
    "train nowhere --out new --learning-rate nan": "--learning-rate must be",
    "train nowhere --out new --average 1": "--average must be",
    "train nowhere --out new --num-workers -1": "--num-workers must be",
    "train nowhere --out new --evaluate-every 0": "--evaluate-every must be",
    "evaluate nowhere CELLS": "no checkpoint nowhere",
    "evaluate BROKEN CELLS": "checkpoint.zip is damaged",
    "evaluate RUN nowhere": "data set not found: nowhere",
    "evaluate RUN CELLS --split extra": "split must be one of train, val",
    "evaluate RUN CELLS --split val": "they share no class",
    "evaluate RUN CELLS --scale-anchors": "needs --image-size",
    "evaluate RUN CELLS --score 2": "--score must be",
    "evaluate nowhere.onnx CELLS": "no file nowhere.onnx",
    "detect nowhere CELLS": "no checkpoint nowhere",
    "detect BROKEN CELLS": "checkpoint.zip is damaged",
    "detect RUN nowhere.jpg": "no image or folder nowhere.jpg",
    "detect RUN CELLS --out CELLS": "is not a folder of detections",
    "detect RUN CELLS --out FOUND": "detections with --score 0.5, not 0.3",
    "detect RUN TWINS --out new": "the pictures of",
    "detect RUN TWINS --out new --no-pictures --format yolo": "would share",
    "detect RUN CELLS --tiles --overlap 1": "--overlap must be",
    "export nowhere new.onnx": "no checkpoint nowhere",
    "export BROKEN new.onnx": "checkpoint.zip is damaged",
    "export RUN new.pb": "must end with .onnx",
    "export old.onnx new.onnx": "exported already",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Folders and files by the words of MISTAKES."""
    root = tmp_path_factory.mktemp("places")
    names = "CELLS", "RUN", "BROKEN", "FOUND", "TWINS"
    places = {name: root / name.lower() for name in names}
    write_cells(places["CELLS"])
    checkpoint = Checkpoint(
        {}, ["cat", "dog"], [], pack_tensors({}), b"", ModelSettings().as_dict()
    )
    save_checkpoint(places["RUN"] / "checkpoint.zip", checkpoint)
    for name in ("BROKEN", "FOUND", "TWINS"):
        places[name].mkdir()
    (places["BROKEN"] / "checkpoint.zip").write_bytes(b"half of it")
    settings = {"settings": {"score_threshold": 0.5}, "version": 1}
    entry = {"name": "a", "size": [1, 1], "stamp": [1, 1]}
    entry |= {"boxes": [], "scores": [], "classes": []}
    (places["FOUND"] / "journal.jsonl").write_text(
        f"{json.dumps(settings)}\n{json.dumps(entry)}\n"
    )
    for name in ("a.bmp", "a.bmp.jpg", "a.png"):
        Image.new("RGB", (40, 30)).save(places["TWINS"] / name)
    return places


@pytest.fixture(scope="module")
def said(places, tmp_path_factory):
    """What the command line says to each mistake, with its status."""
    commands = [
        [str(places.get(word, word)) for word in mistake.split()]
        for mistake in MISTAKES
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(commands),
        capture_output=True,
        text=True,
        cwd=tmp_path_factory.mktemp("empty"),
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(MISTAKES, json.loads(done.stdout)))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_is_said_at_once(mistake, said):
    assert said[mistake].startswith("2 d2l-ssd"), said[mistake]
    assert MISTAKES[mistake] in said[mistake]
