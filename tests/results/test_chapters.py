"""What the chapters store is what the package has today."""

import json
from pathlib import Path

import nbformat
import pytest
from run_chapters import WIDGET_STATE, name_cells, number_executions

from d2l_ssd.results import load_results
from d2l_ssd.results.tables import describe_table, format_spread, run_values
from d2l_ssd.widgets.base import BUNDLES

BOOK = Path(__file__).resolve().parents[2] / "book"


def shown_tables(chapter):
    """All Markdown that the cells of a chapter show."""
    cells = json.loads((BOOK / f"{chapter}.ipynb").read_text())["cells"]
    return "".join(
        "".join(output.get("data", {}).get("text/markdown", []))
        for cell in cells
        for output in cell.get("outputs", [])
    )


@pytest.mark.parametrize("name", ["ablation", "baselines"])
def test_ablation_shows_all_rows(name):
    shown = shown_tables("ablation")
    table = getattr(load_results(), name)
    for row in table["rows"]:
        ap50, ap = (format_spread(run_values(row, m)) for m in ("ap50", "ap"))
        assert f"| {ap50} | {ap} |" in shown, row["name"]
    assert describe_table(table) in shown


CHAPTERS = sorted(path.stem for path in BOOK.glob("*.ipynb"))


@pytest.mark.parametrize("chapter", CHAPTERS)
class TestStoredChapter:
    @pytest.fixture
    def notebook(self, chapter):
        return nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4)

    def test_was_run_as_it_is(self, chapter, notebook):
        ids = [cell.id for cell in notebook.cells]
        counts = [cell.get("execution_count") for cell in notebook.cells]
        name_cells(notebook.cells)
        number_executions(notebook.cells)
        assert [cell.id for cell in notebook.cells] == ids
        counted = [cell.get("execution_count") for cell in notebook.cells]
        assert counted == counts

    def test_shows_the_explorers_of_today(self, chapter, notebook):
        bundles = {path.read_text() for path in BUNDLES.glob("*.*s")}
        widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {})
        for widget in widgets.get("state", {}).values():
            for trait in "_esm", "_css":
                if trait in widget["state"]:
                    assert widget["state"][trait] in bundles, trait
