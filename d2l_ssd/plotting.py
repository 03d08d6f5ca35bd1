"""Pictures of images with boxes: the only module that draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from numpy.typing import ArrayLike

from d2l_ssd.checks import (
    PADDING,
    as_count,
    as_drawn_boxes,
    as_inputs,
    as_labels,
)
from d2l_ssd.data import IMAGENET_MEAN, IMAGENET_STD
from d2l_ssd.palette import BRIGHT, CLASS_COLORS, LUMA

COLORS = {
    "cat": "#0072B2",
    "dog": "#E69F00",
    "positive": "#009E73",
    "miss": "#D55E00",
    "ignored": "#999999",
    "neutral": "#56B4E9",
}
NEAR_BORDER = 0.08  # of the image's height: no room for a name above a box
TITLE_INCHES = 0.25  # added to a row of images with titles


def show_boxes(
    ax: Axes,
    boxes: ArrayLike,
    labels: Sequence[str | float | None] | str | float | None = None,
    colors: Sequence | str | None = None,
    linewidth: float = 2,
    linestyle: Sequence[str] | str = "-",
) -> Axes:
    """Draw normalized boxes on axes that show an image.

    Args:
        ax: axes on which `imshow` drew an image.
        boxes: (N, 4) array [xmin, ymin, xmax, ymax] in [0, 1] of the image.
        labels: N names or numbers (or one for all) to write at the boxes; None or ""
            writes nothing.
        colors: N matplotlib colors (or one for all); neutral if None.
        linewidth: in points.
        linestyle: N matplotlib line styles (or one for all).

    Returns:
        The axes.

    Raises:
        ValueError: the axes show no image, or the numbers of boxes, labels,
            colors and line styles differ, or a box is invalid or looks like
            pixels.
    """
    if not ax.images:
        raise ValueError("ax must show an image: call ax.imshow(image) first")
    boxes = as_drawn_boxes(boxes)
    left, right, bottom, top = ax.images[0].get_extent()
    origin, size = (left, top) * 2, (right - left, bottom - top) * 2
    labels = _per_box("labels", labels, len(boxes))
    colors = _per_box("colors", colors, len(boxes))
    styles = _per_box("linestyle", linestyle, len(boxes))
    for box, label, color, style in zip(
        origin + boxes * size, labels, colors, styles
    ):
        color = color or COLORS["neutral"]
        _draw_box(ax, box, color, linewidth, style)
        if label is not None and label != "":
            # Near the upper border a name above the box would hit the title
            inside = (box[1] - top) < NEAR_BORDER * size[1]
            _show_name(ax, str(label), box[:2], inside, color)
    return ax


def _per_box(name: str, value: Any, count: int) -> list:
    """Return a list of `count` values: one value is for all boxes."""
    if value is None or np.isscalar(value):
        return [value] * count
    if len(value) != count:
        raise ValueError(
            f"{name} must have a value for each box, got {len(value)} values "
            f"for {count} boxes: {value}"
        )
    return list(value)


def _draw_box(
    ax: Axes, box: ArrayLike, color: Any, linewidth: float, linestyle: str
) -> None:
    """Draw the outline of a box [xmin, ymin, xmax, ymax] in the axes' unit."""
    xmin, ymin, xmax, ymax = box
    # A pale rim keeps the line visible on fur of its own color
    rim = patheffects.withStroke(
        linewidth=linewidth + 1.2, foreground="white", alpha=0.6
    )
    ax.add_patch(
        plt.Rectangle(
            (xmin, ymin),
            xmax - xmin,
            ymax - ymin,
            fill=False,
            edgecolor=color,
            linewidth=linewidth,
            linestyle=linestyle,
            path_effects=[rim],
        )
    )


def _show_name(
    ax: Axes, name: str, corner: ArrayLike, inside: bool, color: Any
) -> None:
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


def _text_color(color: Any) -> str:
    """Return black or white, whichever reads better on color."""
    luminance = np.dot(to_rgb(color), LUMA)
    return "black" if luminance > BRIGHT else "white"


def show_labels(
    ax: Axes,
    labels: ArrayLike,
    classes: Sequence[str] | None = None,
    linewidth: float = 2,
) -> Axes:
    """Draw the label rows of one image: color by class, dashed if difficult.

    Args:
        ax: axes on which `imshow` drew an image.
        labels: (M, 5) or (M, 6) array
            [class, xmin, ymin, xmax, ymax, difficult]; rows of class -1 are
            padding and are not drawn.
        classes: the class names; if None, their numbers are shown.
        linewidth: in points.

    Returns:
        The axes.

    Raises:
        ValueError: a label is invalid, looks like pixels, or has a class without
            a name.
    """
    labels = as_labels(labels, None if classes is None else len(classes))
    labels = labels[labels[:, 0] != PADDING]
    indices = labels[:, 0].astype(int)
    difficult = labels[:, 5:].any(axis=1)
    return show_boxes(
        ax,
        labels[:, 1:5],
        labels=[i if classes is None else classes[i] for i in indices],
        colors=[CLASS_COLORS[i % len(CLASS_COLORS)] for i in indices],
        linewidth=linewidth,
        linestyle=["--" if d else "-" for d in difficult],
    )


def show_grid(
    images: Sequence[ArrayLike],
    num_cols: int = 4,
    boxes: Sequence | None = None,
    labels: Sequence | None = None,
    colors: Sequence | None = None,
    titles: Sequence[str] | None = None,
    scale: float = 2.2,
) -> np.ndarray:
    """Show images in a grid, with their boxes if given.

    Args:
        images: list of N images, (H, W, 3) uint8 each.
        num_cols: images in a row.
        boxes, labels, colors: lists with what `show_boxes` takes for each
            image.
        titles: N strings.
        scale: width of one image in inches.

    Returns:
        The N axes, as a flat array.

    Raises:
        ValueError: no image, or the lengths differ.
    """
    num_cols = as_count(num_cols, "num_cols")
    if not len(images):
        raise ValueError("images must have at least one image, got none")
    lists = {"boxes": boxes, "labels": labels, "colors": colors}
    for name, values in {**lists, "titles": titles}.items():
        if values is not None and len(values) != len(images):
            raise ValueError(
                f"{name} must have an entry for each image, got {len(values)} "
                f"for {len(images)} images"
            )
    axes = _make_grid(images, num_cols, titles is not None, scale)
    for i, (ax, image) in enumerate(zip(axes, images)):
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
    return axes


def _make_grid(
    images: Sequence[ArrayLike], num_cols: int, titled: bool, scale: float
) -> np.ndarray:
    """Make a figure with empty axes for N images; return the axes (N,)."""
    num_rows = -(-len(images) // num_cols)
    height, width = np.shape(images[0])[:2]
    row_height = scale * height / width + (TITLE_INCHES if titled else 0)
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
    return axes.ravel()[: len(images)]


def to_image(X: Any) -> np.ndarray:
    """Turn a normalized network input back into an image.

    Args:
        X: (3, H, W) or (B, 3, H, W) float array of NumPy, MXNet or PyTorch.

    Returns:
        (H, W, 3) or (B, H, W, 3) uint8.

    Raises:
        ValueError: another shape, or a number that is not finite.
    """
    X = as_inputs(X)
    pixels = np.moveaxis(X, -3, -1) * IMAGENET_STD + IMAGENET_MEAN
    return (pixels * 255).round().clip(0, 255).astype(np.uint8)
