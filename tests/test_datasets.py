"""VOC folders: tiny ones, every way they can be wrong, and those of others."""

import pickle
import warnings

import numpy as np
import pytest
from helpers.voc import BIRD, CAT, DOG, annotation_xml, image_bytes, write_voc
from PIL import Image

from d2l_ssd.datasets import VOC_CLASSES, VOCDetection, read_voc_annotation
from d2l_ssd.images import read_image


@pytest.fixture
def voc(tmp_path):
    """A folder of two images with animals and two without."""
    images = {"a1": [CAT, DOG, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    return write_voc(tmp_path / "voc", images)


class TestAnnotation:
    def test_voc_classes_are_the_20_in_order(self):
        assert len(VOC_CLASSES) == 20
        assert list(VOC_CLASSES) == sorted(VOC_CLASSES)
        assert VOC_CLASSES[7] == "cat" and VOC_CLASSES[11] == "dog"

    def test_by_hand(self, voc):
        path = voc / "Annotations/a1.xml"
        labels, truncated, size = read_voc_annotation(path, ["cat", "dog"])
        # 11 to 20 of 40 pixels, counted from 1: the second quarter
        expected = [[0, 0.25, 0.25, 0.5, 0.75, 1], [1, 0, 0, 1, 1, 0]]
        assert labels.tolist() == expected
        assert labels.dtype == np.float32
        assert truncated.tolist() == [False, True]
        assert size == (20, 40)

    def test_classes_number_the_labels(self, voc):
        path = voc / "Annotations/a1.xml"
        labels = read_voc_annotation(path, ["bird", "dog", "cow"]).labels
        assert labels[:, 0].tolist() == [1, 0]

    def test_own_class_outside_voc(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("okapi", (1, 1, 2, 2), {})]))
        assert len(read_voc_annotation(path, ["okapi"]).labels) == 1

    def test_no_object(self, voc):
        path = voc / "Annotations/b2.xml"
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels.shape == (0, 6) and labels.dtype == np.float32
        assert truncated.shape == (0,) and truncated.dtype == bool

    def test_absent_flags_mean_no(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (1, 1, 2, 2), {})]))
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels[0, 5] == 0 and not truncated[0]

    def test_empty_flags_mean_no(self, tmp_path):
        path = tmp_path / "x.xml"
        flags = {"difficult": "", "truncated": " "}
        path.write_text(annotation_xml([("cat", (1, 1, 2, 2), flags)]))
        labels, truncated, _ = read_voc_annotation(path, ["cat"])
        assert labels[0, 5] == 0 and not truncated[0]

    def test_ignored_classes_are_a_choice(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([CAT, ("okapi", (1, 1, 2, 2), {})]))
        labels = read_voc_annotation(path, ["cat"], ignored=["okapi"]).labels
        assert len(labels) == 1
        with pytest.raises(ValueError, match=r"x\.xml.*unknown class 'cat'"):
            read_voc_annotation(path, ["okapi"], ignored=[])

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_encodings(self, tmp_path, encoding):
        path = tmp_path / "x.xml"
        label = encoding.removesuffix("-sig")
        xml = annotation_xml([CAT]).replace("x.jpg", "\u00fc.jpg")
        xml = f'<?xml version="1.0" encoding="{label}"?>\r\n{xml}'
        path.write_bytes(xml.encode(encoding))
        assert len(read_voc_annotation(path, ["cat"]).labels) == 1

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities_are_refused(self, tmp_path, encoding):
        path = tmp_path / "bomb.xml"
        entity = '<!DOCTYPE annotation [<!ENTITY n "cat">]>'
        xml = entity + annotation_xml([CAT]).replace(">cat<", ">&n;<")
        path.write_bytes(xml.encode(encoding))
        with pytest.raises(ValueError, match=r"bomb\.xml.*DOCTYPE"):
            read_voc_annotation(path, ["cat"])

    def test_parts_of_an_object_are_no_objects(self, tmp_path):
        part = "<part><name>head</name><bndbox><xmin>9</xmin></bndbox></part>"
        xml = annotation_xml([("person", (1, 1, 20, 20), {})])
        path = tmp_path / "x.xml"
        path.write_text(xml.replace("<name>person", part + "<name>person"))
        labels = read_voc_annotation(path, ["person"]).labels
        assert labels.tolist() == [[0, 0, 0, 0.5, 1, 0]]

    def test_fractions_of_pixels(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (1.5, 1, 20.5, 10), {})]))
        labels = read_voc_annotation(path, ["cat"]).labels
        expected = [0.0125, 0, 0.5125, 0.5]
        np.testing.assert_allclose(labels[0, 1:5], expected, rtol=1e-6)

    def test_one_pixel_is_a_box(self, tmp_path):
        path = tmp_path / "x.xml"
        path.write_text(annotation_xml([("cat", (40, 20, 40, 20), {})]))
        labels = read_voc_annotation(path, ["cat"]).labels
        np.testing.assert_allclose(
            labels[0, 1:5], [0.975, 0.95, 1, 1], rtol=1e-6
        )

    @pytest.mark.parametrize(
        "box, words",
        [
            pytest.param((20, 1, 10, 10), "inverted", id="xmax under xmin"),
            pytest.param((1, 10, 10, 2), "inverted", id="ymax under ymin"),
            pytest.param((5, 5, 4, 9), "empty", id="no pixel wide"),
            pytest.param((0, 1, 10, 10), "outside", id="xmin 0"),
            pytest.param((1, 0, 10, 10), "outside", id="ymin 0"),
            pytest.param((1, 1, 41, 10), "outside", id="xmax over width"),
            pytest.param((1, 1, 40, 21), "outside", id="ymax over height"),
            pytest.param((50, 1, 60, 10), "outside", id="far outside"),
            pytest.param((-9, 1, 60, 10), "outside", id="larger than all"),
            pytest.param(("x", 1, 9, 9), "<xmin> is not a number", id="text"),
            pytest.param((1, "nan", 9, 9), "<ymin> is not a number", id="NaN"),
            pytest.param((1, 1, "inf", 9), "<xmax> is not a number", id="inf"),
            pytest.param((1, 1, 9, ""), "has no <ymax>", id="blank"),
            pytest.param((1, 1, 9), "has no <ymax>", id="no ymax"),
        ],
    )
    @pytest.mark.parametrize("name", ["cat", "bird"])
    def test_bad_box(self, tmp_path, name, box, words):
        path = tmp_path / "bad.xml"
        path.write_text(annotation_xml([CAT, (name, box, {})]))
        with pytest.raises(ValueError, match=f"bad.xml.*{words}"):
            read_voc_annotation(path, ["cat", "dog"])

    @pytest.mark.parametrize(
        "change, words",
        [
            pytest.param(("</annotation>", ""), "broken XML", id="cut"),
            pytest.param(("<name>", "<nom>"), "broken XML", id="tag unclosed"),
            pytest.param(("name>", "nom>"), "has no <name>", id="no name"),
            pytest.param(("size>", "sice>"), "has no <size>", id="no size"),
            pytest.param(("width>", "w>"), "has no <width>", id="no width"),
            pytest.param(("height>", "h>"), "has no <height>", id="no height"),
            pytest.param(("<width>40", "<width>0"), "size is 0 x 20", id="0"),
            pytest.param(("bndbox>", "b>"), "has no <bndbox>", id="no box"),
            pytest.param(("xmin>", "x>"), "has no <xmin>", id="no xmin"),
            pytest.param((">cat<", ">lynx<"), "class 'lynx'", id="unknown"),
            pytest.param((">cat<", "> <"), "has no <name>", id="blank name"),
            pytest.param(
                ("<difficult>1", "<difficult>maybe"),
                "<difficult> must be 0 or 1",
                id="flag",
            ),
        ],
    )
    def test_bad_xml(self, tmp_path, change, words):
        path = tmp_path / "bad.xml"
        path.write_text(annotation_xml([CAT]).replace(*change))
        with pytest.raises(ValueError, match=f"bad.xml.*{words}"):
            read_voc_annotation(path, ["cat", "dog"])

    def test_empty_file(self, tmp_path):
        (tmp_path / "bad.xml").touch()
        with pytest.raises(ValueError, match="bad.xml: broken XML"):
            read_voc_annotation(tmp_path / "bad.xml", ["cat"])

    def test_missing_file(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="annotation.*gone.xml"):
            read_voc_annotation(tmp_path / "gone.xml", ["cat"])

    @pytest.mark.parametrize(
        "classes, words",
        [
            (["cat", "dog", "cat"], "repeat"),
            ([], "list of names"),
            ("cat", "list of names"),
        ],
    )
    def test_bad_classes(self, voc, classes, words):
        with pytest.raises(ValueError, match=f"classes must .*{words}"):
            read_voc_annotation(voc / "Annotations/a1.xml", classes)
        with pytest.raises(ValueError, match=f"classes must .*{words}"):
            VOCDetection(voc, "train", classes)


class TestVOCDetection:
    def test_keeps_images_of_the_classes(self, voc):
        data = VOCDetection(voc, "train")
        assert data.ids == ["a1", "c3"] and len(data) == 2
        assert VOCDetection(voc, "train", ["cat"]).ids == ["a1"]

    def test_keeps_all_images_if_asked(self, voc):
        data = VOCDetection(voc, "train", all_images=True)
        assert data.ids == ["a1", "b2", "c3", "d4"]
        assert [len(data[i][1]) for i in range(4)] == [2, 0, 1, 0]

    def test_only_flag_1_is_kept(self, voc):
        # VOC writes 0 where the class is there but difficult
        lines = "a1  0\nb2 -1\nc3  1\nd4 -1\n"
        (voc / "ImageSets/Main/dog_train.txt").write_text(lines)
        assert VOCDetection(voc, "train", ["dog"]).ids == ["c3"]

    def test_item(self, voc):
        image, labels = VOCDetection(str(voc), "train")[0]
        assert image.shape == (20, 40, 3) and image.dtype == np.uint8
        assert labels[:, 0].tolist() == [0, 1]
        assert (image == read_image(voc / "JPEGImages/a1.jpg")).all()

    def test_iterates_to_its_end(self, voc):
        assert len(list(VOCDetection(voc, "train"))) == 2

    def test_reads_as_asked_for(self, voc):
        data = VOCDetection(voc, "train")
        (voc / "JPEGImages/c3.jpg").unlink()
        assert len(data[0][1]) == 2
        assert data.annotation(1).size == (20, 40)
        with pytest.raises(FileNotFoundError, match="c3.jpg"):
            data[1]

    def test_missing_annotation(self, voc):
        (voc / "Annotations/a1.xml").unlink()
        with pytest.raises(FileNotFoundError, match="a1.xml"):
            VOCDetection(voc, "train")[0]

    def test_image_and_annotation_differ_in_size(self, voc):
        path = voc / "Annotations/a1.xml"
        path.write_text(annotation_xml([CAT], size=(20, 40)))
        with pytest.raises(ValueError, match=r"a1.jpg.*\(20, 40\)"):
            VOCDetection(voc, "train")[0]

    def test_pickles(self, voc):
        data = pickle.loads(pickle.dumps(VOCDetection(voc, "train")))
        assert data.ids == ["a1", "c3"] and data[0][0].shape == (20, 40, 3)

    def test_wrong_root(self, voc):
        with pytest.raises(FileNotFoundError, match="JPEGImages.*elsewhere"):
            VOCDetection(voc / "elsewhere", "train")

    @pytest.mark.parametrize("all_images", [False, True])
    def test_class_without_a_list(self, voc, all_images):
        with pytest.raises(
            FileNotFoundError, match=r"unicorn_train\.txt.* classes cat, dog$"
        ):
            VOCDetection(voc, "train", ["cat", "unicorn"], all_images)

    @pytest.mark.parametrize("all_images", [False, True])
    def test_unknown_split(self, voc, all_images):
        with pytest.raises(
            FileNotFoundError, match=r"Main/test\.txt.*'train'.*split=None"
        ):
            VOCDetection(voc, "test", all_images=all_images)

    def test_no_image(self, voc):
        path = voc / "ImageSets/Main/cat_train.txt"
        for text in "", "\n", "a1 -1\n":
            path.write_text(text)
            with pytest.raises(ValueError, match=r"voc: no image.*\['cat'\]"):
                VOCDetection(voc, "train", ["cat"])

    @pytest.mark.parametrize("line", ["a1 yes", "a1", "1", "a1 2"])
    def test_broken_list(self, voc, line):
        path = voc / "ImageSets/Main/cat_train.txt"
        path.write_text(f"c3 1\n{line}\n")
        with pytest.raises(ValueError, match=rf"cat_train\.txt.*'{line}'"):
            VOCDetection(voc, "train")

    def test_missing_images_are_named_when_it_is_opened(self, voc):
        (voc / "JPEGImages/c3.jpg").unlink()
        with pytest.raises(
            FileNotFoundError, match=r"JPEGImages lacks 1 of 2 images.*'c3'"
        ):
            VOCDetection(voc, "train")

    def test_lists_that_windows_wrote(self, voc):
        main = voc / "ImageSets/Main"
        mark = b"\xef\xbb\xbf"
        (main / "cat_train.txt").write_bytes(mark + b"a1  1\r\nb2 -1\r\n\r\n")
        (main / "train.txt").write_bytes(mark + b"a1  \r\nd4\r\n \r\n")
        assert VOCDetection(voc, "train", ["cat"]).ids == ["a1"]
        everything = VOCDetection(voc, "train", ["cat"], all_images=True)
        assert everything.ids == ["a1", "d4"]

    def test_list_in_another_encoding(self, voc):
        (voc / "ImageSets/Main/train.txt").write_bytes("a1ü".encode("latin-1"))
        with pytest.raises(ValueError, match=r"train\.txt: not text in UTF-8"):
            VOCDetection(voc, "train", all_images=True)

    @pytest.mark.parametrize("quote", ["", '"'])
    def test_names_with_blanks(self, tmp_path, quote):
        images = {"frame 0": [CAT], "frame 1": [DOG], "shot 1.5": [CAT]}
        voc = write_voc(tmp_path, images)
        names = "".join(f"{quote}{name}{quote}\n" for name in images)
        (voc / "ImageSets/Main/train.txt").write_text(names)
        everything = VOCDetection(voc, "train", all_images=True)
        assert everything.ids == list(images)
        assert len(everything[1][1]) == 1
        assert VOCDetection(voc, "train", ["dog"]).ids == ["frame 1"]


@pytest.fixture
def folder(tmp_path):
    """A folder as labeling tools write it: no list per class."""
    images = {"a1": [CAT, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    root = write_voc(tmp_path / "own", images, classes=())
    (root / "ImageSets/Main/val.txt").write_text("a1\n")
    return root


@pytest.mark.filterwarnings("ignore:.*are passed over")
class TestFoldersWithoutListsPerClass:
    def test_annotations_say_which_images_show_the_classes(self, folder):
        assert VOCDetection(folder, "train", ["dog", "bird"]).ids == [
            "a1",
            "c3",
            "d4",
        ]
        assert VOCDetection(folder, "train").ids == ["a1", "c3"]

    def test_all_images(self, folder):
        data = VOCDetection(folder, "train", all_images=True)
        assert data.ids == ["a1", "b2", "c3", "d4"]
        assert [len(labels) for _, labels in data] == [1, 0, 1, 0]

    @pytest.mark.parametrize("split", ["train", "val", None])
    def test_none_takes_the_classes_of_the_folder(self, folder, split):
        # Of the folder, not of the split: a class has one number everywhere
        data = VOCDetection(folder, split, classes=None)
        assert data.classes == ("bird", "cat", "dog")
        assert data[0][1][:, 0].tolist() == [1, 0]

    def test_none_takes_the_classes_of_the_lists(self, voc):
        data = VOCDetection(voc, "train", classes=None)
        assert data.classes == ("cat", "dog") and data.ids == ["a1", "c3"]

    def test_none_finds_no_class(self, tmp_path):
        root = write_voc(tmp_path, {"a1": []}, classes=())
        with pytest.raises(ValueError, match="Annotations has none"):
            VOCDetection(root, "train", classes=None)

    def test_no_list_at_all(self, folder):
        for path in (folder / "ImageSets/Main").iterdir():
            path.unlink()
        (folder / "ImageSets/Main").rmdir()
        (folder / "ImageSets").rmdir()
        # An image that nobody has labeled belongs to no data set
        (folder / "JPEGImages/e5.jpg").write_bytes(image_bytes())
        data = VOCDetection(folder, None, all_images=True)
        assert data.ids == ["a1", "b2", "c3", "d4"]
        with pytest.raises(FileNotFoundError, match="split=None takes all"):
            VOCDetection(folder, "train")

    def test_a_list_whose_name_ends_like_a_split_is_no_class(self, folder):
        (folder / "ImageSets/Main/small_train.txt").write_text("a1\n")
        assert VOCDetection(folder, "train", None).classes[0] == "bird"
        assert VOCDetection(folder, "small_train").ids == ["a1"]

    @pytest.mark.parametrize("all_images", [False, True])
    def test_class_that_never_occurs(self, folder, all_images):
        with pytest.raises(
            ValueError, match=r"is a 'Cat'; there are 'bird', 'cat', 'dog'$"
        ):
            VOCDetection(folder, "train", ["Cat", "dog"], all_images)

    def test_class_that_only_another_split_has(self, folder):
        data = VOCDetection(folder, "val", ["cat", "dog"])
        assert data.ids == ["a1"] and data[0][1][:, 0].tolist() == [0]
        with pytest.raises(ValueError, match=r"'val' shows one.*\['dog'\]"):
            VOCDetection(folder, "val", ["dog"])

    def test_names_with_capitals_and_blanks(self, tmp_path):
        hat = "\n  Hard Hat ", (1, 1, 9, 9), {}
        root = write_voc(tmp_path, {"a1": [hat]}, classes=())
        data = VOCDetection(root, "train", classes=None)
        assert data.classes == ("Hard Hat",) and len(data[0][1]) == 1

    def test_missing_annotation_stops_the_opening(self, folder):
        (folder / "Annotations/d4.xml").unlink()
        with pytest.raises(FileNotFoundError, match=r"annotation.*d4\.xml"):
            VOCDetection(folder, "train")


class TestPassedOver:
    def test_other_classes_are_named(self, folder):
        with pytest.warns(
            UserWarning, match="Annotations: .*: 'bird'$"
        ) as seen:
            VOCDetection(folder, "train")
        assert seen[0].filename == __file__

    def test_no_word_where_nothing_is(self, folder):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            VOCDetection(folder, "train", ["cat", "dog", "bird"])

    def test_misspelled_name_beside_lists_is_an_error(self, voc):
        path = voc / "Annotations/c3.xml"
        path.write_text(path.read_text().replace("dog", "dgo"))
        with pytest.raises(
            ValueError, match=r"c3\.xml: unknown class 'dgo'.*'dog'.*add"
        ):
            VOCDetection(voc, "train").annotation(1)


class TestImageFiles:
    @pytest.mark.parametrize("extension", ["JPG", "jpeg", "png", "PNG", "Jpg"])
    def test_extensions(self, voc, extension):
        old = voc / "JPEGImages/a1.jpg"
        if extension.lower() == "png":
            old.write_bytes(image_bytes(kind="PNG"))
        old.rename(voc / f"JPEGImages/a1.{extension}")
        data = VOCDetection(voc, "train")
        assert data.image_path(0).name == f"a1.{extension}"
        assert data[0][0].shape == (20, 40, 3)

    def test_jpg_counts_before_png(self, voc):
        (voc / "JPEGImages/a1.PNG").write_bytes(b"a mask")
        assert VOCDetection(voc, "train").image_path(0).name == "a1.jpg"

    def test_other_files_are_none(self, voc):
        (voc / "JPEGImages/a1.jpg").rename(voc / "JPEGImages/a1.txt")
        with pytest.raises(FileNotFoundError, match="'a1'"):
            VOCDetection(voc, "train")

    @pytest.mark.parametrize("size", [(20, 40), (40, 20)])
    def test_boxes_fit_a_turned_photograph_or_the_file(self, voc, size):
        # Programs differ: some label what EXIF shows, some what is stored
        exif = Image.Exif()
        exif[0x0112] = 6
        path = voc / "JPEGImages/a1.jpg"
        path.write_bytes(image_bytes(exif=exif))
        box = (1, 1, 20, 20)
        xml = annotation_xml([("cat", box, {})], size)
        (voc / "Annotations/a1.xml").write_text(xml)
        image, _ = VOCDetection(voc, "train")[0]
        assert image.shape == (*size[::-1], 3)
        assert (image == read_image(path, upright=size == (20, 40))).all()
