"""XML of annotations: its fields, or errors that say what to do."""

from __future__ import annotations

import math
import os
import re
import xml.etree.ElementTree as ET

from d2l_ssd.images import read_bytes
from d2l_ssd.signatures import foreign_content

ENCODING = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)")
WIDE_ENCODINGS = b"gb", b"big5", b"shift", b"euc", b"cp93", b"hz"
UNESCAPED = re.compile(rb"&(?!(#\w+|amp|lt|gt|quot|apos);)")
DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
NO, YES = ("0", "false", "no", "unspecified", ""), ("1", "true", "yes")


def parse_xml(path: str | os.PathLike) -> ET.Element:
    """Return the root of an XML file that declares no entities.

    Its tags are in lower case and without namespaces.
    """
    data = read_bytes(path, "annotation")
    try:
        if not data.strip():
            raise ValueError("the file is empty; label the image again")
        if content := foreign_content(data):
            raise ValueError(f"the file is {content}")
        # The parser knows no encodings with several bytes for a letter
        declared = ENCODING.match(data)
        if declared and declared[1].lower().startswith(WIDE_ENCODINGS):
            data = data.decode(declared[1].decode()).encode()
            data = data[declared.end() :].partition(b"?>")[2]
        # Editors and templates leave empty lines before the declaration
        if data.lstrip().startswith(b"<?xml"):
            data = data.lstrip()
        # Entities can grow without bound. In UTF-16 zeros stand between letters
        if b"<!DOCTYPE" in data.replace(b"\0", b""):
            raise ValueError("it declares a DOCTYPE; remove that line")
        root = ET.fromstring(data)
    except ET.ParseError as error:
        advice = "write the file again, in UTF-8"
        if UNESCAPED.search(data.replace(b"\0", b"")):
            advice = "write &amp; for each & in a text"
        raise ValueError(f"{path}: broken XML: {error}; {advice}") from None
    except (ValueError, LookupError) as error:
        advice = "" if ";" in str(error) else "; write the file again, in UTF-8"
        raise ValueError(f"{path}: broken XML: {error}{advice}") from None
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2].lower()
    return root


def objects_of(root: ET.Element, path) -> list[ET.Element]:
    """Return an annotation's objects; raise for those that are elsewhere."""
    objects = root.findall("object")
    if len(objects) < len([*root.iter("object")]):
        raise ValueError(
            f"{path}: an <object> is within another element: put all of them "
            f"directly into <{root.tag}>"
        )
    return objects


def child_of(node: ET.Element, tag: str, path) -> ET.Element | None:
    """Return a child of an XML node; raise for several that differ."""
    children = node.findall(tag)
    contents = {tuple(map(str.strip, c.itertext())) for c in children[1:]}
    if contents and contents != {tuple(map(str.strip, children[0].itertext()))}:
        raise ValueError(
            f"{path}: <{node.tag}> has {len(children)} different <{tag}>: keep "
            "the right one, or write one <object> for each"
        )
    return children[0] if children else None


def field_of(node: ET.Element, tag: str, path) -> str:
    """Return the text of a child of an XML node, or ""."""
    child = child_of(node, tag, path)
    if child is None:
        return ""
    if len(child):
        raise ValueError(
            f"{path}: <{tag}> must hold text alone, and has <{child[0].tag}>"
        )
    return (child.text or "").strip()


def raise_missing(node: ET.Element, tag: str, path):
    raise ValueError(f"{path}: <{node.tag}> has no <{tag}>")


def number_of(node: ET.Element, tag: str, path) -> float:
    """Return a child of an XML node as a number."""
    text = field_of(node, tag, path) or raise_missing(node, tag, path)
    try:
        # Python would read 1_5 as 15
        number = float(text.replace("_", "?"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        advice = (
            f"write {text.replace(',', '.')}"
            if DECIMAL_COMMA.fullmatch(text)
            else "write one with digits and a point"
        )
        raise ValueError(f"{path}: <{tag}> is not a number: {text!r}; {advice}")
    return number


def flag_of(node: ET.Element, tag: str, path) -> int:
    """Return a child of an XML node that is 0 or 1.

    VOC's own development kit reads absent flags as 0, and some objects of
    VOC2012 have none. Tools write empty ones, words, and 0.0.
    """
    text = field_of(node, tag, path)
    word = text.lower().removesuffix(".0")
    if word not in NO + YES:
        raise ValueError(f"{path}: <{tag}> must be 0 or 1, got {text!r}")
    return int(word in YES)
