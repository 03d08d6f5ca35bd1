"""The chapters show the tables that are stored: no number is typed."""

import json
from pathlib import Path

import pytest

from d2l_ssd.results import load_results

BOOK = Path(__file__).resolve().parents[2] / "book"


def shown_tables(chapter):
    """All Markdown that the cells of a chapter show."""
    cells = json.loads((BOOK / f"{chapter}.ipynb").read_text())["cells"]
    return "".join(
        "".join(output.get("data", {}).get("text/markdown", []))
        for cell in cells
        for output in cell.get("outputs", [])
    )


@pytest.mark.parametrize(
    "table, chapters",
    [
        ("ablation", ["training"]),
        ("baselines", ["evaluation"]),
        ("larger_images", ["evaluation"]),
        ("longer_training", ["training", "evaluation"]),
    ],
    ids=lambda value: value if isinstance(value, str) else " and ".join(value),
)
def test_chapters_show_all_rows(table, chapters):
    shown = "".join(map(shown_tables, chapters))
    for row in getattr(load_results(), table)["rows"]:
        numbers = f"| {row['ap50']:.3f} | {row['ap']:.3f} |"
        assert numbers in shown, row["name"]
