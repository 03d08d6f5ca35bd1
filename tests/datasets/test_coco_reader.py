import contextlib
import io
import json
import time

import numpy as np
import pytest
from helpers.labeled_folders import (
    SCENES,
    boxes_in_pixels,
    coco_content,
    write_coco_scenes,
)
from helpers.voc import file_bytes, scene
from PIL import Image
from pycocotools.coco import COCO

from d2l_ssd.datasets import check_files, open_dataset, read_folder

pytestmark = pytest.mark.filterwarnings("ignore:.*classes without an object")
CAT = [("cat", 4, 6, 40, 30)]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def write_image(path, objects=CAT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file_bytes(scene(objects)))


def random_content(rng, num_images, num_objects):
    """Return COCO's lists with boxes of any numbers, and some crowds."""
    names = [f"class {k}" for k in range(7)]
    images = {f"{i:06}": [] for i in range(num_images)}
    content = coco_content(images, names, (640, 480))
    ids = [entry["id"] for entry in content["images"]]
    low = rng.uniform(0, [600, 440], (num_objects, 2)).round(2)
    sides = rng.uniform(1, [40, 40], (num_objects, 2)).round(2)
    content["annotations"] = [
        {
            "id": number,
            "image_id": ids[rng.integers(num_images)],
            "category_id": int(3 * rng.integers(7) + 1),
            "bbox": [*corner, *side],
            "area": side[0] * side[1],
            "iscrowd": int(rng.random() < 0.1),
        }
        for number, (corner, side) in enumerate(
            zip(low.tolist(), sides.tolist()), 1
        )
    ]
    order = rng.permutation(num_objects)
    content["annotations"] = [content["annotations"][i] for i in order]
    return content


def test_agrees_with_pycocotools(tmp_path):
    content = random_content(np.random.default_rng(0), 20, 300)
    path = write(tmp_path / "labels.json", content)
    for image in content["images"]:
        (tmp_path / image["file_name"]).touch()
    with contextlib.redirect_stdout(io.StringIO()):
        oracle = COCO(path)
    dataset = open_dataset(path)
    assert len(dataset) == len(oracle.imgs)
    for i in range(len(dataset)):
        [key] = [
            key
            for key, image in oracle.imgs.items()
            if image["file_name"] == dataset.ids[i]
        ]
        labels = dataset.annotation(i).labels
        expected = oracle.imgToAnns[key]
        assert len(labels) == len(expected)
        for row, entry in zip(labels, expected):
            name = oracle.cats[entry["category_id"]]["name"]
            assert dataset.classes[int(row[0])] == name
            x, y, w, h = entry["bbox"]
            corners = row[1:5] * [640, 480, 640, 480]
            np.testing.assert_allclose(corners, [x, y, x + w, y + h], atol=1e-3)
            assert row[5] == entry["iscrowd"]


def test_ten_thousand_annotations_take_seconds(tmp_path):
    content = random_content(np.random.default_rng(0), 2000, 10_000)
    path = write(tmp_path / "labels.json", content)
    for image in content["images"]:
        (tmp_path / image["file_name"]).touch()
    start = time.process_time()
    dataset = open_dataset(path, "train")
    assert time.process_time() - start < 10
    assert len(dataset) == 1408


class TestLayouts:
    def test_of_coco_itself(self, tmp_path):
        for split, images in SCENES.items():
            name = f"instances_{split}2017.json"
            content = coco_content(images)
            write(tmp_path / "annotations" / name, content)
            write(
                tmp_path / "annotations" / f"captions_{split}2017.json", content
            )
            for image, objects in images.items():
                path = tmp_path / f"{split}2017" / f"{image}.jpg"
                write_image(path, objects)
        dataset = open_dataset(tmp_path, "train")
        assert dataset.splits == {"train": 3, "val": 2}
        assert dataset.ids[0] == "train2017/a.jpg"
        one = tmp_path / "annotations/instances_val2017.json"
        assert open_dataset(one).ids == ["val2017/e.jpg", "val2017/f.jpg"]

    def test_images_in_a_folder_beside(self, tmp_path):
        write(tmp_path / "labels.json", coco_content({"a": CAT}))
        write_image(tmp_path / "images/a.jpg")
        assert open_dataset(tmp_path).ids == ["images/a.jpg"]

    def test_names_with_folders(self, tmp_path):
        content = coco_content({"a": CAT}, prefix="deep/")
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "images/deep/a.jpg")
        assert open_dataset(tmp_path).ids == ["images/deep/a.jpg"]

    def test_splits_that_have_no_usual_name(self, tmp_path):
        for name in "old", "new":
            content = coco_content({name: CAT})
            write(tmp_path / f"{name}.json", content)
            write_image(tmp_path / f"{name}.jpg")
        assert open_dataset(tmp_path).splits == {"new": 1, "old": 1}

    def test_categories_in_other_order_per_file(self, tmp_path):
        write_coco_scenes(tmp_path)
        path = tmp_path / "val/_annotations.coco.json"
        content = json.loads(path.read_text())
        numbers = {1: 7, 4: 1, 7: 4}
        for entry in content["categories"]:
            entry["id"] = numbers[entry["id"]]
        for entry in content["annotations"]:
            entry["category_id"] = numbers[entry["category_id"]]
        write(path, content)
        dataset = open_dataset(tmp_path, "val")
        assert boxes_in_pixels(dataset, 0)[0][0] == "Traffic Light"
        assert boxes_in_pixels(dataset, 1)[0][0] == "cat"


class TestOdd:
    def test_group_of_categories(self, tmp_path):
        write_coco_scenes(tmp_path)
        for path in tmp_path.glob("*/*.json"):
            content = json.loads(path.read_text())
            group = {"id": 0, "name": "things", "supercategory": "none"}
            content["categories"].insert(0, group)
            write(path, content)
        with pytest.warns(UserWarning, match="without an object.*'things'"):
            dataset = open_dataset(tmp_path, "val")
        assert dataset.classes == ("cat", "dog", "Traffic Light")
        assert boxes_in_pixels(dataset, 1) == [("cat", 0.0, 0.0, 64.0, 40.0)]

    @pytest.mark.parametrize(
        "prefix",
        ["images\\", "..\\..\\upload\\4\\", "C:\\data\\", "/data/x/", "./"],
    )
    def test_paths_of_another_machine(self, prefix, tmp_path):
        write(
            tmp_path / "result.json", coco_content({"ä b": CAT}, prefix=prefix)
        )
        write_image(tmp_path / "images/ä b.jpg")
        dataset = open_dataset(tmp_path / "result.json")
        assert dataset.ids == ["images/ä b.jpg"]
        assert boxes_in_pixels(dataset, 0) == [("cat", 4.0, 6.0, 40.0, 30.0)]

    @pytest.mark.parametrize(
        "name",
        ["%C3%A4%20b", "/data/local-files/?d=media/%C3%A4%20b", "a\u0308 b"],
    )
    def test_names_written_otherwise(self, name, tmp_path):
        write(tmp_path / "result.json", coco_content({name: CAT}))
        write_image(tmp_path / "images/\u00e4 b.jpg")
        assert boxes_in_pixels(open_dataset(tmp_path), 0)[0][0] == "cat"

    def test_name_in_another_case(self, tmp_path):
        write(tmp_path / "result.json", coco_content({"A": CAT}))
        write_image(tmp_path / "images/a.jpg")
        with pytest.raises(
            FileNotFoundError, match="there is 'a.jpg', and names"
        ):
            open_dataset(tmp_path)

    def test_ids_order_the_classes(self, tmp_path):
        write_coco_scenes(tmp_path)
        for path in tmp_path.glob("*/*.json"):
            content = json.loads(path.read_text())
            content["categories"].reverse()
            write(path, content)
        assert open_dataset(tmp_path).classes == ("cat", "dog", "Traffic Light")

    def test_numbers_of_other_programs(self, tmp_path):
        content = coco_content({"a": CAT})
        content["images"][0] |= {"id": 1e17, "width": 64.0}
        content["annotations"][0] |= {"image_id": 10**17, "category_id": 1.0}
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        assert boxes_in_pixels(open_dataset(tmp_path), 0)[0][0] == "cat"

    def test_names_that_are_not_ascii(self, tmp_path):
        content = coco_content({"a": CAT}, ["cat", "собака", "猫 犬"])
        content["annotations"][0]["category_id"] = 7
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        dataset = open_dataset(tmp_path, classes=["собака", "猫 犬"])
        assert boxes_in_pixels(dataset, 0)[0][0] == "猫 犬"

    def test_crowds_and_outlines(self, tmp_path):
        content = coco_content({"a": CAT * 2})
        content["annotations"][1] |= {
            "iscrowd": 1,
            "segmentation": {"size": [40, 64], "counts": [9, 9]},
        }
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        dataset = open_dataset(tmp_path)
        assert dataset[0][1][:, 5].tolist() == [0, 1]
        text = dataset.describe()
        assert "Crowds, which count as difficult objects: 1." in text
        assert "Outlines are not read, only boxes: 1 have some." in text

    def test_boxes_a_bit_beyond_the_image(self, tmp_path):
        content = coco_content({"a": [("cat", -0.6, 0, 64.8, 40)]})
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        with pytest.warns(UserWarning, match="clipped: 1, in 'a.jpg'"):
            dataset = open_dataset(tmp_path)
        assert dataset[0][1][0, 1:5].tolist() == [0, 0, 1, 1]

    @pytest.mark.parametrize("size", [{}, {"width": 0, "height": 0}])
    def test_size_left_out(self, size, tmp_path):
        content = coco_content({"a": CAT})
        del content["images"][0]["width"], content["images"][0]["height"]
        content["images"][0] |= size
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        dataset = open_dataset(tmp_path)
        check_files(dataset)
        assert boxes_in_pixels(dataset, 0) == [("cat", 4.0, 6.0, 40.0, 30.0)]

    def test_photograph_turned_by_exif(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        stored = scene(CAT)
        (tmp_path / "a.jpg").write_bytes(file_bytes(stored, exif=exif))
        content = coco_content({"a": CAT})
        write(tmp_path / "labels.json", content)
        assert open_dataset(tmp_path)[0][0].shape == (40, 64, 3)
        content = coco_content({"a": CAT}, size=(40, 64))
        write(tmp_path / "labels.json", content)
        assert open_dataset(tmp_path)[0][0].shape == (64, 40, 3)

    def test_texts_as_ids(self, tmp_path):
        content = coco_content({"a": CAT})
        for key in "images", "categories":
            for entry in content[key]:
                entry["id"] = str(entry["id"])
        for entry in content["annotations"]:
            for key in "image_id", "category_id":
                entry[key] = str(entry[key])
        write(tmp_path / "labels.json", content)
        write_image(tmp_path / "a.jpg")
        assert len(open_dataset(tmp_path)[0][1]) == 1

    def test_file_saved_on_windows(self, tmp_path):
        text = json.dumps(coco_content({"a": CAT}))
        (tmp_path / "labels.json").write_text(text, encoding="utf-8-sig")
        write_image(tmp_path / "a.jpg")
        assert len(open_dataset(tmp_path)) == 1

    def test_images_without_annotations_stay(self, tmp_path):
        write_coco_scenes(tmp_path)
        folder = read_folder(tmp_path)
        assert len(folder.samples["train/c d.jpg"].boxes) == 0
