"""The explorer of non-maximum suppression: what is kept and removed, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import traitlets
from ipywidgets import Dropdown, Widget
from numpy.typing import ArrayLike

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.checks.lengths import check_same_length
from d2l_ssd.detections import Detections
from d2l_ssd.evaluation import match_detections
from d2l_ssd.inference import decode_candidates, nms
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    JudgedView,
    read_bundle,
)
from d2l_ssd.widgets.controls import fine_slider, image_dropdown
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
    pack_difficult,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOP_K = 400  # candidates of a class that enter NMS, as in `predict_ssd`
MIN_IOU, MAX_IOU = 0.1, 1  # of the threshold's slider
# Of the part of an image that is drawn: around the boxes, and its side at least
MARGIN, MIN_SIDE = 0.2, 0.45


class NMSStep(NamedTuple):
    """One step of NMS: a box is chosen, or tested against the chosen one."""

    kept: int  # index of the box that is kept
    tested: int  # index of the box compared with it; -1 where it is chosen
    iou: float  # of the two
    removed: bool  # whether that is over the threshold


class NMSView(JudgedView):
    """An image with the candidates of one class, and what NMS does to them."""

    _esm = read_bundle("nms_explorer.js")
    _css = read_bundle("nms_explorer.css")
    candidates = traitlets.List(
        traitlets.Bytes(),
        help="per image (N, 6): class, score and box, class by class, best first",
    ).tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    label = traitlets.Int(help="the class").tag(sync=True)
    nms_iou = traitlets.Float(0.45).tag(sync=True)
    step = traitlets.Int(help="how many steps are done").tag(sync=True)
    playing = traitlets.Bool().tag(sync=True)
    guesses = traitlets.Dict(
        help='"image/class" -> boxes that will be left, and nms_iou at the guess'
    ).tag(sync=True)


class NMSExplorer(Explorer):
    """Non-maximum suppression, step by step: guess what is left, then look.

    Args:
        images: list of G images (H, W, 3) uint8, RGB.
        truths: list of G arrays (M, 6), rows
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding.
        class_probs: (G, A, K+1) probabilities, class 0 is background.
        offsets: (G, A, 4) as predicted.
        anchors: (A, 4); if None, those of a 256 x 256 image.
        score_threshold: the lowest score of a candidate. The lower it is, the
            more steps there are.
        nms_iou: the threshold at first.
        class_names: names of the K classes.
        image: the number of the image at first. If None, the first on which NMS
            removes all boxes of an object that a candidate finds.

    Raises:
        ValueError: `images`, `truths` and `class_probs` differ in length, or no
            image has a candidate.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        class_probs: np.ndarray,
        offsets: np.ndarray,
        anchors: np.ndarray | None = None,
        score_threshold: float = 0.35,
        nms_iou: float = 0.45,
        class_names: Sequence[str] = ("cat", "dog"),
        image: int | None = None,
    ) -> None:
        check_same_length(images=images, truths=truths, class_probs=class_probs)
        anchors = ssd_anchors(MAP_SHAPES) if anchors is None else anchors
        self.images, self.truths = images, clean_labels(truths, 6)
        self._found = [
            decode_candidates(*outputs, anchors, score_threshold, TOP_K)
            for outputs in zip(np.asarray(class_probs), np.asarray(offsets))
        ]
        image, label = self._choose(image, nms_iou, score_threshold)
        view = NMSView(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            difficult=pack_difficult(self.truths),
            candidates=[_pack_candidates(found) for found in self._found],
            class_names=list(class_names),
            image=image,
            label=label,
            nms_iou=nms_iou,
            score_threshold=score_threshold,
        )
        super().__init__(view, _make_controls(view))

    def _choose(
        self, image: int | None, nms_iou: float, score_threshold: float
    ) -> tuple[int, int]:
        """Choose an image and a class with a surprise, or one with candidates."""
        asked = range(len(self.images)) if image is None else [image]
        places = [
            (number, int(label))
            for number in asked
            for label in np.unique(self._found[number].classes)
        ]
        if not places:
            raise ValueError(
                f"no candidate has a score of {score_threshold} or more: choose "
                "other images, or a lower score_threshold"
            )
        for number, label in places:
            found = _of_class(self._found[number], label)
            if len(find_lost(found, self.truths[number], nms_iou)):
                return number, label
        return places[0]

    @property
    def candidates(self) -> Detections:
        """The candidates of the chosen class and image, best first."""
        return _of_class(self._found[self.view.image], self.view.label)

    @property
    def steps(self) -> list[NMSStep]:
        """All steps of NMS at the controls' settings."""
        boxes, scores, _ = self.candidates
        return list_steps(boxes, scores, self.view.nms_iou)

    @property
    def detections(self) -> Detections:
        """What is left of the candidates at the end."""
        boxes, scores, _ = found = self.candidates
        return _take(found, nms(boxes, scores, self.view.nms_iou))

    @property
    def lost(self) -> np.ndarray:
        """The ground truths (rows) of which NMS removes all right boxes."""
        truths = self.truths[self.view.image]
        return find_lost(self.candidates, truths, self.view.nms_iou)

    def draw_static(self) -> Figure:
        """Draw the candidates of the first state, and what NMS leaves of them."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import COLORS

        figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
        name = self.view.class_names[self.view.label]
        before, after = self.candidates, self.detections
        self._draw_boxes(axes[0], before, COLORS["neutral"], 1)
        axes[0].set_title(f"{len(before.scores)} boxes of class {name}")
        self._draw_boxes(axes[1], after, COLORS["positive"], 2.5)
        axes[1].set_title(
            f"{len(after.scores)} left by NMS at IoU {self.view.nms_iou:.2f}"
        )
        return figure

    def _draw_boxes(
        self, ax: Axes, found: Detections, color: str, linewidth: float
    ) -> None:
        from d2l_ssd.plotting import show_boxes

        truths = self.truths[self.view.image]
        own = truths[truths[:, 0] == self.view.label, 1:5]
        ax.imshow(self.images[self.view.image])
        ax.axis("off")
        show_boxes(ax, own, colors="#F0E442", linestyle=":")
        show_boxes(ax, found.boxes, colors=color, linewidth=linewidth)
        _zoom(ax, np.concatenate([self.candidates.boxes, own]))


def list_steps(
    boxes: np.ndarray, scores: np.ndarray, nms_iou: float
) -> list[NMSStep]:
    """List what `nms` does to boxes that come best first, one step after another.

    Args:
        boxes: (N, 4) corners.
        scores: (N,) that do not rise.
        nms_iou: see `nms`.

    Returns:
        A step for each box that is kept, followed by one for each box that is
        compared with it.
    """
    ious = box_iou(boxes, boxes)
    gone, steps = set(), []
    for kept in nms(boxes, scores, nms_iou).tolist():
        steps.append(NMSStep(kept, -1, 0.0, False))
        for tested in range(kept + 1, len(boxes)):
            if tested in gone:
                continue
            removed = bool(ious[kept, tested] > nms_iou)
            if removed:
                gone.add(tested)
            steps.append(
                NMSStep(kept, tested, float(ious[kept, tested]), removed)
            )
    return steps


def find_lost(
    found: Detections, truths: np.ndarray, nms_iou: float
) -> np.ndarray:
    """Find the ground truths that candidates find, and no box that NMS keeps.

    Args:
        found: the candidates of one class, best first.
        truths: (M, 6) rows [class, xmin, ymin, xmax, ymax, difficult].
        nms_iou: see `nms`.

    Returns:
        (n,) int64 rows of `truths`; those that are difficult do not count.
    """
    kept = _take(found, nms(found.boxes, found.scores, nms_iou))
    before, after = (match_detections(d, truths)[0] for d in (found, kept))
    lost = np.setdiff1d(before[before >= 0], after)
    return lost[truths[lost, 5] == 0]


def _zoom(ax: Axes, boxes: np.ndarray) -> None:
    """Show the part of an image that holds boxes, with the image's shape."""
    height, width = ax.images[0].get_size()
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    side = np.clip((1 + 2 * MARGIN) * (high - low).max(), MIN_SIDE, 1)
    x, y = np.clip((low + high - side) / 2, 0, 1 - side)
    ax.set_xlim(x * width - 0.5, (x + side) * width - 0.5)
    ax.set_ylim((y + side) * height - 0.5, y * height - 0.5)


def _take(found: Detections, rows: np.ndarray) -> Detections:
    return Detections(*(column[rows] for column in found))


def _of_class(found: Detections, label: int) -> Detections:
    return _take(found, found.classes == label)


def _pack_candidates(found: Detections) -> bytes:
    return pack(np.column_stack([found.classes, found.scores, found.boxes]))


def _make_controls(view: NMSView) -> dict[str, Widget]:
    """Return the controls by the trait that they drive."""
    return {
        "image": image_dropdown(view.images, view.image),
        "label": Dropdown(
            options=view.class_names, index=view.label, description="Class"
        ),
        "nms_iou": fine_slider(view.nms_iou, MIN_IOU, MAX_IOU, "NMS IoU"),
    }
