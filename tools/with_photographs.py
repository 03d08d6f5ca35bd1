"""Copy the book's sources, with two chapters as they look with photographs.

The chapters are run on BCCD's photographs, which are downloaded unless D2L_SSD_BCCD
names a folder that has them. The copy in build/photos is what `make book PHOTOS=1`
builds from; the chapters in book/ keep their drawings.
"""

import os
import shutil
import sys
from pathlib import Path

import run_chapters

from d2l_ssd.photographs import find_bccd
from d2l_ssd.photographs.bccd import VARIABLE
from d2l_ssd.photographs.drawings import PLAIN

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "photos"
CHAPTERS = "photographs.ipynb", "own_thing.ipynb"
COPIED = "_toc.yml", "_config.yml", "CHANGELOG.md"
LINKED = "tools", "d2l_ssd", "build/static"


def copy_sources(root, target):
    """Copy what the book is built from, but for the chapters."""
    shutil.copytree(
        root / "book",
        target / "book",
        ignore=shutil.ignore_patterns(*CHAPTERS, ".ipynb_checkpoints"),
        dirs_exist_ok=True,
    )
    for name in COPIED:
        shutil.copy2(root / name, target / name)
    for name in LINKED:
        link = target / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(root / name, target_is_directory=True)


def main():
    try:
        data = find_bccd(ROOT / "data" / "bccd")
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    # The kernel runs in another folder
    os.environ[VARIABLE] = str(data.resolve())
    os.environ[PLAIN] = "1"
    shutil.rmtree(TARGET / "book", ignore_errors=True)
    copy_sources(ROOT, TARGET)
    chapters = [str(ROOT / "book" / name) for name in CHAPTERS]
    sys.exit(run_chapters.main(["--output", str(TARGET / "book"), *chapters]))


if __name__ == "__main__":
    main()
