"""The embedded data set: its files, its boxes, and that it is reproducible."""

import json
import os
import time
import xml.etree.ElementTree as ET

import cv2
import numpy as np
import pytest

import d2l_ssd.toy as toy
from d2l_ssd.toy import draw_toy_scene, make_toy_voc

SEEDS = range(60)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make_toy_voc(tmp_path_factory.mktemp("toy") / "set", 12, 6)


@pytest.fixture(scope="module")
def scenes():
    """Images of the training split, with their sprites and owners."""
    return [draw_toy_scene([0, 0, i]) for i in SEEDS]


def sprites_of(i):
    """Return the sprites of scene i, from back to front."""
    return toy._compose(np.random.default_rng([0, 0, i]), "train")[1]


def files(root):
    return {
        p.relative_to(root).as_posix(): p.read_bytes()
        for p in root.rglob("*")
        if p.is_file()
    }


def lines(root, name):
    return (root / "ImageSets" / "Main" / name).read_text().splitlines()


def place(mask, x, y, shape):
    """Put a mask into an image of zeros, pixel by pixel's index."""
    image = np.zeros(shape, bool)
    rows, columns = np.nonzero(mask)
    rows, columns = rows + y, columns + x
    inside = (rows >= 0) & (rows < shape[0])
    inside &= (columns >= 0) & (columns < shape[1])
    image[rows[inside], columns[inside]] = True
    return image


# Files


def test_layout_is_vocs(root):
    names = [f"toy_train_{i:06d}" for i in range(12)]
    names += [f"toy_val_{i:06d}" for i in range(6)]
    expected = {f"JPEGImages/{n}.jpg" for n in names}
    expected |= {f"Annotations/{n}.xml" for n in names}
    lists = ["train", "val", "trainval"]
    lists += [f"{c}_{s}" for c in ("cat", "dog") for s in ("train", "val")]
    expected |= {f"ImageSets/Main/{n}.txt" for n in lists}
    assert set(files(root)) == expected | {"toy.json"}


def test_lists_name_every_image_and_its_classes(root):
    train, val = lines(root, "train.txt"), lines(root, "val.txt")
    assert train == [f"toy_train_{i:06d}" for i in range(12)]
    assert val == [f"toy_val_{i:06d}" for i in range(6)]
    assert lines(root, "trainval.txt") == train + val
    for split, names in (("train", train), ("val", val)):
        for species in ("cat", "dog"):
            rows = [
                row.split() for row in lines(root, f"{species}_{split}.txt")
            ]
            assert [name for name, _ in rows] == names
            for name, flag in rows:
                tree = ET.parse(root / "Annotations" / f"{name}.xml")
                present = species in [e.text for e in tree.iter("name")]
                assert flag == ("1" if present else "-1")


def test_annotations_say_what_vocs_say(root):
    for name in lines(root, "trainval.txt"):
        image = cv2.imread(str(root / "JPEGImages" / f"{name}.jpg"))
        tree = ET.parse(root / "Annotations" / f"{name}.xml").getroot()
        assert tree.tag == "annotation"
        assert tree.findtext("filename") == f"{name}.jpg"
        size = [int(tree.findtext(f"size/{k}")) for k in ("height", "width")]
        assert tuple(size) == image.shape[:2]
        assert tree.findtext("size/depth") == "3"
        assert tree.findtext("segmented") == "0"
        for item in tree.findall("object"):
            assert [e.tag for e in item] == [
                "name",
                "pose",
                "truncated",
                "difficult",
                "bndbox",
            ]
            assert item.findtext("name") in ("cat", "dog")
            assert item.findtext("truncated") in ("0", "1")
            assert item.findtext("difficult") in ("0", "1")
            box = [int(e.text) for e in item.find("bndbox")]
            assert [e.tag for e in item.find("bndbox")] == [
                "xmin",
                "ymin",
                "xmax",
                "ymax",
            ]
            assert 1 <= box[0] < box[2] <= size[1]
            assert 1 <= box[1] < box[3] <= size[0]


def test_files_hold_what_draw_toy_scene_returns(root):
    image, objects, _ = draw_toy_scene([0, 1, 3], "val")
    stored = cv2.imread(str(root / "JPEGImages" / "toy_val_000003.jpg"))
    difference = np.abs(stored[..., ::-1].astype(int) - image)
    assert difference.mean() < 8  # grain suffers in a JPEG
    tree = ET.parse(root / "Annotations" / "toy_val_000003.xml")
    boxes = [tuple(int(e.text) for e in box) for box in tree.iter("bndbox")]
    assert boxes == [o.box for o in objects]


def test_the_books_reader_reads_it(root):
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


# Reproducible, complete or not there


def test_same_arguments_same_bytes(root, tmp_path):
    again = make_toy_voc(tmp_path / "again", 12, 6)
    assert files(again) == files(root)


def test_larger_set_holds_the_smaller(root, tmp_path):
    larger = files(make_toy_voc(tmp_path / "larger", 14, 7))
    for name, content in files(root).items():
        if name.startswith(("JPEGImages", "Annotations")):
            assert larger[name] == content
    assert len(lines(tmp_path / "larger", "trainval.txt")) == 21


def test_another_seed_gives_other_pictures(root, tmp_path):
    other = files(make_toy_voc(tmp_path / "other", 2, 1, seed=1))
    name = "JPEGImages/toy_train_000000.jpg"
    assert other[name] != files(root)[name]


def test_splits_differ_and_textures_do_not_remember():
    first = draw_toy_scene([0, 0, 1])[0]
    draw_toy_scene([5, 5, 5], "val")
    toy._texture.cache_clear()
    assert np.array_equal(draw_toy_scene([0, 0, 1])[0], first)
    assert not set(toy._BACKGROUNDS["train"]) & set(toy._BACKGROUNDS["val"])


def test_complete_set_is_returned_at_once(root, monkeypatch):
    monkeypatch.setattr(toy, "_write_set", None)  # would fail if called
    before = {p: p.stat().st_mtime_ns for p in root.rglob("*")}
    assert make_toy_voc(str(root), 12, 6) == str(root)
    assert {p: p.stat().st_mtime_ns for p in root.rglob("*")} == before


@pytest.mark.parametrize("arguments", [(13, 6, 0), (12, 5, 0), (12, 6, 1)])
def test_other_arguments_do_not_overwrite(root, arguments):
    before = files(root)
    with pytest.raises(FileExistsError, match="made with"):
        make_toy_voc(root, *arguments)
    assert files(root) == before


def test_foreign_folder_is_not_touched(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no toy set"):
        make_toy_voc(tmp_path, 1, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_empty_folder_is_filled(tmp_path):
    (tmp_path / "set").mkdir()
    make_toy_voc(tmp_path / "set", 1, 0)
    assert lines(tmp_path / "set", "val.txt") == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_nothing_is_left_when_it_stops(tmp_path, monkeypatch, error):
    write, calls = toy._write_example, []

    def stop_at_the_third(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise error
        write(*arguments)

    monkeypatch.setattr(toy, "_write_example", stop_at_the_third)
    with pytest.raises(
        type(error) if error is not KeyboardInterrupt else error
    ):
        make_toy_voc(tmp_path / "set", 5, 1)
    assert len(calls) == 3
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    make_toy_voc(tmp_path / "set", 1, 0)


def test_what_a_killed_run_left_goes_away(tmp_path):
    old, new = tmp_path / ".set.1.partial", tmp_path / ".set.2.partial"
    for folder in (old, new):
        folder.mkdir()
        (folder / "half.jpg").write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)
    make_toy_voc(tmp_path / "set", 1, 0)
    assert not old.exists()
    assert new.exists()  # somebody may be writing there


def test_another_process_may_be_faster(tmp_path, monkeypatch):
    write = toy._write_set

    def write_twice(folder, **counts):
        write(folder, **counts)
        monkeypatch.setattr(toy, "_write_set", write)
        monkeypatch.setattr(os, "getpid", lambda: 1)
        make_toy_voc(tmp_path / "set", 1, 1)

    monkeypatch.setattr(toy, "_write_set", write_twice)
    make_toy_voc(tmp_path / "set", 1, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["set"]
    assert json.loads((tmp_path / "set" / "toy.json").read_text())["seed"] == 0


@pytest.mark.parametrize("name", ["num_train", "num_val", "seed"])
@pytest.mark.parametrize("value", [-1, 1.5, "3", True, None])
def test_bad_arguments_are_named(tmp_path, name, value):
    arguments = {"num_train": 1, "num_val": 1, "seed": 0, name: value}
    with pytest.raises(ValueError, match=f"{name} .*{value!r}"):
        make_toy_voc(tmp_path / "set", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_unknown_split_is_named():
    with pytest.raises(ValueError, match="split .*'test'"):
        draw_toy_scene(0, "test")


# Boxes and flags, against masks put together in another way


def test_boxes_are_tight_around_visible_pixels(scenes):
    count = 0
    for i, (image, objects, owners) in zip(SEEDS, scenes):
        sprites = sprites_of(i)
        masks = [
            place(s.mask > 127, s.x, s.y, image.shape[:2]) for s in sprites
        ]
        expected = []
        for k, sprite in enumerate(sprites):
            hidden = np.any([*masks[k + 1 :], np.zeros_like(masks[k])], axis=0)
            visible = masks[k] & ~hidden
            assert np.array_equal(owners == k + 1, visible)
            rows, columns = np.nonzero(visible)
            if sprite.name is None or not rows.size:
                continue
            box = columns.min(), rows.min(), columns.max(), rows.max()
            if min(box[2] - box[0], box[3] - box[1]) + 1 < 4:
                continue
            full = (sprite.mask > 127).sum()
            difficult = visible.sum() < 0.4 * full
            truncated = masks[k].sum() < full
            expected.append(
                (
                    sprite.name,
                    tuple(int(v) + 1 for v in box),
                    int(difficult),
                    int(truncated),
                )
            )
        found = [(o.name, o.box, o.difficult, o.truncated) for o in objects]
        assert found == expected
        count += len(expected)
    assert count > 80


def square(x, y, side=20, name="cat"):
    mask = np.full((side, side), 255, np.uint8)
    return toy._Sprite(cv2.merge([mask] * 4), mask, x, y, 0, name)


@pytest.mark.parametrize(
    "case, x, y, cover, expected",
    [
        ("free", 10, 10, None, (0, 0, (11, 11, 30, 30))),
        ("in the corner", 0, 0, None, (0, 0, (1, 1, 20, 20))),
        ("one pixel outside", -1, 10, None, (1, 0, (1, 11, 19, 30))),
        ("60 % outside", 88, 10, None, (1, 0, (89, 11, 96, 30))),
        ("65 % outside", 89, 10, None, (1, 1, (90, 11, 96, 30))),
        ("60 % hidden", 10, 10, (10, 2), (0, 0, (11, 23, 30, 30))),
        ("65 % hidden", 10, 10, (10, 3), (0, 1, (11, 24, 30, 30))),
        ("one row hidden", 10, 10, (10, -9), (0, 0, (11, 12, 30, 30))),
        ("three rows left", 10, 10, (10, 7), None),
        ("wholly hidden", 10, 10, (10, 10), None),
        ("wholly outside", 200, 10, None, None),
    ],
)
def test_flags_by_hand(case, x, y, cover, expected):
    owners = np.zeros((64, 96), np.uint8)
    image = np.zeros((64, 96, 3), np.uint8)
    sprite = square(x, y)
    toy._paste(image, owners, sprite, 1, (0, -1))
    if cover:
        toy._paste(image, owners, square(*cover), 2, (0, -1))
    found = toy._annotate(sprite, owners, 1)
    if expected is None:
        assert found is None
    else:
        assert (found.truncated, found.difficult, found.box) == expected


# What the set is like


def test_both_species_sizes_and_empty_images():
    counts, sides, names = [], [], []
    for i in range(200):
        image, objects, _ = draw_toy_scene([7, 0, i])
        assert image.dtype == np.uint8 and image.shape[2] == 3
        assert 240 <= min(image.shape[:2]) and max(image.shape[:2]) <= 320
        counts.append(len(objects))
        for o in objects:
            side = max(o.box[2] - o.box[0], o.box[3] - o.box[1]) + 1
            sides.append(side / min(image.shape[:2]))
            names.append(o.name)
    assert max(counts) == 6
    assert 0.01 < np.mean(np.equal(counts, 0)) < 0.09
    assert max(sides) < 0.83
    assert np.mean(np.less(sides, 0.15)) > 0.05
    assert np.mean(np.greater(sides, 0.5)) > 0.05
    assert 0.4 < names.count("cat") / len(names) < 0.6


@pytest.mark.parametrize("size", [21, 60, 79, 80, 200])
def test_drawings_have_the_size_asked_for(size):
    for species in ("cat", "dog"):
        shapes = toy._animal(np.random.default_rng(size), species)
        image, mask = toy._render(shapes, size, (-0.6, -0.8))
        assert image.shape == (*mask.shape, 4)
        x, y, w, h = cv2.boundingRect((mask > 127).view(np.uint8))
        assert abs(max(w, h) - size) <= 3
        assert x > 0 and y > 0  # nothing cut off by its own board
        assert x + w < mask.shape[1] and y + h < mask.shape[0]


def test_species_share_their_colours():
    def bases(species):
        rng = np.random.default_rng(0)
        return np.array([toy._draw_coat(rng, species).base for _ in range(800)])

    cats, dogs = bases("cat"), bases("dog")
    # Every dog's colour is near that of some cat
    distance = np.abs(dogs[:200, None] - cats[None]).max(axis=2).min(axis=1)
    assert np.quantile(distance, 0.95) < 16
