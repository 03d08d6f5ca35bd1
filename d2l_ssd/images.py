"""Image files, read strictly: the right pixels or an error that names the file."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

# Recognized by content: many files named .jpg are something else
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")
PNG_END = b"IEND\xaeB`\x82"  # the last chunk's name and checksum


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
        ValueError: it is no image of these formats, or damaged or incomplete.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"image not found: {path}") from None
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.load()
            _check_png_end(image, data)
            if upright:
                _turn_upright(image)
            return _to_rgb(image)
    except UnidentifiedImageError:
        raise ValueError(
            f"{path}: not a {', '.join(FORMATS[:-1])} or {FORMATS[-1]} image "
            f"({len(data):,} bytes); replace the file"
        ) from None
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds for damaged files
        raise ValueError(
            f"{path}: damaged image: {error}; replace the file"
        ) from error


def image_sizes(
    path: str | os.PathLike,
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Check an image file and return its (height, width) upright and stored.

    Raises:
        FileNotFoundError, ValueError: like `read_image`.
    """
    return tuple(
        read_image(path, upright=upright).shape[:2] for upright in (True, False)
    )


def _check_png_end(image: Image.Image, data: bytes) -> None:
    """Raise for a PNG without its last chunk, which Pillow does not miss."""
    if image.format == "PNG" and PNG_END not in data:
        raise ValueError(f"image file is truncated ({len(data):,} bytes)")


def _turn_upright(image: Image.Image) -> None:
    """Turn an image, in place, as its EXIF orientation says."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:  # as many kinds again
        # A note that cannot be read: programs show such an image as stored
        pass


def _to_rgb(image: Image.Image) -> np.ndarray:
    """Return an image's pixels as (H, W, 3) uint8."""
    if image.mode.startswith("I"):  # gray of 16 bits
        gray = np.array(image)
        unused_bits = max(int(gray.max()).bit_length() - 8, 0)
        gray = (gray >> unused_bits).astype(np.uint8)
        return np.repeat(gray[..., None], 3, axis=-1)
    return np.array(image.convert("RGB"))
