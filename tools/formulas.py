"""Typeset formulas when the book is built, so that no page needs a script for them.

A Sphinx extension: a math renderer, `katex`, that asks KaTeX in node. What it writes
holds MathML for screen readers besides what is seen. A formula that KaTeX cannot read
is a warning that names it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tools" / "page" / "katex.mjs"
STYLES = "vendor/katex/katex.min.css"

logger = logging.getLogger(__name__)


@cache
def typesetter():
    """Start node once; return its process, which ends with its input."""
    node = shutil.which("node")
    if node is None:
        raise OSError("no node on the PATH: start the build with `make book`")
    return subprocess.Popen(
        [node, SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
    )


@cache
def typeset(tex, display):
    """Return a formula as HTML.

    Raises:
        ValueError: KaTeX cannot read it.
    """
    process = typesetter()
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["html"]


def html_of(node, display):
    """Return a node's formula as HTML, or as it was written with a warning."""
    try:
        return typeset(node.astext(), display)
    except ValueError as error:
        logger.warning(f"formula: {error}", location=node)
        return f"<code>{nodes.unescape(node.astext())}</code>"


def visit_math(translator, node):
    tag = translator.starttag(node, "span", "", CLASS="math notranslate")
    translator.body.append(f"{tag}{html_of(node, False)}</span>")
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    add = translator.body.append
    add(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = get_node_equation_number(translator, node)
        add(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        add("</span>")
    add(f"{html_of(node, True)}</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer(
        "katex",
        inline_renderers=(visit_math, None),
        block_renderers=(visit_displaymath, None),
    )
    app.config.html_math_renderer = "katex"
    app.add_css_file(STYLES)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
