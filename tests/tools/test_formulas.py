"""The Sphinx extension that typesets formulas when the book is built."""

import formulas
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONFIG = """
extensions = ["myst_parser", "formulas"]
myst_enable_extensions = ["dollarmath", "amsmath"]
source_suffix = {".md": "markdown"}
"""


def build(folder, text, warnings=None):
    (folder / "conf.py").write_text(CONFIG)
    (folder / "index.md").write_text(f"# Formulas\n\n{text}\n")
    out = folder / "out"
    with docutils_namespace():
        Sphinx(
            folder, folder, out, out, "html", status=None, warning=warnings
        ).build()
    return (out / "index.html").read_text()


def test_a_formula_is_typeset_and_has_mathml():
    html = formulas.typeset(r"\sqrt{wh}", False)
    assert html.startswith('<span class="katex">')
    assert "<msqrt>" in html


@pytest.mark.parametrize(
    "tex, operators",
    [
        (r"x_{\min}", 0),
        (r"x_{\max}^2", 0),
        (r"x^{\min}", 0),
        (r"\min(a, b)", 1),
    ],
)
def test_names_of_functions_as_an_index_have_nothing_behind(tex, operators):
    assert formulas.typeset(tex, False).count("<mo>\u2061</mo>") == operators


def test_what_cannot_be_read_is_an_error_that_says_where():
    with pytest.raises(ValueError, match=r"min' with no arguments"):
        formulas.typeset(r"x_\min", False)


def test_a_page_shows_formulas_without_a_script(tmp_path):
    html = build(tmp_path, "In $x$ and\n\n$$y = 2$$ (two)\n\nsee {eq}`two`.")
    assert html.count('<span class="katex">') == 2
    assert 'class="katex-display"' in html
    assert '<span class="eqno">(1)' in html
    assert "vendor/katex/katex.min.css" in html
    assert "MathJax" not in html


def test_a_bad_formula_is_a_warning_and_stays_as_written(tmp_path):
    from io import StringIO

    warnings = StringIO()
    html = build(tmp_path, r"Bad: $x_\min$, after it.", warnings)
    assert (
        "index.md:3: WARNING: formula: KaTeX parse error" in warnings.getvalue()
    )
    assert r"<code>x_\min</code>" in html
