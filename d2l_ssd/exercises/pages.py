"""The answer of `check` as HTML: both answers side by side, in light and dark."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from d2l_ssd.exercises.drawing import draw, frame_of
from d2l_ssd.exercises.exercise import Exercise, Part
from d2l_ssd.exercises.judging import Failure, close
from d2l_ssd.exercises.texts import call_of, headline, praise, rows_of, show

# Colors of Okabe and Ito, brighter on a dark page; the book's theme would put a
# light ground behind HTML there
STYLE = """<style>
.d2l-check{--c0:#0072b2;--c1:#b85c00;--c2:#aa4a86;--c3:#00795a;--wrong:#b3261e;
 max-width:44rem;line-height:1.45}
html[data-theme=dark] .d2l-check,html[theme=dark] .d2l-check,
[data-jp-theme-light=false] .d2l-check,.vscode-dark .d2l-check{--c0:#56b4e9;
 --c1:#e69f00;--c2:#e08cc0;--c3:#2fc79a;--wrong:#ff8a80}
html[data-theme=dark] .bd-content div.cell_output
 .text_html:has(.d2l-check):not(:has(table.dataframe)){background:none;
 color:inherit;padding:0}
.d2l-check p{margin:.4em 0}
.d2l-check .pair{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem}
.d2l-check figure{flex:1 1 9rem;min-width:9rem;max-width:17rem;margin:.25rem 0}
.d2l-check figcaption{font-weight:600;text-align:left;margin:0 0 .25rem}
.d2l-check svg{width:100%;height:auto;display:block}
.d2l-check .scroll{overflow-x:auto}
.d2l-check table{border-collapse:collapse;margin:.4rem 0;font-size:.85em;
 font-variant-numeric:tabular-nums;border:0;color:inherit}
.d2l-check th,.d2l-check td{padding:.1rem .4rem;text-align:right;border:0;
 white-space:nowrap;background:none;color:inherit}
.d2l-check th{font-weight:400;opacity:.75;text-align:left}
.d2l-check td.wrong{color:var(--wrong);font-weight:700;text-decoration:underline}
.d2l-check pre{overflow-x:auto;font-size:.8em;margin:.3rem 0;padding:.5rem;
 background:none;color:inherit;border:1px solid currentColor}
.d2l-check summary{cursor:pointer}
</style>"""


def write_html(
    exercise: Exercise,
    scenes: int,
    failure: Failure | None,
    diagnosis: str,
    cut: bool,
) -> str:
    """Write an answer as HTML."""
    if failure is None:
        right = escape(praise(exercise, scenes, cut))
        return f'{STYLE}<div class="d2l-check"><p>✓ {right}</p></div>'
    told = f"<p>✗ <b>{_code(headline(exercise, failure))}</b></p>"
    told += f"<p>{_code(diagnosis)}</p>" if diagnosis else ""
    code = escape("\n".join(call_of(exercise, failure)))
    opened = "" if exercise.draw else " open"
    return (
        f'{STYLE}<div class="d2l-check">{told}'
        f'<div class="pair">{_panels(exercise, failure)}</div>'
        f"<details{opened}><summary>This scene as Python</summary><pre>{code}</pre>"
        "</details></div>"
    )


def _code(text: str) -> str:
    """Escape a sentence; what stands in backquotes is code."""
    parts = escape(text, quote=False).split("`")
    if len(parts) % 2 == 0:  # a backquote without another one
        return "`".join(parts)
    return "".join(
        f"<code>{part}</code>" if i % 2 else part
        for i, part in enumerate(parts)
    )


def _panels(exercise: Exercise, failure: Failure) -> str:
    """Write the right answer and the function's, side by side."""
    right, wrong = failure.expected, failure.result
    marks = [_marks(exercise, failure, answer) for answer in (right, wrong)]
    frame = frame_of(marks[0] + marks[1])
    scene = exercise.describe(failure.scene)
    panels = []
    for title, answer, own in (
        ("Expected", right, marks[0]),
        ("Your answer", wrong, marks[1]),
    ):
        inside = f"<figcaption>{title}</figcaption>"
        if own:
            inside += draw(own, frame, f"{title}: {scene}. {_sum_up(answer)}")
        if answer is None:
            inside += (
                f"<p>{_code(failure.text[0].upper() + failure.text[1:])}</p>"
            )
        for n, part in enumerate(exercise.parts if answer else ()):
            inside += _table(part, answer[n], right[n])
        panels.append(f"<figure>{inside}</figure>")
    return "".join(panels)


def _marks(exercise: Exercise, failure: Failure, answer: tuple | None) -> list:
    """Return the marks of one picture, none where there is nothing to draw."""
    if exercise.draw is None or answer is None:
        return []
    if not all(np.isfinite(np.asarray(a, float)).all() for a in answer):
        return []
    return exercise.draw(*failure.scene, *answer)


def _sum_up(answer: tuple | None) -> str:
    """Say an answer in one line, for those who hear the picture."""
    if answer is None:
        return "No answer."
    numbers = np.concatenate([np.ravel(np.asarray(a)) for a in answer])
    return "Answer: " + ", ".join(show(number) for number in numbers[:24])


def _table(part: Part, values: Any, right: Any) -> str:
    """Write an array as a table, in which wrong numbers stand out."""
    array = np.asarray(values)
    if array.size == 0:
        return f"<p>{escape(part.name or 'result')}: nothing</p>"
    rows = rows_of(part, array)
    good = np.ones(array.shape, bool)
    if np.shape(right) == array.shape:
        good = close(array, right)
    elif array.shape[1:] == np.shape(right)[1:]:  # more rows, or fewer
        both = min(len(array), len(right))
        good[:both] = close(array[:both], np.asarray(right)[:both])
        good[both:] = False
    elif array.ndim == np.ndim(right):
        good[...] = False
    marks = np.reshape(good, (len(rows), -1))
    head = ""
    columns = part.columns[: len(rows[0][1])]
    if columns or (part.name and array.ndim):
        cells = "".join(f"<th>{escape(c)}</th>" for c in columns)
        head = f"<tr><th>{escape(part.name)}</th>{cells}</tr>"
    body = "".join(
        f"<tr><th>{escape(name)}</th>{_cells(numbers, fits)}</tr>"
        for (name, numbers), fits in zip(rows, marks)
    )
    return f'<div class="scroll"><table>{head}{body}</table></div>'


def _cells(numbers: list, good: np.ndarray) -> str:
    """Write the cells of one row."""
    return "".join(
        f"<td{'' if fits else ' class=wrong'}>{escape(show(number))}</td>"
        for number, fits in zip(numbers, good)
    )
