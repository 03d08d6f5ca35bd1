"""What a chapter's outputs were made with.

`fingerprint` sums up the code of a chapter, each module of `d2l_ssd` that it
imports, and the saved modules behind those. tools/run_chapters.py stores it in the
notebook, and tests/book/test_freshness.py compares: outputs that are older than
their code show. Comments, docstrings and white space do not count, nor does the
set-up cell. Of a package that only hands out what its modules define, those modules
count whose names are imported: what else it hands out may change.
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
        "results.mistakes": "results/mistakes.json",
        "results.own_thing": "results/own_thing.json",
        "results.processes": "results/processes.json",
        "results.photographs": "results/photographs.json",
        "results.playground": "results/playground.json",
        "results.stored": "results/SHA256SUMS",
        "results.tables": "results/SHA256SUMS",
        "photographs.drawings": "photographs/labels.npz",
        "photographs.labels": "photographs/labels.npz",
        "photographs.reviewed": "photographs/reviewed.json",
        "photographs.stored": "photographs/network/SHA256SUMS",
    }.items()
}
# Who shows the benchmarks' tables writes them with `results.tables`
NOT_READ = {
    f"{PACKAGE}.results.stored": (".md", " ablation.json", " baselines.json")
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
    """Return the modules of the package that a program uses by its imports."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module
            found |= {module_of(module, alias.name) for alias in node.names}
            if not only_hands_out(module):
                found.add(module)
    return {name for name in found if module_path(name)}


def module_of(module, name):
    """Return the module that defines what is imported from one as `name`."""
    if name in origins(module):
        return module_of(*origins(module)[name])
    inner = f"{module}.{name}"
    return inner if module_path(inner) else module


@cache
def origins(package):
    """Return where a package has each name from: a module, and the name there."""
    path = module_path(package)
    if path is None or path.name != "__init__.py":
        return {}
    stub = path.with_suffix(".pyi")  # of names that are loaded when first used
    text = (stub if stub.is_file() else path).read_text(encoding="utf-8")
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = f"{package}.{node.module}" if node.level else node.module
            for alias in node.names if module != package else ():
                found[alias.asname or alias.name] = module, alias.name
    return found


@cache
def only_hands_out(name):
    """Tell whether a module is a package that does nothing but import names."""
    path = module_path(name)
    if path is None or path.name != "__init__.py":
        return False
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or docstring_span(node)
        or ast.unparse(node).startswith("__all__ = ")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


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
        lines = STORED[name].read_bytes().decode("latin-1").splitlines()
        other = NOT_READ.get(name, ".md")
        text += "\n".join(line for line in lines if not line.endswith(other))
    return digest(text)
