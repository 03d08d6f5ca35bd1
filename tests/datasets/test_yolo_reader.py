import time

import numpy as np
import pytest
from helpers.labeled_folders import (
    NAMES,
    SCENES,
    boxes_in_pixels,
    write_yolo_scenes,
    yolo_line,
)
from helpers.voc import file_bytes, scene

from d2l_ssd.datasets import check_files, open_dataset

pytestmark = pytest.mark.filterwarnings("ignore:.*classes without an object")
CAT = "cat", 4, 6, 40, 30
IN_PIXELS = [("cat", 4.0, 6.0, 40.0, 30.0)]


def put(root, image, label=None, lines=None):
    """Write an image of a cat, and its label where one is given."""
    path = root / image
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file_bytes(scene([CAT])))
    if label:
        path = root / label
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yolo_line(CAT) if lines is None else lines)


def write_yaml(root, *lines, names="[cat, dog, Traffic Light]"):
    text = "".join(f"{line}\n" for line in (*lines, f"names: {names}"))
    (root / "data.yaml").write_text(text, encoding="utf-8")


def read_plainly(path):
    """Read a label file: an independent reader in a few lines."""
    rows = []
    for line in path.read_text().splitlines():
        number, x, y, w, h = map(float, line.split())
        rows.append([number, x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return np.array(rows).reshape(-1, 5)


def write_random(root, num_images, num_objects):
    """Write label files of random boxes within their images, and images."""
    rng = np.random.default_rng(0)
    for folder in "images", "labels":
        (root / folder).mkdir()
    data = file_bytes(scene([]))
    for i in range(num_images):
        (root / f"images/{i:05}.jpg").write_bytes(data)
        centers = rng.uniform(0.3, 0.7, (num_objects, 2))
        sides = rng.uniform(0.01, 0.6, (num_objects, 2))
        rows = np.column_stack(
            [rng.integers(0, 3, num_objects), centers, sides]
        )
        np.savetxt(
            root / f"labels/{i:05}.txt", rows, fmt="%d %.6f %.6f %.6f %.6f"
        )
    write_yaml(root, "train: images")


def test_agrees_with_an_independent_reader(tmp_path):
    write_random(tmp_path, 20, 30)
    dataset = open_dataset(tmp_path)
    assert len(dataset) == 20
    for i in range(20):
        path = tmp_path / f"labels/{dataset.image_path(i).stem}.txt"
        labels = dataset[i][1]
        np.testing.assert_allclose(labels[:, :5], read_plainly(path), atol=1e-6)
        assert not labels[:, 5].any()


def test_ten_thousand_annotations_take_seconds(tmp_path):
    write_random(tmp_path, 1000, 10)
    start = time.process_time()
    dataset = open_dataset(tmp_path, "train")
    assert time.process_time() - start < 10
    assert len(dataset) == 679


class TestLayouts:
    def test_folder_of_each_split(self, tmp_path):
        for split in "train", "valid":
            put(tmp_path, f"{split}/images/a.jpg", f"{split}/labels/a.txt")
        lines = "train: ../train/images", "val: ../valid/images"
        write_yaml(tmp_path, *lines, "test: ../test/images", "nc: 3")
        with pytest.warns(
            UserWarning, match="test: '../test/images'.*left out"
        ):
            dataset = open_dataset(tmp_path)
        assert dataset.splits == {"train": 1, "val": 1}
        assert dataset.ids == ["train/images/a.jpg", "valid/images/a.jpg"]
        assert boxes_in_pixels(dataset, 0) == IN_PIXELS

    @pytest.mark.parametrize("path", [".", "/content/data", "", None])
    def test_path_of_the_folder(self, path, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt")
        line = "nc: 3" if path is None else f"path: {path}"
        write_yaml(tmp_path, line, "train: images", "val: images")
        dataset = open_dataset(tmp_path)
        assert dataset.ids == ["images/a.jpg"] and len(dataset[0][1]) == 1
        assert ("its own folder" in dataset.describe()) == ("content" in line)

    def test_path_elsewhere(self, tmp_path):
        put(tmp_path / "data", "images/a.jpg", "labels/a.txt")
        (tmp_path / "configs").mkdir()
        lines = "path: ../data", "train: images", "val: images"
        write_yaml(tmp_path / "configs", *lines)
        dataset = open_dataset(tmp_path / "configs/data.yaml")
        assert dataset.root == tmp_path / "data" and len(dataset) == 1

    def test_several_folders_per_split(self, tmp_path):
        for name in "old", "new":
            put(tmp_path, f"images/{name}/a.jpg", f"labels/{name}/a.txt")
        lines = "train: [images/old, images/new]", "val: images/old"
        write_yaml(tmp_path, *lines)
        dataset = open_dataset(tmp_path, "train")
        assert dataset.ids == ["images/new/a.jpg", "images/old/a.jpg"]

    @pytest.mark.parametrize(
        "line",
        [
            "images/a.jpg",
            "./images/a.jpg",
            "/content/data/images/a.jpg",
            "data/images/a.jpg",
            "..\\images\\a.jpg",
            "\ufeffimages/a.jpg",
        ],
    )
    def test_lists_of_images(self, line, tmp_path):
        for name in "a", "b":
            put(tmp_path, f"images/{name}.jpg", f"labels/{name}.txt")
        (tmp_path / "list.txt").write_text(f"{line}\n\n", encoding="utf-8")
        write_yaml(tmp_path, "train: list.txt", "val: images")
        assert open_dataset(tmp_path, "train").ids == ["images/a.jpg"]

    def test_names_by_number(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt")
        write_yaml(tmp_path, "train: images", names="{0: кот, 1: '1'}")
        assert open_dataset(tmp_path).classes == ("кот",)

    def test_names_with_gaps(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt", "7 .5 .5 .2 .2")
        write_yaml(tmp_path, "train: images", names="{2: dog, 7: cat}")
        assert open_dataset(tmp_path).classes == ("cat",)

    def test_file_of_names(self, tmp_path):
        for split in "train", "val":
            image, label = f"images/{split}/a.jpg", f"labels/{split}/a.txt"
            put(tmp_path, image, label)
        (tmp_path / "classes.txt").write_text("cat\ndog\n")
        (tmp_path / "notes.json").write_text('{"categories": []}')
        dataset = open_dataset(tmp_path)
        assert dataset.splits == {"train": 1, "val": 1}
        assert dataset.classes == ("cat",)

    def test_of_darknet(self, tmp_path):
        for name in "a", "b":
            put(
                tmp_path,
                f"obj_train_data/{name}.jpg",
                f"obj_train_data/{name}.txt",
            )
        (tmp_path / "obj.names").write_text("cat\n")
        (tmp_path / "train.txt").write_text("data/obj_train_data/a.jpg\n")
        (tmp_path / "valid.txt").write_text("data/obj_train_data/b.jpg\n")
        dataset = open_dataset(tmp_path, "val")
        assert dataset.ids == ["obj_train_data/b.jpg"]
        assert boxes_in_pixels(dataset, 0) == IN_PIXELS

    def test_number_between_those_of_classes(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt", "3 .5 .5 .2 .2")
        write_yaml(tmp_path, "train: images", names="{2: dog, 7: cat}")
        with pytest.raises(
            ValueError, match="'3 .5 .5 .2 .2' is of a class that"
        ):
            open_dataset(tmp_path)

    def test_labels_beside_images(self, tmp_path):
        put(tmp_path, "a.jpg", "a.txt")
        (tmp_path / "classes.txt").write_text("cat\n")
        assert boxes_in_pixels(open_dataset(tmp_path), 0) == IN_PIXELS

    def test_folder_named_images_above_the_data_set(self, tmp_path):
        root = tmp_path / "images" / "mine"
        put(root, "train/a.jpg", "train/a.txt")
        write_yaml(root, "train: train")
        assert len(open_dataset(root)[0][1]) == 1


class TestOdd:
    @pytest.mark.parametrize(
        "entry",
        [
            "/content/set-3/train/images",
            "../set-3/train/images",
            "../../train/images",
        ],
    )
    def test_paths_of_another_machine(self, entry, tmp_path):
        put(tmp_path, "train/images/a.jpg", "train/labels/a.txt")
        write_yaml(tmp_path, f"train: {entry}")
        assert boxes_in_pixels(open_dataset(tmp_path), 0) == IN_PIXELS

    def test_accents_are_written_in_two_ways(self, tmp_path):
        put(tmp_path, "images/e\u0301.jpg", "labels/\u00e9.txt")
        write_yaml(tmp_path, "train: images")
        assert boxes_in_pixels(open_dataset(tmp_path), 0) == IN_PIXELS

    def test_label_named_after_the_whole_file(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.jpg.txt")
        write_yaml(tmp_path, "train: images")
        assert boxes_in_pixels(open_dataset(tmp_path), 0) == IN_PIXELS

    def test_two_images_with_one_label_file(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt")
        put(tmp_path, "images/a.png")
        write_yaml(tmp_path, "train: images")
        with pytest.warns(UserWarning, match="the same name: 1 .'a.txt'"):
            assert len(open_dataset(tmp_path)) == 2

    def test_boxes_a_bit_beyond_the_image(self, tmp_path):
        lines = "0 .304017 .500281 .608034 1.000437\n"
        put(tmp_path, "images/a.jpg", "labels/a.txt", lines)
        write_yaml(tmp_path, "train: images")
        with pytest.warns(UserWarning, match="clipped: 1 .'a.txt'."):
            dataset = open_dataset(tmp_path)
        box = dataset[0][1][0, 1:5]
        assert box[1] < 1e-4 and box[3] == 1

    def test_missing_label_file_is_an_image_without_objects(self, tmp_path):
        write_yolo_scenes(tmp_path)
        (tmp_path / "labels/train/b.txt").unlink()
        with pytest.warns(UserWarning, match="without a label.*: 1 .'b.jpg'."):
            dataset = open_dataset(tmp_path, "train")
        assert [len(dataset[i][1]) for i in range(3)] == [2, 0, 0]

    def test_label_file_without_an_image(self, tmp_path):
        write_yolo_scenes(tmp_path)
        (tmp_path / "labels/train/z.txt").write_text("")
        with pytest.warns(UserWarning, match="without an image: 1 .'z.txt'"):
            assert len(open_dataset(tmp_path)) == 5

    def test_hidden_files(self, tmp_path):
        write_yolo_scenes(tmp_path)
        (tmp_path / "images/train/._a.jpg").write_bytes(b"x")
        (tmp_path / "images/train/.cache").mkdir()
        check_files(open_dataset(tmp_path))

    def test_file_saved_on_windows(self, tmp_path):
        write_yolo_scenes(tmp_path)
        path = tmp_path / "labels/train/b.txt"
        line = yolo_line(SCENES["train"]["b"][0])
        path.write_text(f"{line} \r\n\r\n", encoding="utf-8-sig")
        dataset = open_dataset(tmp_path, "train")
        assert boxes_in_pixels(dataset, 1) == [("dog", 8.0, 0.0, 24.0, 16.0)]

    def test_numbers_of_classes_with_a_point(self, tmp_path):
        put(tmp_path, "images/a.jpg", "labels/a.txt", "1.0 .5 .5 .2 .2")
        write_yaml(tmp_path, "train: images")
        assert open_dataset(tmp_path).classes == (NAMES[1],)
