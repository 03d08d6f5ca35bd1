"""Chapter 2's explorer: what the layers put out, and how much their cells see."""

import numpy as np
import traitlets
from ipywidgets import IntSlider, SelectionSlider

from d2l_ssd.widgets.base import (
    Explorer,
    ExplorerView,
    bundle,
    encode_images,
    pack,
)

CHANNELS = 16  # of each layer, those that vary most


class FeatureMapView(ExplorerView):
    """An image beside one channel of one layer, and what one cell of it sees."""

    _esm = bundle("feature_map_explorer.js")
    picture = traitlets.Bytes(help="the image").tag(sync=True)
    image_size = traitlets.List(help="(H, W) that the network saw").tag(
        sync=True
    )
    layers = traitlets.List(
        help="name, shape (h, w), channels, top, receptive_field, stride, offset"
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

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB, as the network saw it
    layers : list of (name, activations, receptive_field, stride, offset), fine
        to coarse: a short string; (C, h, w) floats; the side of the square that
        a cell sees, in pixels; the pixels from one cell to the next; and the
        pixel on which the field of the first cell is centered (0 where all
        paddings are half a kernel)
    layer : the number of the layer at first

    Of each layer the CHANNELS channels whose activations vary most are kept, the
    most varied first, rounded to 256 steps from 0 (or its lowest value) to its
    highest.
    """

    def __init__(self, image, layers, layer=0):
        if not layers:
            raise ValueError("layers must not be empty")
        self.image = np.asarray(image)
        self.kept = [_pick_channels(row[0], row[1]) for row in layers]
        height, width = self.image.shape[:2]
        rows, columns = self.kept[layer][1].shape[1:]
        view = FeatureMapView(
            picture=encode_images([image], quality=90)[0],
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

    def draw_static(self):
        """Draw the image and the first layer's channel, with the middle cell."""
        import matplotlib.pyplot as plt

        from d2l_ssd.plotting import COLORS

        view = self.view
        layer, (channels, activations) = (
            view.layers[view.layer],
            self.kept[view.layer],
        )
        figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.8))
        left.imshow(self.image)
        right.imshow(activations[0], cmap="viridis")
        right.set_title(f"{layer['name']}, channel {channels[0]}", fontsize=10)
        side, stride = layer["receptive_field"], layer["stride"]
        low = [
            layer["offset"] + n * stride - side / 2
            for n in (view.column, view.row)
        ]
        box = {"fill": False, "edgecolor": COLORS["positive"], "linewidth": 2}
        left.add_patch(plt.Rectangle(low, side, side, **box))
        left.set(xlim=(-0.5, self.image.shape[1] - 0.5))
        left.set(ylim=(self.image.shape[0] - 0.5, -0.5))
        left.set_title(f"one cell sees {side} × {side} pixels", fontsize=10)
        corner = view.column - 0.5, view.row - 0.5
        right.add_patch(
            plt.Rectangle(corner, 1, 1, fill=False, edgecolor="white", lw=2)
        )
        for ax in (left, right):
            ax.axis("off")
        return figure


def _pick_channels(name, activations):
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


def _describe(row, kept):
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


def quantize(maps):
    """Round each map (C, h, w) to 256 steps from min(0, its lowest) to its highest."""
    low = np.minimum(0, maps.min(axis=(1, 2), keepdims=True))
    span = maps.max(axis=(1, 2), keepdims=True) - low
    return np.round((maps - low) / np.where(span > 0, span, 1) * 255).astype(
        np.uint8
    )
