"""JPEG files, looked through for damage that decoders pass over."""

from __future__ import annotations

import re
from collections.abc import Iterator

START, END = b"\xff\xd8", b"\xd9"
# Second bytes of markers: frames of one scan or several, and what is in them
SEQUENTIAL, PROGRESSIVE = (b"\xc0", b"\xc1"), b"\xc2"
HUFFMAN, SCAN = b"\xc4", b"\xda"
# In a scan only stuffed bytes and restarts follow 0xff
END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
COEFFICIENTS = 64  # of a block
ZEROS = bytes(64)  # of a disk or a download that gave up
LOOKAHEAD = bytes(8)  # a decoder may ask for these after a scan's last bits


def only_image(data: bytes) -> bytes:
    """Return a JPEG's bytes so that decoders cannot make up what is missing.

    Where an end marker comes too early, libjpeg fills the image up with gray.
    Without any marker it asks for more bytes, and Pillow says that the file is
    truncated: a file of one scan is cut where this scan ends. Films and the
    like after the image are cut off as well. Others are returned as they are.

    Raises:
        ValueError: there are zeros in place of pixels, or scans are missing.
    """
    if not data.startswith(START):
        return data
    components, zeros_are_flat = b"", True
    for marker, start, end in _segments(data):
        if marker == PROGRESSIVE:
            _check_scans(data)
            return data
        if marker in SEQUENTIAL:
            components = data[start + 5 : start + 6]
        elif marker == HUFFMAN:
            zeros_are_flat &= {*_first_symbols(data[start:end])} <= {b"\0"}
        elif marker == SCAN:
            if data[start : start + 1] != components:
                return data
            stop = END_OF_SCAN.search(data, end)
            scan = data[end : stop.start() if stop else len(data)]
            # Without an end marker, a film may follow the pixels at once
            whole = stop is not None and stop[0].endswith(END)
            if (whole and ZEROS in scan and not zeros_are_flat) or (
                stop is None and scan.endswith(ZEROS)
            ):
                raise ValueError("there are zeros in place of its pixels")
            return data[: end + len(scan)] + LOOKAHEAD if stop else data
    return data


def _segments(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield a JPEG's segments: marker, and where its contents start and end.

    What follows a scan's header is passed over, until the image ends.
    """
    position = len(START)
    while data[position : position + 1] == b"\xff":
        marker = data[position + 1 : position + 2]
        if marker == b"\xff":  # fill bytes may stand before a marker
            position += 1
            continue
        start = position + 4
        end = position + 2 + int.from_bytes(data[position + 2 : start], "big")
        if marker == END or end < start:
            return
        yield marker, start, end
        position = end
        if marker == SCAN:
            stop = END_OF_SCAN.search(data, end)
            position = stop.start() if stop else len(data)


def _first_symbols(tables: bytes) -> list[bytes]:
    """Return what a zero bit and those after it mean in AC Huffman tables.

    Symbol 0 ends a block: a flat part of an image is a row of zeros if all
    tables begin so. In the standard tables that most files have, the brightness
    does not, and zeros mean a pattern that no image has.
    """
    symbols, position = [], 0
    while position < len(tables):
        values = position + 17  # a table's kind, and 16 lengths
        if tables[position] >> 4:
            symbols.append(tables[values : values + 1])
        position = values + sum(tables[position + 1 : values])
    return symbols


def _check_scans(data: bytes) -> None:
    """Raise unless the scans of a progressive JPEG give all bits.

    Each gives some coefficients of some components, down to a bit. A file that
    was cut and closed lacks the later ones. What is missing in the last scan is
    not found: it is the lowest bits.
    """
    lowest_bits = {}  # of each component's coefficients
    for marker, start, end in _segments(data):
        if marker == PROGRESSIVE:
            for component in data[start + 6 : end : 3]:
                lowest_bits[component] = [None] * COEFFICIENTS
        elif marker == SCAN:
            first, last, bits = data[end - 3 : end]
            for component in data[start + 1 : end - 3 : 2]:
                if component in lowest_bits:
                    count = last - first + 1
                    lowest_bits[component][first : last + 1] = [
                        bits & 15
                    ] * count
    if any(any(bit != 0 for bit in bits) for bits in lowest_bits.values()):
        raise ValueError("image file is truncated (scans are missing)")
