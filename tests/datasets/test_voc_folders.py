"""Which files of a folder belong together, and what to say where none do."""

import re

import pytest
from helpers.voc import CAT, DOG, annotation_xml, image_bytes, write_voc

from d2l_ssd.datasets import VOCDetection, check_files


@pytest.fixture
def folder(tmp_path):
    """A folder of two images, without lists per class."""
    images = {"a1": [CAT], "b2": [DOG]}
    return write_voc(tmp_path / "sets" / "own", images, classes=())


def annotate(folder, name, file, objects=(CAT,)):
    """Write an annotation that names a file."""
    xml = annotation_xml(objects, file=file)
    (folder / "Annotations" / name).write_text(xml)


def open_folder(folder):
    return VOCDetection(folder, "train", None)


class TestSeveralFilesOfAnImage:
    @pytest.mark.parametrize(
        "written, expected",
        [
            pytest.param("a1.jpg", "a1.jpg", id="jpg"),
            pytest.param("a1.PNG", "a1.PNG", id="png"),
            pytest.param("A1.png", "a1.PNG", id="in another case"),
            pytest.param("C:\\photos\\a1.PNG", "a1.PNG", id="path of Windows"),
            pytest.param("/home/me/a1.jpg", "a1.jpg", id="path"),
            pytest.param("renamed since.PNG", "a1.PNG", id="extension alone"),
        ],
    )
    def test_file_name_in_the_annotation_decides(
        self, folder, written, expected
    ):
        (folder / "JPEGImages/a1.PNG").write_bytes(image_bytes(7, kind="PNG"))
        annotate(folder, "a1.xml", written)
        assert open_folder(folder).image_path(0).name == expected

    def test_decides_between_cases_of_letters(self, folder):
        (folder / "JPEGImages/a1.JPG").write_bytes(image_bytes(7))
        annotate(folder, "a1.xml", "a1.JPG")
        assert open_folder(folder).image_path(0).name == "a1.JPG"

    @pytest.mark.parametrize("written", ["", "a1", "a1.bmp", "other"])
    @pytest.mark.parametrize("classes", [(), ("cat", "dog")])
    def test_both_are_listed_where_it_does_not(self, folder, written, classes):
        write_voc(folder, {"a1": [CAT], "b2": [DOG]}, classes=classes)
        (folder / "JPEGImages/a1.png").write_bytes(image_bytes(7, kind="PNG"))
        annotate(folder, "a1.xml", written)
        with pytest.raises(
            ValueError, match=r"1 bad file:\n.*'a1\.jpg' and 'a1\.png' have"
        ):
            VOCDetection(folder, "train")

    def test_two_annotations_must_agree(self, folder):
        first = folder / "Annotations/a1.xml"
        (folder / "Annotations/a1.jpg.xml").write_bytes(first.read_bytes())
        assert open_folder(folder).ids == ["a1", "b2"]
        annotate(folder, "a1.jpg.xml", "a1.jpg", [DOG])
        with pytest.raises(
            ValueError, match=r"'a1\.xml' and 'a1\.jpg\.xml' annotate the same"
        ):
            open_folder(folder)

    def test_two_images_with_an_annotation_each(self, folder):
        (folder / "JPEGImages/a1.png").write_bytes(image_bytes(7, kind="PNG"))
        (folder / "Annotations/a1.xml").unlink()
        annotate(folder, "a1.jpg.xml", "a1.jpg")
        annotate(folder, "a1.png.xml", "a1.png")
        with pytest.raises(ValueError, match=r"'a1\.jpg\.xml' and 'a1\.png"):
            VOCDetection(folder, None, None)


class TestRoot:
    @pytest.mark.parametrize(
        "asked", [".", "..", "own/JPEGImages", "own/ImageSets/Main"]
    )
    def test_folder_above_or_below_is_named(self, folder, asked):
        with pytest.raises(
            FileNotFoundError, match=f"pass {re.escape(str(folder))}$"
        ):
            open_folder((folder.parent / asked).resolve())

    def test_no_folder(self, folder):
        with pytest.raises(FileNotFoundError, match="gone, which is no folder"):
            open_folder(folder / "gone")

    def test_case_of_letters(self, folder):
        (folder / "Annotations").rename(folder / "annotations")
        with pytest.raises(FileNotFoundError, match="rename annotations/"):
            open_folder(folder)

    def test_home(self, folder, monkeypatch):
        monkeypatch.setenv("HOME", str(folder.parent))
        monkeypatch.setenv("USERPROFILE", str(folder.parent))
        assert open_folder("~/own").root == folder

    def test_images_and_annotations_side_by_side(self, tmp_path):
        export = tmp_path / "export"
        for split in "train", "valid":
            (export / split).mkdir(parents=True)
            for name in "a_jpg.rf.1", "b_jpg.rf.2":
                path = export / split / f"{name}.jpg"
                path.write_bytes(image_bytes())
                path.with_suffix(".xml").write_text(annotation_xml([CAT]))
        data = VOCDetection(export / "valid", None, ["cat"])
        check_files(data)
        assert data.ids == ["a_jpg.rf.1", "b_jpg.rf.2"]
        with pytest.raises(
            FileNotFoundError, match=r"export/train, .*valid: open each with"
        ):
            VOCDetection(export, "train")


class TestMissing:
    @pytest.mark.parametrize(
        "line, words",
        [
            pytest.param("A1", "there is 'a1', and names must", id="case"),
            pytest.param("# mine", "without comments", id="comment"),
            pytest.param(
                "a1,cat", "without comments and further col", id="CSV"
            ),
        ],
    )
    def test_image_of_a_line(self, folder, line, words):
        (folder / "ImageSets/Main/train.txt").write_text(f"b2\n{line}\n")
        for _ in range(2):
            with pytest.raises(FileNotFoundError, match=words):
                open_folder(folder)
            annotate(folder, f"{line}.xml", "x.jpg")

    def test_annotation_in_another_case(self, folder):
        xml = folder / "Annotations/a1.xml"
        xml.rename(folder / "Annotations/A1.xml")
        with pytest.raises(FileNotFoundError, match=r"a1\.xml; there is 'A1'"):
            open_folder(folder)

    @pytest.mark.parametrize(
        "name, data, words",
        [
            pytest.param(
                "a1.heic",
                b"\0\0\0\x18ftypheic",
                "a HEIC or AVIF image",
                id="HEIC",
            ),
            pytest.param(
                "a1.tif", b"II*\0", "a TIFF image; convert", id="TIFF"
            ),
            pytest.param("a1.raw", b"?", "'a1.raw' is none of", id="unknown"),
        ],
    )
    def test_image_of_another_format(self, folder, name, data, words):
        (folder / "JPEGImages/a1.jpg").unlink()
        (folder / "JPEGImages" / name).write_bytes(data)
        with pytest.raises(FileNotFoundError, match=words):
            open_folder(folder)


@pytest.mark.parametrize("extension", [".jpg", ".xml", ".XML"])
def test_lists_may_name_files(folder, extension):
    path = folder / "ImageSets/Main/train.txt"
    path.write_text(f"a1{extension}\nb2{extension}\n")
    assert open_folder(folder).ids == ["a1", "b2"]
