"""One file per training: whole, readable, of the run it belongs to."""

import dataclasses
import json
import os
import zipfile

import numpy as np
import pytest

from d2l_ssd.anchors import SIZES, ssd_anchors
from d2l_ssd.checkpoints import (
    Checkpoint,
    ModelSettings,
    check_same_data,
    check_same_run,
    fingerprint,
    read_checkpoint,
    save_checkpoint,
)

CHECKPOINT = Checkpoint(
    options={"num_epochs": 3, "image_sizes": [128, 256]},
    classes=["cat", "dog"],
    history=[{"epoch": 1, "class_loss": 0.5}],
    net=b"\0weights\xff" * 100,
    optimizer=b"moments",
    model=ModelSettings(64).as_dict(),
    data=fingerprint(["a", "b"], [np.zeros((1, 6)), np.zeros((0, 6))]),
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "runs" / "run.checkpoint"
    save_checkpoint(path, CHECKPOINT)
    return path


def test_what_is_saved_is_read(path):
    assert read_checkpoint(path) == CHECKPOINT
    assert [p.name for p in path.parent.iterdir()] == ["run.checkpoint"]


def test_the_layout_is_a_zip_archive_of_three_members(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["run.json", "net", "optimizer"]
        assert json.loads(archive.read("run.json")) == {
            "version": 3,
            "options": CHECKPOINT.options,
            "classes": CHECKPOINT.classes,
            "history": CHECKPOINT.history,
            "model": CHECKPOINT.model,
            "data": CHECKPOINT.data,
        }
        assert archive.read("net") == CHECKPOINT.net


def test_the_next_one_replaces_it(path):
    longer = dataclasses.replace(CHECKPOINT, history=CHECKPOINT.history * 2)
    save_checkpoint(path, longer)
    assert read_checkpoint(path) == longer


def test_a_failed_rename_leaves_the_old_one(path, monkeypatch):
    def fail(*paths):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        save_checkpoint(path, dataclasses.replace(CHECKPOINT, history=[]))
    assert read_checkpoint(path) == CHECKPOINT
    assert [p.name for p in path.parent.iterdir()] == ["run.checkpoint"]


def test_missing_checkpoint(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.checkpoint"):
        read_checkpoint(tmp_path / "none.checkpoint")


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_truncated_checkpoint_is_named(path, kept):
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else kept])
    with pytest.raises(
        ValueError, match="run.checkpoint is damaged.*remove it"
    ):
        read_checkpoint(path)


def test_changed_bytes_are_noticed(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b"weights", b"Weights", 1))
    with pytest.raises(ValueError, match="run.checkpoint is damaged"):
        read_checkpoint(path)


@pytest.mark.parametrize("member", ["run.json", "net", "optimizer"])
def test_archive_without_a_member_is_damaged(path, member):
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if n != member}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match=f"damaged.*{member}"):
        read_checkpoint(path)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}", id="no options"),
        pytest.param("[]", id="no dict"),
        pytest.param("{", id="no JSON"),
    ],
)
def test_other_run_json_is_damaged(path, text):
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("net", "optimizer"):
            archive.writestr(name, b"")
        archive.writestr("run.json", text)
    with pytest.raises(ValueError, match="run.checkpoint is damaged"):
        read_checkpoint(path)


class TestSameRun:
    def test_same(self):
        options = {"image_sizes": (128, 256), "num_epochs": 3}
        check_same_run("run", CHECKPOINT, options, ("cat", "dog"))

    @pytest.mark.parametrize(
        "changes, classes, message",
        [
            pytest.param(
                {"num_epochs": 4},
                ["cat", "dog"],
                "num_epochs 3, not 4",
                id="value",
            ),
            pytest.param(
                {"seed": 1},
                ["cat", "dog"],
                r"seed '\(unset\)', not 1",
                id="new option",
            ),
            pytest.param(
                {},
                ["dog", "cat"],
                r"classes \['cat', 'dog'\], not \['dog', 'cat'\]",
                id="classes",
            ),
        ],
    )
    def test_difference_is_named(self, changes, classes, message):
        options = {**CHECKPOINT.options, **changes}
        with pytest.raises(
            ValueError, match=f"checkpoint run is of a run.*{message}"
        ):
            check_same_run("run", CHECKPOINT, options, classes)


class TestModelSettings:
    def test_survive_json(self):
        settings = ModelSettings(64, sizes=((0.1, 0.2),) * 4)
        assert ModelSettings.from_dict(settings.as_dict()) == settings

    def test_are_read_from_the_file(self, path):
        assert read_checkpoint(path).settings == ModelSettings(64)

    @pytest.mark.parametrize(
        "options, size",
        [({"image_sizes": [64, 128]}, 128), ({"num_batches": 3}, 256)],
        ids=["the last size", "no size"],
    )
    def test_of_a_file_of_version_1(self, tmp_path, options, size):
        old = {"options": options, "classes": ["cat"], "history": []}
        with zipfile.ZipFile(tmp_path / "old", "w") as archive:
            archive.writestr("run.json", json.dumps(old))
            archive.writestr("net", b"")
            archive.writestr("optimizer", b"")
        assert read_checkpoint(tmp_path / "old").settings == ModelSettings(size)

    def test_anchors_keep_their_sides_in_pixels(self):
        settings = ModelSettings(256)
        anchors = settings.anchors(512)
        widths = 512 * (anchors[:, 2] - anchors[:, 0])
        expected = 256 * SIZES[0][0]
        assert widths[0] == pytest.approx(expected)
        assert len(anchors) == len(settings.anchors(512, scale_anchors=True))

    def test_anchors_grow_with_the_image_if_asked(self):
        anchors = ModelSettings(256).anchors(320, scale_anchors=True)
        shapes = [(40, 40), (20, 20), (10, 10), (1, 1)]
        np.testing.assert_array_equal(anchors, ssd_anchors(shapes))

    def test_other_normalization_is_refused(self):
        with pytest.raises(ValueError, match="mean .0.5.*normalized with"):
            ModelSettings.from_dict({"mean": [0.5, 0.5, 0.5]})


def test_later_version_is_refused(path):
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["run.json"] = parts["run.json"].replace(
        b'"version": 3', b'"version": 9'
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="version 9 .* reads up to 3"):
        read_checkpoint(path)


class TestSameData:
    @pytest.mark.parametrize(
        "ids, labels, message",
        [
            (["a"], None, "2 training images, not 1"),
            (["a", "c"], None, "other names"),
            (["a", "b"], [np.ones((1, 6)), np.zeros((0, 6))], "other labels"),
        ],
        ids=["number", "names", "labels"],
    )
    def test_difference_is_named(self, ids, labels, message):
        with pytest.raises(ValueError, match=f"run: .*{message}|{message}"):
            check_same_data("run", CHECKPOINT, fingerprint(ids, labels))

    def test_what_is_not_known_is_not_compared(self):
        check_same_data("run", CHECKPOINT, fingerprint(["a", "b"]))
        old = dataclasses.replace(CHECKPOINT, data={})
        check_same_data("run", old, fingerprint(["x"]))
