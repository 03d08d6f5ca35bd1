"""One file per training: whole, readable, of the run it belongs to."""

import dataclasses
import json
import os
import zipfile

import pytest

from d2l_ssd.checkpoints import (
    Checkpoint,
    check_same_run,
    read_checkpoint,
    save_checkpoint,
)

CHECKPOINT = Checkpoint(
    options={"num_epochs": 3, "image_sizes": [128, 256]},
    classes=["cat", "dog"],
    history=[{"epoch": 1, "class_loss": 0.5}],
    net=b"\0weights\xff" * 100,
    optimizer=b"moments",
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
            "options": CHECKPOINT.options,
            "classes": CHECKPOINT.classes,
            "history": CHECKPOINT.history,
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
