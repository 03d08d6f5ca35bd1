import pickle
import warnings

import numpy as np
import pytest
from helpers.labeled_folders import (
    NAMES,
    SCENES,
    WRITERS,
    boxes_in_pixels,
    write_coco_scenes,
    write_voc_scenes,
    write_yolo_scenes,
)
from helpers.voc import COLORS, ODD_FOLDERS, TALL, put_scene

from d2l_ssd.datasets import (
    VOCDetection,
    check_files,
    open_dataset,
    read_folder,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*classes without an object")
ALL = {name: items for part in SCENES.values() for name, items in part.items()}
# Of MANY in train, val and test; names of images decide, and have endings in COCO
COUNTS = {"voc": (12, 4, 4), "coco": (16, 3, 1), "yolo": (14, 3, 3)}
MANY = {f"{i:02}": [("cat", 4, 6, 30 + i, 30)] for i in range(20)}


@pytest.fixture(params=WRITERS)
def folder(request, tmp_path):
    """A folder of the same scenes, in each format."""
    return WRITERS[request.param](tmp_path / request.param)


def stem(dataset, index):
    return dataset.image_path(index).stem


class TestEachFormat:
    def test_is_recognized(self, folder):
        assert open_dataset(folder).format == folder.name

    def test_boxes_and_pixels(self, folder):
        dataset = open_dataset(folder)
        assert {stem(dataset, i) for i in range(len(dataset))} == {*ALL}
        for i in range(len(dataset)):
            image, labels = dataset[i]
            assert image.shape == (40, 64, 3) and image.dtype == np.uint8
            assert labels.dtype == np.float32 and labels.shape[1] == 6
            found = boxes_in_pixels(dataset, i)
            assert found == [
                (name, *map(float, box)) for name, *box in ALL[stem(dataset, i)]
            ]
            for name, left, top, _, _ in found[-1:]:
                color = image[int(top) + 2, int(left) + 2].astype(int)
                assert abs(color - COLORS[name]).max() < 20

    def test_annotation_is_read_without_the_image(self, folder):
        dataset = open_dataset(folder)
        for i in range(len(dataset)):
            labels, truncated, size = dataset.annotation(i)
            np.testing.assert_array_equal(labels, dataset[i][1])
            assert size == (40, 64)
            assert truncated.shape == (len(labels),)

    def test_splits(self, folder):
        train = open_dataset(folder, "train")
        assert train.splits == {"train": 3, "val": 2}
        assert train.split == "train" and len(train) == len(train.ids) == 3
        assert [stem(train, i) for i in range(3)] == ["a", "b", "c d"]
        both = open_dataset(folder, "val+train")
        assert both.ids == open_dataset(folder).ids

    @pytest.mark.parametrize("name", ["valid", "validation", "VAL"])
    def test_other_names_of_splits(self, folder, name):
        assert open_dataset(folder, name).ids == open_dataset(folder, "val").ids

    def test_unknown_split(self, folder):
        with pytest.raises(
            ValueError, match="one of train, val, .* got 'later'"
        ):
            open_dataset(folder, "later")

    def test_ids_are_unique_and_relative(self, folder):
        dataset = open_dataset(folder)
        assert len(set(dataset.ids)) == 5 and dataset.ids == sorted(dataset.ids)
        assert not any(i.startswith(("/", "..")) for i in dataset.ids)

    def test_classes_asked_for(self, folder):
        with pytest.warns(
            UserWarning, match="not asked for are skipped.*'dog'"
        ):
            dataset = open_dataset(folder, "train", ["cat"])
        assert len(dataset) == 3 and dataset.classes == ("cat",)
        assert [len(dataset[i][1]) for i in range(3)] == [1, 0, 0]

    def test_order_of_classes_numbers_them(self, folder):
        names = ["dog", "Traffic Light", "cat"]
        dataset = open_dataset(folder, classes=names)
        assert dataset.classes == tuple(names)
        assert dataset[0][1][:, 0].tolist() == [2, 0]

    def test_class_in_other_case(self, folder):
        with pytest.raises(ValueError, match="'Dog'; there are .*'dog'"):
            open_dataset(folder, classes=["Dog"])

    def test_describe(self, folder):
        text = open_dataset(folder, "train").describe()
        for words in ("5 images with 5 objects of 3 classes", "cat 2", "dog 2"):
            assert words in text
        assert "train 3, val 2" in text

    def test_nothing_is_said_of_what_is_right(self, folder):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_files(open_dataset(folder))

    def test_reads_in_another_process(self, folder):
        dataset = pickle.loads(pickle.dumps(open_dataset(folder)))
        assert len(dataset[0][1]) == 2

    def test_subset(self, folder):
        dataset = open_dataset(folder)
        ids = [dataset.ids[k] for k in (2, 0, 2)]
        few = dataset.subset(ids)
        assert few.ids == ids and len(dataset) == 5
        np.testing.assert_array_equal(few[0][0], dataset[2][0])
        np.testing.assert_array_equal(few[1][1], dataset[0][1])

    def test_subset_has_no_other_images(self, folder):
        few = open_dataset(folder, "train")
        with pytest.raises(ValueError, match="got 'another'"):
            few.subset([few.ids[0], "another"])

    def test_path_may_be_a_text(self, folder, monkeypatch):
        monkeypatch.chdir(folder.parent)
        assert len(open_dataset(folder.name)) == 5

    def test_hundreds_of_objects(self, folder):
        rng = np.random.default_rng(0)
        low = rng.integers(0, (50, 30), size=(300, 2))
        items = [("cat", x, y, x + 5, y + 5) for x, y in low.tolist()]
        crowded = WRITERS[folder.name](
            folder / "new", {"train": {"x": items}, "val": MANY}
        )
        dataset = open_dataset(crowded, "train")
        assert len(dataset[0][1]) == 300


class TestSeed:
    @pytest.fixture(params=WRITERS)
    def unlisted(self, request, tmp_path):
        root = WRITERS[request.param](tmp_path, {"only": MANY})
        return root

    def test_parts(self, unlisted):
        dataset = open_dataset(unlisted, "train")
        assert tuple(dataset.splits.values()) == COUNTS[dataset.format]
        parts = [open_dataset(unlisted, k).ids for k in dataset.splits]
        assert sorted(sum(parts, [])) == open_dataset(unlisted).ids

    def test_seed_decides(self, unlisted):
        first, second = (open_dataset(unlisted, "test", seed=1) for _ in "ab")
        assert first.ids == second.ids
        assert first.ids != open_dataset(unlisted, "test", seed=2).ids

    def test_describe_says_so(self, unlisted):
        dataset = open_dataset(unlisted)
        train, val, test = COUNTS[dataset.format]
        text = f"by the seed: train {train}, val {val}, test {test}."
        assert text in dataset.describe()


class TestVOC:
    @pytest.mark.parametrize(
        "write", ODD_FOLDERS, ids=[w.__name__ for w in ODD_FOLDERS]
    )
    @pytest.mark.filterwarnings("ignore")
    def test_reads_odd_folders_as_VOCDetection_does(self, write, tmp_path):
        write(tmp_path)
        for split in "train", "val":
            dataset = open_dataset(tmp_path, split)
            other = VOCDetection(tmp_path, split, dataset.classes, True)
            assert dataset.ids == other.ids
            for (image, labels), (image2, labels2) in zip(dataset, other):
                np.testing.assert_array_equal(image, image2)
                np.testing.assert_array_equal(labels, labels2)

    def test_folders_of_splits(self, tmp_path):
        for split, images in SCENES.items():
            part = write_voc_scenes(tmp_path / "voc", {split: images})
            part.rename(tmp_path / split)
        dataset = open_dataset(tmp_path, "val")
        assert dataset.splits == {"train": 3, "val": 2}
        assert dataset.ids == ["val/e", "val/f"]
        assert dataset.classes == ("Traffic Light", "cat", "dog")

    def test_images_beside_annotations(self, tmp_path):
        write_voc_scenes(tmp_path)
        for path in [*tmp_path.glob("*/*.jpg"), *tmp_path.glob("*/*.xml")]:
            path.rename(tmp_path / path.name)
        for name in "JPEGImages", "Annotations":
            (tmp_path / name).rmdir()
        assert len(open_dataset(tmp_path, "train")) == 3

    @pytest.mark.parametrize("name", ["annotations", "Annotations"])
    def test_folder_of_images(self, name, tmp_path):
        write_voc_scenes(tmp_path)
        (tmp_path / "JPEGImages").rename(tmp_path / "images")
        (tmp_path / "Annotations").rename(tmp_path / name)
        dataset = open_dataset(tmp_path, "val")
        assert dataset.format == "voc" and len(dataset) == 2
        assert dataset.image_path(0) == tmp_path / "images/e.jpg"

    def test_lists_per_class_are_no_splits(self, tmp_path):
        write_voc_scenes(tmp_path)
        (tmp_path / "ImageSets/Main/cat_val.txt").write_text("e -1\nf 1\n")
        assert open_dataset(tmp_path).splits == {"train": 3, "val": 2}

    def test_image_without_annotation(self, tmp_path):
        write_voc_scenes(tmp_path)
        put_scene(tmp_path / "other", "g.jpg", [])
        (tmp_path / "other/JPEGImages/g.jpg").rename(
            tmp_path / "JPEGImages/g.jpg"
        )
        with pytest.warns(UserWarning, match="without an annotation.*: 1, 'g'"):
            assert len(open_dataset(tmp_path)) == 5

    def test_photograph_that_was_turned(self, tmp_path):
        write_voc_scenes(tmp_path)
        put_scene(tmp_path, "t.jpg", [("cat", 3, 4, 20, 50)], TALL)
        dataset = open_dataset(tmp_path)
        assert dataset[dataset.ids.index("t")][0].shape == (64, 40, 3)


class TestWhichFormat:
    def test_data_yaml_or_json(self, tmp_path):
        yolo = write_yolo_scenes(tmp_path / "y")
        assert len(open_dataset(yolo / "data.yaml", "val")) == 2
        coco = write_coco_scenes(tmp_path / "c")
        dataset = open_dataset(coco / "train/_annotations.coco.json")
        assert len(dataset) == 3 and dataset.ids[0] == "a.jpg"

    def test_two_formats(self, tmp_path):
        write_yolo_scenes(write_voc_scenes(tmp_path))
        with pytest.warns(
            UserWarning, match="YOLO.* not read.* pass the .json"
        ):
            assert open_dataset(tmp_path).format == "voc"
        assert open_dataset(tmp_path / "data.yaml").format == "yolo"

    def test_one_folder_too_high(self, tmp_path):
        inner = write_yolo_scenes(tmp_path / "exported")
        with pytest.raises(ValueError, match=f"one in {inner}: pass that"):
            open_dataset(tmp_path)

    def test_drawn(self, tmp_path, monkeypatch):
        drawn = write_voc_scenes(tmp_path / "drawn")
        monkeypatch.setattr("d2l_ssd.toy.make_toy_voc", lambda *_: drawn)
        assert open_dataset("drawn", "val").root == drawn


class TestClassesWithoutObjects:
    @pytest.mark.parametrize("write", [write_coco_scenes, write_yolo_scenes])
    def test_are_left_out_with_a_word(self, write, tmp_path):
        scenes = {k: dict(v) for k, v in SCENES.items()}
        scenes["train"]["b"] = []
        scenes["train"]["a"] = [("cat", 4, 6, 40, 30)]
        root = write(tmp_path, scenes)
        with pytest.warns(UserWarning, match="without an object.*: 'dog'"):
            dataset = open_dataset(root)
        assert dataset.classes == ("cat", "Traffic Light")
        assert read_folder(root).classes == NAMES
        assert open_dataset(root, classes=NAMES).classes == NAMES
