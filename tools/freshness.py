"""What a chapter's outputs were made with.

`fingerprint` sums up the code of a chapter, each module of `d2l_ssd` that it
imports, and the saved modules behind those. tools/run_chapters.py stores it in the notebook, and
tests/book/test_freshness.py compares: outputs that are older than their code show.
Comments, docstrings and white space do not count, nor does the set-up cell.
"""

import ast
import hashlib
import io
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "d2l_ssd"
KEY = "made_with"  # in a notebook's metadata
SET_UP = "# @title Set-up"
# Of modules that hand out what is stored beside them: the files that change with it
STORED = {
    f"{PACKAGE}.{module}": ROOT / PACKAGE / file
    for module, file in {
        "results": "results/SHA256SUMS",
        "results.photographs": "results/photographs.json",
        "photographs": "photographs/network/SHA256SUMS",
        "photographs.reviewed": "photographs/reviewed.json",
        "results.own_thing": "results/own_thing.json",
    }.items()
}


def fingerprint(notebook):
    """Return the digests of a chapter's code and of the modules it imports."""
    cells = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.source.startswith(SET_UP)
    ]
    code = "\n".join(map(without_magics, cells))
    modules = {name: module_digest(name) for name in modules_of(code)}
    return {"code": digest(essence(code)), **modules}


def stale_parts(notebook):
    """List what has changed since the outputs of a chapter were stored."""
    stored, now = notebook.metadata.get(KEY, {}), fingerprint(notebook)
    return sorted(
        name
        for name in stored.keys() | now.keys()
        if stored.get(name) != now.get(name)
    )


def without_magics(code):
    """Remove the lines that only IPython understands."""
    return "\n".join(
        line
        for line in code.splitlines()
        if line.lstrip()[:1] not in ("%", "!")
    )


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def essence(code):
    """Return code without comments, docstrings and white space."""
    lines = [list(line) for line in code.splitlines(keepends=True)]
    spans = [docstring_span(node) for node in ast.walk(ast.parse(code))]
    spans += [
        (token.start, token.end)
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT
    ]
    for (first, begin), (last, end) in filter(None, spans):
        for row in range(first - 1, last):
            line = lines[row]
            stop = end if row == last - 1 else len(line)
            start = begin if row == first - 1 else 0
            line[start:stop] = " " * (stop - start)
    return "".join("".join(map("".join, lines)).split())


def docstring_span(node):
    """Return where a string stands that is a statement of its own, or None."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        if isinstance(node.value.value, str):
            value = node.value
            return (
                (value.lineno, value.col_offset),
                (value.end_lineno, value.end_col_offset),
            )
    return None


def modules_of(code):
    """List the modules that a program imports, and the saved ones behind them.

    Support modules behind those are left out: with them every change would make
    every chapter look old.
    """
    named = imported_modules(code)
    found, waiting = set(), set(named)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= imports_of_module(name) - found
    return sorted(name for name in found if name in named or is_saved(name))


def is_saved(name):
    """Tell whether a chapter writes the module."""
    text = module_path(name).read_text(encoding="utf-8")
    return text.startswith("# Generated from ")


@cache
def imports_of_module(name):
    return imported_modules(module_path(name).read_text(encoding="utf-8"))


def imported_modules(code):
    """Return the modules of the package that a program names in its imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found |= {node.module, public_modules().get(inner, inner)}
    return {name for name in found if module_path(name)}


@cache
def public_modules():
    """Return the module of each public name, like `d2l_ssd.box_iou`."""
    stub = (ROOT / PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    return {
        f"{PACKAGE}.{alias.name}": f"{PACKAGE}.{node.module}"
        for node in ast.walk(ast.parse(stub))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@cache
def module_path(name):
    """Return the file of a module of the package, or None."""
    if name.split(".")[0] != PACKAGE:
        return None
    path = ROOT.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def module_digest(name):
    """Sum up a module, and the numbers stored beside it, but no model card."""
    text = essence(module_path(name).read_text(encoding="utf-8"))
    if name in STORED:
        lines = STORED[name].read_text(encoding="utf-8").splitlines()
        text += "\n".join(line for line in lines if not line.endswith(".md"))
    return digest(text)
