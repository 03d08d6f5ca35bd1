"""VOC folders: tiny ones, every way they can be wrong, and those of others."""

import pickle
import unicodedata
import warnings

import numpy as np
import pytest
from helpers.voc import (
    BIRD,
    CAT,
    COLORS,
    DOG,
    ODD_FOLDERS,
    annotation_xml,
    image_bytes,
    write_voc,
)
from PIL import Image

from d2l_ssd.datasets import VOCDetection
from d2l_ssd.images import read_image


@pytest.fixture
def voc(tmp_path):
    """A folder of two images with animals and two without."""
    images = {"a1": [CAT, DOG, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    return write_voc(tmp_path / "voc", images)


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
            FileNotFoundError,
            match=r"unicorn_train\.txt.* classes 'cat', 'dog'\. Names",
        ):
            VOCDetection(voc, "train", ["cat", "unicorn"], all_images)

    @pytest.mark.parametrize("all_images", [False, True])
    def test_unknown_split(self, voc, all_images):
        with pytest.raises(
            FileNotFoundError, match=r"Main/test\.txt.*'train'.*split=None"
        ):
            VOCDetection(voc, "test", all_images=all_images)

    def test_no_image(self, voc):
        (voc / "ImageSets/Main/cat_train.txt").write_text("a1 0\n")
        with pytest.raises(ValueError, match=r"voc: no image.*\['cat'\]"):
            VOCDetection(voc, "train", ["cat"])

    @pytest.mark.parametrize("text", ["", "\n", "a1 -1\nc3 -1\n"])
    def test_class_whose_list_has_no_image(self, voc, text):
        (voc / "ImageSets/Main/cat_train.txt").write_text(text)
        for all_images in False, True:
            with pytest.raises(
                ValueError,
                match=r"names that occur.*cat_train\.txt .* there are 'dog'\. ",
            ):
                VOCDetection(voc, "train", ["cat", "dog"], all_images)
        assert VOCDetection(voc, "train", None).classes == ("dog",)

    def test_class_that_only_another_list_has(self, voc):
        (voc / "ImageSets/Main/cat_train.txt").write_text("a1 -1\n")
        (voc / "ImageSets/Main/cat_val.txt").write_text("a1 0\n")
        data = VOCDetection(voc, "train", None)
        assert data.classes == ("cat", "dog") and data.ids == ["a1", "c3"]

    @pytest.mark.parametrize("line", ["a1 yes", "a1", "1", "a1 2"])
    def test_broken_list(self, voc, line):
        path = voc / "ImageSets/Main/cat_train.txt"
        path.write_text(f"c3 1\n{line}\n")
        with pytest.raises(ValueError, match=rf"cat_train\.txt.*'{line}'"):
            VOCDetection(voc, "train")

    def test_broken_list_of_another_class(self, voc):
        (voc / "ImageSets/Main/dog_train.txt").write_text("c3 1\na1\n")
        assert VOCDetection(voc, "train", ["cat"]).ids == ["a1"]

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

    def test_lists_in_utf_16(self, voc):
        lines = "a1\r\nd4\r\n".encode("utf-16")
        (voc / "ImageSets/Main/train.txt").write_bytes(lines)
        data = VOCDetection(voc, "train", ["cat"], all_images=True)
        assert data.ids == ["a1", "d4"]

    def test_tabs_before_flags(self, voc):
        path = voc / "ImageSets/Main/cat_train.txt"
        path.write_text("a1\t1\nb2\t-1\n")
        assert VOCDetection(voc, "train", ["cat"]).ids == ["a1"]

    def test_each_image_is_listed_once(self, voc):
        (voc / "ImageSets/Main/train.txt").write_text("a1\nb2\na1\n")
        data = VOCDetection(voc, "train", all_images=True)
        assert data.ids == ["a1", "b2"]

    def test_lists_may_hold_file_names(self, voc):
        (voc / "ImageSets/Main/train.txt").write_text("a1.jpg\nb2.PNG\na1\n")
        data = VOCDetection(voc, "train", all_images=True)
        assert data.ids == ["a1", "b2"]

    @pytest.mark.parametrize(
        "line", ["../a1", "/a1", "sub/a1", r"..\a1", "C:\\a1.jpg", '""']
    )
    def test_lists_do_not_leave_the_folder(self, voc, line):
        (voc / "ImageSets/Main/train.txt").write_text(f"b2\n{line}\n")
        with pytest.raises(
            ValueError, match=r"train\.txt: not the name of an image"
        ):
            VOCDetection(voc, "train", all_images=True)

    def test_empty_list(self, voc):
        (voc / "ImageSets/Main/train.txt").write_text("\n")
        with pytest.raises(ValueError, match=r"train\.txt: the list is empty"):
            VOCDetection(voc, "train", all_images=True)

    def test_splits_are_named_and_not_lists_per_class(self, voc):
        with pytest.raises(
            FileNotFoundError, match=r"test\.txt; the splits are 'train'\. "
        ):
            VOCDetection(voc, "test")

    def test_says_what_it_is(self, voc):
        data = VOCDetection(voc, "train")
        expected = f"VOCDetection('{voc}', 'train', ['cat', 'dog']): 2 images"
        assert repr(data) == expected

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

    def test_names_that_look_like_flags(self, tmp_path):
        root = write_voc(tmp_path, {"frame 0": [CAT], "frame 1": [CAT]}, "a")
        for path in (root / "ImageSets/Main").glob("*_a.txt"):
            path.unlink()
        (root / "ImageSets/Main/small_a.txt").write_text("frame 0\nframe 1\n")
        assert VOCDetection(root, "a", ["cat"]).ids == ["frame 0", "frame 1"]

    @pytest.mark.parametrize("listed, stored", [("NFC", "NFD"), ("NFD", "NFC")])
    def test_accents_of_other_systems(self, tmp_path, listed, stored):
        names = {
            f: unicodedata.normalize(f, "k\u00fche") for f in ("NFC", "NFD")
        }
        root = write_voc(tmp_path, {names[stored]: [CAT]}, classes=())
        path = root / "ImageSets/Main/train.txt"
        path.write_text(names[listed], encoding="utf-8")
        xml = root / f"Annotations/{names[stored]}.xml"
        xml.rename(root / f"Annotations/{names[listed]}.xml")
        for split in "train", None:
            assert len(VOCDetection(root, split, ["cat"])[0][1]) == 1


@pytest.fixture
def folder(tmp_path):
    """A folder as labeling tools write it: no list per class."""
    images = {"a1": [CAT, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    root = write_voc(tmp_path / "own", images, classes=())
    (root / "ImageSets/Main/val.txt").write_text("a1\n")
    return root


@pytest.mark.filterwarnings("ignore:.*are skipped")
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
            ValueError,
            match=r"is a 'Cat'; there are 'bird', 'cat', 'dog'\. .* case of",
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

    def test_all_bad_annotations_are_named_at_once(self, folder):
        bad = ("cat", (20, 1, 10, 9), {})
        for image_id in "a1", "c3":
            path = folder / f"Annotations/{image_id}.xml"
            path.write_text(annotation_xml([bad]))
        (folder / "Annotations/d4.xml").unlink()
        message = r"(?s)^3 bad files:\n.*a1\.xml.*inver.*c3\.xml.*not .*d4\.xml"
        with pytest.raises(ValueError, match=message):
            VOCDetection(folder, "train", ["cat"])

    def test_other_splits_may_be_broken(self, folder):
        (folder / "Annotations/d4.xml").write_text("<annotation>")
        assert VOCDetection(folder, "val", ["cat", "bird"]).ids == ["a1"]
        # It may have a class of its own, and then the numbers would change
        with pytest.raises(ValueError, match=r"d4\.xml: broken XML"):
            VOCDetection(folder, "val", None)

    def test_one_box_at_zero_counts_for_the_folder(self, folder):
        box = "dog", (0, 5, 20, 10.4), {}
        (folder / "Annotations/c3.xml").write_text(annotation_xml([box]))
        with pytest.warns(
            UserWarning, match=r"1 of 4 files .*'c3\.xml'.* counted from 0"
        ) as seen:
            data = VOCDetection(folder, "val", ["cat"])
        assert seen[0].filename == __file__
        # CAT is written as 11, 6, 20, 15
        expected = np.float32([11 / 40, 6 / 20, 20 / 40, 15 / 20])
        assert (data[0][1][0, 1:5] == expected).all()

    def test_files_of_the_system_are_left_out(self, folder):
        (folder / "Annotations/._a1.xml").write_bytes(b"\0\5\x16\7")
        (folder / "JPEGImages/._a1.jpg").write_bytes(b"\0\5\x16\7")
        assert len(VOCDetection(folder, None, None)) == 3

    def test_annotations_may_have_both_extensions(self, folder):
        old = folder / "Annotations/a1.xml"
        old.rename(folder / "Annotations/a1.jpg.xml")
        assert VOCDetection(folder, "val", ["cat"]).ids == ["a1"]
        assert "a1" in VOCDetection(folder, None, ["cat"]).ids

    def test_missing_annotation_stops_the_opening(self, folder):
        (folder / "Annotations/d4.xml").unlink()
        with pytest.raises(FileNotFoundError, match=r"annotation.*d4\.xml"):
            VOCDetection(folder, "train")


class TestSkipped:
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
    @pytest.mark.parametrize(
        "extension", ["JPG", "jpeg", "png", "PNG", "jfif", "bmp", "webp", "gif"]
    )
    def test_extensions(self, voc, extension):
        old = voc / "JPEGImages/a1.jpg"
        if extension.lower() == "png":
            old.write_bytes(image_bytes(kind="PNG"))
        old.rename(voc / f"JPEGImages/a1.{extension}")
        data = VOCDetection(voc, "train")
        assert data.image_path(0).name == f"a1.{extension}"
        assert data[0][0].shape == (20, 40, 3)

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


@pytest.mark.filterwarnings("ignore:.*counted from 0")
@pytest.mark.parametrize("write", ODD_FOLDERS, ids=lambda f: f.__name__)
def test_folders_as_people_have_them(tmp_path, write):
    """Every object is where the image shows its color."""
    expected = write(tmp_path)
    data = VOCDetection(tmp_path, None, classes=None)
    assert data.classes == tuple(
        sorted({o[0] for o in sum(expected.values(), [])})
    )
    assert {data.image_path(i).name for i in range(len(data))} == {*expected}
    for i, (image, labels) in enumerate(data):
        height, width = image.shape[:2]
        objects = expected[data.image_path(i).name]
        assert [data.classes[int(c)] for c in labels[:, 0]] == [
            name for name, *_ in objects
        ]
        for row, (name, *box) in zip(labels, objects):
            found = row[1:5] * [width, height, width, height]
            np.testing.assert_allclose(found, box, atol=1)
            xmin, ymin, xmax, ymax = found.round().astype(int)
            inside = image[ymin + 1 : ymax - 1, xmin + 1 : xmax - 1]
            np.testing.assert_allclose(
                inside - np.array(COLORS[name], int), 0, atol=30
            )
    listed = [VOCDetection(tmp_path, s, None) for s in ("train", "val")]
    assert sorted(listed[0].ids + listed[1].ids) == data.ids
