"""Detections as COCO, VOC, YOLO and CSV files."""

import contextlib
import csv
import io
import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from pycocotools.coco import COCO

from d2l_ssd.datasets import read_voc_annotation
from d2l_ssd.detecting.files import FORMATS, check_names, write_detections
from d2l_ssd.detecting.journal import Entry

CLASSES = "cat", "Hörnchen & Co", "<bird>"
ENTRIES = [
    Entry(
        "day 1/a.jpg",
        (100, 200),
        (0, 0),
        [[10.0, 20.0, 60.0, 80.0], [0.0, 0.0, 200.0, 100.0]],
        [0.9, 0.3],
        [0, 2],
    ),
    Entry("b, c.png", (50, 40), (0, 0), [[39.7, 10.2, 39.9, 49.6]], [0.5], [1]),
    Entry("empty.webp", (30, 20), (0, 0), [], [], []),
]


def write(kind, folder, entries=ENTRIES):
    return write_detections(kind, folder, lambda: iter(entries), CLASSES)


class TestCoco:
    def test_pycocotools_reads_it(self, tmp_path):
        path = write("coco", tmp_path)
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO(str(path))
        images = {
            i["id"]: i["file_name"] for i in coco.loadImgs(coco.getImgIds())
        }
        assert list(images.values()) == [e.name for e in ENTRIES]
        names = {c["id"]: c["name"] for c in coco.loadCats(coco.getCatIds())}
        rows = [
            (
                images[a["image_id"]],
                names[a["category_id"]],
                a["bbox"],
                a["score"],
            )
            for a in coco.loadAnns(coco.getAnnIds())
        ]
        assert rows == [
            ("day 1/a.jpg", "cat", [10, 20, 50, 60], 0.9),
            ("day 1/a.jpg", "<bird>", [0, 0, 200, 100], 0.3),
            ("b, c.png", "Hörnchen & Co", [39.7, 10.2, 0.2, 39.4], 0.5),
        ]

    def test_is_a_whole_data_set(self, tmp_path):
        content = json.loads(write("coco", tmp_path).read_text())
        assert [i["height"] for i in content["images"]] == [100, 50, 30]
        assert [a["id"] for a in content["annotations"]] == [1, 2, 3]
        assert [a["area"] for a in content["annotations"]] == [
            3000,
            20000,
            7.88,
        ]

    def test_nothing(self, tmp_path):
        content = json.loads(write("coco", tmp_path, []).read_text())
        assert content["images"] == content["annotations"] == []


class TestVoc:
    def test_our_reader_reads_it(self, tmp_path):
        folder = write("voc", tmp_path)
        assert folder == tmp_path / "Annotations"
        labels, _, size = read_voc_annotation(
            folder / "day 1/a.xml", CLASSES, ()
        )
        assert size == (100, 200)
        np.testing.assert_allclose(
            labels,
            [[0, 0.05, 0.2, 0.3, 0.8, 0], [2, 0, 0, 1, 1, 0]],
            rtol=1e-6,
        )

    def test_a_thin_box_has_a_pixel_inside_the_image(self, tmp_path):
        folder = write("voc", tmp_path)
        box = ET.parse(folder / "b, c.xml").find("object/bndbox")
        corners = [int(box.find(tag).text) for tag in ("xmin", "xmax")]
        assert corners == [40, 40]

    def test_names_and_scores(self, tmp_path):
        root = ET.parse(write("voc", tmp_path) / "b, c.xml")
        assert root.findtext("filename") == "b, c.png"
        assert root.findtext("object/name") == "Hörnchen & Co"
        assert root.findtext("object/score") == "0.5"

    def test_an_image_without_objects(self, tmp_path):
        folder = write("voc", tmp_path)
        assert ET.parse(folder / "empty.xml").find("object") is None


class TestYolo:
    def test_lines(self, tmp_path):
        folder = write("yolo", tmp_path)
        assert (folder / "day 1/a.txt").read_text().splitlines() == [
            "0 0.175000 0.500000 0.250000 0.600000 0.9",
            "2 0.500000 0.500000 1.000000 1.000000 0.3",
        ]
        assert (folder / "empty.txt").read_text() == ""

    def test_classes(self, tmp_path):
        write("yolo", tmp_path)
        text = (tmp_path / "classes.txt").read_text(encoding="utf-8")
        assert tuple(text.splitlines()) == CLASSES


class TestCsv:
    def test_rows(self, tmp_path):
        with open(write("csv", tmp_path), encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["image"] for row in rows] == [
            "day 1/a.jpg",
            "day 1/a.jpg",
            "b, c.png",
        ]
        assert rows[2] == {
            "image": "b, c.png",
            "width": "40",
            "height": "50",
            "class": "Hörnchen & Co",
            "score": "0.5",
            "xmin": "39.7",
            "ymin": "10.2",
            "xmax": "39.9",
            "ymax": "49.6",
        }


@pytest.mark.parametrize("kind", FORMATS)
class TestAll:
    def test_nothing(self, kind, tmp_path):
        assert write(kind, tmp_path, []).exists()

    def test_a_name_that_is_no_unicode(self, kind, tmp_path):
        entry = ENTRIES[0]._replace(name="a\udcff.jpg")
        assert write(kind, tmp_path, [entry]).exists()

    def test_no_part_is_left(self, kind, tmp_path):
        write(kind, tmp_path)
        assert not list(tmp_path.rglob(".partial*"))

    def test_an_error_leaves_the_old_file(self, kind, tmp_path):
        write(kind, tmp_path)
        files = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

        def broken():
            yield from ENTRIES
            raise OSError("the journal is gone")

        with pytest.raises(OSError, match="gone"):
            write_detections(kind, tmp_path, broken, CLASSES)
        assert files == {
            p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()
        }


class TestCheckNames:
    @pytest.mark.parametrize("kind", ["voc", "yolo"])
    def test_two_of_one_stem(self, kind):
        check_names(kind, ["a.jpg", "b.jpg", "c/a.jpg"])
        with pytest.raises(ValueError, match="a.jpg and a.png .*--format coco"):
            check_names(kind, ["a.jpg", "b.jpg", "a.png"])

    @pytest.mark.parametrize("kind", ["coco", "csv"])
    def test_one_file_for_all(self, kind):
        check_names(kind, ["a.jpg", "a.png"])
