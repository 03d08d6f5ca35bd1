"""What an inspection finds, sorted into kinds with a word of advice."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Finding(NamedTuple):
    """Something about a data set that is wrong, or worth a look."""

    kind: str  # see KINDS
    text: str  # what is wrong, what was expected, and what to do
    source: Path | None = None  # the file to correct
    id: str | None = None  # of the image; None: the data set as a whole
    objects: tuple[int, ...] = ()  # rows of its Sample
    other: str | None = None  # id of a second image


class Kind(NamedTuple):
    """A kind of finding."""

    title: str
    advice: str
    is_problem: bool  # training stops at it, or its scores cannot be believed


def _problem(title: str, advice: str) -> Kind:
    return Kind(title, advice, is_problem=True)


def _remark(title: str, advice: str) -> Kind:
    return Kind(title, advice, is_problem=False)


# In the order in which a report shows them
KINDS = {
    "list": _problem(
        "Lists of images that cannot be read",
        "Each line must name one image.",
    ),
    "classes": _problem(
        "Class names that cannot be right",
        "Each class needs a name of its own.",
    ),
    "units": _problem(
        "Boxes in another unit",
        "They look plausible one by one, but all of them are wrong.",
    ),
    "missing image": _problem(
        "Images that are missing",
        "Copy them into the folder, or take their names out of the lists.",
    ),
    "missing annotation": _problem(
        "Annotations that are missing",
        "An image without objects needs an annotation, too.",
    ),
    "stray annotation": _problem(
        "Annotations of no image",
        "Copy their images into the folder, or delete the annotations.",
    ),
    "annotation": _problem(
        "Annotations that cannot be read",
        "Export them again.",
    ),
    "image": _problem(
        "Images that cannot be read",
        "A training would meet them in the middle of an epoch.",
    ),
    "size": _problem(
        "Images of another size than their annotations say",
        "Boxes in pixels then lie beside their objects. Most often an image was "
        "scaled, turned or replaced after it was labeled.",
    ),
    "no number": _problem(
        "Boxes with something that is not a number", "Draw them again."
    ),
    "inverted box": _problem(
        "Inverted boxes",
        "Their right edge is left of the left one, or the bottom above the top.",
    ),
    "empty box": _problem(
        "Boxes without area",
        "No anchor can be matched with them. Most often somebody clicked once, "
        "and a box was made of the click.",
    ),
    "outside box": _problem(
        "Boxes that reach out of their images",
        "A few pixels are rounding, and --clip is safe; far outside, the image "
        "is another one.",
    ),
    "unknown class": _problem(
        "Objects of unknown classes",
        "Add the class to the data set's names, or correct the label.",
    ),
    "read as": _remark(
        "How the folder was read", "See whether that is what was meant."
    ),
    "two splits": _problem(
        "The same image in two splits",
        "Scores on images that were trained on are too optimistic. Leave each "
        "image in one split only.",
    ),
    "alike": _remark(
        "Images of different splits that look alike",
        "Frames of one film, or the same image turned or scaled: keep such "
        "images together in one split, or scores will be too optimistic.",
    ),
    "twice": _remark(
        "The same image twice",
        "It counts twice in training; its labels should agree.",
    ),
    "turned": _remark(
        "Photographs that may be turned",
        "EXIF says that they are stored turned or mirrored, and their size does "
        "not tell whether the boxes were drawn with it.",
    ),
    "animated": _remark("Animations", "Only the first picture is read."),
    "half zeros": _remark(
        "Images that may be incomplete",
        "The second half of the file is zeros, and a BMP has no checksum.",
    ),
    "no object of class": _remark(
        "Classes without an object",
        "They are left out unless you ask for them.",
    ),
    "not in training": _remark(
        "Classes that training images do not show",
        "The network will not find any: divide the images anew.",
    ),
    "few objects": _remark(
        "Classes with few objects",
        "Scores of such a class change a lot with every image; label more.",
    ),
    "tiny box": _remark(
        "Boxes of a pixel or two",
        "Most often somebody clicked once, and a box was made of the click: "
        "delete them, unless objects are that small.",
    ),
    "drawn twice": _remark(
        "Objects with two boxes of the same class",
        "Delete one of them: a detector that finds the object once is told that "
        "it missed another.",
    ),
    "two classes": _remark(
        "Objects with two classes",
        "Two boxes of different classes lie on each other: delete the wrong one.",
    ),
    "unreached": _remark(
        "Objects that no suggested anchor reaches",
        "Their best IoU is under 0.5, and training gives them one forced match: "
        "too small for the input, or very long.",
    ),
    "no object": _remark(
        "Images without an object",
        "That is fine if there is nothing to find in them.",
    ),
}
OTHER = _problem("Other problems", "")


def kind_of(name: str) -> Kind:
    """Return what there is to say of a kind of finding."""
    return KINDS.get(name, OTHER)


def by_kind(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Sort findings into their kinds, problems first."""
    groups = {name: [] for name in KINDS}
    for finding in findings:
        groups.setdefault(finding.kind, []).append(finding)
    shown = {name: found for name, found in groups.items() if found}
    return dict(
        sorted(shown.items(), key=lambda item: not kind_of(item[0]).is_problem)
    )
