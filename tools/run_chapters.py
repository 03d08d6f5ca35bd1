"""Run chapters from top to bottom and store their outputs in place.

    python tools/run_chapters.py                          all chapters
    python tools/run_chapters.py book/anchors.ipynb     some of them
    python tools/run_chapters.py --output build X.ipynb   not in place: in build/

Running unchanged code leaves no difference for git: cell ids come from the cells'
text, widget ids from the order of creation, and times, versions and whatever else
tells of the machine are left out. What the outputs were made with is stored, too
(tools/freshness.py). A chapter that fails, that grows over 3 MB or whose outputs
hold a path of this machine is left as it was.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from freshness import KEY, fingerprint
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from d2l_ssd.files import write_text

ROOT = Path(__file__).resolve().parent.parent
MAX_BYTES = 3_000_000
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ANSI_COLOR = re.compile(r"\x1b\[[0-9;]*m")
MACHINE_PATH = re.compile(
    r"(?<![\w.:/])/(?:home|root|tmp|Users|usr|opt|var|work|mnt|content)/[\w.]+"
)
MEMORY_ADDRESS = re.compile(r" ?\bat 0x[0-9a-f]{6,}")
ENVIRONMENT = {
    "OMP_NUM_THREADS": str(os.cpu_count()),
    "PYTHONHASHSEED": "0",
    "NO_COLOR": "1",
    "TQDM_DISABLE": "1",
    "D2L_SSD_PHOTOS": "0",  # no photograph is stored with the book
    "MXNET_STORAGE_FALLBACK_LOG_VERBOSE": "0",
    "MXNET_CUDNN_AUTOTUNE_DEFAULT": "0",
}


class ChapterError(Exception):
    """A chapter cannot be stored; the message says why."""


def run_chapter(path, output=None):
    """Run one chapter, store it, and return its size in bytes.

    With an output folder, the chapter stays as it is, and what is stored there
    may be of any size.
    """
    before = path.read_bytes()
    notebook = nbformat.reads(before.decode(), as_version=4)
    execute(notebook, path)
    clean(notebook)
    check_outputs(notebook)
    notebook.metadata[KEY] = fingerprint(notebook)
    text = nbformat.writes(notebook) + "\n"
    nbformat.validate(notebook)
    if output is None and len(text.encode()) > MAX_BYTES:
        raise ChapterError(
            f"{len(text.encode()) / 1e6:.1f} MB with its outputs, over 3 MB"
        )
    if path.read_bytes() != before:
        raise ChapterError("somebody changed the file while it ran")
    write_text(path if output is None else output / path.name, text)
    return len(text.encode())


def execute(notebook, path):
    """Run the cells of `notebook` in a fresh kernel, in its folder."""
    notebook.metadata.pop("widgets", None)
    code_cells = [c for c in notebook.cells if c.cell_type == "code"]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: show_progress(
            path, cell, code_cells
        ),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise ChapterError(describe_failure(notebook, error)) from None
    except DeadKernelError:
        raise ChapterError("the kernel died") from None


def show_progress(path, cell, code_cells):
    """Rewrite the line that says which cell runs, on a terminal."""
    if sys.stdout.isatty() and cell in code_cells:
        number = code_cells.index(cell) + 1
        print(f"\r{path.name}: cell {number}/{len(code_cells)} ", end="")


def describe_failure(notebook, error):
    """Say which cell failed, and how."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = ANSI_COLOR.sub("", "\n".join(output.traceback))
                return f"cell {number} failed\n{trace}"
    return str(error)


def clean(notebook):
    """Remove what differs from run to run or from machine to machine."""
    notebook.metadata.pop("jupytext", None)
    notebook.metadata.kernelspec = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata.language_info = {
        "name": "python",
        "pygments_lexer": "ipython3",
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    name_cells(notebook.cells)
    number_executions(notebook.cells)
    rename_widgets(notebook)


def name_cells(cells):
    """Give every cell an id that comes from its text."""
    used = set()
    for cell in cells:
        digest = hashlib.sha1(cell.source.encode()).hexdigest()[:8]
        name, copy = digest, 1
        while name in used:
            copy += 1
            name = f"{digest}-{copy}"
        used.add(name)
        cell.id = name


def number_executions(cells):
    """Count the code cells from 1, those without code too."""
    count = 0
    for cell in cells:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count


def rename_widgets(notebook):
    """Number the widgets in order of creation, wherever they are named."""
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE)
    if not widgets:
        return
    name_of = {
        old: f"{number:032x}" for number, old in enumerate(widgets.state, 1)
    }
    any_widget = re.compile("|".join(name_of))

    def rename(tree):
        text = json.dumps(tree)
        return json.loads(any_widget.sub(lambda old: name_of[old[0]], text))

    state = nbformat.from_dict(rename(notebook.metadata.widgets))
    notebook.metadata.widgets = state
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.from_dict(rename(o)) for o in cell.outputs]
            for output in cell.outputs:
                drop_widget_address(output)


def drop_widget_address(output):
    """Shorten the `<Widget at 0x…>` that stands behind a widget's view."""
    data = output.get("data", {})
    if WIDGET_VIEW in data and "text/plain" in data:
        data["text/plain"] = MEMORY_ADDRESS.sub("", data["text/plain"])


def check_outputs(notebook):
    """Raise for outputs that tell of this machine or differ in every run."""
    for number, cell in enumerate(notebook.cells, 1):
        for text in output_texts(cell):
            found = MACHINE_PATH.search(text) or MEMORY_ADDRESS.search(text)
            here = next((p for p in (str(ROOT), sys.prefix) if p in text), None)
            if found or here:
                raise ChapterError(
                    f"cell {number} shows {(here or found[0]).strip()!r}, which is "
                    "different on every machine or in every run"
                )


def output_texts(cell):
    """List everything textual that a cell shows."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append("\n".join(output.traceback))
        else:
            data = output.data.items()
            texts += [
                str(v) for kind, v in data if not kind.startswith("image")
            ]
    return texts


def warn_of_stderr(path):
    """Point to warnings that a reader would see."""
    for number, cell in enumerate(nbformat.read(path, 4).cells, 1):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                first = output.text.strip().partition("\n")[0]
                print(f"  cell {number} wrote to stderr: {first[:100]}")


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("chapters", nargs="*", type=Path)
    parser.add_argument(
        "--output", type=Path, help="folder to write to, in place of the book's"
    )
    args = parser.parse_args(argv)
    chapters = args.chapters or sorted((ROOT / "book").glob("*.ipynb"))
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    failed = 0
    for path in chapters:
        begin = time.perf_counter()
        try:
            size = run_chapter(path.resolve(), args.output)
        except (ChapterError, OSError, ValueError) as error:
            failed += 1
            print(f"\r{path.name}: {error}\n  not stored", file=sys.stderr)
            continue
        seconds = time.perf_counter() - begin
        print(
            f"\r{path.name}: {seconds:.0f} s, {size / 1e6:.2f} MB", flush=True
        )
        warn_of_stderr(args.output / path.name if args.output else path)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
