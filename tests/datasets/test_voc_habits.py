"""One tool writes a folder: what some of its files show holds for all."""

import pickle
import warnings

import numpy as np
import pytest
from helpers.voc import CAT, DOG, annotation_xml, image_bytes, write_voc
from PIL import Image

from d2l_ssd.datasets import VOCDetection, check_files
from d2l_ssd.images import read_image

TO_THE_RIGHT, UPSIDE_DOWN = 6, 3


def photograph(folder, name, stored, labeled, orientation=TO_THE_RIGHT):
    """Write an image with a note of EXIF; sizes are (W, H)."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = folder / f"JPEGImages/{name}.jpg"
    path.write_bytes(image_bytes(size=stored, exif=exif))
    xml = annotation_xml([("cat", (2, 2, 9, 9), {})], labeled)
    (folder / f"Annotations/{name}.xml").write_text(xml)


@pytest.fixture(params=[(), ("cat", "dog")], ids=["no lists", "lists"])
def folder(tmp_path, request):
    """A folder of four images with a cat each, with lists per class or without."""
    images = {name: [CAT] for name in ("a1", "b2", "c3", "d4")}
    return write_voc(tmp_path / "own", images, classes=request.param)


class TestOrientation:
    """Photographs whose sizes tell say how the others were labeled."""

    @pytest.mark.parametrize(
        "sideways, as_stored",
        [
            pytest.param([], False, id="none tells"),
            pytest.param([(20, 40)], False, id="labeled upright"),
            pytest.param([(40, 20)], True, id="labeled as stored"),
            pytest.param([(40, 20), (20, 40)], False, id="both"),
            pytest.param([(9, 9)], False, id="another size"),
        ],
    )
    def test_of_a_folder(self, folder, sideways, as_stored):
        photograph(folder, "a1", (30, 30), (30, 30))
        photograph(folder, "b2", (40, 20), (40, 20), UPSIDE_DOWN)
        # Images that another split has tell as well
        (folder / "ImageSets/Main/train.txt").write_text("a1\nb2\n")
        for name, labeled in zip(("c3", "d4"), sideways):
            photograph(folder, name, (40, 20), labeled)
        data = VOCDetection(folder, "train", ["cat"])
        assert data.as_stored == as_stored
        for i in range(2):
            expected = read_image(data.image_path(i), upright=not as_stored)
            assert (data[i][0] == expected).all()
        words = "is passed over" if as_stored else "is applied"
        if not sideways or sideways[0] != (9, 9):
            with pytest.warns(UserWarning, match=rf"^2 images .*{words}"):
                check_files(data)

    def test_goes_to_workers(self, folder):
        photograph(folder, "a1", (30, 30), (30, 30))
        photograph(folder, "b2", (40, 20), (40, 20))
        data = pickle.loads(
            pickle.dumps(VOCDetection(folder, "train", ["cat"]))
        )
        assert data.as_stored

    def test_without_a_size(self, folder):
        photograph(folder, "a1", (40, 20), (0, 0))
        data = VOCDetection(folder, "train", ["cat"])
        assert data[0][0].shape == (40, 20, 3)
        photograph(folder, "b2", (40, 20), (40, 20))
        data = VOCDetection(folder, "train", ["cat"])
        assert data[0][0].shape == (20, 40, 3)
        check_files(data)


class TestCounting:
    def test_one_box_at_zero_counts_for_the_folder(self, folder):
        xml = annotation_xml([("cat", (0, 5, 20, 10), {})])
        (folder / "Annotations/d4.xml").write_text(xml)
        with pytest.warns(
            UserWarning, match=r"1 of 4 files .*'d4\.xml'.* counted from 0"
        ):
            labels = VOCDetection(folder, "train", ["cat"])[0][1]
        # CAT is written as 11, 6, 20, 15
        expected = np.float32([11 / 40, 6 / 20, 20 / 40, 15 / 20])
        assert (labels[0, 1:5] == expected).all()

    def test_no_word_where_none_does(self, folder):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            labels = VOCDetection(folder, "train", ["cat"])[0][1]
        assert labels[0, 1:5].tolist() == [0.25, 0.25, 0.5, 0.75]


@pytest.fixture
def many(tmp_path):
    """Write boxes of images, 640 by 480 pixels, and open the folder."""

    def write(boxes):
        images = {f"{i}": [("cat", box, {})] for i, box in enumerate(boxes)}
        root = write_voc(tmp_path, images, size=(640, 480), classes=())
        return VOCDetection(root, "train", None)

    return write


def test_boxes_over_the_edge_are_said(many):
    with pytest.warns(UserWarning, match=r"clipped: 1, in '0\.xml'$"):
        data = many([(9, 9, 640.5, 90), (5, 5, 640, 480)])
    assert (
        data[1][1][0, 1:3].tolist() == np.float32([4 / 640, 4 / 480]).tolist()
    )


PERCENT = [(12.5, 3.2, 50.1, 99.5), (1.5, 2.5, 30, 40), (60.1, 70, 100, 100)]


def test_percent_is_refused(many):
    with pytest.raises(ValueError, match="percent .* divide by 100"):
        many(PERCENT)


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param(PERCENT[:2], id="too few"),
        pytest.param([*PERCENT, (9, 9, 101, 60)], id="one beyond 100"),
        pytest.param(np.round(PERCENT).astype(int).tolist(), id="whole"),
        pytest.param(np.divide(PERCENT, 4).tolist(), id="one corner"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*reach to 0")
def test_pixels_are_not_percent(many, boxes):
    assert len(many(boxes)) == len(boxes)


class TestNames:
    def test_that_differ_in_case_are_said(self, tmp_path):
        images = {"a1": [CAT], "b2": [("Cat", *CAT[1:])], "c3": [DOG]}
        root = write_voc(tmp_path, images, classes=())
        with pytest.warns(
            UserWarning, match=r"classes: 'Cat' and 'cat'\. Corr"
        ):
            data = VOCDetection(root, None, None)
        assert data.classes == ("Cat", "cat", "dog")

    def test_that_look_the_same_are_one_class(self, tmp_path):
        names = "caf\u00e9", "cafe\u0301", " caf\u00e9\u200b"
        images = {f"{i}": [(n, *CAT[1:])] for i, n in enumerate(names)}
        for path in (tmp_path / "lists", tmp_path / "none"):
            write_voc(path, images, classes=())
        lists = tmp_path / "lists/ImageSets/Main"
        text = "".join(f"{i} 1\n" for i in images)
        (lists / f"{names[1]}_train.txt").write_text(text)
        for root in tmp_path / "lists", tmp_path / "none":
            for classes in None, names[:1], names[1:2]:
                data = VOCDetection(root, "train", classes)
                assert data.classes == names[:1] and len(data) == 3
                assert [len(labels) for _, labels in data] == [1, 1, 1]
