"""The playground: a detector that trains in the page, in seconds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import anywidget
import traitlets

from d2l_ssd.widgets.base import read_bundle


class Playground(anywidget.AnyWidget):
    """A small detector that trains in the browser; every decision is a switch.

    It trains where it is shown, with no Python. In a live kernel, `settings`,
    `history` and `detections` follow what the reader does.

    Args:
        settings: what differs from the defaults, by the keys that addresses
            have, like {"iou": 0.7, "force": False}; "all" negatives are
            `math.inf` or "all".
        compact: the small form, with nothing to open.
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
    detections = traitlets.List(
        traitlets.Dict(),
        help="per scene shown: boxes (flat), scores, classes; best first",
    ).tag(sync=True)

    def __init__(
        self, settings: Mapping[str, Any] | None = None, compact: bool = False
    ) -> None:
        super().__init__(settings=dict(settings or {}), compact=compact)

    @traitlets.validate("settings")
    def _say_all(self, proposal: Any) -> dict[str, Any]:
        """Write infinity as JSON can."""
        return {
            key: "all" if value == math.inf else value
            for key, value in proposal["value"].items()
        }
