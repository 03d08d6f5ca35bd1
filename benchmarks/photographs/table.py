"""Make the table of what the trainings on photographs have reached.

    python -m benchmarks.photographs.table

Reads the files that `questions`, `peers` and `ours` have written, as far as they
are there, writes the package's photographs.json, and shows it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.photographs.runs import FOLDER, gather, read_runs
from benchmarks.photographs.settings import BASELINES, QUESTIONS, SETTINGS
from d2l_ssd import results
from d2l_ssd.files import write_text
from d2l_ssd.results.photographs import (
    PHOTOGRAPHS,
    baselines_markdown,
    question_markdown,
    read_photographs_tables,
)


def make_table(questions: Path, baselines: Path) -> dict:
    """Return what photographs.json holds.

    Args:
        questions, baselines: folders of the trainings' files.

    Raises:
        ValueError: a file is damaged, or made with something else than another.
    """
    asked, rows = gather(read_runs(questions), SETTINGS)
    compared, peers = gather(read_runs(baselines), BASELINES)
    return {
        "made": {"questions": asked, "baselines": compared},
        "questions": {
            name: {"question": text, "rows": names}
            for name, (text, names) in QUESTIONS.items()
        },
        "rows": rows,
        "baselines": peers,
    }


def main() -> None:
    """Write the table, and show it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("questions", "baselines"):
        parser.add_argument(f"--{name}", type=Path, default=FOLDER / name)
    parser.add_argument(
        "--folder", type=Path, default=Path(results.__file__).parent
    )
    args = parser.parse_args()
    path = args.folder / PHOTOGRAPHS
    table = make_table(args.questions, args.baselines)
    write_text(path, json.dumps(table, indent=1) + "\n")
    tables = read_photographs_tables(path)
    for name, question in tables["questions"].items():
        print(question["question"], question_markdown(tables, name), sep="\n\n")
        print()
    print(baselines_markdown(tables))


if __name__ == "__main__":
    main()
