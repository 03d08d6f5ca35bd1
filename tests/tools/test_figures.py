"""The Sphinx extension that numbers the chapters' figures."""

import re
from io import StringIO

import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    writes,
)
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

CONFIG = """
extensions = ["myst_nb", "figures"]
nb_execution_mode = "off"
numfig = True
numfig_format = {"figure": "Figure %s"}
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
OUTPUTS = {
    "image": {"image/png": PIXEL, "text/plain": "<Figure>"},
    "html": {"text/html": "<svg id='drawing'></svg>"},
    "widget": {
        "application/vnd.jupyter.widget-view+json": {
            "model_id": "0",
            "version_major": 2,
            "version_minor": 0,
        }
    },
}


def figure_cell(kind="image", name="fig-map", **metadata):
    return new_code_cell(
        "print('above')\nshow()",
        metadata={"figure": name, **metadata},
        outputs=[
            new_output("stream", text="above"),
            new_output("display_data", data=OUTPUTS[kind]),
        ],
    )


def build(folder, *cells):
    """Build a page of cells; return its HTML and Sphinx's warnings."""
    (folder / "conf.py").write_text(CONFIG)
    page = [new_markdown_cell("# Page\n\nSee {numref}`fig-map`.")]
    language = {"language_info": {"name": "python"}}
    text = writes(new_notebook(cells=[*page, *cells], metadata=language))
    (folder / "index.ipynb").write_text(text)
    out, warnings = folder / "out", StringIO()
    with docutils_namespace():
        Sphinx(folder, folder, out, out, "html", warning=warnings).build()
    return (out / "index.html").read_text(), warnings.getvalue()


@pytest.mark.parametrize("kind", OUTPUTS)
def test_output_and_caption_are_one_numbered_figure(tmp_path, kind):
    text = "*Figure: four maps, and `code`.* "
    cells = figure_cell(kind), new_markdown_cell(text + "\n\nMore text.")
    page, warnings = build(tmp_path, *cells)
    assert warnings == ""
    figure = re.search(r'<figure.*?id="fig-map".*?</figure>', page, re.S)[0]
    caption = figure[figure.index("<figcaption>") :]
    assert re.search(r">Figure 1 </span>.*Four maps, and <code", caption)
    shown = {"image": "<img", "html": "<svg id", "widget": "widget-view+json"}
    assert shown[kind] in figure
    assert "above" not in figure
    assert page.count("Four maps") == 1
    assert re.search(
        r'href="#fig-map"><span class="std std-numref">Figure 1', page
    )
    assert "<p>More text.</p>" in page


def test_hidden_input_stays_beside_its_figure(tmp_path):
    cells = figure_cell(tags=["hide-input"]), new_markdown_cell("*Figure: a.*")
    page, warnings = build(tmp_path, *cells)
    assert warnings == ""
    details, figure = page.index("<details"), page.index("<figure")
    assert details < page.index("</details>") < figure


def test_figures_are_counted(tmp_path):
    cells = []
    for name in "fig-first", "fig-map":
        cells += [figure_cell(name=name), new_markdown_cell("*Figure: a.*")]
    page, warnings = build(tmp_path, *cells)
    assert warnings == ""
    assert '<span class="std std-numref">Figure 2' in page


@pytest.mark.parametrize(
    "case, cells, message",
    [
        ("no caption", [figure_cell()], "must be followed by a paragraph"),
        (
            "other text",
            [figure_cell(), new_markdown_cell("*Figure: a.* And b.")],
            "must be followed by a paragraph",
        ),
        (
            "nothing shown",
            [new_code_cell("1", metadata={"figure": "fig-map"})],
            "'fig-map' shows no picture or widget",
        ),
        (
            "twice",
            [
                figure_cell(),
                new_markdown_cell("*Figure: a.*"),
                figure_cell(),
                new_markdown_cell("*Figure: a.*"),
            ],
            "'fig-map' is the name of another figure",
        ),
    ],
)
def test_what_is_missing_is_a_warning(tmp_path, case, cells, message):
    _, warnings = build(tmp_path, *cells)
    assert "figure: " in warnings and message in warnings
