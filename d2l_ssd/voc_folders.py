"""Names and lists of images in folders of Pascal VOC's layout."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from d2l_ssd.images import read_bytes

# In any case of letters; where an id has several files the first one counts
IMAGE_EXTENSIONS = (
    ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif",
)  # fmt: skip
FLAGS = ("1", "0", "-1")
UTF16_MARKS = b"\xff\xfe", b"\xfe\xff"


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file that are not empty, stripped."""
    data = read_bytes(path, "list")
    try:
        # Windows' editors put a mark before the first line
        encoding = "utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig"
        lines = data.decode(encoding).splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: not text in UTF-8: {error}; save it in UTF-8"
        ) from None
    return [line.strip() for line in lines if line.strip()]


def image_id_of(text: str, path: Path) -> str:
    """Return an image's name; those with blanks are quoted by some tools."""
    image_id = text.strip().strip('"')
    if not image_id or {"/", "\\", "\0"}.intersection(image_id):
        raise ValueError(
            f"{path}: not the name of an image in JPEGImages: {text!r}; name "
            "images without folder and extension"
        )
    return image_id


def read_class_list(path: Path) -> list[str]:
    """Return the ids that a list per class, `<id> <flag>` a line, flags with 1."""
    ids = []
    for line in read_lines(path):
        image_id, flag = [*line.rsplit(None, 1), ""][:2]
        if flag not in FLAGS:
            raise ValueError(
                f"{path}: not an id and a flag 1, 0 or -1: {line!r}"
            )
        if flag == "1":
            ids.append(image_id_of(image_id, path))
    return ids


def is_image(extension: str) -> bool:
    """Say whether files with an extension may be images."""
    return extension.lower() in IMAGE_EXTENSIONS


def ways_to_write(name: str) -> list[str]:
    """Return a name as it is, with accents as parts of letters, and apart."""
    if name.isascii():
        return [name]
    return [name, *(unicodedata.normalize(f, name) for f in ("NFC", "NFD"))]


def files_by_id(folder: Path, extensions: Sequence[str]) -> dict[str, str]:
    """Return the file names of a folder by their ids, hidden ones left out."""
    files = {}
    for entry in os.scandir(folder):
        stem, extension = os.path.splitext(entry.name)
        if extension.lower() in extensions and not stem.startswith("."):
            rank = extensions.index(extension.lower()), entry.name
            files[stem] = min(files.get(stem, rank), rank)
    return {image_id: name for image_id, (_, name) in files.items()}
