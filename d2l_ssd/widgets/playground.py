"""The playground: a detector that trains in the page, in seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from d2l_ssd.detections import Detections
from d2l_ssd.shapes import CLASSES, draw_shapes
from d2l_ssd.widgets.base import StaticPicture, read_bundle
from d2l_ssd.widgets.settings import check_settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What can be set, by the keys that addresses have, too
SETTINGS = frozenset(
    "n seed scenes flip shift crowd empty crosses maps sizes ratios scale iou "
    "force log neg minneg loc lr nms show test bug".split()
)
UNSEEN_SEED = 0  # of the scenes that no run is trained on
SHOWN = 3, 42, 19  # of them, those that the page shows


class Playground(StaticPicture, anywidget.AnyWidget):
    """A small object detector that trains in the browser.

    It trains where it is shown, without Python. In a live kernel, `settings`,
    `history`, `detections` and `weights` follow what the reader does, and the page
    takes the `settings` and `weights` that it is given. A value that a setting
    cannot have is left out, and the page says so.

    Args:
        settings: what differs from the defaults, by the keys of addresses, like
            {"iou": 0.7, "force": False}; all negatives are `math.inf`.
        compact: the small form, with nothing to open.

    Raises:
        ValueError: there is no such setting, or a number is not finite.
    """

    _esm = read_bundle("playground.js")
    _css = read_bundle("playground.css")
    settings = traitlets.Dict(help="what differs from the defaults").tag(
        sync=True
    )
    compact = traitlets.Bool(help="only scenes, Train and AP50").tag(sync=True)
    history = traitlets.List(
        traitlets.Dict(),
        help="per 500 scenes: scenes, ap50, ap75, ap, ap50_by_size, "
        "class_loss, box_loss",
    ).tag(sync=True)
    found = traitlets.List(
        traitlets.Dict(), help="per scene shown: boxes, scores, classes"
    ).tag(sync=True)
    weights = traitlets.Bytes(
        help="a safetensors file: of the trained network, or to be loaded"
    ).tag(sync=True)

    def __init__(
        self, settings: Mapping[str, Any] | None = None, compact: bool = False
    ) -> None:
        super().__init__(settings=dict(settings or {}), compact=compact)

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, Any]:
        return check_settings(proposal["value"], SETTINGS)

    @property
    def detections(self) -> list[Detections]:
        """The Detections on the scenes shown, the reader's own scene last."""
        return [
            Detections(
                np.array(one["boxes"], np.float32).reshape(-1, 4),
                np.array(one["scores"], np.float32),
                np.array(one["classes"], np.int64),
            )
            for one in self.found
        ]

    def draw_static(self) -> Figure:
        """Draw the scenes shown with their ground truth."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import show_boxes

        figure, axes = plt.subplots(1, len(SHOWN), figsize=(8, 2.8))
        for ax, number in zip(axes, SHOWN):
            images, labels = draw_shapes(UNSEEN_SEED, number, 1)
            rows = labels[0][labels[0][:, 0] >= 0]
            names = [CLASSES[int(label)] for label in rows[:, 0]]
            ax.imshow(images[0])
            ax.axis("off")
            show_boxes(ax, rows[:, 1:5], labels=names)
        return figure
