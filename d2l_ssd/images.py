"""Image files, read strictly: the right pixels or an error that names the file."""

from __future__ import annotations

import io
import os
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
PNG_END = b"IEND\xaeB`\x82"  # the last chunk's name and checksum
ORIENTATION = 0x0112  # EXIF's tag, and what its values ask to be done
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = 5, 6, 7, 8  # width and height change


class ImageFacts(NamedTuple):
    """What a file says of its image; sizes are (height, width) in pixels."""

    upright: tuple[int, int]  # size as programs show it
    stored: tuple[int, int]  # size without a look at EXIF
    turned: bool  # EXIF says that the pixels are stored turned or mirrored
    animated: bool  # there are more pictures than the one that is read


def read_image(path: str | os.PathLike, upright: bool = True) -> np.ndarray:
    """Read an image file.

    Args:
        path: a JPEG, PNG, WebP, BMP or GIF file, whatever its name ends in.
        upright: turn the image as its EXIF orientation says, like all programs
            that show photographs; False returns the pixels as they are stored.

    Returns:
        (H, W, 3) uint8 RGB. Gray becomes three equal colors; transparency is
        dropped. Gray of 16 bits is divided by a power of two that fits the
        brightest pixel into 8 bits, so that data of 12 bits is not black;
        colors of 16 bits keep their upper 8. Of an animation it is the first
        picture.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no image of these formats, larger than MAX_PIXELS, or
            damaged or incomplete. A wrong bit among a JPEG's pixels, which have
            no checksum, may pass and change colors.
    """

    def decode(image):
        image.load()
        turn = TURNS.get(_orientation(image)) if upright else None
        return _to_rgb(image if turn is None else image.transpose(turn))

    return _read(path, decode)


def inspect_image(path: str | os.PathLike) -> ImageFacts:
    """Check a whole image file, faster than `read_image` reads it.

    Raises:
        FileNotFoundError, ValueError: like `read_image`.
    """

    def inspect(image):
        width, height = image.size
        # All of a JPEG is decoded, but not all pixels are computed
        image.draft(None, (1, 1))
        image.load()
        orientation = _orientation(image)
        stored = height, width
        return ImageFacts(
            stored[::-1] if orientation in SIDEWAYS else stored,
            stored,
            orientation in TURNS,
            _is_animated(image),
        )

    return _read(path, inspect)


def read_bytes(path: str | os.PathLike, kind: str) -> bytes:
    """Read a file; errors name its path and its kind, such as "image"."""
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
    """Return decode(image) of a file's image; errors name the file."""
    data = read_bytes(path, "image")
    reader = next((READERS[s] for s in READERS if data.startswith(s)), None)
    try:
        if reader is None:
            raise SyntaxError("no signature of an image")
        image = reader(io.BytesIO(data))
    except Exception:  # of a header, Pillow's readers raise many kinds
        raise ValueError(
            f"{path}: not a {FORMATS} image ({len(data):,} bytes); replace the "
            "file"
        ) from None
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"{path}: an image of {width:,} x {height:,} pixels, more than "
            f"{MAX_PIXELS:,}; scale it down"
        )
    try:
        _check_end(image, data)
        with reader(io.BytesIO(only_image(data))) as image:
            return decode(image)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds for damaged files
        raise ValueError(
            f"{path}: damaged image: {error}; replace the file"
        ) from error


def _check_end(image: Image.Image, data: bytes) -> None:
    """Raise for an end that is missing, where Pillow does not miss it."""
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


def _is_animated(image: Image.Image) -> bool:
    """Say whether a file has a second picture."""
    try:
        return getattr(image, "is_animated", False)
    except Exception:  # it has one that is damaged; the first is what we read
        return True


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Return an image's pixels as (H, W, 3) uint8."""
    if image.mode.startswith("I"):  # gray of 16 bits
        gray = np.array(image)
        unused_bits = max(int(gray.max()).bit_length() - 8, 0)
        gray = (gray >> unused_bits).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=-1)
    return np.array(image.convert("RGB"))
