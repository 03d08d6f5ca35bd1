"""Hundreds of damaged files: an error that names the file, or the right answer."""

import io
import struct
import zlib

import numpy as np
import pytest
from helpers.voc import write_voc
from PIL import Image

from d2l_ssd.datasets import VOCDetection, check_files
from d2l_ssd.images import inspect_image, read_image

SIZE = 64, 48
KINDS = {
    "JPEG": {"quality": 90},
    "progressive": {"quality": 90, "progressive": True},
    "PNG": {},
    "WEBP": {"lossless": True},
    "BMP": {},
    "GIF": {},
}


def picture():
    """Return a smooth image with noise, which every format stores at length."""
    rng = np.random.default_rng(0)
    smooth = np.linspace(0, 200, SIZE[0])[None, :, None]
    noise = rng.integers(0, 50, size=(SIZE[1], SIZE[0], 3))
    return Image.fromarray((smooth + noise).astype(np.uint8))


def encoded(kind):
    buffer = io.BytesIO()
    name = "JPEG" if kind == "progressive" else kind
    picture().save(buffer, name, **KINDS[kind])
    return buffer.getvalue()


WHOLE = {kind: encoded(kind) for kind in KINDS}


def truncated(data, rng):
    return data[: rng.integers(1, len(data) - 8)]


def cut_and_closed(data, rng):
    """End an image too early, with the end that its format asks for."""
    start = data.index(b"\xff\xda") + 14
    return data[: rng.integers(start, len(data) - 40)] + b"\xff\xd9"


def zeros_at_the_end(data, rng):
    cut = rng.integers(1, len(data) - 40)
    return data[:cut] + bytes(len(data) - cut)


def zeros_in_the_middle(data, rng):
    start = rng.integers(64, len(data) - 400)
    return data[:start] + bytes(256) + data[start + 256 :]


def a_part_is_missing(data, rng):
    start = rng.integers(64, len(data) - 400)
    return data[:start] + data[start + 256 :]


def bit_in_the_header(data, rng):
    return flip(data, rng.integers(0, 24), rng)


def bit_in_the_pixels(data, rng):
    return flip(data, rng.integers(len(data) // 2, len(data) - 20), rng)


def flip(data, position, rng):
    data = bytearray(data)
    data[position] ^= 1 << rng.integers(8)
    return bytes(data)


def swapped_bytes(data, rng):
    return np.frombuffer(data[: len(data) // 2 * 2], "<u2").byteswap().tobytes()


def lines_ends_changed(data, rng):
    """Sent as text: every byte of a line's end becomes two."""
    return data.replace(b"\n", b"\r\n")


def bytes_after_the_end(data, rng):
    return data + rng.bytes(200)


def two_files_in_one(data, rng):
    return data + data


def a_page(data, rng):
    return b"<!DOCTYPE html><html><body>404 Not Found</body></html>"


def nothing(data, rng):
    return b""


def only_zeros(data, rng):
    return bytes(len(data))


def other_size(data, rng):
    """Write another height into the header."""
    places = {b"\xff\xd8": None, b"\x89P": 20, b"BM": 22, b"GI": 8, b"RI": None}
    place = places[data[:2]]
    if place is None:
        frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        place = frame + 5 if frame > 0 else 22
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


# Each name says what a format can make of a damage
ERROR = "error"  # always an error
RIGHT = "right"  # the right pixels, or an error
NEARLY = "nearly"  # also other pixels: there is nothing to tell it by
ANY = "any"  # also another size, that an annotation can tell
DAMAGES = {
    truncated: {},
    zeros_at_the_end: {"BMP": NEARLY},
    zeros_in_the_middle: dict.fromkeys(KINDS, NEARLY) | {"PNG": ERROR},
    a_part_is_missing: {"progressive": NEARLY},
    bit_in_the_header: dict.fromkeys(KINDS, ANY) | {"PNG": ERROR},
    bit_in_the_pixels: dict.fromkeys(KINDS, NEARLY) | {"PNG": ERROR},
    swapped_bytes: {},
    lines_ends_changed: dict.fromkeys(KINDS, NEARLY)
    | {"PNG": ERROR, "GIF": ERROR},
    bytes_after_the_end: dict.fromkeys(KINDS, RIGHT),
    two_files_in_one: dict.fromkeys(KINDS, RIGHT),
    other_size: dict.fromkeys(KINDS, ANY) | {"PNG": ERROR},
    a_page: {},
    nothing: {},
    only_zeros: {},
}
TRIES = 5


def outcome(read, path):
    """Return what a function returns, or None for an error with the name."""
    try:
        return read(path)
    except ValueError as error:
        assert str(path) in str(error)
        return None


@pytest.mark.filterwarnings("error")
class TestImages:
    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
    @pytest.mark.parametrize("kind", KINDS)
    def test_error_or_the_right_pixels(self, tmp_path, kind, damage):
        allowed = DAMAGES[damage].get(kind, ERROR)
        path = tmp_path / "x.jpg"
        path.write_bytes(WHOLE[kind])
        whole = read_image(path)
        for seed in range(TRIES):
            rng = np.random.default_rng(seed)
            path.write_bytes(damage(WHOLE[kind], rng))
            image, facts = (
                outcome(read_image, path),
                outcome(inspect_image, path),
            )
            assert (image is None) == (facts is None)
            if image is None:
                continue
            assert allowed != ERROR and image.shape[:2] == facts.upright
            if allowed != ANY:
                assert image.shape == whole.shape
            if allowed == RIGHT:
                assert (image == whole).all()

    @pytest.mark.parametrize("seed", range(20))
    def test_cut_and_closed(self, tmp_path, seed):
        path = tmp_path / "x.jpg"
        data = cut_and_closed(WHOLE["JPEG"], np.random.default_rng(seed))
        path.write_bytes(data)
        assert outcome(read_image, path) is outcome(inspect_image, path) is None

    def test_progressive_without_its_last_scans(self, tmp_path):
        path = tmp_path / "x.jpg"
        parts = WHOLE["progressive"].split(b"\xff\xda")
        for count in range(2, len(parts)):
            path.write_bytes(b"\xff\xda".join(parts[:count]) + b"\xff\xd9")
            with pytest.raises(ValueError, match="scans are missing"):
                read_image(path)

    def test_flat_images_are_rows_of_zeros(self, tmp_path):
        path, black = tmp_path / "x.jpg", Image.new("RGB", (640, 480))
        black.save(path, optimize=True)
        assert bytes(64) in path.read_bytes()
        assert not read_image(path).any()

    def test_huge_dimensions_are_said(self, tmp_path):
        header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
        parts = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header))
        crc = zlib.crc32(b"IHDR" + header)
        data = parts + b"IHDR" + header + struct.pack(">I", crc)
        path = tmp_path / "x.png"
        path.write_bytes(data + WHOLE["PNG"][33:])
        with pytest.raises(
            ValueError, match=r"x\.png: an image of 60,000 x 60,000 .*scale"
        ):
            read_image(path)

    @pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP", "GIF"])
    @pytest.mark.parametrize("read", [read_image, inspect_image])
    def test_copied_as_text(self, tmp_path, kind, read):
        path = tmp_path / "x.jpg"
        path.write_bytes(WHOLE[kind].replace(b"\n", b"\r\n"))
        with pytest.raises(ValueError, match=r"x\.jpg: .*again in binary mode"):
            read(path)

    def test_a_repeated_pattern_is_no_copy_as_text(self, tmp_path):
        path = tmp_path / "dark.bmp"
        Image.new("RGB", SIZE, (7, 10, 13)).save(path)  # stored as 13, 10, 7
        assert (read_image(path) == [7, 10, 13]).all()

    @pytest.mark.parametrize("path", [None, 0, b"x.jpg", np.zeros((2, 2, 3))])
    def test_what_is_no_path(self, path):
        with pytest.raises(
            ValueError, match="^path must be a string or a Path"
        ):
            read_image(path)

    def test_what_is_no_file(self, tmp_path):
        folder, loop = tmp_path / "a.jpg", tmp_path / "b.jpg"
        folder.mkdir()
        loop.symlink_to(loop)
        (tmp_path / "c.jpg").symlink_to(tmp_path / "gone.jpg")
        for path, words in (folder, "not a file"), (loop, "cannot be read"):
            with pytest.raises(ValueError, match=f"{path.name}: {words}"):
                read_image(path)
        with pytest.raises(FileNotFoundError, match=r"not found: .*c\.jpg"):
            read_image(tmp_path / "c.jpg")


XML_DAMAGES = {
    "cut": lambda xml, rng: xml[: rng.integers(1, len(xml) - 1)],
    "a tag is lost": lambda xml, rng: lose(xml, rng, b"<", b">"),
    "a line is twice": lambda xml, rng: xml + xml,
    "a byte is another": lambda xml, rng: flip(
        xml, rng.integers(len(xml)), rng
    ),
    "zeros": lambda xml, rng: bytes(len(xml)),
    "empty": lambda xml, rng: b"",
    "a page": a_page,
    "entities": lambda xml, rng: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml,
    "huge": lambda xml, rng: number(xml, rng, b"1e308"),
    "not a number": lambda xml, rng: number(xml, rng, b"nan"),
    "without end": lambda xml, rng: number(xml, rng, b"-inf"),
    "negative": lambda xml, rng: number(xml, rng, b"-5"),
    "blank": lambda xml, rng: number(xml, rng, b" "),
}
# A flipped bit may give another digit; these cannot be right
MAY_BE_READ = {"a byte is another", "a tag is lost"}


def lose(xml, rng, first, last):
    """Leave out one tag."""
    starts = [i for i in range(len(xml)) if xml[i : i + 1] == first]
    start = starts[rng.integers(len(starts))]
    return xml[:start] + xml[xml.index(last, start) + 1 :]


def number(xml, rng, text):
    """Write a text in place of one number of a box or of the size."""
    tags = b"xmin", b"ymin", b"xmax", b"ymax", b"width", b"height"
    tag = b"<%s>" % tags[rng.integers(len(tags))]
    start = xml.index(tag) + len(tag)
    return xml[:start] + text + xml[xml.index(b"<", start) :]


@pytest.mark.filterwarnings("ignore:.*counted from 0")
@pytest.mark.parametrize("name", XML_DAMAGES)
def test_annotations(tmp_path, name):
    """An error names the file, or boxes are in order and inside the image."""
    box = ("cat", (11, 6, 20, 15), {"difficult": 0})
    root = write_voc(tmp_path, {"a1": [box], "b2": [box]}, classes=())
    path = root / "Annotations/b2.xml"
    whole = path.read_bytes()
    for seed in range(10):
        path.write_bytes(XML_DAMAGES[name](whole, np.random.default_rng(seed)))
        try:
            data = VOCDetection(root, "train", None)
            check_files(data)
        except ValueError as error:
            assert "b2.xml" in str(error) or "b2.jpg" in str(error)
            continue
        assert name in MAY_BE_READ
        for _, labels in data:
            low, high = labels[:, 1:3], labels[:, 3:5]
            assert (low >= 0).all() and (high <= 1).all()
            assert (low < high).all()
