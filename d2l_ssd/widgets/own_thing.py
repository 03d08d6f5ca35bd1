"""Teach it your own thing: a detector that learns from the reader's pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike
from PIL import Image

from d2l_ssd.boxes import clip_boxes
from d2l_ssd.checks import (
    PADDING,
    as_box_list,
    as_image,
    as_trainable_labels,
    check_class_names,
)
from d2l_ssd.checks.numbers import read_array
from d2l_ssd.widgets.base import StaticPicture, read_bundle
from d2l_ssd.widgets.encoding import pack_boxes, pack_difficult
from d2l_ssd.widgets.settings import check_settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What can be set: the keys of static/own_engine/settings.js
SETTINGS = frozenset(
    "seed augment paste flip small iou force neg minneg loc lr nms "
    "appear stay".split()
)
MAX_PICTURES, MAX_CLASSES = 60, 3
LONGEST_SIDE = 1280  # pixels of a picture as it is sent and kept
QUALITY = 90  # of the JPEG
SHOWN = 4  # pictures where no script runs
# A mug, where no script runs and no picture is given: x, y, width, in the image
MUGS = (0.30, 0.24, 0.34), (0.05, 0.06, 0.24), (0.62, 0.42, 0.13)
STEPS = "near", "in a corner", "far away"
WALL, TABLE, CHINA, EDGE = "#9fb3bd", "#b08d68", "#f7f4ee", "#8a8578"


class OwnThing(StaticPicture, anywidget.AnyWidget):
    """A detector that the reader teaches one thing, with pictures of it.

    It learns where it is shown, in the browser, without Python. The pictures that
    the reader takes there stay in the browser and never come to the kernel, which
    may run on another machine. In a live kernel, `classes`, `settings`, `labels`,
    `history`, and `weights` follow what the reader does.

    Args:
        pictures: up to 60 pairs of an image (H, W, 3) uint8 and what is in it: boxes
            (M, 4), all of the first class, or labels (M, 5 or 6) with rows [class,
            xmin, ymin, xmax, ymax, difficult]. Fractions of the image, as
            everywhere. An image without boxes does not show the thing. The page
            keeps a fifth of them back, five at most, to measure AP50. If None, it
            begins empty, with an example to start from.
        classes: names of one to three things.
        settings: what differs from the defaults, like {"augment": False}.

    Raises:
        ValueError: a picture, a box, a name, or a setting is not valid; says which.
    """

    _esm = read_bundle("own_thing.js")
    _css = read_bundle("own_thing.css")
    pictures = traitlets.List(
        traitlets.Bytes(), help="the given images, as JPEG"
    ).tag(sync=True)
    truths = traitlets.List(
        traitlets.Bytes(), help="per given image (M, 5): class and box"
    ).tag(sync=True)
    difficult = traitlets.List(
        traitlets.Bytes(),
        help="per given image (M,): 1 where it does not count",
    ).tag(sync=True)
    classes = traitlets.List(traitlets.Unicode(), help="names").tag(sync=True)
    settings = traitlets.Dict(help="what differs from the defaults").tag(
        sync=True
    )
    labels = traitlets.List(
        traitlets.Dict(),
        help="per picture in the page: name, classes, boxes, difficult, kept_back",
    ).tag(sync=True)
    history = traitlets.List(
        traitlets.Dict(),
        help="every two seconds of training: count (pictures), seconds, ap50 (of "
        "the pictures kept back), class_loss, box_loss",
    ).tag(sync=True)
    weights = traitlets.Bytes(
        help="a safetensors file: of the trained network, or to be loaded"
    ).tag(sync=True)

    def __init__(
        self,
        pictures: Sequence[tuple[ArrayLike, ArrayLike]] | None = None,
        classes: Sequence[str] = ("thing",),
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        names = _as_names(classes)
        images, rows = _read_pictures(pictures or [], len(names))
        super().__init__(
            pictures=[_encode(image) for image in images],
            truths=pack_boxes(rows),
            difficult=pack_difficult(rows),
            classes=names,
            settings=dict(settings or {}),
        )
        self._shown = [*zip(images, rows)][:SHOWN]

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, Any]:
        return check_settings(proposal["value"], SETTINGS)

    @property
    def ground_truth(self) -> dict[str, np.ndarray]:
        """Labels (M, 6) float32 of the page's pictures, by the pictures' names."""
        return {one["name"]: _label_rows(one) for one in self.labels}

    def draw_static(self) -> Figure:
        """Draw the first pictures with their boxes, or a mug in three places."""
        import matplotlib.pyplot as plt

        columns = len(self._shown) or len(MUGS)
        figure, axes = plt.subplots(
            1, columns, figsize=(2.6 * columns, 2.6), squeeze=False
        )
        for ax, one in zip(axes[0], self._shown or zip(MUGS, STEPS)):
            ax.axis("off")
            _draw_picture(ax, *one) if self._shown else _draw_mug(ax, *one)
        return figure


def _as_names(classes: Sequence[str]) -> list[str]:
    """Return the names of one to three things."""
    names = [str(name) for name in check_class_names(classes)]
    if len(names) > MAX_CLASSES:
        raise ValueError(
            f"classes must have 1 to {MAX_CLASSES} names, got {len(names)}: this "
            "network is small; d2l-ssd train takes any number"
        )
    if not all(name.strip() for name in names):
        raise ValueError(f"classes must not have an empty name: {names}")
    return names


def _read_pictures(
    pictures: Sequence[tuple[ArrayLike, ArrayLike]], num_classes: int
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the images, and their labels (M, 6) without padding."""
    if len(pictures) > MAX_PICTURES:
        raise ValueError(
            f"pictures must have at most {MAX_PICTURES} pictures, got "
            f"{len(pictures)}: d2l-ssd train takes any number"
        )
    images, labels = [], []
    for number, picture in enumerate(pictures):
        try:
            image, truth = _as_pair(picture)
            labels.append(_as_rows(truth, num_classes))
            images.append(as_image(image))
        except ValueError as error:
            raise ValueError(f"picture {number}: {error}") from None
    return images, labels


def _as_pair(picture: Any) -> tuple[Any, Any]:
    if not isinstance(picture, (tuple, list)) or len(picture) != 2:
        raise ValueError(
            "pictures must be pairs (image, boxes), got "
            f"{type(picture).__name__}; the boxes of an image without the thing are []"
        )
    return picture[0], picture[1]


def _as_rows(truth: ArrayLike, num_classes: int) -> np.ndarray:
    """Return boxes (M, 4) or labels (M, 5 or 6) as labels (M, 6) in the image."""
    rows = read_array(truth, "labels")
    if rows.ndim == 2 and rows.shape[1] == 4:
        rows = np.insert(as_box_list(rows, "boxes"), 0, 0, axis=1)
    rows = as_trainable_labels(rows, num_classes)
    rows = rows[rows[:, 0] != PADDING].astype(np.float32)
    rows[:, 1:5] = clip_boxes(rows[:, 1:5])
    missing = np.zeros((len(rows), 6 - rows.shape[1]), np.float32)
    return np.hstack([rows, missing])


def _encode(image: np.ndarray) -> bytes:
    """Return an image as JPEG, made smaller where it is large."""
    picture = Image.fromarray(image)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.BOX)
    file = io.BytesIO()
    picture.save(file, format="jpeg", quality=QUALITY)
    return file.getvalue()


def _label_rows(one: Mapping[str, Any]) -> np.ndarray:
    """Return what the page says of a picture as labels (M, 6)."""
    boxes = np.array(one["boxes"], np.float32).reshape(-1, 4)
    classes, difficult = (
        np.array(one[name], np.float32)[:, None]
        for name in ("classes", "difficult")
    )
    return np.hstack([classes, boxes, difficult])


def _draw_picture(ax: Axes, image: np.ndarray, rows: np.ndarray) -> None:
    from d2l_ssd.plotting import CLASS_COLORS, show_boxes

    ax.imshow(image)
    colors = [CLASS_COLORS[int(number)] for number in rows[:, 0]]
    show_boxes(ax, rows[:, 1:5], None, colors)


def _draw_mug(ax: Axes, place: tuple[float, float, float], step: str) -> None:
    """Draw a mug on a table, with its box."""
    from matplotlib.patches import Ellipse, Rectangle

    x, y, width = place
    height, handle = 1.1 * width, 0.4 * width
    for patch in (
        Rectangle((0, 0), 1, 1, color=WALL),
        Rectangle((0, 0), 1, 0.52, color=TABLE),
        Ellipse(
            (x + width, y + height / 2),
            *(2 * handle, 0.6 * height),
            **{"fill": False, "ec": CHINA, "lw": 24 * width},
        ),
        Rectangle((x, y), width, height, fc=CHINA, ec=EDGE),
        Ellipse((x + width / 2, y + height), width, 0.2 * width, fc=EDGE),
        Rectangle(
            (x, y),
            *(width + 1.15 * handle, 1.1 * height),
            **{"fill": False, "ls": "--", "lw": 2, "ec": "#D55E00"},
        ),
    ):
        ax.add_patch(patch)
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    ax.set_title(step)
