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

from d2l_ssd.widgets.base import StaticPicture, read_bundle
from d2l_ssd.widgets.encoding import pack_boxes, pack_difficult
from d2l_ssd.widgets.own_thing_input import (
    as_names,
    check_own_settings,
    read_pictures,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

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
            everywhere. An image without boxes does not show the thing; rows of
            class -1 are padding. The page keeps a fifth of the pictures back, five
            at most, to measure AP50. If None, it begins empty, with an example to
            start from.
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
        names = as_names(classes)
        given = [] if pictures is None else pictures
        images, rows = read_pictures(given, len(names))
        changes = check_own_settings({} if settings is None else settings)
        super().__init__(
            pictures=[_encode(image) for image in images],
            truths=pack_boxes(rows),
            difficult=pack_difficult(rows),
            classes=names,
            settings=changes,
        )
        self._shown = [*zip(images, rows)][:SHOWN]

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, Any]:
        return check_own_settings(proposal["value"])

    @property
    def ground_truth(self) -> dict[str, np.ndarray]:
        """Labels (M, 6) float32 of the page's pictures, by the pictures' names.

        Where a name comes twice, the second is "NAME (2)".
        """
        truth: dict[str, np.ndarray] = {}
        for one in self.labels:
            name, number = one["name"], 2
            while name in truth:
                name, number = f"{one['name']} ({number})", number + 1
            truth[name] = _label_rows(one)
        return truth

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
