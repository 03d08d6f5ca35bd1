"""Chapter 3's explorer: which objects can the anchors of each map reach?"""

import numpy as np
import traitlets
from ipywidgets import Checkbox, Dropdown, FloatSlider

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.boxes import box_iou
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

DRAFT_SIZES = ((0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 0.1))
# One trait and one check box each; the names are read aloud
RATIO_TOGGLES = {
    "square": ("1:1", 1),
    "wide": ("2:1", 2),
    "tall": ("1:2", 0.5),
    "very_wide": ("3:1", 3),
    "very_tall": ("1:3", 1 / 3),
}


class AnchorView(ExplorerView):
    """The image with a map's cells, and what the anchors reach."""

    _esm = bundle("anchor_explorer.js")
    images = traitlets.List(traitlets.Bytes()).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per image (M, 5): class and box"
    ).tag(sync=True)
    all_truths = traitlets.Bytes(help="(N, 4) boxes of the histogram").tag(
        sync=True
    )
    class_names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    map_shapes = traitlets.List().tag(sync=True)
    presets = traitlets.List(help="sizes (maps, 2) to start from").tag(
        sync=True
    )
    toggles = traitlets.Dict(help="trait -> ratio").tag(sync=True)
    image = traitlets.Int().tag(sync=True)
    preset = traitlets.Int().tag(sync=True)
    map = traitlets.Int().tag(sync=True)
    small = traitlets.Float(help="first size of the map shown").tag(sync=True)
    large = traitlets.Float(help="second size of the map shown").tag(sync=True)
    sizes = traitlets.List(help="sizes (maps, 2) of all maps").tag(sync=True)
    row = traitlets.Int().tag(sync=True)
    column = traitlets.Int().tag(sync=True)
    square = traitlets.Bool().tag(sync=True)
    wide = traitlets.Bool().tag(sync=True)
    tall = traitlets.Bool().tag(sync=True)
    very_wide = traitlets.Bool().tag(sync=True)
    very_tall = traitlets.Bool().tag(sync=True)


class AnchorExplorer(Explorer):
    """Anchors of a map over an image, and the best IoU that each object can get.

    Parameters
    ----------
    images : list of (H, W, 3) uint8, RGB, as the network sees them
    truths : list of (M, 5 or 6) labels [class, xmin, ymin, xmax, ymax, ...],
        one an image; rows of class -1 are padding
    all_truths : (N, 4) boxes for the histogram, by default those of `truths`
    sizes : two sizes for each map
    ratios : the ratios that are on at first, of 1, 2, 1/2, 3, 1/3
    class_names : names of the classes
    map_shapes : (height, width) of each map, fine to coarse
    """

    def __init__(
        self,
        images,
        truths,
        all_truths=None,
        sizes=SIZES,
        ratios=RATIOS[0],
        class_names=("cat", "dog"),
        map_shapes=MAP_SHAPES,
    ):
        self.images, self.truths = images, clean_labels(truths)
        boxes = np.concatenate(self.truths)[:, 1:]
        sizes = [list(pair) for pair in sizes]
        cell = _best_cell(boxes, map_shapes, sizes, ratios)
        view = AnchorView(
            images=encode_images(images),
            truths=[pack(rows) for rows in self.truths],
            all_truths=pack(boxes if all_truths is None else all_truths),
            class_names=list(class_names),
            map_shapes=[list(shape) for shape in map_shapes],
            presets=[sizes, [list(pair) for pair in DRAFT_SIZES]],
            toggles={name: ratio for name, (_, ratio) in RATIO_TOGGLES.items()},
            sizes=sizes,
            small=sizes[cell["map"]][0],
            large=sizes[cell["map"]][1],
            **cell,
            **{name: r in ratios for name, (_, r) in RATIO_TOGGLES.items()},
        )
        controls, rows = _make_controls(view)
        super().__init__(view, controls, rows)

    @property
    def ratios(self):
        """The ratios that are on."""
        toggles = self.view.toggles.items()
        return tuple(r for name, r in toggles if getattr(self.view, name))

    def draw_static(self):
        """Draw the first image with its best IoUs, beside the histogram."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import COLORS, show_boxes

        anchors = ssd_anchors(
            self.view.map_shapes,
            self.view.sizes,
            [self.ratios] * len(self.view.sizes),
        )
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
        left.imshow(self.images[0])
        left.axis("off")
        boxes = self.truths[0][:, 1:]
        best = best_possible_iou(anchors, boxes)
        colors = [COLORS["positive" if b >= 0.5 else "miss"] for b in best]
        show_boxes(left, boxes, [f"IoU {b:.2f}" for b in best], colors)
        truths = np.frombuffer(self.view.all_truths, "<f4").reshape(-1, 4)
        size = np.sqrt(np.prod(truths[:, 2:] - truths[:, :2], axis=1))
        reached = best_possible_iou(anchors, truths) >= 0.5
        right.hist(
            [size[reached], size[~reached]],
            bins=np.arange(0, 1.01, 0.1),
            stacked=True,
            color=[COLORS["positive"], COLORS["miss"]],
            label=["best IoU ≥ 0.5", "no anchor reaches 0.5"],
        )
        right.set(xlabel="object size", ylabel="objects")
        right.legend()
        return figure


def _make_controls(view):
    """Return the controls by the trait that they drive, and their rows."""
    maps = [f"{height} × {width} cells" for height, width in view.map_shapes]
    presets = ["the book's", "the draft's, from 0.3", "your own"]
    controls = {
        "image": image_dropdown(view.images),
        "map": Dropdown(options=maps, index=view.map, description="Map"),
        "preset": Dropdown(options=presets, index=0, description="Sizes"),
        "small": _size_slider(view.small, "First size"),
        "large": _size_slider(view.large, "Second size"),
    }
    toggles = {
        name: Checkbox(getattr(view, name), description=text, indent=False)
        for name, (text, _) in RATIO_TOGGLES.items()
    }
    rows = list(controls.values())
    rows.insert(3, group("Ratios", list(toggles.values())))
    return {**controls, **toggles}, rows


def _size_slider(value, description):
    return FloatSlider(
        value,
        min=0.04,
        max=1,
        step=0.01,
        description=description,
        readout_format=".2f",
    )


def _best_cell(boxes, map_shapes, sizes, ratios):
    """Return the cell whose anchors fit the first object best: a good start."""
    if not len(boxes):
        return {"map": 0, "row": 0, "column": 0}
    anchors = ssd_anchors(map_shapes, sizes, [ratios] * len(sizes))
    ends = np.cumsum([height * width for height, width in map_shapes])
    per_cell = len(anchors) // ends[-1]
    cell = box_iou(boxes[:1], anchors).argmax() // per_cell
    number = np.searchsorted(ends, cell, side="right")
    height, width = map_shapes[number]
    row, column = divmod(cell - (ends[number] - height * width), width)
    return {"map": int(number), "row": int(row), "column": int(column)}
