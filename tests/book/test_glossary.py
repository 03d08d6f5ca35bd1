"""The glossary has every term that the pages use, in order."""

import re

import pytest
from helpers.chapters import BOOK, CHAPTERS, markdown_of

GLOSSARY = (BOOK / "glossary.md").read_text(encoding="utf-8")
ROLE = re.compile(r"\{term\}`(?:[^`<]*<([^>`]*)>|([^`<]*))`")


def entries():
    """List the glossary's entries; each is a list of names."""
    body = re.search(r"```\{glossary\}\n(.*?)^```", GLOSSARY, re.S | re.M)[1]
    blocks = body.strip("\n").split("\n\n")
    return [
        [line for line in block.splitlines() if not line.startswith(" ")]
        for block in blocks
    ]


NAMES = {name.lower() for entry in entries() for name in entry}


def used_terms(text):
    return {(a or b).strip().lower() for a, b in ROLE.findall(text)}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_terms_of_a_chapter_are_explained(chapter):
    assert used_terms(markdown_of(chapter)) - NAMES == set()


def test_terms_of_the_pages_are_explained():
    for page in BOOK.rglob("*.md"):
        assert used_terms(page.read_text(encoding="utf-8")) <= NAMES, page.name


def test_entries_are_sorted():
    first = [entry[0].lower() for entry in entries()]
    assert first == sorted(first)


def test_every_entry_leads_on():
    blocks = GLOSSARY.split("\n\n")
    leads = re.compile(r"\.ipynb|\{cite|\{term\}|never|weights that|model")
    for block in blocks[3:]:
        assert leads.search(block), block
