"""No chapter's outputs are older than its code or than what it imports."""

import nbformat
import pytest
from freshness import stale_parts
from helpers.chapters import BOOK, CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_outputs_are_of_today(chapter):
    notebook = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4)
    assert stale_parts(notebook) == [], (
        f"changed since: run `make notebooks CHAPTERS=book/{chapter}.ipynb`"
    )
