"""Chapters 6 and 7's explorer: from raw outputs to detections, right and wrong."""

import numpy as np
import traitlets
from ipywidgets import Checkbox, FloatSlider

from d2l_ssd.anchors import ssd_anchors
from d2l_ssd.boxes import clip_boxes
from d2l_ssd.evaluation import detection_kinds, evaluate_detections
from d2l_ssd.inference import Detections, predict_ssd
from d2l_ssd.targets import decode_offsets
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    ExplorerView,
    bundle,
    clean_labels,
    encode_images,
    group,
    image_dropdown,
    pack,
)

# What `predict_ssd` starts from: no threshold of ours asks for less
MIN_SCORE, TOP_K = 0.01, 400


class DetectionView(ExplorerView):
    """The image with its detections, judged, and the gallery's curves."""

    _esm = bundle("detection_explorer.js")
    images = traitlets.List(traitlets.Bytes()).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per image (M, 5): class and box"
    ).tag(sync=True)
    difficult = traitlets.List(
        traitlets.Bytes(), help="per image (M,): 1 where it does not count"
    ).tag(sync=True)
    candidates = traitlets.List(
        traitlets.Bytes(),
        help="per image (N, 6): class, score and box, class by class, best first",
    ).tag(sync=True)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    compact = traitlets.Bool().tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    score_threshold = traitlets.Float(0.3).tag(sync=True)
    nms_iou = traitlets.Float(0.45).tag(sync=True)
    box = traitlets.Int(-1, help="rank of the box selected").tag(sync=True)


class DetectionExplorer(Explorer):
    """Detections of a trained network at the thresholds that you choose.

    The page decodes nothing and invents nothing: it starts from the same
    candidates as `predict_ssd` and shows what that would return.

    Parameters
    ----------
    images : list of G images (H, W, 3) uint8, RGB
    truths : list of G arrays (M, 6), rows
        [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are padding
    class_probs : (G, A, K+1) probabilities, class 0 is background
    offsets : (G, A, 4) as predicted
    anchors : (A, 4), by default those of a 256 x 256 image
    score_threshold, nms_iou : of `predict_ssd`, at first
    class_names : names of the K classes
    image : the number of the image at first
    compact : without the tables and the class toggles, for a front page
    """

    def __init__(
        self,
        images,
        truths,
        class_probs,
        offsets,
        anchors=None,
        score_threshold=0.3,
        nms_iou=0.45,
        class_names=("cat", "dog"),
        image=0,
        compact=False,
    ):
        if anchors is None:
            anchors = ssd_anchors(MAP_SHAPES)
        self.images, self.truths = images, clean_labels(truths, 6)
        self.outputs = np.asarray(class_probs), np.asarray(offsets), anchors
        if not len(images) == len(truths) == len(class_probs):
            raise ValueError(
                "images, truths and class_probs must be of one length, got "
                f"{len(images)}, {len(truths)}, {len(class_probs)}"
            )
        shown = {f"shows_{k}": True for k in range(len(class_names))}
        view = _view_with_toggles(shown)(
            images=encode_images(images),
            truths=[pack(rows[:, :5]) for rows in self.truths],
            difficult=[pack(rows[:, 5]) for rows in self.truths],
            candidates=[pack(rows) for rows in candidate_rows(*self.outputs)],
            class_names=list(class_names),
            compact=compact,
            image=image,
            score_threshold=score_threshold,
            nms_iou=nms_iou,
        )
        toggles = {
            name: Checkbox(True, description=text, indent=False)
            for name, text in zip(shown, class_names)
        }
        controls = {
            "score_threshold": _slider(
                score_threshold, MIN_SCORE, 0.99, "Score from"
            ),
            "nms_iou": _slider(nms_iou, 0.1, 1, "NMS IoU"),
        }
        rows = list(controls.values())
        if not compact:
            controls["image"] = image_dropdown(images)
            controls["image"].index = image
            rows += [controls["image"], group("Classes", toggles.values())]
            controls |= toggles
        super().__init__(view, controls, rows)

    @property
    def detections(self):
        """The gallery's Detections at the controls' settings."""
        return self._detect(self.view.score_threshold)

    def _detect(self, score_threshold):
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

    def draw_static(self):
        """Draw the first state: one image's detections, and the curves."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import CLASS_COLORS

        image, names = self.view.image, self.view.class_names
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
        left.imshow(self.images[image])
        left.axis("off")
        self._draw_image(left, image)
        evaluation = evaluate_detections(
            self._detect(MIN_SCORE), self.truths, len(names)
        )
        for name, color, (curve,) in zip(
            names, CLASS_COLORS, evaluation.curves
        ):
            right.plot(curve.recall, curve.precision, color=color, label=name)
            at = np.count_nonzero(
                curve.scores >= np.float32(self.view.score_threshold)
            )
            if at:
                point = curve.recall[at - 1], curve.precision[at - 1]
                right.plot(*point, "o", color=color, markersize=9)
        right.set(xlabel="recall", ylabel="precision")
        right.set(xlim=(0, 1.02), ylim=(0, 1.04))
        right.legend(loc="lower left")
        return figure

    def _draw_image(self, ax, image):
        from d2l_ssd.plotting import COLORS, show_boxes

        found, truths = self.detections[image], self.truths[image]
        names = self.view.class_names
        kinds = detection_kinds(found, truths)
        looks = {"correct": ("positive", "-"), "ignored": ("ignored", ":")}
        for kind, box, score, label in zip(kinds, *found):
            color, style = looks.get(kind, ("miss", "--"))
            text = f"{names[label]} {score:.2f}"
            show_boxes(
                ax, [box], text, COLORS[color], linestyle=style, linewidth=1.8
            )
        ax.set_title(
            f"score from {self.view.score_threshold:.2f}: "
            f"{np.sum(kinds == 'correct')} of {np.sum(truths[:, 5] == 0)} found, "
            f"{np.sum(~np.isin(kinds, list(looks)))} wrong",
            fontsize=10,
        )


def candidate_rows(class_probs, offsets, anchors):
    """List what enters NMS for each image, as `predict_ssd` does.

    Returns a list of (N, 6) float32 arrays, rows [class, score, box]: class
    by class, in a class best first, in the numbers that `predict_ssd` has, so
    that any score threshold of MIN_SCORE or more keeps a part of each class's
    rows from its start.
    """
    images = []
    for probs, offset in zip(class_probs, offsets):
        rows = []
        for label, scores in enumerate(probs[:, 1:].T):
            over = np.flatnonzero(scores >= MIN_SCORE)
            best = over[np.argsort(-scores[over], kind="stable")[:TOP_K]]
            boxes = clip_boxes(decode_offsets(anchors[best], offset[best]))
            label = np.full(len(best), label)
            rows.append(np.column_stack([label, scores[best], boxes]))
        images.append(np.concatenate(rows).astype(np.float32))
    return images


def _view_with_toggles(toggles):
    """Make a DetectionView class that has a synced trait for each class."""
    traits = {
        name: traitlets.Bool(on).tag(sync=True) for name, on in toggles.items()
    }
    return type("DetectionView", (DetectionView,), traits)


def _slider(value, low, high, description):
    return FloatSlider(
        value,
        min=low,
        max=high,
        step=0.01,
        description=description,
        readout_format=".2f",
    )
