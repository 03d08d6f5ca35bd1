"""`d2l-ssd detect` from its words to its files."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from d2l_ssd import cli
from d2l_ssd.datasets import VOCDetection
from d2l_ssd.detecting.files import FORMATS
from d2l_ssd.detecting.runs import count_done
from d2l_ssd.torch import load_trained
from d2l_ssd.torch.prediction import predict
from d2l_ssd.toy import make_toy_voc

COUNT = 6
PROGRAM = [sys.executable, "-m", "d2l_ssd", "detect"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Return a drawn data set."""
    return make_toy_voc(tmp_path_factory.mktemp("toy"), COUNT, 1)


@pytest.fixture
def animals(toy, tmp_path):
    """Return a folder of six drawn images."""
    folder = tmp_path / "animals"
    folder.mkdir()
    for name in VOCDetection(toy, "train", ("cat", "dog"), True).ids:
        (folder / f"{name}.jpg").symlink_to(toy / f"JPEGImages/{name}.jpg")
    return folder


def detect(*words):
    """Run the command; return its exit status."""
    try:
        cli.main(["detect", *map(str, words)])
    except SystemExit as end:
        return end.code
    return 0


def read_rows(folder):
    """Return detections.json as rows of (image, class, score, corners)."""
    content = json.loads((folder / "detections.json").read_text())
    names = {image["id"]: image["file_name"] for image in content["images"]}
    for row in content["annotations"]:
        x, y, width, height = row["bbox"]
        corners = x, y, x + width, y + height
        name = names[row["image_id"]]
        yield name, row["category_id"] - 1, row["score"], *corners


class TestResults:
    def test_pictures_and_boxes(self, animals, tmp_path, capsys):
        found = tmp_path / "found"
        assert detect("stored", animals, "--out", found) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0].startswith(f"{COUNT} images, ")
        assert f"{len(list(read_rows(found)))} object" in said[0]
        assert said[1] == f"boxes: {found / 'detections.json'}"
        assert said[2] == f"pictures: {found / 'pictures'}"
        assert len(list((found / "pictures").iterdir())) == COUNT

    def test_are_those_of_evaluation(self, toy, animals, tmp_path):
        words = "--out", tmp_path / "found", "--score", 0.01
        assert detect("stored", animals, *words, "--no-pictures") == 0
        ours = list(read_rows(tmp_path / "found"))
        dataset = VOCDetection(toy, "train", ("cat", "dog"), True)
        results, _ = predict(load_trained().net, dataset, num_workers=0)
        theirs = [
            (f"{name}.jpg", label, score, *(box * np.tile(size, 2)))
            for i, (name, found) in enumerate(zip(dataset.ids, results))
            for size in [dataset.annotation(i).size[::-1]]
            for box, score, label in zip(*found)
        ]
        assert len(ours) == len(theirs) > COUNT
        for a, b in zip(sorted(ours), sorted(theirs)):
            assert a[:2] == b[:2]
            np.testing.assert_allclose(a[2:], b[2:], atol=0.02)
        assert not (tmp_path / "found/pictures").exists()

    @pytest.mark.parametrize("kind", FORMATS)
    def test_formats(self, kind, animals, tmp_path, capsys):
        words = "--out", tmp_path / "found", "--format", kind
        assert detect("stored", animals, *words) == 0
        path = capsys.readouterr().out.splitlines()[1].partition(": ")[2]
        assert os.path.exists(path)

    def test_default_folder_and_one_image(
        self, animals, tmp_path, monkeypatch, capsys
    ):
        monkeypatch.chdir(tmp_path)
        image = sorted(animals.iterdir())[0]
        assert detect("stored", image.relative_to(tmp_path)) == 0
        assert capsys.readouterr().out.startswith("1 image, ")
        assert (tmp_path / f"found/pictures/{image.name}").exists()

    def test_tiles_find_small_objects(self, animals, tmp_path, capsys):
        side, paths = 96, sorted(animals.iterdir())
        mosaic = Image.new("RGB", (10 * side, 10 * side))
        for n in range(100):
            small = Image.open(paths[n % COUNT]).resize((side, side))
            mosaic.paste(small, (n % 10 * side, n // 10 * side))
        mosaic.save(tmp_path / "mosaic.png")
        counts, said = [], []
        for words in ([], ["--tiles"], ["--tiles", "--tile-size", "400x300"]):
            out = tmp_path / f"found{len(counts)}"
            detect("stored", tmp_path / "mosaic.png", "--out", out, *words)
            counts.append(len(list(read_rows(out))))
            said.append(capsys.readouterr().out.splitlines()[3:])
        assert min(counts[1:]) > 5 * counts[0]
        among = "pixels, whole images among them"
        assert said == [
            [],
            [f"tiles: 26 of 256x256 {among}"],
            [f"tiles: 13 of 400x300 {among}"],
        ]

    def test_hint_where_boxes_are_no_objects(self, animals, tmp_path, capsys):
        words = "--score", "0", "--nms", "1", "--out", tmp_path / "found"
        assert detect("stored", animals, *words) == 0
        hint = capsys.readouterr().out.splitlines()[-1]
        assert hint.startswith(
            f"hint: there are hundreds of boxes in {COUNT} images, up to "
        )
        assert "raise --score, which was 0, or" in hint

    def test_again(self, animals, tmp_path, capsys):
        for _ in range(2):
            assert detect("stored", animals, "--out", tmp_path / "found") == 0
        said = capsys.readouterr().out
        assert f"(done before: {COUNT} images)" in said


class TestBadInput:
    def test_bad_images_are_named_at_the_end(self, animals, tmp_path, capsys):
        (animals / "bad.jpg").write_bytes(b"<html>not found</html>")
        assert detect("stored", animals, "--out", tmp_path / "found") == 2
        said = capsys.readouterr()
        assert said.out.startswith(f"{COUNT} images")
        assert "error: 1 bad file:" in said.err and "bad.jpg" in said.err
        assert "Traceback" not in said.err

    @pytest.mark.parametrize(
        "words, named",
        [
            (["nowhere", "."], "nowhere"),
            (["stored", "nowhere.jpg"], "no image or folder nowhere.jpg"),
            (["stored", "*.nothing"], "no file fits the pattern *.nothing"),
            (["stored", "."], "no JPEG"),
            (["stored"], "IMAGE"),
            (["stored", "a.png", "--score", "30"], "--score must be"),
            (["stored", "a.png", "--nms", "-1"], "--nms must be"),
            (
                ["stored", "a.png", "--tiles", "--overlap", "1"],
                "--overlap must be",
            ),
            (["stored", "a.png", "--overlap", "0.5"], "needs --tiles"),
            (
                ["stored", "a.png", "--max-detections", "0"],
                "--max-detections must be",
            ),
            (["stored", "a.png", "--tile-size", "9x9"], "needs --tiles"),
            (["stored", "a.png", "--tile-size", "0x9"], "as in 640x480"),
            (["stored", "a.png", "--format", "xml"], "xml"),
            (["stored", "a.png", "--out", "a.png"], "a.png"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_one_sentence(self, words, named, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        if "a.png" in words:
            Image.new("RGB", (40, 30)).save("a.png")
        assert detect(*words) == 2
        said = capsys.readouterr().err
        assert named in said and "Traceback" not in said

    def test_letters_without_a_font(self, animals, tmp_path, monkeypatch):
        monkeypatch.setattr(
            "d2l_ssd.detecting.runs.drawable_names",
            lambda names: (("class 0", "class 1"), list(names)),
        )
        with pytest.warns(UserWarning, match="letters of 'cat', 'dog'"):
            detect("stored", animals, "--out", tmp_path / "found")


class TestProcess:
    def test_help_needs_neither_framework_nor_matplotlib(self):
        program = """
import sys
from d2l_ssd import cli
try:
    cli.main(["detect", "--help"])
except SystemExit as end:
    assert end.code == 0
heavy = {"torch", "mxnet", "matplotlib", "onnxruntime", "pandas"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert "examples:" in done.stdout

    @pytest.mark.parametrize(
        "number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
    )
    def test_a_signal_says_how_to_go_on(
        self, number, status, animals, tmp_path
    ):
        paths = sorted(animals.iterdir())
        for n in range(400):
            (animals / f"more{n:03d}.jpg").symlink_to(paths[n % COUNT])
        found = tmp_path / "found"
        process = subprocess.Popen(
            [*PROGRAM, "stored", animals, "--out", found],
            stderr=subprocess.PIPE,
            text=True,
        )
        while count_done(found) == 0:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=120)
        assert process.returncode == status
        assert f"images done: {count_done(found)}. Run the same" in said
        assert "Traceback" not in said
        assert not list(found.rglob(".partial*"))
