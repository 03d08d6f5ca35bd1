"""The explorer of matching by hand: which anchor does each object get, and why?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import traitlets
from ipywidgets import Checkbox, Dropdown, Widget
from numpy.typing import ArrayLike

from d2l_ssd.boxes import box_iou
from d2l_ssd.targets import BACKGROUND
from d2l_ssd.widgets.base import Explorer, GalleryView, read_bundle
from d2l_ssd.widgets.controls import fine_slider
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUM_ROWS = 7  # of the table, if there are more anchors
# Of the best IoU: what others are worth a row beside each object's own anchor
SHARES = 0.7, 0.9, 0.75, 0.45
ELSEWHERE = 0.25  # how far off an anchor counts if it prefers another object
# One per object, whatever its class; as the picture's in matching/picture.js
COLORS = "#E69F00", "#56B4E9", "#CC79A7", "#F0E442", "#009E73"


class MatchingStep(NamedTuple):
    """What one step of the matching decides about an anchor.

    `rule` is 1 where an object gets its own anchor, 2 where an anchor takes the
    object that it overlaps most, if `iou` is enough for a positive.
    """

    rule: int
    anchor: int
    truth: int
    iou: float
    positive: bool


class MatchingView(GalleryView):
    """The table of IoUs, crossed out step by step, beside its boxes."""

    _esm = read_bundle("matching_explorer.js")
    _css = read_bundle("matching_explorer.css")
    anchors = traitlets.List(
        traitlets.Bytes(), help="per image (A, 4): the table's rows"
    ).tag(sync=True)
    totals = traitlets.List(
        traitlets.Int(), help="per image: of how many anchors they are some"
    ).tag(sync=True)
    names = traitlets.List(help="per image: of each object").tag(sync=True)
    asked = traitlets.List(
        traitlets.Int(), help="per image: the object to guess for"
    ).tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    pos_iou = traitlets.Float(0.5).tag(sync=True)
    forced = traitlets.Bool(True, help="whether rule 1 is on").tag(sync=True)
    step = traitlets.Int(help="0: nothing is decided").tag(sync=True)
    anchor = traitlets.Int(-1, help="the anchor pointed at").tag(sync=True)
    guesses = traitlets.Dict(
        help="number of an image -> the anchor guessed, -1 for none"
    ).tag(sync=True)


class MatchingExplorer(Explorer):
    """Matching step by step, in a table of IoUs: guess first, then go on.

    Args:
        images: list of (H, W, 3) uint8, RGB, as the network sees them.
        truths: per image (M, 5 or 6) labels [class, xmin, ymin, xmax, ymax, ...];
            rows of class -1 are padding. Each image needs an object.
        anchors: per image (A, 4) corners. If there are many, the table has
            `pick_anchors` of them, which get what they get among all.
        names: per image a name for each object.

    Raises:
        ValueError: the lists do not have the same length, or an image has no
            object, no anchor, or another number of names.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        anchors: Sequence[np.ndarray],
        names: Sequence[Sequence[str]],
    ) -> None:
        self.images, self.truths = images, clean_labels(truths)
        _check_cases(images, self.truths, anchors, names)
        boxes = [rows[:, 1:] for rows in self.truths]
        # As the browser has them, so that ties and thresholds fall alike
        anchors = [np.asarray(some, np.float32) for some in anchors]
        self.anchors = [
            some[pick_anchors(some, box)] for some, box in zip(anchors, boxes)
        ]
        view = MatchingView(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            anchors=[pack(rows) for rows in self.anchors],
            totals=[len(rows) for rows in anchors],
            names=[list(some) for some in names],
            asked=[_worst_served(*pair) for pair in zip(self.anchors, boxes)],
        )
        super().__init__(view, _make_controls(names))

    @property
    def steps(self) -> list[MatchingStep]:
        """The steps at the controls' settings."""
        view = self.view
        boxes = self.truths[view.image][:, 1:]
        anchors = self.anchors[view.image]
        return matching_steps(anchors, boxes, view.pos_iou, view.forced)

    @property
    def matches(self) -> np.ndarray:
        """What each anchor of the table gets in the end, as `match_anchors`."""
        return steps_to_matches(self.steps)

    def draw_static(self) -> Figure:
        """Draw the first image with its boxes, and the table before any step."""
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
        boxes, anchors = self.truths[0][:, 1:], self.anchors[0]
        names = self.view.names[0]
        _draw_boxes(axes[0], self.images[0], boxes, anchors, names)
        _draw_table(axes[1], box_iou(anchors, boxes), names)
        asked = names[self.view.asked[0]]
        axes[1].set_title(f"Which anchor will the {asked} get?", fontsize=11)
        return figure


def matching_steps(
    anchors: np.ndarray,
    truths: np.ndarray,
    pos_iou: float = 0.5,
    forced: bool = True,
) -> list[MatchingStep]:
    """Match as `match_anchors` does, one anchor per step.

    Args:
        anchors: (A, 4) corners.
        truths: (M, 4) ground-truth boxes as corners.
        pos_iou: an anchor is positive from this IoU on.
        forced: whether each ground-truth box gets an anchor of its own first.

    Returns:
        A steps: those of rule 1 in the order in which they are found, then those
        of rule 2 in the order of the anchors.
    """
    iou = box_iou(truths, anchors)
    own = list(_own_anchors(iou)) if forced else []
    steps = [
        MatchingStep(1, anchor, truth, float(iou[truth, anchor]), True)
        for truth, anchor in own
    ]
    taken = {anchor for _, anchor in own}
    for anchor in sorted({*range(len(anchors))} - taken):
        truth = int(iou[:, anchor].argmax())
        best = iou[truth, anchor]
        positive = bool(best >= pos_iou)
        steps.append(MatchingStep(2, anchor, truth, float(best), positive))
    return steps


def steps_to_matches(steps: Sequence[MatchingStep]) -> np.ndarray:
    """Return what all steps together give each anchor (A,)."""
    matches = np.full(len(steps), BACKGROUND)
    for step in steps:
        if step.positive:
            matches[step.anchor] = step.truth
    return matches


def pick_anchors(
    anchors: np.ndarray, truths: np.ndarray, count: int = NUM_ROWS
) -> np.ndarray:
    """Choose the anchors of a small table: each object's own, and others.

    The others overlap each object in turn, well or badly. Since every object's
    own anchor is there, both rules give these anchors what they give them among
    all.

    Args:
        anchors: (A, 4) corners.
        truths: (M, 4) ground-truth boxes as corners.
        count: how many to choose, if objects do not need more.

    Returns:
        Their indices, in ascending order.
    """
    if len(anchors) <= count:
        return np.arange(len(anchors))
    iou = box_iou(truths, anchors)
    best, owner = iou.max(axis=0), iou.argmax(axis=0)
    chosen = [anchor for _, anchor in _own_anchors(iou)]
    for number in range(count - len(chosen)):
        truth = number % len(truths)
        far = abs(best - SHARES[number % len(SHARES)] * iou[truth].max())
        far[owner != truth] += ELSEWHERE
        far[chosen] = np.inf
        chosen.append(far.argmin())
    return np.sort(chosen)


def _own_anchors(iou: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield (ground truth, anchor) of rule 1, from the highest IoU (M, A)."""
    left = iou.copy()
    for _ in range(min(left.shape)):
        truth, anchor = divmod(int(left.argmax()), left.shape[1])
        if left[truth, anchor] == 0:
            return
        yield truth, anchor
        left[truth] = left[:, anchor] = 0  # crossed out


def _make_controls(names: Sequence[Sequence[str]]) -> dict[str, Widget]:
    """Return the controls by the trait that they drive."""
    scenes = [
        f"{number}: {', '.join(some)}"
        for number, some in enumerate(names, start=1)
    ]
    return {
        "image": Dropdown(options=scenes, index=0, description="Image"),
        "pos_iou": fine_slider(0.5, 0.1, 0.9, "Positive from"),
        "forced": Checkbox(
            True, description="Rule 1: forced matches", indent=False
        ),
    }


def _worst_served(anchors: np.ndarray, truths: np.ndarray) -> int:
    """Return the object whose own anchor fits worst."""
    iou = box_iou(truths, anchors)
    own = np.zeros(len(truths))
    for truth, anchor in _own_anchors(iou):
        own[truth] = iou[truth, anchor]
    return int(own.argmin())


def _check_cases(
    images: Sequence[np.ndarray],
    truths: Sequence[np.ndarray],
    anchors: Sequence[np.ndarray],
    names: Sequence[Sequence[str]],
) -> None:
    lengths = [len(one) for one in (images, truths, anchors, names)]
    if len(set(lengths)) != 1:
        raise ValueError(
            "images, truths, anchors and names must have the same length, got "
            + ", ".join(map(str, lengths))
        )
    for number, (rows, boxes, some) in enumerate(zip(truths, anchors, names)):
        if not len(rows) or not len(boxes):
            raise ValueError(f"image {number} needs an object and an anchor")
        if len(rows) != len(some):
            raise ValueError(
                f"image {number} needs a name for each of its {len(rows)} "
                f"objects, got {len(some)}"
            )


def _draw_boxes(
    ax: Axes,
    image: np.ndarray,
    boxes: np.ndarray,
    anchors: np.ndarray,
    names: Sequence[str],
) -> None:
    """Draw the objects' boxes, and the anchors with their numbers."""
    from d2l_ssd.plotting import show_boxes

    height, width = image.shape[:2]
    ax.imshow(image)
    ax.axis("off")
    labels = [str(number) for number in range(1, len(anchors) + 1)]
    show_boxes(ax, anchors, labels, "white", linewidth=1)
    show_boxes(ax, boxes, names, _colors(len(boxes)), linewidth=2.5)
    ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))


def _draw_table(ax: Axes, iou: np.ndarray, names: Sequence[str]) -> None:
    """Write the IoUs (A, M), a row per anchor."""
    ax.axis("off")
    table = ax.table(
        [[f"{value:.2f}" for value in row] for row in iou],
        rowLabels=[f"anchor {number}" for number in range(1, len(iou) + 1)],
        colLabels=list(names),
        colColours=_colors(len(names)),
        cellLoc="center",
        loc="center",
    )
    table.scale(1, 1.5)


def _colors(count: int) -> list[str]:
    return [COLORS[number % len(COLORS)] for number in range(count)]
