"""What a file is whose content is not what its reader expects."""

from __future__ import annotations

import re

PHOTOGRAPHS = b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif"
CONVERT = "convert it to JPEG or PNG"
AGAIN = "download the file again"
# Of first bytes: what it is, and what to do
SIGNATURES = {
    rb"version https://git-lfs": (
        "a pointer of Git LFS, and not the file itself; run `git lfs pull`"
    ),
    rb"(?i)\s*(<!doctype html|<html)": f"a web page; {AGAIN}",
    rb"....ftyp(%s)"
    % b"|".join(PHOTOGRAPHS): f"a HEIC or AVIF image; {CONVERT}",
    rb"....ftyp": "a film; save pictures of it as JPEG or PNG",
    rb"II[*+]\0|MM\0[*+]": f"a TIFF image; {CONVERT}",
    rb"\0\0\0\x0c(JXL|jP) |\xff\x0a": f"a JPEG XL or JPEG 2000 image; {CONVERT}",
    rb"8BPS": f"a file of Photoshop; {CONVERT}",
    rb"%PDF": f"a PDF; {CONVERT}",
    rb"(?s)\s*(<\?xml.*)?<svg": f"an SVG drawing; {CONVERT}",
    rb"PK\x03\x04|\x1f\x8b|Rar!|7z\xbc\xaf": "an archive; extract it",
    rb"\x93NUMPY": "an array of NumPy; save it as PNG",
    rb"\0{64}": f"all zeros, as a disk or a download leaves it; {AGAIN}",
}
LONGEST = 512  # bytes of a file that are looked at


def foreign_content(data: bytes) -> str:
    """Say what a file's bytes are and what to do, or "" if that is not known."""
    start = data[:LONGEST]
    matches = (t for s, t in SIGNATURES.items() if re.match(s, start, re.S))
    return next(matches, "")
