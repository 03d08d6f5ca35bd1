"""Every figure of the chapters has a number, a caption and alternative text."""

import re
from collections import Counter

import pytest
from helpers.chapters import CHAPTERS, is_picture, visible_outputs

DRAWN_NAME = re.compile(r'<svg[^>]*aria-label="([^"]+)"|<title[^>]*>([^<]+)')
NAME = re.compile(r"fig-[a-z0-9-]+")
APP = (
    "playground"  # the tag of a cell that is the page itself, without a caption
)


def pictures(chapter):
    """List (cell, data, in a solution) for what is a picture."""
    return [out for out in visible_outputs(chapter) if is_picture(out[1])]


def beginning(cell):
    return cell["source"].strip().partition("\n")[0][:60]


def alternative_text(cell, data):
    """Return what a picture is for those who do not see it."""
    image = cell["metadata"].get("mystnb", {}).get("image", {})
    drawn = DRAWN_NAME.findall("".join(data.get("text/html", "")))
    return image.get("alt", "").strip() or " ".join(map("".join, drawn))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_picture_is_a_figure(chapter):
    # The caption is looked at when the book is built (tools/figures.py)
    nameless = [
        beginning(cell)
        for cell, _, in_solution in pictures(chapter)
        if not in_solution
        and APP not in cell["metadata"].get("tags", [])
        and not NAME.fullmatch(cell["metadata"].get("figure", ""))
    ]
    assert nameless == [], 'cells without metadata "figure": "fig-…"'


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_picture_has_alternative_text(chapter):
    silent = [
        beginning(cell)
        for cell, data, _ in pictures(chapter)
        if len(alternative_text(cell, data)) < 20
    ]
    assert silent == [], "cells without mystnb: {image: {alt: …}}"


def test_names_are_unique():
    names = Counter(
        name
        for chapter in CHAPTERS
        for name in {
            cell["metadata"].get("figure")
            for cell, _, _ in pictures(chapter)
            if "figure" in cell["metadata"]
        }
    )
    assert [name for name, count in names.items() if count > 1] == []
