"""Pictures of images with boxes: the only module that draws."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import patheffects
from matplotlib.colors import to_rgb

from d2l_ssd.data import (
    IMAGENET_MEAN,
    IMAGENET_STD,
)

COLORS = {
    "cat": "#0072B2",
    "dog": "#E69F00",
    "positive": "#009E73",
    "miss": "#D55E00",
    "ignored": "#999999",
    "neutral": "#56B4E9",
}
CLASS_COLORS = (
    "#0072B2",
    "#E69F00",
    "#CC79A7",
    "#009E73",
    "#F0E442",
    "#56B4E9",
    "#D55E00",
)


def _per_box(value, count):
    """Return a list of `count` values: one value is for all boxes."""
    if value is None or isinstance(value, str):
        return [value] * count
    if len(value) != count:
        raise ValueError(f"got {len(value)} values for {count} boxes: {value}")
    return list(value)


def _text_color(color):
    """Return black or white, whichever reads better on color."""
    luminance = np.dot(to_rgb(color), (0.299, 0.587, 0.114))
    return "black" if luminance > 0.45 else "white"


def _show_name(ax, name, corner, inside, color):
    """Write the name of a box beside its upper left corner."""
    ax.annotate(
        name,
        corner,
        xytext=(1.5, -2 if inside else 2),
        textcoords="offset points",
        ha="left",
        va="top" if inside else "bottom",
        fontsize=8,
        color=_text_color(color),
        bbox={"facecolor": color, "edgecolor": "none", "pad": 1.2},
        annotation_clip=False,
    )


def show_boxes(ax, boxes, labels=None, colors=None, linewidth=2, linestyle="-"):
    """Draw normalised boxes on axes that show an image.

    Arguments:
        ax: matplotlib axes on which `imshow` drew an image.
        boxes: (N, 4) array [xmin, ymin, xmax, ymax] in [0, 1] of the image.
        labels: N strings (or one for all) to write at the boxes; None or ""
            writes nothing.
        colors: N matplotlib colours (or one for all); neutral if None.
        linewidth: in points.
        linestyle: N matplotlib line styles (or one for all).

    Returns:
        The axes.

    Raises:
        ValueError: the axes show no image, or the numbers of boxes, labels
            and colours differ.
    """
    if not ax.images:
        raise ValueError("ax must show an image: call ax.imshow(image) first")
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    left, right, bottom, top = ax.images[0].get_extent()
    origin = (left, top, left, top)
    size = (right - left, bottom - top) * 2
    lists = [_per_box(v, len(boxes)) for v in (labels, colors, linestyle)]
    for (x0, y0, x1, y1), label, color, style in zip(
        origin + boxes * size, *lists
    ):
        color = color or COLORS["neutral"]
        # A pale rim keeps the line visible on fur of its own colour
        rim = patheffects.withStroke(
            linewidth=linewidth + 1.2, foreground="white", alpha=0.6
        )
        ax.add_patch(
            plt.Rectangle(
                (x0, y0),
                x1 - x0,
                y1 - y0,
                fill=False,
                edgecolor=color,
                linewidth=linewidth,
                linestyle=style,
                path_effects=[rim],
            )
        )
        if label:
            # Near the upper border a name above the box would hit the title
            inside = (y0 - top) < 0.08 * size[1]
            _show_name(ax, label, (x0, y0), inside, color)
    return ax


def show_labels(ax, labels, classes=("cat", "dog"), linewidth=2):
    """Draw the label rows of one image: colour by class, dashed if difficult.

    Arguments:
        ax: matplotlib axes on which `imshow` drew an image.
        labels: (M, 5) or (M, 6) array
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding and are not drawn.
        classes: the class names.
        linewidth: in points.

    Returns:
        The axes.
    """
    labels = np.asarray(labels)
    labels = labels[labels[:, 0] >= 0]
    indices = labels[:, 0].astype(int)
    difficult = labels[:, 5:].any(axis=1)
    return show_boxes(
        ax,
        labels[:, 1:5],
        labels=[classes[i] for i in indices],
        colors=[CLASS_COLORS[i % len(CLASS_COLORS)] for i in indices],
        linewidth=linewidth,
        linestyle=["--" if d else "-" for d in difficult],
    )


def show_grid(
    images,
    num_cols=4,
    boxes=None,
    labels=None,
    colors=None,
    titles=None,
    scale=2.2,
):
    """Show images in a grid, with their boxes if given.

    Arguments:
        images: list of N images, (H, W, 3) uint8 each.
        num_cols: images in a row.
        boxes, labels, colors: lists with what `show_boxes` takes for each
            image.
        titles: N strings.
        scale: width of one image in inches.

    Returns:
        The N axes, as a flat array.
    """
    num_rows = -(-len(images) // num_cols)
    height, width = np.shape(images[0])[:2]
    # Titles need a quarter of an inch more a row
    row_height = scale * height / width + (0.25 if titles else 0)
    fig, axes = plt.subplots(
        num_rows,
        num_cols,
        figsize=(scale * num_cols, row_height * num_rows),
        squeeze=False,
        layout="constrained",
    )
    fig.get_layout_engine().set(w_pad=0.03, h_pad=0.03)
    for ax in axes.flat:
        ax.set_axis_off()
    for i, (ax, image) in enumerate(zip(axes.flat, images)):
        ax.imshow(image)
        if titles is not None:
            ax.set_title(titles[i], fontsize=9)
        if boxes is not None:
            show_boxes(
                ax,
                boxes[i],
                labels=None if labels is None else labels[i],
                colors=None if colors is None else colors[i],
            )
    return axes.ravel()[: len(images)]


def to_image(X):
    """Turn a normalised network input back into an image.

    Arguments:
        X: (3, H, W) or (B, 3, H, W) float array of NumPy or MXNet.

    Returns:
        (H, W, 3) or (B, H, W, 3) uint8.
    """
    X = X.asnumpy() if hasattr(X, "asnumpy") else np.asarray(X)
    pixels = np.moveaxis(X, -3, -1) * IMAGENET_STD + IMAGENET_MEAN
    return (pixels * 255).round().clip(0, 255).astype(np.uint8)
