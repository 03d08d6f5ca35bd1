"""Chapter 4's explorer: which anchors learn which object, and what offsets?"""

import traitlets
from ipywidgets import Dropdown, FloatSlider

from d2l_ssd.anchors import RATIOS, SIZES, ssd_anchors
from d2l_ssd.targets import match_anchors
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    ExplorerView,
    bundle,
    clean_labels,
    encode_images,
    image_dropdown,
    pack,
)


class TargetView(ExplorerView):
    """The image with a dot for every anchor, and one positive anchor's offsets."""

    _esm = bundle("target_explorer.js")
    images = traitlets.List(traitlets.Bytes()).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per image (M, 5): class and box"
    ).tag(sync=True)
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
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

    Parameters
    ----------
    images : list of (H, W, 3) uint8, RGB, as the network sees them
    truths : list of (M, 5 or 6) labels [class, xmin, ymin, xmax, ymax, ...],
        one an image; rows of class -1 are padding
    pos_iou, neg_iou : the thresholds at first
    sizes, ratios : of the anchors, as `ssd_anchors` takes them
    class_names : names of the classes
    map_shapes : (height, width) of each map, fine to coarse

    `explorer.view.anchor` is the index of the anchor that was selected last.
    """

    def __init__(
        self,
        images,
        truths,
        pos_iou=0.5,
        neg_iou=0.4,
        sizes=SIZES,
        ratios=RATIOS,
        class_names=("cat", "dog"),
        map_shapes=MAP_SHAPES,
    ):
        self.images, self.truths = images, clean_labels(truths)
        view = TargetView(
            images=encode_images(images),
            truths=[pack(rows) for rows in self.truths],
            class_names=list(class_names),
            map_shapes=[list(shape) for shape in map_shapes],
            sizes=[list(row) for row in sizes],
            ratios=[list(row) for row in ratios],
            pos_iou=pos_iou,
            neg_iou=neg_iou,
        )
        maps = ["all maps", *(f"{h} × {w} cells" for h, w in map_shapes)]
        controls = {
            "image": image_dropdown(images),
            "map": Dropdown(options=maps, index=0, description="Map"),
            "pos_iou": _iou_slider(pos_iou, "Positive from"),
            "neg_iou": _iou_slider(neg_iou, "Ignored from"),
        }
        super().__init__(view, controls)

    def draw_static(self):
        """Draw the first image with its positive and ignored anchors."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import CLASS_COLORS, COLORS, show_boxes

        view = self.view
        anchors = ssd_anchors(view.map_shapes, view.sizes, view.ratios)
        truths = self.truths[0]
        matches = match_anchors(
            anchors, truths[:, 1:], view.pos_iou, view.neg_iou
        )
        ignored, positive = anchors[matches == -2], matches >= 0
        classes = truths[:, 0].astype(int)
        colors = [CLASS_COLORS[c] for c in classes[matches[positive]]]
        figure, axes = plt.subplots(1, 3, figsize=(9, 3.4))
        titles = [
            "objects",
            f"{positive.sum()} positive",
            f"{len(ignored)} ignored",
        ]
        for ax, title in zip(axes, titles):
            ax.imshow(self.images[0])
            ax.set_title(title)
            ax.axis("off")
        names = [view.class_names[c] for c in classes]
        show_boxes(
            axes[0], truths[:, 1:], names, [CLASS_COLORS[c] for c in classes]
        )
        show_boxes(axes[1], anchors[positive], None, colors, linewidth=1)
        show_boxes(axes[2], ignored, None, COLORS["ignored"], linewidth=1)
        for ax in axes:  # anchors reach over the border
            ax.set(xlim=(-0.5, self.images[0].shape[1] - 0.5))
            ax.set(ylim=(self.images[0].shape[0] - 0.5, -0.5))
        return figure


def _iou_slider(value, description):
    return FloatSlider(
        value,
        min=0.1,
        max=0.9,
        step=0.01,
        description=description,
        readout_format=".2f",
    )
