"""What the pages tell people to type in a shell."""

import re

import pytest
from helpers.chapters import BOOK, CHAPTERS, markdown_of

BLOCK = re.compile(r"^```bash\n(.*?)^```", re.S | re.M)


def check(text):
    """Assert that no line of a command is broken off: two backslashes are one."""
    for block in BLOCK.findall(text):
        assert "\\\\\n" not in block, block


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_commands_of_a_chapter_go_on_in_the_next_line(chapter):
    check(markdown_of(chapter))


def test_commands_of_the_pages_go_on_in_the_next_line():
    for page in BOOK.rglob("*.md"):
        check(page.read_text(encoding="utf-8"))
