"""A whole data set: everything that is wrong is found, and nothing else."""

import numpy as np
import pytest
from helpers.bad_voc import (
    CAT,
    MARKUP,
    BadVOC,
    blobs,
    encoded,
    write_bad_voc,
)

from d2l_ssd.anchors import SIZES
from d2l_ssd.datasets.labeled_folder import (
    FOLDER_KINDS,
    IMAGE_KINDS,
    OBJECT_KINDS,
)
from d2l_ssd.inspection import make_report, summarize
from d2l_ssd.inspection.findings import KINDS
from d2l_ssd.inspection.inspecting import inspect_dataset

# What is found in the folder of write_bad_voc: kind, image, object
FOUND = {
    ("missing image", "no image"),
    ("missing annotation", "no annotation"),
    ("annotation", "broken"),
    ("image", "a web page"),
    ("image", "truncated"),
    ("size", "scaled"),
    ("inverted box", "inverted", 1),
    ("empty box", "line", 0),
    ("outside box", "outside", 0),
    ("two splits", "film 1"),
    ("two splits", "copy"),
    ("alike", "film 1"),
    ("twice", "once"),
    ("not in training", None),
    ("few objects", None),
    ("tiny box", "click", 0),
    ("drawn twice", "twice", 0, 1),
    ("two classes", "both", 0, 1),
    ("unreached", "click", 0),
    ("no object", "nothing"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    return inspect_dataset(write_bad_voc(tmp_path_factory.mktemp("bad")))


@pytest.fixture
def good(tmp_path):
    """A folder with nothing wrong."""
    voc = BadVOC(tmp_path / "good")
    for split, count in ("train", 60), ("val", 5):
        for number in range(count):
            voc.add(f"{split}{number}", [CAT], split)
    voc.write_lists()
    return voc.root


class TestFindings:
    def test_all_that_is_wrong_is_found_at_once(self, bad):
        found = {(f.kind, f.id, *f.objects) for f in bad.findings}
        assert found == FOUND

    def test_problems_come_with_their_files(self, bad):
        files = {f.source.name for f in bad.problems}
        assert files == {
            "no image.jpg", "no annotation.xml", "broken.xml", "copy.png",
            "a web page.png", "truncated.png", "scaled.png", "inverted.xml",
            "line.xml", "outside.xml", "film 1.png",
        }  # fmt: skip

    def test_duplicates_name_the_other_image(self, bad):
        others = {f.id: f.other for f in bad.findings if f.other}
        assert others == {
            "copy": "good",
            "film 1": "film 2",
            "once": "once more",
        }

    def test_remarks_are_no_problems(self, bad):
        remarks = {f.kind for f in bad.findings} - {
            f.kind for f in bad.problems
        }
        assert remarks == {k for k, *_ in FOUND if not KINDS[k].is_problem}

    def test_labels_of_the_same_image_differ(self, bad):
        (text,) = (f.text for f in bad.findings if f.kind == "twice")
        assert text == "'once more' has the same pixels, but 2 objects, not 1"

    def test_nothing_in_a_good_folder(self, good):
        assert inspect_dataset(good).findings == []


class TestObjects:
    def test_those_with_problems_are_left_out(self, bad):
        images = set(bad.objects.images)
        assert images == {
            "good", "scaled", "inverted", "click", "twice", "both", "film 1",
            "once", "once more", MARKUP,
        }  # fmt: skip
        kept = bad.objects.images == "inverted"
        assert bad.objects.rows[kept].tolist() == [0]

    def test_boxes_are_in_units_of_the_image(self, bad):
        which = bad.objects.images == "good"
        expected = [[10 / 96, 5 / 64, 50 / 96, 45 / 64]]
        found = bad.objects.boxes[which][:1]
        np.testing.assert_allclose(found, expected, rtol=1e-6)


class TestAnchors:
    def test_suggested_ones_fit_better(self, good):
        inspection = inspect_dataset(good)
        assert inspection.input_size == (64, 96)
        default, suggested = inspection.choices
        assert default.sizes == SIZES != suggested.sizes
        assert len(default.fit.best_iou) == 60
        assert suggested.fit.best_iou.mean() > default.fit.best_iou.mean()

    def test_input_size_is_taken(self, good):
        assert inspect_dataset(good, (96, 96)).input_size == (96, 96)

    def test_of_many_images_some_are_matched(self, good, monkeypatch):
        monkeypatch.setattr("d2l_ssd.inspection.inspecting.MOST_MATCHED", 20)
        inspection = inspect_dataset(good)
        assert inspection.matched.sum() == 20
        assert len(inspection.choices[0].fit.positives) == 20

    def test_unreached_objects_are_those_of_the_matched_images(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("d2l_ssd.inspection.inspecting.MOST_MATCHED", 5)
        voc = BadVOC(tmp_path)
        for number in range(15):
            line = ("cat", (1, 60, 96, 62), {})
            voc.add(f"n{number:02}", [line, CAT] if number % 2 else [CAT, line])
        voc.add("judged", [CAT], "val")
        voc.write_lists()
        findings = inspect_dataset(tmp_path).findings
        found = {f.id: f.objects for f in findings if f.kind == "unreached"}
        assert found == {
            "n00": (1,), "n03": (0,), "n06": (1,), "n09": (0,), "n12": (1,),
        }  # fmt: skip


@pytest.mark.parametrize("kind", OBJECT_KINDS + IMAGE_KINDS + FOLDER_KINDS)
def test_whatever_a_reader_finds_has_a_word_of_advice(kind):
    assert KINDS[kind].is_problem and KINDS[kind].advice


class TestOtherFormats:
    def test_yolo(self, tmp_path):
        for folder in "images", "labels":
            (tmp_path / folder).mkdir()
        lines = "0 .5 .5 .2 .2\n7 .5 .5 .3 .3\n0 .9 .5 .4 .2\n"
        for number in range(4):
            image = encoded(blobs(number))
            (tmp_path / f"images/{number}.png").write_bytes(image)
            (tmp_path / f"labels/{number}.txt").write_text("0 .5 .5 .2 .2\n")
        (tmp_path / "labels/0.txt").write_text(lines)
        (tmp_path / "data.yaml").write_text("names: [cat]\n")
        inspection = inspect_dataset(tmp_path / "data.yaml")
        found = {(f.kind, f.id, *f.objects) for f in inspection.problems}
        assert found == {
            ("unknown class", "images/0.png", 1),
            ("outside box", "images/0.png", 2),
        }
        assert {*inspection.folder.splits} == {"train", "val", "test"}
        assert "labels/0.txt: line 2" in summarize(inspection)
        html = make_report(inspection)
        outside = html.partition('id="outside-box"')[2].partition("</section")[
            0
        ]
        assert outside.count('<rect class="odd"') == 1


class TestOddFolders:
    def test_no_image_can_be_read(self, tmp_path):
        voc = BadVOC(tmp_path)
        voc.add("a", [CAT], data=b"not an image")
        voc.write_lists()
        inspection = inspect_dataset(tmp_path)
        assert [f.kind for f in inspection.problems] == ["image"]
        assert inspection.choices == []

    def test_no_object_at_all(self, tmp_path):
        voc = BadVOC(tmp_path)
        voc.add("a", [])
        voc.write_lists()
        inspection = inspect_dataset(tmp_path)
        assert [f.kind for f in inspection.findings] == ["no object"]
        assert inspection.choices[-1].sizes == SIZES

    def test_hundreds_of_objects(self, tmp_path):
        boxes = [
            ("cat", (x, y, x + 3, y + 3), {})
            for x in range(1, 90, 4)
            for y in range(1, 60, 4)
        ]
        voc = BadVOC(tmp_path)
        voc.add("crowd", boxes)
        voc.write_lists()
        inspection = inspect_dataset(tmp_path)
        assert len(inspection.objects.boxes) == len(boxes) > 300
        assert inspection.problems == []

    def test_no_folder(self, tmp_path):
        with pytest.raises((ValueError, OSError), match="nowhere"):
            inspect_dataset(tmp_path / "nowhere")

    def test_lists_made_of_others_are_no_splits(self, good):
        lists = good / "ImageSets/Main"
        both = (lists / "train.txt").read_text() + (
            lists / "val.txt"
        ).read_text()
        (lists / "trainval.txt").write_text(both)
        assert inspect_dataset(good).findings == []
