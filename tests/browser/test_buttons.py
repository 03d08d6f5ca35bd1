"""The buttons that lead from a page to its notebook."""

import re

import publish
import pytest
from pages import HTML, ROOT, chapters

NOTEBOOKS = [c for c in chapters() if (ROOT / f"{c}.ipynb").exists()]


@pytest.mark.parametrize("chapter", NOTEBOOKS)
class TestButtons:
    def test_colab_opens_the_chapter_where_it_is_published(self, chapter):
        url, branch = publish.read_repository(ROOT / "_config.yml")
        name = url.removeprefix("https://github.com/")
        opened = f"github/{name}/blob/{branch}/{chapter}.ipynb"
        assert links(chapter, "https://colab") == (
            [f"https://colab.research.google.com/{opened}"] if url else []
        )

    def test_download_is_the_notebook(self, chapter):
        (link,) = links(chapter, r"\.\./_sources/")
        file = HTML / "book" / link
        source = ROOT / f"{chapter}.ipynb"
        same = file.read_bytes() == source.read_bytes()
        assert same  # without a diff, which would take minutes


def links(chapter, beginning):
    """List the addresses of a page's links that begin so."""
    page = (HTML / f"{chapter}.html").read_text(encoding="utf-8")
    return re.findall(f'href="({beginning}[^"]*)"', page)
