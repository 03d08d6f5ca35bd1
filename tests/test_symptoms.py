"""The decision tree's drawing and the chapter that it leads through."""

from pathlib import Path

import nbformat
import pytest

from d2l_ssd.symptoms import QUESTIONS, DecisionTree, anchor_of

NOTEBOOK = Path(__file__).parent.parent / "book" / "debugging.ipynb"


def headings():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    return [
        line.lstrip("# ")
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]


@pytest.mark.parametrize("question, title", QUESTIONS)
def test_every_leaf_is_a_section(question, title):
    assert title in headings()
    assert f'href="#{anchor_of(title)}"' in DecisionTree()._repr_html_()
    assert question.endswith("?")


def test_leaves_stand_in_the_order_of_the_sections():
    places = [headings().index(title) for _, title in QUESTIONS]
    assert places == sorted(places)


def test_address_of_a_section():
    assert anchor_of("Good here, poor in use") == "good-here-poor-in-use"
