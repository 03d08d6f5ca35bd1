"""An inspection as one page of HTML that needs nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from d2l_ssd.inspection.charts import count_histogram, log_histogram
from d2l_ssd.inspection.findings import Finding, Kind, by_kind, kind_of
from d2l_ssd.inspection.inspecting import Inspection
from d2l_ssd.inspection.labels import training_ids
from d2l_ssd.inspection.report_style import STYLE
from d2l_ssd.inspection.summary import (
    anchor_table,
    counted,
    format_sizes,
    split_table,
    verdict,
    what_it_is,
    where_is,
)
from d2l_ssd.inspection.thumbnails import draw_finding

MOST_PICTURES = 12  # of one kind of finding
MOST_CLASSES = 12  # that have a histogram of their own
MOST_SHAPES = 8
RATIO_LIMITS = 1 / 8, 8
OPTION = re.compile(r"(--[\w-]+)")  # of the command line
# No script, no other host: a file's name can do nothing
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def make_report(inspection: Inspection) -> str:
    """Return an inspection as HTML, with small pictures of what is odd."""
    folder = inspection.folder
    groups = by_kind(inspection.findings)
    name = escape(folder.root.resolve().name or str(folder.root))
    notes = "".join(f"<p>{escape(note)}.</p>" for note in folder.notes)
    parts = [
        f"<h1>{name}</h1>",
        f'<p class="soft">{escape(str(folder.root))}: '
        f"{what_it_is(inspection)}. {verdict(inspection)} "
        f"Nothing was changed.</p>{notes}",
        _contents(groups),
        _section("What there is", _table(split_table(inspection))),
        *(_findings(inspection, *group) for group in groups.items()),
        _charts(inspection),
        _anchors(inspection),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}: data set report</title><style>\n{STYLE}</style></head>"
        f"<body><main>{''.join(filter(None, parts))}</main></body></html>\n"
    )


def _section(title: str, content: str, anchor: str = "") -> str:
    name = f' id="{anchor}"' if anchor else ""
    return f"<section{name}><h2>{title}</h2>{content}</section>\n"


def _contents(groups: dict[str, list[Finding]]) -> str:
    """Return links to the kinds of findings."""
    links = "".join(
        f'<li><a class="{_level(kind_of(kind))}" href="#{_anchor(kind)}">'
        f"{kind_of(kind).title}: {len(found):,}</a></li>"
        for kind, found in groups.items()
    )
    return f'<nav aria-label="What was found"><ul>{links}</ul></nav>'


def _anchor(kind: str) -> str:
    return escape(kind.replace(" ", "-"), quote=True)


def _level(kind: Kind) -> str:
    return "problem" if kind.is_problem else "remark"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first row are headers."""
    head, *body = [[escape(cell) for cell in row] for row in rows]
    lines = [f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"]
    lines += [
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
        for row in body
    ]
    # A wide table can be scrolled, by keys, too
    return f'<div class="scroll" tabindex="0"><table>{"".join(lines)}</table></div>'


def _findings(
    inspection: Inspection, kind: str, findings: Sequence[Finding]
) -> str:
    """Return a section on all findings of a kind."""
    about = kind_of(kind)
    level = _level(about)
    advice = OPTION.sub(r"<code>\1</code>", escape(about.advice))
    figures = list(_figures(inspection, findings))
    content = (
        f'<p><span class="badge {level}">{level}</span> '
        f"{advice}</p>"
        f"{_grid(figures) if figures else ''}"
        f"{_list(inspection, findings, len(figures))}"
    )
    return _section(
        f"{about.title} ({len(findings):,})", content, _anchor(kind)
    )


def _list(
    inspection: Inspection, findings: Sequence[Finding], num_shown: int
) -> str:
    """Return a list of findings; it is left out if all are shown already."""
    if num_shown == len(findings):
        return ""
    lines = "".join(
        f"<li>{_caption(finding, inspection)}</li>" for finding in findings
    )
    return (
        f"<details{'' if num_shown else ' open'}><summary>As a list "
        f'({len(findings):,})</summary><ul class="files">{lines}</ul></details>'
    )


def _grid(figures: Sequence[str], kind: str = "") -> str:
    return f'<div class="grid {kind}">{"".join(figures)}</div>'


def _figures(
    inspection: Inspection, findings: Sequence[Finding]
) -> Iterator[str]:
    """Yield pictures of the first findings that can be shown."""
    count = 0
    for finding in findings:
        if count == MOST_PICTURES:
            return
        picture = draw_finding(finding, inspection.folder, inspection.pictures)
        if picture:
            count += 1
            caption = _caption(finding, inspection)
            yield (
                f"<figure>{picture}<figcaption>{caption}</figcaption></figure>"
            )


def _caption(finding: Finding, inspection: Inspection) -> str:
    where = where_is(finding, inspection.folder.root)
    start = f"<b>{escape(where)}</b>: " if where else ""
    return f"{start}{escape(finding.text)}"


def _charts(inspection: Inspection) -> str:
    """Return histograms of objects and images."""
    objects = inspection.objects
    if not len(objects.boxes):
        return ""
    sides = (objects.boxes[:, 2:] - objects.boxes[:, :2]) * objects.sides[
        :, ::-1
    ]
    sizes = np.sqrt(sides.prod(axis=1)) / objects.sides.min(axis=1)
    ratios = sides[:, 0] / sides[:, 1]
    counts = Counter(objects.images.tolist())
    ids = training_ids(inspection.folder)
    per_image = np.array([counts[i] for i in ids])
    charts = [
        *_size_charts(inspection, sizes),
        log_histogram(
            ratios, "Shapes of objects", "width / height", RATIO_LIMITS,
            format_tick=_as_ratio,
        ),
        count_histogram(per_image, "Objects per image", "objects"),
    ]  # fmt: skip
    legend = (
        '<p class="legend">An object\'s size is the square root of its area, '
        "in percent of the image's shorter side. Triangles are the suggested "
        "anchors.</p>"
    )
    figures = [f"<figure>{chart}</figure>" for chart in charts]
    text = _grid(figures, "charts") + legend + _shapes(inspection)
    return _section("Sizes and shapes of the training objects", text)


def _size_charts(inspection: Inspection, sizes: np.ndarray) -> Iterator[str]:
    """Yield a histogram of the objects' sizes for each class."""
    classes, names = inspection.objects.classes, inspection.folder.classes
    percent = 100 * sizes
    limits = max(percent.min() * 0.9, 0.05), max(percent.max() * 1.1, 100)
    marks = [
        100 * size for pair in inspection.choices[-1].sizes for size in pair
    ]
    counts = np.bincount(classes, minlength=len(names))
    for k in np.argsort(-counts, kind="stable")[:MOST_CLASSES]:
        if counts[k]:
            yield log_histogram(
                percent[classes == k],
                f"{names[k]}: {counted(int(counts[k]), 'object')}",
                "size in percent",
                limits,
                marks,
                "{:.3g}".format,
            )


def _as_ratio(value: float) -> str:
    return f"{value:.3g}" if value >= 1 else f"1/{1 / value:.3g}"


def _shapes(inspection: Inspection) -> str:
    """Return how large the images are."""
    shapes = Counter(p.facts.upright for p in inspection.pictures.values())
    rows = [["image size", "images"]]
    for (height, width), count in shapes.most_common(MOST_SHAPES):
        rows.append([f"{width} x {height}", f"{count:,}"])
    rest = sum(shapes.values()) - sum(
        count for _, count in shapes.most_common(MOST_SHAPES)
    )
    if rest:
        rows.append([f"{len(shapes) - MOST_SHAPES} other sizes", f"{rest:,}"])
    return _table(rows)


def _anchors(inspection: Inspection) -> str:
    """Return how default and suggested anchors fit the objects."""
    if not inspection.choices or not len(inspection.objects.boxes):
        return ""
    height, width = inspection.input_size
    sizes = format_sizes(inspection.choices[-1].sizes)
    text = (
        f"<p>At an input of {width} x {height} pixels; "
        "<code>d2l-ssd train</code> takes the suggested sizes unless told "
        f"otherwise: {sizes} of the shorter side, from the finest map to the "
        "coarsest. Objects under an IoU of 0.5 get one forced match each.</p>"
    )
    return _section("Anchors", text + _table(anchor_table(inspection)))
