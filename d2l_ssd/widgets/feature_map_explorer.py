"""The chapter on feature maps' explorer: what layers put out, and what cells see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from ipywidgets import IntSlider, SelectionSlider
from numpy.typing import ArrayLike

from d2l_ssd.widgets.base import Explorer, ExplorerView, read_bundle
from d2l_ssd.widgets.encoding import encode_images, pack

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHANNELS = 16  # of each layer, those that vary most
STEPS = 255  # from a map's lowest activation to its highest

# (name, activations, receptive_field, stride, offset)
Layer = tuple[str, ArrayLike, int, int, float]


class FeatureMapView(ExplorerView):
    """An image beside one channel of one layer, and what one cell of it sees."""

    _esm = read_bundle("feature_map_explorer.js")
    picture = traitlets.Bytes(help="the image").tag(sync=True)
    image_size = traitlets.List(help="(H, W) that the network saw").tag(
        sync=True
    )
    layers = traitlets.List(
        help="name, shape (h, w), num_channels; channels, low and high of those "
        "kept; receptive_field, stride, offset"
    ).tag(sync=True)
    activations = traitlets.List(
        traitlets.Bytes(), help="per layer (channels, h, w) uint8, see quantize"
    ).tag(sync=True)
    layer = traitlets.Int().tag(sync=True)
    channel = traitlets.Int(help="rank, counted from 1").tag(sync=True)
    row = traitlets.Int().tag(sync=True)
    column = traitlets.Int().tag(sync=True)


class FeatureMapExplorer(Explorer):
    """Layers of a network, channel by channel, and what each of their cells sees.

    Of each layer the CHANNELS channels whose activations vary most are kept, the
    most varied first, rounded to 256 steps from 0 (or its lowest value) to its
    highest.

    Args:
        image: (H, W, 3) uint8, RGB, as the network saw it.
        layers: list of (name, activations, receptive_field, stride, offset), fine
            to coarse: a short string; (C, h, w) floats; the side of the square
            that a cell sees, in pixels; the pixels from one cell to the next; and
            the pixel on which the field of the first cell is centered (0 where
            the padding is always half a kernel).
        layer: the number of the layer at first.

    Raises:
        ValueError: there is no layer, or activations have another shape or are
            not finite.
    """

    def __init__(
        self, image: ArrayLike, layers: Sequence[Layer], layer: int = 0
    ) -> None:
        if not layers:
            raise ValueError("layers must not be empty")
        self.image = np.asarray(image)
        self.kept = [_pick_channels(row[0], row[1]) for row in layers]
        height, width = self.image.shape[:2]
        rows, columns = self.kept[layer][1].shape[1:]
        view = FeatureMapView(
            picture=encode_images([self.image], quality=90)[0],
            image_size=[height, width],
            layers=[
                _describe(row, kept) for row, kept in zip(layers, self.kept)
            ],
            activations=[
                pack(quantize(maps), np.uint8) for _, maps in self.kept
            ],
            layer=layer,
            channel=1,
            row=rows // 2,
            column=columns // 2,
        )
        controls = {
            "layer": SelectionSlider(
                options=[row[0] for row in layers],
                index=layer,
                description="Layer",
            ),
            "channel": IntSlider(1, min=1, max=CHANNELS, description="Channel"),
        }
        super().__init__(view, controls)

    def draw_static(self) -> Figure:
        """Draw the image and the first layer's channel, with the middle cell."""
        import matplotlib.pyplot as plt

        figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.8))
        self._draw_image(left)
        self._draw_map(right)
        for ax in (left, right):
            ax.axis("off")
        return figure

    def _draw_image(self, ax: Axes) -> None:
        from matplotlib.patches import Rectangle

        from d2l_ssd.plotting import COLORS

        view = self.view
        layer = view.layers[view.layer]
        side, stride = layer["receptive_field"], layer["stride"]
        low = [
            layer["offset"] + cell * stride - side / 2
            for cell in (view.column, view.row)
        ]
        height, width = self.image.shape[:2]
        ax.imshow(self.image)
        color = COLORS["positive"]
        field = Rectangle(low, side, side, fill=False, edgecolor=color, lw=2)
        ax.add_patch(field)
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
        ax.set_title(f"one cell sees {side} × {side} pixels", fontsize=10)

    def _draw_map(self, ax: Axes) -> None:
        from matplotlib.patches import Rectangle

        view = self.view
        channels, activations = self.kept[view.layer]
        name = view.layers[view.layer]["name"]
        ax.imshow(activations[0], cmap="viridis")
        ax.set_title(f"{name}, channel {channels[0]}", fontsize=10)
        corner = view.column - 0.5, view.row - 0.5
        cell = Rectangle(corner, 1, 1, fill=False, edgecolor="white", lw=2)
        ax.add_patch(cell)


def _pick_channels(
    name: str, activations: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers and maps of the channels that vary most, best first."""
    activations = np.asarray(activations, np.float32)
    if activations.ndim != 3 or not np.isfinite(activations).all():
        raise ValueError(
            f"layers: the activations of {name!r} must be (C, h, w) and finite, "
            f"got shape {activations.shape}"
        )
    flat = activations.reshape(len(activations), -1)
    # A map of one cell does not vary: its strongest answers
    variety = flat.std(axis=1) if flat.shape[1] > 1 else flat[:, 0]
    best = np.argsort(-variety, kind="stable")[:CHANNELS]
    return best, activations[best]


def _describe(
    row: Layer, kept: tuple[np.ndarray, np.ndarray]
) -> dict[str, Any]:
    """Say of a layer what its view needs, besides the activations."""
    name, activations, receptive_field, stride, offset = row
    channels, maps = kept
    low = np.minimum(0, maps.min(axis=(1, 2)))
    return {
        "name": name,
        "shape": list(maps.shape[1:]),
        "num_channels": len(activations),
        "channels": channels.tolist(),
        "low": low.tolist(),
        "high": maps.max(axis=(1, 2)).tolist(),
        "receptive_field": int(receptive_field),
        "stride": int(stride),
        "offset": float(offset),
    }


def quantize(maps: np.ndarray) -> np.ndarray:
    """Round each map (C, h, w) to 256 steps from min(0, its lowest) to its highest."""
    low = np.minimum(0, maps.min(axis=(1, 2), keepdims=True))
    span = maps.max(axis=(1, 2), keepdims=True) - low
    steps = np.round((maps - low) / np.where(span > 0, span, 1) * STEPS)
    return steps.astype(np.uint8)
