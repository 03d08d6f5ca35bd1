"""The chapter on targets' explorer: which anchors learn which object, and what?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from ipywidgets import Dropdown, FloatSlider
from numpy.typing import ArrayLike

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.targets import IGNORED, match_anchors
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    GalleryView,
    read_bundle,
)
from d2l_ssd.widgets.controls import fine_slider, image_dropdown, name_maps
from d2l_ssd.widgets.encoding import clean_labels, encode_images, pack_boxes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class TargetView(GalleryView):
    """The image with a dot for every anchor, and one positive anchor's offsets."""

    _esm = read_bundle("target_explorer.js")
    map_shapes = traitlets.List().tag(sync=True)
    sizes = traitlets.List().tag(sync=True)
    ratios = traitlets.List().tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    map = traitlets.Int(help="0: all maps, then fine to coarse").tag(sync=True)
    pos_iou = traitlets.Float(0.5).tag(sync=True)
    neg_iou = traitlets.Float(0.4).tag(sync=True)
    anchor = traitlets.Int(-1, help="the anchor selected").tag(sync=True)


class TargetExplorer(Explorer):
    """Anchors as positive, ignored or background, and the offsets of one of them.

    `explorer.view.anchor` is the index of the anchor that was selected last.

    Args:
        images: list of (H, W, 3) uint8, RGB, as the network sees them.
        truths: per image (M, 5 or 6) labels [class, xmin, ymin, xmax, ymax, ...];
            rows of class -1 are padding.
        pos_iou, neg_iou: the thresholds at first.
        sizes, ratios: of the anchors, as `ssd_anchors` takes them.
        class_names: names of the classes.
        map_shapes: (height, width) of each map, fine to coarse.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        pos_iou: float = 0.5,
        neg_iou: float = 0.4,
        sizes: Sequence[Sequence[float]] = SIZES,
        ratios: Sequence[Sequence[float]] = RATIOS,
        class_names: Sequence[str] = ("cat", "dog"),
        map_shapes: Sequence[Sequence[int]] = MAP_SHAPES,
    ) -> None:
        self.images, self.truths = images, clean_labels(truths)
        view = TargetView(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            class_names=list(class_names),
            map_shapes=[list(shape) for shape in map_shapes],
            sizes=[list(row) for row in sizes],
            ratios=[list(row) for row in ratios],
            pos_iou=pos_iou,
            neg_iou=neg_iou,
        )
        maps = ["all maps", *name_maps(map_shapes)]
        controls = {
            "image": image_dropdown(images),
            "map": Dropdown(options=maps, index=0, description="Map"),
            "pos_iou": _iou_slider(pos_iou, "Positive from"),
            "neg_iou": _iou_slider(neg_iou, "Ignored from"),
        }
        super().__init__(view, controls)

    def draw_static(self) -> Figure:
        """Draw the first image with its positive and ignored anchors."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import CLASS_COLORS, COLORS, show_boxes

        view = self.view
        anchors = ssd_anchors(view.map_shapes, view.sizes, view.ratios)
        boxes = self.truths[0][:, 1:]
        classes = self.truths[0][:, 0].astype(int)
        matches = match_anchors(anchors, boxes, view.pos_iou, view.neg_iou)
        positive, ignored = matches >= 0, matches == IGNORED
        figure, axes = plt.subplots(1, 3, figsize=(9, 3.4))
        self._show_image(axes[0], "objects")
        self._show_image(axes[1], f"{positive.sum()} positive")
        self._show_image(axes[2], f"{ignored.sum()} ignored")
        names = [view.class_names[c] for c in classes]
        colors = [CLASS_COLORS[c] for c in classes]
        show_boxes(axes[0], boxes, names, colors)
        colors = [CLASS_COLORS[c] for c in classes[matches[positive]]]
        show_boxes(axes[1], anchors[positive], None, colors, linewidth=1)
        ink = COLORS["ignored"]
        show_boxes(axes[2], anchors[ignored], None, ink, linewidth=1)
        return figure

    def _show_image(self, ax: Axes, title: str) -> None:
        image = self.images[0]
        height, width = image.shape[:2]
        ax.imshow(image)
        ax.set_title(title)
        ax.axis("off")
        # Anchors reach over the border
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))


def _iou_slider(value: float, description: str) -> FloatSlider:
    return fine_slider(value, 0.1, 0.9, description)
