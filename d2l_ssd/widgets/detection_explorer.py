"""The explorer of detections: from raw outputs to boxes, right and wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from ipywidgets import Checkbox, Widget
from numpy.typing import ArrayLike

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import clip_boxes, has_area
from d2l_ssd.checks.lengths import check_same_length
from d2l_ssd.detections import Detections
from d2l_ssd.error_analysis import detection_kinds
from d2l_ssd.evaluation import evaluate_detections
from d2l_ssd.inference import predict_ssd, select_candidates
from d2l_ssd.targets import decode
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    JudgedView,
    read_bundle,
)
from d2l_ssd.widgets.controls import fine_slider, group, image_dropdown
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

# What `predict_ssd` starts from: no threshold of ours asks for less
MIN_SCORE, TOP_K = 0.01, 400
MAX_SCORE = 0.99
LOOKS = {"correct": ("positive", "-"), "ignored": ("ignored", ":")}
WRONG = ("miss", "--")


class DetectionView(JudgedView):
    """The image with its detections, judged, and the gallery's curves."""

    _esm = read_bundle("detection_explorer.js")
    candidates = traitlets.List(
        traitlets.Bytes(),
        help="per image (N, 6): class, score and box, class by class, best first",
    ).tag(sync=True)
    anchors = traitlets.List(
        traitlets.Bytes(), help="per image (N, 4): what the boxes come from"
    ).tag(sync=True)
    compact = traitlets.Bool().tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    nms_iou = traitlets.Float(0.45).tag(sync=True)
    box = traitlets.Int(-1, help="rank of the box selected").tag(sync=True)


class DetectionExplorer(Explorer):
    """Detections of a trained network at the thresholds that you choose.

    The page decodes nothing and invents nothing: it starts from the same
    candidates as `predict_ssd` and shows what that would return.

    Args:
        images: list of G images (H, W, 3) uint8, RGB.
        truths: list of G arrays (M, 6), rows
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding.
        class_probs: (G, A, K+1) probabilities, class 0 is background.
        offsets: (G, A, 4) as predicted.
        anchors: (A, 4); if None, those of a 256 x 256 image.
        score_threshold, nms_iou: of `predict_ssd`, at first.
        class_names: names of the K classes.
        image: the number of the image at first.
        compact: without the tables and the class toggles, for a front page.

    Raises:
        ValueError: `images`, `truths` and `class_probs` differ in length.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        class_probs: np.ndarray,
        offsets: np.ndarray,
        anchors: np.ndarray | None = None,
        score_threshold: float = 0.3,
        nms_iou: float = 0.45,
        class_names: Sequence[str] = ("cat", "dog"),
        image: int = 0,
        compact: bool = False,
    ) -> None:
        check_same_length(images=images, truths=truths, class_probs=class_probs)
        if anchors is None:
            anchors = ssd_anchors(MAP_SHAPES)
        self.images, self.truths = images, clean_labels(truths, 6)
        self.outputs = np.asarray(class_probs), np.asarray(offsets), anchors
        rows = candidate_rows(*self.outputs)
        view = _make_view(len(class_names))(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            difficult=pack_difficult(self.truths),
            candidates=[pack(found[:, :6]) for found in rows],
            anchors=[pack(found[:, 6:]) for found in rows],
            class_names=list(class_names),
            compact=compact,
            image=image,
            score_threshold=score_threshold,
            nms_iou=nms_iou,
        )
        super().__init__(view, *_make_controls(view))

    @property
    def detections(self) -> list[Detections]:
        """The gallery's Detections at the controls' settings."""
        return self._detect(self.view.score_threshold)

    def _detect(self, score_threshold: float) -> list[Detections]:
        found = predict_ssd(
            *self.outputs, score_threshold, self.view.nms_iou, TOP_K
        )
        names = self.view.class_names
        on = [getattr(self.view, f"shows_{k}") for k in range(len(names))]
        keep = [np.array(on)[d.classes] for d in found]
        return [
            Detections(*(column[k] for column in d))
            for d, k in zip(found, keep)
        ]

    def draw_static(self) -> Figure:
        """Draw the first state: one image's detections, and the curves."""
        import matplotlib.pyplot as plt

        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
        self._draw_image(left, self.view.image)
        self._draw_curves(right)
        return figure

    def _draw_curves(self, ax: Axes) -> None:
        from d2l_ssd.plotting import CLASS_COLORS

        names = self.view.class_names
        found = self._detect(MIN_SCORE)
        evaluation = evaluate_detections(found, self.truths, len(names))
        least = np.float32(self.view.score_threshold)
        for name, color, (curve,) in zip(
            names, CLASS_COLORS, evaluation.curves
        ):
            ax.plot(curve.recall, curve.precision, color=color, label=name)
            at = np.count_nonzero(curve.scores >= least)
            if at:
                point = curve.recall[at - 1], curve.precision[at - 1]
                ax.plot(*point, "o", color=color, markersize=9)
        ax.set(xlabel="recall", ylabel="precision")
        ax.set(xlim=(0, 1.02), ylim=(0, 1.04))
        ax.legend(loc="lower left")

    def _draw_image(self, ax: Axes, image: int) -> None:
        from d2l_ssd.plotting import COLORS, show_boxes

        found, truths = self.detections[image], self.truths[image]
        names = self.view.class_names
        kinds = detection_kinds(found, truths)
        ax.imshow(self.images[image])
        ax.axis("off")
        for kind, box, score, label in zip(kinds, *found):
            color, style = LOOKS.get(kind, WRONG)
            text = f"{names[label]} {score:.2f}"
            show_boxes(
                ax, [box], text, COLORS[color], linestyle=style, linewidth=1.8
            )
        ax.set_title(
            f"score from {self.view.score_threshold:.2f}: "
            f"{np.sum(kinds == 'correct')} of {np.sum(truths[:, 5] == 0)} found, "
            f"{np.sum(~np.isin(kinds, list(LOOKS)))} wrong",
            fontsize=10,
        )


def candidate_rows(
    class_probs: Iterable[np.ndarray],
    offsets: Iterable[np.ndarray],
    anchors: np.ndarray,
) -> list[np.ndarray]:
    """List what enters NMS for each image, as `predict_ssd` does.

    Returns:
        Per image (N, 10) float32 rows [class, score, box, anchor]: class by class,
        in a class best first, so that any score threshold of MIN_SCORE or more
        keeps a part of each class's rows from its start.
    """
    images = []
    for probs, offset in zip(class_probs, offsets):
        scores = probs[:, 1:].T
        rows, classes = select_candidates(scores, MIN_SCORE, TOP_K)
        boxes = clip_boxes(decode(anchors[rows], offset[rows]))
        columns = classes, scores[classes, rows], boxes, anchors[rows]
        found = np.column_stack(columns).astype(np.float32)
        images.append(found[has_area(boxes)])
    return images


def _make_controls(
    view: DetectionView,
) -> tuple[dict[str, Widget], list[Widget]]:
    """Return the controls by the trait that they drive, and their rows."""
    controls = {
        "score_threshold": fine_slider(
            view.score_threshold, MIN_SCORE, MAX_SCORE, "Score from"
        ),
        "nms_iou": fine_slider(view.nms_iou, 0.1, 1, "NMS IoU"),
    }
    rows = list(controls.values())
    if view.compact:
        return controls, rows
    controls["image"] = image_dropdown(view.images, view.image)
    toggles = {
        f"shows_{label}": Checkbox(True, description=name, indent=False)
        for label, name in enumerate(view.class_names)
    }
    rows += [controls["image"], group("Classes", toggles.values())]
    return {**controls, **toggles}, rows


def _make_view(num_classes: int) -> type[DetectionView]:
    """Make a DetectionView class that has a synced trait for each class."""
    toggles = {
        f"shows_{label}": traitlets.Bool(True).tag(sync=True)
        for label in range(num_classes)
    }
    return type("DetectionView", (DetectionView,), toggles)
