"""Image files, read strictly: the right pixels or an error that names the file."""

from __future__ import annotations

import io
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from d2l_ssd.jpeg_files import ZEROS, only_image
from d2l_ssd.png_files import without_notes
from d2l_ssd.signatures import foreign_content

# Recognized by content: many files named .jpg are something else. Formats by
# their own names, as Image.open warns of large images where we want an error
READERS = {
    b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImagePlugin.PngImageFile,
    b"RIFF": WebPImagePlugin.WebPImageFile,
    b"BM": BmpImagePlugin.BmpImageFile,
    b"GIF8": GifImagePlugin.GifImageFile,
}
FORMATS = "JPEG, PNG, WEBP, BMP or GIF"
MAX_PIXELS = 2 * Image.MAX_IMAGE_PIXELS  # about 179 million
SIMPLE_WEBP = b"VP8 ", b"VP8L"  # files of one chunk
PNG_DEPTH = 24  # where its first chunk says how many bits a value has
PNG_END = b"IEND\xaeB`\x82"  # the last chunk's name and checksum
AFTER_LINE = re.compile(rb"\r\n(.)", re.DOTALL)
# By chance not every \n has a \r before it, unless one pattern is repeated: then
# the same bytes come after it
MANY_LINES = 4
ORIENTATION = 0x0112  # EXIF's tag, and what its values ask to be done
TURNS = {
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).swapaxes(0, 1),
    8: np.rot90,
}
SIDEWAYS = 5, 6, 7, 8  # width and height change
BRIGHT = 99.9  # percent of pixels that say how many bits an image uses


class Photograph(NamedTuple):
    """The pixels of a file, (H, W, 3) uint8, and how EXIF turns them."""

    stored: np.ndarray
    orientation: int | None  # None, or 1: as they are

    @property
    def upright(self) -> np.ndarray:
        """The pixels as programs show them, (H, W, 3) uint8."""
        turn = TURNS.get(self.orientation)
        return np.ascontiguousarray(turn(self.stored)) if turn else self.stored

    @property
    def ambiguous(self) -> bool:
        """EXIF turns the pixels, and their size does not show it."""
        height, width = self.stored.shape[:2]
        sideways = self.orientation in SIDEWAYS and height != width
        return self.orientation in TURNS and not sideways


class ImageFacts(NamedTuple):
    """What a file says of its image; sizes are (height, width) in pixels."""

    upright: tuple[int, int]  # size as programs show it
    stored: tuple[int, int]  # size without a look at EXIF
    turned: bool  # EXIF says that the pixels are stored turned or mirrored
    animated: bool  # there are more pictures than the one that is read
    half_zeros: bool  # the file is not compressed, and its second half zeros

    @property
    def ambiguous(self) -> bool:
        """EXIF turns the pixels, and their size does not show it."""
        return self.turned and self.upright == self.stored


def read_image(path: str | os.PathLike, upright: bool = True) -> np.ndarray:
    """Read an image file.

    Args:
        path: a JPEG, PNG, WebP, BMP or GIF file, whatever its name ends in.
        upright: turn the image as its EXIF orientation says, like all programs
            that show photographs; False returns the pixels as they are stored.

    Returns:
        (H, W, 3) uint8 RGB. Gray becomes three equal colors; transparency is
        dropped. Values of 16 bits are divided by a power of two that fits all
        but the brightest 0.1% of them into 8 bits, so that data of 12 bits is
        not black, and a few saturated pixels change nothing. Of an animation it
        is the first picture.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no image of these formats, larger than MAX_PIXELS, or
            damaged or incomplete. Only PNG has checksums. In the others a wrong
            bit among the pixels may pass and change colors, and in a BMP, where
            zeros are black, so may a part that was never written.
    """
    photograph = read_photograph(path)
    return photograph.upright if upright else photograph.stored


def read_photograph(path: str | os.PathLike) -> Photograph:
    """Read an image file like `read_image`, both as stored and upright."""

    def decode(image, data):
        image.load()
        return Photograph(_to_rgb(image, data), _orientation(image))

    return _read(path, decode)


def inspect_image(path: str | os.PathLike) -> ImageFacts:
    """Check a whole image file, faster than `read_image` reads it.

    Raises:
        FileNotFoundError, ValueError: like `read_image`.
    """

    def inspect(image, data):
        size = image.size
        # All of a JPEG is decoded, but not all pixels are computed
        image.draft(None, (1, 1))
        image.load()
        return _facts(image, size, data)

    return _read(path, inspect)


def survey_image(
    path: str | os.PathLike, side: int
) -> tuple[ImageFacts, Photograph]:
    """Check a whole image file like `inspect_image`, and return it in small.

    Args:
        path: as for `read_image`.
        side: of the small photograph in pixels; its longer side is no longer.

    Returns:
        What the file says of the image, and the photograph, scaled down.

    Raises:
        FileNotFoundError, ValueError: like `read_image`.
    """

    def survey(image, data):
        size = image.size
        image.draft(None, (side, side))
        image.load()
        facts = _facts(image, size, data)
        pixels = _scale_down(_to_rgb(image, data), side)
        return facts, Photograph(pixels, _orientation(image))

    return _read(path, survey)


def read_sizes(path: str | os.PathLike) -> tuple[tuple, tuple]:
    """Return an image's (height, width) upright and as stored, from its header.

    Raises:
        FileNotFoundError, ValueError: like `read_image`, but for pixels.
    """
    image = _open(path, without_notes(read_bytes(path, "image")))
    stored = image.size[::-1]
    # Pillow reads all of a PNG to find a note that may stand at its end
    has_note = image.format != "PNG" or "exif" in image.info
    sideways = has_note and _orientation(image) in SIDEWAYS
    return stored[::-1] if sideways else stored, stored


def read_bytes(path: str | os.PathLike, kind: str) -> bytes:
    """Read a file; errors name its path and its kind, such as "image"."""
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(
            f"path must be a string or a Path that names the {kind}, got "
            f"{type(path).__name__}"
        )
    try:
        # A folder cannot be read, and a pipe would wait for ever
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ValueError(f"{path}: not a file, as the {kind} must be")
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{kind} not found: {path}") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None


def _read(path: str | os.PathLike, decode):
    """Return decode(image, data) of a file's image; errors name the file."""
    data = without_notes(read_bytes(path, "image"))
    image = _open(path, data)
    try:
        _check_copy(image, data)
        with type(image)(io.BytesIO(only_image(data))) as image:
            return decode(image, data)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds for damaged files
        raise ValueError(
            f"{path}: damaged image: {error}; replace the file"
        ) from error


def _open(path: str | os.PathLike, data: bytes) -> Image.Image:
    """Return an image whose header is read; errors name the file."""
    reader = next((READERS[s] for s in READERS if data.startswith(s)), None)
    try:
        if reader is None:
            raise SyntaxError("no signature of an image")
        image = reader(io.BytesIO(data))
    except Exception:  # of a header, Pillow's readers raise many kinds
        content = foreign_content(data)
        raise ValueError(
            f"{path}: not a {FORMATS} image ({len(data):,} bytes)"
            + (f" but {content}" if content else "; replace the file")
        ) from None
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"{path}: an image of {width:,} x {height:,} pixels, more than "
            f"{MAX_PIXELS:,}; scale it down"
        )
    return image


def _check_copy(image: Image.Image, data: bytes) -> None:
    """Raise for damage that Pillow may pass over: as text, and at the end."""
    followers = set(AFTER_LINE.findall(data))
    many = len(followers) >= MANY_LINES
    if many and data.count(b"\r\n") == data.count(b"\n"):
        raise ValueError(
            "it was copied as text, which put a \\r before every \\n: copy it "
            "again in binary mode"
        )
    # A WebP file with metadata may end in zeros
    simple_webp = image.format == "WEBP" and data[12:16] in SIMPLE_WEBP
    if image.format == "PNG" and PNG_END not in data:
        raise ValueError(f"image file is truncated ({len(data):,} bytes)")
    if simple_webp and data.endswith(ZEROS):
        raise ValueError("there are zeros in place of its pixels")


def _orientation(image: Image.Image) -> int | None:
    """Return EXIF's orientation, or None where none can be read."""
    try:
        return image.getexif().get(ORIENTATION)
    except Exception:  # as many kinds again
        # A note that cannot be read: programs show such an image as stored
        return None


def _facts(
    image: Image.Image, size: tuple[int, int], data: bytes
) -> ImageFacts:
    """Return what a file says of its image, whose (width, height) is size."""
    orientation = _orientation(image)
    stored = size[::-1]
    return ImageFacts(
        stored[::-1] if orientation in SIDEWAYS else stored,
        stored,
        orientation in TURNS,
        _is_animated(image),
        image.format == "BMP" and data.endswith(bytes(len(data) // 2)),
    )


def _scale_down(pixels: np.ndarray, side: int) -> np.ndarray:
    """Scale (H, W, 3) down until its longer side is no longer than side."""
    import cv2

    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    height, width = (max(1, round(scale * n)) for n in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


def _is_animated(image: Image.Image) -> bool:
    """Say whether a file has a second picture."""
    try:
        return getattr(image, "is_animated", False)
    except Exception:  # it has one that is damaged; the first is what we read
        return True


def _to_rgb(image: Image.Image, data: bytes) -> np.ndarray:
    """Return the pixels of an image, read from data, as (H, W, 3) uint8."""
    depth = data[PNG_DEPTH] if image.format == "PNG" else 8
    if depth == 16:
        return _to_8_bits(_read_16_bits(data))
    return np.array(image.convert("RGB"))


def _read_16_bits(data: bytes) -> np.ndarray:
    """Return a PNG's colors as (H, W, 3) uint16; Pillow keeps 8 bits of them."""
    import cv2

    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR
    flags |= cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("its 16 bits per color cannot be read")
    return pixels[..., ::-1]


def _to_8_bits(colors: np.ndarray) -> np.ndarray:
    """Shift values of 16 bits so that almost all of them fit into 8."""
    bright = np.percentile(colors.max(axis=-1), BRIGHT, method="higher")
    unused_bits = max(int(bright).bit_length() - 8, 0)
    return np.minimum(colors >> unused_bits, 255).astype(np.uint8)
