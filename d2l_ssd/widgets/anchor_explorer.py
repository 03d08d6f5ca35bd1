"""The chapter on anchors' explorer: which objects can each map's anchors reach?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from ipywidgets import Checkbox, Dropdown, FloatSlider, Widget
from numpy.typing import ArrayLike

from d2l_ssd.anchors import RATIOS, SIZES, best_possible_iou, ssd_anchors
from d2l_ssd.boxes import box_iou
from d2l_ssd.widgets.base import (
    MAP_SHAPES,
    Explorer,
    GalleryView,
    read_bundle,
)
from d2l_ssd.widgets.controls import (
    fine_slider,
    group,
    image_dropdown,
    name_maps,
)
from d2l_ssd.widgets.encoding import (
    clean_labels,
    encode_images,
    pack,
    pack_boxes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAIVE_SIZES = ((0.3, 0.4), (0.5, 0.6), (0.7, 0.8), (0.9, 1.0))
PRESETS = ("the book's", "from 0.3, by equal steps", "your own")
SMALLEST_SIZE = 0.04
REACHED = 0.5  # the IoU at which an anchor can learn an object
# One trait and one check box each; the names are read aloud
RATIO_TOGGLES = {
    "square": ("1:1", 1),
    "wide": ("2:1", 2),
    "tall": ("1:2", 0.5),
    "very_wide": ("3:1", 3),
    "very_tall": ("1:3", 1 / 3),
}


class AnchorView(GalleryView):
    """The image with a map's cells, and what the anchors reach."""

    _esm = read_bundle("anchor_explorer.js")
    all_truths = traitlets.Bytes(help="(N, 4) boxes of the histogram").tag(
        sync=True
    )
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

    Args:
        images: list of (H, W, 3) uint8, RGB, as the network sees them.
        truths: per image (M, 5 or 6) labels [class, xmin, ymin, xmax, ymax, ...];
            rows of class -1 are padding.
        all_truths: (N, 4) boxes for the histogram; if None, those of `truths`.
        sizes: two sizes for each map.
        ratios: the ratios that are on at first, of 1, 2, 1/2, 3, 1/3.
        class_names: names of the classes.
        map_shapes: (height, width) of each map, fine to coarse.
        naive: start with sizes that miss small objects, NAIVE_SIZES.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        truths: Sequence[ArrayLike],
        all_truths: ArrayLike | None = None,
        sizes: Sequence[Sequence[float]] = SIZES,
        ratios: Sequence[float] = RATIOS[0],
        class_names: Sequence[str] = ("cat", "dog"),
        map_shapes: Sequence[Sequence[int]] = MAP_SHAPES,
        naive: bool = False,
    ) -> None:
        self.images, self.truths = images, clean_labels(truths)
        boxes = np.concatenate(self.truths)[:, 1:]
        presets = [[list(s) for s in pairs] for pairs in (sizes, NAIVE_SIZES)]
        sizes = presets[naive]
        cell = _best_cell(boxes, map_shapes, sizes, ratios)
        view = AnchorView(
            images=encode_images(images),
            truths=pack_boxes(self.truths),
            all_truths=pack(boxes if all_truths is None else all_truths),
            class_names=list(class_names),
            map_shapes=[list(shape) for shape in map_shapes],
            presets=presets,
            preset=int(naive),
            toggles={name: ratio for name, (_, ratio) in RATIO_TOGGLES.items()},
            sizes=sizes,
            small=sizes[cell["map"]][0],
            large=sizes[cell["map"]][1],
            **cell,
            **{name: r in ratios for name, (_, r) in RATIO_TOGGLES.items()},
        )
        super().__init__(view, *_make_controls(view))

    @property
    def ratios(self) -> tuple[float, ...]:
        """The ratios that are on."""
        toggles = self.view.toggles.items()
        return tuple(r for name, r in toggles if getattr(self.view, name))

    def draw_static(self) -> Figure:
        """Draw the first image with its best IoUs, beside the histogram."""
        import matplotlib.pyplot as plt

        anchors = ssd_anchors(
            self.view.map_shapes,
            self.view.sizes,
            [self.ratios] * len(self.view.sizes),
        )
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
        self._draw_image(left, anchors)
        self._draw_histogram(right, anchors)
        return figure

    def _draw_image(self, ax: Axes, anchors: np.ndarray) -> None:
        from d2l_ssd.plotting import COLORS, show_boxes

        boxes = self.truths[0][:, 1:]
        best = best_possible_iou(anchors, boxes)
        colors = [COLORS["positive" if b >= REACHED else "miss"] for b in best]
        ax.imshow(self.images[0])
        ax.axis("off")
        show_boxes(ax, boxes, [f"IoU {b:.2f}" for b in best], colors)

    def _draw_histogram(self, ax: Axes, anchors: np.ndarray) -> None:
        from d2l_ssd.plotting import COLORS

        truths = np.frombuffer(self.view.all_truths, "<f4").reshape(-1, 4)
        size = np.sqrt(np.prod(truths[:, 2:] - truths[:, :2], axis=1))
        reached = best_possible_iou(anchors, truths) >= REACHED
        ax.hist(
            [size[reached], size[~reached]],
            bins=np.arange(0, 1.01, 0.1),
            stacked=True,
            color=[COLORS["positive"], COLORS["miss"]],
            label=["best IoU ≥ 0.5", "no anchor reaches 0.5"],
        )
        ax.set(xlabel="object size", ylabel="objects")
        ax.legend()


def _make_controls(
    view: AnchorView,
) -> tuple[dict[str, Widget], list[Widget]]:
    """Return the controls by the trait that they drive, and their rows."""
    maps = name_maps(view.map_shapes)
    controls = {
        "image": image_dropdown(view.images),
        "map": Dropdown(options=maps, index=view.map, description="Map"),
        "preset": Dropdown(
            options=PRESETS, index=view.preset, description="Sizes"
        ),
        "small": _size_slider(view.small, "First size"),
        "large": _size_slider(view.large, "Second size"),
    }
    toggles = {
        name: Checkbox(getattr(view, name), description=text, indent=False)
        for name, (text, _) in RATIO_TOGGLES.items()
    }
    rows = list(controls.values())
    rows.insert(3, group("Ratios", toggles.values()))
    return {**controls, **toggles}, rows


def _size_slider(value: float, description: str) -> FloatSlider:
    return fine_slider(value, SMALLEST_SIZE, 1, description)


def _best_cell(
    boxes: np.ndarray,
    map_shapes: Sequence[Sequence[int]],
    sizes: Sequence[Sequence[float]],
    ratios: Sequence[float],
) -> dict[str, int]:
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
