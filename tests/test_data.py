"""Data: a tiny folder in VOC's layout, every way it can be wrong, batches."""

import functools
import hashlib
import http.server
import io
import pickle
import re
import subprocess
import sys
import tarfile
import threading

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import d2l_ssd.data
from d2l_ssd.data import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    VOC_CLASSES,
    EpochSampler,
    InputDataset,
    VOCDetection,
    crop,
    download,
    download_voc2012,
    flip,
    load_data_toy,
    load_data_voc_detection,
    pad_labels,
    random_flip,
    read_image,
    read_voc_annotation,
    stack_batch,
    to_input,
)

CAT = "cat", (11, 6, 20, 15), {"difficult": 1, "truncated": 0}
DOG = "dog", (1, 1, 40, 20), {"difficult": 0, "truncated": 1}
BIRD = "bird", (3, 3, 4, 4), {}


def object_xml(name, box, flags):
    flags = "".join(f"<{tag}>{value}</{tag}>" for tag, value in flags.items())
    corners = zip(("xmin", "ymin", "xmax", "ymax"), box)
    corners = "".join(f"<{tag}>{value}</{tag}>" for tag, value in corners)
    return (
        f"<object><name>{name}</name>{flags}<bndbox>{corners}</bndbox></object>"
    )


def annotation_xml(objects, size=(40, 20)):
    width, height = size
    return (
        "<annotation><filename>x.jpg</filename>"
        f"<size><width>{width}</width><height>{height}</height></size>"
        + "".join(object_xml(*o) for o in objects)
        + "</annotation>"
    )


def write_voc(root, images, split="train", size=(40, 20)):
    """Write images, {id: objects}, and their lists in VOC's layout."""
    for folder in "JPEGImages", "Annotations", "ImageSets/Main":
        (root / folder).mkdir(parents=True, exist_ok=True)
    for number, (image_id, objects) in enumerate(images.items()):
        rng = np.random.default_rng(number)
        image = rng.integers(256, size=(size[1], size[0], 3), dtype=np.uint8)
        cv2.imwrite(str(root / f"JPEGImages/{image_id}.jpg"), image)
        xml = annotation_xml(objects, size)
        (root / f"Annotations/{image_id}.xml").write_text(xml)
    lists = root / "ImageSets/Main"
    (lists / f"{split}.txt").write_text("".join(f"{i}\n" for i in images))
    for name in "cat", "dog":
        flags = {i: any(o[0] == name for o in images[i]) for i in images}
        lines = [f"{i} {1 if flag else -1:2d}\n" for i, flag in flags.items()]
        (lists / f"{name}_{split}.txt").write_text("".join(lines))
    return root


@pytest.fixture
def voc(tmp_path):
    """A folder of two images with animals and two without."""
    images = {"a1": [CAT, DOG, BIRD], "b2": [], "c3": [DOG], "d4": [BIRD]}
    return write_voc(tmp_path / "voc", images)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A folder of 13 training and 5 validation images, some without object."""
    root = tmp_path_factory.mktemp("many") / "voc"
    kinds = [[CAT], [CAT, DOG, DOG], [], [BIRD], [DOG]]
    for split, count in ("train", 13), ("val", 5):
        images = {f"{split}{i:02d}": kinds[i % 5] for i in range(count)}
        write_voc(root, images, split)
    return root


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


class TestImage:
    def test_colours_are_red_green_blue(self, tmp_path):
        blue = np.zeros((16, 16, 3), dtype=np.uint8)
        blue[..., 0] = 255  # OpenCV writes blue, green, red
        cv2.imwrite(str(tmp_path / "blue.jpg"), blue)
        image = read_image(tmp_path / "blue.jpg")
        assert image.shape == (16, 16, 3) and image.dtype == np.uint8
        np.testing.assert_allclose(image[8, 8], [0, 0, 255], atol=3)

    def test_grey_jpeg_becomes_three_colours(self, tmp_path):
        cv2.imwrite(str(tmp_path / "grey.jpg"), np.full((8, 9), 70, np.uint8))
        assert read_image(tmp_path / "grey.jpg").shape == (8, 9, 3)

    def test_rotation_tag_is_not_applied(self, tmp_path):
        from PIL import Image

        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by 90 degrees
        Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
        assert read_image(tmp_path / "turned.jpg").shape == (20, 40, 3)

    @pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.95, 0.999])
    @pytest.mark.parametrize("progressive", [False, True])
    def test_truncated(self, tmp_path, kept, progressive):
        image = np.random.default_rng(0).integers(256, size=(64, 64, 3))
        settings = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
        data = cv2.imencode(".jpg", image, settings)[1].tobytes()
        path = tmp_path / "cut.jpg"
        path.write_bytes(data)
        assert read_image(path).shape == (64, 64, 3)
        path.write_bytes(data[: int(kept * len(data))])
        with pytest.raises(ValueError, match="cut.jpg: truncated JPEG"):
            read_image(path)

    def test_truncated_after_a_whole_thumbnail(self, tmp_path):
        data = cv2.imencode(".jpg", np.zeros((64, 64, 3)))[1].tobytes()
        # The thumbnail's end comes first; the picture's is missing
        marker = b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big")
        path = tmp_path / "cut.jpg"
        path.write_bytes(data[:2] + marker + data + data[2:-2])
        with pytest.raises(ValueError, match="cut.jpg: truncated JPEG"):
            read_image(path)
        path.write_bytes(data[:2] + marker + data + data[2:])
        assert read_image(path).shape == (64, 64, 3)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"<html>",
            cv2.imencode(".png", np.zeros((9, 9, 3)))[1].tobytes(),
        ],
        ids=["empty", "a page", "PNG"],
    )
    def test_no_jpeg(self, tmp_path, data):
        (tmp_path / "x.jpg").write_bytes(data)
        with pytest.raises(ValueError, match="x.jpg: not a JPEG"):
            read_image(tmp_path / "x.jpg")

    def test_garbage_between_the_markers(self, tmp_path):
        garbage = b"\xff\xd8" + bytes(100) + b"\xff\xd9"
        (tmp_path / "x.jpg").write_bytes(garbage)
        with pytest.raises(ValueError, match="x.jpg: cannot be decoded"):
            read_image(tmp_path / "x.jpg")

    def test_missing(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="image.*gone.jpg"):
            read_image(tmp_path / "gone.jpg")


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

    def test_unknown_split_or_class(self, voc):
        with pytest.raises(FileNotFoundError, match="cat_test.txt"):
            VOCDetection(voc, "test")
        for all_images in False, True:
            with pytest.raises(FileNotFoundError, match="unicorn_train.txt"):
                VOCDetection(voc, "train", ["cat", "unicorn"], all_images)

    def test_no_image(self, voc):
        path = voc / "ImageSets/Main/cat_train.txt"
        for text in "", "\n", "a1 -1\n":
            path.write_text(text)
            with pytest.raises(ValueError, match="no image.*cat_train.txt"):
                VOCDetection(voc, "train", ["cat"])

    @pytest.mark.parametrize("line", ["a1 yes", "a1 1 1", "a1 2"])
    def test_broken_list(self, voc, line):
        path = voc / "ImageSets/Main/cat_train.txt"
        path.write_text(f"c3 1\n{line}\n")
        with pytest.raises(ValueError, match=f"cat_train.txt.*{line}"):
            VOCDetection(voc, "train")


@pytest.fixture
def picture():
    """An image 8 x 10 whose pixels are all different, and two labels."""
    image = np.arange(8 * 10 * 3, dtype=np.uint8).reshape(8, 10, 3)
    labels = [[0, 0.1, 0.25, 0.4, 0.75, 1], [1, 0.5, 0, 1, 0.5, 0]]
    return image, np.array(labels, dtype=np.float32)


class TestAugmentation:
    def test_flip_by_hand(self, picture):
        image, labels = flip(*picture)
        assert (image[:, 0] == picture[0][:, 9]).all()
        expected = [[0, 0.6, 0.25, 0.9, 0.75, 1], [1, 0, 0, 0.5, 0.5, 0]]
        np.testing.assert_allclose(labels, expected, rtol=1e-6)

    def test_flip_moves_the_box_with_its_pixels(self):
        image = np.zeros((10, 20, 3), dtype=np.uint8)
        image[2:5, 3:9] = 255
        labels = np.array([[0, 0.15, 0.2, 0.45, 0.5, 0]], dtype=np.float32)
        image, labels = flip(image, labels)
        ys, xs = np.nonzero(image[..., 0])
        tight = xs.min() / 20, ys.min() / 10, (xs.max() + 1) / 20, 0.5
        np.testing.assert_allclose(labels[0, 1:5], tight, rtol=1e-6)

    def test_flip_twice_is_nothing(self, picture):
        image, labels = flip(*flip(*picture))
        assert (image == picture[0]).all()
        np.testing.assert_allclose(labels, picture[1], atol=1e-7)

    def test_flip_leaves_its_arguments_alone(self, picture):
        before = picture[0].copy(), picture[1].copy()
        flip(*picture)
        assert all((a == b).all() for a, b in zip(picture, before))

    def test_flip_without_objects(self, picture):
        assert flip(picture[0], np.zeros((0, 6), np.float32))[1].shape == (0, 6)

    def test_random_flip_is_half_and_reproducible(self, picture):
        flipped = [
            random_flip(*picture, np.random.default_rng(seed))[1][0, 1] > 0.5
            for seed in range(400)
        ]
        assert 160 < sum(flipped) < 240  # four standard deviations
        again = random_flip(*picture, np.random.default_rng(7))
        once = random_flip(*picture, np.random.default_rng(7))
        assert all((a == b).all() for a, b in zip(again, once))

    def test_crop_by_hand(self, picture):
        # Columns 0 to 5 and rows 2 to 7 stay. The second object is still
        # seen, but its center is in column 7
        image, labels = crop(*picture, [0, 0.25, 0.6, 1])
        assert (image == picture[0][2:8, 0:6]).all()
        np.testing.assert_allclose(
            labels, [[0, 1 / 6, 0, 2 / 3, 2 / 3, 1]], rtol=1e-6
        )

    def test_crop_clips_boxes(self, picture):
        _, labels = crop(*picture, [0.2, 0, 0.9, 0.75])
        np.testing.assert_allclose(
            labels[:, 1:5],
            [[0, 1 / 3, 2 / 7, 1], [3 / 7, 0, 1, 2 / 3]],
            rtol=1e-5,
        )

    def test_crop_may_reach_outside(self, picture):
        image, labels = crop(*picture, [-0.5, -1, 1.5, 1])
        assert image.shape == (16, 20, 3)
        assert (image[8:, 5:15] == picture[0]).all()
        assert image[0, 0].tolist() == [124, 116, 104]
        np.testing.assert_allclose(
            labels[0, 1:5], [0.3, 0.625, 0.45, 0.875], rtol=1e-6
        )

    def test_crop_outside_altogether(self, picture):
        for window in [-2, -2, -1, -1], [2, 2, 3, 3], [0, 2, 1, 3]:
            image, labels = crop(*picture, window)
            assert (image == [124, 116, 104]).all() and len(labels) == 0

    def test_crop_to_everything_is_nothing(self, picture):
        image, labels = crop(*picture, [0, 0, 1, 1])
        assert (image == picture[0]).all()
        np.testing.assert_allclose(labels, picture[1], atol=1e-7)

    def test_crop_leaves_its_arguments_alone(self, picture):
        before = picture[0].copy(), picture[1].copy()
        crop(*picture, [0.2, 0, 0.9, 0.5])
        assert all((a == b).all() for a, b in zip(picture, before))

    def test_crop_refuses_an_empty_window(self, picture):
        with pytest.raises(ValueError, match="window must hold a pixel"):
            crop(*picture, [0.5, 0.5, 0.5, 0.9])


class TestInputs:
    def test_to_input_by_hand(self):
        image = np.zeros((2, 2, 3), dtype=np.uint8)
        image[0, 1] = 255, 51, 0
        X = to_input(image, 2, 2)
        assert X.shape == (3, 2, 2) and X.dtype == np.float32
        # (1 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, -0.406 / 0.225
        expected = [2.24891, -1.14286, -1.80444]
        np.testing.assert_allclose(X[:, 0, 1], expected, atol=1e-5)

    def test_to_input_shrinks_by_averaging(self):
        stripes = np.zeros((8, 8, 3), dtype=np.uint8)
        stripes[:, ::2] = 200
        X = to_input(stripes, 4, 4)
        expected = (100 / 255 - IMAGENET_MEAN) / IMAGENET_STD
        np.testing.assert_allclose(X[:, 1, 1], expected, atol=1e-5)

    def test_to_input_takes_height_then_width(self):
        assert to_input(np.zeros((9, 9, 3), np.uint8), 4, 30).shape == (
            3,
            4,
            30,
        )

    def test_pad_labels(self):
        labels = [np.ones((2, 6)), np.zeros((0, 6)), np.ones((1, 6))]
        padded = pad_labels(labels)
        assert padded.shape == (3, 2, 6) and padded.dtype == np.float32
        assert padded[:, :, 0].tolist() == [[1, 1], [-1, -1], [1, -1]]
        assert (padded[1] == -1).all()

    def test_pad_labels_without_any_object(self):
        padded = pad_labels([np.zeros((0, 6))] * 2)
        assert padded.shape == (2, 1, 6) and (padded == -1).all()

    @given(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    def test_pad_labels_loses_nothing(self, counts):
        labels = [np.random.default_rng(n).random((n, 6)) for n in counts]
        for rows, before in zip(pad_labels(labels), labels):
            np.testing.assert_array_equal(
                rows[rows[:, 0] >= 0], before.astype(np.float32)
            )

    def test_stack_batch(self):
        sample = np.ones((3, 4, 5), np.float32), np.ones((2, 6), np.float32)
        X, Y = stack_batch([sample] * 3)
        assert X.shape == (3, 3, 4, 5) and Y.shape == (3, 2, 6)

    def test_sampler_shuffles_each_epoch_anew_and_again_alike(self):
        first, again = EpochSampler(50, seed=3), EpochSampler(50, seed=3)
        epochs = [list(first) for _ in range(3)]
        assert epochs == [list(again) for _ in range(3)]
        orders = [[index for _, index in pairs] for pairs in epochs]
        assert all(sorted(order) == list(range(50)) for order in orders)
        assert orders[0] != orders[1] != orders[2]
        assert [pairs[0][0] for pairs in epochs] == [0, 1, 2]
        assert list(EpochSampler(50, seed=4)) != epochs[0]

    def test_sampler_resumes(self):
        resumed = EpochSampler(50)
        resumed.set_epoch(2)
        sampler = EpochSampler(50)
        assert [list(sampler) for _ in range(3)][2] == list(resumed)

    def test_inputs_draw_from_seed_epoch_and_index(self, many):
        dataset = VOCDetection(many, "train")

        def drawn(key, seed=0):
            values = []

            def augment(image, labels, rng):
                values.append(rng.random())
                return image, labels

            InputDataset(dataset, 8, 8, augment, seed)[key]
            return values[0]

        assert drawn((2, 1)) == drawn((2, 1))
        others = [drawn((2, 2)), drawn((1, 1)), drawn((2, 1), seed=1)]
        assert drawn((2, 1)) not in others
        assert drawn((0, 1)) == drawn(1)


def darken(image, labels, rng):
    """An augmentation of our own; workers must be able to get at it."""
    return image // 2, labels[rng.permutation(len(labels))]


def batches(loader, epochs=1):
    return [
        (X.asnumpy(), Y.asnumpy()) for _ in range(epochs) for X, Y in loader
    ]


class TestLoaders:
    @pytest.fixture(autouse=True)
    def numpy_arrays(self):
        from mxnet import npx

        npx.set_np()

    def test_shapes_order_and_padding(self, many):
        train, val = load_data_voc_detection(
            4, 24, 32, root=many, all_images=True, num_workers=0
        )
        assert len(train) == 3 and len(val) == 2
        shapes = [(X.shape, Y.shape) for X, Y in batches(val)]
        assert shapes == [
            ((4, 3, 24, 32), (4, 3, 6)),
            ((1, 3, 24, 32), (1, 1, 6)),
        ]
        Y = batches(val)[0][1]
        assert Y[:, :, 0].tolist() == [
            [0, -1, -1],
            [0, 1, 1],
            [-1, -1, -1],
            [-1, -1, -1],
        ]

    def test_items_are_those_of_the_data_set(self, many):
        _, val = load_data_voc_detection(3, 20, 40, root=many, num_workers=0)
        X, Y = batches(val)[0]
        dataset = VOCDetection(many, "val")
        for i in range(3):
            image, labels = dataset[i]
            np.testing.assert_array_equal(X[i], to_input(image, 20, 40))
            np.testing.assert_array_equal(Y[i, : len(labels)], labels)

    @pytest.mark.parametrize("augment", [random_flip, darken, None])
    def test_workers_change_nothing(self, many, augment):
        def load(num_workers):
            loaders = load_data_voc_detection(
                4,
                24,
                24,
                root=many,
                augment=augment,
                seed=5,
                num_workers=num_workers,
                all_images=True,
            )
            return [b for loader in loaders for b in batches(loader, epochs=2)]

        here, workers = load(0), load(2)
        assert len(here) == len(workers) == 10
        for expected, got in zip(here, workers):
            np.testing.assert_array_equal(got[0], expected[0])
            np.testing.assert_array_equal(got[1], expected[1])

    def test_epochs_and_seeds_differ(self, many):
        def load(seed):
            train, _ = load_data_voc_detection(
                13, 16, 16, root=many, seed=seed, num_workers=0, all_images=True
            )
            return [X for X, _ in batches(train, epochs=2)]

        first, second = load(0)
        assert (first != second).any() and (first != load(1)[0]).any()

    def test_loader_resumes_at_an_epoch(self, many):
        def load():
            return load_data_voc_detection(
                4, 16, 16, root=many, num_workers=0, all_images=True
            )[0]

        resumed = load()
        resumed.set_epoch(1)
        expected = batches(load(), epochs=2)[3:]
        for got, want in zip(batches(resumed), expected):
            np.testing.assert_array_equal(got[0], want[0])

    def test_validation_is_not_augmented(self, many):
        options = dict(root=many, num_workers=0)
        plain = load_data_voc_detection(4, 16, 16, augment=None, **options)[1]
        other = load_data_voc_detection(4, 16, 16, augment=darken, **options)[1]
        np.testing.assert_array_equal(
            batches(plain)[0][0], batches(other)[0][0]
        )

    def test_fewer_images_than_a_batch(self, many):
        train, _ = load_data_voc_detection(
            99, 16, 16, root=many, num_workers=0, all_images=True
        )
        assert batches(train)[0][0].shape == (13, 3, 16, 16)

    def test_an_error_in_a_worker_names_the_file(self, voc):
        write_voc(voc, {"v1": [CAT, DOG]}, split="val")
        (voc / "JPEGImages/v1.jpg").write_bytes(b"\xff\xd8 and no more")
        _, val = load_data_voc_detection(1, 16, 16, root=voc, num_workers=1)
        with pytest.raises(ValueError, match="v1.jpg: truncated JPEG"):
            batches(val)

    def test_torch_loader_gives_the_same_batches(self, many):
        import torch

        train, _ = load_data_voc_detection(
            4, 16, 16, root=many, num_workers=0, all_images=True
        )
        dataset = VOCDetection(many, "train", all_images=True)
        inputs = InputDataset(dataset, 16, 16, random_flip)
        loader = torch.utils.data.DataLoader(
            inputs,
            4,
            sampler=EpochSampler(len(inputs)),
            collate_fn=stack_batch,
            drop_last=True,
        )
        for (X, Y), (X2, Y2) in zip(batches(train), loader):
            np.testing.assert_array_equal(X, X2)
            np.testing.assert_array_equal(Y, Y2)

    def test_toy_keeps_images_without_animals(self, tmp_path):
        root = tmp_path / "toy"
        train, val = load_data_toy(
            2, 64, 64, num_train=24, num_val=2, root=root, num_workers=0
        )
        assert len(VOCDetection(root, "train")) < 24
        assert len(train) == 12 and len(val) == 1
        X, Y = batches(val)[0]
        assert X.shape == (2, 3, 64, 64) and Y.shape[::2] == (2, 6)


def test_import_needs_no_mxnet():
    code = "import sys, d2l_ssd.data; sys.exit('mxnet' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


class Server(http.server.ThreadingHTTPServer):
    """Serves one body; may break off, lie, or not know ranges."""

    def __init__(self, body):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.ranges, self.break_at, self.log = body, True, None, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/voc.tar"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.log.append(wanted)
        start = 0
        if wanted and server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            if start >= len(server.body):
                self.send_error(416)
                return
        body = server.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        stop = server.break_at
        server.break_at = None
        self.wfile.write(body[: len(body) if stop is None else stop])


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    body = np.random.default_rng(0).bytes(50_000)
    with Server(body) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def sha1(data):
    return hashlib.sha1(data).hexdigest()


class TestDownload:
    def test_once(self, server, tmp_path):
        path = tmp_path / "new" / "voc.tar"
        fetch = functools.partial(download, server.url, path, sha1(server.body))
        fetch()
        assert path.read_bytes() == server.body
        fetch()
        assert server.log == [None]
        assert [p.name for p in path.parent.iterdir()] == ["voc.tar"]

    def test_goes_on_after_a_broken_connection(self, server, tmp_path):
        server.break_at = 20_000
        download(server.url, tmp_path / "voc.tar", sha1(server.body))
        assert (tmp_path / "voc.tar").read_bytes() == server.body
        assert server.log == [None, "bytes=20000-"]

    def test_goes_on_from_an_earlier_call(self, server, tmp_path):
        (tmp_path / "voc.tar.part").write_bytes(server.body[:30_000])
        download(server.url, tmp_path / "voc.tar", sha1(server.body))
        assert (tmp_path / "voc.tar").read_bytes() == server.body
        assert server.log == ["bytes=30000-"]

    def test_part_was_whole(self, server, tmp_path):
        (tmp_path / "voc.tar.part").write_bytes(server.body)
        download(server.url, tmp_path / "voc.tar", sha1(server.body))
        assert (tmp_path / "voc.tar").read_bytes() == server.body

    def test_server_without_ranges_starts_again(self, server, tmp_path):
        server.ranges = False
        (tmp_path / "voc.tar.part").write_bytes(server.body[:30_000])
        download(server.url, tmp_path / "voc.tar", sha1(server.body))
        assert (tmp_path / "voc.tar").read_bytes() == server.body
        assert server.log == ["bytes=30000-"]

    @pytest.mark.parametrize("length", [30_000, 50_000, 60_000])
    def test_wrong_part_starts_again(self, server, tmp_path, length):
        (tmp_path / "voc.tar.part").write_bytes(bytes(length))
        download(server.url, tmp_path / "voc.tar", sha1(server.body))
        assert (tmp_path / "voc.tar").read_bytes() == server.body
        assert server.log == [f"bytes={length}-", None]

    def test_wrong_content_never_gets_the_name(self, server, tmp_path):
        with pytest.raises(ConnectionError, match="SHA-1"):
            download(server.url, tmp_path / "voc.tar", sha1(b"other"))
        assert list(tmp_path.iterdir()) == []

    def test_wrong_file_of_that_name_is_left_alone(self, server, tmp_path):
        path = tmp_path / "voc.tar"
        path.write_bytes(b"mine")
        with pytest.raises(ValueError, match="voc.tar: not the right file"):
            download(server.url, path, sha1(server.body))
        assert path.read_bytes() == b"mine" and server.log == []

    def test_nobody_answers(self, server, tmp_path):
        server.server_close()
        server.shutdown()
        with pytest.raises(ConnectionError, match="cannot download http"):
            download(server.url, tmp_path / "voc.tar", sha1(server.body))


class TestDownloadVOC2012:
    @pytest.fixture
    def hub(self, server, tmp_path, monkeypatch):
        """A server of a tiny VOC2012, put in d2l's DATA_HUB."""
        from d2l import mxnet as d2l

        root = tmp_path / "made" / "VOCdevkit" / "VOC2012"
        for split in "train", "val":
            write_voc(root, {f"{split}1": [CAT], f"{split}2": [DOG]}, split)
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            tar.add(root.parent, "VOCdevkit")
        server.body = buffer.getvalue()
        entry = server.url, sha1(server.body)
        monkeypatch.setitem(d2l.DATA_HUB, "voc2012", entry)
        return server

    def test_all_the_way(self, hub, tmp_path, monkeypatch):
        (tmp_path / "book").mkdir()
        monkeypatch.chdir(tmp_path / "book")
        train, val = load_data_voc_detection(2, 16, 16, num_workers=0)
        assert len(train) == len(val) == 1
        names = {p.name for p in (tmp_path / "data").rglob("*.jpg")}
        assert names == {"train1.jpg", "train2.jpg", "val1.jpg", "val2.jpg"}
        load_data_voc_detection(2, 16, 16, num_workers=0)
        assert hub.log == [None]

    def test_extracts_all_or_nothing(self, hub, tmp_path, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(tarfile.TarFile, "extractall", self.half_extract)
            with pytest.raises(KeyboardInterrupt):
                download_voc2012(tmp_path / "data")
        assert list((tmp_path / "data/VOCdevkit").iterdir()) == []
        assert VOCDetection(download_voc2012(tmp_path / "data"), "val").ids

    @staticmethod
    def half_extract(tar, folder, **options):
        (folder / "VOCdevkit/VOC2012/JPEGImages").mkdir(parents=True)
        raise KeyboardInterrupt

    def test_says_what_to_do(self, hub, tmp_path):
        hub.body = b"a login page"
        with pytest.raises(ConnectionError) as caught:
            download_voc2012(tmp_path / "data")
        message = str(caught.value)
        assert str(tmp_path / "data/voc.tar") in message
        assert 'root="…/VOCdevkit/VOC2012"' in message
        assert "load_data_toy" in message


def test_make_toy_voc_is_here_too():
    from d2l_ssd.toy import make_toy_voc

    assert d2l_ssd.data.make_toy_voc is make_toy_voc
