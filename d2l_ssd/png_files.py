"""PNG files, without notes on which their decoders give up."""

from __future__ import annotations

START = b"\x89PNG\r\n\x1a\n"
FRAME = 12  # bytes of a chunk around its content: length, name and checksum
# Compressed ones longer than a megabyte are an error for Pillow
NOTES = b"zTXt", b"iTXt", b"iCCP"
# Those that may say how the image is to be turned
ORIENTING = b"Raw profile type exif\0", b"XML:com.adobe.xmp\0"


def without_notes(data: bytes) -> bytes:
    """Return a PNG's bytes without texts and color profiles.

    They change no pixel here, and can be longer than Pillow reads: histories of
    editors, prompts and workflows. Other files are returned as they are, and so
    is what follows a chunk that is damaged.
    """
    if not data.startswith(START):
        return data
    kept, start = [START], len(START)
    while start < len(data):
        end = start + FRAME + int.from_bytes(data[start : start + 4], "big")
        name, content = data[start + 4 : start + 8], data[start + 8 : end]
        if name not in NOTES or content.startswith(ORIENTING):
            kept.append(data[start:end])
        start = end
    return b"".join(kept)
