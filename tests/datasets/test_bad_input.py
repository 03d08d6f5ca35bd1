"""What is wrong with folders of labeled images, and the words that say it."""

import json

import numpy as np
import pytest
from helpers.bad_folders import (
    BAD_IMAGES,
    IMAGES,
    JSON,
    LABEL,
    TABLE,
    XML,
    coco,
    removed,
    text,
    written,
)
from helpers.labeled_folders import (
    WRITERS,
    coco_content,
    write_coco_scenes,
    write_voc_scenes,
    write_yolo_scenes,
)
from helpers.voc import file_bytes, scene

from d2l_ssd.datasets import check_files, open_dataset, read_folder

pytestmark = pytest.mark.filterwarnings("ignore")


def test_there_are_over_fifty():
    assert len(TABLE) + len(BAD_IMAGES) * len(WRITERS) > 90


class TestLabels:
    @pytest.mark.parametrize("case", TABLE)
    def test_message_says_what_is_wrong(self, case, tmp_path):
        name, damage, words = TABLE[case]
        root = WRITERS[name](tmp_path / "data")
        (tmp_path / "secret.jpg").write_bytes(
            (root / IMAGES[name]).read_bytes()
        )
        damage(root)
        with pytest.raises((ValueError, OSError)) as error:
            open_dataset(root)
        for word in words:
            assert word in str(error.value)
        assert len(str(error.value)) < 1500

    @pytest.mark.parametrize("case", TABLE)
    def test_survey_goes_on(self, case, tmp_path):
        name, damage, words = TABLE[case]
        root = WRITERS[name](tmp_path / "data")
        damage(root)
        try:
            folder = read_folder(root)
        except (ValueError, OSError) as error:
            assert words[0] in str(error)  # nothing can be read at all
            return
        found = [f"{p.source}: {p.text}" for p in folder.problems]
        assert any(all(w in line for w in words) for line in found)
        for problem in folder.problems:
            if problem.object is not None:
                sample = folder.samples[problem.id]
                assert problem.object < len(sample.boxes) == len(sample.classes)


class TestImages:
    @pytest.mark.parametrize("name", WRITERS)
    @pytest.mark.parametrize("case", BAD_IMAGES)
    def test_message_names_the_file(self, name, case, tmp_path):
        root = WRITERS[name](tmp_path)
        change, words = BAD_IMAGES[case]
        path = root / IMAGES[name]
        path.write_bytes(change(path.read_bytes()))
        dataset = open_dataset(root, "train")
        with pytest.raises(ValueError) as error:
            check_files(dataset)
        assert str(path) in str(error.value) and words in str(error.value)
        with pytest.raises(ValueError) as error:
            _ = dataset[0]
        assert str(path) in str(error.value)

    @pytest.mark.parametrize("write", [write_voc_scenes, write_coco_scenes])
    def test_of_another_size(self, write, tmp_path):
        root = write(tmp_path)
        path = root / IMAGES["voc" if write is write_voc_scenes else "coco"]
        path.write_bytes(file_bytes(scene([], (50, 40))))
        with pytest.raises(ValueError, match="a.jpg: the image has .40, 50."):
            check_files(open_dataset(root))


class TestAllAtOnce:
    @pytest.mark.parametrize("name", WRITERS)
    def test_every_bad_file_is_named(self, name, tmp_path):
        root = WRITERS[name](tmp_path)
        damages = {
            "voc": [
                text(XML, "<xmin>5", "<xmin>50"),
                written("Annotations/b.xml", ""),
                text("Annotations/e.xml", "<xmax>28", "<xmax>99"),
                removed("JPEGImages/f.jpg"),
            ],
            "coco": [
                coco("annotations", 0, bbox=[1, 2, 0, 3]),
                coco("annotations", 1, category_id=99),
                removed("train/b.jpg", "val/f.jpg"),
            ],
            "yolo": [
                written(LABEL, "0 .5 .5 -.3 .2\n9 .5 .5 .3 .2"),
                written("labels/train/b.txt", "x"),
                written("labels/val/e.txt", b"\xff"),
            ],
        }[name]
        for damage in damages:
            damage(root)
        with pytest.raises(ValueError) as error:
            open_dataset(root, "val")
        expected = {
            "voc": ["a.xml", "b.xml", "e.xml", "f.jpg"],
            "coco": ["[1, 2, 0, 3]", "category_id 99", "'b.jpg'", "'f.jpg'"],
            "yolo": ["line 1", "line 2", "b.txt", "e.txt"],
        }[name]
        for words in expected:
            assert words in str(error.value)

    def test_many_are_counted(self, tmp_path):
        scenes = {"train": {f"{i:02}": [] for i in range(30)}}
        root = write_yolo_scenes(tmp_path, scenes)
        for path in root.glob("labels/train/*.txt"):
            path.write_text("x")
        with pytest.raises(ValueError, match="30 bad files(.|\n)*and 10 more"):
            open_dataset(root)

    def test_many_in_one_file_are_counted(self, tmp_path):
        root = WRITERS["coco"](tmp_path)
        content = coco_content({"a": [("cat", 1, 2, 1, 30)] * 50})
        for entry in content["annotations"]:
            entry["bbox"][0] = entry["id"]
        (root / JSON).write_text(json.dumps(content))
        with pytest.raises(
            ValueError, match="and 30 more; `d2l-ssd check --all`"
        ):
            open_dataset(root)


class TestWholeFolder:
    def test_missing(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="not found: .*none.*VOC"):
            open_dataset(tmp_path / "none")

    def test_empty(self, tmp_path):
        with pytest.raises(ValueError, match="no data set of a known format"):
            open_dataset(tmp_path)

    def test_images_alone(self, tmp_path):
        root = write_voc_scenes(tmp_path / "voc")
        (root / "JPEGImages").rename(tmp_path / "photos")
        with pytest.raises(ValueError, match="5 images, and no labels"):
            open_dataset(tmp_path / "photos")

    def test_archive(self, tmp_path):
        (tmp_path / "data.zip").write_bytes(b"PK\x03\x04")
        with pytest.raises(ValueError, match="an archive; extract it"):
            open_dataset(tmp_path / "data.zip")

    def test_results_of_coco(self, tmp_path):
        (tmp_path / "results.json").write_text('[{"image_id": 1}]')
        with pytest.raises(ValueError, match="COCO's results.*annotations"):
            open_dataset(tmp_path / "results.json")

    def test_no_object_at_all(self, tmp_path):
        for name, write in WRITERS.items():
            root = write(tmp_path / name, {"train": {"a": [], "b": []}})
            with pytest.raises(ValueError, match="no image has an object"):
                open_dataset(root)

    def test_labels_without_names(self, tmp_path):
        root = write_yolo_scenes(tmp_path)
        (root / "data.yaml").unlink()
        with pytest.raises(
            ValueError, match="no file names the classes.*class"
        ):
            open_dataset(root)

    def test_symbolic_link_to_itself(self, tmp_path):
        root = write_yolo_scenes(tmp_path)
        (root / "images/train/loop").symlink_to(root / "images")
        assert len(open_dataset(root)) == 5

    def test_seed_has_nothing_to_divide(self, tmp_path):
        content = coco_content({"a": [("cat", 1, 2, 30, 40)]})
        (tmp_path / "x.json").write_text(json.dumps(content))
        (tmp_path / "a.jpg").write_bytes(np.zeros(9).tobytes())
        with pytest.raises(ValueError, match="no image is left in split 'val'"):
            open_dataset(tmp_path, "val")
