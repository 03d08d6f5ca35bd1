"""An inspection in words, for a terminal."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from d2l_ssd.anchors import SIZES
from d2l_ssd.inspection.findings import Finding, by_kind, kind_of
from d2l_ssd.inspection.inspecting import Choice, Inspection
from d2l_ssd.inspection.labels import count_objects

FORMATS = {"voc": "Pascal VOC's", "coco": "COCO's", "yolo": "YOLO's"}
WIDTH = 80
ALL = "all"  # images, whatever the lists say


def summarize(inspection: Inspection, most: int | None = None) -> str:
    """Say what a data set holds and all that was found.

    Args:
        inspection: what was found.
        most: lines about findings of one kind; None writes all.
    """
    folder = inspection.folder
    lines = [
        f"{folder.root}: {what_it_is(inspection)}",
        *(line for note in folder.notes for line in _wrapped(f"{note}.")),
        "",
        *_aligned(split_table(inspection)),
    ]
    for kind, findings in by_kind(inspection.findings).items():
        lines += ["", *_about(kind, findings, folder.root, most)]
    if inspection.choices:
        height, width = inspection.input_size
        lines += ["", f"Anchors at an input of {width} x {height} pixels:"]
        lines += _aligned(anchor_table(inspection))
        sizes = format_sizes(inspection.choices[-1].sizes)
        lines += [f"  suggested sizes, of the shorter side: {sizes}"]
    return "\n".join([*lines, "", verdict(inspection)])


def what_it_is(inspection: Inspection) -> str:
    """Say how many images there are, and in which format."""
    folder = inspection.folder
    images = counted(len(folder.samples), "image")
    return f"{images} in {FORMATS.get(folder.format, folder.format)} format"


def counted(number: int, thing: str) -> str:
    """Return a number with its noun, in the plural where it is not 1."""
    ending = "es" if thing.endswith("s") else "s"
    return f"{number:,} {thing}{'' if number == 1 else ending}"


def verdict(inspection: Inspection) -> str:
    """Say in a line how many problems there are."""
    problems = len(inspection.problems)
    remarks = len(inspection.findings) - problems
    if not problems:
        return f"No problem and {counted(remarks, 'remark')}."
    return (
        f"{counted(problems, 'problem')} and {counted(remarks, 'remark')}. "
        "Mend the files, or let --clip and --skip-bad of train and evaluate do "
        "what they can."
    )


def split_table(inspection: Inspection) -> list[list[str]]:
    """Return rows: images, and objects of each class, in each split."""
    folder = inspection.folder
    splits = {name: ids for name, ids in folder.splits.items()}
    splits[ALL] = list(folder.samples)
    rows = [["class", *splits]]
    rows += [["images", *(f"{len(ids):,}" for ids in splits.values())]]
    counts = np.array([_count(inspection, ids) for ids in splits.values()])
    rows += [["objects", *(f"{n:,}" for n in counts.sum(axis=1))]]
    for k, name in enumerate(folder.classes):
        rows.append([name, *(f"{n:,}" for n in counts[:, k])])
    return rows


def _count(inspection: Inspection, ids: Sequence[str]) -> np.ndarray:
    """Count objects of images; lists may name some that there are not."""
    known = [i for i in ids if i in inspection.folder.samples]
    return count_objects(inspection.folder, known)


def anchor_table(inspection: Inspection) -> list[list[str]]:
    """Return rows: what default and suggested anchors are to each class."""
    names = " → ".join(choice.name for choice in inspection.choices)
    rows = [[names, "objects", "best IoU", "under 0.5", "positives"]]
    classes = inspection.objects.classes[inspection.matched]
    groups = [("all", np.ones(len(classes), bool))]
    groups += [
        (name, classes == k) for k, name in enumerate(inspection.folder.classes)
    ]
    for name, which in groups:
        if which.any():
            pairs = zip(*(_measures(c, which) for c in inspection.choices))
            rows.append([name, f"{which.sum():,}", *map(" → ".join, pairs)])
    return rows


def _measures(choice: Choice, which: np.ndarray) -> tuple[str, str, str]:
    """Return what anchors are to some objects, as texts."""
    fit = choice.fit
    return (
        f"{fit.best_iou[which].mean():.2f}",
        f"{fit.unreached[which].mean():.1%}",
        f"{fit.positives[which].mean():.1f}",
    )


def format_sizes(sizes: Sequence) -> str:
    """Return anchor sizes as text, map by map."""
    text = "; ".join(", ".join(f"{s:g}" for s in pair) for pair in sizes)
    return f"{text} (the default ones)" if sizes == SIZES else text


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; numbers stand at the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        "  ".join(
            ["", row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        ).rstrip()
        for row in rows
    ]


def _wrapped(text: str) -> list[str]:
    """Return a text as lines."""
    return textwrap.wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent="  "
    )


def _about(
    kind: str, findings: Sequence[Finding], root: Path, most: int | None
) -> Iterator[str]:
    """Yield lines about findings of one kind."""
    about = kind_of(kind)
    mark = "problem" if about.is_problem else "remark"
    yield f"{about.title} ({mark}; {len(findings):,})"
    yield from _wrapped(about.advice)
    for finding in findings[:most]:
        where = where_is(finding, root)
        yield f"  - {where}: {finding.text}" if where else f"  - {finding.text}"
    if most is not None and len(findings) > most:
        yield f"  - and {len(findings) - most:,} more (--all lists them)"


def where_is(finding: Finding, root: Path) -> str:
    """Return the file to correct, seen from the data set's folder."""
    if finding.source is None:
        return ""
    path = os.path.relpath(finding.source, root)
    where = str(finding.source) if path.startswith("..") else path
    # One file may hold the labels of all images
    if finding.id and Path(finding.id).stem not in where:
        return f"{where}, image {finding.id!r}"
    return where
