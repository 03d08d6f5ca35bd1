"""The Sphinx extension for links that open the playground in a certain state."""

from io import StringIO

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace


@pytest.mark.parametrize(
    "chapter, target, address",
    [
        ("book/data", "playground.html", "playground.html"),
        (
            "book/data",
            "playground.html#iou=0.4&bug=order",
            "playground.html#iou=0.4&amp;bug=order",
        ),
        (
            "book/api/data",
            "playground.html#iou=0.4",
            "../playground.html#iou=0.4",
        ),
    ],
)
def test_link_keeps_the_state(tmp_path, chapter, target, address):
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser', 'playground_links']\n"
        # Sphinx keeps the suffixes that extensions of an earlier build have added
        "source_suffix = {'.md': 'markdown'}\n"
        f"root_doc = '{chapter}'"
    )
    path = tmp_path / f"{chapter}.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"# Data\n\n[try *it*]({target})")
    (tmp_path / "book" / "playground.md").write_text(
        "---\norphan: true\n---\n# P"
    )
    out, warnings = tmp_path / "out", StringIO()
    with docutils_namespace():
        Sphinx(tmp_path, tmp_path, out, out, "html", warning=warnings).build()
    assert warnings.getvalue() == ""
    page = (out / f"{chapter}.html").read_text()
    assert f'<a class="reference internal" href="{address}">try it</a>' in page
