"""The style of citations in the pages."""

import html
import re
from io import StringIO

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONFIG = """
extensions = ["sphinxcontrib.bibtex", "citations"]
bibtex_bibfiles = ["papers.bib"]
bibtex_reference_style = "author_year_round"
"""
PAPERS = """@misc{liu2016ssd, title = {SSD}, year = {2016},
  author = {Liu, Wei and Anguelov, Dragomir and Erhan, Dumitru}}"""


@pytest.mark.parametrize(
    "role, shown",
    [
        ("t", "As Liu et al. (2016) say"),
        ("p", "As (Liu et al., 2016) say"),
    ],
)
def test_author_and_year_in_round_brackets(tmp_path, role, shown):
    (tmp_path / "conf.py").write_text(CONFIG)
    (tmp_path / "papers.bib").write_text(PAPERS)
    text = (
        f"Page\n====\nAs :cite:{role}:`liu2016ssd` say\n\n.. bibliography::\n"
    )
    (tmp_path / "index.rst").write_text(text)
    out, warnings = tmp_path / "out", StringIO()
    with docutils_namespace():
        Sphinx(
            tmp_path, tmp_path, out, out, "html", warning=warnings, status=None
        ).build()
    assert warnings.getvalue() == ""
    page = html.unescape((out / "index.html").read_text())
    page = re.sub(r"<[^>]*>", "", page).replace("\xa0", " ")
    assert shown in page
