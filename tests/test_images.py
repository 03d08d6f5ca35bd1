"""Image files: the right pixels, or an error that names the file."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from d2l_ssd.images import inspect_image, read_image, survey_image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255,) * 3
# Every corner has a color of its own, so that every turn can be told
CORNERS = np.zeros((16, 32, 3), dtype=np.uint8)
CORNERS[:8, :16], CORNERS[:8, 16:] = RED, GREEN
CORNERS[8:, :16], CORNERS[8:, 16:] = BLUE, WHITE


def encoded(image=CORNERS, kind="JPEG", **options):
    """Return an image, an array or Pillow's, as the bytes of a file."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    if kind == "JPEG":
        options = {"quality": 100, "subsampling": 0, **options}
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(height=48, width=64):
    return np.random.default_rng(0).integers(
        256, size=(height, width, 3), dtype=np.uint8
    )


@pytest.fixture
def read(tmp_path):
    """A function that reads bytes as a file named x.jpg."""

    def read_bytes(data, **options):
        (tmp_path / "x.jpg").write_bytes(data)
        return read_image(tmp_path / "x.jpg", **options)

    return read_bytes


class TestPixels:
    def test_colors_are_red_green_blue(self, read):
        image = read(encoded(np.full((16, 16, 3), BLUE, dtype=np.uint8)))
        assert image.shape == (16, 16, 3) and image.dtype == np.uint8
        np.testing.assert_allclose(image[8, 8], BLUE, atol=3)

    def test_path_may_be_a_string_and_pixels_can_be_changed(self, tmp_path):
        path = tmp_path / "x.jpg"
        path.write_bytes(encoded())
        image = read_image(str(path))
        image[0, 0] = 7
        assert image[0, 0].tolist() == [7, 7, 7]

    @pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "GIF"])
    def test_content_counts_and_not_the_name(self, read, kind):
        options = {"lossless": True} if kind == "WEBP" else {}
        assert (read(encoded(kind=kind, **options)) == CORNERS).all()

    def test_first_picture_of_an_animation(self, read):
        more = [Image.new("RGB", (32, 16), RED)]
        data = encoded(kind="GIF", save_all=True, append_images=more)
        assert (read(data) == CORNERS).all()

    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_gray_becomes_three_equal_colors(self, read, kind):
        data = encoded(np.full((8, 9), 70, dtype=np.uint8), kind)
        assert (read(data) == np.full((8, 9, 3), 70)).all()

    @pytest.mark.parametrize("mode", ["1", "LA", "P", "RGBA"])
    def test_other_ways_to_store_white(self, read, mode):
        data = encoded(Image.new("RGB", (9, 8), WHITE).convert(mode), "PNG")
        assert (read(data) == np.full((8, 9, 3), 255)).all()

    def test_transparency_is_dropped(self, read):
        image = Image.new("RGBA", (9, 8), (*GREEN, 0))
        assert (read(encoded(image, "PNG"))[0, 0] == GREEN).all()

    def test_colors_of_print(self, read):
        image = read(encoded(Image.fromarray(CORNERS).convert("CMYK")))
        np.testing.assert_allclose(image[4, 8], RED, atol=8)
        np.testing.assert_allclose(image[12, 24], WHITE, atol=8)

    @pytest.mark.parametrize(
        "brightest, expected",
        [
            pytest.param(65535, 255, id="16 bits used"),
            pytest.param(4095, 255, id="12 bits used"),
            pytest.param(2048, 128, id="12 bits used by half"),
            pytest.param(200, 200, id="8 bits used"),
            pytest.param(0, 0, id="black"),
        ],
    )
    def test_gray_of_16_bits(self, read, brightest, expected):
        gray = np.array([[0, brightest]], dtype=np.uint16)
        image = read(encoded(gray, "PNG"))
        assert image.dtype == np.uint8
        assert image.tolist() == [[[0, 0, 0], [expected] * 3]]

    @pytest.mark.parametrize("channels", [3, 4])
    @pytest.mark.parametrize("bits", [8, 10, 12, 16])
    def test_colors_of_16_bits(self, read, bits, channels):
        rng = np.random.default_rng(0)
        colors = rng.integers(2**bits, size=(48, 64, channels)).astype("u2")
        data = cv2.imencode(".png", colors)[1].tobytes()
        expected = (colors >> (bits - 8))[..., 2::-1]
        assert (read(data) == expected).all()

    def test_gray_and_alpha_of_16_bits(self, read):
        # An image of gray 4000 and alpha 65535; OpenCV writes none
        row = b"\0" + struct.pack(">HH", 4000, 65535) * 8
        parts = [(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 16, 4, 0, 0, 0))]
        parts += [(b"IDAT", zlib.compress(row * 8)), (b"IEND", b"")]
        data = b"\x89PNG\r\n\x1a\n"
        for name, content in parts:
            data += struct.pack(">I", len(content)) + name + content
            data += struct.pack(">I", zlib.crc32(name + content))
        assert (read(data) == np.full((8, 8, 3), 4000 >> 4)).all()

    @pytest.mark.parametrize("shape", [(48, 64), (48, 64, 3)])
    def test_a_saturated_pixel_does_not_darken_the_others(self, read, shape):
        dark = np.full(shape, 2048, dtype=np.uint16)
        dark[7, 9] = 65535
        image = read(cv2.imencode(".png", dark)[1].tobytes())
        assert image[0, 0].tolist() == [128] * 3
        assert image[7, 9].tolist() == [255] * 3

    def test_agrees_with_opencv(self, read):

        smooth = cv2.resize(noise(6, 8), (64, 48))
        data = encoded(smooth, quality=90, subsampling=2)
        expected = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        difference = read(data).astype(int) - expected[..., ::-1]
        assert np.abs(difference).max() <= 1  # builds of libjpeg may round


class TestOrientation:
    # EXIF 2.3, tag 0x0112: where row 0 and column 0 of the stored image are
    @pytest.mark.parametrize(
        "orientation, stored",
        [
            pytest.param(1, CORNERS, id="as it is"),
            pytest.param(2, CORNERS[:, ::-1], id="mirrored"),
            pytest.param(3, CORNERS[::-1, ::-1], id="upside down"),
            pytest.param(4, CORNERS[::-1], id="top and bottom changed"),
            pytest.param(5, CORNERS.swapaxes(0, 1), id="transposed"),
            pytest.param(6, np.rot90(CORNERS), id="turn to the right"),
            pytest.param(
                7, np.rot90(CORNERS, 2).swapaxes(0, 1), id="transverse"
            ),
            pytest.param(8, np.rot90(CORNERS, -1), id="turn to the left"),
        ],
    )
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_is_applied(self, read, kind, orientation, stored):
        exif = Image.Exif()
        exif[0x0112] = orientation
        data = encoded(np.ascontiguousarray(stored), kind, exif=exif)
        np.testing.assert_allclose(read(data), CORNERS, atol=3)
        np.testing.assert_allclose(read(data, upright=False), stored, atol=3)

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF")
    def test_unreadable_note_is_passed_over(self, read):
        exif = Image.Exif()
        exif[0x0112] = 6
        data = encoded(exif=exif)
        start = data.index(b"Exif\0\0") + 6
        for garbage in b"garbage!", b"MM\0*\0\0\xff\xff":
            broken = data[:start] + garbage + data[start + 8 :]
            np.testing.assert_allclose(read(broken), CORNERS, atol=3)


class TestDamage:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(encoded(noise()), id="JPEG"),
            pytest.param(encoded(noise(), progressive=True), id="progressive"),
            pytest.param(encoded(noise(), "PNG"), id="PNG"),
        ],
    )
    def test_truncated(self, read, data):
        assert read(data).shape == (48, 64, 3)
        for kept in 0.02, 0.3, 0.7, 0.95, 0.999, 1 - 1 / len(data):
            with pytest.raises(ValueError, match=r"x\.jpg: .* replace"):
                read(data[: int(kept * len(data))])

    def test_truncated_after_a_whole_thumbnail(self, read):
        data = encoded(noise(8, 8))
        # The thumbnail's end comes first; the picture's is missing
        marker = b"\xff\xe1" + (len(data) + 2).to_bytes(2, "big")
        with pytest.raises(ValueError, match=r"x\.jpg: damaged image"):
            read(data[:2] + marker + data + data[2:-2])
        assert read(data[:2] + marker + data + data[2:]).shape == (8, 8, 3)

    def test_bytes_after_the_image_do_no_harm(self, read):
        film = struct.pack(">I", 24) + b"ftypmp42" + bytes(100) + b"\xff\xda~"
        np.testing.assert_allclose(read(encoded() + film), CORNERS, atol=3)
        # One camera writes no end where the film begins
        data = encoded()[:-2] + film
        np.testing.assert_allclose(read(data), CORNERS, atol=3)

    @pytest.mark.parametrize(
        "data, words",
        [
            pytest.param(
                b"", r"not a .* image \(0 bytes\); replace the file", id="empty"
            ),
            pytest.param(b"<html>", "not .* a web page; download", id="a page"),
            pytest.param(
                b"version https://git-lfs.github.com/spec/v1\noid sha256:",
                "not a JPEG.*`git lfs pull`",
                id="pointer",
            ),
            pytest.param(
                b"\0\0\0\x18ftypheic",
                "not .* HEIC or AVIF image; convert",
                id="HEIC",
            ),
            pytest.param(
                encoded(kind="TIFF"), "not .* a TIFF image; convert", id="TIFF"
            ),
            pytest.param(bytes(999), "not .* all zeros", id="zeros"),
            pytest.param(b"\xff\xd8 no more", "not a JPEG", id="a start"),
            pytest.param(
                b"\xff\xd8" + bytes(100) + b"\xff\xd9",
                "not a JPEG",
                id="garbage between the markers",
            ),
        ],
    )
    def test_no_image(self, read, data, words):
        with pytest.raises(ValueError, match=rf"x\.jpg: {words}"):
            read(data)

    def test_wrong_checksum(self, read):
        data = bytearray(encoded(noise(), "PNG"))
        data[-20] ^= 255  # in the last chunk of pixels
        with pytest.raises(ValueError, match=r"x\.jpg: damaged image"):
            read(bytes(data))

    def test_every_damaged_byte_gives_an_image_or_names_the_file(self, read):
        rng = np.random.default_rng(0)
        data = encoded(noise(24, 32))
        for _ in range(300):
            damaged = bytearray(data)
            damaged[rng.integers(len(data))] = rng.integers(256)
            try:
                assert read(bytes(damaged)).shape[2] == 3
            except ValueError as error:
                assert "x.jpg: " in str(error)

    def test_missing(self, tmp_path):
        with pytest.raises(FileNotFoundError, match=r"image.*gone\.jpg"):
            read_image(tmp_path / "gone.jpg")


class TestSurvey:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
    def test_small_and_whole(self, tmp_path, kind):
        path = tmp_path / "x"
        image = cv2.resize(noise(6, 8), (800, 600))
        path.write_bytes(encoded(image, kind))
        facts, small = survey_image(path, 80)
        assert facts == inspect_image(path)
        assert facts.upright == (600, 800)
        assert small.stored.shape == (60, 80, 3)
        expected = cv2.resize(image, (80, 60), interpolation=cv2.INTER_AREA)
        difference = small.stored.astype(int) - expected
        assert np.abs(difference).mean() < 3

    def test_is_turned_in_small(self, tmp_path):
        path, exif = tmp_path / "x", Image.Exif()
        exif[0x0112] = 6
        path.write_bytes(encoded(noise(60, 120), exif=exif))
        facts, small = survey_image(path, 30)
        assert facts.upright == (120, 60) and facts.stored == (60, 120)
        assert small.upright.shape == (30, 15, 3)

    def test_never_larger(self, tmp_path):
        path = tmp_path / "x"
        path.write_bytes(encoded(CORNERS, "PNG"))
        np.testing.assert_array_equal(survey_image(path, 90)[1].stored, CORNERS)

    def test_lines_of_pixels_stay(self, tmp_path):
        path = tmp_path / "x"
        path.write_bytes(encoded(noise(2, 300), "PNG"))
        assert survey_image(path, 20)[1].stored.shape == (1, 20, 3)

    def test_damage_is_found(self, tmp_path):
        path = tmp_path / "x"
        path.write_bytes(encoded(noise())[:2000])
        with pytest.raises(ValueError, match="damaged image"):
            survey_image(path, 8)
