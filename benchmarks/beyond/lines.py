"""The lines that an idea changes: what a reader has to understand, counted."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable

from benchmarks.beyond.ideas import GIoU, giou
from benchmarks.beyond.ssd import Detector

MOST_LINES = 25
HELPERS: dict[type, tuple[Callable, ...]] = {GIoU: (giou,)}


def changed_lines(idea: type[Detector]) -> list[str]:
    """Return an idea's lines of code, with those of its helpers.

    Neither docstrings nor comments nor blank lines count.
    """
    return [
        line
        for source in (*HELPERS.get(idea, ()), idea)
        for line in _code_lines(source)
    ]


def _code_lines(source: Callable | type) -> list[str]:
    text = textwrap.dedent(inspect.getsource(source))
    lines = text.splitlines()
    (definition,) = ast.parse(text).body
    left = {
        number
        for node in ast.walk(definition)
        if _is_docstring(node)
        for number in range(node.lineno, node.end_lineno + 1)
    }
    return [
        line
        for number, line in enumerate(lines, start=1)
        if number not in left and line.split("#")[0].strip()
    ]


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
