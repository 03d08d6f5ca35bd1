"""Histograms as SVG that follows a page's colors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 18, 42  # margins
NUM_BINS = 28
NUM_TICKS = 6


def log_histogram(
    values: np.ndarray,
    title: str,
    unit: str,
    limits: tuple[float, float],
    marks: Sequence[float] = (),
    format_tick: Callable[[float], str] = "{:g}".format,
) -> str:
    """Draw how often values occur, on a logarithmic axis.

    Args:
        values: (N,) positive numbers.
        title: of the chart.
        unit: what the axis shows.
        limits: of the axis; values beyond them are counted at its ends.
        marks: values that are marked below the bars.
        format_tick: makes a tick's text.
    """
    low, high = np.log(limits)
    edges = np.exp(np.linspace(low, high, NUM_BINS + 1))
    inside = np.clip(values, edges[0], edges[-1])
    counts, _ = np.histogram(inside, edges)

    def place(value: float) -> float:
        share = (np.log(value) - low) / (high - low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    names = [
        f"{format_tick(a)} to {format_tick(b)}"
        for a, b in zip(edges, edges[1:])
    ]
    parts = [
        *_bars(counts, [place(edge) for edge in edges], names),
        *_ticks(_log_ticks(*limits), place, format_tick),
        *(
            _mark(place(mark))
            for mark in marks
            if limits[0] <= mark <= limits[1]
        ),
    ]
    return _chart(parts, title, unit, counts)


def count_histogram(values: np.ndarray, title: str, unit: str) -> str:
    """Draw how often whole numbers (N,) occur, 0 and up."""
    most = max(int(values.max(initial=0)), 1)
    step = -(-(most + 1) // NUM_BINS)
    edges = np.arange(0, most + step + 1, step)
    counts, _ = np.histogram(values, edges)

    def place(value: float) -> float:
        return LEFT + value / edges[-1] * (WIDTH - LEFT - RIGHT)

    def middle(value: float) -> float:
        return place(value + step / 2)

    names = [
        f"{a}" if step == 1 else f"{a} to {b - 1}"
        for a, b in zip(edges, edges[1:])
    ]
    every = -(-len(edges) // (NUM_TICKS + 2))
    parts = [
        *_bars(counts, [place(edge) for edge in edges], names),
        *_ticks(edges[:-1:every].tolist(), middle, "{:g}".format),
    ]
    return _chart(parts, title, unit, counts)


def _chart(
    parts: Sequence[str], title: str, unit: str, counts: np.ndarray
) -> str:
    """Return a chart with its axes and names."""
    base = HEIGHT - BOTTOM
    most = counts.max(initial=0)
    label = escape(f"{title}: histogram of {counts.sum()} values", quote=True)
    return (
        f'<svg class="chart" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<text class="title" x="{LEFT}" y="11">{escape(title)}</text>'
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{TOP}" '
        f'y2="{TOP}"/>'
        f'<text class="tick" text-anchor="end" x="{LEFT - 4}" y="{TOP + 4}">'
        f"{most:,}</text>"
        f'<text class="tick" text-anchor="end" x="{LEFT - 4}" y="{base + 3}">0'
        f"</text>{''.join(parts)}"
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" '
        f'y2="{base}"/>'
        f'<text class="tick" text-anchor="middle" x="{(LEFT + WIDTH) / 2:g}" '
        f'y="{HEIGHT - 4}">{escape(unit)}</text></svg>'
    )


def _bars(
    counts: np.ndarray, edges: Sequence[float], names: Sequence[str]
) -> list[str]:
    """Return bars between edges, the highest as high as the chart."""
    scale = (HEIGHT - TOP - BOTTOM) / max(counts.max(initial=0), 1)
    bars = []
    for count, left, right, name in zip(counts, edges, edges[1:], names):
        if count:
            height = max(scale * count, 1)
            bars.append(
                f'<rect class="bar" x="{left + 0.5:.1f}" '
                f'y="{HEIGHT - BOTTOM - height:.1f}" '
                f'width="{max(right - left - 1, 1):.1f}" height="{height:.1f}">'
                f"<title>{escape(name)}: {count:,}</title></rect>"
            )
    return bars


def _ticks(values: Sequence[float], place, format_tick) -> list[str]:
    """Return the texts below the axis."""
    return [
        f'<text class="tick" text-anchor="middle" x="{place(value):.1f}" '
        f'y="{HEIGHT - BOTTOM + 20}">{escape(format_tick(value))}</text>'
        for value in values
    ]


def _mark(x: float) -> str:
    """Return a small triangle below the axis."""
    y = HEIGHT - BOTTOM
    return f'<path class="mark" d="M{x:.1f} {y + 1}l-4 7h8z"/>'


def _log_ticks(low: float, high: float) -> list[float]:
    """Return round numbers between limits, about evenly by their logarithms."""
    decades = 10.0 ** np.arange(-5, 8)
    for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        ticks = np.outer(decades, steps).ravel()
        ticks = ticks[(low <= ticks * 1.0001) & (ticks <= high * 1.0001)]
        if len(ticks) <= NUM_TICKS + 1:
            break
    return ticks.tolist()
