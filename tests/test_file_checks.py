"""All bad files are named at once, before a training meets them."""

import warnings

import pytest
from helpers.voc import (
    CAT,
    DOG,
    annotation_xml,
    bytes_after_images,
    extensions_and_contents,
    image_bytes,
    turned_photographs,
    write_voc,
)
from PIL import Image

from d2l_ssd.datasets import VOCDetection, check_files


@pytest.fixture
def folder(tmp_path):
    """A folder with lists per class, so that no annotation is read at first."""
    images = {name: [CAT, DOG] for name in ("a1", "b2", "c3", "d4", "e5")}
    return write_voc(tmp_path / "voc", images)


def test_good_files_pass_without_a_word(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = VOCDetection(folder, "train")
        assert check_files(data, data) is None
        check_files()


def test_all_bad_files_are_listed_with_what_is_wrong(folder):
    data = VOCDetection(folder, "train")
    (folder / "JPEGImages/a1.jpg").write_bytes(image_bytes()[:-200])
    inverted = ("cat", (9, 9, 3, 12), {})
    (folder / "Annotations/b2.xml").write_text(annotation_xml([inverted]))
    (folder / "JPEGImages/c3.jpg").unlink()
    (folder / "JPEGImages/d4.jpg").write_bytes(image_bytes(size=(16, 8)))
    with pytest.raises(ValueError) as caught:
        check_files(data)
    first, *lines = str(caught.value).split("\n")
    assert first == "4 bad files:"
    for line, file, words in zip(
        lines,
        ("a1.jpg", "b2.xml", "c3.jpg", "d4.jpg"),
        ("truncated", "inverted", "not found", "has (8, 16) pixels"),
    ):
        assert file in line and words in line


def test_both_files_of_an_image_may_be_bad(folder):
    data = VOCDetection(folder, "train")
    (folder / "JPEGImages/a1.jpg").write_bytes(b"")
    (folder / "Annotations/a1.xml").write_bytes(b"")
    with pytest.raises(ValueError, match=r"(?s)2 bad.*a1\.xml.*a1\.jpg"):
        check_files(data)


def test_an_image_in_two_sets_is_listed_once(folder):
    sets = [VOCDetection(folder, "train", [name]) for name in ("cat", "dog")]
    (folder / "JPEGImages/a1.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"^1 bad file:\n.*a1\.jpg: not a"):
        check_files(*sets)


def test_a_long_list_is_cut(tmp_path):
    images = {f"{i:02d}": [CAT, DOG] for i in range(23)}
    root = write_voc(tmp_path, images)
    data = VOCDetection(root, "train")
    for path in (root / "JPEGImages").iterdir():
        path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"^23 bad files:") as caught:
        check_files(data)
    lines = str(caught.value).split("\n")
    assert len(lines) == 22 and lines[-1] == "and 3 more"
    assert "00.jpg" in lines[1] and "19.jpg" in lines[-2]


def test_other_data_sets_are_skipped():
    check_files([1, 2], object())


@pytest.mark.parametrize(
    "write, words",
    [
        pytest.param(
            turned_photographs,
            r"^2 images are stored .* it is applied.*: 'square\.jpg', 'upside_down\.jpg'",
            id="EXIF",
        ),
        pytest.param(
            extensions_and_contents,
            r"^1 image is animated.*'animation\.jpg'",
            id="GIF",
        ),
    ],
)
def test_what_files_leave_open_is_said(tmp_path, write, words):
    write(tmp_path)
    with pytest.warns(UserWarning, match=words) as seen:
        check_files(VOCDetection(tmp_path, None, None))
    assert [warning.filename for warning in seen] == [__file__]


def test_half_a_file_of_zeros_is_said(tmp_path):
    dark = Image.new("RGB", (40, 20))
    dark.paste((9, 9, 9), (0, 15, 40, 20))
    root = write_voc(tmp_path, {"a1": [CAT], "b2": [CAT]}, classes=())
    for kind, name in ("BMP", "a1"), ("PNG", "b2"):
        dark.save(root / f"JPEGImages/{name}.jpg", kind)
    with pytest.warns(UserWarning, match=r"^1 image is black .*: 'a1\.jpg'$"):
        check_files(VOCDetection(root, None, None))


def test_bytes_after_images_are_nothing_to_speak_of(tmp_path):
    bytes_after_images(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_files(VOCDetection(tmp_path, None, None))
