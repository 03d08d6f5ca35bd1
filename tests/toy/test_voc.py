"""The data set's files: VOC's layout, the same bytes, complete or not there."""

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest

from d2l_ssd.toy import draw_toy_scene, make_toy_voc, voc

SPLITS = ("train", "val", "test")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make_toy_voc(tmp_path_factory.mktemp("toy") / "set", 12, 6)


def files(root):
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file()
    }


def lines(root, name):
    return (root / "ImageSets" / "Main" / name).read_text().splitlines()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


class TestLayout:
    def test_is_vocs(self, root):
        names = [f"toy_train_{i:06d}" for i in range(12)]
        names += [f"toy_{s}_{i:06d}" for s in ("val", "test") for i in range(6)]
        expected = {f"JPEGImages/{n}.jpg" for n in names}
        expected |= {f"Annotations/{n}.xml" for n in names}
        lists = ["trainval", *SPLITS]
        lists += [f"{c}_{s}" for c in ("cat", "dog") for s in SPLITS]
        expected |= {f"ImageSets/Main/{n}.txt" for n in lists}
        assert set(files(root)) == expected | {"toy.json"}

    def test_lists_name_every_image_and_its_classes(self, root):
        train, val = lines(root, "train.txt"), lines(root, "val.txt")
        assert train == [f"toy_train_{i:06d}" for i in range(12)]
        assert val == [f"toy_val_{i:06d}" for i in range(6)]
        assert lines(root, "trainval.txt") == train + val
        test = lines(root, "test.txt")
        assert test == [f"toy_test_{i:06d}" for i in range(6)]

    @pytest.mark.parametrize("species", ["cat", "dog"])
    @pytest.mark.parametrize("split", SPLITS)
    def test_lists_of_classes(self, root, split, species):
        rows = [row.split() for row in lines(root, f"{species}_{split}.txt")]
        assert [name for name, _ in rows] == lines(root, f"{split}.txt")
        for name, flag in rows:
            tree = ET.parse(root / "Annotations" / f"{name}.xml")
            present = species in [e.text for e in tree.iter("name")]
            assert flag == ("1" if present else "-1")

    def test_annotations_say_what_vocs_say(self, root):
        for name in lines(root, "trainval.txt") + lines(root, "test.txt"):
            image = cv2.imread(str(root / "JPEGImages" / f"{name}.jpg"))
            tree = ET.parse(root / "Annotations" / f"{name}.xml").getroot()
            assert tree.tag == "annotation"
            assert tree.findtext("folder") == "toy_voc"
            assert tree.findtext("filename") == f"{name}.jpg"
            sides = ("height", "width")
            size = [int(tree.findtext(f"size/{side}")) for side in sides]
            assert tuple(size) == image.shape[:2]
            assert tree.findtext("size/depth") == "3"
            assert tree.findtext("segmented") == "0"
            for item in tree.findall("object"):
                check_object(item, size)

    def test_holds_what_draw_toy_scene_returns(self, root):
        image, objects, _ = draw_toy_scene([0, 1, 3], "val")
        stored = cv2.imread(str(root / "JPEGImages" / "toy_val_000003.jpg"))
        difference = np.abs(stored[..., ::-1].astype(int) - image)
        assert difference.mean() < 8  # grain suffers in a JPEG
        tree = ET.parse(root / "Annotations" / "toy_val_000003.xml")
        boxes = [tuple(int(e.text) for e in b) for b in tree.iter("bndbox")]
        assert boxes == [o.box for o in objects]

    def test_the_books_reader_reads_it(self, root):
        from d2l_ssd.data import VOCDetection

        ds = VOCDetection(root, "train")
        assert len(ds) == 12
        image, labels = ds[0]
        _, objects, _ = draw_toy_scene([0, 0, 0])
        height, width = image.shape[:2]
        expected = [
            [
                ("cat", "dog").index(o.name),
                (o.box[0] - 1) / width,
                (o.box[1] - 1) / height,
                o.box[2] / width,
                o.box[3] / height,
                o.difficult,
            ]
            for o in objects
        ]
        np.testing.assert_allclose(labels, expected, atol=1e-6)


def check_object(item, size):
    """Check one <object> of an annotation of an image of size (h, w)."""
    tags = ["name", "pose", "truncated", "difficult", "bndbox"]
    assert [e.tag for e in item] == tags
    assert item.findtext("name") in ("cat", "dog")
    assert item.findtext("truncated") in ("0", "1")
    assert item.findtext("difficult") in ("0", "1")
    corners = [e.tag for e in item.find("bndbox")]
    assert corners == ["xmin", "ymin", "xmax", "ymax"]
    box = [int(e.text) for e in item.find("bndbox")]
    assert 1 <= box[0] < box[2] <= size[1]
    assert 1 <= box[1] < box[3] <= size[0]


class TestReproducible:
    def test_test_images_are_as_many_as_asked_for(self, tmp_path):
        make_toy_voc(tmp_path / "set", 0, 1, num_test=2)
        assert len(lines(tmp_path / "set", "val.txt")) == 1
        assert len(lines(tmp_path / "set", "test.txt")) == 2

    def test_same_arguments_same_bytes(self, root, tmp_path):
        again = make_toy_voc(tmp_path / "again", 12, 6)
        assert files(again) == files(root)

    def test_larger_set_holds_the_smaller(self, root, tmp_path):
        larger = files(make_toy_voc(tmp_path / "larger", 14, 7))
        for name, content in files(root).items():
            if name.startswith(("JPEGImages", "Annotations")):
                assert larger[name] == content
        assert len(lines(tmp_path / "larger", "trainval.txt")) == 21

    def test_another_seed_gives_other_pictures(self, root, tmp_path):
        other = files(make_toy_voc(tmp_path / "other", 2, 1, seed=1))
        name = "JPEGImages/toy_train_000000.jpg"
        assert other[name] != files(root)[name]


class TestWhatIsThereAlready:
    def test_complete_set_is_returned_at_once(self, root, monkeypatch):
        monkeypatch.setattr(voc, "write_set", None)  # would fail if called
        before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
        assert make_toy_voc(str(root), 12, 6) == str(root)
        assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param((13, 6, 0), id="more training images"),
            pytest.param((12, 5, 0), id="fewer validation images"),
            pytest.param((12, 6, 1), id="another seed"),
        ],
    )
    def test_other_arguments_do_not_overwrite(self, root, arguments):
        before = files(root)
        with pytest.raises(FileExistsError, match="made with"):
            make_toy_voc(root, *arguments)
        assert files(root) == before

    def test_foreign_folder_is_not_touched(self, tmp_path):
        (tmp_path / "notes.txt").write_text("mine")
        with pytest.raises(FileExistsError, match="no toy set"):
            make_toy_voc(tmp_path, 1, 1)
        assert names_in(tmp_path) == ["notes.txt"]

    def test_empty_folder_is_filled(self, tmp_path):
        (tmp_path / "set").mkdir()
        make_toy_voc(tmp_path / "set", 1, 0)
        assert lines(tmp_path / "set", "val.txt") == []


class TestCompleteOrNotThere:
    @pytest.mark.parametrize(
        "error",
        [
            pytest.param(KeyboardInterrupt(), id="Ctrl-C"),
            pytest.param(OSError("disk full"), id="disk full"),
        ],
    )
    def test_nothing_is_left_when_it_stops(self, tmp_path, monkeypatch, error):
        write, calls = voc.write_example, []

        def stop_at_the_third(*arguments):
            calls.append(arguments)
            if len(calls) == 3:
                raise error
            write(*arguments)

        monkeypatch.setattr(voc, "write_example", stop_at_the_third)
        with pytest.raises(type(error)):
            make_toy_voc(tmp_path / "set", 5, 1)
        assert len(calls) == 3
        assert names_in(tmp_path) == []
        monkeypatch.undo()
        make_toy_voc(tmp_path / "set", 1, 0)
        assert names_in(tmp_path) == ["set"]

    def test_nothing_is_there_before_the_last_file(self, tmp_path, monkeypatch):
        write, seen = voc.write_example, []

        def look_and_write(*arguments):
            seen.append((tmp_path / "set").exists())
            write(*arguments)

        monkeypatch.setattr(voc, "write_example", look_and_write)
        make_toy_voc(tmp_path / "set", 2, 1)
        assert seen == [False] * 4

    def test_what_a_killed_run_left_goes_away(self, tmp_path):
        old, new = tmp_path / ".set.1.partial", tmp_path / ".set.2.partial"
        for folder in (old, new):
            folder.mkdir()
            (folder / "half.jpg").write_bytes(b"")
        os.utime(old, (0, 0))  # in 1970
        make_toy_voc(tmp_path / "set", 1, 0)
        assert not old.exists()
        assert new.exists()  # somebody may be writing there

    def test_what_goes_away_meanwhile_does_no_harm(self, tmp_path, monkeypatch):
        gone = tmp_path / ".set.1.partial"  # renamed by whoever wrote it
        monkeypatch.setattr(Path, "glob", lambda folder, pattern: [gone])
        make_toy_voc(tmp_path / "set", 1, 0)
        assert names_in(tmp_path) == ["set"]

    def test_another_process_may_be_faster(self, tmp_path, monkeypatch):
        write = voc.write_set

        def write_twice(folder, **counts):
            write(folder, **counts)
            monkeypatch.setattr(voc, "write_set", write)
            make_toy_voc(tmp_path / "set", 1, 1)

        monkeypatch.setattr(voc, "write_set", write_twice)
        make_toy_voc(tmp_path / "set", 1, 1)
        assert names_in(tmp_path) == ["set"]
        stamp = json.loads((tmp_path / "set" / "toy.json").read_text())
        expected = {"num_train": 1, "num_val": 1, "num_test": 1}
        assert stamp == {**expected, "seed": 0, "drawing": 1}


@pytest.mark.parametrize("name", ["num_train", "num_val", "seed", "num_test"])
@pytest.mark.parametrize("value", [-1, 1.5, "3", True, [2]])
def test_bad_arguments_are_named(tmp_path, name, value):
    arguments = {"num_train": 1, "num_val": 1, "seed": 0, name: value}
    with pytest.raises(ValueError, match=f"{name} .*{re.escape(repr(value))}"):
        make_toy_voc(tmp_path / "set", **arguments)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("value", [0, 1, -0.1])
def test_smallest_is_a_part_of_a_side(tmp_path, value):
    with pytest.raises(ValueError, match=f"smallest .*{value}"):
        make_toy_voc(tmp_path / "set", 1, 1, smallest=value)


def test_a_set_says_how_small_its_animals_are(tmp_path):
    make_toy_voc(tmp_path / "set", 1, 0, smallest=0.4)
    stamp = json.loads((tmp_path / "set" / "toy.json").read_text())
    assert stamp["smallest"] == 0.4
    with pytest.raises(FileExistsError, match="smallest"):
        make_toy_voc(tmp_path / "set", 1, 0)
