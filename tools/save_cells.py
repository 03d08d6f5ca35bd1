"""Write the `#@save` cells of the chapters to the modules of `d2l_ssd`.

    python tools/save_cells.py            write the modules
    python tools/save_cells.py --check    change nothing; exit 1 if they differ

A cell whose first line is `#@save` goes to its chapter's module: the cells of
`book/anchors.ipynb` become `d2l_ssd/anchors.py`. `#@save boxes` names another
module, `#@save mxnet/model` one in a subpackage, and `#@save benchmarks/beyond/ssd`
one outside of the package. Several chapters may write one module, in the order of
`_toc.yml`, but only a chapter itself writes the module of its name. Imports are
gathered at the top of the module and unused ones are dropped; names that another
module of the same chapters defines are imported.
"""

import argparse
import ast
import difflib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from d2l_ssd.files import write_text

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "d2l_ssd"
MARK = "# Generated from "
OUTSIDE = "benchmarks/"  # what a chapter writes, but the package does not take
MODULE_NAME = re.compile(rf"({OUTSIDE})?([a-z][a-z0-9_]*/)?[a-z][a-z0-9_]*")
SAVE_LINE = re.compile(r"#\s*@save\b[ \t]*(.*)")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
INNER_SCOPES = (
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
CHAPTER_LINE = re.compile(r"^\s*(?:- )?file:\s*(\S+)", re.MULTILINE)
LATE_SAVE_LINE = re.compile(r"^.*#\s*@save\b", re.MULTILINE)


class SaveError(Exception):
    """A chapter cannot be saved; the message names the notebook and the cell."""


class Cell(NamedTuple):
    """One `#@save` cell; `imports` and `body` are lists of source lines."""

    notebook: str
    number: int  # among all the notebook's cells, from 1
    module: str
    imports: list
    body: list
    names: list

    def __str__(self):
        return f"book/{self.notebook}, cell {self.number}"


def read_cells(book):
    """Read the `#@save` cells of all chapters in `book`, in reading order."""
    return [
        cell for notebook in chapters(book) for cell in read_notebook(notebook)
    ]


def chapters(book):
    """List the notebooks in the order of `_toc.yml`, those not in it last."""
    contents = read(book.parent / "_toc.yml")
    names = [Path(name).stem for name in CHAPTER_LINE.findall(contents)]
    place = {name: number for number, name in enumerate(names)}
    return sorted(
        book.glob("*.ipynb"),
        key=lambda path: (place.get(path.stem, len(names)), path.name),
    )


def read_notebook(path):
    """Read the `#@save` cells of one notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (ValueError, KeyError) as error:
        raise SaveError(
            f"book/{path.name}: not a notebook ({error!r})"
        ) from None
    saved = []
    for number, cell in enumerate(cells, 1):
        first_line, _, code = "".join(cell["source"]).partition("\n")
        if cell["cell_type"] != "code":
            continue
        where = f"book/{path.name}, cell {number}"
        mark = SAVE_LINE.fullmatch(first_line.rstrip())
        if LATE_SAVE_LINE.search(code if mark else first_line + "\n" + code):
            raise SaveError(f"{where}: `#@save` belongs alone on line 1")
        if mark:
            module = module_name(path.stem, mark[1], where)
            parts = split_imports(code, where)
            saved.append(Cell(path.name, number, module, *parts))
    return saved


def module_name(stem, wanted, where):
    """Return the module that a cell is for: `wanted`, or its chapter's own."""
    name = wanted or stem
    if not MODULE_NAME.fullmatch(name):
        raise SaveError(
            f"{where}: cannot save to a module named {name!r}: use a name "
            "like `anchors` or `mxnet/model`"
        )
    if (ROOT / PACKAGE / name / "__init__.py").exists():
        raise SaveError(
            f"{where}: {name!r} is a package: name a module in it, like "
            f"`#@save {name}/model`"
        )
    return name


def file_of(module):
    """Return a module's path in the package, which may lead out of it."""
    return f"../{module}.py" if module.startswith(OUTSIDE) else f"{module}.py"


def path_of(file):
    """Return the path, from the root, of what `file_of` returns."""
    return os.path.normpath(f"{PACKAGE}/{file}")


def full_name(module):
    """Return the name that a module is imported by."""
    name = module.replace("/", ".")
    return name if module.startswith(OUTSIDE) else f"{PACKAGE}.{name}"


def split_imports(code, where):
    """Split a cell into import lines, other lines and the names it defines."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        line = (error.lineno or 0) + 1  # the `#@save` line is the first
        raise SaveError(f"{where}, line {line}: {error.msg}") from None
    if ";" in code:
        check_one_statement_a_line(tree, where)
    lines = code.splitlines()
    imports = []
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            span = slice(node.lineno - 1, node.end_lineno)
            imports += lines[span]
            lines[span] = [None] * (node.end_lineno - node.lineno + 1)
    body = [line for line in lines if line is not None]
    return imports, body, list(dict.fromkeys(defined_names(tree)))


def defined_names(tree):
    """Yield the names that a tree's own scope defines, not those inside others."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, DEFINITIONS):
            yield node.name
        elif not isinstance(node, INNER_SCOPES):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            yield from defined_names(node)


def check_one_statement_a_line(tree, where):
    """Raise for `import a; b = 1`: lines are what we move."""
    for before, after in zip(tree.body, tree.body[1:]):
        if before.end_lineno == after.lineno:
            raise SaveError(f"{where}, line {after.lineno + 1}: two statements")


def check_names(cells):
    """Raise for a public name that two modules of one package define."""
    owner = {}
    for cell in cells:
        folder = cell.module.rpartition("/")[0]
        for name in cell.names:
            # Two modules may both have a `_helper`
            room = cell.module if name.startswith("_") else folder
            first = owner.setdefault((room, name), cell)
            if first is not cell:
                raise SaveError(f"{cell}: {name!r} is saved by {first} too")


def check_modules(cells):
    """Raise for a cell that writes the module of another chapter's name."""
    stems = {Path(cell.notebook).stem for cell in cells}
    for cell in cells:
        if cell.module in stems - {Path(cell.notebook).stem}:
            raise SaveError(
                f"{cell}: {cell.module}.py is the module of "
                f"book/{cell.module}.ipynb"
            )


def build_package(book):
    """Return the text of every generated module, by its path in the package."""
    cells = read_cells(book)
    check_modules(cells)
    check_names(cells)
    files = {}
    for module in dict.fromkeys(cell.module for cell in cells):
        group = [cell for cell in cells if cell.module == module]
        notebooks = {cell.notebook for cell in group}
        siblings = [
            cell
            for cell in sorted(cells, key=lambda cell: cell.module)
            if cell.notebook in notebooks and cell.module != module
        ]
        files[file_of(module)] = build_module(group, siblings)
    return files


def build_module(cells, siblings):
    """Return the text of one module; `siblings` are its chapters' other cells."""
    # Imports and all; ruff drops those that the module does not use
    imports = [line for cell in cells for line in cell.imports]
    imports += [
        f"from {full_name(cell.module)} import {name}"
        for cell in siblings
        for name in cell.names
        if not name.startswith("_")
    ]
    notebooks = dict.fromkeys(f"book/{cell.notebook}" for cell in cells)
    sources = " and ".join(notebooks)
    header = f"{MARK}{sources} (`make save`); do not edit."
    docstring, bodies = split_docstring(cells)
    lines = [header, *docstring, "", *imports]
    owners = [cells[0]] * len(lines)
    for cell, body in zip(cells, bodies):
        lines += ["", "", *body]
        owners += [cell] * (len(body) + 2)
    name = path_of(file_of(cells[0].module))
    text = "\n".join(lines) + "\n"
    raise_for_undefined_names(text, name, owners)
    return tidy(text, name)


def split_docstring(cells):
    """Take the first cell's leading string as the module's docstring."""
    bodies = [cell.body for cell in cells]
    statements = ast.parse("\n".join(bodies[0])).body
    if statements and ast.get_docstring(ast.Module(statements[:1], [])):
        end = statements[0].end_lineno
        return bodies[0][:end], [bodies[0][end:], *bodies[1:]]
    return [], bodies


def raise_for_undefined_names(text, name, owners):
    """Raise for a name that the module uses and nothing in it defines."""
    report = ruff(
        ["check", "--select=F821", "--output-format=json", "--exit-zero"],
        text,
        name,
    )
    for problem in json.loads(report):
        cell = owners[problem["location"]["row"] - 1]
        raise SaveError(
            f"{cell}: {problem['message']}: save it, or import it in the cell"
        )


def tidy(text, name):
    """Drop the unused imports, sort the others, format."""
    for rule in "F401", "I":  # unused names first: they may be many
        fix = ["check", f"--select={rule}", "--fix", "--quiet", "--exit-zero"]
        text = ruff(fix, text, name)
    return ruff(["format"], text, name)


def ruff(arguments, text, name):
    """Run ruff, with the project's settings, on a text; return its output."""
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache"]
    done = subprocess.run(
        [*command, "--stdin-filename", str(ROOT / name), "-"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    if done.returncode:
        raise SaveError(f"{name}: ruff: {done.stderr.strip()}")
    return done.stdout


def stale_modules(package, files):
    """List the generated modules, by path, that no chapter saves any more."""
    folders = package, package.parent / OUTSIDE
    modules = sorted(path for room in folders for path in room.rglob("*.py"))
    return [
        name
        for path in modules
        if (name := Path(os.path.relpath(path, package)).as_posix())
        not in files
        and read(path).startswith(MARK)
    ]


def save(package, files):
    """Write what changed, remove what no chapter saves, and say so."""
    changed = {
        name: text
        for name, text in files.items()
        if read(package / name) != text
    }
    for name, text in changed.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(package / name, text)
        print(f"wrote {path_of(name)}")
    for name in stale_modules(package, files):
        (package / name).unlink()
        print(f"removed {path_of(name)}: no chapter saves it any more")
    print(f"{len(files)} files, {len(changed)} changed")
    return 0


def check(package, files):
    """Print how the package differs from the chapters; return 1 if it does."""
    expected = dict.fromkeys(stale_modules(package, files), "")
    expected.update(files)
    changed = [n for n, text in expected.items() if read(package / n) != text]
    for name in changed:
        before = read(package / name).splitlines(keepends=True)
        after = expected[name].splitlines(keepends=True)
        labels = path_of(name), "the chapters"
        sys.stdout.writelines(difflib.unified_diff(before, after, *labels))
    if changed:
        print(
            f"differ from the chapters (run `make save`): {', '.join(changed)}"
        )
    return int(bool(changed))


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument("--book", type=Path, default=ROOT / "book")
    parser.add_argument("--package", type=Path, default=ROOT / PACKAGE)
    options = parser.parse_args(argv)
    try:
        files = build_package(options.book)
    except SaveError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return (check if options.check else save)(options.package, files)


if __name__ == "__main__":
    sys.exit(main())
