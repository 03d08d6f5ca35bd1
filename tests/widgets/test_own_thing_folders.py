"""Folders of the reader's pictures: `d2l-ssd check` and `train` take them."""

import json
import subprocess
import zipfile

import numpy as np
import pytest
from helpers.commands import QUICK
from helpers.javascript import TESTS, node
from PIL import Image

from d2l_ssd import cli
from d2l_ssd.datasets import open_dataset

CLASSES = ["mug", "Größe “L”: a # b"]
EDGES = [  # boxes at the picture's edges, a small one, and thirds
    [0, 0.0, 0.0, 1.0, 1.0],
    [0, 0.9, 0.7, 1.0, 1.0],
    [1, 0.0, 0.1234567, 0.05, 0.2],
    [0, 1 / 3, 2 / 3, 0.9999999, 0.9999999],
]
FORMATS = "yolo", "coco"


def make_pictures(folder):
    """Yield pictures as the page has them: of every kind that it can make."""
    rng = np.random.default_rng(0)
    for number in range(10):
        width, height = (160, 96) if number % 2 else (90, 160)
        pixels = rng.integers(0, 255, (height // 8, width // 8, 3), np.uint8)
        file = folder / f"{number}.jpg"
        Image.fromarray(pixels).resize((width, height)).save(file)
        yield {
            "file": str(file),
            "name": f"IMG {number % 3}.HEIC",
            "width": width,
            "height": height,
            "ready": number != 9,
            "keptBack": number in (1, 5),
            "rows": [] if number in (4, 9) else EDGES[: 1 + number % 4],
        }


def write_folder(format, folder, pictures):
    """Let the page's code write a zip file; return the folder that was in it."""
    source, target = folder / "pictures.json", folder / f"{format}.zip"
    text = json.dumps({"classes": CLASSES, "pictures": pictures})
    source.write_text(text)
    script = TESTS / "own" / "folder_zip.mjs"
    subprocess.run([node(), script, format, source, target], check=True)
    with zipfile.ZipFile(target) as file:
        assert file.testzip() is None
        file.extractall(folder / format)
    [root] = (folder / format).iterdir()
    return root


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return list(make_pictures(tmp_path_factory.mktemp("pictures")))


@pytest.fixture(scope="module", params=FORMATS)
def root(request, pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return write_folder(request.param, folder, pictures)


def check(root, capsys):
    """Return the exit status of `d2l-ssd check`, and what it says."""
    try:
        cli.main(["check", str(root)])
        status = 0
    except SystemExit as stopped:
        status = stopped.code
    said = capsys.readouterr()
    return status, said.out + said.err


def test_check_finds_no_problem(root, capsys):
    status, text = check(root, capsys)
    assert status == 0, text
    assert "No problem" in text
    assert "beyond" not in text and "clipped" not in text


@pytest.mark.filterwarnings("error")
def test_pictures_and_boxes_are_the_readers(root, pictures):
    for split, kept_back in ("train", False), ("val", True):
        wanted = [
            picture
            for picture in pictures
            if picture["ready"] and picture["keptBack"] == kept_back
        ]
        found = open_dataset(root, split)
        assert found.classes == tuple(CLASSES)
        assert len(found) == len(wanted)
        for index, picture in enumerate(wanted):
            image, labels = found[index]
            assert image.shape[:2] == (picture["height"], picture["width"])
            rows = np.array(picture["rows"]).reshape(-1, 5)
            np.testing.assert_allclose(labels[:, :5], rows, atol=1e-4)


def test_train_takes_it(root, tmp_path):
    run = tmp_path / "run"
    cli.main(["train", str(root), "--out", str(run), *QUICK])
    card = (run / "card.md").read_text(encoding="utf-8")
    assert "mug" in card and "7 images of train, judged on 2 of val" in card


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_kept_back_is_divided_by_the_commands(
    format, pictures, tmp_path, capsys
):
    pictures = [{**picture, "keptBack": False} for picture in pictures]
    root = write_folder(format, tmp_path, pictures)
    assert check(root, capsys)[0] == 0
    sizes = [len(open_dataset(root, s)) for s in ("train", "val", "test")]
    # Each picture's name decides, so that more pictures move none of them
    ready = sum(picture["ready"] for picture in pictures)
    assert sum(sizes) == ready and min(sizes) > 0
